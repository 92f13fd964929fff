"""When things are said, how fast the agent answers, and what a call costs. Times in milliseconds from the start of the call."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from dialogue import Line


@dataclass(frozen=True)
class Pace:
    """How fast a version answers: means of the parts, the spread of the model's, and how often and how far it hangs."""

    endpointing: float
    model: float
    spread: float
    speech: float
    hang_share: float
    hang_ms: tuple[int, int]


NORMAL = Pace(178, 138, 0.3, 74, 0.008, (450, 950))
SLOW = Pace(215, 268, 0.42, 92, 0.028, (1700, 3600))
EASED = Pace(190, 165, 0.28, 80, 0.0, (0, 0))


def latency(rng: Random, pace: Pace, tools: tuple[dict[str, Any], ...]) -> tuple[int, dict[str, int]]:
    """(voice-to-voice, components). The components leave out transport, as platforms do."""
    hang = rng.randint(*pace.hang_ms) if rng.random() < pace.hang_share else 0
    parts = {
        "endpointing": max(80, round(rng.gauss(pace.endpointing, 24))),
        "stt": max(25, round(rng.gauss(62, 9))),
        "llm": max(60, round(rng.lognormvariate(0, pace.spread) * pace.model)) + hang,
    }
    if tools:
        parts["tool"] = sum(tool["duration_ms"] for tool in tools)
    parts["tts"] = max(30, round(rng.gauss(pace.speech, 10)))
    return sum(parts.values()) + rng.randint(12, 34), parts


def spoken(lines: list[Line], rng: Random, pace: Pace) -> tuple[list[dict[str, Any]], int]:
    """(turns as JSONL has them, end of the call). A caller's pause of 4 s or more stays unanswered."""
    turns: list[dict[str, Any]] = []
    clock, before = rng.randint(700, 1400), None
    for line in lines:
        turn: dict[str, Any] = {}
        if line.speaker == "agent" and before is not None and before.speaker == "caller":
            answer, parts = latency(rng, pace, line.tools)
            clock += answer
            turn = {"latency_ms": answer, "latency_anchor": "reported", "components": parts}
        elif before is not None:
            clock += _wait(rng, line, before, turns)
        end = clock + round(350 + len(line.text) * (74 if line.speaker == "agent" else 82) * rng.uniform(0.9, 1.15))
        turns.append({"speaker": line.speaker, "text": line.text, "start_ms": clock, "end_ms": end, **turn, **_marks(line)})
        clock, before = end, line
    return turns, clock + rng.randint(300, 1500)


def _wait(rng: Random, line: Line, before: Line, turns: list[dict[str, Any]]) -> int:
    """How long after the turn before a caller, a person at the desk, or an agent going on begins."""
    if before.pause:
        return rng.randint(4000, 7000)
    if line.speaker == "human_agent":
        return rng.randint(6000, 15000)
    if line.speaker == "agent":
        return rng.randint(900, 2200)
    if before.speaker == "agent" and rng.random() < 0.03 and turns[-1]["end_ms"] - turns[-1]["start_ms"] > 3000:
        turns[-1]["interrupted"] = True
        return -rng.randint(250, 900)
    return rng.randint(350, 1900)


def _marks(line: Line) -> dict[str, Any]:
    marks: dict[str, Any] = {"heard_filler": True} if line.filler else {}
    return {**marks, "tool_calls": list(line.tools)} if line.tools else marks


def cost(turns: list[dict[str, Any]], end_ms: int, talk_ms: int, *, dearer: bool) -> dict[str, float]:
    """USD by component: minutes of the line (and of the transfer leg), words heard and said, model turns, the platform."""
    minutes, said = end_ms / 60_000, [turn for turn in turns if turn["speaker"] == "agent"]
    tools = sum(len(turn.get("tool_calls", ())) for turn in said)
    parts = {
        "telephony": 0.012 + 0.016 * (minutes + talk_ms / 60_000),
        "stt": 0.018 * minutes,
        "llm": (0.023 * len(said) + 0.016 * tools) * (1.9 if dearer else 1),
        "tts": 0.00015 * sum(len(turn["text"]) for turn in said),
        "platform": 0.05 + 0.07 * minutes,
    }
    return {name: round(amount, 3) for name, amount in parts.items() if amount >= 0.0005}
