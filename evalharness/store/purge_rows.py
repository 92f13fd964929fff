"""Which rows of the ledger change when texts are taken out, and how: values stay, a mark stands where a text was.

What is known to hold a text of a call goes by its place (quotes, rationales, raw replies, remarks); anywhere else a text goes
that holds a piece of what is taken out (a note or another grade that quotes it).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from evalharness.models.call import Call
from evalharness.models.removed import Removal, leaves
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.llm import FINAL
from evalharness.store.needles import Needles
from evalharness.store.schema import KEPT, is_json

Identity = tuple[str, str]
Row = dict[str, Any]
DRAFT = "desk remark"
"""The audit action of a remark that has no grade yet (flows/desk_house.py)."""
WRONG = "[transcript wrong]"
"""A mark that figures count: it stays at the head of a rationale (aggregate/heard.py)."""
QUOTING: Mapping[str, tuple[str, ...]] = {
    "intakes": ("conflicts",),
    "rejects": ("field", "reason"),
    "supplements": ("value",),
    "changes": ("label",),
    "picks": ("reason",),
    "grades": ("grade",),
    "llm_events": ("raw", "details"),
    "reviews": ("details",),
    "adjudications": ("value", "reason"),
    "disputes": ("reason", "details"),
    "signoffs": ("details",),
    "actions": ("details",),
    "audit": ("details",),
}
"""Columns in which a text of a call may be quoted."""


@dataclass(frozen=True)
class Cut:
    """What goes from the ledger. `calls`: everything said in them, and quotes of it; `told`: also what graders wrote of them;
    `recordings`: the addresses; `written_before`, `replied_before`: what graders wrote and LLMs replied before that instant (ISO,
    "" = none); `drafts`: (week, row of the form) of the desk's remarks; `text_questions`: criteria whose value is a text."""

    removal: Removal
    calls: frozenset[Identity] = frozenset()
    told: frozenset[Identity] = frozenset()
    recordings: frozenset[Identity] = frozenset()
    written_before: str = ""
    replied_before: str = ""
    drafts: frozenset[tuple[str, str]] = frozenset()
    text_questions: frozenset[str] = frozenset()

    def tells(self, row: Row) -> bool:
        """Whether what a grader wrote in the row goes."""
        return _identity(row) in self.told or row["at"] < self.written_before

    def prose(self, text: str) -> str:
        """The mark for what somebody wrote; an empty first line says something of its own, and stays."""
        head, line, rest = text.partition("\n")
        if head.startswith(WRONG):
            return f"{WRONG} {self.removal.mark}" if head[len(WRONG) :].strip() or rest.strip() else text
        if not head.strip():
            return head + line + str(self.removal.text(rest))
        return self.removal.mark


@dataclass(frozen=True)
class Change:
    """New values of some columns of a row (JSON as values)."""

    table: str
    row: int
    columns: dict[str, Any] = field(default_factory=dict)


def _identity(row: Row) -> Identity:
    return row["source"], row["call_id"]


def changes(ledger: Ledger | Transaction, cut: Cut, needles: Needles) -> Iterator[Change]:
    """Every row that changes, table by table. Reads the ledger once."""
    asked = {row["id"]: _identity(row) for row in ledger.stored("llm_calls")}
    ended = {row["llm_call_id"] for row in ledger.stored("llm_events", state=list(FINAL))}
    for name in (*QUOTING, "sample_items"):
        stored = ledger.stored(name)
        quoting = _quoting(name, stored, needles)
        for place, row in enumerate(stored):
            known = {}
            if name == "llm_events":
                source, call_id = asked[row["llm_call_id"]]
                known = {"source": source, "call_id": call_id, "ended": row["llm_call_id"] in ended}
            found = _CHANGED[name]({**row, **known}, cut) if name in _CHANGED else {}
            if place in quoting:
                found = {**found, **_unquoted(name, {**row, **found}, cut.removal.mark, needles)}
            if any(_differs(name, column, row[column], value) for column, value in found.items()):
                yield Change(name, row["id"], found)


def texts_by_place(ledger: Ledger | Transaction, cut: Cut, tables: Collection[str] | None = None) -> Iterator[str]:
    """What goes from the ledger (from these tables, None = all) by its place, text by text; those within a reply that is JSON."""
    for change in changes(ledger, cut, Needles([])):
        if tables is not None and change.table not in tables:
            continue
        row = ledger.stored(change.table, id=change.row)[0]
        for column, value in change.columns.items():
            left = set(_inner(value))
            yield from (text for text in _inner(row[column]) if text not in left)


def _inner(value: Any) -> Iterator[str]:
    """Every text of a value; of a text that is JSON the texts in it."""
    for text in leaves(value):
        inner = None
        if text[:1] in ("{", "["):
            with suppress(ValueError):
                inner = json.loads(text)
        if inner is None:
            yield text
        else:
            yield from _inner(inner)


_SAID: Mapping[str, tuple[str, ...]] = {"sample_items": ("call",), "picks": ("call",), "supplements": ("value",)}


def elsewhere(ledger: Ledger | Transaction, gone: Collection[Identity], needles: Needles, *, told: bool) -> set[int]:
    """The pieces that rows of other calls hold as their own: what was said in them, or with `told` what graders wrote of them."""
    asked = {row["id"]: _identity(row) for row in ledger.stored("llm_calls")}
    found: set[int] = set()
    for name, columns in (QUOTING if told else _SAID).items():
        rows = ledger.stored(name) if name != "audit" else []
        held = [row for row in rows if _of(row, asked) not in gone]
        for column in columns:
            data = "\x00".join(row[column] or "" for row in held).encode("utf-8", "surrogatepass")
            found |= {number for number, _ in needles.find(data)}
    return found


