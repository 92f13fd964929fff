"""A person and their programs at work on a sheet: copies, tidying, typing, saving, in any order, with the desk in between.

Every cell that is typed is an event of its own, so that after an import it can be said of each whether it was kept or named.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import openpyxl

from evalharness.flows.opened import Opened
from evalharness.flows.sheets import SheetState, drawn_sample, exchange_sheets, import_sheet, sheet_place
from evalharness.grade.human.layout import Question, spec_from
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.store.call_log import CallLog
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_grades, freeze_rubric, freeze_sample, load_grades
from evalharness.workspace.folder import Workspace
from tests.builders import WEEK, a_grade
from tests.flows.workspaces import make_workspace
from tests.grade.human.desk import AT, RUBRIC, SAMPLE, id_of
from tests.grade.human.test_round_trips import ANY, HEADINGS, JUNK

ANNA = "Anna Keller"
MINE = SAMPLE.model_copy(update={"design": SAMPLE.design.model_copy(update={"asked": {ANNA: (1, 2, 3)}})})
IDS = {id_of(position, sample=MINE): f"c{position}" for position in (1, 2, 3)}
CRITERIA = {criterion: {**ANY, **words} for criterion, words in HEADINGS.values()}
UNCLEAR = (*JUNK, datetime(2026, 3, 4))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
Slot = tuple[str, str]
"""(call id, criterion or "note")."""


@dataclass(eq=False)
class Typed:
    """A cell somebody typed into: what it is about, what was typed, where it stands in the saved file, whether it was read."""

    slot: Slot
    value: Any
    place: tuple[str, str] = ("", "")
    read: bool = False

    @property
    def means(self) -> Any:
        """The answer that a person means by it; None where nobody can tell."""
        return None if self.value is True else CRITERIA.get(self.slot[1], {}).get(self.value)


@dataclass
class Page:
    """A page as a grid of values; `names`: what each column is, as the page was written."""

    title: str
    rows: list[list[Any]]
    names: list[str]

    def rows_of(self, row_id: str) -> list[int]:
        """Where a row with this id stands."""
        return [at for at, row in enumerate(self.rows) if row_id in row]

    def copy(self) -> Page:
        """Another page with the same content."""
        return Page(self.title, [list(row) for row in self.rows], list(self.names))


@dataclass
class Copy:
    """A file somebody holds: its pages, the hidden one, and all that was ever typed into it."""

    pages: list[Page]
    meta: list[list[Any]]
    typed: list[Typed] = field(default_factory=list)

    def copy(self) -> Copy:
        """Saved under another name: what was typed is the same typing."""
        return Copy([page.copy() for page in self.pages], self.meta, list(self.typed))


def prepared(folder: Path) -> Path:
    """A workspace with the small week of three calls drawn for Anna; no call log."""
    root = make_workspace(folder / "ws", ())
    with Ledger.open(root / "ledger.db", create=True) as ledger, ledger.transaction() as tx:
        freeze_rubric(tx, RUBRIC, AT)
        freeze_sample(tx, MINE, AT)
    return root


Done = tuple[Copy, list[Typed], SheetState, str | None]
"""A copy that was brought, what was typed into it last, what its import said, and its name where it is no workbook."""


class Desk:
    """One person's week on a copy of the prepared workspace, and what must hold after each step."""

    def __init__(self, template: Path, folder: Path, seed: int) -> None:
        self.root = Path(shutil.copytree(template, folder / "ws", copy_function=shutil.copy2))
        self.dice, self.now, self.kept = random.Random(seed), AT, 0
        self.ledger = Ledger.open(self.root / "ledger.db")
        workspace = Workspace.at(self.root)
        self.house = Opened(workspace, workspace.config, self.ledger, cast("CallLog", None))
        self.copies: list[Copy] = []
        self.exchange()

    def exchange(self) -> None:
        """The sheet is written where there is none; who opens it has a new copy."""
        self.now += timedelta(hours=1)
        exchange_sheets(self.house, WEEK, self.now)
        self.place = sheet_place(self.house, drawn_sample(self.house, WEEK), ANNA)
        self.copies.append(opened_copy(self.place.read_bytes()))

    def anew(self) -> None:
        """The file is thrown away and written again with what was answered so far."""
        self.place.unlink()
        self.exchange()

    def answer_at_the_desk(self) -> None:
        """An answer outside of any sheet."""
        self.now += timedelta(hours=1)
        call, criterion = self.dice.choice([*IDS.values()]), self.dice.choice([*CRITERIA])
        value = self.dice.choice([means for means in CRITERIA[criterion].values() if means != "N/A"])
        digest = MINE.criterion_digests[criterion]
        grade = a_grade(value, criterion, call, seconds=5.0, manner="read", at=self.now, criterion_digest=digest)
        with self.ledger.transaction() as tx:
            add_grades(tx, [grade])

    def work(self) -> None:
        """Some copy is tidied, typed into, saved and, mostly, imported."""
        mine = self.dice.choice(self.copies[-4:]).copy()
        if self.dice.random() < 0.15 and len(self.copies) > 1:
            merge(mine, self.dice.choice(self.copies))
        for _ in range(self.dice.randint(0, 3)):
            tidy(mine.pages[0], self.dice)
        found = [one for _ in range(self.dice.randint(1, 4)) if (one := type_into(mine, self.dice)) is not None]
        fresh = [*{one.place: one for one in found}.values()]  # of one cell the last typing
        mine.typed = [one for one in mine.typed if one not in found or one in fresh]
        self.copies.append(mine)
        if self.dice.random() < 0.85:
            self.bring(mine, fresh)

    def bring(self, mine: Copy, fresh: list[Typed]) -> None:
        """The copy is saved somewhere and read; then everything that must hold is checked."""
        self.now += timedelta(hours=1)
        kind = self.dice.choice(["place", "place", "beside", "outside", "csv"])
        self.kept += 1
        path = {"place": self.place, "beside": self.place.with_name(f"copy {self.kept}.xlsx")}.get(kind)
        path = path or self.root.parent / f"copy {self.kept}.{'csv' if kind == 'csv' else 'xlsx'}"
        path.write_bytes(as_csv(mine, self.dice) if kind == "csv" else as_workbook(mine))
        title = path.name if kind == "csv" else None
        before, desk = self.grades(), self.of_the_desk(path)
        state = import_sheet(self.house, path, drawn_sample(self.house, WEEK), self.now)
        if path == self.place:  # what is put over the file in its place is the person's word, also where it was said before
            for one in mine.typed:
                one.read = False
        check(before, self.grades(), desk, (mine, fresh, state, title))
        for one in mine.typed:
            one.read = one.read or not state.error
        again = import_sheet(self.house, path, drawn_sample(self.house, WEEK), self.now)
        assert again.accepted == 0, "the same file twice changes nothing"

    def grades(self) -> list[Grade]:
        """Every grade so far."""
        return load_grades(self.ledger, WEEK)

    def of_the_desk(self, path: Path) -> dict[Slot, Any]:
        """The answers of the desk that no file of this place may replace: given since it was written, or at any time."""
        rows = self.ledger.rows("exports", path=path.relative_to(self.root).as_posix()) if self.root in path.parents else []
        written = datetime.fromisoformat(rows[-1]["at"]) if rows else None
        newest = standing(self.grades())
        return {
            slot: said(grade)
            for slot, grade in newest.items()
            if grade.seconds is not None and (written is None or grade.at > written)
        }


