"""The week on a terminal: the box in words, then the checks as a table. Reads well without colour and in 80 columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.measure import Check, Verdict
from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, measured_words, phrases, verdicts, words
from evalharness.report.found_words import line as found_line
from evalharness.report.text import columns, short, visible

_LABEL = 14
_GAP = 2
_NARROWEST = 7
_MOST_DISAGREEMENTS = 5
_MOST_ACTIONS = 5
_MOST_TO_HEAR = 3
_MOST_MEASURED = 5
_HEAD = ("check", "value", "bar", "95 %", "n of N", "verdict")
_TWO_SIDED = "95 %: two-sided limits. A verdict rests on one-sided 95 % bounds, named where these limits hold the bar."
_COLOURS: dict[Verdict, str] = {"met": "32", "missed": "31;1", "not_proven": "33", "not_measured": "2"}
_LABEL_COLOURS = {verdicts.VERDICT_WORDS[verdict].capitalize(): code for verdict, code in _COLOURS.items()} | {"Verdict": "1"}
_UNIT = re.compile(r"(?<=\d) (?=%|ms\b|points?\b|min\b|[A-Z]{3}\b)")


def render(summary: WeekSummary, width: int = 80, *, colour: bool = False) -> str:
    """The screen of a week, no line wider than `width` columns, ending with a line end. Text from calls cannot act on it."""
    blocks = [
        _box(summary, width, colour=colour),
        _checks(summary, width, colour=colour),
        _to_hear(summary, width),
        _found(summary, width),
        _measured(summary, width),
        _disagreements(summary, width),
        _actions(summary, width),
        _notices(summary, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _box(summary: WeekSummary, width: int, *, colour: bool) -> list[str]:
    lines: list[str] = []
    for label, texts in _grouped(words.box(summary)):
        for number, text in enumerate(texts):
            first, *rest = wrap(text, width - _LABEL)
            shown = label if number == 0 else ""
            lines.append(_paint(shown.ljust(_LABEL), _LABEL_COLOURS.get(label), on=colour and bool(shown)) + first)
            lines += [" " * _LABEL + line for line in rest]
    return lines


def _grouped(box: Sequence[words.Line]) -> list[tuple[str, list[str]]]:
    """Lines of one label in a row, the label said once."""
    groups: list[tuple[str, list[str]]] = []
    for line in box:
        if groups and groups[-1][0] == line.label:
            groups[-1][1].append(line.text)
        else:
            groups.append((line.label, [line.text]))
    return groups


def _checks(summary: WeekSummary, width: int, *, colour: bool) -> list[str]:
    rows = [_HEAD, *(_row(check) for check in summary.checks)]
    verdicts = [None, *(check.verdict for check in summary.checks)]
    widths = fit([max(_room(row[column]) for row in rows) for column in range(len(_HEAD))], width)
    lines: list[str] = []
    for row, verdict in zip(rows, verdicts, strict=True):
        for cells in layout(row, widths):
            *others, last = cells
            end = _paint(last.rstrip(), _COLOURS[verdict], on=colour and bool(last.strip())) if verdict else last
            lines.append((" " * _GAP).join([*others, end]).rstrip())
    lines.insert(len(layout(_HEAD, widths)), "-" * (sum(widths) + _GAP * (len(widths) - 1)))
    ranges = any(check.measure.low != check.measure.high for check in summary.checks)
    return lines + (wrap(_TWO_SIDED, width) if ranges else [])


def _room(cell: str) -> int:
    """Columns a cell asks for; "met since 2026-W42" takes two lines rather than room from the figures."""
    return max(columns(cell) - len(" 2026-W42"), 0) if " since 2" in cell else columns(cell)


def _row(check: Check) -> tuple[str, ...]:
    measure = check.measure
    return (
        visible(phrases.title(check.threshold.measure)),
        phrases.value(check),
        phrases.bar(check, signs=True),
        phrases.limits(check).removesuffix(" points"),
        phrases.n_of(measure),
        verdicts.shown(check),
    )


def _to_hear(summary: WeekSummary, width: int) -> list[str]:
    if not summary.to_hear:
        return []
    lines = ["Calls to hear"]
    for call in summary.to_hear[:_MOST_TO_HEAR]:
        name = short(visible(call.call_id), 32)
        number = f"#{call.position} " if call.position else ""
        first, *rest = wrap(f"{number}{name}: {call.reason}", width - 5)
        lines += [f"  {call.rank}. {first}", *(f"     {line}" for line in rest)]
    more = len(summary.to_hear) - _MOST_TO_HEAR
    return [*lines, f"    {more} more: sheet Calls to hear of the workbook"] if more > 0 else lines


def _found(summary: WeekSummary, width: int) -> list[str]:
    """How many failures the LLM saw outside the sample, the first three by name."""
    return wrap(visible(found_line(summary.found_cases)), width) if summary.found_cases else []


def _measured(summary: WeekSummary, width: int) -> list[str]:
    """The first five of what stands out over all calls, and what the log is filled less with than before."""
    found = measured_words.ranked(summary.measured)
    told = [*map(measured_words.sentence, found[:_MOST_MEASURED]), *measured_words.drops(summary.logged)]
    if not told:
        return []
    lines = [measured_words.HEADING]
    for text in told:
        first, *rest = wrap(text, width - 4)
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    rest_of = len(found) - _MOST_MEASURED
    return [*lines, f"    {rest_of} more: sheet Measured of the workbook"] if rest_of > 0 else lines


def _disagreements(summary: WeekSummary, width: int) -> list[str]:
    """The first five, and where all of them stand side by side."""
    found = summary.disagreements
    if not found:
        return []
    people = sum(one.between == "people" for one in found)
    sides = [f"{numbers.count(people)} between people"] if people else []
    disputed = sum(one.between == "dispute" for one in found)
    sides += [f"{numbers.count(disputed)} disputed or decided"] if disputed else []
    log = sum(one.between == "log" for one in found)
    judged = len(found) - people - disputed - log
    sides += [words.with_llm(found, summary.trust)] if judged else []
    sides += [f"{numbers.count(log)} with the call log"] if log else []
    lines = wrap(f"Disagreements: {', '.join(sides)} (side by side: sheet Disagreements of the workbook)", width)
    for number, one in enumerate(found[:_MOST_DISAGREEMENTS], start=1):
        text = f"#{one.position} {short(visible(one.call_id), 32)} {words.disagreement(one, summary.trust)}"
        first, *rest = wrap(text, width - 5)
        lines += [f"  {number}. {first}", *(f"     {line}" for line in rest)]
    rest_of = len(found) - _MOST_DISAGREEMENTS
    return [*lines, f"     {rest_of} more on the sheet"] if rest_of > 0 else lines


def _actions(summary: WeekSummary, width: int) -> list[str]:
    """The first five, overdue ones first, and where all of them stand."""
    found = summary.actions
    if not found:
        return []
    lines = wrap(action_words.heading(found, summary.week), width)
    for one in found[:_MOST_ACTIONS]:
        first, *rest = wrap(short(action_words.sentence(one, summary.week), 300), width - 4)
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    rest_of = len(found) - _MOST_ACTIONS
    return [*lines, f"    {rest_of} more: evalharness action list"] if rest_of > 0 else lines


def _notices(summary: WeekSummary, width: int) -> list[str]:
    if not summary.notices:
        return []
    lines = ["Notices"]
    for notice in summary.notices:
        first, *rest = wrap(notice, width - 4)
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return lines


def fit(wanted: Sequence[int], width: int) -> list[int]:
    """Column widths that fit: the widest column gives way, one by one, down to where words still fit."""
    widths = list(wanted)
    while sum(widths) + _GAP * (len(widths) - 1) > width and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def layout(row: Sequence[str], widths: Sequence[int]) -> list[list[str]]:
    """A row as lines of padded cells; a cell too long for its column goes on below."""
    cells = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
    depth = max(len(cell) for cell in cells)
    return [
        [_padded(cell[line] if line < len(cell) else "", size) for cell, size in zip(cells, widths, strict=True)]
        for line in range(depth)
    ]


def _padded(text: str, size: int) -> str:
    return text + " " * (size - columns(text))


def wrap(text: str, width: int) -> list[str]:
    """The text, made visible, in lines of at most `width` columns; a number stays with its unit; a long word is broken."""
    lines, line = [], ""
    for word in _pieces(_UNIT.sub("\u00a0", visible(text)), width):
        joined = f"{line} {word}" if line else word
        if line and columns(joined) > width:
            lines.append(line)
            joined = word
        line = joined
    return [found.replace("\u00a0", " ") for found in [*lines, line]]


def _pieces(text: str, width: int) -> Iterator[str]:
    """Words, those wider than a line in pieces."""
    for word in text.split(" "):
        rest = word
        while columns(rest) > width:
            cut = next(size for size in range(min(len(rest), width), 0, -1) if columns(rest[:size]) <= max(width, 2))
            yield rest[:cut]
            rest = rest[cut:]
        if rest:
            yield rest


def _paint(text: str, code: str | None, *, on: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if on and code else text
