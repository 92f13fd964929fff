"""Real and hostile transcripts through the whole room: the airline calls, naughty strings, attacks on a judge."""

import json
from collections import Counter

import pytest

from evalharness.collect.reading import read_rows
from tests.collect.files import AIRLINE, DATA, a_row, a_turn_row, counts, page_map, redactor, rules, take, write_rows


@pytest.fixture(scope="module")
def airline():
    """(trajectories as they are, the calls made of them, the report)."""
    if not AIRLINE.is_file():
        pytest.skip("the transcripts lie beside the project, not in it")
    calls, report = take(AIRLINE, form=page_map(), source="airline-bench")
    return [json.loads(line) for line in AIRLINE.read_text(encoding="utf-8").splitlines()], calls, report


def test_the_map_on_the_page_takes_every_call(airline):
    """100 rows, 100 accepted."""
    _, calls, report = airline
    assert (report.rows, *counts(report)) == (100, 100, 0, 0, 0, 0)
    assert len({call.id for call in calls}) == 100
    assert {call.agent for call in calls} == {"airline"}


def test_every_tool_result_is_attached_to_its_call(airline):
    """572 calls and 572 results; each result is the message right behind its call (redaction apart)."""
    rows, calls, _ = airline
    masked = rules(redact=frozenset(), form=page_map())
    plain = [row.call for row in read_rows(AIRLINE, masked)]
    wanted = [
        (tool["function"]["name"], row["traj"][i + 1]["content"])
        for row in rows
        for i, message in enumerate(row["traj"])
        for tool in message.get("tool_calls") or ()
    ]
    assert [(tool.name, tool.result) for call in plain for turn in call.turns for tool in turn.tool_calls] == wanted
    assert len(wanted) == 572
    assert sum(tool.result is not None for call in calls for turn in call.turns for tool in turn.tool_calls) == 572


def test_handoffs_are_the_transfers(airline):
    """22 trajectories call transfer_to_human_agents; their summary comes along."""
    rows, calls, _ = airline
    asked = [
        any(tool["function"]["name"] == "transfer_to_human_agents" for m in row["traj"] for tool in m.get("tool_calls") or ())
        for row in rows
    ]
    assert [call.handed_off for call in calls] == asked
    assert sum(asked) == 22
    assert all(call.handoff.context_summary and call.outcome == "transferred" for call in calls if call.handoff)


def test_rewards_and_no_invented_latency(airline):
    """The reward is metadata; transcripts without times give no latency; the outcome is not taken from the reward."""
    rows, calls, report = airline
    assert [call.metadata for call in calls] == [{"reward": row["reward"]} for row in rows]
    assert report.fill["latency"] == 0
    assert {call.outcome for call in calls} == {"transferred", "unknown"}


def test_turns_are_those_of_caller_and_agent(airline):
    """757 of the user, 657 + 530 + 42 of the agent; the 530 without text keep their tool calls."""
    _, calls, _ = airline
    turns = [turn for call in calls for turn in call.turns]
    assert Counter(turn.speaker for turn in turns) == {"caller": 757, "agent": 1229}
    silent = [turn for turn in turns if not turn.text]
    assert len(silent) == 530
    assert all(turn.tool_calls for turn in silent)


def test_redaction_of_the_airline_calls(airline):
    """Birth dates and mails go; flight numbers, dates of travel, prices and payment ids stay."""
    _, calls, report = airline
    text = "".join(call.canonical() for call in calls)
    assert set(report.redactions) <= {"dob", "email", "account"}
    assert report.redactions["account"] <= 5
    assert "@example.com" not in text
    for kept in ("HAT136", "2024-05-20", "certificate_7504069", "credit_card_4421486", "mia_li_3668"):
        assert kept in text


def _texts_come_through(tmp_path, texts):
    """Each text as a caller's turn, a tool result, a tool argument and metadata: unchanged except for redaction."""
    rows = [
        a_row(
            id=f"c{i}",
            turns=[
                a_turn_row(text=text),
                a_turn_row("agent", "Hm.", tool_calls=[{"name": "x", "arguments": {"q": text}, "result": text}]),
            ],
            metadata={"note": text},
        )
        for i, text in enumerate(texts)
    ]
    masker = redactor()
    calls, report = take(write_rows(tmp_path / "hostile.jsonl", rows))
    assert report.accepted == len(texts)
    for text, call in zip(texts, calls, strict=True):
        wanted = masker.text(text)
        tool = call.turns[1].tool_calls[0]
        if wanted == text:
            assert (call.turns[0].text, tool.result, tool.arguments, call.metadata) == (text, text, {"q": text}, {"note": text})
    return sum(masker.text(text) != text for text in texts)


def test_naughty_strings_come_through(tmp_path):
    """All 515 strings; redaction touches at most 3 % of them."""
    path = DATA / "badinput" / "blns" / "blns.json"
    if not path.is_file():
        pytest.skip("the strings lie beside the project, not in it")
    texts = json.loads(path.read_text(encoding="utf-8"))
    assert len(texts) == 515
    assert _texts_come_through(tmp_path, texts) <= 15


def test_attacks_on_a_judge_come_through(tmp_path):
    """Injections are text like any other: no turn is created, nothing is cut."""
    path = DATA / "attacks" / "voice_judge_attacks.jsonl"
    if not path.is_file():
        pytest.skip("the attacks lie beside the project, not in it")
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(texts) == 42
    assert _texts_come_through(tmp_path, texts) <= len(texts) * 0.05
