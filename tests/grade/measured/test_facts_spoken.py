"""The agent's numbers against the log: matched, contradicted, unsupported, or not to be told."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalharness.grade.measured.facts_known import Known, agree
from evalharness.grade.measured.facts_source import Source
from evalharness.grade.measured.facts_spoken import FIGURES, detect
from evalharness.grade.measured.spoken_reader import Fact
from evalharness.models.call import Call, ToolCall, Turn
from evalharness.models.fact_rules import FactRules
from evalharness.models.measuring import Measuring
from tests.builders import a_call, a_turn
from tests.store.logs import calls

EVA = Path(__file__).resolve().parents[4] / "shared" / "data" / "calls" / "eva_pipecat_run" / "audit_log.json"


def told(caller: str, agent: str, result: str | None = "none", rules: FactRules | None = None, **arguments) -> dict[str, float]:
    """What is found of the agent's words after a tool gave the result; no tool where it is None."""
    tools = () if result is None else (ToolCall(name="look", arguments=arguments, result=result),)
    call = a_call([("caller", caller), a_turn("agent", agent, index=1, tool_calls=tools)])
    values = detect(call, Measuring(facts=rules or FactRules())).values
    return {name.removeprefix("numbers_"): value for name, value in values.items() if value}


@pytest.mark.parametrize(
    ("caller", "agent", "result", "state"),
    [
        ("When?", "At two thirty.", '{"at": "14:30"}', "matched"),
        ("When?", "At three thirty.", '{"at": "14:30"}', "contradicted"),
        ("When?", "At three thirty.", "free all day", "unsupported"),
        ("Half past three?", "At three thirty, yes.", '{"at": "14:30"}', "matched"),
        ("How much?", "It's ninety-five euros.", "95 EUR", "matched"),
        ("How much?", "It's forty euros.", "95 EUR", "contradicted"),
        ("How much?", "That's $95.00.", '{"price_cents": 9500}', "matched"),
        ("How much?", "Forty dollars more.", '{"old_fare": 260, "new_fare": 300}', "derived"),
        ("How much?", "It's $144 a year.", '{"price": 12}', "derived"),
        ("How much?", "It's $145 a year.", '{"price": 12}', "contradicted"),
        ("Which day?", "On May twenty-third.", '{"date": "2026-05-23"}', "matched"),
        ("Which day?", "On the twenty-third.", '{"date": "2026-05-23"}', "matched"),
        ("Which day?", "On May twenty-fourth.", '{"date": "2026-05-23"}', "contradicted"),
        ("Which?", "Code H K four four seven one.", '{"code": "HK4471"}', "matched"),
        ("Which?", "Code H K four four one seven.", '{"code": "HK4471"}', "contradicted"),
        ("Which?", "Code X Y nine nine.", '{"code": "HK4471"}', "unsupported"),
        ("Hours?", "Until nine PM.", "Mon-Sat 10:00-21:00", "matched"),
        ("Hours?", "We close at 19.", "Mon-Thu 8-18, Fri 8-14", "contradicted"),
        ("Slots?", "The calendar opens Monday at 8.", "free: 15:45", "unsupported"),
    ],
)
def test_one_number(caller, agent, result, state):
    """One number each."""
    assert told(caller, agent, result) == {"spoken": 1, state: 1}


def test_what_was_booked():
    """The tool was given 12:00, the agent says 15:45: contradicted though 15:45 was offered before."""
    offered = a_turn(
        "agent", "12:00 or 15:45?", index=1, tool_calls=(ToolCall(name="find", arguments={}, result="12:00; 15:45"),)
    )
    booked = ToolCall(name="book", arguments={"slot": "12:00"}, result="booked")
    call = a_call(
        [("caller", "Hi."), offered, ("caller", "The first."), a_turn(text="You're booked for 15:45.", tool_calls=(booked,))]
    )
    call = call.model_copy(update={"turns": tuple(turn.model_copy(update={"index": i}) for i, turn in enumerate(call.turns))})
    (finding,) = detect(call, Measuring()).findings
    assert (finding.measure, finding.turns, finding.state, finding.note) == ("numbers_contradicted", (3,), "contradicted", "time")


