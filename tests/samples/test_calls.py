"""Every line is a valid, coherent call in our form."""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.models.call import Call
from evalharness.models.week import week_of
from tests.samples.reading import SAMPLES, WEEKS, all_calls, calls, truths

ZONE = ZoneInfo("Europe/Berlin")
INTENTS = {
    "book_appointment", "move_appointment", "cancel_appointment", "opening_hours", "insurance_question", "billing_question",
    "prescription_refill", "clinical_question", "speak_to_human", "complaint",
}  # fmt: skip


def read(week: str) -> list[Call]:
    """The calls as `collect` understands them; raises FieldError where a line is not in our form."""
    return [call_from(raw, RowDefaults("jsonl", lambda number: f"key of {number[-3:]}")) for raw in calls(week)]


@pytest.mark.parametrize("week", WEEKS)
def test_every_line_is_a_call_of_its_week(week: str) -> None:
    """In order of their start, all in the local ISO week of the file, one agent, English."""
    given = read(week)
    assert {week_of(call.started_at, ZONE) for call in given} == {week}
    assert [call.started_at for call in given] == sorted(call.started_at for call in given)
    assert {(call.agent, call.language) for call in given} == {("Front Desk", "en")}


def test_offsets_follow_the_clock_change() -> None:
    """Berlin is at +02:00 until Sunday 25 October 2026 (W43), at +01:00 from W44 on."""
    for call in all_calls():
        assert call["started_at"][-6:] == ("+02:00" if call["started_at"] < "2026-10-25T03" else "+01:00")


def test_ids_are_unique_and_intents_known() -> None:
    """As many ids as calls; all ten intents occur every week except where the log has none."""
    assert len({call["id"] for call in all_calls()}) == len(all_calls()) == len(truths())
    for week in WEEKS:
        assert {call["intent"] for call in calls(week) if "intent" in call} == INTENTS


@pytest.mark.parametrize("week", WEEKS)
def test_turns_follow_each_other(week: str) -> None:
    """2 to 16 turns (a hang-up in the first seconds has two); each ends after it began; only an interruption overlaps."""
    for call in read(week):
        assert len(call.turns) in {0, *range(2, 17)}
        for turn, following in zip(call.turns, call.turns[1:], strict=False):
            assert turn.start_ms is not None
            assert turn.end_ms is not None
            assert following.start_ms is not None
            assert turn.start_ms < turn.end_ms
            assert (following.start_ms < turn.end_ms) == bool(turn.interrupted)


@pytest.mark.parametrize("week", WEEKS)
def test_a_call_ends_soon_after_its_last_turn(week: str) -> None:
    """Within 3 s, so that a last word of the caller does not count as unanswered."""
    for call in read(week):
        if call.turns:
            last, length = call.turns[-1].end_ms, call.duration_s
            assert last is not None
            assert length is not None
            assert 0 <= length * 1000 - last < 3000


@pytest.mark.parametrize("week", WEEKS)
def test_latency_is_reported_and_fits_the_times(week: str) -> None:
    """The reported value is the gap in the transcript; its components add up to a little less (transport is left out)."""
    for call in read(week):
        for before, turn in zip(call.turns, call.turns[1:], strict=False):
            answers = turn.speaker == "agent" and before.speaker == "caller"
            assert (turn.latency is not None) == answers
            if turn.latency is not None and turn.start_ms is not None and before.end_ms is not None:
                assert turn.latency.anchor == "reported"
                assert turn.latency.voice_to_voice_ms == turn.start_ms - before.end_ms
                assert 0 < turn.start_ms - before.end_ms - sum(turn.latency.components.values()) < 50


@pytest.mark.parametrize("week", WEEKS)
def test_the_harness_measures_what_was_planted(week: str) -> None:
    """Reported values, unanswered turns: the same numbers out of measure_call as went into the file."""
    from evalharness.grade.measured.latency import measure_call

    measured = [part for call in read(week) for part in measure_call(call).latencies]
    values = sorted(value for part in measured if part.anchor == "reported" for value in part.values_ms)
    assert values == sorted(turn["latency_ms"] for call in calls(week) for turn in call["turns"] if "latency_ms" in turn)
    assert sum(part.unanswered for part in measured) == {"2026-W43": 1, "2026-W45": 2, "2026-W46": 4, "2026-W47": 1}.get(week, 0)


