"""What detectors found in the calls of a week, kept beside the call log: made again from the calls whenever anything behind it
changes. A file names the key of what it was made from and the digest of its own bytes; one that does not fit is not read.

`figures`: one row a call with a column a figure; `findings`: one row a finding.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.json as json_reader
import pyarrow.parquet as pq
from numpy.typing import NDArray

from evalharness.models.finding import CallFindings, FigureTally, Finding, FoundPlace, WeekFound
from evalharness.models.noun import canonical_json, digest_of
from evalharness.store.files import digest_file, write_whole

Kind = Literal["figures", "findings"]
_CALL = [("source", pa.string()), ("call_id", pa.string())]
_FINDING = [
    *_CALL,
    *[("position", pa.int64()), ("measure", pa.string()), ("turns", pa.list_(pa.int64())), ("value", pa.float64())],
    *[("state", pa.string()), ("note", pa.string())],
]
_BLOCK = 5_000
NAMED = ("disclosures_required",)
"""Measures whose findings name in their note what was looked for."""
_MEASURED_LATER = ("outcome", "metadata")
"""What comes later for a call and changes what is found in it."""
BY = ("all", "version", "intent", "hour")


def key_of(made_with: str, parts: Iterable[Path], later: Mapping[tuple[str, str], Mapping[str, Any]]) -> str:
    """What the findings of a week rest on: by what they are made, the parts that hold its calls, what came later."""
    came = ((identity, {name: one[name] for name in _MEASURED_LATER if name in one}) for identity, one in later.items())
    held = sorted([*identity, one] for identity, one in came if one)
    return digest_of(canonical_json([made_with, sorted(path.stem for path in parts), held]))[:16]


@dataclass(frozen=True)
class FoundFiles:
    """The files of one week under the call log's folder, for one key (letters and digits)."""

    folder: Path
    week: str
    key: str

    def path(self, kind: Kind) -> Path | None:
        """The file of this kind; None where there is none, or what is there was changed."""
        for path in sorted(self._place.glob(f"{kind}-{self.key}-*.parquet")):
            if path.stem.rsplit("-", maxsplit=1)[-1] == digest_file(path):
                return path
        return None

    @property
    def _place(self) -> Path:
        return self.folder / "found" / f"week={self.week}"

    def write(self, found: Iterable[CallFindings], figures: Sequence[str]) -> None:
        """Keeps what was found, whole or not at all, and lets go of what was made from something else. Raises ExportError."""
        tables: dict[Kind, list[pa.Table]] = {"figures": [], "findings": []}
        for block in _blocks(found):
            tables["figures"].append(_figures(block, figures))
            tables["findings"].append(_table(_finding_rows(block), pa.schema(_FINDING)))
        kept = {self._write(kind, parts) for kind, parts in tables.items()}
        for path in self._place.glob("*.parquet"):
            if path not in kept:
                path.unlink(missing_ok=True)

    def _write(self, kind: Kind, parts: Sequence[pa.Table]) -> Path:
        buffer = BytesIO()
        pq.write_table(pa.concat_tables(parts), buffer, compression="zstd", row_group_size=100_000)
        data = buffer.getvalue()
        path = self._place / f"{kind}-{self.key}-{hashlib.sha256(data).hexdigest()}.parquet"
        write_whole(path, data)
        return path


def _blocks(found: Iterable[CallFindings]) -> Iterable[list[CallFindings]]:
    """At least one block, so that an empty week has its files too."""
    block: list[CallFindings] = []
    for one in found:
        block.append(one)
        if len(block) == _BLOCK:
            yield block
            block = []
    yield block


def _figures(block: Sequence[CallFindings], figures: Sequence[str]) -> pa.Table:
    """A row a call: its identity, then each figure, null where the call's log does not tell it."""
    whose = _table([{"source": one.source, "call_id": one.call_id} for one in block], pa.schema(_CALL))
    values = [one.values for one in block]
    columns = [_numbers([told.get(name) for told in values]) for name in figures]
    return pa.table([*whose.columns, *columns], names=[*whose.schema.names, *figures])


def _numbers(values: Sequence[float | None]) -> pa.Array:
    """From the buffers themselves: pyarrow's own way from Python objects imports pandas. Raises ValueError: not finite."""
    numbers = np.array(values, dtype=np.float64)  # None becomes NaN
    known = np.isfinite(numbers)
    if np.count_nonzero(known) + values.count(None) != len(values):
        raise ValueError("a figure is not finite")
    numbers[~known] = 0.0
    buffers = [pa.py_buffer(np.packbits(known, bitorder="little")), pa.py_buffer(numbers)]
    return pa.Array.from_buffers(pa.float64(), len(values), buffers)