def _of(row: Row, asked: Mapping[int, Identity]) -> Identity | None:
    """The call that a row is about; None where it is about none."""
    return asked[row["llm_call_id"]] if "llm_call_id" in row else _identity(row) if "call_id" in row else None


def _differs(table: str, column: str, stored: Any, value: Any) -> bool:
    return bool((json.loads(stored) if is_json(KEPT[table].columns[column]) and stored is not None else stored) != value)


def _quoting(name: str, stored: list[Row], needles: Needles) -> set[int]:
    """The places of rows that hold a piece of what goes."""
    found: set[int] = set()
    for column in QUOTING.get(name, ()):
        found |= needles.within([row[column] for row in stored])
    return found


def _unquoted(name: str, row: Row, mark: str, needles: Needles) -> dict[str, Any]:
    """The columns without the texts that quote."""
    found = {}
    for column in QUOTING.get(name, ()):
        value = row[column]
        if isinstance(value, str) and is_json(KEPT[name].columns[column]):
            value = json.loads(value)
        found[column] = _without(value, mark, needles)
    return found


def _without(value: Any, mark: str, needles: Needles) -> Any:
    if isinstance(value, str):
        return mark if needles.within([value]) else value
    if isinstance(value, dict):
        return {name: _without(inner, mark, needles) for name, inner in value.items()}
    return [_without(inner, mark, needles) for inner in value] if isinstance(value, list) else value


def _frozen(row: Row, cut: Cut) -> dict[str, Any]:
    """A frozen call; of one picked by hand also why."""
    identity = _identity(row)
    found: dict[str, Any] = {}
    if identity in cut.calls | cut.recordings:
        call = Call.model_validate_json(row["call"])
        new = cut.removal.call(call) if identity in cut.calls else call.model_copy(update={"recording_url": None})
        found["call"] = new.model_dump(mode="json")
    if identity in cut.told and "reason" in row:
        found["reason"] = cut.prose(row["reason"])
    return found


def _grade(row: Row, cut: Cut) -> dict[str, Any]:
    """Quotes go with the call, what the grader wrote with the call or by its age; the level stays, and the turn of a quote."""
    grade, told = json.loads(row["grade"]), cut.tells(row) and row["grader_kind"] != "measured"
    if told or _identity(row) in cut.calls:
        grade["evidence"] = [{**one, "quote": ""} for one in grade["evidence"]]
    if told:
        grade["rationale"] = cut.prose(grade["rationale"])
        if row["criterion"] in cut.text_questions and grade.get("value"):
            grade["value"] = cut.removal.mark
    return {"grade": grade}


def _event(row: Row, cut: Cut) -> dict[str, Any]:
    """A raw reply of a request that is done with; of a call without text in any state."""
    old = row["at"] < cut.replied_before and row["ended"]
    if not old and _identity(row) not in cut.calls | cut.told:
        return {}
    details = json.loads(row["details"]) if row["details"] is not None else None
    return {"raw": cut.removal.text(row["raw"]), "details": _plain(details, cut.removal.mark)}


def _plain(value: Any, mark: str) -> Any:
    """A probe's answers without what the judge wrote beside them."""
    if isinstance(value, dict):
        return {name: _said(name, inner, mark) for name, inner in value.items()}
    return [_plain(inner, mark) for inner in value] if isinstance(value, list) else value


def _said(name: str, value: Any, mark: str) -> Any:
    if name == "quote":
        return ""
    if name in ("rationale", "note") and isinstance(value, str):
        return mark if value.strip() else value
    return _plain(value, mark)


def _decision(row: Row, cut: Cut) -> dict[str, Any]:
    if not cut.tells(row):
        return {}
    value = {kind: _words(noun, cut) for kind, noun in json.loads(row["value"]).items()}
    return {"reason": cut.prose(row["reason"]), "value": value}


def _dispute(row: Row, cut: Cut) -> dict[str, Any]:
    return {"reason": cut.prose(row["reason"]), "details": _words(json.loads(row["details"]), cut)} if cut.tells(row) else {}


def _words(noun: dict[str, Any], cut: Cut) -> dict[str, Any]:
    return {name: cut.prose(value) if name in ("reason", "note") and value else value for name, value in noun.items()}


def _later(row: Row, cut: Cut) -> dict[str, Any]:
    if row["field"] not in ("metadata", "version") or _identity(row) not in cut.calls:
        return {}
    value = json.loads(row["value"])
    if row["field"] == "version":
        return {"value": cut.removal.label(value) if isinstance(value, str) else value}
    return {"value": cut.removal.metadata(value) if isinstance(value, dict) else {}}


def _remark(row: Row, cut: Cut) -> dict[str, Any]:
    if row["action"] != DRAFT:
        return {}
    details = json.loads(row["details"])
    if (details.get("week"), details.get("row")) not in cut.drafts:
        return {}
    return {"details": {**details, "note": "", "evidence": {}}}


_CHANGED: Mapping[str, Callable[[Row, Cut], dict[str, Any]]] = {
    "sample_items": _frozen,
    "picks": _frozen,
    "grades": _grade,
    "llm_events": _event,
    "adjudications": _decision,
    "disputes": _dispute,
    "supplements": _later,
    "audit": _remark,
}
