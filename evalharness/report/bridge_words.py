"""A bridge between two rubrics in lines of a terminal. Pure text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.bridge import FEWEST_BRIDGED, Bridge, BridgedCriterion
from evalharness.report import phrases
from evalharness.report.rubric_words import NEVER_CHANGED, filled, flat, grid, span
from evalharness.report.trust_words import with_limits

_MOST_MOVED = 10


def bridge_lines(found: Bridge) -> Iterator[str]:
    """The whole bridge: criterion by criterion the shift with its interval, the moves, the calls, and what may be compared."""
    names = ", ".join(map(flat, found.who))
    who = f"the LLM {names}, asked under both" if found.by == "llm" else f"{names}, each again on calls graded then"
    yield f"Bridge from {flat(found.before.where)} to {flat(found.after.where)} by {who}"
    yield f"  {numbers.count_of(found.answered, found.calls)} calls answered under both; they are from {span(found.weeks)}"
    if not found.enough:
        yield f"  Too few: a shift is shown from {FEWEST_BRIDGED} calls on. The same command goes on."
        return
    for one in found.criteria:
        if one.kind != "same":
            yield ""
            yield from _criterion(one)
    yield from _controls([one for one in found.criteria if one.kind == "same"])
    yield ""
    yield from filled(sentence(found))


def sentence(found: Bridge) -> str:
    """What may be compared across the change, for a report."""
    lines = ", ".join(map(phrases.title, found.lines))
    goes_on = f"These lines start anew with the first week drawn under the new rubric: {lines}. " if lines else ""
    return (
        f"{goes_on}Figures before and after may be set beside each other only with the shift and its interval, as known from "
        f"{numbers.counted(found.answered, 'call')}; no figure is corrected by it. A criterion that is as it was may be "
        f"compared. {NEVER_CHANGED}"
    )


def shift_words(found: Bridge, one: BridgedCriterion) -> str:
    """A criterion's shift for the place where its line breaks: "bridged on 20 calls by the LLM: new minus old 0.7 levels
    (0.48 to 0.92)"; "" where it has none."""
    shown = one.shift or one.changed
    if shown is None or one.calls < FEWEST_BRIDGED:
        return ""
    what = "new minus old " if one.shift is not None else "other answers "
    who = "the LLM" if found.by == "llm" else "people"
    return f"bridged on {numbers.counted(one.calls, 'call')} by {who}: {what}{_once(with_limits(shown))}"


def _criterion(one: BridgedCriterion) -> Iterator[str]:
    name = phrases.plain(one.criterion)
    if one.kind in ("added", "removed"):
        told = "new: nothing before it to compare" if one.kind == "added" else "gone: its line ends"
        counts = ", ".join(f"{head} {n}" for head, n in zip(one.columns, one.table[0], strict=True) if n) if one.table else ""
        yield from filled(f"{name}, {told}; {numbers.counted(one.calls, 'call')} answered{f': {counts}' if counts else ''}")
        return
    kind = "another meaning" if one.kind == "meaning" else "same meaning"
    yield f"{name}, {kind}: {numbers.counted(one.calls, 'call')} answered under both{_unanswered(one)}"
    if one.calls < FEWEST_BRIDGED:
        yield f"  too few for a shift ({FEWEST_BRIDGED} calls); the table stands for what it is"
    else:
        yield from (line for text in _figures(one) for line in filled(text, 2))
    yield from table_lines(one)
    yield from _moved(one)


def _unanswered(one: BridgedCriterion) -> str:
    return f", {one.unanswered} without an answer under one" if one.unanswered else ""


def _figures(one: BridgedCriterion) -> Iterator[str]:
    if one.changed is not None:
        yield f"answers that are others: {with_limits(one.changed)} of {numbers.count(one.changed.n)}"
    if one.shift is None:
        yield "no shift in figures: " + ("categories have no distance" if one.type == "category" else "none can be subtracted")
        return
    of = f" of '{one.event}'" if one.event else ""
    yield f"shift{of}, new minus old: {_once(with_limits(one.shift))}, n {numbers.count(one.shift.n)}; {_means(one)}"


def _once(text: str) -> str:
    """A figure with limits and its unit once: "-0.5 levels (-0.74 to -0.26)"."""
    shown, opened, limits = text.partition(" (")
    return f"{shown}{opened}{limits.replace(' levels', '').replace(' points', '')}"


def _means(one: BridgedCriterion) -> str:
    shift = one.shift
    if shift is None or shift.low is None or shift.high is None:
        return "nothing can be said"
    if shift.low <= 0 <= shift.high:
        return "none is shown, which does not show that there is none"
    return f"the new text gives {'more' if (shift.value or 0) > 0 else 'less'}"


def table_lines(one: BridgedCriterion) -> Iterator[str]:
    """Answers before in rows, after in columns; those that nobody gave are left out, and 0 is a point."""
    rows = [at for at in range(len(one.rows)) if any(one.table[at])]
    columns = [at for at in range(len(one.columns)) if any(row[at] for row in one.table)]
    if not rows:
        return
    yield "  rows: old, columns: new"
    counts = [[one.table[row][column] for column in columns] for row in rows]
    yield from grid([one.rows[at] for at in rows], [one.columns[at] for at in columns], counts)


def _moved(one: BridgedCriterion) -> Iterator[str]:
    shown = [
        f"{flat(call.call_id)}{'' if call.turn is None else f' turn {call.turn}'} ({call.week}) {call.before} -> {call.after}"
        for call in one.moved[:_MOST_MOVED]
    ]
    if shown:
        more = len(one.moved) - len(shown)
        yield from filled(f"moved: {', '.join(shown)}{f' and {more} more (--json)' if more else ''}", 2)


def _controls(found: Sequence[BridgedCriterion]) -> Iterator[str]:
    """What asking twice alone does, on criteria that are as they were."""
    told = [f"{phrases.plain(one.criterion)} {with_limits(one.changed)} of {one.changed.n}" for one in found if one.changed]
    if told:
        yield ""
        yield from filled(f"Asked twice under the same text, answers that are others: {'; '.join(told)}")


def sheet_lines(sheets: Sequence[tuple[str, str, str, int, int, Sequence[str]]]) -> Iterator[str]:
    """The sheets as (person, path, what became of it, calls, answered, problems)."""
    yield "Sheets under the new rubric; what is typed there enters no week"
    for person, path, state, calls, answered, problems in sheets:
        yield f"  {flat(person)}: {state}, {answered} of {numbers.counted(calls, 'call')} answered  {path}"
        yield from (line for problem in problems for line in filled(flat(problem), 4))
