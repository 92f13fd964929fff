"""What detectors found in the calls of a week, kept beside the call log: made again from the calls whenever anything behind it
changes. A file names the key of what it was made from and the digest of its own bytes; one that does not fit is not read.

`figures`: one row a call with a column a figure; `findings`: one row a finding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.json as json_reader
import pyarrow.parquet as pq

from evalharness.models.finding import CallFindings, FigureTally, Finding, FoundPlace, WeekFound
from evalharness.store.files import digest_file, write_whole

Kind = Literal["figures", "findings"]
_CALL = [("source", pa.string()), ("call_id", pa.string())]
_FINDING = [
    *_CALL,
    *[("position", pa.int64()), ("measure", pa.string()), ("turns", pa.list_(pa.int64())), ("value", pa.float64())],
    *[("state", pa.string()), ("note", pa.string())],
]
_BLOCK = 5_000
BY = ("all", "version", "intent", "hour")


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
            tables["figures"].append(_table(_figure_rows(block), _figure_schema(figures)))
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


def _figure_schema(figures: Sequence[str]) -> pa.Schema:
    return pa.schema([*_CALL, *((name, pa.float64()) for name in figures)])


def _figure_rows(block: Sequence[CallFindings]) -> list[dict[str, Any]]:
    return [{"source": one.source, "call_id": one.call_id, **one.values} for one in block]


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


def tallies(calls: Any, figures: Any, names: Sequence[str], by: str) -> Any:
    """Expression with one row a group (`group`, "" where a call has none): `calls` and five columns a figure. `calls`: the
    week's in scope, joined on (source, id)."""
    joined = calls.inner_join(figures, [calls.source == figures.source, calls.id == figures.call_id])
    group = joined.version.fill_null("") if by == "version" else joined.intent.fill_null("") if by == "intent" else None
    group = joined.hour.cast("string") if by == "hour" else group
    asked: dict[str, Any] = {"calls": joined.count()}
    for name in names:
        value = joined[name]
        asked |= {f"{name}|n": value.count(), f"{name}|hits": (value > 0).sum(), f"{name}|total": value.sum()}
        asked |= {f"{name}|low": value.min(), f"{name}|median": value.median(), f"{name}|high": value.max()}
    return joined.agg(**asked) if group is None else joined.group_by(group=group).agg(**asked)


def to_tallies(rows: Sequence[dict[str, Any]], names: Sequence[str], by: str) -> list[FigureTally]:
    """The rows of `tallies`, by group, then figure."""
    found = []
    for row in sorted(rows, key=lambda row: str(row.get("group", ""))):
        for name in names:
            n = int(row[f"{name}|n"])
            numbers = {key: row[f"{name}|{key}"] for key in ("low", "median", "high")}
            hits, total = int(row[f"{name}|hits"] or 0), float(row[f"{name}|total"] or 0.0)
            found.append(FigureTally(name, by, str(row.get("group", "")), int(row["calls"]), n, hits, total, **numbers))
    return found


def states(calls: Any, findings: Any) -> Any:
    """Expression with the columns `measure`, `state` ("" where it has none), `n`: findings in these calls."""
    held = findings.semi_join(calls.select("source", call_id="id"), ["source", "call_id"])
    return held.group_by(held.measure, state=held.state.fill_null("")).agg(n=held.count())


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
    counts = {(row["measure"], row["state"]): int(row["n"]) for row in counted}
    found = tuple(FoundPlace(row["source"], row["call_id"], to_finding(row)) for row in held)
    return WeekFound(tuple(tallied), dict(sorted(counts.items())), found)


def to_finding(row: dict[str, Any]) -> Finding:
    """A finding from its row."""
    fields = {name: row[name] for name in ("measure", "value", "state", "note")}
    return Finding(**fields, turns=tuple(row["turns"]))
