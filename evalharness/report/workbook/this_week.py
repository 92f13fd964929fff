"""The sheet "This week": the box in words and the checks, on one printed page."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness import xlsx
from evalharness.models.measure import Check
from evalharness.models.summary import WeekSummary
from evalharness.report import numbers, words
from evalharness.report.text import short
from evalharness.report.workbook.looks import BANNERS
from evalharness.report.workbook.page import Content, Mark, Page
from evalharness.report.workbook.places import Places

NAME = "This week"
_WIDTHS = (17, 14, 18, 20, 17, 11, 18, 58)
_HEAD = ("check", "value", "bar", "95 % interval", "n of N", "basis", "verdict", "remarks: what would settle it, and why")
_STYLES = ("name", "figure", "fact", "fact", "fact", "cell", "cell", "cell")
_SIGNS = {"good enough": "✓", "not good enough": "✗", "not proven yet": "?"}
_TILES = ((1, 2), (3, 4), (5, 6), (7, 8))
_CALLS, _NOTICES = 3, 3


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet."""
    page = Page(workbook, NAME, _WIDTHS)
    page.line(short(summary.agent, 90), "title", 34)
    page.line(f"Week {summary.week}, {words.week_dates(summary.week)}. Owner: {short(summary.owner, 60)}", "subtitle", 20)
    page.line(f"{_SIGNS[summary.verdict]}  {summary.verdict.upper()}", BANNERS[summary.verdict], 36)
    page.line(words.verdict_sentence(summary), "said")
    _tiles(page, summary)
    page.end_row(8)
    for label, text in _facts(summary):
        page.said(label, text)
    page.section("Checks")
    page.header(_HEAD)
    for check in summary.checks:
        page.table_row(_check(check), _STYLES, least=22)
    page.end_row(8)
    _to_hear(page, summary, places)
    page.section("What to do next")
    for number, step in enumerate(words.next_steps(summary), start=1):
        page.said(f"{number}.", step)
    _notices(page, summary)
    page.finish(freeze="A4", one_page=True)


def _tiles(page: Page, summary: WeekSummary) -> None:
    """How many checks stand where, in the words and looks of the table."""
    for verdict, (first, last) in zip(words.VERDICTS, _TILES, strict=True):
        number = sum(check.verdict == verdict for check in summary.checks)
        sign, _, name = xlsx.VERDICTS[verdict].partition(" ")
        page.across(f"{sign}  {numbers.count(number)} {name}", verdict, first, last)
    page.end_row(28)


def _facts(summary: WeekSummary) -> list[tuple[str, str]]:
    facts = [
        ("Calls", words.calls_sentence(summary)),
        ("Sample", words.sample_sentence(summary)),
        ("Read by", words.readers_sentence(summary)),
        *(("Changed", text) for text in words.changes(summary)),
    ]
    return [*facts, ("Made for", summary.success_criteria)] if summary.success_criteria else facts


def _check(check: Check) -> list[Content]:
    measure = check.measure
    return [
        words.title(check.threshold.measure),
        numbers.measured(measure, check.threshold),
        words.bar(check),
        numbers.interval(measure, check.threshold),
        words.n_of(measure),
        words.BASIS_WORDS[measure.basis],
        Mark(check.verdict),
        words.remarks(check),
    ]


def _to_hear(page: Page, summary: WeekSummary, places: Places) -> None:
    page.section("Calls to hear first")
    if not summary.to_hear:
        page.line("No drawn call stands out yet.", "said")
    for call in summary.to_hear[:_CALLS]:
        page.across(f"{words.KIND_WORDS[call.kind]}: {call.reason}", "said", 4, len(_WIDTHS))
        name = f"{call.rank}. {short(words.call_name(call), 44)}"
        link = places.score_link(call.position, name) if call.position in places.scores else name
        page.across("", "link_text", 1, 3)
        page.put(1, link, "link_text")
        page.end_row(xlsx.row_height([(f"{words.KIND_WORDS[call.kind]}: {call.reason}", sum(_WIDTHS[3:])), (name, sum(_WIDTHS[:3]))]))
    rest = len(summary.to_hear) - _CALLS
    if rest > 0:
        page.line(f"{numbers.counted(rest, 'more call')} on the sheet Calls to hear.", "small", 16)
    page.end_row(8)


def _notices(page: Page, summary: WeekSummary) -> None:
    if not summary.notices:
        return
    page.section("Notices")
    for notice in summary.notices[:_NOTICES]:
        page.line(f"• {notice}", "said")
    rest = len(summary.notices) - _NOTICES
    if rest > 0:
        page.line(f"{numbers.counted(rest, 'more notice')} on the sheet Method.", "small", 16)
