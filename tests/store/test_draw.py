"""The draw on the engine against ten lines of Python."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.models.call import OUTCOMES
from evalharness.models.facts import facts_of
from evalharness.models.rule import matches, parse_rule
from evalharness.models.sample import Design, Stratum, StratumSize
from tests.builders import WEEK, ZONE, a_call, a_turn, some_calls
from tests.store import logs
from tests.store.logs import a_log, an_hourly_log, different, no_measures

TRANSFERRED = Stratum(name="to_a_person", when="outcome in [transferred, follow_up]")
CORE = Stratum(name="core")


def _md5(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def oracle(calls, design):
    """FORMATS.md, "The draw", in plain Python: (stratum, key, source, id) of each drawn call."""
    rows = [(call, facts_of(call, no_measures(call), ZONE).fields()) for call in calls if call.has_transcript]
    rows = [(call, facts) for call, facts in rows if design.scope is None or matches(parse_rule(design.scope), facts)]
    keyed = [
        (_md5(f"{design.seed}|{design.week}|{call.source}|{call.id}"), call.source, call.id, facts, call.started_at)
        for call, facts in rows
    ]
    if design.every_nth:
        start = int(_md5(f"{design.seed}|{design.week}"), 16) % design.every_nth
        ordered = sorted(keyed, key=lambda row: (row[4], row[1], row[2]))
        return [(design.strata[0].stratum.name, *row[:3]) for row in ordered[start :: design.every_nth]]
    members = {size.stratum.name: [] for size in design.strata}
    for row in keyed:
        rules = (size.stratum for size in design.strata if size.stratum.when and matches(parse_rule(size.stratum.when), row[3]))
        members[next(rules, CORE).name].append(row[:3])
    return [(size.stratum.name, *row) for size in design.strata for row in sorted(members[size.stratum.name])[: size.drawn]]


def _sizes(drawn, population=100):
    return tuple(
        StratumSize(stratum=s, population=population, drawn=n, judged=0) for s, n in zip((TRANSFERRED, CORE), drawn, strict=True)
    )


def _tuples(drawn):
    return [(call.stratum, call.key, call.source, call.call_id) for call in drawn]


said = st.sampled_from([(), (a_turn("caller", "Hi."),)])
drawable = st.builds(
    lambda call, outcome, turns: call.model_copy(update={"outcome": outcome, "turns": turns}),
    logs.calls,
    st.sampled_from(OUTCOMES[:4]),
    said,
)
seeds = st.sampled_from(["1", "1.2", "é|'", ""])


@settings(deadline=None, max_examples=25)
@given(
    calls=st.lists(drawable, min_size=1, max_size=12),
    seed=seeds,
    drawn=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    every_nth=st.sampled_from([None, None, 1, 2, 3]),
    scope=st.sampled_from([None, "not outcome == partly_resolved", "csat > 2"]),
)
def test_the_draw_is_the_oracles(tmp_path_factory, calls, seed, drawn, every_nth, scope):
    """Any calls, seed, sizes and scope, and every n-th call: the same calls with the same keys in the same order."""
    calls = different(calls)
    design = Design(week=WEEK, seed=seed, size=10, strata=_sizes(drawn), every_nth=every_nth, scope=scope)
    with a_log(tmp_path_factory.mktemp("log"), calls, zone=logs.UTC_ZONE) as log:
        assert _tuples(log.draw(design)) == oracle(calls, design)


@pytest.mark.parametrize("drawn", [(8, 12), (2, 30), (0, 5)])
def test_a_week_of_sixty(tmp_path, drawn):
    """Quotas held, no call twice, none without a transcript; a second draw and another order of files give the same."""
    calls = an_hourly_log()
    design = Design(week=WEEK, seed="1", size=20, strata=_sizes(drawn))
    with a_log(tmp_path / "one", calls) as log:
        first = log.draw(design)
        assert log.draw(design) == first
    assert _tuples(first) == oracle(calls, design)
    with a_log(tmp_path / "two", calls[:20]) as log:
        logs.collect(log, log._parts._ledger, calls[:19:-1])
        assert log.draw(design) == first
    by_id = {call.id: call for call in calls}
    assert all(by_id[call.call_id].has_transcript for call in first)
    assert len({call.call_id for call in first}) == len(first)
    assert sum(call.stratum == "to_a_person" for call in first) == min(drawn[0], 11)  # 14 transferred or follow_up, 3 silent


def test_another_seed_or_week_is_another_draw(tmp_path):
    """Redraw r uses the seed SEED.r."""
    with a_log(tmp_path, some_calls(60)) as log:
        draws = [log.draw(Design(week=WEEK, seed=seed, size=20, strata=_sizes((0, 20)))) for seed in ("1", "1.1", "2")]
    assert len({tuple(call.call_id for call in drawn) for drawn in draws}) == 3


def test_ties_go_by_source_then_id(tmp_path):
    """ "a|b" + "c" and "a" + "b|c" have the same key text: the smaller source comes first, on every engine."""
    calls = [a_call(source="a|b", id="c"), a_call(source="a", id="b|c")]
    design = Design(week=WEEK, seed="1", size=1, strata=_sizes((0, 1), 2))
    with a_log(tmp_path, calls) as log:
        (drawn,) = log.draw(design)
    assert (drawn.source, drawn.call_id) == ("a", "b|c")
    assert drawn.key == _md5(f"1|{WEEK}|a|b|c")


def test_first_match_wins_wherever_the_rest_stands(tmp_path):
    """Two rules match a transferred English call: the first takes it; `core` takes the rest even when it is named first."""
    calls = an_hourly_log()
    english = Stratum(name="english", when="language == en")
    with a_log(tmp_path, calls) as log:
        counts = log.stratum_counts(WEEK, (CORE, TRANSFERRED, english))
        swapped = log.stratum_counts(WEEK, (english, TRANSFERRED, CORE))
    seen = [call for call in calls if call.has_transcript]
    transferred = sum(call.outcome in ("transferred", "follow_up") for call in seen)
    assert counts["to_a_person"] == transferred
    assert swapped["english"] == sum(call.language == "en" for call in seen)
    assert sum(counts.values()) == sum(swapped.values()) == len(seen) == 48


def test_without_a_rest_the_others_are_not_drawn(tmp_path):
    """A single rule without `core`: calls that match nothing belong to no stratum."""
    with a_log(tmp_path, an_hourly_log()) as log:
        assert list(log.stratum_counts(WEEK, (TRANSFERRED,))) == ["to_a_person"]
        design = Design(week=WEEK, seed="1", size=20, strata=_sizes((5, 0))[:1])
        assert {call.stratum for call in log.draw(design)} == {"to_a_person"}


def test_nothing_to_draw(tmp_path):
    """No calls in the week, and a design that draws none."""
    with a_log(tmp_path, some_calls(3)) as log:
        assert log.draw(Design(week="2026-W40", seed="1", size=20, strata=_sizes((0, 3)))) == []
        assert log.draw(Design(week=WEEK, seed="1", size=20, strata=_sizes((0, 0)))) == []
