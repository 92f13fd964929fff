"""A filled-in sheet, whatever was sorted, reordered, renamed or deleted in it -> SheetReading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalharness.errors import SheetError
from evalharness.grade.human.cells import as_text, is_blank, normal
from evalharness.grade.human.file_kind import is_archive
from evalharness.grade.human.layout import (
    ASSISTED_FORMS,
    META,
    ROW_HEADERS,
    ROW_ID,
    Identity,
    Question,
    identity_from,
    spec_from,
)
from evalharness.grade.human.reading import CellProblem, SheetReading
from evalharness.grade.human.rows import FURNITURE, Typed, read_row
from evalharness.grade.human.table import Table, csv_table, workbook_tables
from evalharness.xlsx import ReadCell


@dataclass(frozen=True)
class _Form:
    """A table that is a form: its identity, what each column holds, and its rows."""

    table: Table
    identity: Identity
    columns: dict[int, Question | str]
    id_column: int


def read_sheet(data: bytes, file_name: str) -> SheetReading:
    """Everything typed into a grading sheet (.xlsx, or the Scores or Turns sheet as .csv), and every cell that is no answer.

    Rows are known by their row id and columns by the hidden machine row, else by their headings. Raises SheetError for a file
    that is no grading sheet, beyond the caps, of another format version, or mixed of two sheets.
    """
    as_csv = file_name.lower().endswith(".csv") and not is_archive(data)
    tables = csv_table(data, file_name) if as_csv else workbook_tables(data)
    try:
        forms = [form for table in tables if (form := _form(table, tables)) is not None]
    except ValueError as error:
        raise SheetError(f"the grading sheet cannot be read: {error}", where=file_name, fix="export the sheet again") from error
    if not forms:
        raise SheetError(
            "no grading form in this file",
            where=file_name,
            why="neither its machine row nor its headings are there",
            fix="fill in the sheet that evalharness wrote, or export it again",
        )
    first = forms[0].identity
    if any((form.identity.sample, form.identity.grader) != (first.sample, first.grader) for form in forms):
        what = "the file mixes grading sheets of two graders or draws"
        raise SheetError(what, where=file_name, fix="import each file by itself")
    found = _reading(forms, file_name)
    return replace(found, problems=(*found.problems, *(one for table in tables for one in table.beyond)))


def _reading(forms: list[_Form], file_name: str) -> SheetReading:
    typed: dict[str, list[Typed]] = defaultdict(list)
    problems: list[CellProblem] = []
    for form in forms:
        for row in form.table.rows:
            name, found = _typed(form, row)
            if name is None:
                problems += [_homeless(found)] if found else []
            elif name not in form.identity.rows:
                problems.append(_unknown(form, row, name))
            else:
                typed[name] += found
                problems += _elsewhere(form, row, name)
    places = {name: place for form in forms for name, place in form.identity.rows.items()}
    assisted = {name for form in forms if form.identity.form in ASSISTED_FORMS for name in form.identity.rows}
    rows = []
    for name in sorted(typed, key=lambda name: (places[name][0], -1 if places[name][1] is None else places[name][1])):
        found_row, unclear = read_row(name, places[name], typed[name])
        rows.append(replace(found_row, assisted=name in assisted))
        problems += unclear
    first = forms[0].identity
    return SheetReading(
        file_name=file_name,
        week=first.week,
        sample_digest=first.sample,
        rubric_digest=first.rubric,
        grader=first.grader,
        rows=tuple(rows),
        columns=_questions(forms),
        problems=tuple(problems),
        missing=tuple(_place_words(name, place) for name, place in places.items() if name not in typed),
    )


def _questions(forms: list[_Form]) -> dict[str, frozenset[str]]:
    """Form -> the questions that have a column in it, in any of its tables."""
    found: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        found[form.identity.form] |= {spec.criterion for spec in form.columns.values() if isinstance(spec, Question)}
    return {name: frozenset(asked) for name, asked in found.items()}


def _place_words(name: str, place: tuple[int, int | None]) -> str:
    turn = "" if place[1] is None else f", turn {place[1]}"
    return f"{name} (call {place[0]}{turn})"


def _form(table: Table, tables: list[Table]) -> _Form | None:
    """The table as a form: by its machine row, else by its headings and the hidden sheet. Raises ValueError if damaged."""
    if _is_meta(table):
        return None
    for row in table.rows:
        for cell in row:
            identity = identity_from(cell.value) if isinstance(cell.value, str) else None
            if identity is not None:
                columns = {c.column: spec for c in row if isinstance(c.value, str) and (spec := spec_from(c.value)) is not None}
                return _Form(table, identity, {c: spec for c, spec in columns.items() if c != cell.column}, cell.column)
    return _form_by_headings(table, tables)


def _form_by_headings(table: Table, tables: list[Table]) -> _Form | None:
    """The machine row is gone: headings as the hidden sheet lists them say what the columns are."""
    for identity, headings in _listed(tables):
        for row in table.rows:
            names = {cell.column: cell.value for cell in row}
            id_column = next((column for column, name in names.items() if name == ROW_HEADERS.get(identity.form)), None)
            if id_column is not None:
                columns = {column: headings[name] for column, name in names.items() if name in headings}
                return _Form(table, identity, columns, id_column)
    return None


def _is_meta(table: Table) -> bool:
    return bool(table.rows) and table.rows[0][0].value == META


def _listed(tables: list[Table]) -> Iterator[tuple[Identity, dict[str, Question | str]]]:
    """The identity and headings of each form, as the hidden sheet lists them."""
    for table in tables:
        if not _is_meta(table):
            continue
        for row in table.rows[1:]:
            texts = [cell.value for cell in row if isinstance(cell.value, str)]
            identity = identity_from(texts[0]) if texts else None
            if identity is not None:
                specs = [(heading, spec_from(text)) for heading, text in zip(texts[1::2], texts[2::2], strict=False)]
                yield identity, {heading: spec for heading, spec in specs if spec is not None}


def _typed(form: _Form, row: list[ReadCell]) -> tuple[str | None, list[Typed]]:
    """The row id (None where there is none) and what stands in the columns a person fills; furniture gives nothing."""
    held = {cell.column: cell for cell in row}
    label = held[form.id_column].value if form.id_column in held else None
    name = normal(label).upper() if isinstance(label, str) else ""
    if isinstance(label, str) and (label.startswith("{") or label in FURNITURE):
        return None, []
    line = row[0].row
    typed = [Typed(form.table.title, spec, held.get(at, ReadCell(line, at, None))) for at, spec in sorted(form.columns.items())]
    filled = [each for each in typed if each.cell.value is not None and each.is_input]
    if not ROW_ID.fullmatch(name):
        return None, filled
    return name, [each for each in typed if each.is_input]


def _homeless(found: list[Typed]) -> CellProblem:
    words = "; ".join(each.text for each in found)
    why = "stands in a row without a row id, so it belongs to no call"
    return CellProblem(found[0].sheet, found[0].cell.name, words, why, "answers beside a row id of this sheet")


def _elsewhere(form: _Form, row: list[ReadCell], name: str) -> list[CellProblem]:
    """What stands beside a row id in columns that the sheet does not have: notes in a column somebody added."""
    known = {form.id_column, *form.columns}
    found = [
        cell for cell in row if cell.column not in known and not is_blank(cell.value) and as_text(cell.value).strip() != name
    ]
    if not found:
        return []
    cells = found[0].name if len(found) == 1 else f"{found[0].name} to {found[-1].name}"
    words = "; ".join(as_text(cell.value) for cell in found)
    why = "stands in a column that is none of this sheet's: it is not read"
    return [CellProblem(form.table.title, cells, words, why, "a text in Note, which is kept")]


def _unknown(form: _Form, row: list[ReadCell], name: str) -> CellProblem:
    cell = next((cell for cell in row if cell.column == form.id_column), row[0])
    return CellProblem(form.table.title, cell.name, name, "is no row of this sheet; nothing of the row is taken")
