"""Details of what guards the LLM judges: planted calls, grades that count as none, the judge with itself."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness import numbers
from evalharness.models.guard import Guard
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import Drift
from evalharness.report import guard_words, phrases, trust_words
from evalharness.report.text import short
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import table

_GUARD_HEAD = ("judge", "this week", "canaries", "count as none", "models that answered", "switched off")
_GUARD = "A judge that is not trusted this week decides nothing in it, whatever its record; people's grades alone do."
_CANARY_HEAD = ("judge", "planted call", "criterion", "answered", "known", "")
_CONTEST_HEAD = ("judge", "call", "criterion", "answered", "without the suspicious words")
_CONTEST = "Somebody in these calls spoke to the judge, and it mattered. The grades count as none; a person decides."
_FACT_HEAD = ("judge", "call", "criterion")
_FACT = "The log shows something else than the judge says. The grades count as none."
_REPEAT_HEAD = ("judge", "criterion", "same answer again, 95 %", "calls asked again", "without an answer")
_SHIFT_HEAD = ("criterion", "gold calls", "newly wrong", "newly right", "p")


def add_guard(page: Page, summary: WeekSummary) -> None:
    """Write the tables; one without anything to say is left out."""
    if not summary.guard:
        return
    table(page, "What guards the LLM judge", _GUARD_HEAD, map(_guard, summary.guard), said=_GUARD, spread=True)
    _tables(page, summary)
    for guard in summary.guard:
        if guard.shift:
            rows = ([phrases.plain(name), *_shift(one)] for name, one in guard.shift.items())
            table(page, "Another grader: its answers to gold calls", _SHIFT_HEAD, rows, said=guard_words.changed(guard))


def _tables(page: Page, summary: WeekSummary) -> None:
    canaries = [[_name(g), *guard_words.canary_row(one)] for g in summary.guard for one in g.canaries or ()]
    contests = [[_name(g), *guard_words.contest_row(one)] for g in summary.guard for one in g.contested]
    facts = [[_name(g), short(call), phrases.plain(criterion)] for g in summary.guard for _, call, criterion in g.facts]
    repeats = list(_repeats(summary))
    if canaries:
        table(page, "Planted calls with known grades", _CANARY_HEAD, canaries)
    if contests:
        table(page, "Grades that the mask changed", _CONTEST_HEAD, contests, said=_CONTEST)
    if facts:
        table(page, "Grades that the log contradicts", _FACT_HEAD, facts, said=_FACT)
    if repeats:
        table(page, "The judge with itself", _REPEAT_HEAD, repeats)


def _guard(one: Guard) -> list[Content]:
    return [
        _name(one),
        f"not trusted: {'; '.join(one.untrusted)}" if one.untrusted else "nothing against it",
        guard_words.canaries(one),
        numbers.count(one.none),
        ", ".join(short(model, 60) for model in one.models) or "not named",
        ", ".join(one.off) or "none",
    ]


def _name(one: Guard) -> str:
    return short(one.judge.name, 40)


def _repeats(summary: WeekSummary) -> Iterator[list[Content]]:
    for guard in summary.guard:
        for one in guard.repeats:
            same = one.same
            shown = trust_words.with_limits(same) if same.n else "no data"
            yield [_name(guard), phrases.plain(one.criterion), shown, numbers.count(same.of), numbers.count(same.missing)]


def _shift(one: Drift) -> list[Content]:
    counts = (one.items, one.newly_wrong, one.newly_right)
    return [*map(numbers.count, counts), numbers.figure(one.p, "coefficient")]
