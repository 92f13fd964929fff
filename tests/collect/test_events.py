"""Events of one call are one call: merged within a file, supplements after it is stored; the five counts add up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.collect.events import Once, SeveralEventsError, laid_over, one_a_call
from evalharness.collect.intake import Intake, Later
from evalharness.collect.late import later_facts
from evalharness.collect.platforms.elevenlabs import EVENTS as ELEVENLABS
from evalharness.collect.platforms.retell import EVENTS as RETELL
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import RawRow
from tests.collect.files import counts, rules, take, the_call, write_rows
from tests.collect.payloads import PAYLOADS, a_retell_call, an_utterance, needs_payloads, payload, write_json

AT = datetime(2026, 11, 20, tzinfo=UTC)
ANALYSIS = {"call_successful": True, "call_summary": "Moved.", "in_voicemail": False}


def event(name, **fields):
    """A webhook of a Retell call."""
    return {"event": name, "call": a_retell_call(**fields)}


ENDED = event("call_ended")
ANALYZED = event("call_analyzed", call_analysis=ANALYSIS)
STARTED = event("call_started", call_status="ongoing", end_timestamp=None, disconnection_reason=None, transcript_object=None)


def retell(tmp_path, *values, **fields):
    return take(write_rows(tmp_path / "hooks.jsonl", values), form="retell", source="retell", **fields)


def test_ended_and_analyzed_are_one_call(tmp_path):
    """Both rows are accepted, for both brought something; there is one call, and it has the analysis."""
    calls, report = retell(tmp_path, ENDED, ANALYZED)
    assert (report.rows, *counts(report)) == (2, 2, 0, 0, 0, 0)
    (call,) = calls
    assert (call.metadata["call_successful"], call.metadata["summary"]) == (True, "Moved.")


def test_the_order_in_the_file_does_not_matter(tmp_path):
    """The same call by either order, with other calls between."""
    other = event("call_ended", call_id="r2")
    first, _ = retell(tmp_path, ENDED, other, ANALYZED)
    second, report = retell(tmp_path, ANALYZED, other, ENDED)
    assert sorted(call.digest() for call in first) == sorted(call.digest() for call in second)
    assert counts(report) == (3, 0, 0, 0, 0)


def test_an_event_that_adds_nothing_is_a_duplicate(tmp_path):
    """The same webhook delivered twice."""
    calls, report = retell(tmp_path, ENDED, ENDED, ANALYZED, ANALYZED)
    assert (len(calls), counts(report)) == (1, (2, 2, 0, 0, 0))


def test_an_event_of_a_call_still_going_on_is_completed(tmp_path):
    """call_started alone is rejected; with call_ended it is part of the call."""
    assert counts(retell(tmp_path, STARTED)[1]) == (0, 0, 0, 0, 1)
    calls, report = retell(tmp_path, STARTED, ENDED)
    assert (len(calls), counts(report)) == (1, (2, 0, 0, 0, 0))


def test_the_same_file_again(tmp_path):
    """Every row is a duplicate."""
    calls, _ = retell(tmp_path, ENDED, ANALYZED)
    known = {("retell", "r1"): calls[0].digest()}
    assert counts(retell(tmp_path, ENDED, ANALYZED, known=known)[1]) == (0, 2, 0, 0, 0)


def test_all_events_of_a_bad_call_are_rejected(tmp_path):
    """Each is named by its own line."""
    bad = {"start_timestamp": 5}
    _, report = retell(
        tmp_path, event("call_ended", **bad), ENDED | {"call": a_retell_call(call_id="ok")}, event("call_analyzed", **bad)
    )
    assert counts(report) == (1, 0, 0, 0, 2)
    assert sorted(row.line for row in report.rejects) == [1, 3]


def test_rows_without_an_id_are_rejected_one_by_one(tmp_path):
    """Nothing to merge by."""
    assert counts(retell(tmp_path, event("call_ended", call_id=None), event("call_analyzed", call_id=None))[1]) == (0, 0, 0, 0, 2)


def test_documents_merge_too(tmp_path):
    """An array of webhooks."""
    calls, report = take(write_json(tmp_path / "hooks.json", [ENDED, ANALYZED]), form="retell", source="retell")
    assert (len(calls), counts(report)) == (1, (2, 0, 0, 0, 0))


def arriving_later(tmp_path, stored, *values):
    """The intake of events whose call is stored."""
    path = write_rows(tmp_path / "later.jsonl", values)
    by = rules(form="retell", source="retell")
    known = {("retell", stored.id): stored.digest()}
    intake = Intake(by, lambda _: known, file="later.jsonl", file_digest="d", later=Later(lambda _: stored, AT))
    calls = [row.call for batch in intake.decide(read_rows(path, by)) for row in batch]
    return calls, intake


def test_what_arrives_after_the_call_is_stored_becomes_a_supplement(tmp_path):
    """The analysis as metadata, the final cost (10 cents) in dollars, known from when it was collected; no conflict."""
    (stored,), _ = retell(tmp_path, ENDED)
    cost = {"combined_cost": 10, "product_costs": []}
    late = event("call_analyzed", call_analysis=ANALYSIS, call_cost=cost, recording_url="https://x.example.com/a.wav")
    calls, intake = arriving_later(tmp_path, stored, late)
    assert (calls, counts(intake.report)) == ([], (1, 0, 0, 0, 0))
    assert {fact.field: fact.value for fact in intake.supplements} == {
        "cost": {"components": {"other": 0.1}, "currency": "USD"},
        "metadata": {
            "call_successful": True,
            "summary": "Moved.",
            "in_voicemail": False,
            "recording_url": "https://x.example.com/a.wav",
        },
    }
    assert {(fact.source, fact.call_id, fact.known_at) for fact in intake.supplements} == {("retell", "r1", AT)}


def test_a_voicemail_found_by_the_analysis_changes_the_outcome(tmp_path):
    """in_voicemail: out of scope."""
    (stored,), _ = retell(tmp_path, ENDED)
    _, intake = arriving_later(tmp_path, stored, event("call_analyzed", call_analysis={"in_voicemail": True}))
    assert {fact.field: fact.value for fact in intake.supplements}["outcome"] == "out_of_scope"


def test_a_late_event_that_knows_less_adds_nothing(tmp_path):
    """call_ended after the analysed call is a duplicate, whatever it says of the cost."""
    cost = {"combined_cost": 10, "product_costs": []}
    (stored,), _ = retell(tmp_path, event("call_analyzed", call_analysis=ANALYSIS, call_cost=cost))
    _, intake = arriving_later(tmp_path, stored, event("call_ended", call_cost={"combined_cost": 4, "product_costs": []}))
    assert (intake.supplements, counts(intake.report)) == ([], (0, 1, 0, 0, 0))


def test_another_transcript_is_a_conflict(tmp_path):
    """A transcript cannot be supplemented: the first one is kept, and the row is named."""
    (stored,), _ = retell(tmp_path, ENDED)
    _, intake = arriving_later(tmp_path, stored, event("call_analyzed", transcript_object=[an_utterance("user", text="Other.")]))
    assert counts(intake.report) == (0, 0, 1, 0, 0)
    assert "differs from the call log" in intake.report.conflicts[0]


def test_without_events_other_content_is_a_conflict(tmp_path):
    """Forms that declare no events keep the rule."""
    assert later_facts(the_call(), the_call(), "fills") == {}
    assert later_facts(the_call(), the_call(version="v2"), "fills") == {"version": "v2"}
    assert later_facts(the_call(version="v1"), the_call(version="v2"), "fills") == {}
    assert later_facts(the_call(version="v1"), the_call(version="v2"), "replaces") == {"version": "v2"}


@needs_payloads
def test_the_real_payloads_of_one_call(tmp_path):
    """call_ended (the webhook without its analysis), call_analyzed and the call of the API: one call in three rows."""
    analyzed = payload("retell/webhook_call_analyzed.json")
    ended = {"event": "call_ended", "call": {k: v for k, v in analyzed["call"].items() if k != "call_analysis"}}
    calls, report = retell(tmp_path, ended, analyzed, payload("retell/get_call.json"))
    assert (len(calls), counts(report)) == (1, (2, 1, 0, 0, 0))
    assert PAYLOADS.is_dir()


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["call_started", "call_ended", "call_analyzed", None]),
        st.sampled_from(["r1", "r2", "r3", "", None]),
        st.sampled_from(
            [{}, {"call_analysis": ANALYSIS}, {"agent_name": "Other"}, {"start_timestamp": 7}, {"call_status": "ongoing"}]
        ),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(events=EVENTS, stored=st.booleans())
def test_the_five_counts_add_up_for_merged_events(tmp_path_factory, events, stored):
    """Whatever events come in whatever order: rows in = rows counted, and each id is accepted at most once."""
    values = []
    for name, call_id, fields in events:
        call = a_retell_call(call_id=call_id, **fields)
        values.append({"event": name, "call": call} if name else call)
    path = write_rows(tmp_path_factory.mktemp("events") / "hooks.jsonl", values)
    by = rules(form="retell", source="retell")
    before = the_call(id="r1", source="retell")
    known = {("retell", "r1"): before.digest()} if stored else {}
    intake = Intake(by, lambda _: known, file="x", file_digest="d", batch=2, later=Later(lambda _: before, AT))
    calls = [row.call.id for batch in intake.decide(read_rows(path, by)) for row in batch]
    assert intake.report.rows == len(values)
    assert intake.report.adds_up()
    assert len(calls) == len(set(calls))


@settings(max_examples=150, deadline=None)
@given(events=EVENTS)
def test_a_file_is_read_once_as_long_as_no_call_comes_again(events):
    """The rows are those of two readings; the second event of a call ends it, wherever it stands. None and "" are no ids."""
    values = [{"event": name, "call": a_retell_call(call_id=call_id, **fields)} for name, call_id, fields in events]
    rows = [RawRow(value, line) for line, value in enumerate(values, 1)]
    ids = [call_id for _, call_id, _ in events if call_id]
    if len(set(ids)) < len(ids):
        with pytest.raises(SeveralEventsError):
            list(Once().each(rows, RETELL))
    else:
        assert list(Once().each(rows, RETELL)) == list(one_a_call(lambda: rows, RETELL))


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "call_analysis": st.fixed_dictionaries(
            {}, optional={"call_summary": st.sampled_from("ab"), "x": st.sampled_from([1, None])}
        ),
        "call_cost": st.fixed_dictionaries({"combined_cost": st.integers(1, 3)}),
        "agent_name": st.sampled_from(["A", "B", None]),
        "disconnection_reason": st.sampled_from(["user_hangup", "agent_hangup"]),
    },
)


def as_retell(name, fields):
    return {"event": name, "call": a_retell_call(**fields)} if name else a_retell_call(**fields)


def as_elevenlabs(sent, fields):
    call = {
        "conversation_id": "e1",
        "agent_id": "a",
        "status": "done",
        "analysis": fields.get("call_analysis"),
        "metadata": fields,
    }
    return {"type": "post_call_transcription", "event_timestamp": sent, "data": call} if sent else call


@settings(max_examples=100, deadline=None)
@given(
    data=st.data(),
    made=st.sampled_from([(RETELL, as_retell, ["call_ended", None]), (ELEVENLABS, as_elevenlabs, [7, 8, 0])]),
)
def test_any_order_gives_the_same_call(data, made):
    """Events of one rank too: of what they say differently the content decides, never the place in the file."""
    events, make, kinds = made
    values = [make(*one) for one in data.draw(st.lists(st.tuples(st.sampled_from(kinds), FIELDS), min_size=2, max_size=5))]
    shuffled = data.draw(st.permutations(values))
    by_order = [list(one_a_call(lambda given=given: [RawRow(one, 1) for one in given], events)) for given in (values, shuffled)]
    assert [row.raw for row in by_order[0]] == [row.raw for row in by_order[1]]


def test_what_a_later_event_leaves_out_of_an_object_stays():
    """Objects are laid over each other as deep as they go; null and empty say nothing; the payloads stay as they were."""
    first, second = {"a": {"b": {"c": 1, "d": 2}}, "l": [1]}, {"a": {"b": {"c": 3, "d": None}}, "l": [], "n": {"m": 4}}
    whole, new = laid_over([first, second, second])
    assert (whole, new) == ({"a": {"b": {"c": 3, "d": 2}}, "l": [1], "n": {"m": 4}}, [True, False])
    assert (first["a"]["b"]["c"], second["n"]) == (1, {"m": 4})


@pytest.mark.parametrize("counted", [1, 2, 3])
def test_an_event_written_since_they_were_counted_is_not_lost(counted):
    """The file grows between the passes, or shrinks: each row of the second one is there once, by itself or in another."""
    passes = iter([[ENDED, ANALYZED, ENDED][:counted], [ENDED, ANALYZED, ENDED]])
    rows = list(one_a_call(lambda: [RawRow(one, at) for at, one in enumerate(next(passes), 1)], RETELL))
    assert sorted(line for row in rows for line in (row.line, *(also.line for also in row.also))) == [1, 2, 3]


def test_a_file_that_shrinks_loses_no_row():
    """Two were counted and one is left."""
    passes = iter([[ENDED, ANALYZED], [ENDED]])
    (row,) = one_a_call(lambda: [RawRow(one, at) for at, one in enumerate(next(passes), 1)], RETELL)
    assert (row.line, row.raw["call_id"]) == (1, "r1")
