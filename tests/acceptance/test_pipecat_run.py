"""One real voice-agent run, as its own log has it: latencies to the millisecond, and no word that was never spoken.

The run lies beside the project on the machines where it is built; elsewhere these tests are skipped. It is no known form of call
log yet: what reads it here is part of the test.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from evalharness.grade.measured import voice
from evalharness.grade.measured.latency import measure_call
from evalharness.models.call import Call, Latency, Turn
from evalharness.models.measuring import Measuring
from tests.builders import a_call, a_turn

RUN = Path(__file__).resolve().parents[3] / "shared" / "data" / "calls" / "eva_pipecat_run"
pytestmark = pytest.mark.skipif(not RUN.exists(), reason="the run is not beside the project")
Times = tuple[float, float]


def _lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (RUN / name).read_text(encoding="utf-8").splitlines()]


def _json(name: str) -> dict:
    return json.loads((RUN / name).read_text(encoding="utf-8"))


def _speech() -> dict[str, list[Times]]:
    """Start and end in ms of what was heard from each side, by the clock of the audio."""
    found: dict[str, list[Times]] = {"framework_agent": [], "elevenlabs_user": []}
    begun: dict[str, float] = {}
    for event in _lines("elevenlabs_events.jsonl"):
        if event.get("event_type") == "audio_start":
            begun[event["user"]] = event["audio_timestamp"] * 1000
        elif event.get("event_type") == "audio_end":
            found[event["user"]].append((begun.pop(event["user"]), event["audio_timestamp"] * 1000))
    return found


def _turn(speaker: str, text: str, times: Times, zero: float, **fields) -> Turn:
    return a_turn(speaker, text, round(times[0] - zero, 3), round(times[1] - zero, 3), **fields)


def _call(*, reported: bool, unspoken: bool = False) -> Call:
    """The run by its audio: what the agent said word by word, the caller's side by the audio alone.

    `reported`: each reply has the run's own latency; `unspoken`: with the replies that a barge-in cut off before any sound.
    """
    speech = _speech()
    zero = speech["framework_agent"][0][0] - 1000
    spoken = [line["content"] for line in _lines("transcript.jsonl") if line["role"] == "assistant"]
    own = [None, *_json("response_latencies.json")["latencies"]] if reported else [None] * len(spoken)
    turns = [
        _turn("agent", text, times, zero, latency=Latency(voice_to_voice_ms=s * 1000) if s else None)
        for text, times, s in zip(spoken, speech["framework_agent"], own, strict=True)
    ]
    turns += [_turn("caller", f"(speech {place})", times, zero) for place, times in enumerate(speech["elevenlabs_user"])]
    if unspoken:
        turns += [_turn("agent", text, (at, at), zero, interrupted=True) for text, at in _never_spoken(spoken)]
    turns.sort(key=lambda turn: turn.start_ms or 0.0)
    return a_call([turn.model_copy(update={"index": place}) for place, turn in enumerate(turns)])


def _never_spoken(spoken: list[str]) -> list[tuple[str, float]]:
    """What the LLM wrote while the caller spoke on, and when: in its records, and not in what was said."""

    def plain(text: str) -> str:
        return " ".join(text.split())

    said = {plain(text) for text in spoken}
    wrote = [(line["value"]["response"], float(line["timestamp"])) for line in _llm_calls()]
    return [(text, at) for text, at in wrote if text and plain(text) not in said]


def _llm_calls() -> list[dict]:
    return [line for line in _json("audit_log.json")["transcript"] if line["message_type"] == "llm_call"]


def test_the_runs_own_latencies_within_a_millisecond():
    """Nine replies, 2.579 to 17.467 s; the greeting is none of them."""
    own = [seconds * 1000 for seconds in _json("response_latencies.json")["latencies"]]
    (latency, *others) = measure_call(_call(reported=True)).latencies
    assert latency.anchor == "reported"
    assert others == []
    assert latency.values_ms == pytest.approx(own, abs=1)
    assert len(own) == 9


def test_gaps_of_the_audio_within_a_millisecond():
    """Each gap by hand from the audio's own clock; where the caller's sound ran on under the agent it is an overlap."""
    speech = _speech()
    gaps = []
    for (_, end), (following, _) in pairwise([(0.0, 0.0), *speech["elevenlabs_user"]]):
        start = next((start for start, _ in speech["framework_agent"] if end < start), None)
        gaps += [start - end] if end and start is not None and start < following else []
    (latency,) = measure_call(_call(reported=False)).latencies
    assert latency.anchor == "transcript"
    assert latency.values_ms == pytest.approx(gaps, abs=1)
    assert (len(gaps), latency.overlaps, latency.missing) == (8, 1, 0)


def test_what_a_barge_in_cut_off_was_never_spoken():
    """Five replies stand in the LLM's records alone: with them the run measures exactly as without them."""
    with_them, without = _call(reported=True, unspoken=True), _call(reported=True)
    assert len(with_them.turns) - len(without.turns) == 5
    first, second = measure_call(with_them).latencies[0], measure_call(without).latencies[0]
    assert (first.values_ms, first.changes, first.unanswered) == (second.values_ms, second.changes, second.unanswered)
    shipped = Measuring()
    assert voice.detect(with_them, shipped).values == voice.detect(without, shipped).values


def test_voice_behaviour_of_the_run():
    """By the audio's clock: silences of 3 s or more by hand (5 of them the agent's), the longest while the fares were
    searched; 4 utterances of more than 80 words, 3 of more than 30 s; the agent spoke where the caller's sound still ran."""
    values = voice.detect(_call(reported=True), Measuring()).values
    assert (values["dead_air"], values["dead_air_by_agent"]) == (8, 5)
    assert values["dead_air_longest"] == pytest.approx(17_572.53, abs=1)  # 1772403930889.625 - 1772403913317.094
    assert (values["agent_interruptions"], values["caller_interruptions"]) == (1, 0)
    assert (values["overlong_by_words"], values["overlong_by_time"]) == (4, 3)
    assert (values["agent_repeats"], values["caller_repeats"], values["greeting_after"]) == (0, 0, 1000)
