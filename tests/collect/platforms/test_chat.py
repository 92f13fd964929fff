"""Chat messages without a map: roles, parts, tools, ids and times; recognised only where the shape is unmistakable."""

import json

import pytest

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from tests.collect.files import AIRLINE, counts, page_map, take, write_rows
from tests.collect.payloads import understood


def a_chat(*messages, **fields):
    """A conversation of these messages, of a question and an answer where none is given."""
    said = list(messages) or [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    return {"id": "c1", "started_at": "2026-11-16T09:00:00Z", "messages": said, **fields}


def turns(*messages):
    return [(turn.speaker, turn.text) for turn in understood("chat", a_chat(*messages)).turns]


def test_roles():
    """Users are callers, assistants agents; system prompts and tool results are no turns."""
    said = [{"role": role, "content": role} for role in ("system", "user", "assistant", "tool", "human", "ai", "operator")]
    assert turns(*said) == [
        ("caller", "user"), ("agent", "assistant"), ("caller", "human"), ("agent", "ai"), ("human_agent", "operator"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hi.", "Hi."),
        ([{"type": "text", "text": "A"}, {"type": "text", "text": "B"}], "A\nB"),
        ([{"type": "input_text", "text": "A"}, {"type": "image_url", "image_url": {"url": "x"}}], "A"),
        ([{"type": "input_audio", "transcript": "A"}], "A"),
        (["A", "B"], "A\nB"),
        ([{"type": "refusal", "refusal": "No."}], "No."),
    ],
)
def test_content_is_text_or_parts(content, text):
    """Parts without text (pictures) say nothing."""
    assert turns({"role": "user", "content": content}) == [("caller", text)]


@pytest.mark.parametrize("content", [None, "", [], [{"type": "image"}], 5, {"text": "x"}])
def test_a_message_that_says_nothing_is_no_turn(content):
    """Also content of a kind nobody knows."""
    assert turns({"role": "user", "content": content}) == []


def test_tool_calls_in_both_ways():
    """tool_calls with results of the role tool, and parts of type tool_use with results in the next message."""
    first = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": '{"a": 1}'}}],
    }
    used = [{"type": "text", "text": "Let me see."}, {"type": "tool_use", "id": "2", "name": "g", "input": {"b": 2}}]
    answer = [{"type": "tool_result", "tool_use_id": "2", "content": [{"type": "text", "text": "two"}]}]
    call = understood(
        "chat",
        a_chat(
            first,
            {"role": "tool", "tool_call_id": "1", "content": "one"},
            {"role": "assistant", "content": used},
            {"role": "user", "content": answer},
        ),
    )
    assert [(turn.speaker, turn.text) for turn in call.turns] == [("agent", ""), ("agent", "Let me see.")]
    tools = [tool for turn in call.turns for tool in turn.tool_calls]
    assert [(tool.name, tool.arguments, tool.result) for tool in tools] == [("f", {"a": 1}, "one"), ("g", {"b": 2}, "two")]


@pytest.mark.parametrize("key", ["id", "call_id", "conversation_id", "session_id"])
def test_ids(key):
    """Under the usual names; a number is its digits."""
    given = a_chat()
    del given["id"]
    assert understood("chat", {**given, key: 17}).id == "17"


def test_a_place_in_the_file_is_no_id():
    """The next export would give the call another one."""
    given = a_chat()
    del given["id"]
    with pytest.raises(FieldError) as caught:
        understood("chat", given)
    assert caught.value.field == "id"


@pytest.mark.parametrize(
    ("fields", "started"),
    [
        ({"created_at": "2026-11-16T09:00:00+01:00"}, "2026-11-16T08:00:00+00:00"),
        ({"created": 1763377200}, "2025-11-17T11:00:00+00:00"),
        ({"timestamp": 1763377200000}, "2025-11-17T11:00:00+00:00"),
    ],
)
def test_times(fields, started):
    """ISO 8601, seconds, or milliseconds since 1970 (from 1e11 on: as seconds that would be the year 5138)."""
    given = {"id": "c1", "messages": a_chat()["messages"], **fields}
    assert understood("chat", given).started_at.isoformat() == started


