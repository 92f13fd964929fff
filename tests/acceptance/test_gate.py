"""`gate` on the samples: what it says of a week is what is true of it, or that the data cannot tell."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from evalharness.workspace.folder import Workspace
from tests.acceptance.conftest import DemoRun
from tests.acceptance.desk import clean, sample_of, type_in
from tests.flows.workspaces import make_workspace, run
from tests.samples.reading import SAMPLES, WEEKS

PLANTED = "2026-W46"
BARS = {"resolution": 0.60, "median_latency": 600, "p99_latency": 1500, "clear_failures": 0.01, "cost": 0.50}
EXACT = ("median_latency", "p99_latency", "cost")


@pytest.fixture(scope="module")
def copy(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's workspace; `gate` changes nothing in it."""
    return Path(shutil.copytree(demo.root, tmp_path_factory.mktemp("gate") / "copy", copy_function=shutil.copy2))


@cache
def true_figures(week: str) -> dict[str, float]:
    """The week's line of "True rates" in samples/README.md, which another test holds against the files."""
    line = next(line for line in (SAMPLES / "README.md").read_text().splitlines() if line.startswith(f"| {week} "))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    in_scope, resolved, failures = (int(cells[at].split()[0]) for at in (2, 4, 8))
    figures = {"resolution": resolved / in_scope, "clear_failures": failures / in_scope}
    return {**figures, "median_latency": float(cells[13]), "p99_latency": float(cells[14]), "cost": float(cells[16])}


def truly_met(week: str, check: str) -> bool:
    """Whether the true figure is on the good side of the bar."""
    value = true_figures(week)[check]
    return value >= BARS[check] if check == "resolution" else value < BARS[check]


def gate(workspace: Path, week: str, *words: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Exit code, and what is said of each check."""
    done = run("gate", "--workspace", workspace, "--week", week, "--json", *words)
    said = json.loads(done.stdout)
    assert (said["exit"], said["week"], done.stderr) == (done.returncode, week, "")
    return done.returncode, {check["id"]: check for check in said["checks"]}


def test_the_figures_read_from_the_page_are_those_of_the_samples() -> None:
    """W46 as the table has it: 70 of 142 resolved, 14 of 142 failed, 728 ms, 4078 ms, 0.404 USD."""
    expected = {"resolution": 70 / 142, "clear_failures": 14 / 142, "median_latency": 728, "p99_latency": 4078, "cost": 0.404}
    assert true_figures(PLANTED) == pytest.approx(expected)


def test_the_planted_week_fails_the_gate(copy: Path) -> None:
    """Exit 3, also where "not proven" is allowed: what is missed stays missed."""
    assert gate(copy, PLANTED)[0] == 3
    assert gate(copy, PLANTED, "--allow-not-proven")[0] == 3


@pytest.mark.parametrize("week", WEEKS)
def test_no_verdict_contradicts_the_truth(copy: Path, week: str) -> None:
    """A check is missed only where the truth misses the bar, met only where it meets it; what all calls tell is decided."""
    code, checks = gate(copy, week)
    assert code == (3 if week == PLANTED else 4)
    for check in BARS:
        right = "met" if truly_met(week, check) else "missed"
        assert checks[check]["verdict"] in ({right} if check in EXACT else {right, "not_proven"}), check
    assert checks["clear_failures"]["verdict"] != "met"
    assert checks["csat_gap"]["verdict"] == "not_measured"
    assert checks["owner_review"]["verdict"] == "met"


def test_not_proven_can_be_allowed(copy: Path) -> None:
    """Nothing missed, something not proven: 4, and 0 where that is allowed; in words the same."""
    assert gate(copy, "2026-W45")[0] == 4
    assert gate(copy, "2026-W45", "--allow-not-proven")[0] == 0
    done = run("gate", "--workspace", copy, "--week", "2026-W45")
    assert done.returncode == 4
    assert done.stdout.startswith("Front Desk, 2026-W45: not proven yet (exit 4)\n")
    assert re.search(r"Clear failures: none of \d+ graded calls failed, the rate may still be up to", done.stdout)


def test_no_failure_in_fifty_of_a_week_of_150_is_never_met(tmp_path: Path) -> None:
    """50 clean calls of the 144 with a transcript in W42: well over 95 would be needed, so not proven, and how many."""
    workspace = make_workspace(tmp_path / "fifty", ("2026-W42",))
    settings = workspace / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("size: 35", "size: 50"))
    drawn = run("week", "--workspace", workspace, "--week", "2026-W42")
    assert drawn.returncode == 0, drawn.stderr

    code, checks = gate(workspace, "2026-W42")
    assert code == 4
    ungraded = ("resolution", "clear_failures", "owner_review", "csat_gap")
    assert {checks[name]["verdict"] for name in ungraded} == {"not_measured"}
    assert {checks[name]["value"] for name in ungraded} == {None}

    type_in(workspace, "2026-W42", "Anna Keller", lambda _: clean(Workspace.at(workspace).rubric()))
    assert run("week", "--workspace", workspace, "--week", "2026-W42").returncode == 0
    code, checks = gate(workspace, "2026-W42")
    assert code == 4
    failures = checks["clear_failures"]
    assert len(sample_of(workspace, "2026-W42").items) == 50
    assert (failures["verdict"], failures["value"]) == ("not_proven", 0.0)
    assert 45 <= failures["n"] <= 50 < failures["calls_needed"] <= 144
    assert checks["owner_review"]["verdict"] == "met"
    assert checks["csat_gap"]["verdict"] == "not_measured"
