"""What makes a human needed by the log alone: the caller asks for one, an emergency, the agent stuck, a tool down, an intent it
may not serve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evalharness.grade.measured.audit import Audit, Used
from evalharness.grade.measured.cues import Cues, cues, kept, pair_cues, spoken_in
from evalharness.grade.measured.voice_spoken import Said
from evalharness.grade.measured.voice_words import alike, words_of
from evalharness.models.escalating import EscalationRules, Trigger
from evalharness.models.voice_rules import Phrases, VoiceRules

_SENTENCE = re.compile(r"[.!?;]+")
_COURTESY = frozenset(
    {"please", "now", "no", "just", "i", "said", "okay", "ok", "um", "uh", "yes", "hello", "hi", "bitte", "jetzt", "nein", "ja"}
)
_BEFORE = 4
_FROM_THERE = 5


@dataclass(frozen=True)
class Fired:
    """A trigger at a turn; `turn` None: the log of the call shows it."""

    trigger: Trigger
    turn: int | None


def requests_of(audit: Audit, rules: EscalationRules) -> list[int] | None:
    """The caller's turns that ask for a human; None where nothing of the caller is known, or not in a language of the lists."""
    if not audit.caller or not spoken_in(audit.call.language, rules.phrases):
        return None
    ask = kept(rules, lambda: _Asking(rules))
    return [one.index for one in audit.caller if ask.asks(one)] if ask.may_be(audit.caller_words) else []


def withdrawn(audit: Audit, asked: Sequence[int], rules: EscalationRules) -> bool:
    """Whether the caller took back the only request of a call that was not handed over, and let the agent go on."""
    settled = cues(rules.settled)
    later = (one.words for one in audit.caller if asked and one.index > asked[0])
    return len(asked) == 1 and not audit.to_human and any(settled.within(words) for words in later)


class _Asking:
    """The lists of words, ready to be looked for."""

    def __init__(self, rules: EscalationRules) -> None:
        self.lists = [cues(rules.phrases), *pair_cues(rules.asks, rules.humans)]
        self.alone, self.never = cues(rules.alone), cues(rules.not_asking)
        self.whole = frozenset(words_of(phrase) for said in rules.alone.values() for phrase in said)
        self.marks = self.alone.marks.union(*(listed.marks for listed in self.lists))

    def may_be(self, words: frozenset[str]) -> bool:
        """Whether a call of these words may hold a request."""
        return not self.marks.isdisjoint(words)

    def asks(self, one: Said) -> bool:
        """Whether the turn asks for a human: words that do, unless those before them say no; or nothing but such a word."""
        if self.marks.isdisjoint(one.words):
            return False
        for listed in self.lists:
            before = listed.before(one.words)
            if before is not None and not self.never.within(before[-_BEFORE:]):
                return True
        return self.alone.within(one.words) and any(self._whole(part) for part in _SENTENCE.split(one.turn.text))

    def _whole(self, sentence: str) -> bool:
        return tuple(word for word in words_of(sentence) if word not in _COURTESY) in self.whole


def emergencies_of(audit: Audit, rules: EscalationRules) -> list[int] | None:
    """The caller's turns with words of an emergency; None as for `requests_of`."""
    if not audit.caller or not spoken_in(audit.call.language, rules.emergencies):
        return None
    words, none = cues(rules.emergencies), cues(rules.not_an_emergency)
    if not words.may_be(audit.caller_words):
        return []
    return [one.index for one in audit.caller if _is_one(one.words, words, none)]


def _is_one(said: tuple[str, ...], words: Cues, none: Cues) -> bool:
    """Whether there are words of an emergency, and nothing close to them that says it is none."""
    before = words.before(said)
    return before is not None and not none.within(said[max(0, len(before) - _BEFORE) : len(before) + _FROM_THERE])


def stuck_at(audit: Audit, rules: EscalationRules, voice: VoiceRules) -> list[int] | None:
    """The agent's turns by which it asked twice again for the same, or a tool of it failed for the second time.

    None where the log does not say of every tool how it went, or in a language without a list.
    """
    if not audit.agent or not audit.none_unknown or not spoken_in(audit.call.language, rules.again):
        return None
    found, again_before = set(_failed_twice(audit.failed)), False
    again_cues, asked_again = _if_there(rules.again, audit.agent_words), _if_there(voice.asked_again, audit.caller_words)
    for before, one, asked in _replies(audit.said):
        again = (again_cues is not None and again_cues.within(one.words)) or _same(before, one, voice)
        if again and asked_again is not None and asked_again.within(asked.words):
            again = False
        if again and again_before:
            found.add(one.index)
        again_before = again
    return sorted(found)


def _if_there(phrases: Phrases, words: frozenset[str]) -> Cues | None:
    """The cues, where a call of these words may hold one at all."""
    found = cues(phrases)
    return found if found.may_be(words) else None


def _failed_twice(failures: Iterable[Used]) -> Iterator[int]:
    seen: dict[str, int] = {}
    for used in failures:
        seen[used.tool.name] = seen.get(used.tool.name, 0) + 1
        if seen[used.tool.name] == 2:
            yield used.turn


def _replies(said: Sequence[Said]) -> Iterator[tuple[Said, Said, Said]]:
    """Each reply to the caller after another one: (the agent before, the agent now, the caller's last turn between)."""
    before: Said | None = None
    asked: Said | None = None
    for one in said:
        if one.speaker == "caller":
            asked = one
            continue
        if before is not None and asked is not None:
            yield before, one, asked
        before, asked = one, None


def _same(before: Said, one: Said, voice: VoiceRules) -> bool:
    """Whether the agent says the same as the time before, more than a courtesy."""
    if not 0.5 <= len(one.words) / len(before.words or "-") <= 2:
        return False
    now, then = one.meant, before.meant
    return len(now) > 1 and alike(now, then, voice.same) and not cues(voice.courtesies).within(one.words)


@dataclass(frozen=True)
class Seen:
    """What was looked for in a call, by turn; None where it cannot be told. `standing`: requests that were not taken back."""

    asked: list[int] | None
    standing: list[int]
    emergency: list[int] | None
    stuck: list[int] | None


def seen_of(audit: Audit, rules: EscalationRules, voice: VoiceRules) -> Seen:
    """Everything that can make a human needed."""
    asked = requests_of(audit, rules)
    standing = [] if not asked or withdrawn(audit, asked, rules) else asked
    return Seen(asked, standing, emergencies_of(audit, rules), stuck_at(audit, rules, voice))


def triggers_of(audit: Audit, seen: Seen, rules: EscalationRules) -> list[Fired] | None:
    """The triggers that fired, in the order of `rules.triggers`; None where one of them cannot be told: known only
    where it fired, it would be found in every call of which it is known."""
    turns: dict[Trigger, list[int | None]] = {
        "request": list(seen.standing[rules.requests - 1 :]),
        "emergency": list(seen.emergency or []),
        "stuck": list(seen.stuck or []),
        "tool_failed": [used.turn for used in audit.failed] if audit.none_unknown else [],
        "intent": [None] if audit.call.intent is not None and audit.call.intent in rules.intents else [],
    }
    fired = [Fired(trigger, turn) for trigger in rules.triggers for turn in turns[trigger]]
    known = {"request": seen.asked is not None, "emergency": seen.emergency is not None, "stuck": seen.stuck is not None}
    known |= {"tool_failed": audit.none_unknown, "intent": audit.call.intent is not None or not rules.intents}
    return fired if all(known[trigger] for trigger in rules.triggers) else None