def test_reading_back():
    """A phone number with two digits changed places, and a time; without words of reading back an offer is an offer."""
    number = "It's four one five, five five five, oh one three four."
    assert told(number, "So that's 415-555-0143?", None) == {"spoken": 1, "contradicted": 1}
    assert told("At five p.m.?", "So that's nine p.m., correct?", None) == {"spoken": 1, "contradicted": 1}
    assert told("At five p.m.?", "Nine p.m. would be free.", None) == {"spoken": 1}
    assert told("At five p.m.?", "Nine p.m. you say", None, FactRules(read_back=("you say",))) == {"spoken": 1, "contradicted": 1}


def test_a_code_said_in_pieces():
    """Transcripts cut sentences: the caller's words in a row are one."""
    turns = [("caller", "It is A B"), ("caller", "7 4 Q."), ("agent", "Thanks, code A B 7 4 Q.")]
    assert detect(a_call(turns), Measuring()).values["numbers_contradicted"] == 0


def test_a_value_counts_once():
    """Said twice, it is two numbers spoken, one unsupported."""
    assert told("Hi", "It is $30. Really $30.", "none") == {"spoken": 2, "unsupported": 1}


def test_what_cannot_be_told():
    """No agent words: nothing. No tool: not whether a number stands nowhere. A tool without its result: no comparison."""
    assert detect(a_call([("caller", "It's $5.")]), Measuring()).values == {}
    assert set(detect(a_call([("caller", "Hi"), ("agent", "It's $5.")]), Measuring()).values) == {"numbers_spoken"}
    lost = a_turn("agent", "It's $5.", tool_calls=(ToolCall(name="price", arguments={}),))
    assert set(detect(a_call([("caller", "It's $4."), lost]), Measuring()).values) == {"numbers_spoken"}
    assert detect(a_call([("agent", "It's $5.")], language="fr"), Measuring()).values == {}


def test_nothing_said_is_nothing_wrong():
    """0 where the agent spoke, and no number."""
    assert detect(a_call([("agent", "Hello.")]), Measuring()).values == dict.fromkeys(FIGURES, 0.0)


def test_the_humans_words_are_not_the_agents():
    """What a person says is known, not judged."""
    turns = [("human_agent", "It's $90."), ("agent", "As said, $90."), ("caller", "It's five dollars?")]
    assert detect(a_call(turns), Measuring()).values["numbers_contradicted"] == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Fact("time", "02:30|14:30"), Fact("time", "14:30"), True),
        (Fact("time", "02:30"), Fact("time", "14:30"), False),
        (Fact("date", "--23"), Fact("date", "2026-05-23"), True),
        (Fact("date", "--23"), Fact("date", "2026-05-22"), False),
        (Fact("date", "05-23"), Fact("date", "2026-05-23"), True),
        (Fact("date", "2025-05-23"), Fact("date", "2026-05-23"), False),
        (Fact("phone", "14155550123"), Fact("phone", "4155550123"), True),
        (Fact("code", "7447"), Fact("code", "4477447"), False),
    ],
)
def test_when_two_agree(one, other, same):
    """In any reading, dates as far as both go, phone numbers by their last seven digits; whichever comes first."""
    assert agree(one, other) is same
    assert agree(other, one) is same


def test_a_long_list_proves_no_sum():
    """Of 13 prices nearly everything is a sum; of what the agent said with it, it is one. Of two it is one, and never said so."""
    prices = Source(
        json.dumps([{"price_of": price} for price in range(1001, 1014)]).replace("price_of", "p"), 0, "en", spoken=False
    )
    known = Known([prices])
    assert not known.follows(2003.0, [])
    assert known.follows(2003.0, [1001.0, 1002.0])
    two = Known([Source('{"p": 1001, "q": 1002}', 0, "en", spoken=False)])
    assert two.follows(2003.0, [])
    assert not two.has(Fact("amount", "2003.00"))


