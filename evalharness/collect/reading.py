"""A file -> rows: each a call as it would be kept, or a rejection with line, field and reason. Streams; order is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.collect.broken import guess_in
from evalharness.collect.csv_form import read_csv
from evalharness.collect.derive import derived
from evalharness.collect.events import Once, one_a_call
from evalharness.collect.field_map import FieldMap
from evalharness.collect.file_checks import check_file
from evalharness.collect.grouped import one_a_group
from evalharness.collect.inputs import cannot_read, open_input, was_cut
from evalharness.collect.lines import Line, Span, read_lines
from evalharness.collect.map_values import look_up
from evalharness.collect.mapping import in_our_form
from evalharness.collect.named_forms import NamedForm, named_form
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.collect.privacy.masked import masked, masking
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.privacy.redact_call import redact_call
from evalharness.collect.reasons import FieldError
from evalharness.collect.recognise import is_document, is_lines
from evalharness.collect.rows import Candidate, IntakeRules, Limits, RawRow, Row
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.collect.tables import csv_rows, is_csv, is_parquet, parquet_rows
from evalharness.errors import InputError
from evalharness.models.intake import Rejected
from evalharness.models.noun import canonical_json

DOCUMENT_MB = 256
"""One JSON document is held in memory whole, so it may not be larger than this, whatever file_mb says."""


def read_rows(path: Path, rules: IntakeRules, once: Once | None = None) -> Iterator[Row]:
    """The rows of a file in order, redacted. Memory does not grow with the file (one JSON document excepted).

    Rows are the non-empty lines of JSONL (with a map: the calls in them), the calls of a document, the rows of a table
    under a map, or the rows of calls.csv and those rows of turns.csv that belong to no call. With `once` a form that has events
    is read once, and SeveralEventsError raised at the second event of a call. Raises InputError where the file cannot be read at
    all.
    """
    check_file(path, rules.limits.file_mb, parquet=rules.takes_parquet)
    try:
        yield from _rows(_raw_rows(path, rules, once), path.name, rules)
    except OSError as error:
        raise cannot_read(path, error) from None


def read_held(values: Sequence[Any], name: str, rules: IntakeRules) -> Iterator[Row]:
    """The rows of payloads that are held already, of a form known by name; `name` stands in what is said of them."""
    form = named_form(str(rules.form))
    raw = [RawRow(value, None, where=f"[{at}].", size=len(canonical_json(value))) for at, value in enumerate(values)]
    return _rows(_drafted(lambda: raw, name, form, rules.naive), name, rules)


def _rows(raw: Iterable[RawRow | Rejected], name: str, rules: IntakeRules) -> Iterator[Row]:
    """Checked and redacted; what is said of a row that is rejected is redacted too."""
    redactor = Redactor(rules.key, rules.redact)
    of_rejected = masking(rules.key)
    defaults = RowDefaults(rules.source, redactor.caller_key, rules.currency, rules.naive)
    for row in raw:
        found = row if isinstance(row, Rejected) else _checked(row, name, rules, defaults, redactor)
        if isinstance(found, Rejected):
            found = masked(found, of_rejected)
            if isinstance(row, RawRow):
                yield from (found.model_copy(update={"line": other.line}) for other in row.also)
        yield found


def _raw_rows(path: Path, rules: IntakeRules, once: Once | None) -> Iterator[RawRow | Rejected]:
    if rules.form == "csv":
        return read_csv(path, rules.limits)
    if rules.form == "jsonl":
        return _ours(path, rules.limits)
    if isinstance(rules.form, str):
        form, now = named_form(rules.form), Span(end=path.stat().st_size)  # what is written meanwhile comes next time, whole
        return _drafted(partial(_payloads, path, form, rules.limits, now), path.name, form, rules.naive, once)
    return _mapped(path, rules.form, rules.limits)


def _ours(path: Path, limits: Limits) -> Iterator[RawRow | Rejected]:
    """Our own form: a call a line, in one JSON document, or a row of a Parquet file each."""
    if not is_parquet(path) and not is_document(path):
        yield from json_lines(path, limits)
        return
    for value in parquet_rows(path, limits) if is_parquet(path) else _document(path, limits):
        for row in [value] if isinstance(value, Rejected) else _items(value, "."):
            try:
                if isinstance(row, RawRow):
                    _check_size(row.raw, limits)
                yield row
            except FieldError as error:
                yield row if isinstance(row, Rejected) else _rejected(path.name, row, error)


def _values(path: Path, limits: Limits) -> tuple[Iterator[RawRow | Rejected], bool]:
    """The values a map is applied to, and whether each was held to the cap on a call already."""
    if is_parquet(path):
        return parquet_rows(path, limits), False
    if is_csv(path):
        return csv_rows(path, limits), True
    lines = is_lines(path)
    return (json_lines(path, limits) if lines else _document(path, limits)), lines


def _drafted(
    read: Callable[[], Iterable[RawRow | Rejected]], file: str, form: NamedForm, naive: ZoneInfo | None, once: Once | None = None
) -> Iterator[RawRow | Rejected]:
    """The calls of a form that is known by name; where it has events, those of one call are one row."""
    for row in _a_call_each(read, form, once):
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            found = form.read(row.raw, naive)
            yield RawRow(found.raw, row.line, row.where, row.size, found.inferred, row.also, row.completes)
        except FieldError as error:
            yield _rejected(file, row, error)
            yield from (_rejected(file, replace(row, line=other.line, where=other.where), error) for other in row.also)


def _a_call_each(
    read: Callable[[], Iterable[RawRow | Rejected]], form: NamedForm, once: Once | None
) -> Iterable[RawRow | Rejected]:
    if form.events is None:
        return read()
    return one_a_call(read, form.events) if once is None else once.each(read(), form.events)


def _payloads(path: Path, form: NamedForm, limits: Limits, part: Span) -> Iterator[RawRow | Rejected]:
    if is_lines(path):
        return _split(json_lines(path, limits, part), form)
    return _held_to_size(_split(_document(path, limits), form), path.name, limits)


def _split(values: Iterable[RawRow | Rejected], form: NamedForm) -> Iterator[RawRow | Rejected]:
    """The calls that each value holds."""
    for value in values:
        if isinstance(value, Rejected):
            yield value
            continue
        found = form.split(value.raw)
        if not isinstance(value.raw, list) and len(found) == 1 and found[0] is value.raw:
            yield value
            continue
        for at, item in enumerate(found):
            yield RawRow(item, value.line, f"[{at}].", value.size // len(found))


def _held_to_size(rows: Iterable[RawRow | Rejected], file: str, limits: Limits) -> Iterator[RawRow | Rejected]:
    for row in rows:
        try:
            _check_size(None if isinstance(row, Rejected) else row.raw, limits)
            yield row
        except FieldError as error:
            yield row if isinstance(row, Rejected) else _rejected(file, row, error)


def rows_of_lines(lines: Sequence[Line | Rejected], name: str, rules: IntakeRules, once: Once | None = None) -> Iterator[Row]:
    """The rows of these lines of JSONL alone, for our JSONL and the forms known by name: as `read_rows` has them where all
    events of a call are among the lines."""
    if rules.form == "jsonl":
        return _rows(_values_of(lines, name, rules.limits), name, rules)
    form = named_form(str(rules.form))

    def read() -> Iterator[RawRow | Rejected]:
        return _split(_values_of(lines, name, rules.limits), form)

    return _rows(_drafted(read, name, form, rules.naive, once), name, rules)


def keys_of_lines(lines: Sequence[Line | Rejected], rules: IntakeRules) -> list[list[str | None]]:
    """The keys of the events in each of these lines, see Events; none for a line that is rejected."""
    form = named_form(str(rules.form))
    key = form.events.key if form.events else lambda _: None
    split = [_split(_values_of([line], "", rules.limits), form) for line in lines]
    return [[key(row.raw) for row in rows if isinstance(row, RawRow)] for rows in split]


def _checked(row: RawRow, file: str, rules: IntakeRules, defaults: RowDefaults, redactor: Redactor) -> Row:
    try:
        _check_turns(row.raw, rules.limits)
        call = call_from(row.raw, defaults, row.inferred)
        call = redact_call(derived(call, rules.deriving), redactor)
    except FieldError as error:
        return _rejected(file, row, error)
    adding = sum(other.adds for other in row.also)
    return Candidate(call, row.line, dict(redactor.reset()), row.size, adding, len(row.also) - adding, row.completes)


def _check_turns(raw: Any, limits: Limits) -> None:
    turns = raw.get("turns") if isinstance(raw, dict) else None
    if isinstance(turns, list) and len(turns) > limits.turns:
        raise FieldError("turns", f"the call has {len(turns)} turns; at most {limits.turns} are taken")


def json_lines(path: Path, limits: Limits, part: Span | None = None) -> Iterator[RawRow | Rejected]:
    """The JSON values of the lines that are not empty, one a row; a line that is none is rejected, and so is a packed file's end
    where it is cut off. `part`: only this part is read, see open_input."""
    return _values_of(lines_of(path, limits, part), path.name, limits)


def lines_of(path: Path, limits: Limits, part: Span | None = None) -> Iterator[Line | Rejected]:
    """The lines that are not empty; a last Rejected says where a packed file is cut off, and the line it cuts is left out."""
    following = 1
    with open_input(path, limits.file_mb, cut_ok=True, part=part) as file:
        for line in read_lines(file, limits.call_kb * 1024, part.number if part else 1):
            following = line.number + line.whole
            if (line.data is None or line.data.strip(b" \t\r\n")) and not (was_cut(file) and not line.whole):
                yield line
        if was_cut(file):
            reason = "the packed file is cut off here; the whole lines before were read, what follows is not in the file"
            yield Rejected(file=path.name, line=following, field="", reason=reason)


def _values_of(lines: Iterable[Line | Rejected], name: str, limits: Limits) -> Iterator[RawRow | Rejected]:
    for line in lines:
        if isinstance(line, Rejected):
            yield line
        elif line.data is None:
            reason = f"the line is longer than {limits.call_kb} kB; collect.limits.call_kb sets how much one call may have"
            yield Rejected(file=name, line=line.number, field="", reason=reason)
        else:
            yield _line(name, line, line.data)


def _line(name: str, line: Line, data: bytes) -> RawRow | Rejected:
    try:
        return RawRow(parse_json(data), line.number, size=len(data))
    except StrictJsonError as error:
        reason = f"not JSON: {error.reason} (column {error.column})"
        if not line.whole:
            reason = f"the file ends in the middle of a line; is it still being written? ({error.reason})"
        return Rejected(file=name, line=line.number, field="", reason=reason)


def _document(path: Path, limits: Limits) -> Iterator[RawRow]:
    """The one JSON value of a file."""
    most = int(DOCUMENT_MB * 1_000_000)
    with open_input(path, limits.file_mb) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise InputError(
            f"{path.name} is one JSON document of more than {DOCUMENT_MB} MB",
            where=str(path),
            why="a document has to be held in memory whole; JSONL does not",
            fix="export one call a line (JSONL), for example: jq -c '.[]' FILE > FILE.jsonl",
        )
    try:
        yield RawRow(parse_json(data), None)
    except StrictJsonError as error:
        raise InputError(
            f"{path.name} is not JSON: {error.reason}",
            where=f"{path}, line {error.line}, column {error.column}",
            why="a document with one wrong sign has no rows to take",
            fix="export it again; a file with one call a line is called NAME.jsonl",
        ) from None


def _mapped(path: Path, field_map: FieldMap, limits: Limits) -> Iterator[RawRow | Rejected]:
    """The calls under a map; where it groups rows, those of one call are one row."""

    def read() -> Iterator[RawRow | Rejected]:
        for value in _values(path, limits)[0]:
            yield from [value] if isinstance(value, Rejected) else _items(value, field_map.each)

    sized = field_map.group is None and _values(path, limits)[1]
    by = field_map.group
    for item in read() if by is None else one_a_group(read, by, path.name, guess_in(path, by, table=is_csv(path))):
        if isinstance(item, Rejected):
            yield item
            continue
        try:
            if not sized:
                _check_size(item.raw, limits)
            yield replace(item, raw=in_our_form(field_map, item.raw, path.name))
        except FieldError as error:
            yield _rejected(path.name, item, error)


def _check_size(item: Any, limits: Limits) -> None:
    if len(canonical_json(item)) > limits.call_kb * 1024:
        raise FieldError("", f"the call is longer than {limits.call_kb} kB")


def _items(value: RawRow, each: str) -> Iterator[RawRow]:
    """The calls in one JSON value. Where the array is missing its place is one row, which is rejected."""
    found = look_up(value.raw, each)
    if isinstance(found, list):
        prefix = "" if each == "." else each
        for at, item in enumerate(found):
            yield replace(value, raw=item, where=f"{prefix}[{at}].")
    else:
        yield replace(value, raw=found, where="" if each == "." else f"{each}.")


def _rejected(file: str, row: RawRow, error: FieldError) -> Rejected:
    return Rejected(file=file, line=row.line, field=(row.where + error.field).rstrip("."), reason=error.reason)
