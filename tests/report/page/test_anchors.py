"""Names of places in the page: made of numbers alone, and only where something leads to them."""

from __future__ import annotations

import pytest

from evalharness.models.finding import Finding
from evalharness.models.grade import Evidence
from evalharness.report.page.anchors import Anchors, led_to, of_call, of_turn
from tests.builders import a_grade
from tests.report.rich import a_picked, a_rich_summary
from tests.report.weeks import a_result, a_week_summary


def test_a_place_is_made_of_numbers_whatever_the_call_is_called() -> None:
    """Call 5, its turn 2."""
    assert (of_call(5), of_turn(5, 2)) == ("call-5", "t5-2")


def test_a_turn_is_led_to_that_is_graded_quoted_or_in_which_something_was_found() -> None:
    """Of turns 0 to 3: 0 graded, 1 quoted, 3 with a finding; a quote of turn 99 and a grade of the whole call lead nowhere."""
    grades = (
        a_grade(2, "tone", turn=0),
        a_grade(4, "tone", evidence=(Evidence(turn=1, quote="x"), Evidence(turn=99, quote="y"))),
    )
    found = (Finding(measure="dead_air", turns=(3,)), Finding(measure="loops"))
    result = a_result(1, 4).model_copy(update={"grades": grades, "findings": found})
    assert led_to(result) == {0, 1, 3}
    assert led_to(result.model_copy(update={"grades": (), "findings": ()})) == frozenset()


def test_drawn_calls_and_those_picked_by_hand_have_a_place() -> None:
    """35 drawn and call 36."""
    summary = a_rich_summary(picked=(a_picked(36),))
    places = Anchors.to(summary)
    assert [places.score_link(position, "x").cell for position in (1, 35, 36)] == ["call-1", "call-35", "call-36"]
    assert places.transcript_link(36, "x").cell == "call-36"


def test_a_call_that_is_not_there_is_text_alone() -> None:
    """Its name stays, and nothing is promised."""
    found = Anchors.to(a_week_summary()).score_link(777, "call-777")
    assert (found.text, found.cell) == ("call-777", "")


@pytest.mark.parametrize(
    ("turn", "left_out", "cell"), [(2, (), "t1-2"), (3, (), "call-1"), (None, (), "call-1"), (2, (1,), "call-1")]
)
def test_a_way_to_a_turn_ends_at_the_call_where_the_turn_is_not_led_to(turn: int | None, left_out: tuple[int], cell: str) -> None:
    """Turn 2 of call 1 is quoted, turn 3 is not; where the transcript is left out no turn is there."""
    assert Anchors.to(a_week_summary(calls=9, turns=4), left_out).turn_link(1, turn, "x").cell == cell
