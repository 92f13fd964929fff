"""Figures of whole weeks from the engine against the same counted call by call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evalharness.aggregate.population import population, population_of
from evalharness.models.call import Cost, Supplement
from evalharness.models.facts import Tally
from evalharness.models.rule import parse_rule
from evalharness.store.records import add_supplements
from tests.builders import MONDAY, WEEK, a_call, fact_groups
from tests.store.logs import AT, a_log, an_hourly_log

NEXT = "2026-W48"
WAIT = timedelta(days=7)


def test_tallies_of_several_weeks_are_what_each_week_counts(tmp_path):
    """220 hourly calls reach into a second week; with and without scope each week divides as its own calls do."""
    with a_log(tmp_path, an_hourly_log(220)) as log:
        for scope in (None, parse_rule("agent == A")):
            found = log.tallies([NEXT, WEEK], scope)
            for week in (WEEK, NEXT):
                assert population_of(found[week], None) == population(fact_groups(log.facts(week, scope)), None)
                assert found[week].calls > 0
        assert list(found) == [NEXT, WEEK]


def test_a_tally_from_an_instant_on(tmp_path):
    """Of calls at hours 0 to 4 those at 2, 3 and 4 start at hour 2 or later; the week before has none."""
    calls = [a_call(id=f"c{i}", started_at=MONDAY + timedelta(hours=i)) for i in range(5)]
    with a_log(tmp_path, calls) as log:
        found = log.tallies([WEEK, "2026-W46"], None, MONDAY + timedelta(hours=2))
        assert found == {WEEK: Tally(calls=3, with_transcript=3, judged=3), "2026-W46": Tally()}
        assert log.tallies([]) == {}


def test_groups_are_the_calls_counted_one_by_one(tmp_path):
    """Every field of every group, whatever the scope; the same list however often it is asked."""
    with a_log(tmp_path, an_hourly_log(160)) as log:
        for scope in (None, parse_rule("agent == A")):
            assert log.groups(WEEK, scope) == fact_groups(log.facts(WEEK, scope))
        assert log.groups(WEEK) == log.groups(WEEK)
        assert sum(group.calls for group in log.groups(WEEK)) == 158  # from Monday 10:00 to Sunday 23:00 in Berlin: 7 x 24 - 10
        assert log.groups("2026-W40") == []


def test_components_are_summed_exactly_over_calls_in_scope(tmp_path):
    """llm .1 + .2 + .3 = .6; the euro and the spam count for nothing; nobody reports stt, so it has no line."""
    costs = [Cost(components={"llm": amount}) for amount in (0.1, 0.2, 0.3)]
    calls = [a_call(id=f"c{i}", cost=cost) for i, cost in enumerate(costs)]
    calls += [a_call(id="eur", cost=Cost(components={"llm": 9.0}, currency="EUR")), a_call(id="none")]
    calls += [a_call(id="spam", outcome="out_of_scope", cost=Cost(components={"llm": 9.0, "stt": 1.0}))]
    with a_log(tmp_path, calls) as log:
        assert log.costs(WEEK, None, "USD").components == {"llm": (3, 0.6)}
        assert log.costs(WEEK, None, "EUR").components == {"llm": (1, 9.0)}
        assert log.costs("2026-W40", None, "USD").components == {}


def test_ids_that_occur_in_two_sources(tmp_path):
    """Of a, b in one source and a, c in another 4 - 3 = 1 repeats; in one source nothing can."""
    made = (("x", "a", "book"), ("x", "b", "book"), ("y", "a", None), ("y", "c", None))
    calls = [a_call(source=source, id=name, intent=intent) for source, name, intent in made]
    with a_log(tmp_path, calls) as log:
        assert log.repeated(WEEK) == (["x", "y"], 1)
        assert log.repeated(WEEK, parse_rule("intent == book")) == (["x"], 0)
        assert log.repeated("2026-W40") == ([], 0)


def test_which_calls_the_week_holds(tmp_path):
    """Of three identities one is of the week, one of the week before and one of nobody; a scope leaves the first out too."""
    calls = [a_call(id="a"), a_call(id="b", started_at=MONDAY - timedelta(days=7))]
    asked = [("demo", "a"), ("demo", "b"), ("x", "a")]
    with a_log(tmp_path, calls) as log:
        assert log.of_week(WEEK, None, asked) == {("demo", "a")}
        assert log.of_week(WEEK, parse_rule("agent == other"), asked) == set()
        assert log.of_week(WEEK, None, []) == set()


def test_a_tally_knows_what_came_later(tmp_path):
    """One of two resolved calls turned out to be a technical failure: 1 technical, 1 judged."""
    late = Supplement(source="demo", call_id="a", field="outcome", value="failed_technical", known_at=AT)
    with a_log(tmp_path, [a_call(id="a"), a_call(id="b")]) as log:
        with log._parts._ledger.transaction() as tx:
            add_supplements(tx, [late], AT)
        assert log.tallies([WEEK])[WEEK] == Tally(calls=2, technical=1, with_transcript=2, judged=1)


def a_caller(name, days=0.0, *, minutes=None, **fields):
    """A call of caller K about booking, so many days after Monday; with `minutes` it ended."""
    started = MONDAY + timedelta(days=days)
    ended = None if minutes is None else started + timedelta(minutes=minutes)
    return a_call(id=name, started_at=started, ended_at=ended, **{"caller_key": "K", "intent": "booking", **fields})


@pytest.mark.parametrize(
    ("later", "again"),
    [
        (a_caller("b", 3), True),
        (a_caller("b", 7), True),  # 7 days after the start; the first ended 10 minutes later
        (a_caller("b", 7.02), False),  # 29 minutes later
        (a_caller("b", 0.003), False),  # while the first went on
        (a_caller("b", -1), False),
        (a_caller("b", 3, caller_key="L"), False),
        (a_caller("b", 3, caller_key=None), False),
        (a_caller("b", 3, intent="billing"), False),
        (a_caller("b", 3, intent=None), False),
        (a_caller("b", 3, outcome="out_of_scope"), False),
        (a_caller("b", 3, agent="other"), False),  # of another agent, out of the workspace's scope
        (a_caller("b", 3, source="other"), True),
    ],
)
def test_who_called_again(tmp_path, later, again):
    """Same caller, same intent, within 7 days after the end, in scope, in whatever week."""
    with a_log(tmp_path, [a_caller("a", minutes=10), later]) as log:
        found = log.calls_again(WEEK, [a_caller("a", minutes=10)], WAIT, parse_rule("agent == front-desk"))
        assert found == ({("demo", "a")} if again else set())


def test_calls_without_an_intent_have_the_same_one_and_callers_without_a_key_are_nobody(tmp_path):
    """Sunday's call without intent is followed by another on Saturday of the next week; two keyless calls are two callers."""
    calls = [a_caller("a", 6, intent=None), a_caller("b", 12, intent=None)]
    calls += [a_caller("c", caller_key=None), a_caller("d", 1, caller_key=None)]
    with a_log(tmp_path, calls) as log:
        assert log.calls_again(WEEK, calls, WAIT) == {("demo", "a")}
        assert log.calls_again(WEEK, [], WAIT) == log.calls_again("2026-W40", calls, WAIT) == set()


def test_an_end_before_the_start_is_no_end(tmp_path):
    """A clock set back: the call is not its own caller again."""
    with a_log(tmp_path, [a_caller("a", minutes=-10)]) as log:
        assert log.calls_again(WEEK, [a_caller("a", minutes=-10)], WAIT) == set()
