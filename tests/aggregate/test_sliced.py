"""A week by intent, version and hour: exact where a group is large enough, with n for graded calls, nothing from nothing."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.aggregate.sliced import SMALL, slices_of
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.trend import MOST_SLICES, trends
from evalharness.aggregate.weeklog import WeekLog, slow_by
from evalharness.models.measure import Measure
from evalharness.models.trend import TrendSlice
from evalharness.models.week import shift
from evalharness.models.weekly import WeekFigures
from tests.aggregate.building import a_week, facts_of_calls
from tests.aggregate.figures import counted_week, made_inputs, made_week
from tests.builders import WEEK, a_call, a_latency_pool, a_sample


def sliced(weeks: list[WeekFigures], kind: str, value: str) -> TrendSlice:
    """One group over these weeks."""
    return next(one for one in trends(weeks).slices if (one.kind, one.value) == (kind, value))


def test_each_group_has_its_own_calls() -> None:
    """180 calls on bills behind 5 drawn ones of 20; four technical failures, all of them bookings: 4 of 14 of those."""
    week = made_week(technical=4)
    bills, bookings = week.slices["intent"]["billing"], week.slices["intent"]["booking"]
    assert (bills["technical_failure_rate"].n, bills["technical_failure_rate"].value) == (185, 0.0)
    assert (bookings["technical_failure_rate"].n, bookings["technical_failure_rate"].value) == (14, pytest.approx(4 / 14))
    assert week.slices["version"]["v2"]["technical_failure_rate"].n == 10


def test_a_small_group_has_its_count_and_no_figure() -> None:
    """Five calls without an intent: marked, not 0."""
    found = made_week().slices["intent"][""]["technical_failure_rate"]
    assert (found.value, found.n, found.note) == (None, 5, SMALL)


def test_from_ten_calls_on_a_group_has_its_figure() -> None:
    """Of ten bookings one failed technically: told; of nine: counted."""
    for others, value in ((9, 0.1), (8, None)):
        calls = [a_call(id=f"b{at}", intent="booking") for at in range(others)]
        calls.append(a_call(id="t", intent="booking", outcome="failed_technical", status="error"))
        found = slices_of(summarise(a_week()), WeekLog(facts=facts_of_calls(*calls)), held=False)
        one = found["intent"]["booking"]["technical_failure_rate"]
        assert (one.value, one.n) == (value, others + 1)


def test_graded_calls_have_their_n_and_wide_limits() -> None:
    """10 of the 20 graded calls are bookings, of which 3 are unresolved: 7 of 10 with limits; no group without one."""
    week = made_week(WEEK, {p: {"outcome": "unresolved"} for p in (1, 5, 9)})
    found = week.slices["intent"]["booking"]["resolution_rate"]
    assert (found.value, found.n, found.basis) == (pytest.approx(0.7), 10, "sample")
    assert (found.low or 0) < 0.4
    assert (found.high or 1) > 0.9
    assert "resolution_rate" not in week.slices.get("hour", {}).get("09", {})


@pytest.mark.parametrize("name", ["resolution_rate", "clear_failure_rate"])
def test_the_only_version_of_a_week_is_the_whole_week(name: str) -> None:
    """Unresolved, failed, out of scope, unread and technical calls: what makes the week's figure makes that of its version."""
    amiss = {1: {"outcome": "unresolved"}, 2: {"wrong_information": "yes"}, 3: {"outcome": "out_of_scope"}}
    drawn = [a_call(id=f"c{i}", version="v1") for i in range(1, 21)]
    broken = [a_call(id=f"t{i}", version="v1", outcome="failed_technical", status="error") for i in range(5)]
    silent = [a_call([], id=f"s{i}", version="v1", outcome="unknown") for i in range(3)]
    rest = [a_call(id=f"more{i}", version="v1") for i in range(180)]
    fields = {"sample": a_sample(calls=drawn, population=200), "facts": facts_of_calls(*drawn, *rest, *broken, *silent)}
    week = made_week(WEEK, amiss, graded=18, **fields)
    whole, group = week.measures[name], week.slices["version"]["v1"][name]
    assert whole.value is not None
    assert (group.n, group.of, group.missing) == (whole.n, whole.of, whole.missing)
    assert (group.value, group.low, group.high) == pytest.approx((whole.value, whole.low, whole.high))


