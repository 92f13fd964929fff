"""OpenTelemetry: spans of Pipecat and LiveKit, typed values and times in ns, one trace one call however it is spread."""

from copy import deepcopy
from time import process_time

import pytest
from hypothesis import given

from evalharness.collect.named_forms import form_like, named_form
from evalharness.collect.platforms.otel import EVENTS
from evalharness.collect.platforms.otel_spans import spans_of, traces_in
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from evalharness.models.agent_prices import usage_of
from tests.collect.files import counts, take, write_rows
from tests.collect.payloads import needs_payloads, payload, understood, write_json
from tests.collect.platforms.mutated import a_call_or_a_reason, mutations

START = 1763377200  # 2025-11-17T11:00:00Z
KINDS = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}


def typed(value):
    """A value as OTLP writes it: whole numbers as text, lists as arrays."""
    if isinstance(value, list):
        return {"arrayValue": {"values": [typed(one) for one in value]}}
    return {KINDS[type(value)]: str(value) if type(value) is int else value}


def a_span(name, begin_s, end_s, number, parent=1, trace="aa", **attributes):
    """A span; `__` in the name of an attribute is a dot. Ids are 16 hex digits, times ns as text."""
    given = [{"key": key.replace("__", "."), "value": typed(value)} for key, value in attributes.items()]
    return {
        "traceId": trace, "spanId": f"{number:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name,
        "startTimeUnixNano": f"{round((START + begin_s) * 1000)}000000", "attributes": given, "status": {"code": 0},
        "endTimeUnixNano": f"{round((START + end_s) * 1000)}000000",
    }  # fmt: skip


