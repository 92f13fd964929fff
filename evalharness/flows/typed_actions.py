"""What people typed on the sheet Actions of a report's workbook: taken as changes of actions, or kept in the ledger and named.

The workbook itself is never written over once somebody typed into it; this reads it once for each state it was saved in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from evalharness.errors import SheetError, UsageError
from evalharness.flows.actions import Plan, add, amend, check, drop, fix
from evalharness.flows.exports import digest_of_bytes, relative
from evalharness.flows.opened import Opened
from evalharness.flows.report import ACTIONS_SAID
from evalharness.flows.sheets import SheetState
from evalharness.grade.human.cells import as_text
from evalharness.grade.human.reading import CellProblem
from evalharness.models.act import Action
from evalharness.report import action_words, phrases
from evalharness.report.workbook.actions import NAME, SAID
from evalharness.store.files import is_open_elsewhere
from evalharness.store.records import action_history, add_audit, add_export, last_export
from evalharness.store.trail import ACTIONS_READ
from evalharness.xlsx import ReadCell, open_safely, sheet_rows

KEPT = "typed on Actions"
"""The audit action under which a text is kept that could not be taken."""
WHO = "Actions"
MOST_ROWS, MOST_COLUMNS = 2_000, 60
FIELDS = {"cause to fix": "cause", "who mends it": "owner", "due": "due", "note": "note"}
_ID = re.compile(r"A-\d{4}-W\d{2}-\d+")
_STATES: Mapping[str, re.Pattern[str]] = {
    "check": re.compile(r"(?:fixed in .+, )?checked in (\d{4}-W\d{2})(?:: (.*))?", re.IGNORECASE),
    "fix": re.compile(r"fixed in ([^,]+)(?:, not checked yet)?", re.IGNORECASE),
    "drop": re.compile(r"dropped: (.+)", re.IGNORECASE),
}


@dataclass(frozen=True)
class _Book:
    """A workbook: its week, and how many states of each action were known when it was written (none named: one)."""

    week: str
    said: Mapping[str, int]


@dataclass(frozen=True)
class _Row:
    """A row of the sheet: heading -> cell."""

    cells: Mapping[str, ReadCell]

    def text(self, heading: str) -> str:
        """What stands under the heading."""
        cell = self.cells.get(heading)
        return as_text(cell.value).strip() if cell else ""

    def problem(self, heading: str, why: str) -> CellProblem:
        """The cell under the heading, else the row's first one, named."""
        cell = self.cells.get(heading) or next(iter(self.cells.values()))
        return CellProblem(NAME, cell.name, as_text(cell.value), why)


def typed_actions(house: Opened, at: datetime) -> list[SheetState]:
    """Reads the sheet Actions of every workbook that somebody changed since it was written or last read."""
    found = sorted(house.workspace.root.glob("reports/*/*.xlsx"))
    states = (_read(house, path, at) for path in found if not path.name.startswith(("~$", ".")))
    return [state for state in states if state is not None]


def _read(house: Opened, path: Path, at: datetime) -> SheetState | None:
    """What became of one workbook; None where nobody typed anything new into it."""
    if not re.fullmatch(r"\d{4}-W\d{2}", path.parent.name):
        return None
    data, name = path.read_bytes(), relative(house, path)
    digest, written, before = (
        digest_of_bytes(data),
        last_export(house.ledger, name),
        last_export(house.ledger, f"{ACTIONS_READ}: {name}"),
    )
    if written is None or digest in {written["digest"], (before or {}).get("digest")} or is_open_elsewhere(path):
        return None
    try:
        rows = _rows(data)
    except SheetError as error:
        return SheetState(WHO, path, "refused", error=str(error))
    week, changed, problems = path.parent.name, 0, []
    book = _Book(week, written["details"].get(ACTIONS_SAID, {}))
    for row in rows:
        done, unclear = _taken(house, book, row, at)
        changed += done
        problems += unclear
    with house.ledger.transaction() as tx:
        for one in problems:
            add_audit(tx, KEPT, {"file": name, "cell": one.cell, "typed": one.typed, "why": one.why}, at)
        add_export(tx, f"{ACTIONS_READ}: {name}", digest, ACTIONS_READ, week, at, {"changed": changed, "problems": len(problems)})
    if not changed and not problems:
        return None
    words = "1 action changed" if changed == 1 else f"{changed} changes of actions"
    return SheetState(WHO, path, words if changed else "nothing taken", problems=tuple(problems))


def _rows(data: bytes) -> list[_Row]:
    """The rows under the headings of the sheet; none where the workbook has no such sheet. Raises SheetError."""
    for sheet in open_safely(data).worksheets:
        headings: dict[int, str] = {}
        rows = []
        head = sheet_rows(sheet, 40, MOST_COLUMNS, peek=True)
        for cells in sheet_rows(sheet, MOST_ROWS, MOST_COLUMNS) if any(map(_is_head, head)) else ():
            texts = {cell.column: as_text(cell.value).strip() for cell in cells}
            if not headings and _is_head(cells):
                headings = texts
            elif headings and not any(text.startswith(SAID[:40]) for text in texts.values()):
                rows.append(_Row({headings.get(cell.column, f"column {cell.column}"): cell for cell in cells}))
        if rows:
            return rows
    return []


def _is_head(cells: Sequence[ReadCell]) -> bool:
    """Whether the row holds the headings, in any order and on a page of any name."""
    return {"action", "cause to fix", "who mends it", "note"} <= {as_text(cell.value).strip() for cell in cells}


