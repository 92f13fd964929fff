"""Weekly samples, frozen: grading needs nothing but these rows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from evalharness.errors import LedgerCorruptError
from evalharness.models.sample import SampleItem, WeeklySample
from evalharness.store.ledger import Ledger, Transaction


def freeze_sample(tx: Transaction, sample: WeeklySample, at: datetime) -> None:
    """Keep the sample: one row for the draw, one a call. Raises LedgerError where this redraw of the week is kept already."""
    fields = sample.model_dump(mode="json", exclude={"items", "picked"})
    kept = tx.append("samples", {**fields, "digest": sample.frozen_digest(), "at": at})
    tx.append_many("sample_items", [_row(item, kept, at) for item in sample.items])


def _row(item: SampleItem, kept: int, at: datetime) -> dict[str, Any]:
    named = {"sample_id": kept, "source": item.call.source, "call_id": item.call.id, "at": at}
    return {**item.model_dump(mode="json"), **named}


def load_sample(ledger: Ledger | Transaction, week: str) -> WeeklySample | None:
    """The sample of the week as it was frozen, the newest redraw; None where none was drawn. Raises LedgerCorruptError."""
    found = ledger.rows("samples", week=week)
    if not found:
        return None
    row = found[-1]
    items = tuple(_item(item) for item in ledger.stored("sample_items", sample_id=row["id"]))
    fields = {name: row[name] for name in WeeklySample.model_fields if name not in ("items", "picked", "frozen")}
    around = WeeklySample.model_validate_json(json.dumps({**fields, "items": []}))
    sample = WeeklySample.model_validate({**dict(around), "items": items})
    if sample.frozen_digest() != row["digest"]:
        if not _purged(ledger, row["id"]):
            raise LedgerCorruptError(f"samples row {row['id']} gives back another sample than was frozen", where=week)
        return sample.model_copy(update={"frozen": row["digest"]})
    return sample


def _purged(ledger: Ledger | Transaction, sample: int) -> bool:
    """Whether texts were taken out of the sample's calls since: each row was checked against its tombstone when it was read."""
    rows = {row["id"] for row in ledger.stored("sample_items", sample_id=sample)}
    return any(row["row_id"] in rows for row in ledger.stored("tombstones", table_name="sample_items"))


def _item(row: dict[str, Any]) -> SampleItem:
    """The item: its call stands in the row as the JSON that it was written as."""
    fields = json.dumps({name: row[name] for name in ("position", "stratum", "key", "probability")})
    return SampleItem.model_validate_json(f'{fields[:-1]},"call":{row.pop("call")}}}')


def samples(ledger: Ledger | Transaction) -> list[str]:
    """The weeks that have a sample, in time order."""
    return sorted({row["week"] for row in ledger.stored("samples")})
