"""Pipecat: the folder of a run is one call, with the run's own latencies, and no word that was never spoken."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given

from evalharness.collect.named_forms import form_like
from evalharness.collect.platforms.pipecat import is_folder, read_folder
from evalharness.collect.platforms.pipecat_folder import RUN
from evalharness.collect.reasons import FieldError
from evalharness.collect.rows import Limits
from evalharness.grade.measured.latency import measure_call
from evalharness.models.agent_prices import usage_of
from tests.collect.files import DATA
from tests.collect.payloads import PAYLOADS, understood
from tests.collect.platforms.mutated import a_call_or_a_reason, mutations
from tests.collect.platforms.runs import LOGS, SAID, START, a_frame, a_run

REAL = DATA / "calls" / "eva_pipecat_run"
WITHOUT_TOOLS = PAYLOADS / "pipecat"
LATENCIES = (2700.966, 3109.65, 5109.46, 4568.72, 4373.534, 17466.632, 3358.928, 6898.472, 2578.079)


def a_metric(kind, at_s, value, processor="OpenAILLMService#0", model="m"):
    """A record of the metrics."""
    return {"timestamp": at_s, "type": kind, "processor": processor, "model": model, "value": value}


def the_call(folder: Path):
    """The call in a folder, not redacted."""
    return understood("pipecat", read_folder(folder, Limits()))


@pytest.fixture(params=[REAL, WITHOUT_TOOLS], ids=["whole", "without tools"])
def real(request):
    """The real run, with everything it logged, and without the log of its tools and the clock of its sound."""
    if not request.param.is_dir():
        pytest.skip("the run lies beside the project, not in it")
    return request.param


def test_nine_replies_to_the_millisecond(real):
    """Nine values in s, reported; the fifth of them in order of size is 4.374 s; the greeting is none of them."""
    measured = measure_call(the_call(real))
    (latency,) = measured.latencies
    assert (latency.anchor, latency.changes, latency.unanswered, latency.missing) == ("reported", 9, 0, 0)
    assert latency.values_ms == pytest.approx(LATENCIES, abs=1)
    assert measured.p50_ms == pytest.approx(4373.534, abs=1)


def test_the_four_slowest_are_the_four_with_tools():
    """5.109, 4.569, 17.467 and 6.898 s: every other reply was faster; the last ran two tools."""
    if not REAL.is_dir():
        pytest.skip("the run lies beside the project, not in it")
    call = the_call(REAL)
    (latency,) = measure_call(call).latencies
    assert sorted(latency.tool_ms) == sorted(latency.values_ms)[-4:]
    tools = [tool for turn in call.turns for tool in turn.tool_calls]
    assert [tool.name for tool in tools] == [
        "get_reservation", "search_rebooking_options", "search_rebooking_options", "rebook_flight", "assign_seat",
    ]  # fmt: skip
    assert {tool.error for tool in tools} == {False}
    assert tools[0].arguments == {"confirmation_number": "ZK3FFW", "last_name": "Rodriguez"}
    assert json.loads(tools[0].result)["status"] == "success"


def test_fragments_are_turns(real):
    """36 fragments are 10 turns of the caller between 10 of the agent; five replies that a barge-in cut off are none."""
    spoken = [turn for turn in the_call(real).turns if turn.text]
    assert [turn.speaker for turn in spoken] == ["agent", "caller"] * 10
    assert spoken[3].text == "The confirmation is Z. 3FFW and the last name is Rodriguez."
    assert not any("last three characters" in turn.text for turn in spoken)


def test_times_by_the_log():
    """The caller from 5.330 to 7.721 s after the StartFrame, the agent from its first word; its end is not told."""
    if not WITHOUT_TOOLS.is_dir():
        pytest.skip("the run lies beside the project, not in it")
    turns = the_call(WITHOUT_TOOLS).turns
    assert [(turn.start_ms, turn.end_ms) for turn in turns[:3]] == [(1532.0, None), (5330.0, 7721.0), (10199.0, None)]
    assert [turn.interrupted for turn in turns[:3]] == [False, None, False]


def test_times_by_the_sound():
    """Where the clock of the sound is there, it tells: 1772403724.647605 s less the start at 1772403723.722 s."""
    if not REAL.is_dir():
        pytest.skip("the run lies beside the project, not in it")
    call = the_call(REAL)
    assert (call.turns[0].start_ms, call.turns[0].end_ms) == pytest.approx((925.605, 3523.576))
    assert "turns.start_ms" in call.inferred


def test_who_and_when(real):
    """From the StartFrame to the cancelling, which is when it was torn down; times without an offset are not taken."""
    call = the_call(real)
    assert (call.id, call.status, call.outcome, call.end_reason) == ("1.1.2", "completed", "unknown", "goodbye")
    assert call.started_at.isoformat() == "2026-03-01T22:22:03.722000+00:00"
    assert call.duration_s == pytest.approx(343.693)
    assert {"ended_at", "outcome", "turns.latency_ms"} <= set(call.inferred)
    assert call.agent == ("Flight Rebooking Agent" if real == REAL else None)
    assert not any(name.endswith(("_path", "_at", "_dir")) for name in call.metadata)


def test_zeros_at_the_start_are_no_components(real):
    """All TTFB records of the run are 0; its usage stops at the greeting, so that no cost may be reckoned from it."""
    call = the_call(real)
    assert not any(turn.latency.components for turn in call.turns if turn.latency)
    assert usage_of(call) is None
    assert call.metadata["usage_in_part"] == [{"type": "tts_usage", "model": "sonic-2024-10-19", "characters_count": 32}]
    assert call.cost is None


def test_a_made_run(tmp_path):
    """Two replies of 1.5 and 2 s; fragments joined; the barge-in at 12 s, and not the end, interrupted."""
    call = the_call(a_run(tmp_path / "run"))
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms, turn.interrupted) for turn in call.turns] == [
        ("agent", "Hello.", 1000.0, None, None),
        ("caller", "I need a slot.", 4000.0, 6000.0, None),
        ("agent", "Which day?", 8000.0, None, True),
        ("caller", "Monday.", 12000.0, 14000.0, None),
        ("agent", "Done.", 16000.0, None, None),
    ]
    assert measure_call(call).latencies[0].values_ms == (1500.0, 2000.0)
    assert (call.id, call.duration_s, call.inferred) == ("p1", 30.0, ("outcome", "turns.latency_ms"))


def test_first_bytes_go_to_the_reply_they_came_before(tmp_path):
    """In s from the start; a 0 is none, of two passes of the model the last."""
    metrics = [
        a_metric("TTFBMetricsData", 0.5, 0.0),
        a_metric("TTFBMetricsData", 6.5, 0.9),
        a_metric("TTFBMetricsData", 7.0, 0.4),
        a_metric("TTFBMetricsData", 7.5, 0.15, "CartesiaTTSService#0"),
        a_metric("TTFBMetricsData", 15.0, 0.3, "DeepgramSTTService#0"),
    ]
    call = the_call(a_run(tmp_path / "run", **{"pipecat_metrics.jsonl": metrics}))
    parts = [turn.latency.components for turn in call.turns if turn.latency]
    assert parts == [{"llm": 400.0, "tts": 150.0}, {"stt": 300.0}]


def test_usage_up_to_the_last_reply(tmp_path):
    """Tokens and characters by model, where the metrics go on to the end."""
    tokens = {"prompt_tokens": 10, "completion_tokens": 2, "cache_read_input_tokens": 4}
    metrics = [a_metric("LLMUsageMetricsData", 7, tokens), a_metric("TTSUsageMetricsData", 15, 32, "TTS", "voice")]
    (llm, tts) = usage_of(the_call(a_run(tmp_path / "run", **{"pipecat_metrics.jsonl": metrics})))
    assert (llm.model, llm.input_tokens, llm.output_tokens, llm.cached_tokens) == ("m", 10, 2, 4)
    assert (tts.model, tts.characters) == ("voice", 32)


def test_other_counts_are_not_paired(tmp_path):
    """Three latencies for two replies stay in the metadata; a 0 was not detected."""
    call = the_call(a_run(tmp_path / "run", **{"response_latencies.json": {"latencies": [1.5, 2.0, 0]}}))
    assert call.metadata["latency_not_tied_to_turns_ms"] == [1500.0, 2000.0, None]
    assert measure_call(call).latencies[0].anchor == "transcript"


def test_the_sound_tells_only_where_it_has_each_turn(tmp_path):
    """Two speeches for three turns of the agent: the times of the log stay."""
    users = ("framework_agent", "framework_agent", "elevenlabs_user", "elevenlabs_user")
    sound = [
        {"event_type": f"audio_{event}", "user": user, "audio_timestamp": START + 1}
        for user in users
        for event in ("start", "end")
    ]
    call = the_call(a_run(tmp_path / "run", **{"elevenlabs_events.jsonl": sound}))
    assert [turn.start_ms for turn in call.turns] == [1000.0, 4000.0, 8000.0, 12000.0, 16000.0]
    assert "turns.start_ms" not in call.inferred


def test_tools_stand_before_the_reply_they_ran_for(tmp_path):
    """With times in epoch ms as text; a status says whether it failed; a name with transfer and human is a handoff."""
    audit = [
        {"message_type": "tool_call", "timestamp": f"{START}700", "value": {"tool": "look", "parameters": {"a": 1}}},
        {"message_type": "tool_call", "timestamp": f"{(START + 7) * 1000}", "value": {"tool": "transfer_to_human"}},
        {"message_type": "tool_response", "timestamp": f"{(START + 8) * 1000}", "value": {"tool": "transfer_to_human"}},
        {"message_type": "tool_response", "timestamp": "", "value": {"tool": "look", "response": {"status": "error"}}},
    ]
    call = the_call(a_run(tmp_path / "run", **{"audit_log.json": {"transcript": audit}}))
    assert [[tool.name for tool in turn.tool_calls] for turn in call.turns[:4]] == [["look"], [], [], ["transfer_to_human"]]
    assert (call.turns[0].tool_calls[0].error, call.turns[3].tool_calls[0].duration_ms) == (True, 1000.0)
    assert (call.handoff.destination, call.handoff.at_ms, call.outcome) == ("human", 7000.0, "transferred")


def test_without_a_transcript_the_frames_tell(tmp_path):
    """What was synthesised word by word, and what was transcribed."""
    words = [a_frame("tts_text", 1, "Hello"), a_frame("tts_text", 1.1, "there."), a_frame("transcript", 5, " Hi.")]
    logs = sorted([*LOGS, *words], key=lambda row: row["timestamp"])
    call = the_call(a_run(tmp_path / "run", **{"transcript.jsonl": None, "pipecat_logs.jsonl": logs}))
    assert [(turn.speaker, turn.text) for turn in call.turns] == [("agent", "Hello there."), ("caller", "Hi.")]


def test_without_a_log_the_transcript_tells(tmp_path):
    """Its first and last line are start and end, and the folder's name is the id: all concluded."""
    call = the_call(a_run(tmp_path / "call-7", **{"pipecat_logs.jsonl": None}))
    assert (call.id, call.duration_s) == ("call-7", 15.0)
    assert {"id", "started_at", "ended_at"} <= set(call.inferred)


