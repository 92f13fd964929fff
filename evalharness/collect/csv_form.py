"""calls.csv and the turns.csv beside it -> rows in our form, call by call.

The turns are found through an index of where each call's rows lie (about 200 bytes a call), so neither file is held in
memory and the rows of a call may stand anywhere. Rows read = the rows of calls.csv + the rows of turns.csv that belong
to no call of calls.csv (each of those is rejected). Turn rows of a call are part of that call, not rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from evalharness.collect.broken import Gaps, guess_in, lacking
from evalharness.collect.csv_cells import Columns, call_columns, turn_columns
from evalharness.collect.csv_records import Record, delimiter_of, read_records
from evalharness.collect.inputs import open_input, open_seekable
from evalharness.collect.reasons import FieldError, shown
from evalharness.collect.rows import Limits, RawRow
from evalharness.errors import InputError
from evalharness.models.intake import Rejected

_Runs = list[tuple[int, int, int]]  # (byte offset, first line, rows) of neighbouring rows of one call


def turns_beside(path: Path) -> Path:
    """turns.csv of a calls.csv: the same name with `turns` for `calls`. Raises InputError where that cannot be."""
    if "calls" not in path.name:
        raise InputError(
            f"{path.name} is not named calls.csv",
            where=str(path),
            why="the turns are looked for beside it: calls.csv and turns.csv, calls-47.csv and turns-47.csv",
            fix="rename the two files",
        )
    turns = path.with_name(path.name.replace("calls", "turns", 1))
    if not turns.is_file():
        raise InputError(
            f"{turns.name} is missing beside {path.name}",
            where=str(turns),
            why="calls without turns cannot be graded",
            fix=f"export the turns too; a {turns.name} with only the header call_id,index,speaker,text says that there are none",
        )
    return turns


def read_csv(path: Path, limits: Limits) -> Iterator[RawRow | Rejected]:
    """The calls in the order of calls.csv, then the turn rows without a call. Raises InputError for an unusable header."""
    turns_path = turns_beside(path)
    cap = limits.call_kb * 1024
    with open_input(path, limits.file_mb) as file, open_seekable(turns_path, limits.file_mb) as turns_file:
        index = _TurnIndex(turns_path, turns_file, limits)
        records = read_records(file, cap, delimiter_of(path))
        columns = _header(path, records, "call")
        for record in records:
            yield _call_row(path.name, record, columns, index)
        yield from index.orphans()


def _header(path: Path, records: Iterator[Record], kind: str) -> Columns:
    first = next(records, None)
    try:
        return _columns(first, kind)
    except FieldError as error:
        raise InputError(
            f"the header of {path.name} cannot be used: {error}",
            where=f"{path}, line 1",
            why="a column that is not known would be lost silently",
            fix="rename or remove the column; columns of your own are written metadata.NAME",
        ) from None


def _columns(first: Record | None, kind: str) -> Columns:
    if first is None or first.problem:
        raise FieldError("", first.problem if first else "the file is empty")
    return call_columns(first.cells) if kind == "call" else turn_columns(first.cells)


def _call_row(name: str, record: Record, columns: Columns, index: _TurnIndex) -> RawRow | Rejected:
    """The call with its turns. A row that cannot be read still claims its turns where its id is known."""
    if record.problem:
        return Rejected(file=name, line=record.line, field="", reason=record.problem)
    try:
        raw = columns.values(record.cells)
        raw["turns"] = index.turns(raw.get("id", ""))
    except _TurnError as error:
        return Rejected(file=index.path.name, line=error.line, field=error.field, reason=error.reason)
    except FieldError as error:
        index.claim(dict(zip(columns.names, record.cells, strict=False)).get("id", ""))
        return Rejected(file=name, line=record.line, field=error.field, reason=error.reason)
    return RawRow(raw, record.line, size=index.size + sum(map(len, record.cells)))


class _TurnError(FieldError):
    """A turn row that spoils its call; `line` is its line in turns.csv."""

    def __init__(self, line: int, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.line = line


class _TurnIndex:
    """Where the rows of each call lie in turns.csv; built in one pass."""

    def __init__(self, path: Path, file: BinaryIO, limits: Limits) -> None:
        self.path, self.file, self.limits, self.cap = path, file, limits, limits.call_kb * 1024
        self.sign = delimiter_of(path)
        records = read_records(file, self.cap, self.sign)
        self.columns = _header(path, records, "turn")
        self.at = self.columns.names.index("call_id")
        self._least = min(self.at + 1, len(self.columns.names) - 1)  # a row that ends in its call_id may be cut off there
        self.runs: dict[bytes, _Runs] = {}
        self.claimed: set[bytes] = set()
        self.unread: list[Record] = []
        self.size = 0  # of the turns asked for last
        self._fill(records)

    def _fill(self, records: Iterator[Record]) -> None:
        before = b""
        gaps = Gaps()
        for record in records:
            lost = bool(record.problem) or len(record.cells) <= self._least
            key = b"" if lost else _key(record.cells[self.at])
            gaps.add(record.line, None if lost else record.cells[self.at] or None, lost=lost)
            if not key:
                self.unread.append(record)
            elif key == before:
                offset, line, rows = self.runs[key][-1]
                self.runs[key][-1] = (offset, line, rows + 1)
            else:
                self.runs.setdefault(key, []).append((record.offset, record.line, 1))
            before = key
        spoiled = gaps.spoiled(guess_in(self.path, "call_id", table=True))
        self.spoiled = {_key(call_id): line for call_id, line in spoiled.items()}

    def claim(self, call_id: str) -> None:
        """Marks the rows of a call as belonging to one, read or not."""
        self.claimed.add(_key(call_id))

    def turns(self, call_id: str) -> list[dict[str, Any]]:
        """The turns of a call in the order of `index` (else of the file). Raises _TurnError; FieldError where one is lost."""
        self.claim(call_id)
        runs = self.runs.get(_key(call_id), [])
        if _key(call_id) in self.spoiled:
            raise FieldError("turns", lacking(self.spoiled[_key(call_id)], f" of {self.path.name}"))
        if sum(rows for _, _, rows in runs) > self.limits.turns:
            raise _TurnError(runs[0][1], "turns", f"the call has more than {self.limits.turns} turns")
        turns: list[tuple[int, dict[str, Any]]] = []
        self.size = 0
        for run in runs:
            for record, line in self._records(run):
                self.size += sum(map(len, record.cells))
                if self.size > self.cap:
                    raise _TurnError(line, "turns", f"the call is longer than {self.limits.call_kb} kB")
                turns.append(self._turn(record, line))
        return _in_order(turns)

    def _records(self, run: tuple[int, int, int]) -> Iterator[tuple[Record, int]]:
        offset, line, rows = run
        self.file.seek(offset)
        records = read_records(self.file, self.cap, self.sign)
        for _ in range(rows):
            record = next(records)
            yield record, line + record.line - 1

    def _turn(self, record: Record, line: int) -> tuple[int, dict[str, Any]]:
        try:
            values = self.columns.values(record.cells)
        except FieldError as error:
            raise _TurnError(line, error.field, error.reason) from None
        values.pop("call_id")
        if values.get("tool_calls") and not values["text"]:
            values["text"] = None
        return line, values

    def orphans(self) -> Iterator[Rejected]:
        """Turn rows whose call_id stands in no row of calls.csv, and those that could not be read."""
        for record in self.unread:
            short = len(record.cells) <= self._least
            cells = (
                f"the row has {len(record.cells)} cells, the header {len(self.columns.names)}"
                if short
                else "the row has no call_id"
            )
            yield Rejected(file=self.path.name, line=record.line, field="", reason=record.problem or cells)
        for key, runs in self.runs.items():
            if key in self.claimed:
                continue
            for run in runs:
                for record, line in self._records(run):
                    name = shown(record.cells[self.at])
                    yield Rejected(file=self.path.name, line=line, field="call_id", reason=f"no call has the id {name}")


def _key(call_id: str) -> bytes:
    return blake2b(call_id.encode("utf-8", "surrogatepass"), digest_size=16).digest() if call_id else b""


def _in_order(turns: list[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Sorted by index where it is given; all rows of a call give it or none does. Raises _TurnError."""
    seen: set[int] = set()
    for line, turn in turns:
        index = turn.get("index")
        if (index is None) != ("index" not in turns[0][1]):
            raise _TurnError(line, "index", "stands in some rows of the call and not in others")
        if index in seen:
            raise _TurnError(line, "index", f"{index} stands twice in this call")
        if index is not None:
            seen.add(index)
    if seen:
        turns = sorted(turns, key=lambda turn: int(turn[1]["index"]))
    return [{name: value for name, value in turn.items() if name != "index"} for _, turn in turns]
