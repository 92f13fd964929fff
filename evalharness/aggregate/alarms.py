"""Alarms: whether failures have become too many for their target, looked at every week. STATISTICS f; docs/trend.md."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from evalharness.aggregate.epoch import Epoch
from evalharness.aggregate.judged import reader
from evalharness.aggregate.since import counts
from evalharness.aggregate.weeklog import SLOW, TECHNICAL, TOOL_ERRORS, WeekLog, hits_of
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.models.trend import Alarm, Trend, Watch
from evalharness.models.weekly import WeekCounts, WeekFigures
from evalharness.stats.alarm import WEEKS_TO_A_FALSE_ALARM, baseline_target, e_detector

BASELINE_WEEKS = 4
"""The first weeks, of which a target is made where no bar is set."""
WEEKLY_VARIATION = 0.3
"""How far a rate over all calls varies from week to week by itself, at least: its standard deviation as a share of it."""
OVER_ALL_CALLS = (TECHNICAL, SLOW, TOOL_ERRORS)
"""Watched against their own baseline, over all calls: what the log alone shows of failure."""
WEEKS_TO_SEE, SEEN = 12, 0.8
_RUNS, _SEED, _HALVINGS = 400, 156, 8


def watched_counts(measures: Mapping[str, Measure], summary: WeekSummary, log: WeekLog) -> dict[str, WeekCounts]:
    """Failures by measure, as alarms take them.

    Judged shares with a bar: the equal-probability calls of the week (`since.counts`), those without an answer no failures.
    Shares that the log shows: all calls with the figure.
    """
    found = {}
    for check in summary.checks:
        name = check.threshold.measure
        answer = reader(name, log.past.rubric) if log.past is not None else None
        if log.past is not None and answer is not None:
            seen = counts(log.past, name, answer, Epoch(summary.week, None, ""))
            failures = seen.hits if _hits_fail(check.threshold) else seen.inside - seen.hits - seen.open
            found[name] = WeekCounts(failures=failures, calls=seen.inside)
    for name in OVER_ALL_CALLS:
        measure = measures.get(name)
        hits = None if measure is None else hits_of(measure)
        if measure is not None and hits is not None:
            found[name] = WeekCounts(failures=hits, calls=measure.n)
    return found


def _hits_fail(bar: Threshold) -> bool:
    return bar.direction in ("at_most", "below")


def watches(trends: Sequence[Trend], weeks: Sequence[WeekFigures]) -> tuple[Watch, ...]:
    """What an alarm is waited for over these weeks (oldest first), judged rates first, and the alarms that came.

    A judged rate is held against its bar; what is counted over all calls against the 80 % upper limit of its first weeks, which
    are not watched themselves. All starts anew where the line breaks.
    """
    known = {one.week.week: one.watched for one in weeks}
    names = list(dict.fromkeys(name for one in weeks for name in one.watched))
    lines = [_Line(trend, {week: held[trend.name] for week, held in known.items() if trend.name in held}) for trend in trends]
    lines = sorted((line for line in lines if line.trend.name in names), key=lambda line: names.index(line.trend.name))
    return tuple(line.watch(len(lines)) for line in lines)


@dataclass(frozen=True)
class _Line:
    """One measure with its failures by week."""

    trend: Trend
    counts: Mapping[str, WeekCounts]

    def watch(self, watched: int) -> Watch:
        """The watch as it stands in the last week, with the alarms of all stretches."""
        stretches = list(self._stretches())
        threshold = WEEKS_TO_A_FALSE_ALARM * watched
        alarms = [alarm for stretch in stretches for alarm in stretch.alarms(threshold)]
        last = stretches[-1]
        target, calls = last.target, [one.calls for _, one in last.watched]
        usual = float(np.median(calls)) if calls else float(np.median([one.calls for _, one in last.all] or [0]))
        sees = None if target is None else _sees(target, round(usual), round(last.spread, 2), threshold)
        return Watch(
            measure=self.trend.name,
            of=JUDGED if self.barred else OF_ALL,
            target=target,
            target_from=None if target is None else "bar" if self.barred else "baseline",
            baseline=() if target is None else tuple(week for week, _ in last.baseline),
            threshold=threshold,
            watched=watched,
            weeks=len(last.watched),
            alarms=tuple(alarms),
            sees=sees,
            spread=last.spread,
            why_not=last.why_not,
        )

    @property
    def barred(self) -> bool:
        """Whether the target is the bar."""
        return self.trend.name not in OVER_ALL_CALLS

    def _stretches(self) -> Iterator[_Stretch]:
        """The weeks with counted calls between two breaks."""
        found: list[tuple[str, WeekCounts]] = []
        for point in self.trend.points:
            if point.breaks:
                yield _Stretch(tuple(found), self._bar, point.breaks)
                found = []
            if point.week in self.counts and self.counts[point.week].calls:
                found.append((point.week, self.counts[point.week]))
        yield _Stretch(tuple(found), self._bar)

    @property
    def _bar(self) -> float | None:
        bar = self.trend.bar
        if bar is None or not self.barred:
            return None
        return bar.value if _hits_fail(bar) else 1 - bar.value


def spread_of(weeks: Sequence[tuple[int, int]]) -> float:
    """How many calls of a week count as one, as the rate is another one every week; weeks: (failures, calls), two or more.

    The variance of a week's failures over that of a binomial: as these weeks show it (Pearson's chi2 / (weeks - 1)), and at least
    1 + (n - 1) v^2 p / (1 - p) with v = 0.3, n calls a week. Without it, thousands of calls a week make an alarm of any wobble.
    """
    failures, calls = (sum(week[at] for week in weeks) for at in (0, 1))
    p = failures / calls
    if not 0 < p < 1:
        return 1.0
    chi2 = math.fsum((k - n * p) ** 2 / (n * p * (1 - p)) for k, n in weeks)
    assumed = 1 + (calls / len(weeks) - 1) * WEEKLY_VARIATION**2 * p / (1 - p)
    return max(1.0, assumed, chi2 / (len(weeks) - 1))


JUDGED, OF_ALL = "graded calls of equal chance", "calls"


@dataclass(frozen=True)
class _Stretch:
    """Weeks with calls that mean the same, oldest first. `bar`: the share of failures it allows; None: the first weeks tell."""

    all: tuple[tuple[str, WeekCounts], ...]
    bar: float | None
    ended_by: str = ""

    @property
    def baseline(self) -> tuple[tuple[str, WeekCounts], ...]:
        """The weeks of which the target is made."""
        return self.all[:BASELINE_WEEKS] if self.bar is None else ()

    @property
    def watched(self) -> tuple[tuple[str, WeekCounts], ...]:
        """The weeks behind the baseline."""
        return self.all[len(self.baseline) :]

    @property
    def why_not(self) -> str:
        """Why nothing can be watched: too few weeks yet, or a target that nothing could be worse than."""
        if self.bar is not None:
            return "the bar lets every call fail, and nothing could be worse" if self.bar >= 1 else ""
        if len(self.baseline) < BASELINE_WEEKS:
            return f"the first {BASELINE_WEEKS} weeks with calls make the target; there are {len(self.all)} so far"
        failures, calls = self._sums
        return f"every call of the first {BASELINE_WEEKS} weeks failed, and nothing could be worse" if failures == calls else ""

    @property
    def target(self) -> float | None:
        """The share of failures that is held against."""
        if self.why_not:
            return None
        if self.bar is not None:
            return self.bar
        failures, calls = self._sums
        return baseline_target(failures / self.spread, calls / self.spread)

    @property
    def spread(self) -> float:
        """How many calls of a week count as one; 1 for a bar, which is the target of every week, however unlike they are."""
        if self.bar is not None or len(self.baseline) < BASELINE_WEEKS:
            return 1.0
        return spread_of([(one.failures, one.calls) for _, one in self.baseline])

    @property
    def _sums(self) -> tuple[int, int]:
        return sum(one.failures for _, one in self.baseline), sum(one.calls for _, one in self.baseline)

    def alarms(self, threshold: float) -> Iterator[Alarm]:
        """The alarms among the watched weeks; after one it starts from nothing."""
        if self.target is None or not self.watched:
            return
        failures, calls = ([getattr(one, name) / self.spread for _, one in self.watched] for name in ("failures", "calls"))
        found = e_detector(failures, calls, self.target, threshold)
        first = 0
        for at, (week, _) in enumerate(self.watched):
            if found.alarm[at]:
                held = [one for _, one in self.watched[first : at + 1]]
                statistic = float(found.statistic[at])
                yield Alarm(
                    week=week,
                    watched_from=self.watched[first][0],
                    failures=sum(one.failures for one in held),
                    calls=sum(one.calls for one in held),
                    statistic=statistic if math.isfinite(statistic) else None,
                )
                first = at + 1


@cache
def _sees(target: float, calls: int, spread: float, threshold: float) -> float | None:
    """The smallest share of failures that 12 such weeks show in four of five cases; None where none would, or without calls.

    By simulation with numbers that are the same every time (400 runs): right to about a twentieth of the share.
    """
    if not calls or target >= 1:
        return None
    draws = np.random.default_rng(_SEED).random((_RUNS, WEEKS_TO_SEE, calls)) if calls <= _MOST_DRAWN else None
    low, high = max(target, 1e-4), 1.0

    def seen(share: float) -> bool:
        rng = np.random.default_rng(_SEED)
        failures = rng.binomial(calls, share, (_RUNS, WEEKS_TO_SEE)) if draws is None else (draws < share).sum(-1)
        found = e_detector(failures / spread, np.full(failures.shape, calls / spread), target, threshold)
        return bool(found.alarm.any(1).mean() >= SEEN)

    if not seen(1.0):
        return None
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high


_MOST_DRAWN = 200
