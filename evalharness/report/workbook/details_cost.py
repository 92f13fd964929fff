"""Details of cost: by component, a call and a minute; the week's money, budgets, and what grading by LLM cost."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness import numbers
from evalharness.models.cost import BudgetLine, Costing
from evalharness.models.summary import CostRow, WeekSummary
from evalharness.report import phrases
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import table

_HEAD = ("component", "total", "mean a call", "a minute", "n of N", "without data")
_MONEY = ("money of the week", "amount", "95 % interval", "n of N", "note")
_BUDGETS = ("budget", "limit", "this week", "n of N", "")


def add_cost(page: Page, summary: WeekSummary) -> None:
    """Write the tables."""
    found = summary.costing
    table(page, "Cost by component, in-scope calls", _HEAD, (_component(row, found) for row in summary.cost))
    if found is None:
        return
    table(page, "Cost of the week", _MONEY, _money(found), spread=True)
    if found.budgets:
        table(page, "Budgets", _BUDGETS, (_budget(line, found.currency) for line in found.budgets), spread=True)


def _component(row: CostRow, found: Costing | None) -> list[Content]:
    mean, part = row.mean, found.agent.part(row.component) if found else None
    minute = numbers.figure(part.per_minute if part else None, "money", mean.currency)
    total = numbers.figure(row.total, "money", mean.currency)
    return [row.component, total, numbers.measured(mean), minute, phrases.n_of(mean), numbers.count(mean.missing)]


def _money(found: Costing) -> Iterator[list[Content]]:
    total, (outside, spent) = found.agent.part("total"), found.agent.outside
    n = (total.calls if total else 0) + outside
    note = f"{_amount(spent, found)} of it for {numbers.count(outside)} calls out of scope" if outside else ""
    yield ["all calls", _amount(found.week_total, found), "", numbers.count_of(n, found.calls + found.outside_calls), note]
    each = found.per_resolved
    yield ["one resolved call", numbers.measured(each), numbers.interval(each), phrases.n_of(each), each.note]
    legs, amount = found.agent.legs
    if legs:
        yield [
            "transfer legs",
            _amount(amount, found),
            "",
            numbers.count_of(legs, found.calls),
            "in telephony, and in every total",
        ]
    for as_of, calls in found.agent.reckoned.items():
        note = f"reckoned from usage by prices of {as_of}, not charged: what no usage is given for is not in it"
        yield ["reckoned", "", "", numbers.count_of(calls, found.calls), note]
    if found.grading:
        yield ["grading by LLM", numbers.figure(found.grading.usd, "money", "USD"), "", "", _grading(found)]


def _grading(found: Costing) -> str:
    grading = found.grading
    if grading is None:
        return ""
    parts = [f"{numbers.count(grading.replies)} replies, not in the agent's cost"]
    parts += [f"{numbers.count(grading.unpriced)} of them without a known cost"] if grading.unpriced else []
    more = grading.doubt_usd + grading.open_usd
    parts += [f"at most {numbers.figure(more, 'money', 'USD')} more in doubt or under way"] if more else []
    return "; ".join(parts)


def _budget(line: BudgetLine, currency: str) -> list[Content]:
    name = f"{'all components' if line.component == 'total' else line.component} a {line.per}"
    said = "CROSSED" if line.crossed else "kept" if line.value is not None else "no call reports a cost"
    if line.value is not None and not line.crossed and line.n < line.of and line.per == "week":
        said = "kept by the calls that report a cost"
    limit, value = (numbers.figure(amount, "money", currency) for amount in (line.limit, line.value))
    return [name, limit, value, numbers.count_of(line.n, line.of), said]


def _amount(value: float | None, found: Costing) -> str:
    return numbers.figure(value, "money", found.currency)
