"""Who says the same again: the agent without being asked to (and in a loop), and the caller who has to.

Compared are the words of substance of utterances of one speaker, a few turns back. Another number, day or time makes another
utterance. Courtesies ("anything else?", "one moment") are said often and repeat nothing; what the other asked to hear again does
not either.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Said, Speech
from evalharness.grade.measured.voice_words import Phrasebook, alike, book, contained, substance
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules

FEWEST = {"agent": 3, "caller": 2}
"""Words of substance that an utterance needs to repeat another one."""
SAME = {"agent": alike, "caller": contained}
Pair = tuple[int, int]


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """agent_repeats, agent_loops and caller_repeats; absent where that side said nothing."""
    found = Found()
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
    kept: dict[str, deque[tuple[int, frozenset[str]]]] = {side: deque(maxlen=rules.within) for side in FEWEST}
    courtesies, asked = book(rules.courtesies), book(rules.asked_again)
    before: Said | None = None
    for one in said:
        meant, side = substance(one.words), one.speaker
        if len(meant) >= FEWEST[side]:
            nearest = next((index for index, its in reversed(kept[side]) if SAME[side](its, meant, rules.same)), None)
            if nearest is not None and not (side == "agent" and (_polite(one, meant, courtesies) or _asked(before, asked))):
                yield side, nearest, one.index
            kept[side].append((one.index, meant))
        before = one


def _asked(before: Said | None, asked: Phrasebook) -> bool:
    """Whether the caller had just asked to hear it again."""
    return before is not None and before.speaker == "caller" and asked.within(before.words)


def _polite(one: Said, meant: frozenset[str], courtesies: Phrasebook) -> bool:
    return len(meant) <= 4 and courtesies.within(one.words)


def _loops(pairs: list[Pair], least: int) -> list[list[int]]:
    """Runs of utterances each of which repeats the one before, at least `least` of them."""
    runs: dict[int, list[int]] = {}
    for earlier, later in pairs:
        run = runs.pop(earlier, [earlier])
        runs[later] = [*run, later]
    return [run for run in runs.values() if len(run) >= least]
