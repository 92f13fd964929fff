"""The sheet "This week": the box in words and the checks, on one printed page."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness import xlsx
from evalharness.models.measure import Check
from evalharness.models.summary import CallToHear, WeekSummary
from evalharness.report import numbers, phrases, since_words, verdicts, words
from evalharness.report.text import short
from evalharness.report.workbook.looks import BANNERS
from evalharness.report.workbook.page import Content, Mark, Page, Styled
from evalharness.report.workbook.places import Places

NAME = "This week"
_WIDTHS = (18, 15, 19, 17, 15, 11, 24, 40, 46)
_HEAD = (
    "check", "value", "bar", "95 % interval", "n of N", "basis", "verdict", "since the start",
    "remarks: what would settle it, and why",
)  # fmt: skip
_STYLES = ("name", "figure", "fact", "fact", "fact", "cell", "cell", "cell", "cell")
_SIGNS = {"good enough": "✓", "not good enough": "✗", "not proven yet": "?"}
_TILES = ((1, 2), (3, 5), (6, 7), (8, 9))
_CALLS, _NOTICES = 3, 3


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet."""
    page = Page(workbook, NAME, _WIDTHS)
    page.line(short(summary.agent, 90), "title", 34)
    unfinished = "".join(f"{line.text.capitalize()}. " for line in words.so_far(summary))
    week = f"Week {summary.week}, {words.week_dates(summary.week)}"
    page.line(f"{unfinished}{week}. Owner: {short(summary.owner, 60)}", "subtitle", 20)
    page.line(f"{_SIGNS[summary.verdict]}  {words.verdict_in_full(summary)}", BANNERS[summary.verdict], 36)
    page.line(words.verdict_reason(summary), "said", 24)
    _tiles(page, summary)
    page.end_row(8)
    for label, text in _facts(summary):
        page.said(label, text)
    page.end_row(8)
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
    page.finish(freeze="A4", tall=1)


def _tiles(page: Page, summary: WeekSummary) -> None:
    """How many checks stand where, in the words and looks of the table; none is pale."""
    for verdict, (first, last) in zip(verdicts.VERDICTS, _TILES, strict=True):
        number = sum(check.verdict == verdict for check in summary.checks)
        sign, _, name = xlsx.VERDICTS[verdict].partition(" ")
        page.across(f"{sign}  {numbers.count(number)} {name}", verdict if number else "tile_none", first, last)
    page.end_row(28)


def _facts(summary: WeekSummary) -> list[tuple[str, str]]:
    facts = [
        ("Calls", words.calls_sentence(summary)),
        ("Sample", words.sample_sentence(summary)),
        ("Read by", words.readers_sentence(summary)),
        *(("LLM judge" if at == 0 else "", text) for at, text in enumerate(words.judge_lines(summary))),
        *((line.label, line.text) for line in words.signed_lines(summary)),
        *(("Changed", text) for text in words.changes(summary)),
    ]
    return [*facts, ("Made for", summary.success_criteria)] if summary.success_criteria else facts


def _check(check: Check) -> list[Content]:
    measure = check.measure
    return [
        phrases.title(check.threshold.measure),
        phrases.value(check),
        phrases.bar(check),
        phrases.limits(check),
        phrases.n_of(measure),
        phrases.BASIS_WORDS[measure.basis],
        Styled(f"{xlsx.VERDICTS[check.verdict]}{verdicts.since(check)}", check.verdict)
        if check.by_since
        else Mark(check.verdict),
        since_words.beside(check),
        phrases.remarks(check),
    ]


def _to_hear(page: Page, summary: WeekSummary, places: Places) -> None:
    page.section("Calls to hear first")
    if not summary.to_hear:
        page.line("No drawn call stands out yet.", "said")
    for call in summary.to_hear[:_CALLS]:
        _call_to_hear(page, call, places)
    rest = len(summary.to_hear) - _CALLS
    if rest > 0:
        page.line(f"{numbers.counted(rest, 'more call')} on the sheet Calls to hear.", "small", 16)
    page.end_row(8)


def _call_to_hear(page: Page, call: CallToHear, places: Places) -> None:
    """The call's name, which leads to its row where it was drawn, and the reason beside it."""
    name = f"{call.rank}. {short(words.call_name(call), 46)}"
    drawn = call.position is not None and call.position in places.scores
    page.across(name, "said_link" if drawn else "said", 1, 3)
    if call.position is not None and drawn:
        page.put(1, places.score_link(call.position, name), "said_link")
    page.across(call.reason, "said", 4, len(_WIDTHS))
    page.end_row(max(18, xlsx.row_height([(call.reason, sum(_WIDTHS[3:]))])))


def _notices(page: Page, summary: WeekSummary) -> None:
    if not summary.notices:
        return
    page.end_row(8)
    page.section("Notices")
    for notice in summary.notices[:_NOTICES]:
        page.line(f"• {notice}", "said")
    rest = len(summary.notices) - _NOTICES
    if rest > 0:
        page.line(f"{numbers.counted(rest, 'more notice')} on the sheet Method.", "small", 16)
