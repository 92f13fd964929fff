"""Figures over all calls: never without n, best and worst case where many calls lack them, groups only of some size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.aggregate.inputs import MeasuredInputs
from evalharness.aggregate.measured import FEWEST, logged_parts, measured_figures, with_findings
from evalharness.models.finding import FigureTally, Finding, FoundPlace, WeekFound
from evalharness.models.measured import Meaning
from tests.aggregate.building import a_result

LOOPS = Meaning(figure="loops", unit="count", words="the agent says the same again")
RATIO = Meaning(figure="talk_ratio", unit="share", words="share of the speech that is the agent's", bad=False)
LOOP = Finding(measure="loops", turns=(2, 4), value=2.0, state="late")


def a_tally(figure="loops", by="all", group="", *, calls=20, n=20, hits=5, total=10.0, **numbers):
    """A tally of 20 calls, 5 with a loop, 10 loops in all."""
    spread = {"low": 0.0, "median": 0.0, "high": 4.0} if n else {}
    return FigureTally(figure, by, group, calls, n, hits, total, **{**spread, **numbers})


def inputs(*tallies, meanings=(LOOPS, RATIO), **fields):
    """What was measured, these tallies alone unless more is given."""
    found = WeekFound(tallies, fields.pop("states", {}), fields.pop("places", ()))
    return MeasuredInputs(meanings=meanings, found=found, **fields)


def the_figure(*tallies, **fields):
    """The only figure of the week."""
    (figure,) = measured_figures(inputs(*tallies, **fields), [])
    return figure


def test_nothing_measured_is_no_figure():
    """Neither a declared figure without tallies nor a week without any is shown."""
    assert measured_figures(MeasuredInputs(meanings=(LOOPS,)), []) == ()


def test_a_figure_without_data_has_no_value():
    """0 of 20 calls have it: no share, no mean, no median."""
    week = the_figure(a_tally(n=0, hits=0, total=0.0)).week
    assert (week.n, week.of, week.share, week.mean, week.median, week.least) == (0, 20, None, None, None, None)


def test_share_and_mean_are_of_the_calls_that_have_it():
    """5 of 20 calls = 25 %; 10 loops in 20 calls = 0.5 a call. All have the figure, so there is no best or worst case."""
    week = the_figure(a_tally()).week
    assert (week.share, week.mean, week.high, week.least, week.most) == (0.25, 0.5, 4.0, None, None)


@pytest.mark.parametrize(("n", "cases"), [(18, (None, None)), (17, (0.25, 0.4))])
def test_below_nine_tenths_both_cases_stand_beside(n, cases):
    """18 of 20 calls are enough; with 17 the three others are none (5/20) or all (8/20)."""
    week = the_figure(a_tally(n=n)).week
    assert (week.least, week.most) == cases
    assert week.share == 5 / n


def test_what_can_arise_in_some_calls_alone_has_no_cases():
    """3 of 20 calls were handed over, none late: the 17 others are no missing data."""
    meaning = LOOPS.model_copy(update={"among": "calls handed to a human"})
    week = the_figure(a_tally(n=3, hits=0, total=0.0), meanings=(meaning,)).week
    assert (week.share, week.least, week.most) == (0.0, None, None)


def test_groups_stand_in_order_hours_by_the_clock():
    """Version before intent before hour, 9 before 10."""
    names = [("hour", "10"), ("intent", "b"), ("hour", "9"), ("version", "v1"), ("intent", "a"), ("hour", "")]
    figure = the_figure(a_tally(), *(a_tally(by=by, group=name) for by, name in names))
    assert [group.name for group in figure.groups] == ["v1", "a", "b", "", "9", "10"]


def test_a_ratio_has_no_share_of_calls():
    """Every call has a talk ratio above 0: a share of 100 % would say nothing."""
    figure = the_figure(a_tally("talk_ratio", hits=20, median=0.6))
    assert (figure.week.share, figure.week.median, figure.stands_out) == (None, 0.6, False)


def test_only_what_is_bad_and_found_stands_out():
    """No hit: nothing stands out; a good thing never does."""
    assert the_figure(a_tally()).stands_out
    assert not the_figure(a_tally(hits=0)).stands_out
    assert not the_figure(a_tally(), meanings=(LOOPS.model_copy(update={"bad": False}),)).stands_out


def test_small_groups_are_counted_not_shown():
    """v1 has enough calls, v2 and v3 hold 4 + 3 of them; v4 has no data and is nowhere."""
    groups = [("v1", FEWEST), ("v2", 4), ("v3", 3), ("v4", 0)]
    tallies = [a_tally(by="version", group=name, calls=20, n=n, hits=0, total=0.0) for name, n in groups]
    figure = the_figure(a_tally(), *tallies)
    assert [(group.by, group.name, group.spread.n) for group in figure.groups] == [("version", "v1", FEWEST)]
    assert figure.small == {"version": 7}


def test_last_week_stands_beside_and_an_empty_one_does_not():
    """A week before in which 1 of 10 calls had it; a week without calls is none."""
    before = WeekFound((a_tally(calls=10, n=10, hits=1),))
    assert the_figure(a_tally(), before=before).before.share == 0.1
    assert the_figure(a_tally(), before=WeekFound((a_tally(calls=0, n=0),))).before is None
    assert the_figure(a_tally()).before is None


def test_places_know_the_drawn_calls_and_states_their_figure():
    """The call of the first place is number 1 of the queue, the other was not drawn; another figure's state is left out."""
    places = (FoundPlace("demo", "c1", LOOP), FoundPlace("demo", "c9", LOOP))
    states = {("loops", "late"): 2, ("other", ""): 7}
    given = inputs(a_tally(), places=places, states=states)
    (figure,) = measured_figures(given, [a_result(1)])
    assert [(place.call_id, place.position) for place in figure.places] == [("c1", 1), ("c9", None)]
    assert figure.states == {"late": 2}


