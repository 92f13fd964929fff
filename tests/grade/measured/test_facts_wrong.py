"""Numbers that were once taken for right or wrong and are not: each kind of it, so that it does not come back."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from evalharness.grade.measured.facts_spoken import detect
from evalharness.models.call import Call, ToolCall
from evalharness.models.measuring import Measuring
from tests.builders import a_call, a_turn
from tests.grade.measured.test_facts_spoken import told


@pytest.mark.parametrize(
    ("agent", "result", "state"),
    [
        ("The fee is $20.", "ok", "unsupported"),
        ("The fee is $11.", "ok", "unsupported"),
        ("The fee is $20.26.", "ok", "unsupported"),
        ("Please dial extension 2026.", "ok", "unsupported"),
        ("Please dial extension 2025.", "ok", "unsupported"),
        ("The fee is $95.", '{"seat": 95}', "unsupported"),
        ("The fee is $45.", '{"duration_minutes": 45}', "unsupported"),
        ("The fee is $22.10.", '{"input_tokens": 2210}', "unsupported"),
        ("That costs $1,200.", '{"price": 120}', "contradicted"),
        ("That costs $1.", '{"price": 100}', "contradicted"),
        ("That costs $12.", '{"price": 15, "created": "2026-12-01"}', "contradicted"),
        ("Your code is oh four one.", '{"id": 604178, "code": "987"}', "unsupported"),
        ("Your code is oh four one.", "[12, 04, 1]", "unsupported"),
        ("Your code is oh four one.", '{"code": "041"}', "matched"),
        ("Your flight is six one oh.", '{"flight": "SK610"}', "matched"),
        ("It ends in one seven eight.", '{"id": 604178}', "matched"),
        ("You got a refund of $65.", '{"amount": -65}', "matched"),
    ],
)
def test_what_is_known_and_what_is_not(agent, result, state):
    """Not the day of the call (20 November 2026), no counter, no id, no part of other digits, not ten times a price."""
    call = a_call(
        [("caller", "Hi"), a_turn("agent", agent, index=1, tool_calls=(ToolCall(name="look", arguments={}, result=result),))],
        started_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        metadata={"usage": {"input_tokens": 2210}, "price": 20},
    )
    values = detect(call, Measuring()).values
    assert [name for name, value in values.items() if value and name != "numbers_spoken"] == [f"numbers_{state}"]


def test_own_words_hold_nothing_up():
    """Two invented amounts, one twice the other: both stand nowhere. With a price of the tool the double is derived from it."""
    assert told("How much?", "The fee is $50 and the total is $100.") == {"spoken": 2, "unsupported": 2}
    assert told("How much?", "It is $50, $100 for two.", '{"price": 50}') == {"spoken": 2, "matched": 1, "derived": 1}


def test_the_year_of_the_call_contradicts_no_code():
    """A card ending in 2041 in a call of 2026, where no tool tells of a card."""
    assert told("Hi", "Shall I charge the card ending in two zero four one?", '{"slot": "14:30"}') == {
        "spoken": 1,
        "unsupported": 1,
    }


@pytest.mark.parametrize(
    ("agent", "result"),
    [
        ("I booked you at 2:30 pm. Please arrive by 2:15 pm.", '{"slot": "14:30"}'),
        ("I booked you at 2:30 pm. We close at 6 pm.", '{"slot": "14:30"}'),
        ("It runs from 2:30 pm to 3 pm.", '{"slot": "14:30"}'),
        ("You're booked for 2:30 pm, which is 8:30 pm in Berlin.", '{"slot": "14:30"}'),
        ("It takes off at 2:30 pm and boarding is at 1:50 pm.", '{"slot": "14:30"}'),
        ("We are open from 9 am to 5 pm.", '{"slot": "14:30"}'),
        ("There is a $25 cancellation fee.", '{"price": 340}'),
        ("A 10% discount makes it $80.10.", '{"price": 89}'),
        ("With 19% tax it is $105.91.", '{"price": 89}'),
        ("That is $29.67 per person.", '{"price": 89}'),
        ("You have saved $30.", '{"price": 89}'),
        ("It's about $90.", '{"price": 89}'),
        ("You can cancel until May 22nd.", '{"date": "2026-05-23"}'),
        ("The refund takes until May 30th.", '{"date": "2026-05-23"}'),
        ("Your order 4711 replaces order 4712.", '{"order": "4712"}'),
        ("It leaves at 12:30 pm.", '{"departure": "12:30", "arrival": "13:55"}'),
        ("The total is fifteen fifty.", '{"total": 1550}'),
        ("Your code is X X F six O H.", '{"code": "XXF6OH"}'),
    ],
)
def test_right_and_beside_the_point_is_no_contradiction(agent, result):
    """Another thing than the tool told of, or a second right value in the reply."""
    assert "contradicted" not in told("Hello", agent, result)


def test_one_wrong_of_as_many_as_were_told():
    """Two slots, two said, one of them wrong."""
    assert told("When?", "I have three thirty or four fifteen.", "14:30; 16:15") == {"spoken": 2, "matched": 1, "contradicted": 1}


def test_a_value_the_caller_tells_by_another_one():
    """Half an hour after seven is 7:30; it is read back and stands nowhere, and is no mistake."""
    assert told("At 7 pm, no, half an hour later.", "So that's 7:30 pm, right?", None) == {"spoken": 1}
    assert told("At 7 pm.", "So that's 7:30 pm, right?", None) == {"spoken": 1, "contradicted": 1}


@pytest.mark.parametrize("logged", ['"created_at": "2026-11-18T10:00:00Z"', '"phone": "1512345678"', '"updated": 1795511700'])
def test_a_stamp_of_the_log_is_no_clock(logged):
    """When a row was made, and a number of ten digits, make no time and no date right."""
    assert told("When?", "At 5 pm.", f'{{"slot": "14:30", {logged}}}') == {"spoken": 1, "contradicted": 1}
    assert told("When?", "On May 3rd.", f'{{"date": "2026-05-23", {logged}}}') == {"spoken": 1, "contradicted": 1}


def test_a_day_of_the_log_may_be_meant():
    """It was ordered on the 18th, as the row says: neither matched nor a contradiction of the other date."""
    result = '{"created_at": "2026-11-18T10:00:00Z", "date": "2026-05-23"}'
    assert told("When?", "It is for May 23rd, ordered on November 18th.", result) == {"spoken": 2, "matched": 1}


@pytest.mark.parametrize("result", ['{"at": "2026-05-23T13:30:00Z"}', '{"start": 1795511700}'])
def test_a_time_of_another_zone_decides_nothing(result):
    """All the call's numbers may be right: no figure is told but how many there are, a 0 would say that they were compared."""
    call = a_call(
        [("caller", "When?"), a_turn(text="At three thirty.", tool_calls=(ToolCall(name="a", arguments={}, result=result),))]
    )
    assert detect(call, Measuring()).values == {"numbers_spoken": 1.0}