@pytest.mark.parametrize(
    ("result", "status", "rule", "outcome"),
    [
        ({"conversation_ended_reason": "goodbye"}, "completed", "ended", "unknown"),
        ({"conversation_ended_reason": "timeout"}, "completed", "cut_off", "unknown"),
        ({"error": "no audio"}, "error", "error_status", "failed_technical"),
        ({}, "completed", "other", "unknown"),
    ],
)
def test_how_a_run_ended(tmp_path, result, status, rule, outcome):
    """By the reason and the error of result.json, where there is one."""
    call = the_call(a_run(tmp_path / "run", **{"result.json": result}))
    assert (call.status, call.metadata["outcome_rule"], call.outcome) == (status, f"pipecat.{rule}", outcome)
    assert call.errors == (("no audio",) if status == "error" else ())


def test_a_run_that_goes_on_is_no_call(tmp_path):
    """Neither its log nor a result says that it ended; a line that is still being written is named."""
    folder = a_run(tmp_path / "run", **{"pipecat_logs.jsonl": LOGS[:-1]})
    with pytest.raises(FieldError, match="not over"):
        the_call(folder)
    (folder / "transcript.jsonl").write_text('{"role": "us')
    with pytest.raises(FieldError, match=r"transcript\.jsonl line 1: the file ends in the middle of a line"):
        the_call(folder)


