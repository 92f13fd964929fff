"""What is due to go: by the days of `retention:`, or of one call or caller on request. Nothing is changed here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from evalharness import numbers
from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.removed import KEY, ON_REQUEST, UNDER_RETENTION, removed
from evalharness.store.hashing import iso
from evalharness.store.intakes import parts
from evalharness.store.llm import FINAL

Identity = tuple[str, str]
Kind = Literal["retention", "call", "caller"]
MOST_NAMED = 20
"""So many calls are named for people; all of them in JSON."""
_OURS = ("reports/", "sheets/", "exports/")


@dataclass(frozen=True)
class Due:
    """What is to go. `calls`: their texts; `recordings`: their addresses; `written_before`, `replied_before`: what graders
    wrote and LLMs replied until then (ISO, "" = none of it); `files`: exports by path; `matched`: in words, how calls were found.

    `callers`: keyed hashes that are replaced; `typed`: what was asked for, which is looked for and never kept; `candidates`:
    calls that may be meant too, which go only by `with_candidates`; `rules`: what is due by which key of `retention:`.
    """

    kind: Kind
    calls: tuple[Identity, ...] = ()
    recordings: tuple[Identity, ...] = ()
    written_before: str = ""
    written: int = 0
    replied_before: str = ""
    replied: int = 0
    files: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    candidates: tuple[Identity, ...] = ()
    candidate_callers: tuple[str, ...] = ()
    rules: tuple[dict[str, Any], ...] = ()

    @property
    def why(self) -> str:
        """As marks have it."""
        return UNDER_RETENTION if self.kind == "retention" else ON_REQUEST

    @property
    def nothing(self) -> bool:
        """Whether nothing is to go."""
        return not (self.calls or self.recordings or self.written or self.replied or self.files)

    @property
    def unwritten(self) -> list[str]:
        """The keys by which something is due and which nobody wrote: their days are defaults."""
        return [rule["rule"] for rule in self.rules if not rule["written"]]

    def with_candidates(self) -> Due:
        """The same with the candidates."""
        callers = (*self.callers, *self.candidate_callers)
        return replace(self, calls=(*self.calls, *self.candidates), callers=callers, candidates=(), candidate_callers=())

    def without_candidates(self) -> Due:
        """The same without them."""
        return replace(self, candidates=(), candidate_callers=())

    def told(self) -> dict[str, Any]:
        """For programs: everything but what was typed and the keyed hashes."""
        hidden = ("typed", "callers", "candidate_callers")
        return {name: value for name, value in asdict(self).items() if name not in hidden}

    def lines(self) -> list[str]:
        """What would go, for people."""
        told = [
            (len(self.calls), "call: all that was said, sent or written in it, and quotes of it",
             "calls: all that was said, sent or written in them, and quotes of it"),
            (len(self.recordings), "address of a recording", "addresses of recordings"),
            (self.written, "rationale, comment or reason of a grade or decision",
             "rationales, comments and reasons of grades and decisions"),
            (self.replied, "raw reply of an LLM", "raw replies of LLMs"),
            (len(self.files), "report, sheet or export", "reports, sheets and exports"),
        ]  # fmt: skip
        counts = [f"{numbers.count(count):>7}  {one if count == 1 else many}" for count, one, many in told if count]
        return [*self.matched, *counts, *(_rule_line(rule) for rule in self.rules)]


def _rule_line(rule: dict[str, Any]) -> str:
    """Which key, how many days, whose, of when, which."""
    whose = "" if rule["written"] else " (the default: evalharness.yaml does not say)"
    first, last = rule["first"][:10], rule["last"][:10]
    days = f"of {first}" if first == last else f"of {first} to {last}"
    told = [f"{numbers.count(rule['count'])} due", *([days] if first else []), *([some(rule["which"])] if rule["which"] else [])]
    return f"{rule['rule']}: {numbers.counted(rule['days'], 'day')}{whose}: {', '.join(told)}"


def some(names: Iterable[str]) -> str:
    """The first of these names, and how many more there are."""
    held = list(names)
    more = f" and {numbers.count(len(held) - MOST_NAMED)} more (--json names all)" if len(held) > MOST_NAMED else ""
    return ", ".join(held[:MOST_NAMED]) + more


def due_by_retention(house: Opened, now: datetime) -> Due:
    """What is older than the days configured: calls by their start, everything else by when it was written."""
    kept, before = house.config.retention, {}
    for name in ("transcripts", "recordings", "grades", "exports", "llm_replies"):
        days = getattr(kept, f"{name}_days")
        before[name] = "" if days is None else iso(now - timedelta(days=days))
    rows = list(_call_rows(house))
    said = [r for r in rows if r["at"] < before["transcripts"] and KEY not in r["metadata"]]
    heard = [r for r in rows if r["at"] < before["recordings"] and r["recording_url"]]
    written, replied = _written(house, before["grades"]), _replied(house, before["llm_replies"])
    files = tuple(_old_files(house, before["exports"]))
    found: dict[str, tuple[int, list[str], list[str]]] = {
        "transcripts": (len(said), [r["who"][1] for r in said], [r["at"] for r in said]),
        "recordings": (len(heard), [r["who"][1] for r in heard], [r["at"] for r in heard]),
        "grades": (written, [], []),
        "exports": (len(files), list(files), []),
        "llm_replies": (replied, [], []),
    }
    return Due(
        "retention",
        calls=tuple(r["who"] for r in said),
        recordings=tuple(r["who"] for r in heard),
        written_before=before["grades"],
        written=written,
        replied_before=before["llm_replies"],
        replied=replied,
        files=files,
        rules=tuple(_rule(house, name, *what) for name, what in found.items() if what[0]),
    )


def _rule(house: Opened, name: str, count: int, which: list[str], at: list[str]) -> dict[str, Any]:
    """What is due by a key. `written`: whether evalharness.yaml has it; `first`, `last`: of the calls, "" where it is no call."""
    kept, key = house.config.retention, f"{name}_days"
    known = "retention" in house.config.model_fields_set and key in kept.model_fields_set
    ends = {"first": min(at, default=""), "last": max(at, default="")}
    return {"rule": key, "days": getattr(kept, key), "written": known, "count": count, "which": which, **ends}


def _call_rows(house: Opened) -> Iterator[dict[str, Any]]:
    """who, at, metadata, recording_url of every call of the log."""
    import pyarrow.parquet as pq

    names = ["source", "id", "started_at", "metadata", "recording_url"]
    for part in parts(house.ledger, kind="calls"):
        table = pq.read_table(house.workspace.root / part.path, columns=names)
        for source, call_id, at, metadata, url in zip(*(_column(table, name) for name in names), strict=True):
            entries = json.loads(metadata) if metadata and KEY in metadata else {}
            yield {"who": (source, call_id), "at": at, "metadata": entries, "recording_url": url}


def _column(table: Any, name: str) -> list[Any]:
    if name != "started_at":
        return list(table[name].to_pylist())
    micros = table[name].cast("int64").to_pylist()
    return [iso(_EPOCH + timedelta(microseconds=one)) for one in micros]


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _written(house: Opened, before: str) -> int:
    tables = ("grades", "adjudications", "disputes") if before else ()
    marks = ("[text removed on",)
    held = ((row, row.get("grade") or row.get("reason") or "") for table in tables for row in house.ledger.stored(table))
    return sum(row["at"] < before and _speaks(row, text) and marks[0] not in text for row, text in held)


def _speaks(row: dict[str, Any], text: str) -> bool:
    """Whether a person or an LLM wrote anything in it."""
    if "grade" not in row:
        return bool(text)
    grade = json.loads(text)
    said = grade["rationale"].strip() or any(one["quote"] for one in grade["evidence"])
    return bool(said) and row["grader_kind"] != "measured"


def _replied(house: Opened, before: str) -> int:
    if not before:
        return 0
    ended = {row["llm_call_id"] for row in house.ledger.stored("llm_events", state=list(FINAL))}
    rows = (row for row in house.ledger.stored("llm_events", state="received") if row["llm_call_id"] in ended)
    return sum(row["at"] < before and bool(row["raw"]) and not row["raw"].startswith("[text removed on") for row in rows)


def _old_files(house: Opened, before: str) -> Iterator[str]:
    """Files that were written as exports before then, last, and still are there."""
    newest = {row["path"]: row["at"] for row in house.ledger.stored("exports")}
    for path, at in sorted(newest.items()):
        if at < before and path.startswith(_OURS) and (house.workspace.root / path).is_file():
            yield path


def due_for_call(house: Opened, call_id: str) -> Due:
    """All calls of exactly this id, of any source; or that of SOURCE/ID or SOURCE:ID. Raises UsageError for none."""
    found = house.calls.named([call_id]) or _of_source(house, call_id)
    if not found:
        raise nobody("the call log has no call of this id", "Type the whole id, as the platform gave it, or SOURCE/ID.")
    told = f"{numbers.counted(len(found), 'call')} of this id: {some(f'{source}:{one}' for source, one in found)}"
    gone = sum(bool(removed(call)) for call in house.calls.calls(found))
    are = "is" if gone == 1 else "are"
    again = f"{numbers.counted(gone, 'call')} {are} purged already: only files that still hold it are looked for"
    return Due("call", tuple(found), matched=(told, *([again] if gone else [])))


def _of_source(house: Opened, typed: str) -> list[Identity]:
    """The calls that SOURCE/ID or SOURCE:ID means; both parts may hold such signs of their own."""
    pairs = {(typed[:at], typed[at + 1 :]) for at, sign in enumerate(typed) if sign in "/:"}
    return [one for one in house.calls.named([call_id for _, call_id in pairs]) if one in pairs]


def nobody(what: str, fix: str) -> UsageError:
    """Nothing was found by what was typed."""
    return UsageError(what, where="what was typed", why="Nothing was changed.", fix=fix)