def test_pseudonyms_are_compared_with_each_other():
    """The same one is the same number, another one of the category is another."""
    assert told("Hi", "Reach us at [phone-9b83].", '{"phone": "[phone-9b83]"}') == {"spoken": 1, "matched": 1}
    assert told("Hi", "Reach us at [phone-9b83].", '{"phone": "[phone-e926]"}') == {"spoken": 1, "contradicted": 1}
    assert told("Hi", "Reach us at [phone-9b83].", '{"card": "[card-e926]"}') == {"spoken": 1, "unsupported": 1}
    assert told("Hi", "It's [phone-9b83] or [phone-e926].", '{"phone": "[phone-e926]"}') == {
        "spoken": 2,
        "matched": 1,
        "unsupported": 1,
    }
    assert "contradicted" not in told("Hi", "Reach us at [phone-9b83].", '{"customer": {"phone": "[phone-e926]"}}')
    assert told("It is [phone-9b83].", "Our number is [phone-e926].", None) == {"spoken": 1}
    assert told("It is [phone-9b83].", "So that's [phone-e926]?", None) == {"spoken": 1, "contradicted": 1}


def test_a_number_that_a_pseudonym_may_stand_for():
    """Words that redaction did not read as a phone number, and a result of which only the pseudonym is left: not to be told."""
    words = "Your confirmation number is four eight one five one six two."
    assert told("Hi", words, '{"code": "[phone-3e19]"}') == {"spoken": 1}
    assert told("Hi", words, '{"code": "4815162"}') == {"spoken": 1, "matched": 1}
    assert told("Hi", "It's code 9B83, $5.", '{"code": "[phone-9b83]", "price": 5}') == {"spoken": 2, "matched": 1}


@pytest.mark.parametrize("who", ["both", "agent alone", "caller alone"])
def test_time_grows_with_the_turns(who):
    """500 turns and 4,000, all values different: eight times as many; less than 20 times as long, where squares take 64."""

    def seconds(turns: int) -> float:
        call = _long(turns, who)
        spans = []
        for _ in range(2):
            start = time.process_time()
            detect(call, Measuring())
            spans.append(time.process_time() - start)
        return min(spans)

    assert seconds(4000) < 20 * max(seconds(500), 0.02)


def _long(turns: int, who: str) -> Call:
    rows = []
    for at in range(turns):
        if who == "caller alone" or (who == "both" and at % 2):
            rows.append(a_turn("caller", f"My number is {at} and the price {3 * at} dollars.", index=at))
            continue
        result = f'{{"price": {13 * at}.5, "slot": "2026-05-{at % 28 + 1:02} 14:{at % 60:02}", "code": "B{at}"}}'
        text = f"Code A{at}7, it costs ${7 * at + 1}.{at % 100:02} at {at % 12 + 1}:30 pm on May {at % 28 + 1}."
        rows.append(a_turn("agent", text, index=at, tool_calls=(ToolCall(name="look", arguments={"q": at}, result=result),)))
    return a_call([*rows, a_turn("agent", "It's $4.11.", index=turns)])
