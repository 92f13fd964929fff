"""Notes of a draw and of its plan on strata that take no call, and on shares too small for a group."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.flows.plan import plan
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK = "2026-W47"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 in the call log, nothing drawn."""
    folder = make_workspace(tmp_path_factory.mktemp("strata") / "ws", (WEEK,))
    with opened(Workspace.at(folder), write=True) as house:
        collect_configured(house, NOW)
    return folder


def notes(collected: Path, folder: Path, strata: str) -> list[str]:
    """What draw and plan say of these strata; both say the same, and the draw says it again when it is looked at later."""
    settings = copy_of(collected, folder) / "evalharness.yaml"
    before, _, rest = settings.read_text().partition("\nsample:\n")
    settings.write_text(f"{before}\nsample:\n  strata: [{strata}]\n\nrubric: {rest.split('rubric: ', 1)[1]}")
    with opened(Workspace.at(folder), write=True) as house:
        planned = [note for note in plan(house, WEEK).notes if note.startswith("stratum ")]
        drawn = list(draw(house, WEEK, NOW).notes)
        assert drawn == planned == list(draw(house, WEEK, NOW).notes)
    return drawn


def test_strata_that_take_calls_say_nothing(collected: Path, tmp_path: Path) -> None:
    """An intent of the log, and a fixed share that is enough."""
    found = notes(
        collected,
        tmp_path / "ws",
        '{name: billing, when: "intent == billing_question"}, {name: late, when: hour >= 15, share: 0.3}',
    )
    assert found == []


def test_a_stratum_that_matches_nothing_says_what_there_is(collected: Path, tmp_path: Path) -> None:
    """A mistyped intent: the intents seen, the commonest first; a number out of reach: its range; a field no call has."""
    intent, number, missing = notes(
        collected,
        tmp_path / "ws",
        "{name: billing, when: intent == billing}, {name: endless, when: turns >= 9999}, {name: vip, when: metadata.vip == x}",
    )
    start = f"of {WEEK} that can be drawn: "
    assert intent.startswith(f"stratum billing matches no call {start}intent seen: book_appointment, ")
    assert "billing_question" in intent
    assert number.startswith(f"stratum endless matches no call {start}turns seen: ")
    assert missing == f"stratum vip matches no call {start}metadata.vip is in no call"


def test_a_stratum_whose_calls_are_taken_says_so(collected: Path, tmp_path: Path) -> None:
    """The first rule that matches decides."""
    (found,) = notes(collected, tmp_path / "ws", "{name: some, when: turns >= 1}, {name: long, when: turns >= 8}")
    assert found == f"stratum long takes no call of {WEEK}: the strata before it have taken those it matches"


def test_a_share_that_the_least_of_a_group_overrules(collected: Path, tmp_path: Path) -> None:
    """1 % of 35 calls is none; 8 are drawn."""
    (found,) = notes(collected, tmp_path / "ws", "{name: late, when: hour >= 12, share: 0.01}")
    assert found == "stratum late: its share of 0.01 is 0 of 35 calls; 8 are drawn, as a group needs 8 (or all it has)"
