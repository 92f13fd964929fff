"""What is due to go: by the days of `retention:`, or of one call or caller on request. Nothing is changed here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from evalharness import numbers
from evalharness.collect.privacy.findings import ALL_CATEGORIES
from evalharness.collect.privacy.redact import Redactor
from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.removed import KEY, ON_REQUEST, UNDER_RETENTION
from evalharness.store.hashing import iso
from evalharness.store.intakes import Part, parts
from evalharness.store.llm import FINAL

Identity = tuple[str, str]
Kind = Literal["retention", "call", "caller"]
_PSEUDONYM = re.compile(r"\[[a-z]+-[0-9a-f]{4,}\]")
_CATEGORIES = frozenset(ALL_CATEGORIES) - {"address"}
_OURS = ("reports/", "sheets/", "exports/")


@dataclass(frozen=True)
class Due:
    """What is to go. `calls`: their texts; `recordings`: their addresses; `written_before`, `replied_before`: what graders
    wrote and LLMs replied until then (ISO, "" = none of it); `files`: exports by path; `matched`: in words, how calls were found.

    `callers`: keyed hashes that are replaced; `typed`: what was asked for, which is looked for and never kept.
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

    @property
    def why(self) -> str:
        """As marks have it."""
        return UNDER_RETENTION if self.kind == "retention" else ON_REQUEST

    @property
    def nothing(self) -> bool:
        """Whether nothing is to go."""
        return not (self.calls or self.recordings or self.written or self.replied or self.files)

    def lines(self) -> list[str]:
        """What would go, for people."""
        told = [
            (len(self.calls), "calls: all that was said, sent or written in them, and quotes of it"),
            (len(self.recordings), "addresses of recordings"),
            (self.written, "rationales, comments and reasons of grades and decisions"),
            (self.replied, "raw replies of LLMs"),
            (len(self.files), "reports, sheets and exports"),
        ]
        return [*self.matched, *(f"{numbers.count(count):>7}  {what}" for count, what in told if count)]


def due_by_retention(house: Opened, now: datetime) -> Due:
    """What is older than the days configured: calls by their start, everything else by when it was written."""
    kept, before = house.config.retention, {}
    for name in ("transcripts", "recordings", "grades", "exports", "llm_replies"):
        days = getattr(kept, f"{name}_days")
        before[name] = "" if days is None else iso(now - timedelta(days=days))
    rows = list(_call_rows(house))
    return Due(
        "retention",
        calls=tuple(r["who"] for r in rows if r["at"] < before["transcripts"] and KEY not in r["metadata"]),
        recordings=tuple(r["who"] for r in rows if r["at"] < before["recordings"] and r["recording_url"]),
        written_before=before["grades"],
        written=_written(house, before["grades"]),
        replied_before=before["llm_replies"],
        replied=_replied(house, before["llm_replies"]),
        files=tuple(_old_files(house, before["exports"])),
    )


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
    """All calls of exactly this id, of any source. Raises UsageError where there is none."""
    found = house.calls.named([call_id])
    if not found:
        raise _none("the call log has no call of this id", "Type the whole id, as the platform gave it.")
    return Due("call", tuple(found), matched=(f"{len(found)} of this id",))


def due_for_caller(house: Opened, typed: str) -> Due:
    """The calls by this caller (number, mail or name, as the platform gave it), by the keyed hash, and those in whose text its
    pseudonyms stand. Raises UsageError where there is none."""
    redactor = Redactor(house.workspace.key, _CATEGORIES)
    key = redactor.caller_key(typed)
    own = [(row["source"], row["id"]) for row in house.calls.of_callers([key])] if key else []
    names = _pseudonyms(redactor, typed)
    mentioned = [one for one in _mentioning(house, names) if one not in set(own)] if names else []
    if not own and not mentioned:
        fix = "Type it as the platform gave it, a phone number with its country code."
        raise _none("no call is known by this caller, nor names it", fix)
    matched = [f"{len(own)} by this caller (keyed hash)"]
    if mentioned:
        like = "of 65,536 other numbers one looks the same"
        matched.append(f"{len(mentioned)} more in whose text its pseudonym stands ({', '.join(names)}; {like})")
    return Due("caller", (*own, *mentioned), matched=tuple(matched), callers=(key,) if key else (), typed=_ways(typed))


def _none(what: str, fix: str) -> UsageError:
    return UsageError(what, where="what was typed", why="Nothing was changed.", fix=fix)


def _ways(typed: str) -> tuple[str, ...]:
    """What was typed, and its digits alone."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    return tuple(dict.fromkeys(one for one in (typed.strip(), digits) if len(one) >= 8))


def _pseudonyms(redactor: Redactor, typed: str) -> list[str]:
    """What redaction puts in the place of this number or mail, in whatever way it reads it."""
    asked = ("", "What is your phone number?", "phone", "What is your name?")
    return sorted({name for question in asked for name in _PSEUDONYM.findall(redactor.text(typed.strip(), question))})


def _mentioning(house: Opened, names: Iterable[str]) -> list[Identity]:
    import pyarrow.parquet as pq

    wanted, found = [begin for name in names for begin in (name, f"{name[:-1]} part]")], dict[Identity, None]()
    for part in parts(house.ledger):
        columns, call_id = _texts(part)
        if not columns:
            continue
        table = pq.read_table(house.workspace.root / part.path, columns=["source", call_id, *columns])
        rows = zip(*(table[name].to_pylist() for name in ("source", call_id, *columns)), strict=True)
        for source, one, *texts in rows:
            if any(name in text for text in texts if text for name in wanted):
                found[source, one] = None
    return list(found)


def _texts(part: Part) -> tuple[list[str], str]:
    columns = {"turns": (["text", "tool_calls"], "call_id"), "calls": (["metadata", "handoff", "errors"], "id")}
    return columns.get(part.kind, ([], ""))
