"""report.html: the week on one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, found_words, words
from evalharness.report.page import house
from evalharness.report.page.calls import ShownCall, first_ones, shown_calls
from evalharness.report.page.details import moved, parts
from evalharness.report.page.first import MOST_TO_HEAR, first
from evalharness.report.page.trend import TrendPart, trend_part
from evalharness.report.text import short
from evalharness.report.workbook import method

MOST_BYTES = 300_000
"""Above this size transcripts are left out, those of calls that nothing is said of first; the page says which."""


_SENTENCES = 8_000
"""Room for the sentences that say which transcripts are left out."""


@dataclass(frozen=True)
class Transcripts:
    """The transcripts that are in the page, by position, and the positions of those left out."""

    shown: dict[int, Markup]
    missing: tuple[int, ...] = ()

    @property
    def left_out(self) -> str:
        """The sentence on those left out; "" where none are."""
        if not self.missing:
            return ""
        many = len(self.missing)
        noun = "transcript of 1 call is" if many == 1 else f"transcripts of {numbers.count(many)} calls are"
        said = f"The {noun} left out, so that the page stays under "
        return f"{said}{numbers.count(MOST_BYTES // 1000)} kB: {', '.join(f'#{position}' for position in self.missing)}."


def write_page(summary: WeekSummary) -> bytes:
    """The week as report.html: no script, no request; the same summary gives the same bytes.

    Where not everything fits into 300 kB, the rows of long tables behind the first ones are left out, then transcripts, those
    of calls to hear last; the page names all of it.
    """
    calls, trend = shown_calls(summary), trend_part(summary)
    given = {
        "summary": summary,
        "title": f"{short(summary.agent, 90)}, week {summary.week}: {summary.verdict}",
        "week": f"Week {summary.week}, {words.week_dates(summary.week)}",
        "first": first(summary),
        "most_to_hear": MOST_TO_HEAR,
        "found_how": found_words.HOW,
        "actions": [action_words.sentence(one, summary.week) for one in summary.actions],
        "calls": calls,
        "how": method.how(),
        "facts": method.facts(summary),
    }
    whole = {call.position: Markup(house.compact(house.rendered("turns.html", call=call))) for call in calls}  # noqa: S704 - a template's
    for brief in (False, True):
        tables = _tables(summary, trend, brief=brief)
        page = house.document("page.html", transcripts=Transcripts(whole), **given, **tables)
        if len(page) <= MOST_BYTES:
            return page
    bare = house.document("page.html", transcripts=Transcripts({}), **given, **tables)
    fitting = _fitting(whole, calls, first_ones(summary), MOST_BYTES - _SENTENCES - len(bare))
    tables = _tables(summary, trend, brief=True, left_out=fitting.missing)
    return house.document("page.html", transcripts=fitting, **given, **tables)


def _tables(
    summary: WeekSummary, trend: TrendPart | None, *, brief: bool = False, left_out: Collection[int] = ()
) -> dict[str, Any]:
    """The parts made of tables; `brief`: the first rows of long tables alone; `left_out`: calls without a transcript."""
    found = moved(summary), *parts(summary, left_out)
    if brief:
        found = tuple(part.in_short() for part in found)
        trend = trend.in_short() if trend else None
    return {"moved": found[0], "trend": trend, "parts": found[1:]}


def _fitting(whole: dict[int, Markup], calls: tuple[ShownCall, ...], order: list[int], room: int) -> Transcripts:
    """The transcripts that fit into so many bytes, in the order in which they matter."""
    sizes = {call.position: len(whole[call.position].encode()) + _ways(call) for call in calls}
    shown: dict[int, Markup] = {}
    for position in order:
        if sizes[position] <= room:
            shown[position] = whole[position]
            room -= sizes[position]
    return Transcripts(shown, tuple(call.position for call in calls if call.position not in shown))


def _ways(call: ShownCall) -> int:
    """Bytes of the links to the turns of a transcript, which stand there only with it."""
    return sum(len(f'<a href="#{to}"></a>') for row in call.rows for cell in row.cells for _, to in cell.quotes if to)
