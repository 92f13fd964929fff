"""Small, seeded runs of the simulation of people's and the LLM's grades combined; the table is in benchmarks/coverage."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.coverage.combined import JUDGES, TRUSTED, Scores, Setting, lines, means, shares

RUNS = 150
ERROR = 3 * 0.0194
"""Three standard errors of a coverage of .94 in 150 runs: sqrt(.94 * .06 / 150) = .0194."""


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(
    "setting",
    [
        Setting(1000, 20, 0.3),
        Setting(150, 50, 0.05),
        Setting(1000, 35, 0.01, phases=2),
        Setting(1000, 50, 0.6, phases=2, stopped=True),
        Setting(1000, 50, 0.3, tail=True),
        Setting(1000, 35, 0.3, tail=True, phases=2, stopped=True),
    ],
    ids=Setting.text,
)
def test_shares_hold_the_truth(setting: Setting, judge: str) -> None:
    """Melded, and people only or melded by the rule: at least .94 less the chance error, whatever the judge is worth."""
    _, melded, rule = shares(setting, judge, RUNS, seed=2)
    assert melded[:, 0].mean() >= 0.94 - ERROR
    assert rule[:, 0].mean() >= 0.94 - ERROR


@pytest.mark.parametrize("judge", TRUSTED)
@pytest.mark.parametrize("setting", [Setting(1000, 35, 0.3), Setting(1000, 50, 0.6, tail=True)], ids=Setting.text)
def test_a_trusted_judge_narrows_common_rates(setting: Setting, judge: str) -> None:
    """At least 5 % narrower than people alone."""
    people, _, rule = shares(setting, judge, 60, seed=2)
    assert rule[:, 1].mean() < 0.95 * people[:, 1].mean()


@pytest.mark.parametrize("judge", TRUSTED)
def test_the_rule_leaves_rare_rates_to_people(judge: str) -> None:
    """1 % of 1000 calls, 50 by people: within 5 % of the width of people alone, though melded it is wider."""
    people, melded, rule = shares(Setting(1000, 50, 0.01), judge, 60, seed=2)
    assert rule[:, 1].mean() <= 1.05 * people[:, 1].mean()
    assert melded[:, 1].mean() > people[:, 1].mean()


@pytest.mark.parametrize(
    "world",
    [
        Scores(400, 20, "typical", "skewed", 0.85),
        Scores(400, 35, "typical", "typical", 0.65),
        Scores(150, 50, "even", "even", 0.85),
        Scores(400, 35, "skewed", "even", 0.85),
        Scores(400, 50, "typical", "typical", 0.85, tail=True, phases=2),
    ],
    ids=Scores.text,
)
def test_means_hold_the_truth(world: Scores) -> None:
    """At least .94 less the chance error."""
    both, _ = means(world, RUNS, seed=3)
    assert both[:, 0].mean() >= 0.94 - ERROR


def test_a_correlated_llm_narrows_a_mean() -> None:
    """Correlation about .75: a third narrower than people alone."""
    both, people = means(Scores(400, 50, "typical", "typical", 0.85), 50, seed=3)
    assert both[:, 1].mean() < 0.67 * people[:, 1].mean()


def test_the_table_has_its_lines() -> None:
    """The first lines of the table: people only without a limit, the other ways with .94."""
    table = lines(8, seed=1)
    first = [next(table) for _ in range(3)]
    assert [line.method for line in first] == ["people only", "melded", "people only or melded"]
    assert [line.limit for line in first] == [None, 0.94, 0.94]
    assert all(np.isfinite(line.value) and line.width is not None for line in first)
