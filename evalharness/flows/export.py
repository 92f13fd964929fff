"""Tidy tables of some weeks in a folder: written together, never over what is not ours, recorded with the calls in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from evalharness import __version__
from evalharness.errors import ExportError, UsageError
from evalharness.flows.exported import summaries, with_trend_over
from evalharness.flows.exports import digest_of_bytes, placed
from evalharness.flows.opened import Opened
from evalharness.models.summary import WeekSummary
from evalharness.report.exports import catalogue, dictionary, forms
from evalharness.report.exports.dictionary import Written
from evalharness.report.exports.otel import otel_lines
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_schema import NAME as SCHEMA
from evalharness.report.exports.summary_schema import published
from evalharness.report.exports.table import Row, Table
from evalharness.store.files import digest_file, is_open_elsewhere, remove_leftovers, staged
from evalharness.store.records import add_export
from evalharness.store.table_file import Field, parquet_table

Form = Literal["csv", "parquet", "json", "otel"]
FORMS: tuple[Form, ...] = ("csv", "parquet", "json", "otel")
KIND = "export"
EVENTS = "evaluations.otlp.jsonl"
Held = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ExportWish:
    """What somebody wants: the weeks (oldest first), the form, the folder (None: exports/WEEKS/FORM), and whether with texts."""

    weeks: tuple[str, ...]
    form: Form = "csv"
    folder: Path | None = None
    texts: bool = False


@dataclass(frozen=True)
class Exported:
    """The folder, its files with their rows (None: no table), and the names of those that were written or taken away now."""

    folder: Path
    files: Mapping[str, int | None]
    changed: tuple[str, ...]
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class _File:
    data: bytes
    rows: int | None = None
    calls: Held = ()


def export(house: Opened, wish: ExportWish, now: datetime) -> Exported:
    """Writes the weeks' tables and their dictionary to the folder. The same weeks give the same bytes.

    Nothing is replaced before all is written; the dictionary comes last. A file that stands in the folder and is not as this
    command wrote it is left, and nothing is written. Raises ExportError for that, for a file that is open elsewhere and for a
    full disk, UsageError for a folder of the workspace that holds something else.
    """
    folder = _folder(house, wish)
    made = _made(with_trend_over(house, summaries(house, wish.weeks, now)), wish)
    fresh = {folder / name: file for name, file in made.items() if _fresh(house, folder / name, file)}
    gone = _stale(house, folder, made)
    if fresh or gone:
        remove_leftovers(folder, below=False)
    with staged({path: file.data for path, file in fresh.items()}) as put:
        with house.ledger.transaction() as tx:
            for path, file in fresh.items():
                details = {"weeks": list(wish.weeks), "calls": [list(one) for one in file.calls]}
                add_export(tx, placed(house, path), digest_of_bytes(file.data), KIND, wish.weeks[-1], now, details)
        put()
    for path in gone:
        path.unlink(missing_ok=True)
    rows = {name: file.rows for name, file in made.items()}
    return Exported(folder, rows, tuple(path.name for path in fresh), tuple(path.name for path in gone))


def _folder(house: Opened, wish: ExportWish) -> Path:
    root, own = house.workspace.root, house.workspace.root / "exports"
    if wish.folder is None:
        span = wish.weeks[0] if len(wish.weeks) == 1 else f"{wish.weeks[0]}_{wish.weeks[-1]}"
        return own / span / wish.form
    folder = wish.folder.absolute().resolve()
    file = next((one for one in (folder, *folder.parents) if one.exists() and not one.is_dir()), None)
    if file is not None:
        raise UsageError(f"{file} is a file, not a folder", where="DIR", fix="name a folder; a new one is made")
    if folder.is_relative_to(root.resolve()) and not folder.is_relative_to(own.resolve()):
        raise UsageError(
            f"{wish.folder} is a folder of the workspace itself",
            where="DIR",
            why="reports, sheets and the call log stand there, and an export would lie among them",
            fix="leave DIR out (exports/WEEK/FORM), or name a folder in exports/ or outside the workspace",
        )
    return folder


def _fresh(house: Opened, path: Path, file: _File) -> bool:
    """Whether the file is to be written. Raises ExportError where something else stands there."""
    if not path.exists():
        return True
    found = digest_file(path)
    if found == digest_of_bytes(file.data) and _ours(house, path, found):
        return False
    opened, ours = is_open_elsewhere(path), _ours(house, path, found)
    if opened or not ours:
        raise ExportError(
            f"{path.name} {'is open in another program' if opened else 'is not as this command wrote it'}",
            where=str(path),
            why="replacing it could lose what somebody typed; nothing was written",
            fix="close, move or delete it, or export to another folder",
        )
    return True


def _ours(house: Opened, path: Path, digest: str) -> bool:
    """Whether these bytes were written there by an export, this time or ever."""
    return any(row["digest"] == digest for row in house.ledger.rows("exports", path=placed(house, path), kind=KIND))


def _stale(house: Opened, folder: Path, made: Mapping[str, _File]) -> list[Path]:
    """Files of an earlier export that this one has not, as they were written: texts are not left where none were asked for."""
    if not folder.is_dir():
        return []
    others = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name not in made]
    return [path for path in others if _ours(house, path, digest_file(path))]


def _made(weeks: Sequence[WeekSummary], wish: ExportWish) -> dict[str, _File]:
    """Name -> file, the data package last."""
    if wish.form == "otel":
        calls = tuple((one.call.source, one.call.id) for week in weeks for one in (*week.results, *week.picked))
        return {EVENTS: _File(otel_lines(weeks, __version__, texts=wish.texts), None, calls)}
    tables = [table for table in catalogue.TABLES if wish.texts or not table.texts]
    rows = {table.name: list(catalogue.rows(table, weeks)) for table in tables}
    written = {
        f"{table.name}.{wish.form}": Written(table, wish.form, _data(table, rows[table.name], wish.form), len(rows[table.name]))
        for table in tables
    }
    made = {name: _File(one.data, one.rows, _held(rows[one.table.name])) for name, one in written.items()}
    if wish.form == "json":
        made |= {f"summary-{week.week}.json": _File(summary_json(week), None, _held_by(week)) for week in weeks}
        made[SCHEMA] = _File(published())
    made["dictionary.md"] = _File(f"# Data dictionary\n\n{dictionary.markdown(tables)}".encode())
    newest = weeks[-1]
    package = dictionary.datapackage(
        written, agent=newest.agent, weeks=wish.weeks, version=__version__, ledger_head=newest.ledger_head
    )
    return {**made, "datapackage.json": _File(package)}


def _data(table: Table, rows: Sequence[Row], form: str) -> bytes:
    if form == "csv":
        return forms.as_csv(table, rows)
    if form == "json":
        return forms.as_json(table, rows)
    forms.fit_64_bits(table, rows)
    fields = [
        Field(one.name, one.kind, one.nullable, {"description": one.means, "unit": one.unit, "missing": one.missing})
        for one in table.columns
    ]
    return parquet_table(fields, forms.whole_text(forms.cells(table, rows)), {"description": f"A row is {table.row}."})


def _held(rows: Sequence[Row]) -> Held:
    """The calls that rows name, each once."""
    return tuple(dict.fromkeys((row["source"], row["call_id"]) for row in rows if "call_id" in row))


def _held_by(week: WeekSummary) -> Held:
    """The calls that a summary.json names."""
    heard = [(one.source, one.call_id) for one in week.to_hear]
    return tuple(dict.fromkeys([*heard, *((one.source, one.call_id) for one in week.found_cases)]))
