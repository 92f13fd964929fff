"""OpenTelemetry events by the rules of OTLP/JSON and of gen_ai.evaluation.result; what has no value is no event."""

from __future__ import annotations

import json
import re

import pytest

from evalharness.models.grade import FinalValue
from evalharness.report.exports.otel import otel_lines
from tests.builders import MONDAY, a_call, a_grade, a_grader
from tests.report.exports.weeks import a_full_summary
from tests.report.weeks import FORMULA, a_result, a_week_summary

RECORD = {"timeUnixNano", "observedTimeUnixNano", "severityNumber", "eventName", "attributes", "traceId", "spanId"}
DEFINED = {
    "gen_ai.evaluation.name", "gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label", "gen_ai.evaluation.explanation",
    "gen_ai.response.id", "gen_ai.conversation.id",
}  # fmt: skip


def events(*summaries, texts: bool = False):
    """(line, record, attributes) of every event."""
    found = []
    for line in otel_lines(summaries, "1.0", texts=texts).decode("utf-8").splitlines():
        (resource,) = json.loads(line)["resourceLogs"]
        (scope,) = resource["scopeLogs"]
        found += [(resource, record, values(record["attributes"])) for record in scope["logRecords"]]
    return found


def values(attributes):
    """Key -> value; keys stand once, each value has one type, as AnyValue says."""
    assert len({one["key"] for one in attributes}) == len(attributes)
    assert all(set(one) == {"key", "value"} and len(one["value"]) == 1 for one in attributes)
    kinds = {"stringValue": str, "doubleValue": float}
    return {one["key"]: value for one in attributes for kind, value in one["value"].items() if isinstance(value, kinds[kind])}


@pytest.mark.parametrize("hostile", [False, True])
def test_every_line_is_otlp_json(hostile):
    """By opentelemetry/proto/logs/v1: camelCase keys, 64-bit times as decimal strings, one LogsData a line."""
    written = otel_lines([a_full_summary(hostile=hostile)], "1.0")
    assert written.endswith(b"}\n")
    for resource, record, told in events(a_full_summary(hostile=hostile)):
        assert set(resource) == {"resource", "scopeLogs"}
        assert set(resource["scopeLogs"][0]["scope"]) == {"name", "version"}
        assert set(record) <= RECORD
        assert record["eventName"] == "gen_ai.evaluation.result"
        assert re.fullmatch(r"[1-9]\d{18}", record["timeUnixNano"])
        assert record["timeUnixNano"] == record["observedTimeUnixNano"]
        assert 1 <= record["severityNumber"] <= 24
        assert isinstance(told["gen_ai.evaluation.name"], str)
        assert {key for key in told if not key.startswith("evalharness.")} <= DEFINED
        assert {"gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label"} & set(told)
    assert not [sign for sign in ("\x1b", "\u202e") if sign in written.decode("utf-8")]


def one_call(final, **fields):
    """A week of one call with these final values."""
    named = {value.criterion: value for value in final}
    return a_week_summary(results=(a_result(1, 4).model_copy(update={"final": named, "score": None, **fields}),))


def test_a_level_is_a_number_and_everything_else_a_label():
    """4.5 is a value; yes and N/A are labels; a failing level is labelled so; what nobody decided is no event."""
    final = (
        FinalValue(criterion="correctness", state="scored", value=4.5, by="human"),
        FinalValue(criterion="tone", state="scored", value=1.0, by="adjudicated", fail="call"),
        FinalValue(criterion="confusion", state="scored", value="yes", by="llm"),
        FinalValue(criterion="escalation", state="not_applicable", by="human"),
        FinalValue(criterion="outcome", state="ungraded", conflict=True),
    )
    told = {one["gen_ai.evaluation.name"]: one for _, _, one in events(one_call(final))}
    score, label = "gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label"
    assert {name: (one.get(score), one.get(label)) for name, one in told.items()} == {
        "correctness": (4.5, None), "tone": (1.0, "fail"), "confusion": (None, "yes"), "escalation": (None, "not_applicable"),
    }  # fmt: skip
    assert told["tone"]["evalharness.decided_by"] == "adjudicated"


def test_the_score_of_a_call_is_an_event_and_no_score_is_none():
    """Position 3 waits for an adjudicator: no score, and no event of it."""
    told = [one for _, _, one in events(a_week_summary()) if one["gen_ai.evaluation.name"] == "call_score"]
    assert len(told) == 34
    assert told[0]["gen_ai.evaluation.score.value"] == 99.0


def test_calls_without_any_value_have_no_line():
    """Nothing graded is no event, never a 0."""
    assert otel_lines([one_call(())], "1.0") == b""


def test_reasons_stand_there_only_where_they_are_asked_for():
    """They may quote the caller; with `texts` both people's reasons stand in one explanation."""
    key = "gen_ai.evaluation.explanation"
    assert not [one for _, _, one in events(a_week_summary(hostile=True)) if key in one]
    with_texts = [one[key] for _, _, one in events(a_week_summary(hostile=True), texts=True) if key in one]
    assert with_texts[0] == f"{FORMULA}\n{FORMULA}"


def test_weights_of_the_draw_and_none_of_a_picked_call():
    """core: 116 / 27 = 4.296; picked calls have no weight, since nobody knows their chance."""
    told = [one for _, _, one in events(a_full_summary())]
    weights = {round(one["evalharness.weight"], 3) for one in told if one["evalharness.stratum"] == "core"}
    assert weights == {4.296}
    assert not [one for one in told if one["evalharness.stratum"] == "picked" and "evalharness.weight" in one]


def test_an_event_belongs_to_the_span_of_its_call_where_that_is_known():
    """32 and 16 hexadecimal digits of the call's metadata; anything else is left out."""
    final = (FinalValue(criterion="tone", state="scored", value=4.0, by="human"),)
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

    def ids(**metadata):
        record = events(one_call(final, call=a_call(metadata=metadata)))[0][1]
        return record.get("traceId"), record.get("spanId")

    assert ids(trace_id=trace, span_id=span) == (trace, span)
    assert ids(trace_id=trace, span_id="xyz") == (trace, None)
    assert ids(trace_id="0" * 32, span_id=span) == (None, None)
    assert ids(trace_id=trace.upper()) == (None, None)
    assert ids(span_id=span) == (None, None)


def test_the_time_is_when_it_was_graded_to_the_microsecond():
    """2026-11-16 08:00:00.000001 UTC is 1794816000000001000 ns, the later of two grades; without any it is the beginning."""
    final = (FinalValue(criterion="tone", state="scored", value=4.0, by="human"),)
    moment = MONDAY.replace(hour=8, microsecond=1)
    before = (a_grade(5, "tone", at=MONDAY.replace(hour=7), grader=a_grader("Ben Ode")), a_grade(4, "tone", at=moment))
    graded = events(one_call(final, grades=before))[0][1]
    assert graded["timeUnixNano"] == str(int(moment.replace(microsecond=0).timestamp()) * 10**9 + 1000)
    began = events(one_call(final, grades=(), call=a_call(started_at=MONDAY)))[0][1]
    assert began["timeUnixNano"] == str(int(MONDAY.timestamp()) * 10**9)
