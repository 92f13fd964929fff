"""A turn as the page shows it: how long the reply took, how it is drawn, what stands beside it."""

from __future__ import annotations

import pytest

from evalharness.models.finding import Finding
from evalharness.report.page.turns import reply_ms, shown_turns
from tests.builders import a_call, a_grade, a_turn
from tests.report.weeks import a_result


def turns_of(*said, **fields):
    """A call of these turns, as the page shows it."""
    result = a_result(1, 4).model_copy(update={"call": a_call(said), "grades": (), "findings": (), **fields})
    return list(shown_turns(result))


CALLER = a_turn("caller", "Hi", 0, 1000)


@pytest.mark.parametrize(
    ("before", "turn", "wait"),
    [
        (CALLER, a_turn("agent", "Hello", 1400, 2000), 400.0),
        (CALLER, a_turn("agent", "Hello", 1400, 2000, latency=520.0), 520.0),  # the log's own figure goes first
        (CALLER, a_turn("agent", "Hello", 1000, 2000), 0.0),
        (CALLER, a_turn("agent", "Hello", 900, 2000), None),  # began before the caller had ended: an overlap
        (CALLER, a_turn("agent", "Hello"), None),
        (a_turn("caller", "Hi"), a_turn("agent", "Hello", 1400, 2000), None),
        (CALLER, a_turn("caller", "Well", 1400, 2000), None),
        (a_turn("agent", "Hello", 0, 1000), a_turn("agent", "Still there?", 3000, 4000), None),  # silence, no reply
        (None, a_turn("agent", "Hello", 0, 1000), None),
    ],
)
def test_a_reply_took_as_long_as_the_log_says_else_as_the_times_say(before, turn, wait) -> None:
    """From the end of the caller to the start of the agent; what nothing tells is missing, never zero."""
    assert reply_ms(turn, before) == wait


@pytest.mark.parametrize(
    ("wait", "pace", "width"),
    [
        (599.0, "q", "12"),  # 599 / 3000 x 60 = 11.98
        (600.0, "m", "12"),  # the bar of the median: below it is quick
        (1500.0, "m", "30"),
        (1501.0, "s", "30"),  # above the bar of p99: slow
        (9000.0, "s", "60"),  # full at 3 s
    ],
)
def test_a_reply_is_quick_middling_or_slow_by_the_two_bars(wait: float, pace: str, width: str) -> None:
    """Below 600 ms quick, above 1.5 s slow."""
    found = turns_of(CALLER, a_turn("agent", "Hello", 1000 + wait, 20_000))[1]
    assert (found.pace, found.width) == (pace, width)


def test_a_turn_says_who_and_when() -> None:
    """The caller at the beginning, the agent at 1:05."""
    first, second = turns_of(CALLER, a_turn("agent", "Hello", 65_000, 66_000))
    assert [(one.index, one.speaker, one.look, one.at) for one in (first, second)] == [
        (0, "caller", "c", "0:00"), (1, "agent", "a", "1:05")
    ]  # fmt: skip


def test_of_a_grader_who_answered_a_turn_twice_the_last_answer_stands() -> None:
    """3, then 4."""
    grades = (a_grade(3, "tone", turn=0), a_grade(4, "tone", turn=0))
    (found,) = turns_of(CALLER, grades=grades)
    assert found.graded == ("tone 4 (Anna Keller)",)


def test_a_finding_over_several_turns_stands_with_each_of_them() -> None:
    """A loop over turns 0 and 2; nothing with turn 1."""
    loop = Finding(measure="agent_loops", turns=(0, 2), value=3.0)
    found = turns_of(a_turn("agent", "a"), a_turn("caller", "b"), a_turn("agent", "a"), findings=(loop,))
    assert [one.notes for one in found] == [("found: agent loops, 3 times",), (), ("found: agent loops, 3 times",)]


def test_only_a_turn_that_something_leads_to_has_a_name() -> None:
    """Names cost bytes: of two turns the graded one."""
    found = turns_of(CALLER, a_turn("agent", "Hello"), grades=(a_grade(3, "tone", turn=1),))
    assert [one.name for one in found] == ["", "t1-1"]
