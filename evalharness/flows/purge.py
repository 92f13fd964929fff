"""Taking texts out of everything a workspace holds, so that a killed run can be finished, and proving it by a scan.

intent (a row of the audit trail) -> parts written anew beside the old ones -> one transaction of the ledger (tombstones, new
parts, who will not grade any more) -> old files deleted -> the ledger's file and log emptied -> every file scanned -> receipt.

What is looked for stands in the file .purge.json (0600) from before the intent until the end, so that a second run knows it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from evalharness.errors import LedgerError
from evalharness.flows import purge_files
from evalharness.flows.measure import found_files
from evalharness.flows.opened import Opened
from evalharness.flows.purge_before import before, digests, named
from evalharness.flows.purge_drawn import drafts_of, excluded, rule_metadata, rules_of, text_questions
from evalharness.flows.purge_receipt import Receipt, name_of, running_number
from evalharness.flows.retention import Due
from evalharness.models.call import Call
from evalharness.models.removed import Removal, label_texts, leaves, texts_of
from evalharness.store.files import write_whole
from evalharness.store.grades import add_grades
from evalharness.store.hashing import iso
from evalharness.store.intakes import Part, parts
from evalharness.store.ledger import Transaction
from evalharness.store.needles import Needles, pieces
from evalharness.store.purge_parts import rewritten, strip_found, without_recordings
from evalharness.store.purge_rows import Change, Cut, changes, elsewhere, texts_by_place
from evalharness.store.purge_scan import files_of, scanned
from evalharness.store.trail import add_audit
from evalharness.store.verify import CUT, PURGE, PURGED

STATE = ".purge.json"
LOOKED_FOR = 1_000
"""So many calls' texts are looked for where more go at once: every drawn call, and of the others an even part."""
Step = Callable[[str], None]


def unfinished(house: Opened) -> int | None:
    """The audit row of a purge that was begun and is not finished; None where there is none."""
    done = {row["details"]["purge"] for row in house.ledger.rows("audit", action=PURGED)}
    return next((row["id"] for row in house.ledger.rows("audit", action=PURGE) if row["id"] not in done), None)


def purge(house: Opened, due: Due, now: datetime, step: Step = lambda _name: None) -> Receipt:
    """Takes out what is due and finishes what an earlier run left. `step` is told each stage once it is done.

    Raises SheetError where a sheet holds answers that cannot be read (they would be lost), LedgerError where another process
    keeps the ledger's log from being emptied; the same command goes on then.
    """
    if _State.at(house).exists():
        settle(house)
    purge_files.require_read(house, due, now)
    texts = pieces(_texts(house, due))
    state = _State(
        due=asdict(due),
        day=now.astimezone(house.config.zone).date().isoformat(),
        texts=texts,
        told=[],
        callers={key: secrets.token_hex(16) for key in due.callers},
        drafts=sorted(map(list, drafts_of(house, set(due.calls)))),
    )
    quoted = replace(_cut_of(house, due, state), written_before="", replied_before="")
    written = texts_by_place(house.ledger, quoted, ("grades",) if due.kind == "retention" else None)
    state.told.extend(sorted(set(pieces(written)) - set(texts)))
    state.write(house)
    step("texts noted")
    counts = {"calls": len(due.calls), "recordings": len(due.recordings), "written": due.written, "replied": due.replied}
    with house.ledger.transaction() as tx:
        add_audit(tx, PURGE, {"kind": due.kind, "why": due.why, **counts, "named": [named(one) for one in due.calls]}, now)
    step("intent")
    return finish(house, now, step)


def finish(house: Opened, now: datetime, step: Step = lambda _name: None) -> Receipt:
    """Goes on where a purge was killed; where its notes are gone the receipt says so. Raises LedgerError where there is none."""
    number, state = unfinished(house), _State.read(house)
    if number is None:
        raise LedgerError("no purge waits to be finished", where=STATE, fix="Run `evalharness purge`.")
    if state is None:
        return _kept_receipt(house, _lost(house, number, now), now)
    due = state.wanted()
    if not _is_cut(house, number):
        _cut(house, number, due, state, now)
        step("ledger cut")
    needles = _needles(house, state)
    for week, key in state.found.items():
        strip_found(house.workspace.calls_path, week, (key, found_files(house, week).key), due.calls)
    step("caches")
    exported = purge_files.naming(house, due.calls)
    earlier = before(house, due.calls)
    deleted = {**state.deleted, **purge_files.swept(house, due, needles, state.note(house), earlier.hits)}
    step("files")
    house.ledger.shrink()
    step("emptied")
    return _received(house, number, (due, needles, state), (deleted, exported, earlier), now)


