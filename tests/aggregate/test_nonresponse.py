"""What became of the drawn calls."""

from __future__ import annotations

import pytest

from evalharness.aggregate.nonresponse import nonresponse
from evalharness.aggregate.summary import summarise
from evalharness.models.grade import Grade
from evalharness.models.summary import Nonresponse
from tests.aggregate.building import a_week, answers, by
from tests.builders import a_grader, a_rubric, ungraded

CRITERIA = [c.id for c in a_rubric().criteria() if "human" in c.graded_by and c.type != "text"]


def set_aside(
    call_id: str, reason: str = "skipped", rationale: str = "private", criteria: list[str] | None = None
) -> list[Grade]:
    """Anna skips the call, or marks its transcript as wrong, on all its questions."""
    return [ungraded(reason, one, call_id, rationale=rationale) for one in criteria or CRITERIA]


def what_became(*grades: Grade, drawn: int = 4) -> Nonresponse:
    """Of the drawn calls c1, c2, ..."""
    found = summarise(a_week(drawn=drawn, graded=0, grades=list(grades))).nonresponse
    assert found is not None
    return found


def test_nothing_graded_means_nothing_reached() -> None:
    """Four drawn, none dealt with."""
    assert what_became() == Nonresponse(drawn=4, graded=0, not_reached=4)


def test_every_call_stands_under_one_heading() -> None:
    """c1 graded, c2 passed over, c3 partly answered, c4 open, c5 skipped, c6 wrong transcript, c7 graded, c8 not reached."""
    grades = [
        *answers("c1"),
        *answers("c3", correctness=None),
        *answers("c4"),
        by("Ben Ode", 1, "correctness", call_id="c4", grader=a_grader("Ben Ode")),
        *set_aside("c5", rationale="a private matter"),
        *set_aside("c6", "transcript"),
        *answers("c7"),
    ]

    assert what_became(*grades, drawn=8) == Nonresponse(
        drawn=8, graded=2, open=1, skipped=1, transcript=1, ungraded=2, not_reached=1, reasons={"a private matter": 1}
    )


@pytest.mark.parametrize(("reason", "heading"), [("skipped", "skipped"), ("transcript", "transcript")])
def test_calls_set_aside_at_the_end_of_the_queue_stay_in_the_count(reason: str, heading: str) -> None:
    """c1 graded, c2 passed over, c3 and c4 set aside: nobody may skip the rest of the queue unseen."""
    found = what_became(*answers("c1"), *set_aside("c3", reason), *set_aside("c4", reason))

    assert (getattr(found, heading), found.ungraded, found.not_reached) == (2, 1, 0)


def test_skip_reasons_are_counted_as_given_and_cut_to_a_line() -> None:
    """Two equal ones, one of 300 letters."""
    found = what_became(
        *set_aside("c1", rationale=" other language "),
        *set_aside("c2", rationale="other language"),
        *set_aside("c4", rationale="x" * 300),
    )

    assert found.reasons == {"other language": 2, "x" * 80: 1}


def test_an_answer_taken_back_is_no_skip() -> None:
    """c1 was answered and taken back, without a reason and with a note: it is open, as c2, of which nobody said anything."""
    given = [grade for grade in answers("c1") if grade.grader.kind == "human"]
    back = set_aside("c1", rationale="") + set_aside("c1", rationale="\nThe line was bad.", criteria=CRITERIA[:1])
    assert what_became(*given, *back, drawn=2) == Nonresponse(drawn=2, graded=0, not_reached=2)
    assert what_became(*given, *set_aside("c1"), drawn=2).skipped == 1


def test_calls_skipped_behind_the_last_graded_one_widen_the_limits() -> None:
    """10 of 20 graded, all resolved, then 10 skipped: the low end takes them as unresolved; not reached, they do not count."""
    graded = [grade for position in range(1, 11) for grade in answers(f"c{position}")]
    skipped = [grade for position in range(11, 21) for grade in set_aside(f"c{position}")]
    stopped = summarise(a_week(drawn=20, grades=graded)).measure("resolution_rate")
    set_apart = summarise(a_week(drawn=20, grades=[*graded, *skipped])).measure("resolution_rate")

    assert (stopped.missing, set_apart.missing) == (0, 10)
    assert stopped.low is not None
    assert set_apart.low is not None
    assert set_apart.low < 0.5 < stopped.low


def test_an_answer_that_has_no_place_is_refused() -> None:
    """5 calls accounted for of 6."""
    with pytest.raises(ValueError, match="5 calls accounted for, 6 drawn"):
        Nonresponse(drawn=6, graded=5)


def test_a_rubric_that_asks_people_nothing_reaches_nothing() -> None:
    """No results at all: zero of everything."""
    assert nonresponse(a_rubric(), []) == Nonresponse(drawn=0, graded=0)
