"""Two judges beside people on the same calls."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.beside import succession
from evalharness.models.beside import BesideRow, Succession
from evalharness.models.trust import judge_name
from tests.aggregate.histories import JUDGE, a_past_week
from tests.aggregate.probing import a_probe
from tests.builders import WEEK, a_grader, a_rubric

ANNA = "Anna Keller"
NEW = a_grader("judge-2", "llm", prompt_digest="p" * 64)


def compared(said: list[tuple[Any, Any, Any]], criterion: str = "correctness", **fields: Any) -> Succession:
    """Calls with what Anna said, what the judge said then, what the new one says."""
    history = [a_past_week([{ANNA: {criterion: mine}, "judge": {criterion: its}} for mine, its, _ in said])]
    probes = [
        a_probe("beside", f"w1-c{n}", {criterion: new}, judge=NEW, repeat=202647, cost_usd=0.002, **fields)
        for n, (_, _, new) in enumerate(said, 1)
    ]
    return succession(history, a_rubric(), (judge_name(JUDGE), judge_name(NEW)), probes, WEEK)


def row(said: list[tuple[Any, Any, Any]], criterion: str = "correctness") -> BesideRow:
    (found,) = compared(said, criterion).rows
    assert found.criterion == criterion
    return found


def test_levels_beside_each_other() -> None:
    """24 calls: on 6 the new one is right and the old a level low, on 2 the new one two levels high, the rest alike.

    flips 8/24; right +6 - 2 = 4/24; p two-sided of 6 and 2: 2 x (28 + 8 + 1) / 256; levels (6 x 1 + 2 x 2) / 24.
    """
    found = row([(4, 3, 4)] * 6 + [(3, 3, 5)] * 2 + [(n % 5 + 1, n % 5 + 1, n % 5 + 1) for n in range(16)])
    assert found.calls == 24
    assert found.flips.value == pytest.approx(8 / 24)
    assert found.right.value == pytest.approx(4 / 24)
    assert found.p == pytest.approx(2 * 37 / 256)
    assert found.levels is not None
    assert (found.levels.value, found.levels.n) == (pytest.approx(10 / 24), 24)
    assert found.levels.low is not None
    assert found.levels.low < 10 / 24
    assert found.old is not None
    assert found.new is not None
    assert (found.old.exact.value, found.new.exact.value) == (pytest.approx(18 / 24), pytest.approx(22 / 24))
    assert (found.old.pairs, found.old.second) == (24, "people")


def test_yes_and_no_have_no_levels() -> None:
    found = row([("yes", "yes", "no"), ("no", "no", "no")], "greeted")
    assert found.levels is None
    assert (found.flips.value, found.right.value, found.calls) == (0.5, -0.5, 2)


def test_below_twenty_calls_no_agreement_is_shown() -> None:
    found = row([(4, 4, 4)] * 19)
    assert (found.old, found.new, found.calls) == (None, None, 19)


def test_only_calls_that_all_three_answered_count() -> None:
    assert compared([(4, 4, "!refused")]).rows == ()
    assert row([(4, 4, "!refused"), (4, 4, 4)]).calls == 1


def test_a_value_against_not_applicable_is_a_flip_and_no_level() -> None:
    found = row([(4, 4, None), (4, 4, 5)])
    assert found.flips.value == 1.0
    assert found.levels is not None
    assert found.levels.n == 1


def test_what_a_call_costs() -> None:
    """0.002 each of the new one; of the old one nothing is known."""
    found = compared([(4, 4, 4)] * 3)
    assert (found.new_cost.value, found.new_cost.n) == (pytest.approx(0.002), 3)
    assert (found.old_cost.value, found.old_cost.n) == (None, 0)


def test_answers_of_another_week_or_role_are_not_beside() -> None:
    assert compared([(4, 4, 4)], week="2026-W46").rows == ()
