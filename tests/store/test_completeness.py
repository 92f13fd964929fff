"""How many calls have each part of a log: of those that could have it."""

from __future__ import annotations

from datetime import timedelta

from evalharness.models.call import Cost, ToolCall
from evalharness.models.rule import parse_rule
from evalharness.store.completeness import FILLED, PARTS
from tests.builders import MONDAY, WEEK, a_call, a_turn, call_measures
from tests.store.logs import a_log, no_measures

BOOK = ToolCall(name="book", arguments={"result": None}, result="")
"""Whole: an empty result is one, and an argument named like a part is none."""


def _with_tools(call_id, *tools):
    return a_call([("caller", "Hi", 0, 900), a_turn("agent", "Sure.", 1000, 2000, tool_calls=tools)], id=call_id)


def test_each_part_counts_over_the_calls_that_could_have_it(tmp_path):
    """Five calls; b without end and cost ..., c failed without a word of why, d failed with one; e without a transcript."""
    calls = [
        a_call(id="a", ended_at=MONDAY + timedelta(minutes=2), cost=Cost(components={"llm": 0.1})),
        a_call(id="b", status=None),
        a_call(id="c", status="error"),
        a_call(id="d", outcome="failed_technical", errors=("sip 503",)),
        a_call([], id="e"),
    ]
    measures = [call_measures("a"), *(no_measures(call) for call in calls[1:])]
    with a_log(tmp_path, calls, measures) as log:
        counts = log.logged([WEEK])[WEEK]
    assert tuple(counts) == PARTS
    assert counts["transcript"] == (4, 5)
    assert counts["duration"] == counts["cost"] == (1, 5)
    assert counts["status"] == (4, 5)
    assert counts["error_reason"] == (1, 2)
    assert counts["latency"] == (1, 4)
    assert counts["tool_payloads"] == (0, 0)


def test_what_was_reckoned_or_guessed_is_no_part_of_the_log(tmp_path):
    """Of four calls: a reckoned cost, one that a bill of .3 came for (the mark of .2 holds no more), one of the log, none; two
    ends, one of them guessed."""
    end = MONDAY + timedelta(minutes=2)
    calls = [
        a_call(id="a", ended_at=end, inferred=("cost", "ended_at"), **_marked(0.2, 0.2)),
        a_call(id="b", ended_at=end, **_marked(0.3, 0.2)),
        a_call(id="c", cost=Cost(components={"llm": 0.2})),
        a_call(id="d"),
    ]
    with a_log(tmp_path, calls, [no_measures(call) for call in calls]) as log:
        counts, fill = log.logged([WEEK])[WEEK], log.fill(WEEK)
    assert (counts["cost"], counts["duration"], fill["cost"]) == ((2, 4), (1, 4), 0.5)


def _marked(cost, mark):
    """A cost, and the mark of one that was reckoned."""
    return {"cost": Cost(components={"tts": cost}), "metadata": {"cost_reckoned": {"as_of": "2026-10-01", "total": mark}}}


def test_a_field_that_says_nothing_is_not_filled(tmp_path):
    """Of four calls one has an outcome that is not unknown, three a transcript, one metadata, none a rating."""
    given = {"a": {"outcome": "resolved"}, "b": {"metadata": {"site": 1}}, "c": {}, "d": {"turns": ()}}
    calls = [a_call(id=name, **{"outcome": "unknown", **fields}) for name, fields in given.items()]
    with a_log(tmp_path, calls, [no_measures(call) for call in calls]) as log:
        fill = log.fill(WEEK)
        assert tuple(fill) == FILLED
        assert [fill[name] for name in ("outcome", "turns", "metadata", "csat")] == [0.25, 0.75, 0.25, 0]
        assert log.fill("2026-W01") == {}


def test_a_tool_call_is_whole_with_arguments_and_result(tmp_path):
    """One call of three: b lacks a result, c the arguments of its second tool; a call without tools could not have any."""
    calls = [
        _with_tools("a", BOOK, BOOK),
        _with_tools("b", BOOK, ToolCall(name="book", arguments={"day": 1})),
        _with_tools("c", BOOK, ToolCall(name="book", result="done")),
        a_call(id="d"),
    ]
    with a_log(tmp_path, calls) as log:
        assert log.logged([WEEK])[WEEK]["tool_payloads"] == (1, 3)
        assert log.logged([WEEK], parse_rule("version == v9")) == {}


def test_weeks_stand_apart(tmp_path):
    """A week without calls is not there."""
    calls = [a_call(id="a"), a_call(id="b", started_at=MONDAY - timedelta(days=7), status=None)]
    with a_log(tmp_path, calls) as log:
        counts = log.logged(["2026-W45", "2026-W46", WEEK])
    assert {week: parts["status"] for week, parts in counts.items()} == {"2026-W46": (0, 1), WEEK: (1, 1)}


def test_a_median_among_turns_nobody_answered_is_logged_latency(tmp_path):
    """Of three calls one has a median, in one half of the turns were never answered, one has neither: 2 of 3."""
    calls = [a_call(id=name) for name in "abc"]
    unanswered = call_measures("b", latencies=(), p50_ms=None, p50_unanswered=True)
    with a_log(tmp_path, calls, [call_measures("a"), unanswered, no_measures(calls[2])]) as log:
        assert log.logged([WEEK])[WEEK]["latency"] == (2, 3)
        assert log.fill(WEEK)["p50_ms"] == 2 / 3
