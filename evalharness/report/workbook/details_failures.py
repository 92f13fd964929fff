"""Details of clear failures: what people said to flags, by the cause to fix, and what still waits for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evalharness import numbers
from evalharness.models.act import Confirmation
from evalharness.models.summary import WeekSummary
from evalharness.report import phrases
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import table

_HEAD = ("cause to fix", "calls", "of them drawn", "checks", "kind of error", "which calls, who heard them, and what they note")
_SAID = (
    "What a person confirmed after a flag finds failures and is in no rate: the clear-failure rate counts what people answered "
    "blind. A call with several causes stands under each."
)


def add_failures(page: Page, summary: WeekSummary) -> None:
    """Write the table, and what is not answered yet; nothing in a week without either."""
    if not (summary.confirmations or summary.flagged):
        return
    table(page, "Clear failures by cause", _HEAD, map(list, _rows(summary.confirmations)), said=_SAID, spread=True)
    page.line(_rest(summary), "small", 16)


def _rows(confirmations: Sequence[Confirmation]) -> list[list[Content]]:
    """A row a cause, most calls first."""
    failures = [one for one in confirmations if one.answer == "yes" and one.cause]
    causes = Counter(cause for _, cause in {(one.identity, str(one.cause)) for one in failures})
    return [
        _row(cause, [one for one in failures if one.cause == cause]) for cause in sorted(causes, key=lambda c: (-causes[c], c))
    ]


def _row(cause: str, own: Sequence[Confirmation]) -> list[Content]:
    calls, drawn = {one.identity for one in own}, {one.identity for one in own if one.drawn}
    tags = Counter(phrases.plain(str(one.tag)) for one in own)
    checks = dict.fromkeys(phrases.plain(one.check) for one in own)
    which = "\n".join(f"{one.call_id}, {one.by}{f': {one.note}' if one.note else ''}" for one in own)
    kinds = ", ".join(f"{tag} {count}" if count > 1 else tag for tag, count in sorted(tags.items()))
    return [cause, numbers.count(len(calls)), numbers.count(len(drawn)), ", ".join(checks), kinds, which]


def _rest(summary: WeekSummary) -> str:
    """How many flags people dismissed, and how many wait."""
    dismissed = sum(one.answer == "no" for one in summary.confirmations)
    waiting = Counter(str(one.kind) for one in summary.flagged)
    parts = [f"{numbers.counted(dismissed, 'flag')} heard and found to be none"] if dismissed else []
    names = {"flag": "on drawn calls not heard yet", "cause": "without tag and cause", "found": "outside the draw not heard yet"}
    parts += [f"{numbers.count(waiting[kind])} {name}" for kind, name in names.items() if waiting[kind]]
    return "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + "." if parts else "Every flag is answered."