def check(before: list[Grade], after: list[Grade], desk: dict[Slot, Any], done: Done) -> None:
    """Nothing lost, nothing overwritten, every ignored cell named."""
    mine, fresh, state, title = done
    assert after[: len(before)] == before, "a grade that was kept is gone or changed"
    was, now = standing(before), standing(after)
    for slot in now:
        changed = said(now[slot]) != said(was.get(slot))
        typed = [one for one in mine.typed if one.slot == slot and one.means == said(now[slot]) and not one.read]
        assert not changed or typed, f"{slot} became {said(now[slot])}, which nobody typed since"
        assert slot not in desk or not changed, f"{slot} of the desk was taken back"
    for one in fresh:
        if state.error or one.value is None:
            continue
        sheet, cell = (title or one.place[0]), one.place[1]
        if title and one.place[0] != mine.pages[0].title:
            continue  # a CSV file holds one page
        named = any(is_named(problem, sheet, cell) for problem in state.problems)
        assert named or is_kept(one, after), f"{sheet}!{cell} {one.value!r} is neither kept nor named: {state.problems}"
        assert named or one.slot[1] in ("note", "") or one.means is not None, f"{sheet}!{cell} {one.value!r} was guessed"


def is_kept(one: Typed, grades: list[Grade]) -> bool:
    """Whether the answer, or the note, is in the ledger."""
    if one.slot[1] == "note":
        return any(grade.call_id == one.slot[0] and str(one.value) in grade.rationale for grade in grades)
    return any((grade.call_id, grade.criterion) == one.slot and said(grade) == one.means for grade in grades)


