"""Files of the call log written anew without the texts of some calls: the same rows in the same order, values as they are."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from evalharness.models.call import ToolCall
from evalharness.models.noun import canonical_json
from evalharness.models.removed import KEY, LABELS, Removal
from evalharness.store.files import write_whole
from evalharness.store.found import NAMED
from evalharness.store.intakes import Part

Identity = tuple[str, str]
Cells = dict[str, dict[int, str | None]]
_JSON = ("errors", "handoff", "metadata", "rule_metadata")


def rewritten(root: Path, part: Part, gone: Collection[Identity], removal: Removal) -> Part:
    """The part without the texts of these calls, as `Removal.call` leaves them, written beside the old one, unregistered.

    The part itself where it holds none of their texts. Raises ExportError where it cannot be written.
    """
    import pyarrow.parquet as pq

    cells = {"calls": _call_cells, "turns": _turn_cells}.get(part.kind)
    if cells is None:
        return part
    table = pq.read_table(root / part.path)
    new = table
    for name, found in cells(table, gone, removal).items():
        new = _replaced(new, name, found)
    return part if new.equals(table) else _written(root, part, new)


def without_recordings(root: Path, part: Part, gone: Collection[Identity]) -> Part:
    """The part of calls without the addresses of their recordings, written beside the old one."""
    import pyarrow.parquet as pq

    table = pq.read_table(root / part.path)
    rows = [place for place, one in enumerate(_identities(table, "id")) if one in gone]
    new = _replaced(table, "recording_url", dict.fromkeys(rows))
    return part if new.equals(table) else _written(root, part, new)


def _written(root: Path, part: Part, table: Any) -> Part:
    data = _bytes(table)
    digest = hashlib.sha256(data).hexdigest()
    path = (root / part.path).with_name(f"part-{digest}.parquet")
    write_whole(path, data)
    return replace(part, digest=digest, path=path.relative_to(root).as_posix())


def _bytes(table: Any) -> bytes:
    import pyarrow.parquet as pq

    buffer = BytesIO()
    pq.write_table(table.combine_chunks(), buffer, compression="zstd", row_group_size=100_000)
    return buffer.getvalue()


def _identities(table: Any, name: str) -> list[Identity]:
    return list(zip(table["source"].to_pylist(), table[name].to_pylist(), strict=True))


def _call_cells(table: Any, gone: Collection[Identity], removal: Removal) -> Cells:
    """Column -> row -> new cell, of the rows of these calls."""
    cells: Cells = defaultdict(dict)
    names = (*_JSON, *LABELS, "end_reason", "caller_key")
    rows = zip(_identities(table, "id"), *(table[name].to_pylist() for name in names), strict=True)
    for place, (identity, *values) in enumerate(rows):
        if identity not in gone:
            continue
        row = dict(zip(names, values, strict=True))
        cells["caller_key"][place] = removal.callers.get(row["caller_key"], row["caller_key"])
        if KEY not in json.loads(row["metadata"]):
            for name, value in _call_texts(row, removal).items():
                cells[name][place] = value
    return cells


def _call_texts(row: dict[str, Any], removal: Removal) -> dict[str, str | None]:
    errors, handoff, *entries = (json.loads(row[name]) if row[name] else None for name in _JSON)
    metadata, rules = ({**removal.metadata(one or {}), KEY: removal.mark} for one in entries)
    if handoff is not None:
        handoff["context_summary"] = removal.text(handoff.get("context_summary"))
    return {
        **removal.labels(row),
        "errors": canonical_json([removal.mark] * len(errors or ())),
        "handoff": None if handoff is None else canonical_json(handoff),
        "metadata": canonical_json(metadata),
        "rule_metadata": canonical_json(rules),
        "end_reason": removal.code(row["end_reason"]),
        "recording_url": None,
    }


def _turn_cells(table: Any, gone: Collection[Identity], removal: Removal) -> Cells:
    cells: Cells = defaultdict(dict)
    rows = zip(_identities(table, "call_id"), table["text"].to_pylist(), table["tool_calls"].to_pylist(), strict=True)
    for place, (identity, text, tools) in enumerate(rows):
        if identity in gone:
            cells["text"][place] = removal.text(text)
            called = [removal.tool(ToolCall.model_validate(one)) for one in json.loads(tools)] if tools else []
            cells["tool_calls"][place] = canonical_json([one.model_dump(mode="json") for one in called]) if called else None
    return cells


def _replaced(table: Any, name: str, cells: dict[int, Any]) -> Any:
    """The table with these cells of a column of texts."""
    import pyarrow as pa

    values, at, field = table[name].to_pylist(), table.schema.get_field_index(name), table.schema.field(name)
    return table.set_column(at, field, pa.array([cells.get(place, value) for place, value in enumerate(values)], field.type))


def strip_found(folder: Path, week: str, keys: tuple[str, str], gone: Iterable[Identity]) -> None:
    """What was found in the week's calls goes from the old key to the new one: figures as they are, without notes on these calls.

    Nothing where the old files are not there: they are made again when they are asked for. The files kept for reports of the
    week (trend.json) go too.
    """
    from evalharness.store.found import FoundFiles

    place, held = folder / "found" / f"week={week}", set(gone)
    old, new = (FoundFiles(folder, week, key) for key in keys)
    paths = {kind: old.path(kind) for kind in ("figures", "findings")}
    if keys[0] != keys[1] and paths["figures"] and paths["findings"]:
        kept = {_moved(place, kind, new.key, path, held) for kind, path in paths.items() if path}
    else:
        kept = {path for kind in ("figures", "findings") if (path := new.path(kind)) is not None}
    for path in place.glob("*"):
        if path not in kept:
            path.unlink(missing_ok=True)


def _moved(place: Path, kind: str, key: str, path: Path, gone: set[Identity]) -> Path:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    if kind == "findings":
        measures = table["measure"].to_pylist()
        rows = [at for at, one in enumerate(_identities(table, "call_id")) if one in gone and measures[at] not in NAMED]
        table = _replaced(table, "note", dict.fromkeys(rows, ""))
    data = _bytes(table)
    found = place / f"{kind}-{key}-{hashlib.sha256(data).hexdigest()}.parquet"
    write_whole(found, data)
    return found


def texts_in(paths: Sequence[Path]) -> Iterable[bytes]:
    """The texts of each Parquet file, decoded, as one row of bytes a column and chunk."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=50_000):
            for column in map(_flat, batch.columns):
                if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                    yield "\x00\x00".join(str(value) for value in column.to_pylist() if value).encode("utf-8", "surrogatepass")


def _flat(column: Any) -> Any:
    """What stands in lists, however deep."""
    import pyarrow as pa

    return _flat(column.flatten()) if pa.types.is_list(column.type) else column
