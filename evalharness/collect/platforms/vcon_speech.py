"""What was said in a vCon: dialogs of type text, and transcripts among the analyses, each counted from its own dialog's start."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from evalharness.collect.platforms import payload
from evalharness.collect.platforms.payload import Json, inner, objects, text
from evalharness.collect.units import milliseconds, number_of
from evalharness.models.noun import canonical_json

_WORDS = {
    **dict.fromkeys(("agent", "assistant", "bot", "ai"), "agent"),
    **dict.fromkeys(("customer", "caller", "user", "client", "contact"), "caller"),
    **dict.fromkeys(("human_agent", "supervisor", "operator"), "human_agent"),
}


@dataclass(frozen=True)
class People:
    """The parties by name and role; which are the agent and the caller, as far as known; whether that was concluded."""

    names: tuple[str, ...]
    roles: tuple[str, ...]
    agent: int | None
    caller: int | None
    guessed: bool

    def speaker(self, party: int | None) -> str | None:
        """Who the party of this number is; a third one is a human agent."""
        if party is None or not 0 <= party < len(self.names):
            return None
        return (
            "agent" if party == self.agent else "caller" if party == self.caller else _WORDS.get(self.roles[party], "human_agent")
        )

    def named(self, given: Any) -> str | None:
        """Who is meant by a word (Agent), a name, or the number of a party."""
        if isinstance(given, int) and not isinstance(given, bool):
            return self.speaker(given)
        word = str(given).strip().lower()
        names = [name.lower() for name in self.names]
        return _WORDS.get(word) or (self.speaker(names.index(word)) if word in names else None)


def spoken(value: Json, dialogs: list[Json], offsets: list[float], people: People) -> tuple[list[Json], str | None]:
    """The turns in the order in which they began, and a transcript of which nobody can tell who said what.

    `offsets`: of each dialog from the start of the call, in ms.
    """
    written = [(said, dialog, at) for dialog, at in zip(dialogs, offsets, strict=True) if (said := _written(dialog))]
    turns = [turn for said, dialog, at in written if (turn := _text_turn(said, dialog, at, people))]
    loose: list[str] = []
    if len(turns) < len(written):
        turns, loose = [], [said for said, _, _ in written]
    for analysis in objects(value.get("analysis")):
        if analysis.get("type") == "transcript":
            found, untold = _transcript(analysis, dialogs, offsets, people)
            turns += found
            loose += [untold] if untold else []
    if all(turn["start_ms"] is not None for turn in turns):
        turns.sort(key=lambda turn: turn["start_ms"])
    return turns, "\n".join(loose) or None


def _written(dialog: Json) -> str | None:
    return text(body_of(dialog)) if dialog["type"] == "text" else None


def _text_turn(said: str, dialog: Json, offset: float, people: People) -> Json | None:
    parties = dialog.get("parties")
    first = parties[0] if isinstance(parties, list) and parties else parties
    began = dialog.get("originator")
    speaker = people.named(first if began is None else began)
    if speaker is None:
        return None
    lasts = milliseconds(dialog.get("duration"), "s")
    return {"speaker": speaker, "text": said, "start_ms": offset, "end_ms": None if lasts is None else offset + lasts}


def body_of(held: Json) -> Any:
    """The content of a dialog or an analysis; what is base64url and no text is none."""
    body = held.get("body")
    if held.get("encoding") != "base64url" or not isinstance(body, str):
        return body
    try:
        return urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("utf-8")
    except ValueError:
        return None


def _transcript(analysis: Json, dialogs: list[Json], offsets: list[float], people: People) -> tuple[list[Json], str | None]:
    """Entries of speaker and message, or channels with a party each; (turns, the plain text where nobody is named)."""
    body = payload.from_json_text(body_of(analysis))
    listed = analysis.get("dialog")
    given = listed[0] if isinstance(listed, list) and listed else listed
    at = given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < len(dialogs) else None
    offset = offsets[at] if at is not None else (0.0 if len(dialogs) == 1 else None)
    entries = objects(body) or objects(inner(body, "transcript")) or objects(inner(body, "utterances"))
    if entries:
        turns = [turn for entry in entries if (turn := _entry(entry, offset, people))]
        whole = len(turns) == sum(_said(entry) is not None for entry in entries)
        return (turns, None) if whole else ([], "\n".join(said for entry in entries if (said := _said(entry))))
    return _channels(body, dialogs[at] if at is not None else {}, offset, people)


def _said(entry: Json) -> str | None:
    return next((said for name in ("message", "text", "transcript", "content") if (said := text(entry.get(name)))), None)


def _entry(entry: Json, offset: float | None, people: People) -> Json | None:
    said = _said(entry)
    speaker = next((people.named(entry[name]) for name in ("speaker", "role", "party") if entry.get(name) is not None), None)
    if said is None or speaker is None:
        return None
    return {"speaker": speaker, "text": said, **_times(entry, offset)}


def _times(entry: Json, offset: float | None) -> Json:
    """`start` and `end` in seconds from the dialog's start, counted from the call's."""
    found = {name: milliseconds(number_of(entry.get(name)), "s") for name in ("start", "end")}
    return {f"{name}_ms": None if ms is None or offset is None else round(offset + ms, 3) for name, ms in found.items()}


def _channels(body: Any, dialog: Json, offset: float | None, people: People) -> tuple[list[Json], str | None]:
    """Recognised channels: as many as the dialog has parties, and two at least, are one of them each; else nobody can be told.

    Nor can they where a channel has words and no paragraphs: nothing says in what order they were spoken.
    """
    channels = objects(inner(body, "results", "channels"))
    first = [next(iter(objects(channel.get("alternatives"))), {}) for channel in channels]
    parties = dialog.get("parties")
    listed = parties if isinstance(parties, list) else []
    parts = [_paragraphs(one, offset) for one in first]
    heard = [
        text(one.get("transcript")) or " ".join(turn["text"] for turn in held) for one, held in zip(first, parts, strict=True)
    ]
    speakers = [people.named(party) for party in listed]
    lost = any(words and not (held and who) for words, held, who in zip(heard, parts, speakers, strict=False))
    if len(first) < 2 or len(first) != len(listed) or lost:
        plain = heard or [text(body) or text(inner(body, "transcript")) or ""]
        return [], "\n".join(one for one in plain if one) or _unknown(body, first)
    return [{"speaker": who, **turn} for who, held in zip(speakers, parts, strict=True) for turn in held], None


def _unknown(body: Any, channels: list[Json]) -> str | None:
    """A transcript of a shape nobody knows, as it stands."""
    return canonical_json(body) if body and not channels and not isinstance(body, str) else None


def _paragraphs(alternative: Json, offset: float | None) -> list[Json]:
    return [
        {"text": " ".join(one for one in words if one), **_times(paragraph, offset)}
        for paragraph in objects(inner(alternative, "paragraphs", "paragraphs"))
        if any(words := [text(one.get("text")) for one in objects(paragraph.get("sentences"))])
    ]
