"""`verify --deep`: everything that can be worked out again is, and compared with what is kept; and how much that was."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.flows.kept import Kept
from evalharness.flows.measure import found_files
from evalharness.flows.opened import Opened
from evalharness.flows.trend import worked_out
from evalharness.grade.measured.detectors import findings_of
from evalharness.models.removed import removed
from evalharness.store.files import digest_file
from evalharness.store.intakes import parts
from evalharness.store.parts import Parts
from evalharness.store.records import load_sample, samples
from evalharness.store.schema import KEPT
from evalharness.store.trail import ACTIONS_READ

TYPED_INTO = "sheet"
"""The kind of export that people write into."""
Told = Iterator[tuple[str, str]]
"""(what was checked, the problem or "")."""


def deep(house: Opened) -> tuple[list[str], dict[str, int]]:
    """Problems in words, and how many of each thing were checked. Reads every call; writes nothing."""
    problems, counts = list[str](), Counter[str]()
    for check in (_rows, _parts, _calls, _samples, _exports, _found, _figures):
        try:
            for what, problem in check(house):
                counts[what] += 1
                problems += [problem] if problem else []
        except (EvalHarnessError, ValueError) as error:
            problems.append(f"{check.__name__.strip('_')}: {str(error).splitlines()[0]}")
    return problems, dict(counts)


def _rows(house: Opened) -> Told:
    """`Ledger.verify` has compared them with their hashes; here they are counted."""
    for name in KEPT:
        for _ in house.ledger.stored(name):
            yield "rows purged of texts" if name == "tombstones" else "rows", ""


def _parts(house: Opened) -> Told:
    for part in parts(house.ledger):
        path = house.workspace.root / part.path
        whole = path.is_file() and digest_file(path) == part.digest
        yield "parts", "" if whole else f"{part.path}: is missing or was changed after it was written"


def _calls(house: Opened) -> Told:
    """The digest that stands beside each call against the call; one whose text or recording went cannot be compared."""
    import pyarrow.parquet as pq

    from evalharness.store import streaming

    held = Parts(house.workspace.calls_path.absolute(), house.ledger)
    for week in house.calls.weeks():
        paths = held.paths("calls", [week])
        digests: list[str] = [one for path in paths for one in pq.read_table(path, columns=["digest"])["digest"].to_pylist()]
        purged = bool(house.ledger.stored("tombstones", table_name="parts"))
        for call, digest in zip(streaming.calls(paths, held.paths("turns", [week])), digests, strict=True):
            if removed(call) or (purged and call.recording_url is None and call.digest() != digest):
                yield "calls purged of text or recording", ""
            else:
                right = call.digest() == digest
                yield "calls", "" if right else f"call {call.id} of {call.source}, {week}, does not match its digest"


def _samples(house: Opened) -> Told:
    for week in samples(house.ledger):
        yield "draws", "" if load_sample(house.ledger, week) else f"the draw of {week} cannot be read"


def _exports(house: Opened) -> Told:
    """Files as they were last written. Sheets are written into, and a workbook's sheet Actions."""
    newest = {row["path"]: row for row in house.ledger.rows("exports")}
    read_back = {row["digest"] for row in newest.values() if row["kind"] == ACTIONS_READ}
    for path, row in newest.items():
        file = Path(path) if Path(path).is_absolute() else house.workspace.root / path
        if ":" in path or not file.is_file():
            continue
        digest = digest_file(file)
        if digest == row["digest"]:
            yield "exports", ""
        elif row["kind"] == TYPED_INTO or digest in read_back:
            yield "exports that people wrote into", ""
        else:
            yield "exports", f"{path}: was changed after it was written"


def _found(house: Opened) -> Told:
    """What detectors found, worked out again from the calls. What was found in a call stays when its text goes."""
    for week in house.calls.weeks():
        path = found_files(house, week).path("figures")
        held = {} if path is None else _figures_in(path)
        for call in house.calls.each(week) if held else ():
            if not removed(call):
                same = held.get((call.source, call.id)) == findings_of(call, house.config.measures).values
                yield "findings of calls", "" if same else f"what is kept of call {call.id}, {week}, is not what is found in it"


def _figures_in(path: Path) -> dict[tuple[str, str], dict[str, float]]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    columns: dict[str, list[Any]] = {name: table[name].to_pylist() for name in table.column_names}
    identities = list(zip(columns.pop("source"), columns.pop("call_id"), strict=True))
    return {
        identity: {name: cells[at] for name, cells in columns.items() if cells[at] is not None and not math.isnan(cells[at])}
        for at, identity in enumerate(identities)
    }


def _figures(house: Opened) -> Told:
    """The kept figures of weeks, where they are good for what the ledger holds now."""
    kept = Kept(house)
    for week in samples(house.ledger):
        held = kept.load(week)
        if held is not None:
            same = held == worked_out(house, week, None)
            yield "weeks of kept figures", "" if same else f"the kept figures of {week} are not what they are worked out as now"
