"""Alarms, what changed, graders and rates since a version on a terminal: counts, never a cause."""

from __future__ import annotations

from typing import Any

from evalharness.models.measure import Measure, Since
from evalharness.models.trend import (
    Alarm,
    Difference,
    GraderShift,
    MovedPart,
    Movement,
    Trend,
    TrendPoint,
    TrendSlice,
    Watch,
    WhatChanged,
)
from evalharness.models.week import shift
from evalharness.report import moved_words
from evalharness.report.text import columns
from evalharness.report.trend_terminal import render
from evalharness.report.trend_watched import blocks
from tests.builders import WEEK
from tests.report.trends import WEEKS, some_trends

ALARM = Alarm(week=WEEKS[3], watched_from=WEEKS[2], failures=14, calls=280, statistic=800.0)
BARRED = Watch(measure="resolution_rate", target=0.4, target_from="bar", watched=2, threshold=312.0, weeks=4, sees=0.51)
SLOW = Watch(measure="latency_p99_ms", target=0.01, target_from="baseline", baseline=WEEKS, weeks=2, alarms=(ALARM,), sees=None)


def part(kind: str, name: str, hits: int, before: int, moved: float | None) -> MovedPart:
    """A group of ten calls in both weeks."""
    fields = {"kind": kind, "name": name, "hits": hits, "calls": 10, "hits_before": before, "calls_before": 10, "moved": moved}
    return MovedPart.model_validate(fields)


def moved(*, clear: bool = True, **fields: Any) -> WhatChanged:
    """Resolution fell by 20 points, most with bookings; nothing else was compared."""
    parts = (part("intent", "booking", 2, 8, -0.2), part("intent", "bills", 5, 5, 0.0), part("criterion", "tone", 4, 1, None))
    less = Difference(before=WEEKS[2], value=-0.2, low=-0.38, high=-0.02)
    one = Movement(measure="resolution_rate", difference=less, clear=clear, n=34, n_before=33, parts=parts)
    return WhatChanged(**{"week": WEEKS[3], "before": WEEKS[2], "movements": (one,), **fields})


def block(heading: str, found: WhatChanged | None = None, **fields: Any) -> str:
    """One block in one line; "" where it is not there."""
    trends = some_trends().model_copy(update=fields)
    held = [lines for lines in blocks(trends, found, 80) if lines[0].startswith(heading)]
    return " ".join(" ".join(held[0]).split()) if held else ""


def test_an_alarm_names_week_version_counts_and_target() -> None:
    """14 of 280 calls since the third week; the version of the week in brackets."""
    said = block("Alarms", watches=(BARRED, SLOW))
    assert f"{WEEKS[3]} (v11 (90), v12 (60)): p99 latency: 14 of 280 calls since {WEEKS[2]}, too many for 1 % (the most" in said
    assert "watched: Resolution, 4 weeks, held to 60 % (the bar); would see a fall to 49 % within 12 weeks" in said
    assert "would see no shift within 12 weeks at these sizes" in said


def test_no_alarm_is_said_and_what_is_not_watched_says_why() -> None:
    """Neither is left out."""
    waits = Watch(measure="slow_calls", why_not="the first 4 weeks with calls make the target; there are 2 so far")
    said = block("Alarms", watches=(BARRED, waits))
    assert said.startswith("Alarms None. watched:")
    assert "Slow calls, 0 weeks, the first 4 weeks with calls make the target; there are 2 so far" in said


def test_what_missed_stands_with_its_week_and_version() -> None:
    """Only weeks that missed anything."""
    trends = some_trends()
    week = trends.weeks[1].model_copy(update={"missed": ("latency_p50_ms", "clear_failure_rate"), "versions": {"v12": 150}})
    said = block("Missed", weeks=(trends.weeks[0], week, *trends.weeks[2:]))
    assert said == f"Missed {WEEKS[1]} (v12): Median latency, Clear failures"
    assert block("Missed") == ""


