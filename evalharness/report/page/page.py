"""report.html: the week on one page that needs nothing but itself."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, found_words, numbers, words
from evalharness.report.page import house
from evalharness.report.page.calls import ShownCall, first_ones, shown_calls
from evalharness.report.page.details import moved, parts
from evalharness.report.page.first import MOST_TO_HEAR, first
from evalharness.report.page.trend import trend_part
from evalharness.report.text import short
from evalharness.report.workbook import method

MOST_BYTES = 300_000
"""Above this size transcripts are left out, those of calls that nothing is said of first; the page says which."""


_SENTENCES = 8_000
"""Room for the sentences that say which transcripts are left out, and for links to turns."""


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
        said = f"The transcripts of {numbers.counted(len(self.missing), 'call')} are left out, so that the page stays under "
        return f"{said}{numbers.count(MOST_BYTES // 1000)} kB: {', '.join(f'#{position}' for position in self.missing)}."


def write_page(summary: WeekSummary) -> bytes:
    """The week as report.html: no script, no request; the same summary gives the same bytes.

    The calls' transcripts are in it as far as 300 kB hold them, those to hear first; what is left out is named.
    """
    calls = shown_calls(summary)
    given = {
        "summary": summary,
        "title": f"{short(summary.agent, 90)}, week {summary.week}: {summary.verdict}",
        "week": f"Week {summary.week}, {words.week_dates(summary.week)}",
        "first": first(summary),
        "most_to_hear": MOST_TO_HEAR,
        "found_how": found_words.HOW,
        "actions": [action_words.sentence(one, summary.week) for one in summary.actions],
        "moved": moved(summary),
        "trend": trend_part(summary),
        "parts": parts(summary),
        "calls": calls,
        "how": method.how(),
        "facts": method.facts(summary),
    }
    bare = house.document("page.html", transcripts=Transcripts({}), **given)
    fitting = _fitting(calls, first_ones(summary), MOST_BYTES - _SENTENCES - len(bare))
    if fitting.missing:
        given["parts"] = parts(summary, fitting.missing)
    return house.document("page.html", transcripts=fitting, **given)


def _fitting(calls: tuple[ShownCall, ...], order: list[int], room: int) -> Transcripts:
    """The transcripts that fit into so many bytes, in the order in which they matter."""
    whole = {call.position: Markup(house.compact(house.rendered("turns.html", call=call))) for call in calls}  # noqa: S704 - a template's
    sizes = {position: len(text.encode()) for position, text in whole.items()}
    shown: dict[int, Markup] = {}
    for position in order:
        if sizes[position] <= room:
            shown[position] = whole[position]
            room -= sizes[position]
    return Transcripts(shown, tuple(call.position for call in calls if call.position not in shown))
