"""What earlier purges of the same calls found and left standing: their texts are known to nobody any more, the files are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalharness.flows.opened import Opened
from evalharness.flows.purge_receipt import name_of
from evalharness.flows.retention import Identity
from evalharness.models.noun import digest_of
from evalharness.store.files import digest_file
from evalharness.store.purge_scan import contents, files_of
from evalharness.store.verify import CUT, PURGED


@dataclass(frozen=True)
class Before:
    """`purges`: the earlier receipts, with their days; `hits`: files that still stand as they were found then -> how many texts
    were in each."""

    purges: list[str] = field(default_factory=list)
    hits: dict[str, int] = field(default_factory=dict)


def named(identity: Identity) -> str:
    """How receipts name a call: a digest of its source and id, 16 hexadecimal characters."""
    return digest_of("\x00".join(identity))[:16]


def digests(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each file and its SHA-256; what cannot be read is left out."""
    for path in paths:
        with suppress(OSError):
            yield path, digest_file(path)


def before(house: Opened, calls: Iterable[Identity]) -> Before:
    """What purges that are finished left of any of these calls.

    A file still holds it where it is the same byte for byte, under whatever name, and where it changed but still names one of
    the calls: of what was said nothing is known to look for. A purge whose notes were lost behind its cut is never made good.
    """
    wanted = {named(one): one for one in calls}
    rows = [row["details"] for row in house.ledger.rows("audit", action=PURGED)]
    earlier = [one for one in rows if wanted.keys() & set(one["calls"])]
    cut = {row["details"]["purge"] for row in house.ledger.rows("audit", action=CUT)}
    gone = [one["hits"] for one in earlier if one["kind"] == "lost" and one["purge"] in cut]
    lost = {path: count for hits in gone for path, count in hits.items()}
    left = [one for one in earlier if one["hits"] and one["kind"] != "lost"]
    ids = {wanted[digest][1] for one in left for digest in one["calls"] if digest in wanted}
    return Before(
        [f"{name_of(one)} of {one['at'][:10]}" for one in earlier],
        {**(_still(house, left, ids) if left else {}), **lost},
    )


def _still(house: Opened, left: list[dict[str, Any]], ids: set[str]) -> dict[str, int]:
    space = house.workspace
    counted = {digest: one["hits"][path] for one in left for path, digest in one.get("held", {}).items()}
    places = {path: count for one in left for path, count in one["hits"].items()}
    same = {space.relative(path): counted[digest] for path, digest in digests(files_of(space.root)) if digest in counted}
    changed = (path for path in places.keys() - same.keys() if _may_name(house, path) and _names(space.root / path, ids))
    return same | {path: places[path] for path in sorted(changed)}


def _may_name(house: Opened, path: str) -> bool:
    """Whether a call's id in the file says anything: the ledger and the call log keep ids on purpose."""
    whole = house.workspace.root / path
    return whole.is_file() and not path.startswith("ledger.db") and not whole.is_relative_to(house.workspace.calls_path)


def _names(path: Path, ids: set[str]) -> bool:
    """Whether the file holds one of the ids, as text or escaped; one that cannot be read is taken to."""
    forms = {form.encode("utf-8", "surrogatepass") for one in ids for form in (one, json.dumps(one)[1:-1])}
    try:
        return any(form in data for data in contents(path, max(map(len, forms))) for form in forms)
    except (OSError, ValueError):
        return True
