"""What makes a human needed by the log alone: the caller asks for one, an emergency, the agent stuck, a tool down, an intent it
may not serve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evalharness.grade.measured.audit import Audit, Used, failures_of
from evalharness.grade.measured.cues import cues, pair_cues, spoken_in
from evalharness.grade.measured.voice_spoken import Said
from evalharness.grade.measured.voice_words import alike, substance, words_of
from evalharness.models.escalating import EscalationRules, Trigger
from evalharness.models.voice_rules import VoiceRules

_SENTENCE = re.compile(r"[.!?;]+")
_COURTESY = frozenset(
    {"please", "now", "no", "just", "i", "said", "okay", "ok", "um", "uh", "yes", "hello", "hi", "bitte", "jetzt", "nein", "ja"}
)
_BEFORE = 4


@dataclass(frozen=True)
class Fired:
    """A trigger at a turn; `turn` None: the log of the call shows it."""

    trigger: Trigger
    turn: int | None


def requests_of(audit: Audit, rules: EscalationRules) -> list[int] | None:
    """The caller's turns that ask for a human; None where nothing of the caller is known, or not in a language of the lists."""
    if not audit.caller or not spoken_in(audit.call.language, rules.phrases):
        return None
    ask = _Asking(rules)
    return [one.index for one in audit.caller if ask.asks(one)]


def withdrawn(audit: Audit, asked: Sequence[int], rules: EscalationRules) -> bool:
    """Whether the caller took back the only request of a call that was not handed over, and let the agent go on."""
    settled = cues(rules.settled)
    later = (one.words for one in audit.caller if asked and one.index > asked[0])
    return len(asked) == 1 and not audit.call.handed_off and any(settled.within(words) for words in later)


class _Asking:
    """The lists of words, ready to be looked for."""

    def __init__(self, rules: EscalationRules) -> None:
        self.lists = [cues(rules.phrases), *pair_cues(rules.asks, rules.humans)]
        self.alone, self.never = cues(rules.alone), cues(rules.not_asking)
        self.whole = {words_of(phrase) for said in rules.alone.values() for phrase in said}

    def asks(self, one: Said) -> bool:
        """Whether the turn asks for a human: words that do, unless those before them say no; or nothing but such a word."""
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
    return [one.index for one in audit.caller if words.within(one.words) and not none.within(one.words)]


def stuck_at(audit: Audit, rules: EscalationRules, voice: VoiceRules) -> list[int] | None:
    """The agent's turns by which it asked twice again for the same, or a tool of it failed for the second time."""
    if not audit.agent:
        return None
    found, again_before = set(_failed_twice(failures_of(audit))), False
    for before, one, asked in _replies(audit.said):
        again = not cues(voice.asked_again).within(asked.words) and _asks_again(before, one, rules, voice)
        if again and again_before:
            found.add(one.index)
        again_before = again
    return sorted(found)


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


def _asks_again(before: Said, one: Said, rules: EscalationRules, voice: VoiceRules) -> bool:
    if cues(rules.again).within(one.words):
        return True
    now, then = substance(one.words), substance(before.words)
    return len(now) > 1 and alike(now, then, voice.same) and not cues(voice.courtesies).within(one.words)


def triggers_of(audit: Audit, rules: EscalationRules, voice: VoiceRules) -> list[Fired] | None:
    """The triggers that fired, in the order of `rules.triggers`; None where none did and what the caller said is not known."""
    asked, emergency = requests_of(audit, rules), emergencies_of(audit, rules)
    standing = [] if asked is None or withdrawn(audit, asked, rules) else asked
    turns: dict[Trigger, list[int | None]] = {
        "request": list(standing[rules.requests - 1 :]),
        "emergency": list(emergency or []),
        "stuck": list(stuck_at(audit, rules, voice) or []),
        "tool_failed": [used.turn for used in failures_of(audit)],
        "intent": [None] if audit.call.intent is not None and audit.call.intent in rules.intents else [],
    }
    fired = [Fired(trigger, turn) for trigger in rules.triggers for turn in turns[trigger]]
    return fired if fired or (asked is not None and emergency is not None) else None
