"""`week` where newer weeks are signed than the one it shows: said, not left to be found out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from evalharness.cli.words import loop_as_json, of_loop
from evalharness.flows.opened import Opened, opened
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.week import LoopRun, WeekRun, run_week
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SHOWN = "shown is 2026-W46, the newest week that is not signed."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """W46 and W47 drawn, W47 signed off."""
    root = make_workspace(tmp_path_factory.mktemp("newer") / "ws", ("2026-W46", "2026-W47"))
    with opened(Workspace.at(root), write=True) as found:
        assert run_week(found, NOW).newer_signed == []
        sign(found, Wish("2026-W47", "Anna Keller", "keep"), NOW)
        yield found


def test_the_signed_newer_week_is_named_above_the_older_one_that_is_shown(house: Opened) -> None:
    """W47 is signed, so W46 is shown, and a line before its screen says so; a week asked for by name needs no such line."""
    run = run_week(house, NOW)
    said = "\n".join(of_loop(run))
    assert f"\n2026-W47 is signed off and stands in reports/2026-W47; {SHOWN}\n" in said
    assert said.index(SHOWN) < said.index("Verdict")
    assert loop_as_json(run)["newer_signed"] == ["2026-W47"]
    assert run_week(house, NOW, week="2026-W46").newer_signed == []


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (["2026-W47", "2026-W48"], "2026-W47 and 2026-W48 are signed off and stand in reports/2026-W47 and reports/2026-W48"),
        (["2026-W47", "2026-W48", "2026-W49"], "2026-W47 to 2026-W49 are signed off and stand in"),
    ],
)
def test_several_are_one_line(weeks: list[str], said: str) -> None:
    """Two by name, more as a range."""
    (line,) = [line for line in of_loop(LoopRun(weeks=[WeekRun("2026-W46")], newer_signed=weeks)) if line]
    assert line.startswith(said)
    assert line.endswith(SHOWN)


def test_where_every_week_is_signed_nothing_is_said_to_be_missing(house: Opened) -> None:
    """Both signed: not "no complete week has calls", but which week is the newest."""
    sign(house, Wish("2026-W46", "Anna Keller", "keep"), NOW)
    run = run_week(house, NOW)
    assert (run.weeks, run.newer_signed) == ([], ["2026-W46", "2026-W47"])
    assert of_loop(run)[-1] == "Every week with calls is signed off, 2026-W47 is the newest: evalharness report --week 2026-W47"
    assert of_loop(LoopRun())[-1].startswith("No complete week has calls yet.")