@pytest.mark.parametrize(("text", "said", "holds"), [("at 14:30.", "14:30", True), ("at 4:30", "14:30", False)])
def test_the_very_characters(text, said, holds):
    """A quick look that is never wrong where it says yes: no part of a longer number."""
    assert Source(text, 0, "en", spoken=False).holds(said) is holds
    assert not Source("114:30", 0, "en", spoken=False).holds("14:30")
    assert not Source("14:305", 0, "en", spoken=False).holds("14:30")


def _eva() -> Call:
    """The Pipecat run as the model saw it: messages with tool calls and their results."""
    turns: list[Turn] = []
    for message in json.loads(EVA.read_text(encoding="utf-8"))["conversation_messages"]:
        if message["role"] == "tool":
            last = turns[-1].tool_calls[-1].model_copy(update={"result": message["content"]})
            turns[-1] = turns[-1].model_copy(update={"tool_calls": (*turns[-1].tool_calls[:-1], last)})
        elif message["role"] in ("user", "assistant"):
            asked = [one["function"] for one in message.get("tool_calls") or ()]
            tools = tuple(ToolCall(name=one["name"], arguments=json.loads(one["arguments"])) for one in asked)
            speaker = "caller" if message["role"] == "user" else "agent"
            turns.append(Turn(index=len(turns), speaker=speaker, text=message["content"] or "", tool_calls=tools))
    return Call(id="eva", source="eva", started_at=datetime.fromisoformat("2026-03-17T16:45:00+00:00"), turns=tuple(turns))


@pytest.mark.skipif(not EVA.is_file(), reason="the run is not beside this checkout")
def test_a_real_run_with_spoken_numbers():
    """53 numbers in words, 27 of them different: all stand in the log but the 75 dollar fee, which the instructions know, three
    sums with it, and two differences of fares."""
    found = detect(_eva(), Measuring())
    assert found.values["numbers_spoken"] == 53
    assert (found.values["numbers_matched"], found.values["numbers_derived"]) == (21, 2)
    assert [(one.measure, one.note) for one in found.findings] == [("numbers_unsupported", "amount")] * 4


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(calls, max_size=3))
def test_order_of_calls_and_turns_that_exist(drawn):
    """Each call by itself; findings name turns of the call; values are counts of declared figures."""
    forward = [detect(call, Measuring()) for call in drawn]
    assert forward == [detect(call, Measuring()) for call in reversed(drawn)][::-1]
    for call, one in zip(drawn, forward, strict=True):
        assert set(one.values) <= set(FIGURES)
        for finding in one.findings:
            assert set(finding.turns) <= {turn.index for turn in call.turns}
            assert finding.measure in one.values


_SAID = st.sampled_from(["At two thirty.", "It's $40.", "On May 23rd.", "Code H K 4 4 7 1.", "Sure.", "You're booked for 3 PM."])
_GIVEN = st.sampled_from(['{"at": "14:30"}', '{"price": 95}', '{"date": "2026-05-23"}', '{"code": "HK4417"}', "ok"])


@given(st.lists(st.tuples(_SAID, _SAID, _GIVEN), min_size=1, max_size=4), st.integers(0, 3))
def test_a_missing_result_changes_no_figure(replies, which):
    """Without one result every figure is the same or absent."""
    whole, lost = (_talk(replies, missing) for missing in (None, which))
    assert all(whole[name] == value for name, value in lost.items())
    assert whole["numbers_spoken"] == lost["numbers_spoken"]
    assert (
        whole["numbers_spoken"] == 0
        or sum(whole[f"numbers_{state}"] for state in ("matched", "unsupported")) <= whole["numbers_spoken"]
    )


def _talk(replies, missing: int | None) -> dict[str, float]:
    turns = []
    for number, (caller, agent, result) in enumerate(replies):
        tool = ToolCall(name="look", arguments={}, result=None if number == missing else result)
        turns += [a_turn("caller", caller, index=2 * number), a_turn("agent", agent, index=2 * number + 1, tool_calls=(tool,))]
    return detect(a_call(turns), Measuring()).values
