"""The sheet "What changed": this week beside the one before, which groups go with a movement, and whether it is the judge."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.measure import Unit
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import GraderShift, MovedPart, Movement, WhatChanged
from evalharness.report import moved_words, phrases, words
from evalharness.report.workbook.page import Content, Page, Styled
from evalharness.report.workbook.table import table

NAME = "What changed"
MOVEMENTS = "Movements"
_WIDTHS = (34, 20, 22, 22, 26, 22, 46)
_MOVED = ("measure", "this week", "week before", "difference", "95 % limits of it", "moved", "why to read it with care")
_MOVED_SAID = (
    "Clearly: the 95 % limits of the difference exclude 0. Of twenty measures that did not move, one may look as if it had; the "
    "difference is no alarm and no verdict."
)
_PARTS = ("group of calls", "this week", "week before", "adds to the difference")
_KINDS = ("stratum", "intent", "version", "hour", "criterion", "error_tag")
_PARTS_SAID = (
    "The groups of one kind add up to the difference, each kind once more; what a group adds that only one of the weeks has "
    "says nothing of it and is left out."
)
_JUDGE = ("judge", "what gold calls say", "newly wrong", "newly right", "gold calls", "p", "criteria")
_JUDGE_SAID = "Gold calls did not change: what a judge answers to them otherwise than before is the judge, not the agent."
_NOTED = ("week", "noted change")
_OF_A_KIND = 3
"""How many groups of each kind are named, those that add most."""


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet; where there is nothing to compare with, it says why."""
    page = Page(workbook, NAME, _WIDTHS)
    found = summary.moved
    before = f" beside {found.before}" if found and found.before else ""
    page.line(f"What changed: week {summary.week}{before}", "title", 30)
    page.line(moved_words.CAUTION, "said")
    fill(page, summary)
    page.finish(freeze="A3", head=(1, 2))


def fill(page: Page, summary: WeekSummary) -> None:
    """Every table: what was noted, movements, the groups of each, the judge."""
    found = summary.moved
    noted = list(_noted(summary))
    if noted:
        table(page, "Changes noted in these weeks", _NOTED, noted, spread=True)
    if found is None or found.before is None:
        page.section(MOVEMENTS)
        page.line(_nothing(found), "said")
    else:
        rows = (_movement(summary, one) for one in found.movements)
        table(page, MOVEMENTS, _MOVED, rows, said=_MOVED_SAID, spread=True)
        checked = {check.threshold.measure for check in summary.checks}
        told = [one for one in found.movements if one.parts and (one.clear or one.measure in checked)]
        for number, one in enumerate(told):
            _parts(page, summary, one, _PARTS_SAID if number == 0 else "")
    shifts = found.shifts if found else ()
    if shifts:
        table(page, "The agent or the judge", _JUDGE, map(_shift, shifts), said=_JUDGE_SAID, spread=True)


def _nothing(found: WhatChanged | None) -> str:
    if found is None or not found.why_not:
        return "There is no week before that this one can be compared with."
    return f"Not compared with a week before: {found.why_not.rstrip('.')}."


def _movement(summary: WeekSummary, one: Movement) -> list[Content]:
    unit, currency = moved_words.unit_of(summary, one.measure)
    now, before = _values(summary, one)
    way = f"clearly {moved_words.clearly(one, moved_words.trend_of(summary, one.measure))}"
    sign = "▲" if one.difference.value > 0 else "▼"
    moved: Content = Styled(f"{sign} {way}", "stands_out") if one.clear else moved_words.how_clear(one)
    limits = moved_words.limits(one.difference, unit, currency)
    return [
        moved_words.title(one.measure, unit),
        now,
        before,
        moved_words.amount(one.difference.value, unit, currency),
        limits,
        moved,
        one.note,
    ]


def _values(summary: WeekSummary, one: Movement) -> tuple[str, str]:
    """Both values with what they stand on, as the trend has them."""
    trend = moved_words.trend_of(summary, one.measure)
    known = {point.week: point.measure for point in trend.points} if trend else {}
    bar = trend.bar if trend else None

    def shown(week: str, n: int) -> str:
        value = f"{numbers.measured(known[week], bar)} " if week in known else ""
        return f"{value}(n {numbers.count(n)})"

    return shown(summary.week, one.n), shown(one.difference.before, one.n_before)


def _parts(page: Page, summary: WeekSummary, one: Movement, said: str) -> None:
    """The groups of a movement, kind by kind, those that add most first; what is not named is counted."""
    unit, currency = moved_words.unit_of(summary, one.measure)
    shown = [part for kind in _KINDS for part in _most(one, kind)]
    rows = [_part(part, unit, currency) for part in shown]
    rest = len(one.parts) - len(shown)
    title = f"{moved_words.title(one.measure, unit)}: {moved_words.moved_by(one, unit, currency)}"
    table(page, title, _PARTS, rows, said=said)
    if rest:
        page.line(f"{numbers.counted(rest, 'more group')} with smaller parts.", "small", 16)


def _part(part: MovedPart, unit: Unit, currency: str | None) -> list[Content]:
    """Counts of a share, calls of a mean; what a group adds that both weeks have."""
    now, before = (moved_words.week_of_group(part, unit, now=week) for week in (True, False))
    adds = moved_words.amount(part.moved, unit, currency) if part.moved is not None else "counts alone"
    return [moved_words.group(part), now, before, moved_words.only_in(part) or adds]


def _most(one: Movement, kind: str) -> list[MovedPart]:
    found = [part for part in one.parts if part.kind == kind]
    return sorted(found, key=lambda part: -abs(part.moved or 0.0))[:_OF_A_KIND]


def _shift(one: GraderShift) -> list[Content]:
    p = "" if one.p is None else numbers.chance(one.p)
    counts = map(numbers.count, (one.newly_wrong, one.newly_right, one.gold))
    criteria = ", ".join(map(phrases.plain, one.criteria))
    return [one.judge, moved_words.shift_verdict(one), *counts, p, criteria]


def _noted(summary: WeekSummary) -> Iterator[list[Content]]:
    """The dated notes of this week and of the one it is compared with."""
    before = summary.moved.before if summary.moved else None
    for week in summary.trend.weeks if summary.trend else ():
        if week.week in (summary.week, before):
            for change in week.changes:
                yield [week.week, f"{words.local(change.at, summary.timezone)} {change.named}"]
