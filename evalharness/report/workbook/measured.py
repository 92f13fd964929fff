"""The sheet "Measured": what needs no judgement, over all calls; where it was found; how completely the log is filled."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.measured import Logged, MeasuredFigure, MeasuredPlace
from evalharness.models.summary import WeekSummary
from evalharness.report import measured_words as words
from evalharness.report import phrases
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.places import Places
from evalharness.report.workbook.table import table

NAME = "Measured"
_WIDTHS = (34, 34, 17, 17, 15, 20, 24, 60)
_HEAD = ("figure", "calls with any", "median", "mean a call", "n of N", "week before", "places found", "what it says")
_SAID = (
    "Exact for this week's calls in scope. n of N: calls whose log lets the figure be told, of all; the others are neither 0 nor "
    "left out as good: where they are a tenth or more, both cases stand beside the share."
)
_GROUPED = 10
_GROUPS = "By version, intent and hour"
_GROUP_SAID = (
    "Of what stands out most, by version, intent and local hour; groups of fewer than ten calls with the figure are counted only."
)
_PLACES_SAID = "The strongest of each kind. A drawn call leads to its transcript; for another one: evalharness calls show ID."
_LOGGED_SAID = "A part has dropped where its share lies more than five points below the median of the up to four weeks before."


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet; none for a week of which nothing is known."""
    if not (summary.measured or summary.logged):
        return
    page = Page(workbook, NAME, _WIDTHS)
    page.line(f"Measured in all calls of week {summary.week}", "title", 30)
    page.line("Facts of the log: nobody's opinion, and no rate of the sample.", "subtitle", 20)
    fill(page, summary, places)
    groups = next((row for text, row in page.sections if text == _GROUPS), page.row)
    page.finish(freeze="A3", head=(1, 2), last=groups - 1)


def fill(page: Page, summary: WeekSummary, places: Places) -> None:
    """Every table, on a sheet or on whatever else takes a page's place."""
    money = words.currency(summary)
    rows = (_row(figure, money) for figure in summary.measured)
    table(page, "Figures", _HEAD, rows, said=_SAID, spread=True)
    _groups(page, summary, money)
    found = [(figure, place) for figure in summary.measured for place in figure.places]
    head = ("figure", "call", "turns", "size", "state", "note")
    table(page, "Where it was found", head, (_place(*one, places, money) for one in found), said=_PLACES_SAID, spread=True)
    logged = ("part of the log", "calls with it", "share", "usually", "against that")
    table(page, "How completely the log is filled", logged, map(_logged, summary.logged), said=_LOGGED_SAID, spread=True)


def _row(figure: MeasuredFigure, money: str | None) -> list[Content]:
    spread, unit = figure.week, figure.meaning.unit
    return [
        phrases.figure_name(figure.meaning.figure),
        words.with_any(spread, figure.meaning.among),
        words.middle(spread, unit, money),
        words.mean(spread, unit, money),
        words.n_of(spread),
        words.before(figure, money),
        words.states(figure),
        figure.meaning.words,
    ]


def _groups(page: Page, summary: WeekSummary, money: str | None) -> None:
    shown = [figure for figure in words.ranked(summary.measured)[:_GROUPED] if figure.groups]
    if shown:
        head = ("figure", "group", "calls with any", "median", "n of N", "in smaller groups")
        rows = [row for figure in shown for row in _group_rows(figure, money)]
        table(page, _GROUPS, head, rows, said=_GROUP_SAID, spread=True)


def _group_rows(figure: MeasuredFigure, money: str | None) -> Iterator[list[Content]]:
    """A row a group; the first of each kind says how many calls the small ones hold."""
    told: set[str] = set()
    for group in figure.groups:
        small = figure.small.get(group.by, 0) if group.by not in told else 0
        told.add(group.by)
        yield [
            phrases.figure_name(figure.meaning.figure),
            words.group(group),
            words.with_any(group.spread, figure.meaning.among),
            words.middle(group.spread, figure.meaning.unit, money),
            words.n_of(group.spread),
            f"{numbers.counted(small, 'call')} of other {'hours' if group.by == 'hour' else group.by + 's'}" if small else "",
        ]


def _place(figure: MeasuredFigure, place: MeasuredPlace, places: Places, money: str | None) -> list[Content]:
    finding = place.finding
    name: Content = place.call_id
    if place.position is not None:
        name = places.turn_link(place.position, finding.turns[0] if finding.turns else None, f"#{place.position} {place.call_id}")
    return [
        phrases.figure_name(figure.meaning.figure),
        name,
        words.places_of(finding),
        words.amount(finding.value, figure.meaning.unit, money) if finding.value is not None else "",
        phrases.plain(finding.state or ""),
        finding.note,
    ]


def _logged(one: Logged) -> list[Content]:
    share = numbers.figure(one.share, "share")
    return [words.part(one), numbers.count_of(one.has, one.of), share, words.usual(one), "dropped" if one.dropped else ""]
