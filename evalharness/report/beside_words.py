"""Two judges beside people on the same calls, as lines of a terminal. Pure text."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness import numbers
from evalharness.models.beside import BesideRow, Succession
from evalharness.models.trust import Agreement
from evalharness.report import phrases
from evalharness.report.terminal import wrap
from evalharness.report.trust_words import FEWEST_PAIRS, found_of, with_limits, without_prompt

_WIDE = 80


def succession_lines(found: Succession) -> Iterator[str]:
    """Who is beside whom, then each criterion, then what each costs, then what this does not say."""
    yield f"{without_prompt(found.new)} beside {without_prompt(found.old)}, on gold calls of {found.week}"
    for row in found.rows:
        yield ""
        yield from _criterion(row)
    yield ""
    yield f"cost a call  now {_cost(found, new=False)}; new {_cost(found, new=True)}"
    yield from wrap(
        "Nothing is changed by this. A new judge starts with an empty record: it decides nothing until people have graded "
        "enough calls beside it.",
        _WIDE,
    )


def _criterion(row: BesideRow) -> Iterator[str]:
    yield f"{phrases.plain(row.criterion)}: {numbers.counted(row.calls, 'call')} that people and both judges answered"
    for name, one in (("now", row.old), ("new", row.new)):
        yield from _indented(f"{name}: {_agreement(one)}")
    p = numbers.figure(row.p, "coefficient")
    yield from _indented(f"says what people said, new against now: {_signed(row)}; exact p {p}")
    if row.levels is not None:
        yield from _indented(f"new minus now: {with_limits(row.levels)} over {numbers.counted(row.levels.n, 'call')}")
    yield from _indented(f"answered otherwise: {found_of(row.flips)}")


def _agreement(one: Agreement | None) -> str:
    if one is None:
        return f"shown from {FEWEST_PAIRS} pairs on"
    parts = [f"alpha with people {with_limits(one.alpha)}", f"same answer {with_limits(one.exact)}"]
    if one.bias is not None:
        parts.append(f"bias {with_limits(one.bias)}")
    if one.sensitivity is not None:
        parts.append(f"finds {found_of(one.sensitivity)} failing answers")
    return f"{'; '.join(parts)}; {numbers.counted(one.pairs, 'pair')}"


def _signed(row: BesideRow) -> str:
    """The paired difference in points, with its sign."""
    one = row.right
    if one.value is None or one.low is None or one.high is None:
        return "no data"
    value, limits = numbers.signed(100 * one.value, "points"), numbers.span(100 * one.low, 100 * one.high, "points")
    return f"{value} ({limits}) of {numbers.counted(one.n, 'call')}"


def _cost(found: Succession, *, new: bool) -> str:
    one = found.new_cost if new else found.old_cost
    return f"{numbers.bill(one.value)} (n {one.n})" if one.value is not None else "unknown"


def _indented(text: str) -> list[str]:
    first, *rest = wrap(text, _WIDE - 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]