def test_files_are_held_to_the_limit(tmp_path):
    """As much as one call may have."""
    folder = a_run(tmp_path / "run")
    with pytest.raises(FieldError, match="is longer than 0 kB"):
        read_folder(folder, Limits(call_kb=0))
    (folder / "result.json").write_text('{"note": "' + "x" * 2000 + '"}')
    with pytest.raises(FieldError, match=r"result\.json: is longer than 1 kB"):
        read_folder(folder, Limits(call_kb=1))


def test_what_is_a_folder_of_a_run(tmp_path):
    """A log, or a transcript with one of the others; not a file, not any folder."""
    assert is_folder(a_run(tmp_path / "a"))
    assert is_folder(a_run(tmp_path / "b", **{"pipecat_logs.jsonl": None}))
    assert not is_folder(a_run(tmp_path / "c", **{"pipecat_logs.jsonl": None, "response_latencies.json": None}))
    assert not is_folder(tmp_path / "a" / "pipecat_logs.jsonl")
    assert not is_folder(tmp_path)


def test_the_same_folder_gives_the_same_value(tmp_path):
    """So that it has a digest; and it is JSON."""
    folder = a_run(tmp_path / "run")
    value = read_folder(folder, Limits())
    assert value == read_folder(folder, Limits()) == json.loads(json.dumps(value))
    assert form_like(value) == "pipecat"
    assert form_like({RUN: 1}) is None


WHOLE = {
    RUN: {
        "folder": "x",
        "transcript": SAID,
        "logs": LOGS,
        "metrics": [a_metric("TTFBMetricsData", 7, 0.4), a_metric("LLMUsageMetricsData", 15, {"prompt_tokens": 1})],
        "latencies": [1.5, 2.0],
        "result": {"record_id": "1", "error": None, "conversation_ended_reason": "goodbye"},
        "audit": [{"message_type": "tool_call", "timestamp": f"{START}700", "value": {"tool": "look", "parameters": {"a": 1}}}],
        "sound": [
            {"event_type": f"audio_{event}", "user": user, "audio_timestamp": START + at}
            for user, spoken in (("framework_agent", (1, 8, 16)), ("elevenlabs_user", (4, 12)))
            for at in spoken
            for event in ("start", "end")
        ],
    }
}


@given(value=mutations(WHOLE))
def test_any_value_in_any_place(value):
    """A call or a reason; no time of a turn is made of what is no number."""
    call = a_call_or_a_reason("pipecat", value)
    form_like(value)
    assert call is None or all(turn.start_ms is None or math.isfinite(turn.start_ms) for turn in call.turns)