def _lost(house: Opened, number: int, now: datetime) -> Receipt:
    """Of a purge whose notes are gone; behind its cut what was said is gone from the log too, and no scan can look for it."""
    (begun,) = house.ledger.rows("audit", id=number)
    again = "no scan can look for it any more" if _is_cut(house, number) else "purge the same call or caller again"
    lost = [f"what it looked for: {STATE} is gone; {again}"]
    calls, place = begun["details"].get("named", []), running_number(house, number)
    return Receipt(number, iso(now), "lost", "", {}, calls, hits={STATE: 0}, unreached=lost, number=place)


def _received(house: Opened, number: int, what: tuple[Due, Needles, _State], files: Any, now: datetime) -> Receipt:
    due, needles, state = what
    deleted, exported, earlier = files
    mine = _State.at(house)
    found, seen = scanned((path for path in files_of(house.workspace.root) if path != mine), needles)
    left = {path: count for path, count in earlier.hits.items() if path not in deleted}
    hits = {**left, **{house.workspace.relative(path): len(one) for path, one in found.items()}}
    rows = [row for row in house.ledger.rows("audit", action=CUT) if row["details"]["purge"] == number]
    counts = {**rows[-1]["details"]["counts"], "texts looked for": len(needles.pieces), "texts in all": needles.of}
    receipt = Receipt(
        purge=number,
        at=iso(now),
        kind=due.kind,
        why=due.why,
        counts={**counts, "said elsewhere too": len(state.texts) + len(state.told) - needles.of, "files deleted": len(deleted)},
        calls=[named(one) for one in due.calls],
        deleted=deleted,
        named_in=_held(exported, deleted.keys() - set(due.files)),
        scanned=dict(seen),
        hits=hits,
        held={house.workspace.relative(path): digest for path, digest in digests(house.workspace.root / one for one in hits)},
        before=earlier.purges,
        unreached=purge_files.unreached(house, list(hits)),
        number=running_number(house, number),
    )
    return _kept_receipt(house, receipt, now)


def _held(named: list[dict[str, str]], deleted: Collection[str]) -> list[dict[str, str]]:
    """Exports that held the calls: made with them by the ledger's word, or deleted now since a text was found in them."""
    held = (one for one in named if one["by"] == "call" or one["path"] in deleted)
    return [{name: value for name, value in one.items() if name != "by"} for one in held]


def _kept_receipt(house: Opened, receipt: Receipt, now: datetime) -> Receipt:
    """The end of the purge in the trail, the receipt in it; then its file, with the head after it."""
    with house.ledger.transaction() as tx:
        add_audit(tx, PURGED, asdict(receipt), now)
    whole = settle(house)
    assert whole is not None
    return whole


def settle(house: Opened) -> Receipt | None:
    """What is left where a run died behind the end of its purge: the newest receipt is written, what was looked for forgotten.

    None where no purge was ever finished. Of one that was not begun the notes alone are there, and go.
    """
    rows = house.ledger.rows("audit", action=PURGED)
    whole = None
    if rows:
        (link,) = house.ledger.rows("chain", table_name="audit", row_id=rows[-1]["id"])
        path = house.workspace.root / "receipts" / f"{name_of(rows[-1]['details'])}.json"
        whole = Receipt(**{**rows[-1]["details"], "head": link["hash"], "path": house.workspace.relative(path)})
        write_whole(path, json.dumps(asdict(whole), indent=2, ensure_ascii=False).encode())
    _State.at(house).unlink(missing_ok=True)
    with suppress(LedgerError):
        house.ledger.shrink()
    return whole


@dataclass(frozen=True)
class _State:
    """What a second run must know: the purge, its day, the pieces of what was said and of what graders told of it, the new words
    for callers, the key of each week's findings before, and what was deleted so far."""

    due: dict[str, Any]
    day: str
    texts: list[str]
    told: list[str]
    callers: dict[str, str]
    drafts: list[list[str]]
    found: dict[str, str] = field(default_factory=dict)
    deleted: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def at(house: Opened) -> Path:
        return house.workspace.root / STATE

    @classmethod
    def read(cls, house: Opened) -> _State | None:
        try:
            return cls(**json.loads(cls.at(house).read_text("utf-8", "surrogatepass")))
        except FileNotFoundError:
            return None

    def write(self, house: Opened) -> None:
        write_whole(self.at(house), json.dumps(asdict(self)).encode())

    def note(self, house: Opened) -> Callable[[str, str], None]:
        """Told of a file and its digest before it is deleted."""

        def told(path: str, digest: str) -> None:
            self.deleted[path] = digest
            self.write(house)

        return told

    def wanted(self) -> Due:
        given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in self.due.items()}
        pairs = {name: tuple((source, one) for source, one in given[name]) for name in ("calls", "recordings", "candidates")}
        return Due(**{**given, **pairs})

    def removal(self, house: Opened) -> Removal:
        return Removal(self.day, self.wanted().why, rule_metadata(house), self.callers, rules_of(house))


