"""Accumulated weeks: how often do 52 looks at the threshold show what is not so, and when do they show what is?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.line import Line
from evalharness.models.threshold import Direction
from evalharness.stats.sequence import sequence_bounds
from evalharness.stats.thinning import equal_probability
from evalharness.stats.verdict import verdict_from_bounds

WEEKS = 52


@dataclass(frozen=True)
class Setting:
    """A claim, the true share of each week and how people sample: (calls of the week, graded) and hits' lift a stratum."""

    threshold: float
    direction: Direction
    truth: float
    strata: tuple[tuple[int, int], ...]
    lift: tuple[float, ...]

    @property
    def name(self) -> str:
        """The setting in words."""
        sampled = "+".join(str(graded) for _, graded in self.strata)
        return f"{self.direction} {self.threshold:.0%}, true {self.truth:.1%}, {sampled} a week"

    def hits(self) -> list[int]:
        """Hits among the calls of each stratum, every week the same; their share of the week is exactly the true one."""
        calls = np.array([judged for judged, _ in self.strata])
        weighted = calls * np.array(self.lift)
        total = round(self.truth * calls.sum())
        hits = [round(part) for part in (total * weighted / weighted.sum()).tolist()]
        hits[0] += total - sum(hits)
        return hits


def kept_counts(setting: Setting, years: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(years, WEEKS) hits and calls accumulated from the equal-probability calls of each week."""
    counts = [(graded, judged) for judged, graded in setting.strata]
    draws = rng.random((years * WEEKS, len(counts)))
    kept = np.array([equal_probability(counts, week) for week in draws.tolist()])
    judged, hits = np.array([judged for judged, _ in setting.strata]), np.array(setting.hits())
    seen = rng.hypergeometric(hits, judged - hits, kept).sum(1)
    shape = (years, WEEKS)
    return seen.reshape(shape).cumsum(1), kept.sum(1).reshape(shape).cumsum(1)


def first_looks(setting: Setting, years: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(years,) the first week with "met" and the first with "missed", WEEKS where there is none."""
    rng = np.random.default_rng([seed, round(setting.threshold * 100), round(setting.truth * 1000), setting.strata[0][1]])
    hits, calls = kept_counts(setting, years, rng)
    answers = np.empty(hits.shape, dtype="<U10")
    for n in np.unique(calls).tolist():
        here = calls == n
        seen, where = np.unique(hits[here], return_inverse=True)
        answers[here] = _answers(seen.tolist(), n, setting)[where]
    met, missed = answers == "met", answers == "missed"
    return np.where(met.any(1), met.argmax(1), WEEKS), np.where(missed.any(1), missed.argmax(1), WEEKS)


def _answers(hits: list[int], n: int, setting: Setting) -> np.ndarray:
    """The verdict for each of these counts, ascending; it changes at most twice, so only few of them are computed."""

    def answer(k: int) -> str:
        return verdict_from_bounds(*sequence_bounds(k, n), setting.threshold, setting.direction)

    down = setting.direction in ("at_most", "below")
    first, last = ("met", "missed") if down else ("missed", "met")
    low = bisect_left(hits, True, key=lambda k: answer(k) != first)
    high = bisect_left(hits, True, key=lambda k: answer(k) == last)
    return np.array([first] * low + ["not_proven"] * (high - low) + [last] * (len(hits) - high), dtype="<U10")


def settings(claim: tuple[float, Direction], truth: float) -> Iterator[Setting]:
    """20, 35 and 50 calls a week, plain and with a fifth from a tail of 10 % in which hits are four times as likely."""
    for n in (20, 35, 50):
        yield Setting(*claim, truth, ((1000, n),), (1,))
    for n in (35, 50):
        yield Setting(*claim, truth, ((900, n - n // 5), (100, n // 5)), (1, 4 if truth < 0.2 else 1.2))


def lines(runs: int, seed: int) -> Iterator[Line]:
    """False met and false missed in 52 looks at the threshold; the median week of a true met (as its number)."""
    for claim in ((0.01, "below"), (0.60, "at_most"), (0.60, "at_least"), (0.01, "at_most")):
        for setting in settings(claim, claim[0]):
            met, missed = first_looks(setting, runs, seed)
            n = sum(graded for _, graded in setting.strata)
            never = missed if claim[1] in ("at_most", "at_least") else met
            figure = "false missed" if claim[1] in ("at_most", "at_least") else "false met"
            yield Line("since the epoch", setting.name, n, figure, float((never < WEEKS).mean()), runs, 0.05, "at most")
    for claim, truth in (((0.01, "below"), 0.002), ((0.60, "at_least"), 0.72)):
        for setting in settings(claim, truth):
            met, _ = first_looks(setting, runs, seed)
            n = sum(graded for _, graded in setting.strata)
            yield Line("since the epoch", setting.name, n, "week of met", float(np.median(met)) + 1, runs)
