"""People's and the LLM's grades combined: how often do the limits hold the truth, and how much narrower are they?

Yes/no: four judges in each setting, `runs` / 4 weeks each; the lowest coverage of the four is shown, and for the rule (people
only, or combined where `use_combination` says so) the mean width with the two better judges. 1-5 scores: a fresh week
every ten samples. The truth is always the share or mean of the week's own calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from benchmarks.coverage.line import Line
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from evalharness.stats.melded import Cell, Frame, melded_share, use_combination
from evalharness.stats.regression import regression_mean
from evalharness.stats.share import weighted_share

JUDGES = {"good": (0.95, 0.95), "fair": (0.80, 0.90), "poor": (0.60, 0.80), "useless": (0.50, 0.50)}
"""Sensitivity and specificity of four LLM judges."""
TRUSTED = ("good", "fair")
LIMIT = 0.94


@dataclass(frozen=True)
class Setting:
    """`people` of the `N` calls of a week are graded by people; the LLM graded all N, or in two phases 4 times as many.

    `tail`: one fifth of the grades go to a tenth of the calls, in which hits are 4 times as frequent as in the rest.
    `stopped`: people graded only the first 70 % of their queue, strata interleaved.
    """

    N: int
    people: int
    rate: float
    tail: bool = False
    phases: int = 1
    stopped: bool = False

    def text(self) -> str:
        """As printed."""
        design = ("core+tail" if self.tail else "simple") + (", two phases" if self.phases == 2 else "")
        return f"{self.rate:.0%} of {self.N}, {design}{', stopped' if self.stopped else ''}"

    @property
    def sizes(self) -> tuple[int, ...]:
        """(strata,) calls in the week."""
        return (self.N - self.N // 10, self.N // 10) if self.tail else (self.N,)

    @property
    def rates(self) -> tuple[float, ...]:
        """(strata,) expected share of hits."""
        return tuple(min(self.rate * lift / 1.3, 0.9) for lift in (1, 4)) if self.tail else (self.rate,)

    def split(self, calls: int) -> tuple[int, ...]:
        """(strata,) how many calls of so many fall on each stratum."""
        return (calls - calls // 5, min(calls // 5, self.sizes[1])) if self.tail else (calls,)

    @property
    def graded(self) -> tuple[int, ...]:
        """(strata,) calls graded by people."""
        return self.split(round(0.7 * self.people)) if self.stopped else self.split(self.people)

    @property
    def drawn(self) -> tuple[int, ...]:
        """(strata,) calls graded by the LLM."""
        if self.phases == 1:
            return self.sizes
        return tuple(min(drawn, size) for drawn, size in zip(self.split(4 * self.people), self.sizes, strict=True))


@dataclass(frozen=True)
class Week:
    """A simulated week: its true share, and the counts that people and the LLM know of it."""

    truth: float
    frames: tuple[Frame, ...]

    @property
    def people(self) -> Interval:
        """The share by people's grades alone."""
        return people_only(
            tuple((sum(cell.hits for cell in f.cells), sum(cell.graded for cell in f.cells), f.size) for f in self.frames)
        )


def draw(setting: Setting, judge: str, rng: np.random.Generator) -> Week:
    """One week of a process, the LLM's verdicts, and the two samples."""
    (sensitivity, specificity), hits, frames = JUDGES[judge], 0, []
    for size, rate, drawn, graded in zip(setting.sizes, setting.rates, setting.drawn, setting.graded, strict=True):
        of = [rate * sensitivity, (1 - rate) * (1 - specificity), rate * (1 - sensitivity), (1 - rate) * specificity]
        week = rng.multinomial(size, of)
        hits += int(week[0] + week[2])
        first = rng.multivariate_hypergeometric(week, drawn)
        people = rng.multivariate_hypergeometric(first, graded)
        cells = tuple(Cell(int(people[i]), int(people[i : i + 2].sum()), int(first[i : i + 2].sum())) for i in (0, 2))
        frames.append(Frame(cells, size))
    return Week(hits / sum(setting.sizes), tuple(frames))


@cache
def people_only(counts: tuple[tuple[int, int, int], ...]) -> Interval:
    """The share by people's grades alone; (hits, graded, size) of each stratum."""
    hits = [int(i < k) for k, n, _ in counts for i in range(n)]
    strata = [h for h, (_, n, _) in enumerate(counts) for _ in range(n)]
    return weighted_share(hits, None, strata, {h: N for h, (_, _, N) in enumerate(counts)})