def a_trace(*spans, service="desk"):
    """A document with one resource and one scope."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "s"}, "spans": list(spans)}]}]}


def pipecat(trace="aa", conversation="c1"):
    """A greeting, a question in two fragments with its answer in two sentences, and a turn that the end cut off."""
    turn = {"turn__number": 2, "turn__user_bot_latency_seconds": 1.25, "turn__was_interrupted": True}
    model = {"gen_ai__request__model": "m", "gen_ai__usage__input_tokens": 100, "gen_ai__usage__output_tokens": 20}
    cut = {"turn__was_interrupted": True, "turn__ended_by_conversation_end": True, "turn__user_bot_latency_seconds": 0.0}
    spans = [
        a_span("conversation", 0, 30, 1, 0, conversation__id=conversation),
        a_span("turn", 0, 4, 2, turn__number=1, turn__was_interrupted=False),
        a_span("tts", 1, 3, 3, 2, text="Hello.", metrics__ttfb=0.2, metrics__character_count=6),
        a_span("turn", 4, 12, 4, **turn),
        a_span("stt", 4, 5, 5, 4, transcript=" I need", is_final=True, metrics__ttfb=0.3),
        a_span("stt", 5, 5.2, 6, 4, transcript="a sl", is_final=False),
        a_span("stt", 5, 6, 7, 4, transcript="a slot.", is_final=True),
        a_span("llm", 6, 7, 8, 4, metrics__ttfb=0.5, **model),
        a_span(
            "llm_tool_call", 6.5, 7.25, 9, 4, tool__function_name="look", tool__arguments='{"a": 1}', tool__result_status="error"
        ),
        a_span("llm", 7, 7.5, 15, 4, metrics__ttfb=0.4),
        a_span("tts", 7, 8, 10, 4, text="Which", metrics__ttfb=0.15, metrics__character_count=5),
        a_span("tts", 8, 9, 11, 4, text="day?", metrics__ttfb=0.1, metrics__character_count=4),
        a_span("turn", 12, 30, 12, **cut),
        a_span("stt", 12, 13, 13, 12, transcript="Bye.", is_final=True),
        a_span("tts", 14, 15, 14, 12, text="Bye now.", metrics__character_count=8),
    ]
    return [{**span, "traceId": trace} for span in spans]


def livekit(prefix="lk.pii."):
    """A question and its answer with a tool: the first agent turn calls it, the second speaks."""
    spans = [
        a_span("job_entrypoint", 0, 40, 20, 0, lk__job_id="AJ_1", lk__agent_name="desk"),
        a_span("agent_session", 1, 31, 1, 20, lk__close_reason="participant_disconnected"),
        a_span("user_turn", 2, 5, 2, PII__user_transcript="A slot?", lk__transcription_delay=0.2, lk__end_of_turn_delay=0.5),
        a_span("user_speaking", 2, 4, 3, 2),
        a_span("agent_turn", 5, 6, 4, lk__speech_id="s1"),
        a_span("llm_node", 5, 5.5, 5, 4, lk__response__ttft=0.4),
        a_span("function_tool", 5.5, 6, 6, 4, lk__function_tool__name="look", lk__function_tool__is_error=True,
               PII__function_tool__arguments='{"a": 1}', PII__function_tool__output="none"),
        a_span("agent_turn", 6, 9, 7, lk__e2e_latency=2.5, lk__interrupted=True),
        a_span("llm_node", 6, 6.4, 8, 7, lk__response__ttft=-1.0, PII__response__text="Monday or Tuesday?",
               gen_ai__usage__input_tokens=50),
        a_span("llm_request", 6, 6.4, 9, 8, gen_ai__usage__input_tokens=50, gen_ai__usage__output_tokens=5),
        a_span("tts_node", 6.3, 7, 10, 7, lk__response__ttfb=0.2, PII__input_text="Monday?"),
        a_span("agent_speaking", 6.5, 8, 11, 7),
    ]  # fmt: skip
    for span in spans:
        for one in span["attributes"]:
            one["key"] = one["key"].replace("PII.", prefix)
    return spans


@needs_payloads
def test_the_payload_of_pipecat():
    """1.412 s, and 0.31, 0.74 and 0.17 s of parts; 31 s long; tokens written as text are numbers; no money."""
    call = understood("otel", payload("otel/pipecat_otlp_trace.json"))
    assert (call.id, call.agent, call.duration_s) == ("conv-1", "voice-agent", 31.0)
    assert call.started_at.isoformat() == "2025-11-17T11:00:00+00:00"
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms, turn.interrupted) for turn in call.turns] == [
        ("caller", "i want to book", 4000.0, None, None),
        ("agent", "Sure, which day?", 6770.0, None, False),  # 6.6 s and 0.17 s to the first byte
    ]
    (latency,) = measure_call(call).latencies
    assert (latency.anchor, latency.values_ms) == ("reported", (1412.0,))
    assert call.turns[1].latency.components == {"stt": 310.0, "llm": 740.0, "tts": 170.0}
    assert [(used.component, used.model, used.input_tokens, used.output_tokens, used.characters) for used in usage_of(call)] == [
        ("llm", "claude-sonnet-4-5", 812, 44, 0), ("tts", "", 0, 0, 61),
    ]  # fmt: skip
    assert (call.cost, call.outcome, call.handoff, call.inferred) == (None, "unknown", None, ("outcome",))
    assert call.metadata["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_turns_of_pipecat():
    """Fragments and sentences are one turn each; what is not final is none; the end of the conversation interrupts nobody."""
    call = understood("otel", a_trace(*pipecat()))
    assert [(turn.speaker, turn.text, turn.start_ms, turn.interrupted) for turn in call.turns] == [
        ("agent", "Hello.", 1200.0, False),
        ("caller", "I need a slot.", 4000.0, None),
        ("agent", "", 6500.0, None),
        ("agent", "Which day?", 7150.0, True),
        ("caller", "Bye.", 12000.0, None),
        ("agent", "Bye now.", 14000.0, None),
    ]
    (tool,) = call.turns[2].tool_calls
    assert (tool.name, tool.arguments, tool.error, tool.duration_ms) == ("look", {"a": 1}, True, 750.0)
    (latency,) = measure_call(call).latencies
    assert (latency.values_ms, latency.tool_ms, latency.unanswered) == ((1250.0,), (1250.0,), 0)
    assert call.turns[3].latency.components == {"stt": 300.0, "llm": 400.0, "tts": 150.0}
    assert [used.characters for used in usage_of(call)] == [23, 0]


@pytest.mark.parametrize("prefix", ["lk.pii.", "lk."])
def test_turns_of_livekit(prefix):
    """2.5 s reported; -1 is no token; what was synthesised and not what was written; both names of content."""
    call = understood("otel", a_trace(*livekit(prefix)))
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("caller", "A slot?", 1000.0, 3000.0),
        ("agent", "", 4500.0, None),
        ("agent", "Monday?", 5500.0, 7000.0),
    ]
    (tool,) = call.turns[1].tool_calls
    assert (tool.name, tool.arguments, tool.result, tool.error, tool.duration_ms) == ("look", {"a": 1}, "none", True, 500.0)
    reply = call.turns[2]
    assert (reply.latency.voice_to_voice_ms, reply.latency.anchor, reply.interrupted) == (2500.0, "reported", True)
    assert reply.latency.components == {"stt": 200.0, "endpointing": 300.0, "tts": 200.0}
    assert (call.id, call.agent, call.end_reason, call.duration_s) == ("AJ_1", "desk", "participant_disconnected", 30.0)
    assert call.metadata["outcome_rule"] == "livekit.ended"
    assert [(used.input_tokens, used.output_tokens) for used in usage_of(call)] == [(50, 5)]


@pytest.mark.parametrize(("spans", "ms"), [(pipecat(), 1250.0), (livekit(), 2500.0)])
def test_latency_without_words_stays_beside_the_turns(spans, ms):
    """Where content is not exported there are no turns to tie it to."""
    content = ("transcript", "text", "lk.pii.user_transcript", "lk.pii.input_text", "lk.pii.response.text")
    for span in spans:
        span["attributes"] = [one for one in span["attributes"] if one["key"] not in content]
    call = understood("otel", a_trace(*spans))
    assert not call.has_transcript
    assert call.metadata["latency_not_tied_to_turns_ms"] == [ms]
    assert "latency_not_tied_to_turns" in call.inferred


@pytest.mark.parametrize(("spans", "root"), [(pipecat(), "conversation"), (livekit(), "agent_session")])
def test_a_trace_that_is_open_is_not_over(spans, root):
    """Its root is exported last; one without an end is none."""
    with pytest.raises(FieldError, match=f"no span {root} that ended: it is not over"):
        understood("otel", a_trace(*(span for span in spans if span["name"] != root)))
    open_ = [{**span, "endTimeUnixNano": "0"} if span["name"] == root else span for span in spans]
    with pytest.raises(FieldError, match="not over"):
        understood("otel", a_trace(*open_))


def test_a_trace_that_is_cut_over_two_files_is_not_half_a_call():
    """The root and the second turn in one file, the first turn in the other: said, not taken in."""
    with pytest.raises(FieldError, match="goes up to 2, and 1 of the turns are here"):
        understood("otel", a_trace(*(span for span in pipecat()[:11] if span["spanId"] not in ("2".zfill(16), "c".zfill(16)))))


def test_other_traces_are_refused_by_their_names():
    """A collector exports more than calls."""
    with pytest.raises(FieldError, match="its spans are GET"):
        understood("otel", a_trace(a_span("GET", 0, 1, 1, 0)))


def test_an_error_is_the_status_of_the_root():
    """Of a part it decides nothing: the platform may have tried again."""
    spans = pipecat()
    spans[7]["status"] = {"code": 2}
    assert understood("otel", a_trace(*spans)).status == "completed"
    spans[0]["status"] = {"code": 2, "message": "x"}
    call = understood("otel", a_trace(*spans))
    assert (call.status, call.outcome, call.metadata["outcome_rule"]) == ("error", "failed_technical", "pipecat.error_status")


def test_several_traces_of_one_document(tmp_path):
    """Each is a call."""
    both = a_trace(*pipecat("aa", "c1"), *pipecat("bb", "c2"))
    assert len(named_form("otel").split(both)) == 2
    calls, report = take(write_json(tmp_path / "t.json", both), form="otel", source="otel")
    assert ([call.id for call in calls], counts(report)) == (["c1", "c2"], (2, 0, 0, 0, 0))


def test_one_trace_over_several_lines_is_one_call(tmp_path):
    """Whatever line its spans are in, with others between; a line that comes again adds nothing."""
    spans, other = pipecat(), pipecat("bb", "c2")
    whole = understood("otel", a_trace(*spans))
    lines = [a_trace(*spans[6:], *other[:4]), a_trace(*other[4:]), a_trace(*spans[:6]), a_trace(*spans[:6])]
    calls, report = take(write_rows(tmp_path / "t.jsonl", lines), form="otel", source="otel")
    assert [call.id for call in calls] == ["c2", "c1"]
    assert counts(report) == (4, 1, 0, 0, 0)  # two lines of each trace brought something, one came again
    assert calls[1].turns == whole.turns


def test_parts_are_joined_in_any_order():
    """The same spans, and nothing twice."""
    first, second = a_trace(*pipecat()[:5]), a_trace(*pipecat()[4:])
    for one, other in ((first, second), (second, first)):
        joined, _ = EVENTS.merged([one, other])
        assert understood("otel", joined).turns == understood("otel", a_trace(*pipecat())).turns
        assert EVENTS.merged([joined, other]) == (joined, [False])
    assert (EVENTS.rank(first), EVENTS.rank(second)) == (1, 0)


def test_a_circle_of_parents_ends():
    """Two spans under each other."""
    spans = [*pipecat(), a_span("stt", 20, 21, 30, 31, transcript="x"), a_span("stt", 20, 21, 31, 30, transcript="y")]
    assert understood("otel", a_trace(*spans)).turns[-1].text == "x y"


def test_lists_and_numbers_of_every_type():
    """A list is none of the texts that are looked for; doubles may be text, and NaN is none."""
    spans = pipecat()
    spans[3]["attributes"] = [
        {"key": "turn.user_bot_latency_seconds", "value": {"doubleValue": "1.5"}},
        {"key": "turn.was_interrupted", "value": typed([True, 1, "x"])},
    ]
    spans[4]["attributes"][2]["value"] = {"doubleValue": "NaN"}
    call = understood("otel", a_trace(*spans))
    reply = call.turns[3]
    assert (reply.latency.voice_to_voice_ms, reply.interrupted, "stt" in reply.latency.components) == (1500.0, None, False)


@given(value=mutations(a_trace(*pipecat())) | mutations(a_trace(*livekit())))
def test_any_value_in_any_place(value):
    """A call or a reason, also of its parts and of the whole joined again."""
    form_like(value)
    before = deepcopy(value)
    for part in named_form("otel").split(value):
        EVENTS.key(part), EVENTS.rank(part)
        a_call_or_a_reason("otel", part)
    assert value == before


def test_recognised_by_its_shape_only():
    """Spans in it; not metrics, not an empty document."""
    assert form_like(a_trace(*pipecat())) == "otel"
    assert form_like({"resourceSpans": []}) is None
    assert form_like({"resourceMetrics": [{"scopeMetrics": []}]}) is None


def test_words_under_turns_in_turns_are_said_once():
    """1,500 turns under each other (a document of 400 KB): each word once, and as fast as beside each other."""
    deep = [a_span("turn", at, at + 1, 2 * at + 2, 2 * at if at else 1) for at in range(1500)]
    words = [a_span("stt", at, at + 1, 2 * at + 3, 2 * at + 2, transcript=f"w{at}", is_final=True) for at in range(1500)]
    trace = a_trace(*(pipecat()[:1]), *deep, *words)
    began = process_time()
    call = understood("otel", trace)
    assert process_time() - began < 5  # 0.1 s; at 1,000 it was 29
    assert sorted(word for turn in call.turns for word in turn.text.split()) == sorted(f"w{at}" for at in range(1500))


def test_a_line_for_each_span_takes_as_long_as_one_for_all():
    """6,000 lines of one trace, and 6,000 traces in one document."""
    spans = [pipecat()[0], *(a_span("stt", 1, 2, at, transcript="x", is_final=True) for at in range(2, 6000))]
    apart = a_trace(*({**span, "traceId": f"{at:x}"} for at, span in enumerate(spans)))
    began = process_time()
    whole, new = EVENTS.merged([a_trace(span) for span in spans])
    assert (len(spans_of(whole)), all(new)) == (5999, True)
    assert len(traces_in(apart)) == 5999
    assert process_time() - began < 4  # 0.1 s; it was 16 s for the lines and 3 s for the traces


@pytest.mark.parametrize(("spans", "root"), [(pipecat(), "conversation"), (livekit(), "agent_session")])
def test_a_part_of_a_trace_is_refused(spans, root):
    """The span of the call alone, and with spans that were exported before those they stand under."""
    alone = [span for span in spans if span["name"] in (root, "job_entrypoint")]
    with pytest.raises(FieldError, match=f"has {root} and no turn: this is part of a trace; collect it with the rest"):
        understood("otel", a_trace(*alone))
    last = next(span for span in reversed(spans) if span["name"] in ("turn", "agent_turn"))
    with pytest.raises(FieldError, match="names a span that is not here: this is part of a trace"):
        understood("otel", a_trace(*(span for span in spans if span is not last)))


@pytest.mark.parametrize("spans", [pipecat(), livekit()])
def test_a_call_may_be_part_of_something_larger(spans):
    """The span above the call was exported by another program: the call is whole all the same."""
    whole = understood("otel", a_trace(*spans))
    above = [{**span, "parentSpanId": "f" * 16} if not span["parentSpanId"] else span for span in spans]
    assert understood("otel", a_trace(*above)).turns == whole.turns
