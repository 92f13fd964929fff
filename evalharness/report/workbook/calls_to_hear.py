"""The sheet "Calls to hear": every call worth an owner's ear, ranked, with the reason and the way to it."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.summary import CallResult, CallToHear, WeekSummary
from evalharness.report import found_words, phrases, trust_words, words
from evalharness.report.exports.scores import evidence_text
from evalharness.report.workbook.page import Content, Number, Page, Styled, Web
from evalharness.report.workbook.places import Places

NAME = "Calls to hear"
_COLUMNS: tuple[tuple[str, float, str], ...] = (
    ("rank", 7, "middle"),
    ("call", 9, "link_top"),
    ("id", 30, "odd"),
    ("why", 18, "bold"),
    ("reason", 62, "odd"),
    ("score", 9, "number_top"),
    ("how it ended", 18, "odd"),
    ("started", 18, "odd"),
    ("transcript", 13, "link_top"),
    ("recording", 26, "web_top"),
)
TABLE = "Calls_to_hear"


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet; calls outside the draw have an id and a reason, no row to lead to."""
    page = Page(workbook, NAME, [width for _, width, _ in _COLUMNS])
    page.header([name for name, _, _ in _COLUMNS])
    results = {result.position: result for result in (*summary.results, *summary.picked)}
    for call in summary.to_hear:
        page.table_row(
            _row(call, results.get(call.position or 0), summary, places), [style for _, _, style in _COLUMNS], least=22
        )
    last = page.row - 1
    if not summary.to_hear:
        page.line("No drawn call stands out yet.", "said")
    _found(page, summary)
    page.named(TABLE, 1, last)
    page.finish(freeze="C2", head=(1, 1))


def _found(page: Page, summary: WeekSummary) -> None:
    """What the LLM saw outside the sample, in a block of its own: no row leads anywhere, since these transcripts are not here."""
    if not summary.found_cases:
        return
    page.end_row(10)
    page.section(found_words.HEADING)
    page.line(found_words.HOW, "said")
    page.header(("", "", "id", "seen by", "what the LLM saw"), spread=True)
    for case in summary.found_cases:
        quotes = evidence_text(case.evidence)
        told = "\n".join(part for part in (found_words.checks(case), case.rationale, quotes) if part)
        judge = trust_words.without_prompt(case.judge)
        page.table_row(["", Styled("found", "middle"), case.call_id, judge, told], "odd", least=22, spread=True)


def _row(call: CallToHear, result: CallResult | None, summary: WeekSummary, places: Places) -> list[Content]:
    known: list[Content] = [None, "", "", "", ""]
    first: Content = Styled("found", "middle")
    if result is not None:
        first = places.score_link(result.position, f"#{result.position}")
        started = words.local(result.call.started_at, summary.timezone)
        ended = phrases.plain(result.outcome or result.call.outcome)
        known = [
            Number(result.score, numbers.cell_format(result.score, "score")),
            ended,
            started,
            places.transcript_link(result.position, "read"),
        ]
        known.append(Web(result.call.recording_url or ""))
    return [Number(float(call.rank), "0"), first, call.call_id, *words.why_heard(call), *known]