melded = cache(melded_share)


def shares(setting: Setting, judge: str, runs: int, seed: int) -> np.ndarray:
    """(3 ways, runs, 2): whether people only, the melded interval and the rule hold the truth, and how wide each is."""
    numbers = [setting.N, setting.people, round(setting.rate * 1000), setting.tail, setting.phases, setting.stopped, len(judge)]
    rng = np.random.default_rng([seed, *numbers])
    out = np.empty((3, runs, 2))
    for run in range(runs):
        week = draw(setting, judge, rng)
        people, both = week.people, melded(week.frames)
        for way, limits in enumerate((people, both, both if use_combination(week.frames).combine else people)):
            out[way, run] = limits.low - 1e-12 <= week.truth <= limits.high + 1e-12, limits.high - limits.low
    return out


def settings() -> Iterator[Setting]:
    """Plain samples and core + tail, one phase and two, whole queues and (weeks of 1000 calls) stopped ones."""
    for tail, phases, people, N, rate in product((False, True), (1, 2), (20, 35, 50), (150, 1000, 5000), (0.01, 0.05, 0.3, 0.6)):
        if (tail and people < 35) or (phases == 2 and N == 150):
            continue  # no tail below 35 calls; of 150 calls the LLM grades all
        yield Setting(N, people, rate, tail, phases)
        if N == 1000:
            yield Setting(N, people, rate, tail, phases, stopped=True)