def test_a_handoff_has_its_tool_call() -> None:
    """Transferred calls have a connected handoff to a human and a transfer tool; a failed one is no transfer."""
    for call in all_calls():
        tools = {tool["name"] for turn in call["turns"] for tool in turn.get("tool_calls", ())}
        status = call.get("handoff", {}).get("status")
        assert ("transfer" in tools) == (status is not None)
        assert (status == "connected") == (truths()[call["id"]]["outcome"] == "transferred")


def test_people_are_only_reached_when_the_practice_is_open() -> None:
    """Connected handoffs begin Monday to Thursday 8-18 or Friday 8-14."""
    for call in all_calls():
        if call.get("handoff", {}).get("status") == "connected":
            start = datetime.fromisoformat(call["started_at"])
            assert start.isoweekday() <= 5
            assert 8 <= start.hour < (14 if start.isoweekday() == 5 else 18)


def test_each_week_has_calls_on_its_last_day_and_in_the_evening() -> None:
    """A week whose last call lies a day before its end would look like a broken log."""
    for week in WEEKS:
        starts = [datetime.fromisoformat(call["started_at"]) for call in calls(week)]
        assert any(start.isoweekday() == 7 for start in starts)
        assert 5 <= sum(start.hour >= 18 for start in starts) <= 30


def test_no_number_can_belong_to_anyone() -> None:
    """Callers lie in the range kept for film, +49 30 23125 000-999, and no other long number occurs anywhere."""
    assert all(re.fullmatch(r"\+493023125\d{3}", call["caller"]) for call in all_calls())
    for path in (*SAMPLES.glob("calls/*"), SAMPLES / "truth.jsonl", SAMPLES / "source/phrases.txt"):
        text = re.sub(r'"(caller|started_at|ended_at)":"[^"]*"', "", path.read_text(encoding="utf-8"))
        assert re.findall(r"\d[\d /-]{6,}\d", text) == []
        assert "@" not in text


@pytest.mark.parametrize("week", WEEKS)
def test_redaction_takes_dates_of_birth_and_nothing_else(week: str) -> None:
    """What a grader needs stays readable: times, dates of appointments, prices and file numbers are no personal numbers."""
    from evalharness.collect.privacy.redact import Redactor
    from evalharness.collect.privacy.redact_call import redact_call

    redactor = Redactor(b"k" * 32, frozenset({"card", "account", "phone", "email", "dob", "ssn"}))
    for call in read(week):
        redacted = redact_call(call, redactor)
        assert redacted.model_dump(exclude={"turns"}) == call.model_dump(exclude={"turns"})
        for before, after in zip(call.turns, redacted.turns, strict=True):
            masked = re.sub(r"\b\d{1,2} [A-Z][a-z]+ (19|20)\d\d\b", "[dob]", before.text)
            assert re.sub(r"\[dob-[^\]]+\]", "[dob]", after.text) == masked
            assert after.tool_calls == before.tool_calls
    assert set(redactor.counts) == {"dob"}


def test_texts_are_filled_in() -> None:
    """No slot is left open, no text is empty, and most transcripts differ in their words."""
    texts = ["\n".join(turn["text"] for turn in call["turns"]) for call in all_calls() if call["turns"]]
    assert not any("{" in text or "}" in text for text in texts)
    assert all(turn["text"].strip() for call in all_calls() for turn in call["turns"])
    assert len(set(texts)) > 0.97 * len(texts)


def test_the_agent_says_what_its_tools_say_except_where_it_is_wrong() -> None:
    """Every slot named while booking or moving is in the tool's arguments, but for the planted wrong confirmations."""
    wrong = set()
    for call in all_calls():
        for turn in call["turns"]:
            for tool in turn.get("tool_calls", ()):
                clock = re.search(r"\d+:\d\d$", tool["arguments"].get("slot", tool["arguments"].get("to", "")))
                if tool["name"] in ("book", "move") and clock and clock[0] not in turn["text"]:
                    wrong.add(call["id"])
    assert {name for name in wrong if "wrong_information" not in truths()[name]["failures"]} == set()
    assert wrong


def test_lines_are_lean_json() -> None:
    """No spaces between fields and no empty values: what a line does not say, it leaves out."""
    for week in WEEKS:
        for line in (SAMPLES / "calls" / f"{week}.jsonl").read_text(encoding="utf-8").splitlines():
            assert line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))
            assert "null" not in line
