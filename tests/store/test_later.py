"""Later facts over the call log: engine and Python say the same, and nothing that was written changes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalharness.models.call import OUTCOMES, Supplement
from evalharness.models.facts import facts_of
from evalharness.models.later import newest, with_facts
from evalharness.models.rule import parse_rule
from evalharness.models.sample import Stratum
from evalharness.store.records import add_supplements, supplements
from tests.builders import MONDAY, ZONE, a_call
from tests.store.logs import AT, a_log, identities, no_measures

WEEK = "2026-W47"
VALUES = {
    "csat": st.sampled_from([1.0, 4.5]),
    "outcome": st.sampled_from(OUTCOMES),
    "version": st.sampled_from(["v2", "it's"]),
    "cost": st.just({"components": {"llm": 0.25, "tts": 0.5}, "currency": "EUR"}),
    "consent": st.booleans(),
    "metadata": st.dictionaries(st.sampled_from(["a", "b", "consent"]), st.sampled_from(["x", 1, 2.5, True, {"c": 1}, [1]])),
}


def some_calls(count: int = 4):
    """Calls c0, c1, ... of one week, some with metadata."""
    return [
        a_call(id=f"c{at}", started_at=MONDAY + timedelta(hours=at + 1), metadata={"a": at} if at % 2 else {})
        for at in range(count)
    ]


@st.composite
def facts(draw):
    """A later fact about one of the calls, or about none."""
    field = draw(st.sampled_from(sorted(VALUES)))
    day = draw(st.integers(0, 2))
    call_id = draw(st.sampled_from(["c0", "c1", "c9"]))
    source = some_calls(1)[0].source
    return Supplement(source=source, call_id=call_id, field=field, value=draw(VALUES[field]), known_at=AT + timedelta(days=day))


def add(log, *given_facts):
    with log._parts._ledger.transaction() as tx:
        add_supplements(tx, given_facts, AT)
    return supplements(log._parts._ledger)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(facts(), max_size=6))
def test_the_engine_and_python_say_the_same(tmp_path_factory, some):
    """Facts read through the engine are those of the calls with their facts; digests stay those of what was collected."""
    calls = some_calls()
    with a_log(tmp_path_factory.mktemp("log"), calls) as log:
        before = log.known(identities(calls))
        known = newest(add(log, *some))
        whole = [with_facts(call, known.get((call.source, call.id), {})) for call in calls]
        assert log.calls(identities(calls)) == whole
        assert log.facts(WEEK) == [facts_of(call, no_measures(call), ZONE) for call in whole]
        assert log.known(identities(calls)) == before


def test_rules_strata_and_fill_see_them(tmp_path):
    """An outcome, a version and a metadata entry that came later; the fill of csat is one of four."""
    calls = some_calls()
    source = calls[0].source
    with a_log(tmp_path, calls) as log:
        rows = (
            ("c1", "outcome", "transferred"),
            ("c1", "csat", 5.0),
            ("c2", "metadata", {"branch": "north"}),
            ("c2", "version", "v9"),
        )
        add(log, *(Supplement(source=source, call_id=i, field=f, value=v, known_at=AT) for i, f, v in rows))
        strata = [Stratum(name="to_a_person", when="outcome == transferred"), Stratum(name="core")]
        assert log.stratum_counts(WEEK, strata) == {"to_a_person": 1, "core": 3}
        assert [call.id for call in log.facts(WEEK, parse_rule("metadata.branch == north and version == v9"))] == ["c2"]
        assert log.fill(WEEK)["csat"] == 0.25


def test_calls_by_id_and_by_caller(tmp_path):
    """Of any source; ends may be unknown."""
    calls = [a_call(id="x", source="a", caller_key="k1", ended_at=None), a_call(id="x", source="b", caller_key="k2")]
    with a_log(tmp_path, calls) as log:
        assert log.named(["x", "y"]) == [("a", "x"), ("b", "x")]
        (found,) = log.of_callers(["k1"])
        assert (found["source"], found["started_at"], found["ended_at"]) == ("a", calls[0].started_at, None)
        assert (log.named([]), log.of_callers(["k9"])) == ([], [])
    with a_log(tmp_path / "empty") as log:
        assert log.named(["x"]) == []
