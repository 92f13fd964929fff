"""vCon (the IETF's conversation container), unsigned: -> our form. `vcon` and `created_at` may be missing; of 0.0.1 up to now.

Speech stands in dialogs of type text and in analysis of type transcript (vcon_speech.py). Each dialog has its own start; the
call begins with the first, and times are counted from there. Times without an offset need a declared zone (collect.timezones).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.collect.platforms import outcomes, payload
from evalharness.collect.platforms.payload import Draft, Json, inner, objects, present, text
from evalharness.collect.platforms.vcon_speech import People, body_of, spoken
from evalharness.collect.reasons import FieldError, shown, wrong_kind
from evalharness.collect.units import after, from_start, instant_of, number_of

ZONED = True
"""`draft` takes the zone of times without an offset."""
_TYPES = ("recording", "text", "transfer", "incomplete", "recording-set")
_DIRECTIONS = {"in": "inbound", "inbound": "inbound", "out": "outbound", "outbound": "outbound"}
_USED = frozenset({
    "uuid", "vcon", "created_at", "updated_at", "parties", "dialog", "analysis", "attachments", "extensions", "critical", "meta",
    "group", "redacted", "amended", "appended",
})  # fmt: skip


def recognises(value: Any) -> bool:
    """Parties and dialogs with a uuid or the vcon field, or a signed (JWS) or encrypted (JWE) form, which are refused by name."""
    if not isinstance(value, dict):
        return False
    named = "uuid" in value or "vcon" in value
    return _sealed(value) != "" or (named and "dialog" in value and "parties" in value)


def _sealed(value: Json) -> str:
    if isinstance(value.get("signatures"), list) and "payload" in value:
        return "signed (JWS)"
    return "encrypted (JWE)" if "ciphertext" in value and ("recipients" in value or "protected" in value) else ""


def draft(given: Any, zone: ZoneInfo | None = None) -> Draft:
    """One vCon. Raises FieldError for a sealed one, for what its own schema forbids, and for times without offset or zone."""
    value = payload.needed(given, "")
    if _sealed(value):
        raise FieldError("", f"the vCon is {_sealed(value)}; only the unsigned form is read: export it unsigned")
    parties, dialogs = _objects(value, "parties"), _objects(value, "dialog")
    for at, dialog in enumerate(dialogs):
        _check(dialog, f"dialog[{at}]", len(parties))
    starts = [instant_of(dialog["start"], f"dialog[{at}].start", zone) for at, dialog in enumerate(dialogs)]
    created = instant_of(value["created_at"], "created_at", zone) if value.get("created_at") is not None else None
    start = min(starts, default=created)
    if start is None:
        raise FieldError("dialog", "is empty, and there is no created_at to take instead")
    people = _people(value, parties, dialogs)
    offsets = [from_start(began, start) for began in starts]
    turns, loose = spoken(value, dialogs, offsets, people)
    reason = _reason(value, dialogs)
    ending = _ending(reason, dialogs, turns, loose)
    who = parties[people.agent] if people.agent is not None else {}
    raw = {
        "id": value.get("uuid"),
        "agent": text(who.get("name")),
        "started_at": start.isoformat(),
        "ended_at": _end(dialogs, starts),
        "direction": _direction(value, dialogs),
        "channel": "phone" if any(dialog["type"] == "recording" for dialog in dialogs) else None,
        "caller": _address(parties[people.caller]) if people.caller is not None else None,
        "end_reason": reason or None,
        "recording_url": next((text(dialog.get("url")) for dialog in dialogs if dialog["type"] == "recording"), None),
        "handoff": _handoff(dialogs, offsets, parties),
        "turns": turns,
        **ending,
        "metadata": {**_metadata(value, loose), **ending["metadata"]},
    }
    inferred = {
        "started_at": not dialogs, "outcome": "outcome" in ending, "agent": people.guessed, "caller": people.guessed,
        "turns.speaker": people.guessed and bool(turns), payload.UNTOLD: loose is not None,
    }  # fmt: skip
    return Draft(raw, tuple(name for name, so in inferred.items() if so))


def _objects(value: Json, name: str) -> list[Json]:
    """The list of objects under a key that must be there. Raises FieldError."""
    held = value.get(name)
    if not isinstance(held, list):
        raise FieldError(name, wrong_kind("a list", held))
    wrong = next((at for at, one in enumerate(held) if not isinstance(one, dict)), None)
    if wrong is not None:
        raise FieldError(f"{name}[{wrong}]", wrong_kind("an object", held[wrong]))
    return held


def _check(dialog: Json, field: str, parties: int) -> None:
    """What the schema says of a dialog and we rest on. Raises FieldError."""
    if dialog.get("type") not in _TYPES:
        raise FieldError(f"{field}.type", f"is {shown(dialog.get('type'))}; known: {', '.join(_TYPES)}")
    if not isinstance(dialog.get("start"), str):
        raise FieldError(f"{field}.start", wrong_kind("a time as text", dialog.get("start")))
    if dialog.get("duration") is not None and number_of(dialog["duration"]) is None:
        raise FieldError(f"{field}.duration", wrong_kind("a number of seconds", dialog["duration"]))
    wrong = next((one for one in numbers_in(dialog.get("parties")) if not 0 <= one < parties), None)
    if wrong is not None:
        raise FieldError(f"{field}.parties", f"names party {wrong}; there are {parties}")


def numbers_in(value: Any) -> list[int]:
    """The whole numbers of a number or of a list, however nested: how dialogs point to parties."""
    if isinstance(value, list):
        return [number for one in value for number in numbers_in(one)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def _role(party: Json) -> str:
    return str(party.get("role") or inner(party, "meta", "role") or party.get("type") or "").strip().lower()


def _people(value: Json, parties: list[Json], dialogs: list[Json]) -> People:
    """Who is the agent: by role; else, of two, the one who did not begin the call (outbound: who did); else the first."""
    roles = [_role(party) for party in parties]
    names = [text(party.get("name")) or "" for party in parties]
    agent = next((at for at, role in enumerate(roles) if role in ("agent", "bot", "assistant", "ai")), None)
    caller = next((at for at, role in enumerate(roles) if role in ("customer", "caller", "user", "client", "contact")), None)
    guessed = agent is None and bool(parties)
    if agent is None and parties:
        first = next((one for dialog in dialogs for one in _originator(dialog)), None)
        other = caller if caller is not None else (1 if first is None else first)
        outbound = _direction(value, dialogs) == "outbound" and caller is None and first is not None
        agent = first if outbound else (1 - other if len(parties) == 2 and other in (0, 1) else 0)
    if caller is None and len(parties) == 2 and agent is not None:
        caller = 1 - agent
    return People(tuple(names), tuple(roles), agent, caller, guessed)


def _originator(dialog: Json) -> list[int]:
    """Who began it: the originator, else the first party."""
    return (numbers_in(dialog.get("originator")) or numbers_in(dialog.get("parties")))[:1]


def _direction(value: Json, dialogs: list[Json]) -> str | None:
    said = [inner(one, "meta", "direction") for one in (*dialogs, value)]
    return next((_DIRECTIONS[one] for one in said if isinstance(one, str) and one in _DIRECTIONS), None)


def _end(dialogs: list[Json], starts: list[datetime]) -> str | None:
    """The last end of a dialog that says how long it was (in seconds)."""
    ends = [
        after(began, one.get("duration"), "s", f"dialog[{at}].duration")
        for at, (one, began) in enumerate(zip(dialogs, starts, strict=True))
    ]
    known = [end for end in ends if end is not None]
    return max(known).isoformat() if known else None


def _address(party: Json) -> str | None:
    found = next((said for name in ("tel", "sip", "mailto", "email") if (said := text(party.get(name)))), None)
    return found.removeprefix("tel:").removeprefix("mailto:") if found else None


def _reason(value: Json, dialogs: list[Json]) -> str:
    """What a dialog that came to nothing says, where all did; else the disposition that some systems add, dashes for spaces."""
    lost = [text(one.get("disposition")) or "" for one in dialogs if one["type"] == "incomplete"]
    if lost and len(lost) == len(dialogs):
        return lost[-1]
    added = [inner(one, "meta", "disposition") for one in (*dialogs, value)]
    return next(("-".join(one.lower().split()) for one in added if text(one)), "")


def _ending(reason: str, dialogs: list[Json], turns: list[Json], loose: str | None) -> Json:
    """By the table; where nothing is said of the end, nothing is concluded but that the call took place."""
    began = not dialogs or any(one["type"] != "incomplete" for one in dialogs)
    signs = outcomes.Signs(
        reason=reason, began=began, spoken=bool(turns or loose), heard=payload.heard_caller(turns) or bool(loose)
    )
    plain = not reason and outcomes.rule_of("vcon", signs).name == "other"
    return {"status": "completed", "metadata": {}} if plain else outcomes.ending("vcon", signs)


def _handoff(dialogs: list[Json], offsets: list[float], parties: list[Json]) -> Json | None:
    """The last transfer: warm where the target was spoken to before, failed where the dialog with the target came to nothing."""
    found = [(one, at) for one, at in zip(dialogs, offsets, strict=True) if one["type"] == "transfer"]
    if not found:
        return None
    dialog, at = found[-1]
    targets = [parties[one] for one in numbers_in(dialog.get("transfer_target")) if 0 <= one < len(parties)]
    reached = [dialogs[one] for one in numbers_in(dialog.get("target_dialog")) if 0 <= one < len(dialogs)]
    bots = bool(targets) and all(_role(party) in ("bot", "ai", "assistant") for party in targets)
    failed = bool(reached) and all(one["type"] == "incomplete" for one in reached)
    return {
        "at_ms": at,
        "kind": "warm" if dialog.get("consultation") is not None else None,
        "destination": "bot" if bots else "human",
        "status": "failed" if failed else "connected",
    }


def _metadata(value: Json, loose: str | None) -> Json:
    """What others concluded (by type), what was attached (types alone), and what this version does not know."""
    analysis = {str(one.get("type")): body_of(one) for one in objects(value.get("analysis")) if one.get("type") != "transcript"}
    attached = [text(one.get("purpose")) or text(one.get("type")) for one in objects(value.get("attachments"))]
    return present({
        **{name: one for name, one in value.items() if name not in _USED},
        "meta": value.get("meta"),
        "analysis": present(analysis),
        "attachments": [one for one in attached if one],
        payload.UNTOLD: loose,
    })  # fmt: skip
