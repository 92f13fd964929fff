"""The sheet "This week": the box in words and the checks, on one printed page."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers, xlsx
from evalharness.models.measure import Check, Measure, Verdict
from evalharness.models.summary import CallToHear, WeekSummary
from evalharness.report import action_words, moved_words, phrases, since_words, verdicts, words
from evalharness.report.text import short
from evalharness.report.workbook.looks import BANNERS
from evalharness.report.workbook.page import Content, Mark, Page, Styled
from evalharness.report.workbook.places import Places

NAME = "This week"
TABLE = "Checks"
_WIDTHS = (18, 13, 17, 17, 13, 23, 36, 48, 52)
_HEAD = (
    "check", "value", "bar", "95 % interval", "n of N", "verdict", "last week, and the difference", "since the start",
    "remarks: what would settle it, and why",
)  # fmt: skip
_STYLES = ("name", "figure", "fact", "fact", "fact", "cell", "cell", "cell", "cell")
_SIGNS = {"good enough": "✓", "not good enough": "✗", "not proven yet": "?"}
_TILES = ((1, 2), (3, 4), (5, 7), (8, 9))
_CALLS, _NOTICES, _LINES, _STEPS, _ACTIONS = 3, 3, 4, 6, 2
_LONGEST = 420
"""Letters of a sentence of the box: the page stays one page that can be read."""


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
        page.said(label, short(text, _LONGEST))
    page.end_row(8)
    page.section("Checks")
    head = page.row
    page.header(_HEAD)
    for check in summary.checks:
        page.table_row(_check(check, summary), _STYLES, least=22)
    page.named(TABLE, head, page.row - 1, filters=False)
    page.end_row(8)
    _to_hear(page, summary, places)
    _due(page, summary)
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
        *standing(summary),
        *_few("What changed", moved_words.box_lines(summary)),
        *_few("Noted", words.changes(summary)),
        ("Calls", words.calls_sentence(summary)),
        ("Sample", words.sample_sentence(summary)),
        ("Read by", words.readers_sentence(summary)),
        *_few("LLM judge", tuple(words.judge_lines(summary))),
        *_few("Signed", tuple(line.text for line in words.signed_lines(summary))),
    ]
    return [*facts, ("Made for", summary.success_criteria)] if summary.success_criteria else facts


def _few(label: str, texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The first sentences under one label; that there are more is said with the last."""
    for number, text in enumerate(texts[:_LINES]):
        more = len(texts) - _LINES if number == _LINES - 1 else 0
        rest = f" ({numbers.count(more)} more: sheets What changed and Details)" if more > 0 else ""
        yield label if number == 0 else "", f"{short(text, _LONGEST - len(rest))}{rest}"


def standing(summary: WeekSummary) -> Iterator[tuple[str, str]]:
    """Which checks stand where, missed first, each verdict with its sign; of the open ones what would settle them."""
    for verdict in verdicts.BY_NEED:
        found = [check for check in summary.checks if check.verdict == verdict]
        sign, _, name = xlsx.VERDICTS[verdict].partition(" ")
        if found:
            yield f"{sign} {name.capitalize()}", "; ".join(_told(check, verdict) for check in found)


def _told(check: Check, verdict: Verdict) -> str:
    """A check in the box: its figure with its n against the bar, or what would settle it; where the weeks since a start decided
    it, the figure since then."""
    name = f"{phrases.title(check.threshold.measure)}{verdicts.since(check)}"
    if check.by_since and check.since:
        return f"{name}: {since_words.seen(check.since, check.threshold)}, bar: {phrases.bar(check)}"
    figure = f"{name} {phrases.value(check)}{_of(check.measure)} ({phrases.bar(check)})"
    if verdict in ("met", "missed"):
        return figure
    if verdict == "not_proven":
        return f"{figure}: {phrases.settles(check) or phrases.remarks(check)}"
    return f"{name}: {phrases.settles(check) or phrases.remarks(check)}"


def _of(measure: Measure) -> str:
    """On how many a figure stands, behind it; a count of the ledger is its own number."""
    known = measure.value is not None or measure.unanswered
    return f", {phrases.n_of_nouns(measure)}" if known and measure.basis != "ledger" else ""


def _check(check: Check, summary: WeekSummary) -> list[Content]:
    measure = check.measure
    return [
        phrases.title(check.threshold.measure),
        phrases.value(check),
        phrases.bar(check),
        phrases.limits(check),
        f"{phrases.n_of(measure)}\n{phrases.BASIS_WORDS[measure.basis]}",
        Styled(f"{xlsx.VERDICTS[check.verdict]}{verdicts.since(check)}", check.verdict)
        if check.by_since
        else Mark(check.verdict),
        moved_words.week_before(summary, check.threshold.measure),
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
    reason = short(call.reason, _LONGEST)
    page.across(reason, "said", 4, len(_WIDTHS))
    page.end_row(max(18, xlsx.row_height([(reason, sum(_WIDTHS[3:]))])))


def _due(page: Page, summary: WeekSummary) -> None:
    """What to do next, then the actions that are carried: how many, and those that are overdue."""
    page.section("What is due")
    steps = words.next_steps(summary)
    for number, step in enumerate(steps[:_STEPS], start=1):
        page.said(f"{number}.", short(step, _LONGEST))
    if len(steps) > _STEPS:
        page.line(f"{numbers.counted(len(steps) - _STEPS, 'more step')}: evalharness", "small", 16)
    if summary.actions:
        label, _, text = action_words.heading(summary.actions, summary.week).partition(": ")
        page.said(label, f"{text}, see the sheet Actions.")
        for action in [one for one in summary.actions if one.is_overdue(summary.week)][:_ACTIONS]:
            page.said("", short(action_words.sentence(action, summary.week), _LONGEST))


def _notices(page: Page, summary: WeekSummary) -> None:
    if not summary.notices:
        return
    page.end_row(8)
    page.section("Notices")
    for notice in summary.notices[:_NOTICES]:
        page.line(f"• {short(notice, _LONGEST)}", "said")
    rest = len(summary.notices) - _NOTICES
    if rest > 0:
        page.line(f"{numbers.counted(rest, 'more notice')} on the sheet Method.", "small", 16)
