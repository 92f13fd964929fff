"""The rows of a large file of lines read by several processes at once: the same rows, in the same order, as by one.

What a process does with its lines is here and imports little: parsing, checking, redacting, measuring, and the rows that the
call log will write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evalharness.collect.chunks import Chunk, Keys, chunks, chunks_of_events, spans
from evalharness.collect.events import Once
from evalharness.collect.file_checks import check_file
from evalharness.collect.inputs import cannot_read, packed_as
from evalharness.collect.lines import Line, Span
from evalharness.collect.named_forms import named_form
from evalharness.collect.reading import keys_of_lines, lines_of, read_rows, rows_of_lines
from evalharness.collect.recognise import is_lines
from evalharness.collect.rows import Candidate, IntakeRules, Row
from evalharness.collect.workers import in_order, processes
from evalharness.grade.measured.latency import measure_call
from evalharness.models.intake import Rejected
from evalharness.store.part_rows import Written, written

WORTH_BYTES = 16_000_000
"""A smaller file is read before the processes have started."""
_UNPACKS_TO = 5


def to_write(row: Candidate, rules: IntakeRules) -> Written:
    """What the call log writes of a call."""
    if row.kept is not None:
        return row.kept  # type: ignore[no-any-return]
    return written(row.call, measure_call(row.call), rules.zone, row.written, row.digest)


@dataclass(frozen=True)
class _Rows:
    """Lines -> rows with what is written of them, and the calls of which they are events where each has one (see Once)."""

    path: Path
    rules: IntakeRules
    once: bool

    def __call__(self, part: Chunk | Span) -> tuple[list[Row], set[bytes]]:
        once = Once()
        lines = list(lines_of(self.path, self.rules.limits, part)) if isinstance(part, Span) else part
        rows = list(rows_of_lines(lines, self.path.name, self.rules, once if self.once else None))
        for row in rows:
            if isinstance(row, Candidate):
                taken = self.rules.takes(row.call)
                row.keep(to_write(row, self.rules) if taken else None, taken=taken)
        return rows, once.keys


@dataclass(frozen=True)
class _Keys:
    """Lines -> the keys of their events."""

    rules: IntakeRules

    def __call__(self, lines: Chunk) -> Keys:
        return keys_of_lines(lines, self.rules)


def rows_of(path: Path, rules: IntakeRules, count: int | None = None, once: Once | None = None) -> Iterator[Row]:
    """As `read_rows`, by `count` processes (None: as many as are worth while) where the file is lines and large enough.

    Raises InputError where the file cannot be read at all; with `once` SeveralEventsError as `read_rows` does.
    """
    check_file(path, rules.limits.file_mb, parquet=rules.takes_parquet)
    count = _worth(path) if count is None else count
    found = _chunks(path, rules, count, once) if count > 1 and _in_lines(path, rules) else None
    if found is None:
        yield from read_rows(path, rules, once)
        return
    try:
        for rows, keys in in_order(found, _Rows(path, rules, once is not None), count):
            if once is not None:
                once.add(keys)
            yield from rows
    except OSError as error:
        raise cannot_read(path, error) from None


def _worth(path: Path) -> int:
    size = path.stat().st_size * (1 if packed_as(path) is None else _UNPACKS_TO)
    return processes() if size >= WORTH_BYTES else 1


def _in_lines(path: Path, rules: IntakeRules) -> bool:
    """Whether the file has lines that can be read apart: a map may group rows, and a table is read as a whole."""
    return isinstance(rules.form, str) and rules.form != "csv" and is_lines(path)


def _chunks(path: Path, rules: IntakeRules, count: int, once: Once | None) -> Iterator[Chunk | Span] | None:
    end = path.stat().st_size

    def lines() -> Iterator[Line | Rejected]:
        return lines_of(path, rules.limits, Span(end=end))

    def keys_of(several: Iterable[Chunk]) -> Iterable[Keys]:
        return in_order(several, _Keys(rules), count)

    events = rules.form != "jsonl" and named_form(str(rules.form)).events is not None
    if events and once is None:
        return chunks_of_events(lines, keys_of)
    return spans(path, end) if packed_as(path) is None else chunks(lines())
