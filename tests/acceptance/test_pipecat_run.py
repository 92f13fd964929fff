"""One real voice-agent run, as its own log has it: latencies to the millisecond, and no word that was never spoken.

The run lies beside the project on the machines where it is built; elsewhere these tests are skipped.
"""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from evalharness.collect.platforms.pipecat import read_folder
from evalharness.collect.rows import Limits
from evalharness.grade.measured import voice
from evalharness.grade.measured.latency import measure_call
from evalharness.models.call import Call
from evalharness.models.measuring import Measuring
from tests.builders import a_turn
from tests.collect.files import DATA
from tests.collect.payloads import understood

RUN = DATA / "calls" / "eva_pipecat_run"
pytestmark = pytest.mark.skipif(not RUN.exists(), reason="the run is not beside the project")
FOLDER = read_folder(RUN, Limits())["pipecat_run"] if RUN.exists() else {}
START_MS = 1772403723722
"""The StartFrame of the log."""
GREETED_MS = 925.605  # 1772403724647.605 - 1772403723722


def _call(*, reported: bool, unspoken: bool = False) -> Call:
    """The run. Without `reported` each reply is without the run's own latency; `unspoken`: with the replies that a barge-in cut
    off before any sound."""
    call = understood("pipecat", {"pipecat_run": FOLDER | ({} if reported else {"latencies": None})})
    turns = [*call.turns, *(_never_spoken(call) if unspoken else [])]
    turns.sort(key=lambda turn: turn.start_ms or 0.0)
    return call.model_copy(update={"turns": tuple(turn.model_copy(update={"index": at}) for at, turn in enumerate(turns))})


def _never_spoken(call: Call) -> list:
    """What the LLM wrote while the caller spoke on, and when: in its records, and not in what was said."""

    def plain(text: str) -> str:
        return " ".join(text.split())

    said = {plain(turn.text) for turn in call.turns}
    wrote = [
        (row["value"]["response"], float(row["timestamp"]) - START_MS) for row in FOLDER["audit"] if "response" in row["value"]
    ]
    return [
        a_turn("agent", text, at, at, interrupted=True)
        for text, at in wrote
        if isinstance(text, str) and text and plain(text) not in said
    ]


def _speech(user: str) -> list[tuple[float, float]]:
    """Start and end in ms of what was heard from a side, by the clock of the audio: every second event of it is an end."""
    times = [event["audio_timestamp"] * 1000 for event in FOLDER["sound"] if event["user"] == user]
    return list(zip(times[::2], times[1::2], strict=True))


def test_the_runs_own_latencies_within_a_millisecond():
    """Nine replies, 2.579 to 17.467 s; the greeting is none of them."""
    own = [seconds * 1000 for seconds in json.loads((RUN / "response_latencies.json").read_text())["latencies"]]
    (latency, *others) = measure_call(_call(reported=True)).latencies
    assert latency.anchor == "reported"
    assert others == []
    assert latency.values_ms == pytest.approx(own, abs=1)
    assert len(own) == 9


def test_gaps_of_the_audio_within_a_millisecond():
    """Each gap by hand from the audio's own clock; where the caller's sound ran on under the agent it is an overlap."""
    agent, caller = _speech("framework_agent"), _speech("elevenlabs_user")
    gaps = []
    for (_, end), (following, _) in pairwise([(0.0, 0.0), *caller]):
        start = next((start for start, _ in agent if end < start), None)
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
    assert (values["agent_repeats"], values["caller_repeats"], values["greeting_after"]) == (0, 0, GREETED_MS)