def is_named(problem: Any, sheet: str, cell: str) -> bool:
    """Whether the problem is about this cell, by itself or among others."""
    cells = problem.cell.split(" to ")
    return (problem.sheet == sheet and cell in cells) or f"{sheet}!{cell}" in problem.why


def standing(grades: list[Grade]) -> dict[Slot, Grade]:
    return {(grade.call_id, grade.criterion): grade for grade in grades}


def said(grade: Grade | None) -> Any:
    return grade.value if isinstance(grade, Scored) else "N/A" if isinstance(grade, NotApplicable) else None


def opened_copy(data: bytes) -> Copy:
    """The file as another program holds it: values alone."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = [[cell.value or None for cell in row] for row in book["Scores"].iter_rows()]
    specs = [spec_from(value) if isinstance(value, str) else None for value in rows[2]]
    names = [one.criterion if isinstance(one, Question) else one or "row" for one in specs]
    return Copy([Page("Scores", rows, names)], [[cell.value for cell in row] for row in book["meta"].iter_rows()])


def merge(mine: Copy, other: Copy) -> None:
    """Somebody puts the page of another copy into this file."""
    if len(mine.pages) < 2:
        page = other.pages[0].copy()
        page.title = f"{page.title} (2)"
        mine.pages.append(page)
        mine.typed += [one for one in other.typed if one not in mine.typed]


def tidy(page: Page, dice: random.Random) -> None:  # noqa: C901 - a list of things to do
    """One of the things people do to a page that change no answer, or take some away."""
    body = [at for at, row in enumerate(page.rows) if any(value in IDS for value in row)]
    width = len(page.names)
    match dice.randrange(8):
        case 0:
            kept = [page.rows[at] for at in body]
            dice.shuffle(kept)
            for at, row in zip(body, kept, strict=True):
                page.rows[at] = row
        case 1:
            order = dice.sample(range(width), width)
            page.rows = [[row[at] for at in order] for row in page.rows]
            page.names = [page.names[at] for at in order]
        case 2:
            page.title = dice.choice(["Anna", "Tabelle1", "Scores"])
        case 3:
            at = dice.randrange(width)
            page.rows = [[*row[:at], None, *row[at:]] for row in page.rows]
            page.names.insert(at, "")
        case 4:
            page.rows.insert(dice.randrange(len(page.rows) + 1), [None] * width)
        case 5 if body:
            page.rows.append(list(page.rows[dice.choice(body)]))
        case 6 if len(body) > 1:
            del page.rows[dice.choice(body)]
        case 7:
            at = dice.randrange(width)
            if page.names[at] not in ("row", ""):
                page.rows = [[*row[:at], *row[at + 1 :]] for row in page.rows]
                del page.names[at]


def type_into(mine: Copy, dice: random.Random) -> Typed | None:
    """A value typed into some cell; None where the cell is gone."""
    page, row_id = dice.choice(mine.pages), dice.choice([*IDS])
    name = dice.choice([*CRITERIA, "note", "note", ""])
    rows = page.rows_of(row_id)
    if name not in page.names or not rows:
        return None
    words = [f"words {dice.random()}"] if name in ("note", "") else [*CRITERIA[name], *CRITERIA[name], *UNCLEAR, None]
    at, column = dice.choice(rows), page.names.index(name)
    one = Typed((IDS[row_id], name), dice.choice(words), (page.title, f"{openpyxl.utils.get_column_letter(column + 1)}{at + 1}"))
    page.rows[at][column] = one.value
    mine.typed.append(one)
    return one


def as_workbook(mine: Copy) -> bytes:
    """The file as saved by a program that keeps no more than values."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in [*((page.title, page.rows) for page in mine.pages), ("meta", mine.meta)]:
        sheet = book.create_sheet(title)
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(at, column).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_csv(mine: Copy, dice: random.Random) -> bytes:
    """The first page as CSV, with one of the usual separators and encodings that can hold it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=dice.choice(",;\t")).writerows(mine.pages[0].rows)
    for encoding in dice.sample(ENCODINGS, len(ENCODINGS)):
        try:
            return text.getvalue().encode(encoding)
        except UnicodeEncodeError:
            continue
    raise AssertionError("UTF-8 holds everything")
