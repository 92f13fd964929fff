"""Figures of whole weeks from the engine against the same counted call by call."""

from __future__ import annotations

from datetime import timedelta

from evalharness.aggregate.population import population, population_of
from evalharness.models.call import Supplement
from evalharness.models.facts import Tally
from evalharness.models.rule import parse_rule
from evalharness.store.records import add_supplements
from tests.builders import MONDAY, WEEK, a_call
from tests.store.logs import AT, a_log, an_hourly_log

NEXT = "2026-W48"


def test_tallies_of_several_weeks_are_what_each_week_counts(tmp_path):
    """220 hourly calls reach into a second week; with and without scope each week divides as its own calls do."""
    with a_log(tmp_path, an_hourly_log(220)) as log:
        for scope in (None, parse_rule("agent == A")):
            found = log.tallies([NEXT, WEEK], scope)
            for week in (WEEK, NEXT):
                assert population_of(found[week], None) == population(log.facts(week, scope), None)
                assert found[week].calls > 0
        assert list(found) == [NEXT, WEEK]


def test_a_tally_from_an_instant_on(tmp_path):
    """Of calls at hours 0 to 4 those at 2, 3 and 4 start at hour 2 or later; the week before has none."""
    calls = [a_call(id=f"c{i}", started_at=MONDAY + timedelta(hours=i)) for i in range(5)]
    with a_log(tmp_path, calls) as log:
        found = log.tallies([WEEK, "2026-W46"], None, MONDAY + timedelta(hours=2))
        assert found == {WEEK: Tally(calls=3, with_transcript=3, judged=3), "2026-W46": Tally()}
        assert log.tallies([]) == {}


def test_a_tally_knows_what_came_later(tmp_path):
    """One of two resolved calls turned out to be a technical failure: 1 technical, 1 judged."""
    late = Supplement(source="demo", call_id="a", field="outcome", value="failed_technical", known_at=AT)
    with a_log(tmp_path, [a_call(id="a"), a_call(id="b")]) as log:
        with log._parts._ledger.transaction() as tx:
            add_supplements(tx, [late], AT)
        assert log.tallies([WEEK])[WEEK] == Tally(calls=2, technical=1, with_transcript=2, judged=1)
