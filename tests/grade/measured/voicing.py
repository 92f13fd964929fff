"""Calls for the tests of voice behaviour, written as "a 0.5 2.0 Hello." a line: speaker, start and end in s, words."""

from __future__ import annotations

from typing import Any

from evalharness.grade.measured import voice
from evalharness.grade.measured.found import Found
from evalharness.models.call import Call
from evalharness.models.measuring import Measuring
from evalharness.models.voice_rules import VoiceRules
from tests.builders import a_call, a_turn

SPEAKERS = {"a": "agent", "c": "caller", "s": "system", "h": "human_agent"}


def timed(*lines: str, **fields: Any) -> Call:
    """A call of these lines."""
    turns = []
    for line in lines:
        who, start, end, text = line.split(" ", 3)
        turns.append(a_turn(SPEAKERS[who], text, float(start) * 1000, float(end) * 1000))
    return numbered(*turns, **fields)


def said(*lines: str) -> Call:
    """A call without times: "a Hello."."""
    return a_call([(SPEAKERS[line[0]], line[2:]) for line in lines])


def numbered(*turns: Any, **fields: Any) -> Call:
    """A call of these turns, numbered in order."""
    return a_call([turn.model_copy(update={"index": place}) for place, turn in enumerate(turns)], **fields)


def found(call: Call, **rules: Any) -> Found:
    """What the voice detectors find."""
    return voice.detect(call, Measuring(voice=VoiceRules(**rules)))


def places(call: Call, figure: str, **rules: Any) -> list[tuple[int, ...]]:
    """The turns of each finding of a figure."""
    return [finding.turns for finding in found(call, **rules).findings if finding.measure == figure]
