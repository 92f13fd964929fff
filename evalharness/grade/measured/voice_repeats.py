"""Who says the same again: the agent without being asked to (and in a loop), and the caller who has to.

Compared are the words of substance of utterances of one speaker, a few turns back. Who replaces a word says something else, and
so does who adds another number, code, day or time. Courtesies ("anything else?") are said often and repeat nothing; what the
other asked to hear again does not either.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from evalharness.grade.measured.cues import spoken_in
from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Said, Speech
from evalharness.grade.measured.voice_words import NEGATIONS, Phrasebook, book, repeats
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules

FEWEST = {"agent": 3, "caller": 2}
"""Words of substance that an utterance needs to repeat another one in other words."""
FEWEST_WORDS = 4
"""Words, of whatever kind, that one needs to repeat another one word for word."""
SHORT = {"agent": 4, "caller": 3}
"""Utterances of no more words of substance are courtesies where they hold one."""
ECHO = 5
"""A question of the caller of no more words, some of them the agent's, asks whether that was understood."""
Pair = tuple[int, int]
_Meant = tuple[Said, frozenset[str]]


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """agent_repeats, agent_loops and caller_repeats; absent where that side said nothing, or in a language of which no courtesies
    are listed."""
    found = Found()
    if not spoken_in(speech.call.language, rules.courtesies):
        return found
    pairs: dict[str, list[Pair]] = {"agent": [], "caller": []}
    for side, earlier, later in _pairs(speech.said, rules):
        pairs[side].append((earlier, later))
    if speech.agent:
        loops = _loops(pairs["agent"], rules.loop)
        found.values |= {"agent_repeats": len(pairs["agent"]), "agent_loops": len(loops)}
        found.findings += [Finding(measure="agent_repeats", turns=pair) for pair in pairs["agent"]]
        found.findings += [Finding(measure="agent_loops", turns=tuple(run), value=float(len(run))) for run in loops]
    if len(speech.agent) < len(speech.said):
        found.values["caller_repeats"] = len(pairs["caller"])
        found.findings += [Finding(measure="caller_repeats", turns=pair) for pair in pairs["caller"]]
    return found


def _pairs(said: list[Said], rules: VoiceRules) -> Iterator[tuple[str, int, int]]:
    """Each utterance that repeats one of the speaker's last ones: the speaker, the nearest such one, the utterance."""
    kept: dict[str, deque[_Meant]] = {side: deque(maxlen=rules.within) for side in FEWEST}
    courtesies, asked = book(rules.courtesies), book(rules.asked_again)
    before: Said | None = None
    for one in said:
        side = one.speaker
        meant = one.meant if len(one.words) >= FEWEST[side] else None
        if meant:
            nearest = _nearest(kept[side], one, meant, rules)
            if nearest is not None and not _polite(one, courtesies) and not (side == "agent" and _asked(before, one, asked)):
                yield side, nearest, one.index
            kept[side].append((one, meant))
        before = one


def _nearest(kept: deque[_Meant], one: Said, meant: frozenset[str], rules: VoiceRules) -> int | None:
    """The turn nearest before that says the same; who says the same holds the other one whole, or is held."""
    for its, theirs in reversed(kept):
        if (meant <= theirs or theirs <= meant) and _same((its, theirs), (one, meant), rules):
            return its.index
    return None


def _same(first: _Meant, second: _Meant, rules: VoiceRules) -> bool:
    """Whether two utterances of one speaker say the same; one that takes back what the other
    says is none."""
    (one, meant), (other, also) = first, second
    if NEGATIONS.isdisjoint(one.words) != NEGATIONS.isdisjoint(other.words) and meant - NEGATIONS == also - NEGATIONS:
        return False
    if one.words == other.words and len(one.words) >= FEWEST_WORDS:
        return True
    if len(meant) > 1 and meant == also and min(len(one.words), len(other.words)) > FEWEST_WORDS:
        return True
    if min(len(meant), len(also)) < FEWEST[one.speaker]:
        return False
    return repeats(meant, also, rules.same if one.speaker == "agent" else rules.same_caller)


def _asked(before: Said | None, one: Said, asked: Phrasebook) -> bool:
    """Whether the caller had just asked to hear it again, or whether it was understood: "the first of May?"."""
    if before is None or before.speaker != "caller":
        return False
    echo = before.turn.text.rstrip().endswith("?") and len(before.words) <= ECHO
    return asked.within(before.words) or (echo and not before.meant.isdisjoint(one.words))


def _polite(one: Said, courtesies: Phrasebook) -> bool:
    return len(one.meant) <= SHORT[one.speaker] and courtesies.within(one.words)


def _loops(pairs: list[Pair], least: int) -> list[list[int]]:
    """Runs of utterances each of which repeats the one before, at least `least` of them."""
    runs: dict[int, list[int]] = {}
    for earlier, later in pairs:
        run = runs.pop(earlier, [earlier])
        runs[later] = [*run, later]
    return [run for run in runs.values() if len(run) >= least]