def test_what_changed_has_the_difference_and_the_groups_that_moved() -> None:
    """Bookings 2 of 10, before 8 of 10; bills did not move and are not named; a criterion has counts alone."""
    said = block("What changed", moved())
    assert said.startswith(
        f"What changed in {WEEKS[3]} (v11 (90), v12 (60)) Resolution: clearly worse than in {WEEKS[2]}, -20 points ("
    )
    assert "intent booking: 2 of 10 resolved, before 8 of 10" in said
    assert "bills" not in said
    assert "criterion tone: 4 of 10, before 1 of 10" in said
    assert said.endswith(moved_words.CAUTION)


def test_what_moved_by_chance_is_counted_only() -> None:
    """No figure of it, no group, no caution."""
    said = block("What changed", moved(clear=False))
    assert said.endswith("1 measure moved no more than chance explains.")


def test_what_was_not_compared_says_why() -> None:
    """The first week."""
    said = block("What changed", moved(before=None, movements=(), why_not="no week before it is drawn"))
    assert said.endswith("Not compared: no week before it is drawn.")


def test_a_changed_grader_is_named_whenever_it_was_and_a_steady_one_only_now() -> None:
    """Changed in the first week, steady in the two after: two lines."""
    shifts = [
        GraderShift(week=WEEKS[0], judge="judge-1", verdict="changed", newly_wrong=14, newly_right=2, gold=90, p=1e-4),
        GraderShift(week=WEEKS[1], judge="judge-1", verdict="steady", gold=90, p=0.5),
        GraderShift(week=WEEKS[2], judge="judge-1", verdict="steady", gold=90, p=0.5),
    ]
    said = block("Graders", shifts=tuple(shifts))
    assert f"{WEEKS[0]}: Grader changed (judge-1): 14 newly wrong and 2 newly right of 90 gold calls" in said
    assert WEEKS[1] not in said
    assert f"{WEEKS[2]}: The judge answers gold calls as before" in said


def test_the_rate_since_a_version() -> None:
    """17 of 31 calls read since it."""
    since = Since(
        week=WEEKS[2], why="declared version: v2.0: new prompt", weeks=2, hits=17, n=31, value=17 / 31, low=0.3, high=0.8
    )
    said = block("Since", since={"resolution_rate": since, "no_trend": since})
    assert said.startswith("Since the newest declared version Resolution, since version v2.0")
    assert "17 of 31 read calls resolved" in said
    assert "No trend" not in said


def test_nothing_to_say_is_no_block() -> None:
    """Weeks without watches, movements or judges."""
    assert blocks(some_trends(), None, 80) == []


def test_no_line_is_wider_than_the_terminal() -> None:
    """60 columns, a hostile group and version too."""
    found = moved()
    hostile = found.movements[0].model_copy(update={"parts": (part("intent", "x" * 90 + "\x1b[31m", 1, 9, -0.2),)})
    text = render(some_trends("y" * 90), 60, moved=found.model_copy(update={"movements": (hostile,)}))
    assert max(columns(line) for line in text.splitlines()) <= 60
    assert "\x1b" not in text


def test_groups_instead_of_all_calls() -> None:
    """An intent with 20 calls in the last of two weeks, none named in the other; an unknown kind says that nothing is known."""
    share = Measure(name="slow_calls", unit="share", value=0.1, n=20, of=20)
    points = (
        TrendPoint(week=shift(WEEK, -1), measure=Measure(name="slow_calls", unit="share")),
        TrendPoint(week=WEEK, measure=share),
    )
    slices = tuple(
        TrendSlice(kind="intent", value=value, trends=(Trend(name="slow_calls", points=points),)) for value in ("book_call", "")
    )
    trends = some_trends().model_copy(update={"slices": slices})
    lines = render(trends, by="intent", plain=True).splitlines()
    at = lines.index("Slow calls by intent")
    assert lines[at + 3].split() == ["book", "call", ".8", "10", "%", "exact", "20", "of", "20"]
    assert lines[at + 4].split()[:2] == ["none", "named"]
    assert "No hour is known of these weeks' calls." in render(trends, by="hour")


def test_hours_read_as_times() -> None:
    """09 is 09:00."""
    share = Measure(name="slow_calls", unit="share", value=0.1, n=20, of=20)
    one = TrendSlice(kind="hour", value="09", trends=(Trend(name="slow_calls", points=(TrendPoint(week=WEEK, measure=share),)),))
    assert "  09:00  " in render(some_trends().model_copy(update={"slices": (one,)}), by="hour")