def test_the_first_message_may_tell_the_time():
    """Then the start is inferred."""
    given = {"id": "c1", "messages": [{"role": "user", "content": "Hi.", "timestamp": 1763377200}]}
    call = understood("chat", given)
    assert (call.started_at.isoformat(), "started_at" in call.inferred) == ("2025-11-17T11:00:00+00:00", True)


def test_no_latency_is_made_up():
    """Times of messages are not times of speech."""
    said = [
        {"role": "user", "content": "Hi.", "timestamp": 1763377200},
        {"role": "assistant", "content": "Yes.", "timestamp": 1763377202},
    ]
    assert all(turn.latency is None and turn.start_ms is None for turn in understood("chat", a_chat(*said)).turns)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("transfer_to_human_agents", True), ("escalate_to_human", True), ("handoff_to_representative", True),
        ("transfer_to_agent", False), ("transfer_funds", False), ("find_human_readable_name", False),
    ],
)  # fmt: skip
def test_only_a_tool_that_names_a_human_is_a_handoff(name, is_one):
    """Anything else may be a transfer from bot to bot, or of money."""
    said = {"role": "assistant", "tool_calls": [{"function": {"name": name, "arguments": '{"summary": "angry"}'}}]}
    call = understood("chat", a_chat(said))
    assert (call.handoff is not None, "handoff" in call.inferred) == (is_one, is_one)
    assert call.outcome == ("transferred" if is_one else "unknown")


def test_other_fields():
    """Ours where their words are ours, else they stay in the metadata."""
    call = understood("chat", a_chat(agent="Desk", status="closed", csat=4, cost={"llm": 0.1}, reward=1.0, metadata={"k": 1}))
    assert (call.agent, call.status, call.csat, call.cost.components) == ("Desk", None, 4, {"llm": 0.1})
    assert call.metadata == {"status": "closed", "reward": 1.0, "k": 1}
    assert understood("chat", a_chat(cost=3, csat="good")).metadata == {"cost": 3, "csat": "good"}


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([{"role": "narrator", "content": "x"}], "messages[0].role"),
        (["x"], "messages[0]"),
        ("x", "messages"),
        ([{}], "messages[0].role"),
    ],
)
def test_what_is_no_conversation(messages, field):
    """Named by its place."""
    with pytest.raises(FieldError) as caught:
        understood("chat", {"id": "x", "messages": messages})
    assert caught.value.field == field


def test_recognised_where_unmistakable():
    """An id and nothing but known roles with content."""
    assert form_like(a_chat()) == "chat"
    assert form_like({"messages": a_chat()["messages"]}) is None
    assert form_like(a_chat({"role": "narrator", "content": "x"})) is None
    assert form_like(a_chat({"role": "user", "text": "x"})) is None
    assert form_like({"id": "x", "messages": []}) is None


@pytest.mark.skipif(not AIRLINE.is_file(), reason="the transcripts lie beside the project, not in it")
def test_the_airline_transcripts_as_chat(tmp_path):
    """100 conversations give the same turns, 572 tool results and 22 handoffs as the field map gives."""
    rows = [json.loads(line) for line in AIRLINE.read_text(encoding="utf-8").splitlines()]
    start = "2026-11-09T09:00:00Z"
    chats = [{"id": f"{row['task_id']}-{row['trial']}", "started_at": start, "messages": row["traj"]} for row in rows]
    calls, report = take(write_rows(tmp_path / "chats.jsonl", chats), form="chat", source="airline")
    mapped, _ = take(AIRLINE, form=page_map(), source="airline")
    assert counts(report) == (100, 0, 0, 0, 0)
    assert [call.turns for call in calls] == [call.turns for call in mapped]
    assert [call.handoff and call.handoff.context_summary for call in calls] == [
        call.handoff and call.handoff.context_summary for call in mapped
    ]
    assert sum(tool.result is not None for call in calls for turn in call.turns for tool in turn.tool_calls) == 572
    assert sum(call.handed_off for call in calls) == 22
