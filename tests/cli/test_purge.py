"""The command purge: what is asked for, what is shown first, and that an identifier never stands on a command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from evalharness.cli.call_words import of_call
from evalharness.flows.collect import collect_paths
from evalharness.flows.purge import purge, unfinished
from evalharness.flows.retention import due_for_call
from evalharness.flows.show import find_call
from evalharness.models.removed import removed
from tests.flows.purging import EACH, GONE, LATER, make_planted, the_house
from tests.flows.workspaces import command, copy_of, run


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn, not graded."""
    return make_planted(tmp_path_factory.mktemp("cli") / "ws", graded=False)


def typed(root: Path, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """`evalharness purge WORDS` with this on standard input."""
    line = command("purge", *words, "--workspace", root)
    return subprocess.run(line, input=text, capture_output=True, text=True, check=False, timeout=180)


def test_nothing_is_due(planted: Path) -> None:
    """The week is days old."""
    done = run("purge", "--workspace", planted)
    assert (done.returncode, done.stdout) == (0, "Nothing is due.\n")


def test_what_would_go_is_said_first(planted: Path) -> None:
    """12 calls by the caller; nothing changes, by a dry run and by a no."""
    for text, words in ((GONE, ("--caller", "--from", "-", "--dry-run")), (f"{GONE}\nn\n", ("--caller",))):
        done = typed(planted, text, *words)
        assert f"{EACH} calls by this caller (keyed hash)" in done.stdout
        assert f"{EACH:>7}  calls: all that was said" in done.stdout
    assert "nobody said yes" in done.stderr
    assert json.loads(run("verify", "--json", "--workspace", planted).stdout)["whole"]
    assert not (planted / "receipts").exists()


def test_a_call_from_a_file(planted: Path, tmp_path: Path) -> None:
    """The receipt is printed; a file of a person's own that holds a text is named, with its own exit code."""
    root, given = copy_of(planted, tmp_path / "ws"), tmp_path / "id.txt"
    given.write_text("a-3\n")
    (root / "mine.txt").write_text((root / "inbox" / "week.jsonl").read_text())
    done = run("purge", "--call", "--from", given, "--yes", "--json", "--workspace", root)
    assert done.returncode == 5, done.stderr
    receipt = json.loads(done.stdout[done.stdout.index("{") :])
    assert list(receipt["hits"]) == ["mine.txt"]
    assert receipt["counts"]["not graded any more"] == 1
    assert (root / receipt["path"]).stat().st_mode & 0o777 == 0o600


def test_purged_again_it_names_the_file_that_still_stands(planted: Path, tmp_path: Path) -> None:
    """A log in inbox/ with half a line more than was collected: exit code 5 both times, until it is deleted; then it is said that
    nothing was looked for."""
    root, words = copy_of(planted, tmp_path / "ws"), ("--call", "--from", "-", "--yes")
    copy = root / "inbox" / "copy.jsonl"
    copy.write_text((root / "inbox" / "week.jsonl").read_text() + '{"id": ')
    first, second = (typed(root, "a-3", *words) for _ in range(2))
    (line,) = [line for line in first.stdout.splitlines() if line.startswith("  STILL THERE")]
    assert line.startswith("  STILL THERE  inbox/copy.jsonl: ")
    assert "take the call out of it" in first.stdout
    assert (first.returncode, second.returncode, line in second.stdout.splitlines()) == (5, 5, True)
    assert ("Already purged" in first.stdout, "Already purged: purge-" in second.stdout) == (False, True)
    copy.unlink()
    third = typed(root, "a-3", *words)
    assert (third.returncode, "no text is known that could be looked for" in third.stdout) == (0, True)


@pytest.mark.parametrize("name", ["demo/a-3", "demo:a-3"])
def test_a_call_with_its_source(planted: Path, name: str) -> None:
    """As the docs and the command itself write it; of another source there is none."""
    words = ("--call", "--from", "-", "--dry-run")
    assert "1 call of this id: demo:a-3" in typed(planted, name, *words).stdout
    other = typed(planted, name.replace("demo", "vapi"), *words)
    assert (other.returncode, "no call of this id" in other.stderr) == (2, True)


def interrupted(root: Path) -> Path:
    """The workspace with a purge of call a-3 of which only the intention stands."""

    class KilledError(Exception):
        pass

    def die(step: str) -> None:
        if step == "intent":
            raise KilledError

    with the_house(root) as house, pytest.raises(KilledError):
        purge(house, due_for_call(house, "a-3"), LATER, die)
    return root


def test_a_dry_run_leaves_an_interrupted_purge(planted: Path, tmp_path: Path) -> None:
    """It says that one waits, and what would go besides; no file of the workspace changes."""
    root = interrupted(copy_of(planted, tmp_path / "ws"))
    parts = {path: path.read_bytes() for path in root.rglob("*.parquet")}
    done = typed(root, "b-5", "--call", "--from", "-", "--dry-run")
    assert (done.returncode, "was interrupted and waits" in done.stdout, "call: all that was said" in done.stdout) == (
        0,
        True,
        True,
    )
    with the_house(root) as house:
        assert unfinished(house) is not None
    assert {path: path.read_bytes() for path in root.rglob("*.parquet")} == parts
    assert (root / "inbox" / "week.jsonl").exists()
    assert not (root / "receipts").exists()


def test_after_an_interrupted_purge_the_new_one_goes_on(planted: Path, tmp_path: Path) -> None:
    """First a-3, then b-5: two receipts; on standard output only the second, as JSON."""
    root = interrupted(copy_of(planted, tmp_path / "ws"))
    done = typed(root, "b-5", "--call", "--from", "-", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["calls"] == 1
    assert "it is finished first" in done.stderr
    assert len(list((root / "receipts").iterdir())) == 2
    with the_house(root) as house:
        assert unfinished(house) is None
        assert all(map(removed, house.calls.calls([("demo", "a-3"), ("demo", "b-5")])))


def test_a_file_that_is_no_text(planted: Path, tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told in words."""
    (tmp_path / "id.txt").write_bytes(b"\xff\xfe\x00")
    done = run("purge", "--call", "--from", tmp_path / "id.txt", "--workspace", planted)
    assert (done.returncode, "it is not UTF-8" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--call", "--caller"), "of one call or of one caller"),
        (("--from", "-"), "of one call or of one caller"),
        (("--call", "--from", "-"), "no call of this id"),
        (("--caller", "+4930901820"), "unexpected extra argument"),
    ],
)
def test_a_wrong_line(planted: Path, words: tuple[str, ...], said: str) -> None:
    """There is no place on the line for a number or an id."""
    done = typed(planted, "nobody", *words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.fixture
def old(planted: Path, tmp_path: Path) -> Path:
    """A copy with one call of 2 January 2025, from 0151 2345678, who says a name."""
    root, log = copy_of(planted, tmp_path / "ws"), tmp_path / "old.jsonl"
    turns = [{"speaker": "caller", "text": "Ich heiße Petra Schmidt."}, {"speaker": "agent", "text": "Guten Tag."}]
    call = {"id": "old-1", "source": "demo", "agent": "front-desk", "started_at": "2025-01-02T10:00:00Z", "turns": turns}
    log.write_text(json.dumps({**call, "status": "completed", "caller": "0151 23456789"}) + "\n")
    assert run("collect", log, "--source", "jsonl", "--workspace", root).returncode == 0
    return root


def test_days_that_nobody_wrote_take_nothing_out(old: Path) -> None:
    """The rule, its days, that it is a default, which call and when. A yes to a question does not do."""
    done = typed(old, "y\n")
    line = "transcripts_days: 180 days (the default: evalharness.yaml does not say): 1 due, of 2025-01-02, old-1"
    assert line in done.stdout.splitlines()
    assert (done.returncode, "days that nobody wrote: transcripts_days" in done.stderr) == (2, True)
    config = old / "evalharness.yaml"
    config.write_text(config.read_text() + "\nretention: {transcripts_days: 200}\n")
    done = run("purge", "--dry-run", "--workspace", old)
    assert "transcripts_days: 200 days: 1 due, of 2025-01-02, old-1" in done.stdout.splitlines()
    assert typed(old, "y\n").returncode == 0
    assert run("purge", "--workspace", old).stdout == "Nothing is due.\n"


def test_a_dry_run_for_programs(old: Path) -> None:
    """JSON alone: what is due by which rule; of a caller neither what was typed nor a hash. --yes agrees to defaults."""
    told = json.loads(run("purge", "--dry-run", "--json", "--workspace", old).stdout)
    (rule,) = told["rules"]
    assert (rule["rule"], rule["days"], rule["written"], rule["which"]) == ("transcripts_days", 180, False, ["old-1"])
    done = typed(old, GONE, "--caller", "--from", "-", "--dry-run", "--json")
    assert len(json.loads(done.stdout)["calls"]) == EACH
    assert not {"typed", "callers", "candidate_callers"} & json.loads(done.stdout).keys()
    agreed = run("purge", "--yes", "--json", "--workspace", old)
    assert (agreed.returncode, json.loads(agreed.stdout)["counts"]["calls"]) == (0, 1)


def test_candidates_go_by_a_word_of_their_own(old: Path) -> None:
    """--yes alone takes out none of them and says so; --similar does. Asked, a person says yes to them first."""
    number, words = "+49 151 23456789", ("--caller", "--from", "-", "--yes")
    done = typed(old, number, *words)
    assert (done.returncode, "only 1 candidate was found" in done.stderr) == (2, True)
    done = typed(old, f"{number}\nn\n", "--caller")
    assert (done.returncode, "nothing was taken out" in done.stderr) == (2, True)
    assert typed(old, number, *words, "--similar").returncode == 0
    assert typed(old, number, *words).returncode == 2
    assert "known by this caller" in typed(old, number, *words).stderr


def test_a_purged_call_still_shows_what_the_platform_measured(planted: Path, tmp_path: Path) -> None:
    """Latencies tied to no turn, parts of a reply and what was paid: line for line as before; what was said is gone."""
    root = copy_of(planted, tmp_path / "ws")
    given = {
        "id": "v-1",
        "source": "demo",
        "agent": "front-desk",
        "started_at": "2026-11-18T09:00:00Z",
        "outcome": "resolved",
        "cost": {"llm": 0.25},
        "metadata": {"latency_not_tied_to_turns_ms": [1088.0, 1412.0], "summary": "Ada called"},
        "turns": [{"speaker": "caller", "text": "Hello."}, {"speaker": "agent", "text": "Good day, Ada."}],
    }
    file = root / "inbox" / "v.jsonl"
    file.write_text(json.dumps(given) + "\n")
    with the_house(root) as house:
        collect_paths(house, [file], "jsonl", LATER)
        before = of_call(find_call(house, "v-1"))
        purge(house, due_for_call(house, "v-1"), LATER)
        after = of_call(find_call(house, "v-1"))
    assert "  latency: reported by the platform, not tied to turns: 1088 ms, 1412 ms" in after
    assert {line for line in before if line not in after} == {"  0 caller      Hello.", "  1 agent       Good day, Ada."}
