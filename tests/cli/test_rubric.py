"""The commands of the rubric as processes: what they print, what they refuse, what they cost."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from evalharness.flows.opened import opened
from evalharness.store.records import add_grades, load_sample
from evalharness.workspace.folder import Workspace, shipped
from tests.flows.bridging import ANNA, BEN, WEEKS, given, make_graded, new_rubric, usual
from tests.flows.deciding import HOSTILE
from tests.flows.judging import KEY, configure
from tests.flows.workspaces import command, copy_of, run
from tests.servers.process import server_process

SHIPPED = shipped("rubrics") / "phone-agent.yaml"


def _value(person: str, criterion: str, position: int) -> int | str:
    return 2 if (person, criterion) == (BEN, "tone") else usual(person, criterion, position)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks, graded, and a new rubric; of each week one call has a reason with hostile text."""
    root = make_graded(tmp_path_factory.mktemp("rubric") / "ws", _value)
    new_rubric(root)
    with opened(Workspace.at(root), write=True) as house:
        sample = load_sample(house.ledger, WEEKS[1])
        assert sample is not None
        place = min(set(sample.design.asked[ANNA]) & set(sample.design.asked[BEN]))
        told = [given(sample, name, place, "tone", value) for name, value in ((ANNA, 4), (BEN, 2))]
        with house.ledger.transaction() as tx:
            add_grades(tx, [grade.model_copy(update={"rationale": HOSTILE}) for grade in told])
    return root


def _run(root: Path, *words: object, key: str | None = None) -> subprocess.CompletedProcess[str]:
    """`evalharness rubric WORDS` without a terminal; the key in the environment alone."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC")}
    environment |= {} if key is None else {"ANTHROPIC_API_KEY": key}
    line = command("rubric", *words, "--workspace", root)
    return subprocess.run(
        line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, env=environment, check=False
    )


def test_disagreements_make_hostile_text_visible(graded: Path) -> None:
    """Escapes are shown by their number; a line end makes no line; the JSON parses and holds no control character."""
    said = _run(graded, "disagreements", "--calls", "50").stdout
    assert "\\u{1b}[31m" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert not any(line.startswith("2026-W47: nothing waits") for line in said.splitlines())
    machine = _run(graded, "disagreements", "--json").stdout
    assert "\x1b" not in machine
    found = json.loads(machine)
    whys = [side["why"] for one in found["criteria"] for c in one["confused"] for call in c["calls"] for side in call["sides"]]
    assert HOSTILE in whys


def test_disagreements_name_one_criterion_and_week(graded: Path) -> None:
    """Of one week, of the newest one, of one criterion; two weeks are a mistake in words."""
    one = json.loads(_run(graded, "disagreements", "--week", WEEKS[0], "--criterion", "tone", "--json").stdout)
    assert (one["weeks"], {found["criterion"] for found in one["criteria"]}) == ([WEEKS[0]], {"tone"})
    newest = json.loads(_run(graded, "disagreements", "--weeks", "1", "--json").stdout)
    assert newest["weeks"] == [WEEKS[1]]
    wrong = _run(graded, "disagreements", "--criterion", "mood")
    assert (wrong.returncode, "'mood' is no criterion that graders answer" in wrong.stderr) == (2, True)


def test_diff_of_two_files_needs_no_workspace(graded: Path, tmp_path: Path) -> None:
    """What changed, which lines break; with a week it needs one."""
    done = run("rubric", "diff", SHIPPED, graded / "new.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert "tone: changed" in done.stdout
    assert "Call score: the criterion tone changed" in done.stdout or "call score: the criterion tone changed" in done.stdout
    assert run("rubric", "diff", WEEKS[1], graded / "new.yaml", cwd=tmp_path).returncode != 0
    found = json.loads(_run(graded, "diff", WEEKS[1], graded / "new.yaml", "--json").stdout)
    assert [line["measure"] for line in found["lines"]] == ["call_score", "automatic_fails", "tone"]


def test_lint_of_use_and_of_a_file(graded: Path) -> None:
    """What 70 calls show are warnings, exit 0; errors of a file's form are exit 1."""
    done = _run(graded, "lint")
    assert done.returncode == 0
    assert "WARNING  criterion correctness: people gave 4 to 70 of 70 calls" in done.stdout
    bad = graded.parent / "bad.yaml"
    bad.write_text(SHIPPED.read_text().replace("weight: 25", "weight: 26"))
    assert run("rubric", "lint", bad, "--workspace", graded).returncode == 1
    found = json.loads(_run(graded, "lint", "--json").stdout)
    assert found["weeks"] == list(WEEKS)
    assert {one["criterion"]: one["answered"] for one in found["use"]}["correctness"] == 70


def test_show_has_the_digests(graded: Path) -> None:
    """Of every criterion, in words and in JSON."""
    shown, found = _run(graded, "show").stdout, json.loads(_run(graded, "show", "--json").stdout)
    assert all(f"digest {digest[:12]}" in shown for digest in found["digests"].values())
    assert f"(digest {found['digest'][:16]})" in shown


def test_a_bridge_by_people_from_sheet_to_json(graded: Path, tmp_path: Path) -> None:
    """The first run writes the sheets, the second says that nothing is typed yet."""
    root = copy_of(graded, tmp_path / "ws")
    first = _run(root, "bridge", root / "new.yaml", "--by", "people")
    assert (first.returncode, first.stderr) == (0, "")
    assert "0 of 20 calls answered under both" in first.stdout
    found = json.loads(_run(root, "bridge", root / "new.yaml", "--by", "people", "--json").stdout)
    assert {sheet["state"] for sheet in found["sheets"]} == {"nothing new"}
    assert all((root / sheet["path"]).is_file() for sheet in found["sheets"])


def test_a_bridge_by_the_llm_asks_first_and_pays_once(graded: Path, tmp_path: Path) -> None:
    """Off: nothing. Estimate: 40 requests, none sent. Without a yes: refused. With it: 40 sent; again: none."""
    root = copy_of(graded, tmp_path / "ws")
    words = ("bridge", root / "new.yaml")
    off = _run(root, *words, key=KEY)
    assert (off.returncode, "LLM grading is off" in off.stderr) == (1, True)
    with server_process(tmp_path, key=KEY) as server:
        configure(root, server.base_url)
        guess = json.loads(_run(root, *words, "--estimate", "--json", key=KEY).stdout)
        assert (guess["requests"], guess["counted"]) == (40, False)
        unasked = _run(root, *words, key=KEY)
        assert (unasked.returncode, "nobody has agreed yet" in unasked.stderr) == (1, True)
        assert server.bill()["requests"] == 0
        done = _run(root, *words, "--yes", "--person", "Anna Keller", key=KEY)
        assert done.returncode == 0, done.stderr
        assert "40 bridge" in done.stderr
        assert "Sent: 40 of 40 requests ended" in done.stdout
        assert "tone, another meaning: 20 calls answered under both" in done.stdout
        again = _run(root, *words, key=KEY)
        assert (again.returncode, "Sent:" in again.stdout, server.bill()["requests"]) == (0, False, 40)
        assert KEY not in done.stdout + done.stderr + again.stdout