def test_a_group_counts_its_own_technical_failures_and_all_its_calls() -> None:
    """10 bookings, all graded, 3 unresolved, and 4 that failed by the log: 7 of 14. Of 185 calls on bills 5 are graded."""
    week = made_week(WEEK, {p: {"outcome": "unresolved"} for p in (1, 5, 9)}, technical=4)
    bookings, bills = (week.slices["intent"][name]["resolution_rate"] for name in ("booking", "billing"))
    assert (bookings.value, bookings.n, bookings.of) == (pytest.approx(7 / 14), 10, 10)
    assert (bills.value, bills.n, bills.of) == (1.0, 5, 185)
    failed = week.slices["intent"]["booking"]["clear_failure_rate"]
    assert failed.value == pytest.approx(4 / 14)


def test_calls_of_another_group_graded_as_out_of_scope_change_nothing() -> None:
    """Two calls on bills are graded out of scope: bookings are 10 resolved of 10 and 4 technical failures, 10 of 14."""
    week = made_week(WEEK, {p: {"outcome": "out_of_scope"} for p in (2, 6)}, technical=4)
    bookings, bills = (week.slices["intent"][name]["resolution_rate"] for name in ("booking", "billing"))
    assert (bookings.value, bookings.n) == (pytest.approx(10 / 14), 10)
    assert bills.n < 5


def test_one_version_has_a_median_and_few_turns_a_count() -> None:
    """25 turns, all of v2, 19 of them at nine o'clock and 6 at ten: the version's median, and how many turns the hours have."""
    groups = {"version": ("v2",), "hour": ("9", "10")}
    group_of = {"version": np.zeros(25, dtype=int), "hour": np.array([0] * 19 + [1] * 6)}
    week = made_week(WEEK, latency=[a_latency_pool([*range(401, 426)], groups=groups, group_of=group_of)])
    found = week.slices["version"]["v2"]["latency_p50_ms"]
    assert (found.value, found.n) == (413.0, 25)
    assert found.value == week.measures["latency_p50_ms"].value
    hours = {name: measures["latency_p50_ms"] for name, measures in week.slices["hour"].items()}
    assert {name: (one.value, one.n, one.note) for name, one in hours.items()} == {
        "09": (None, 19, SMALL), "10": (None, 6, SMALL),
    }  # fmt: skip


def test_slow_calls_by_group() -> None:
    """Three calls: the second has a reply of 2 s, the third none at all; the first two are of version v1."""
    turns = {"call_index": np.array([0, 1]), "unanswered_index": np.array([2]), "calls": 3}
    named = {"groups": {"version": ("v1", "v2")}, "group_of": {"version": np.array([0, 0, 1])}}
    found = slow_by(a_latency_pool((400.0, 2000.0), **turns, **named), "version")
    assert found == {"v1": (1, 2), "v2": (1, 1)}


def test_a_group_that_is_not_there_in_a_week_is_no_data() -> None:
    """Nothing of that intent in the first week: no value and no n, and the line of all calls says where it breaks."""
    first = counted_week(shift(WEEK, -1), slow_calls=(2, 100))
    second = counted_week(WEEK, slow_calls=(2, 100)).model_copy(
        update={
            "slices": {"intent": {"new": {"slow_calls": Measure(name="slow_calls", unit="share", value=0.1, n=20, of=20)}}},
            "meanings": {"slow_calls": {"how": "another clock"}},
        }
    )
    points = sliced([first, second], "intent", "new").trends[0].points
    assert [(point.measure.value, point.measure.n) for point in points] == [(None, 0), (0.1, 20)]
    assert points[1].breaks == "how changed"


def test_the_largest_groups_are_shown() -> None:
    """Of 40 intents the 24 with the most calls."""

    def of(n: int) -> dict[str, Measure]:
        return {"slow_calls": Measure(name="slow_calls", unit="share", value=0.1, n=n, of=n)}

    many = {f"i{n}": of(n) for n in range(10, 50)}
    week = counted_week(WEEK, slow_calls=(2, 100)).model_copy(update={"slices": {"intent": many}})
    found = [one.value for one in trends([week]).slices]
    assert found == [f"i{n}" for n in range(49, 49 - MOST_SLICES, -1)]


def test_held_back_groups_of_graded_calls() -> None:
    """Groups of what the log says stay; those of grades are not there while somebody is still to grade."""
    summary, log = made_inputs()
    held = slices_of(summary, log, held=True)["intent"]["billing"]
    shown = slices_of(summary, log, held=False)["intent"]["billing"]
    assert set(shown) - set(held) == {"resolution_rate", "clear_failure_rate"}