def _texts(house: Opened, due: Due) -> Iterator[str]:
    """Everything that goes: what was asked for, what was said in the calls, and what came later for them."""
    yield from due.typed
    for call in house.calls.calls(due.calls[:: -(-len(due.calls) // LOOKED_FOR) or 1]):
        yield from texts_of(call)
    wanted = set(due.calls)
    for row in house.ledger.rows("supplements", field=["metadata", "version"]) if wanted else ():
        if (row["source"], row["call_id"]) in wanted:
            yield from leaves(row["value"]) if row["field"] == "metadata" else label_texts([row["value"]])
    for row in (*house.ledger.stored("sample_items"), *house.ledger.stored("picks")) if wanted else ():
        if (row["source"], row["call_id"]) in wanted:
            yield from texts_of(Call.model_validate_json(row["call"]))


def _is_cut(house: Opened, number: int) -> bool:
    return any(row["details"]["purge"] == number for row in house.ledger.rows("audit", action=CUT))


def _needles(house: Opened, state: _State, moved: dict[Part, Part] | None = None) -> Needles:
    """What is looked for: all that goes, but for what stays by right: other calls, the rubric or the configuration hold it too,
    and what graders wrote they wrote of other calls as well."""
    gone, told = set(state.wanted().calls), Needles(state.told)
    told = told.without(elsewhere(house.ledger, gone, told, told=True))
    both = Needles([*state.texts, *told.pieces])
    return both.without(_kept(house, both, moved) | elsewhere(house.ledger, gone, both, told=False))


def _cut_of(house: Opened, due: Due, state: _State) -> Cut:
    return Cut(
        state.removal(house),
        calls=frozenset(due.calls),
        told=frozenset(due.calls) if due.kind != "retention" else frozenset(),
        recordings=frozenset(due.recordings),
        written_before=due.written_before,
        replied_before=due.replied_before,
        drafts=frozenset((week, row) for week, row in state.drafts),
        text_questions=text_questions(house),
    )


def _cut(house: Opened, number: int, due: Due, state: _State, now: datetime) -> None:
    """Parts anew, then everything of the ledger in one transaction."""
    weeks = set(house.calls.weeks_of(due.calls).values()) if due.calls else set()
    state.found.update({week: found_files(house, week).key for week in sorted(weeks)})
    state.write(house)
    removal = state.removal(house)
    moved = dict(_moved(house, due, removal))
    cut, needles = _cut_of(house, due, state), _needles(house, state, moved)
    given_up = excluded(house, set(due.calls), removal.mark, now)
    with house.ledger.transaction() as tx:
        counts = _entombed(tx, number, changes(tx, cut, needles), now)
        _stand_in(tx, number, moved, now)
        add_grades(tx, given_up)
        counts |= {"parts": len(moved), "not graded any more": len({grade.identity for grade in given_up})}
        add_audit(tx, CUT, {"purge": number, "counts": {"calls": len(due.calls), **counts}}, now)
    for old in moved:
        (house.workspace.root / old.path).unlink(missing_ok=True)


def _moved(house: Opened, due: Due, removal: Removal) -> Iterator[tuple[Part, Part]]:
    """Each part that holds a text that goes, and the one that stands in its place."""
    calls = set(due.calls)
    urls = set(due.recordings) - calls
    weeks = set(house.calls.weeks_of(sorted(calls | urls)).values())
    for part in (part for part in parts(house.ledger) if part.week in weeks):
        new = rewritten(house.workspace.root, part, calls, removal) if calls else part
        new = without_recordings(house.workspace.root, new, urls) if urls and part.kind == "calls" else new
        if new.digest != part.digest:
            yield part, new


def _kept(house: Opened, needles: Needles, moved: dict[Part, Part] | None = None) -> set[int]:
    """The pieces that stay by right: other calls, the rubric or the configuration hold them too."""
    root, new = house.workspace.root, moved or {}
    paths = [root / new.get(part, part).path for part in parts(house.ledger)]
    own = [
        house.workspace.config_path,
        house.workspace.rubric_path,
        house.workspace.thresholds_path,
        *purge_files.as_shipped(house),
    ]
    found, _ = scanned([*paths, *own], needles)
    return {number for one in found.values() for number in one}


def _entombed(tx: Transaction, number: int, found: Iterable[Change], now: datetime) -> dict[str, int]:
    """How many rows of each table changed."""
    counts: dict[str, int] = {}
    for change in list(found):
        tx.entomb(number, change.table, change.row, change.columns, now)
        counts[change.table] = counts.get(change.table, 0) + 1
    return counts


def _stand_in(tx: Transaction, number: int, moved: dict[Part, Part], now: datetime) -> None:
    known = {row["digest"]: row for row in tx.stored("parts")}
    for old, new in moved.items():
        row = known[old.digest]
        tx.append("parts", {**asdict(new), "intake_id": row["intake_id"], "at": now})
        named = {"purge_id": number, "table_name": "parts", "row_id": row["id"], "fields": [], "at": now}
        tx.append("tombstones", {**named, "row_hash": row["sha256"], "replacement": new.digest})