def share_lines(setting: Setting, runs: int, seed: int) -> Iterator[Line]:
    """People only, melded, and the rule, in one setting."""
    each = max(runs // len(JUDGES), 1)
    found = {judge: shares(setting, judge, each, seed) for judge in JUDGES}
    melded.cache_clear()
    for way, name in enumerate(("people only", "melded", "people only or melded")):
        coverage = min(float(out[way, :, 0].mean()) for out in found.values())
        width = float(np.mean([found[judge][way, :, 1] for judge in (TRUSTED if way == 2 else JUDGES)]))
        yield Line(name, setting.text(), sum(setting.graded), "coverage", coverage, each, LIMIT if way else None, width=width)


LEVELS = {
    "even": (0.1, 0.2, 0.4, 0.2, 0.1),
    "typical": (0.02, 0.05, 0.13, 0.4, 0.4),
    "good": (0.01, 0.04, 0.1, 0.15, 0.7),
    "skewed": (0.02, 0.02, 0.03, 0.08, 0.85),
}
"""Shares of the levels 1 to 5."""
FIVE = (1.0, 5.0)


@dataclass(frozen=True)
class Scores:
    """`people` of `N` calls with 1-5 scores; `latent`: correlation of the normal variables behind both graders' levels."""

    N: int
    people: int
    human: str
    llm: str
    latent: float
    tail: bool = False
    phases: int = 1

    def text(self) -> str:
        """As printed; .25, .45, .65, .85 of the latent variables are about .2, .4, .6, .8 of symmetric grades."""
        design = ("core+tail" if self.tail else "simple") + (", two phases" if self.phases == 2 else "")
        return f"{self.human}/{self.llm} r={self.latent - 0.05:.1f} of {self.N}, {design}"

    def week(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Strata, people's grades and the LLM's of all calls; in the tail (a tenth) both are lower."""
        stratum = (np.arange(self.N) < self.N // 10).astype(int) if self.tail else np.zeros(self.N, dtype=int)
        z = rng.standard_normal(self.N) - stratum
        other = self.latent * z + np.sqrt(1 - self.latent**2) * rng.standard_normal(self.N)
        y, f = (np.searchsorted(ndtri(np.cumsum(LEVELS[name])[:-1]), v) + 1.0 for name, v in ((self.human, z), (self.llm, other)))
        return stratum, y, f


def sampled(
    world: Scores, week: tuple[np.ndarray, np.ndarray, np.ndarray], rng: np.random.Generator
) -> tuple[Interval, Interval]:
    """The interval by both graders, and by people alone."""
    stratum, y, f = week
    human, drawn = np.zeros(len(y), dtype=bool), np.zeros(len(y), dtype=bool)
    for h in np.unique(stratum):
        calls = rng.permutation(np.flatnonzero(stratum == h))
        share = 1.0 if not world.tail else (0.8, 0.2)[h]
        human[calls[: round(world.people * share)]] = True
        drawn[calls[: round(4 * world.people * share) if world.phases == 2 else None]] = True
    sizes = dict(enumerate(np.bincount(stratum).tolist()))
    grades = [float(value) if given else None for value, given in zip(y[drawn], human[drawn], strict=True)]
    both = regression_mean(grades, f[drawn].tolist(), stratum[drawn].tolist(), sizes, scale=FIVE)
    return both, weighted_mean(y[human].tolist(), stratum[human].tolist(), sizes, scale=FIVE)


def means(world: Scores, runs: int, seed: int, week: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None) -> np.ndarray:
    """(2 ways, runs, 2): whether both graders' and people's interval hold the truth, and how wide each is."""
    rng = np.random.default_rng([seed, world.N, world.people, round(world.latent * 100), len(world.human), len(world.llm)])
    out = np.empty((2, runs, 2))
    for run in range(runs):
        if run % 10 == 0:
            calls = world.week(rng) if week is None else week
        truth = calls[1].mean()
        for way, mean in enumerate(sampled(world, calls, rng)):
            out[way, run] = mean.low - 1e-9 <= truth <= mean.high + 1e-9, mean.high - mean.low
    return out


def worlds() -> Iterator[Scores]:
    """Plain samples of all pairs of marginals, and core + tail in one phase and two."""
    pairs = [
        ("even", "even"),
        ("typical", "typical"),
        ("typical", "skewed"),
        ("good", "typical"),
        ("skewed", "skewed"),
        ("skewed", "even"),
    ]
    for (human, llm), latent, people, N in product(pairs, (0.25, 0.45, 0.65, 0.85), (20, 35, 50), (150, 1000)):
        yield Scores(N, people, human, llm, latent)
    for latent, people, phases, tail in product((0.45, 0.65, 0.85), (35, 50), (1, 2), (False, True)):
        if tail or phases == 2:
            yield Scores(1000, people, "typical", "typical", latent, tail, phases)


def mean_lines(world: Scores, runs: int, seed: int) -> Iterator[Line]:
    """Both graders, and people alone, in one setting."""
    for name, limit, out in zip(("regression", "people only"), (LIMIT, None), means(world, runs, seed), strict=True):
        yield Line(
            name, world.text(), world.people, "coverage", float(out[:, 0].mean()), runs, limit, width=float(out[:, 1].mean())
        )


REAL = Path(__file__).resolve().parents[3] / "shared/data/calls/eva_judge_validation/conciseness.jsonl"
"""100 conversations whose agent turns people rated 1 to 3; present only where the project is built."""


def real_lines(runs: int, seed: int) -> Iterator[Line]:
    """People's real grades, one mean a conversation spread over 1-5, with an LLM that errs at random around them."""
    if not REAL.exists():
        return
    turns = [json.loads(row)["conv_turns"] for row in REAL.read_text(encoding="utf-8").splitlines()]
    rated = [[turn["expected_rating"] for turn in call if turn.get("expected_rating") is not None] for call in turns]
    y = np.array([2 * np.mean(ratings) - 1 for ratings in rated if ratings])
    rng = np.random.default_rng(seed)
    for noise, people in product((0.5, 1.0, 2.0), (20, 35, 50)):
        f = np.clip(np.round(y + rng.normal(0, noise * y.std(), len(y))), *FIVE)
        world = Scores(len(y), people, "real", "noisy", noise)
        out = means(world, runs, seed, (np.zeros(len(y), dtype=int), y, f))
        text = f"real grades of {len(y)}, correlation {np.corrcoef(y, f)[0, 1]:.2f}"
        for name, limit, found in zip(("regression", "people only"), (LIMIT, None), out, strict=True):
            yield Line(name, text, people, "coverage", float(found[:, 0].mean()), runs, limit, width=float(found[:, 1].mean()))


def lines(runs: int, seed: int) -> Iterator[Line]:
    """The table: yes/no by judge and design, 1-5 scores by correlation and marginals, real grades."""
    for setting in settings():
        yield from share_lines(setting, runs, seed)
    for world in worlds():
        yield from mean_lines(world, runs, seed)
    yield from real_lines(runs, seed)