def _taken(house: Opened, book: _Book, row: _Row, at: datetime) -> tuple[int, list[CellProblem]]:
    """How many changes a row gave, and what of it could not be taken."""
    given = row.text("action")
    history = action_history(house.ledger).get(given.upper(), ())
    if history:
        return _changes(house, book.week, row, history[book.said.get(given.upper(), 1) - 1 :], at)
    if _ID.fullmatch(given.upper()):
        return 0, [row.problem("action", "there is no such action")]
    return _new(house, book.week, row, at)


def _changes(house: Opened, week: str, row: _Row, history: Sequence[Action], at: datetime) -> tuple[int, list[CellProblem]]:
    """What the cells of a known action say that neither the workbook said nor anybody since (`history`)."""
    now, done = history[-1], 0
    problems = [_emptied(row, heading, field, now) for heading, field in FIELDS.items() if _is_emptied(row, heading, field, now)]
    steps: list[tuple[str, Callable[[], Action]]] = []
    for heading, field in FIELDS.items():
        typed = row.text(heading)
        if typed and typed not in {str(getattr(one, field) or "") for one in history}:
            steps.append((heading, partial(amend, house, now.id, {field: typed}, week, at)))
    state = row.text("state")
    if state and state not in _said_of(history, week):
        steps.append(("state", partial(_moved, house, now.id, state, at)))
    for heading, step in steps:
        try:
            step()
            done += 1
        except UsageError as error:
            problems.append(row.problem(heading, f"{error.what}: kept, not taken"))
    found = {"criterion": {phrases.plain(now.criterion)}, "calls": {"\n".join(call for _, call in now.calls)}}
    problems += [row.problem(one, "cannot be changed here") for one, was in found.items() if row.text(one) not in {*was, ""}]
    return done, problems + list(_elsewhere(row))


def _said_of(history: Sequence[Action], week: str) -> set[str]:
    """Everything the column "state" ever said of the action, in workbooks of this week."""
    return {action_words.state(one, week) for one in history}


def _is_emptied(row: _Row, heading: str, field: str, now: Action) -> bool:
    return bool(getattr(now, field)) and not row.text(heading)


def _emptied(row: _Row, heading: str, field: str, now: Action) -> CellProblem:
    found = row.problem("action", f"“{heading}” was {str(getattr(now, field))!r}, now empty: it stays")
    return CellProblem(found.sheet, found.cell, "", found.why)


def _moved(house: Opened, given: str, state: str, at: datetime) -> Action:
    """The action fixed, checked or dropped as the column "state" says. Raises UsageError for any other words."""
    for name, pattern in _STATES.items():
        said = pattern.fullmatch(state)
        if said is not None and name == "check":
            return check(house, given, said[1].upper(), at, said[2] or "")
        if said is not None:
            return fix(house, given, said[1], at) if name == "fix" else drop(house, given, said[1], at)
    raise UsageError(
        f"{state[:60]!r} is no state of an action",
        where="state",
        fix="write: fixed in VERSION, or: checked in 2026-W48, or: dropped: WHY",
    )


def _new(house: Opened, week: str, row: _Row, at: datetime) -> tuple[int, list[CellProblem]]:
    """A row without an id: an action to be written down. The same one is written down once; a due week that came later is its."""
    calls = tuple(part.strip() for part in re.split(r"[\n,;]", row.text("calls")) if part.strip())
    plan = Plan(
        calls,
        row.text("criterion"),
        row.text("cause to fix"),
        row.text("who mends it"),
        row.text("due") or None,
        row.text("note"),
    )
    before = next((history for history in action_history(house.ledger).values() if _is_same(history[0], plan, week)), None)
    if before is not None and plan.due in {None, *(one.due for one in before)}:
        return 0, list(_beside_new(row))
    try:
        if before is not None:
            amend(house, before[-1].id, {"due": plan.due or ""}, week, at)
        else:
            add(house, week, plan, at)
    except UsageError as error:
        heading = next(iter(row.cells))
        words = "; ".join(as_text(cell.value) for cell in row.cells.values())
        found = row.problem(heading, f"is no action yet: {error.what}; kept, not taken")
        return 0, [CellProblem(found.sheet, found.cell, words, found.why, error.fix or "")]
    return 1, [*_beside_new(row), *_elsewhere(row)]


def _beside_new(row: _Row) -> Iterator[CellProblem]:
    """What a new row says where an action that is there already has its id and its state."""
    for heading in ("action", "state"):
        if row.text(heading):
            yield row.problem(heading, "says nothing of a new action; it has an id in the next report: kept, not taken")


def _is_same(first: Action, plan: Plan, week: str) -> bool:
    """Whether the row that was written down as this action says the same still; calls by id or SOURCE:ID, in any order."""
    named = {name: identity for identity in first.calls for name in (identity[1], ":".join(identity))}
    said = (plan.criterion.casefold().replace(" ", "_"), plan.cause.casefold(), " ".join(plan.owner.split()), plan.note)
    same = (first.criterion.casefold(), first.cause, first.owner, first.note)
    return first.week == week and said == same and {named.get(call) for call in plan.calls} == set(first.calls)


def _elsewhere(row: _Row) -> Iterator[CellProblem]:
    """What stands in columns that the sheet does not have."""
    for heading in row.cells:
        if heading not in {"action", "state", "criterion", "calls", *FIELDS}:
            yield row.problem(heading, "stands in a column that is none of this sheet's: kept, not taken")
