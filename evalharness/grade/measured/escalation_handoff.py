"""How a handoff was done, and what was passed on with it, by simple tests of the summary."""

from __future__ import annotations

import re

from evalharness.grade.measured.audit import Audit
from evalharness.grade.measured.cues import plain_cues
from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_words import words_of
from evalharness.models.call import Call, Handoff
from evalharness.models.escalating import Context

_NAME = re.compile(r"\b(?:M[rs]s?|Dr|Herrn?|Frau)\.? +[A-ZÄÖÜ]\w|\b[A-ZÄÖÜ][a-zäöüß]+ [A-ZÄÖÜ][a-zäöüß]+\b")
_TWO_NAMES = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]{2,}\b")
_NUMBERED = re.compile(r"\w*\d\w*")
_NOBODY = ("not identified", "unidentified", "unknown", "unbekannt", "nicht identifiziert")


def handoff_of(audit: Audit) -> Found:
    """Kind, failure and destination, as the log has them; a call without a handoff has 0 for all but the kind, where its log
    would show one."""
    handoff = audit.call.handoff
    found = Found()
    if handoff is None and not audit.shows_handoffs:
        return found
    to_bot = handoff is not None and handoff.destination == "bot"
    found.values["handoff_failed"] = float(handoff is not None and not to_bot and handoff.status == "failed")
    found.values["handoff_to_bot"] = float(to_bot)
    if handoff is not None and not to_bot and handoff.kind is not None and handoff.status == "connected":
        found.values["handoff_warm"] = float(handoff.kind == "warm")
    return found


def context_of(audit: Audit, rules: Context) -> Found:
    """What the summary passed on at a handoff to a human holds; nothing where the log does not say what was passed on."""
    found, handoff = Found(), audit.call.handoff
    if handoff is None or handoff.context_summary is None or not audit.call.handed_off:
        return found
    summary = handoff.context_summary
    found.values["handoff_summary"] = float(bool(summary.strip()))
    if summary.strip():
        found.values |= {
            f"handoff_{part}": float(held) for part, held in _parts(summary, audit.call, rules).items() if part in rules.parts
        }
    return found


def _parts(summary: str, call: Call, rules: Context) -> dict[str, bool]:
    words = words_of(summary)
    facts = {"facts": not _numbered(words).isdisjoint(_of_the_call(call))}
    if not _listed(call.language):
        return facts
    topic = {word for word in words_of((call.intent or "").replace("_", " ")) if len(word) > 3}
    lists = {"tried": rules.tried, "outcome": rules.outcome, "reason": rules.reason}
    return {
        "who": _who(summary, words, rules) or not _names_said(call).isdisjoint(words),
        "intent": not topic.isdisjoint(words) or plain_cues(rules.intent).within(words),
        **facts,
        **{part: plain_cues(listed).within(words) for part, listed in lists.items()},
    }


def _listed(language: str | None) -> bool:
    """Whether the lists by which a summary is read have words of the language; they are English and German, in one."""
    return language is None or language[:2].lower() in ("en", "de")


def _who(summary: str, words: tuple[str, ...], rules: Context) -> bool:
    """A name or a number of the person: two capitalised words, a title with a name, or one of the words that come before one."""
    nobody = plain_cues(_NOBODY).within(words)
    return not nobody and (_NAME.search(summary) is not None or plain_cues(rules.who).within(words))


def _names_said(call: Call) -> set[str]:
    """Words of the names the caller gave: two capitalised words. Not in German, which writes every noun so."""
    if call.language is not None and call.language.startswith("de"):
        return set()
    said = (turn.text for turn in call.turns if turn.speaker == "caller")
    return {word for text in said for name in _TWO_NAMES.findall(text) for word in words_of(name)}


def _numbered(words: tuple[str, ...]) -> set[str]:
    return {word for word in words if _NUMBERED.fullmatch(word)}


def _of_the_call(call: Call) -> set[str]:
    """Every number or code that was said, or that a tool gave or got."""
    said = {word for turn in call.turns for word in _numbered(words_of(turn.text))}
    used = (f"{tool.arguments} {tool.result}" for turn in call.turns for tool in turn.tool_calls)
    return said | {word for text in used for word in _numbered(words_of(text))}


def late(audit: Audit, trigger: int | None, late_turns: int) -> float | None:
    """Whether the handing over came late after the turn of the trigger; None where either place is not known."""
    if trigger is None or audit.handed_at is None:
        return None
    return float(audit.replies_between(trigger, audit.handed_at) >= late_turns)


def what_became(handoff: Handoff | None, *, handed_off: bool, follow_up: bool) -> str:
    """What a call's need of a human came to: honoured, follow_up, failed, or never tried."""
    if handed_off:
        return "honoured"
    if follow_up:
        return "follow_up"
    tried = handoff is not None and handoff.destination == "human"
    return "failed" if tried else "never"