def _finding_rows(block: Sequence[CallFindings]) -> list[dict[str, Any]]:
    return [
        {"source": one.source, "call_id": one.call_id, "position": position, **finding.model_dump(mode="json")}
        for one in block
        for position, finding in enumerate(one.findings)
    ]


def _table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """By way of JSON text: pyarrow's own way from Python objects imports pandas."""
    if not rows:
        return schema.empty_table()
    data = "\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows).encode()
    reading = json_reader.ReadOptions(use_threads=False, block_size=len(data) + 1)
    parsing = json_reader.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    return json_reader.read_json(BytesIO(data), read_options=reading, parse_options=parsing).select(schema.names)


def figures_of(calls: Any, figures: Any, names: Sequence[str]) -> Any:
    """Expression with a row a measured call of `calls` (the week's in scope): `version`, `intent`, `hour` as text, "" where
    a call has none, and its figures."""
    joined = calls.inner_join(figures, [calls.source == figures.source, calls.id == figures.call_id])
    groups = {name: joined[name].cast("string").fill_null("") for name in BY[1:]}
    return joined.select(**groups, **{name: joined[name] for name in names})


def to_tallies(table: Any, names: Sequence[str], kinds: Sequence[str] = BY) -> list[FigureTally]:
    """From the pyarrow Table of `figures_of`: kind by kind, by group, then figure. No order of the rows changes a number."""
    values = np.empty((table.num_rows, len(names)))
    for column, name in enumerate(names):
        values[:, column] = table[name].to_numpy()
    found = []
    for by in kinds:
        for group, rows in _groups(table, by):
            found += _group_tallies(np.sort(values[rows], axis=0), names, by, group)
    return found


def _groups(table: Any, by: str) -> list[tuple[str, Any]]:
    """Each group's name and its rows, by name."""
    if by == "all":
        return [("", slice(None))]
    coded = table[by].combine_chunks().dictionary_encode()
    names, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(names) + 1))
    return sorted((name, order[ends[code] : ends[code + 1]]) for code, name in enumerate(names))


def _group_tallies(ordered: NDArray[np.float64], names: Sequence[str], by: str, group: str) -> list[FigureTally]:
    """`ordered` (calls, figures): each column ascending, NaN (no data) last."""
    calls, found = len(ordered), []
    n, hits = (~np.isnan(ordered)).sum(axis=0), (ordered > 0).sum(axis=0)
    for at, name in enumerate(names):
        have = int(n[at])
        column = ordered[:have, at]
        numbers = (float(column[0]), float((column[(have - 1) // 2] + column[have // 2]) / 2), float(column[-1])) if have else ()
        found.append(FigureTally(name, by, group, calls, have, int(hits[at]), float(column.sum()), *numbers))
    return found


def states(calls: Any, findings: Any) -> Any:
    """Expression with the columns `measure`, `state` ("" where it has none), `name` (the note of a finding of NAMED, else ""),
    `n`: findings in these calls."""
    held = findings.semi_join(calls.select("source", call_id="id"), ["source", "call_id"])
    name = held.measure.isin(NAMED).ifelse(held.note, "")
    return held.group_by(held.measure, state=held.state.fill_null(""), name=name).agg(n=held.count())


def places(calls: Any, findings: Any, most: int) -> Any:
    """Expression with the `most` largest findings of each measure and state, without a value behind those with one."""
    import ibis

    held = findings.semi_join(calls.select("source", call_id="id"), ["source", "call_id"])
    order = [held.value.fill_null(-1e308).desc(), held.source, held.call_id, held.position]
    window = ibis.window(group_by=[held.measure, held.state], order_by=order)
    ranked = held.mutate(rank=ibis.row_number().over(window))
    kept = ranked.filter(ranked["rank"] < most)
    return kept.order_by("measure", kept.state.fill_null(""), "rank")


def to_found(tallied: Sequence[FigureTally], counted: Sequence[dict[str, Any]], held: Sequence[dict[str, Any]]) -> WeekFound:
    """The week from its tallies and the rows of `states` and `places`."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in counted:
        counts[row["measure"], row["state"]] += int(row["n"])
    named = {(row["measure"], row["name"], row["state"]): int(row["n"]) for row in counted if row["name"]}
    found = tuple(FoundPlace(row["source"], row["call_id"], to_finding(row)) for row in held)
    return WeekFound(tuple(tallied), dict(sorted(counts.items())), found, dict(sorted(named.items())))


def to_finding(row: dict[str, Any]) -> Finding:
    """A finding from its row."""
    fields = {name: row[name] for name in ("measure", "value", "state", "note")}
    return Finding(**fields, turns=tuple(row["turns"]))
