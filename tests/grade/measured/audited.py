"""Calls for the tests of escalation, disclosure and failures, written as they are read."""

from __future__ import annotations

from typing import Any

from evalharness.grade.measured.detectors import findings_of
from evalharness.models.call import Call, Handoff, ToolCall, Turn
from evalharness.models.finding import CallFindings, Finding
from evalharness.models.measuring import Measuring
from evalharness.models.noun import tuples
from tests.builders import a_call, a_turn

SPEAKERS = {"A": "agent", "C": "caller", "H": "human_agent"}
TO_A_HUMAN = Handoff(kind="warm")


def said(*lines: str, **fields: Any) -> Call:
    """A call of lines such as "C Hello?" by agent, caller or human agent: in English, without times."""
    return a_call([(SPEAKERS[line[0]], line[2:]) for line in lines], **{"language": "en", **fields})


def using(call: Call, turn: int, *tools: ToolCall) -> Call:
    """The call, with these tools called in that turn."""
    turns = [one.model_copy(update={"tool_calls": tools}) if one.index == turn else one for one in call.turns]
    return call.model_copy(update={"turns": tuple(turns)})


def tool(name: str, *, error: bool | None = False, result: str | None = "ok", arguments: Any = None) -> ToolCall:
    """A tool that worked, unless told."""
    return ToolCall(name=name, error=error, result=result, arguments=arguments)


def timed(*lines: tuple[str, float, float, str], **fields: Any) -> Call:
    """A call of (speaker, start, end, words), in seconds."""
    turns: list[Turn] = [a_turn(SPEAKERS[who], text, start * 1000, end * 1000) for who, start, end, text in lines]
    return a_call(turns, **{"language": "en", **fields})


def found_in(call: Call, **measures: Any) -> CallFindings:
    """What all detectors find under these settings, given as the file gives them."""
    return findings_of(call, Measuring.model_validate(tuples(measures)))


def shown(found: CallFindings, measure: str) -> list[Finding]:
    """The findings of the measure."""
    return [one for one in found.findings if one.measure == measure]


def places(found: CallFindings, measure: str) -> list[tuple[tuple[int, ...], str | None]]:
    """Turns and state of each finding of the measure."""
    return [(one.turns, one.state) for one in shown(found, measure)]