def test_drawn_calls_carry_their_findings():
    """Of two drawn calls one has a finding."""
    given = MeasuredInputs(findings={("demo", "c2"): [LOOP]})
    assert [result.findings for result in with_findings([a_result(1), a_result(2)], given)] == [(), (LOOP,)]


@given(st.integers(1, 50).flatmap(lambda of: st.tuples(st.just(of), st.integers(1, of), st.integers(0, of))))
def test_the_cases_hold_the_share_of_any_completion(sizes):
    """However the calls without data turn out, the share of all calls lies between the two cases."""
    of, n, some = sizes
    hits = min(some, n)
    week = the_figure(a_tally(calls=of, n=n, hits=hits)).week
    for others in range(of - n + 1):
        share = (hits + others) / of
        assert (week.least if week.least is not None else 0) - 1e-12 <= share
        assert share <= (week.most if week.most is not None else 1) + 1e-12


WEEKS = ("2026-W42", "2026-W43", "2026-W44", "2026-W45", "2026-W46")


def logged(now, *earlier):
    """The part `cost` this week and in the weeks before, oldest first."""
    counts = dict(zip(WEEKS[-len(earlier) :], ({"cost": one} for one in earlier), strict=True)) if earlier else {}
    (part,) = logged_parts("2026-W47", {**counts, "2026-W47": {"cost": now}})
    return part


def test_a_part_that_dropped_is_marked():
    """80 % against the median of 100, 90, 100, 90 % = 95 %: more than five points below."""
    part = logged((8, 10), (10, 10), (9, 10), (10, 10), (9, 10))
    assert (part.share, part.usual, part.weeks, part.dropped) == (0.8, 0.95, WEEKS[1:], True)


def test_five_points_are_no_drop():
    """90 % after 95 %, and any share where no earlier week is known."""
    assert not logged((90, 100), (95, 100)).dropped
    first = logged((1, 10))
    assert (first.usual, first.dropped) == (None, False)


def test_only_four_weeks_say_what_is_usual():
    """The fifth week back had nothing; the four after it had all."""
    assert logged((10, 10), (0, 10), *[(10, 10)] * 4).usual == 1.0


def test_weeks_that_could_not_have_it_say_nothing():
    """No tool was called this week: no share and no drop; an earlier such week is not counted as 0."""
    assert (logged((0, 0), (10, 10)).share, logged((0, 0), (10, 10)).dropped) == (None, False)
    assert logged((10, 10), (0, 0), (10, 10)).weeks == ("2026-W46",)


def test_a_week_without_calls_has_no_parts():
    """Nothing of this week, whatever was before."""
    assert logged_parts("2026-W47", {"2026-W46": {"cost": (1, 1)}}) == ()


def test_the_last_four_weeks_say_what_is_usual():
    """Of 10, 10, 100, 100, 100 % the last four have the median 100 %: 90 % has dropped. Of the first four it would be 55 %."""
    part = logged((9, 10), (1, 10), (1, 10), (10, 10), (10, 10), (10, 10))
    assert (part.usual, part.weeks, part.dropped) == (1.0, WEEKS[-4:], True)
