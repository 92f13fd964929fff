"""Requests of a week: their parameters, their digests, their worst case, and what counts against the cap."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from evalharness.grade.llm.decide import Exchange, Next
from evalharness.grade.llm.prompt import prompt_digest
from evalharness.grade.llm.work import (
    Brief,
    Job,
    Judge,
    Sending,
    is_too_long,
    most_tokens,
    planned,
    request_of,
    spent_usd,
    worst_usd,
)
from evalharness.messages.prices import Price, Prices
from evalharness.store.llm import LlmEvent
from tests.builders import POLICY, WEEK, a_call, a_rubric
from tests.grade.llm.building import CALL, asked
from tests.servers.bill import input_tokens
from tests.servers.params import problem

JUDGE = Judge("claude-haiku-5-5", "low", "https://api.anthropic.com")
BRIEF = Brief(JUDGE, POLICY, "Books.", a_rubric().digests())
ASKED = asked("correctness", "greeted")
PRICES = Prices(as_of="today", models={"claude-haiku-5-5": Price(input=1.0, output=5.0)})


def job(*events: LlmEvent) -> Job:
    """The ordinary call, planned with a fixed seed."""
    return Job(planned(WEEK, CALL, ASKED, BRIEF, Sending("seed")), CALL, ASKED, BRIEF, events)


def test_the_request_is_one_the_api_takes() -> None:
    """By the strict server's rules; no temperature, effort and schema set, room for thinking and 2 x 200 tokens of answers."""
    request = request_of(job(), Next(ASKED))
    assert problem(request) is None
    assert set(request) == {"model", "max_tokens", "system", "messages", "output_config"}
    assert request["max_tokens"] == 4096 + 2 * 200
    assert request["output_config"]["effort"] == "low"


def test_a_larger_reply_has_twice_the_room() -> None:
    """After a cut reply; more effort has more room to think."""
    assert request_of(job(), Next(ASKED, "truncated"))["max_tokens"] == 2 * 4496
    high = Brief(Judge("claude-haiku-5-5", "high", "x"), POLICY, "", BRIEF.digests)
    assert request_of(replace(job(), brief=high), Next(ASKED))["max_tokens"] == 12_288 + 400


def test_a_resumed_run_asks_in_the_same_words() -> None:
    """The nonce comes from the stored seed; the stored digest of the prompt knows no nonce."""
    assert request_of(job(), Next(ASKED)) == request_of(job(), Next(ASKED))
    other = planned(WEEK, CALL, ASKED, BRIEF, Sending("another seed"))
    assert other.request["prompt"] == job().row.request["prompt"]
    assert other.key == job().row.key


@pytest.mark.parametrize(
    "judge",
    [
        Judge("claude-opus-5-5", "low", JUDGE.destination),
        Judge(JUDGE.model, "high", JUDGE.destination),
        Judge(JUDGE.model, "low", "x"),
    ],
)
def test_another_model_effort_or_destination_is_another_request(judge: Judge) -> None:
    """Each is paid for by itself."""
    assert planned(WEEK, CALL, ASKED, Brief(judge, POLICY, "Books.", BRIEF.digests), Sending("s")).key != job().row.key


def test_other_questions_or_another_purpose_are_another_request() -> None:
    """The owner's success criteria are part of what is asked; so is every criterion's meaning; so is the call."""
    keys = {
        job().row.key,
        planned(WEEK, CALL, ASKED[:1], BRIEF, Sending("s")).key,
        planned(WEEK, CALL, ASKED, Brief(JUDGE, POLICY, "Sells.", BRIEF.digests), Sending("s")).key,
        planned(WEEK, CALL, ASKED, Brief(JUDGE, POLICY, "Books.", {**BRIEF.digests, "greeted": "x"}), Sending("s")).key,
        planned(WEEK, a_call(id="c2"), ASKED, BRIEF, Sending("s")).key,
    }
    assert len(keys) == 5


def test_the_row_holds_no_text_of_the_call() -> None:
    """Model, effort, destination, digest, seed and a count."""
    text = json.dumps(job().row.request)
    assert not [turn.text for turn in CALL.turns if turn.text in text]
    assert set(job().row.request) == {
        "role",
        "model",
        "effort",
        "destination",
        "prompt",
        "run_seed",
        "nonce_seed",
        "hidden_characters",
    }


def test_the_worst_case_is_one() -> None:
    """Every byte a token and a full reply: above what the server bills for it, by its own count of four letters a token."""
    request = request_of(job(), Next(ASKED))
    most = most_tokens(request)
    assert most.input_tokens > input_tokens(request)
    assert most.output_tokens == request["max_tokens"]
    assert worst_usd(request, PRICES) == pytest.approx((most.input_tokens * 1 + most.output_tokens * 5) / 1e6)


def test_exchanges_and_doubts_of_a_history() -> None:
    """A lost attempt and a reply: one exchange with what was asked then, one attempt in doubt."""
    history = job(
        LlmEvent(1, "sent", 1, details={"asked": ["correctness", "greeted"], "worst_usd": 0.5}),
        LlmEvent(1, "sent", 2, details={"asked": ["correctness"], "worst_usd": 0.5}),
        LlmEvent(1, "received", 2, "{}", {"input_tokens": 100, "output_tokens": 20}, 0.0002),
    )
    assert history.exchanges() == [Exchange(("correctness",), "{}")]
    assert history.in_doubt() == [1]
    # the lost attempt at its worst case, the reply at 100 x 1 + 20 x 5 = 200 millionths
    assert spent_usd(history.events, "claude-haiku-5-5", PRICES) == pytest.approx(0.5 + 0.0002)


def test_a_reply_without_usage_counts_at_its_worst_case() -> None:
    """Nobody knows what it cost."""
    events = [LlmEvent(1, "sent", 1, details={"worst_usd": 0.5}), LlmEvent(1, "received", 1, "<html>")]
    assert spent_usd(events, "claude-haiku-5-5", PRICES) == 0.5


def test_a_reply_of_a_dearer_model_counts_at_its_price() -> None:
    """100 x 1 + 20 x 5 = 200 millionths by the model that was asked; the one that answered cost more, and so does the cap."""
    events = [LlmEvent(1, "received", 1, "{}", {"input_tokens": 100, "output_tokens": 20}, cost) for cost in (0.0001, 0.01)]
    assert [spent_usd([event], "claude-haiku-5-5", PRICES) for event in events] == [pytest.approx(0.0002), 0.01]


def test_how_it_is_asked_is_part_of_the_judge() -> None:
    """With all as usual the prompt's own digest; each way to ask otherwise is another grader and another payment."""
    ways = [
        JUDGE,
        replace(JUDGE, per_criterion=True),
        *(replace(JUDGE, off=(name,)) for name in ("marks", "visible", "evidence")),
    ]
    assert JUDGE.asking() == prompt_digest()
    assert len({judge.asking() for judge in ways}) == len({judge.digest() for judge in ways}) == 5


def test_a_shared_recording_counts_at_the_price_of_writing_it_to_the_cache() -> None:
    """Every byte written: 1.25 times the input price, and the reply's room at the output price."""
    single = Brief(replace(JUDGE, per_criterion=True), POLICY, "Books.", BRIEF.digests)
    request = request_of(replace(job(), brief=single, questions=ASKED[:1]), Next(ASKED[:1]))
    assert problem(request) is None
    most = most_tokens(request)
    assert (most.input_tokens, most.cache_creation_input_tokens > 1_000) == (0, True)
    dear = most.cache_creation_input_tokens * 1.25 * 1.0 + request["max_tokens"] * 5.0
    assert worst_usd(request, PRICES) == pytest.approx(dear / 1e6)


def test_a_repeat_has_a_nonce_and_a_key_of_its_own() -> None:
    """The questions of one call share theirs, so that they share the cached recording."""
    grade, again = (planned(WEEK, CALL, ASKED, BRIEF, Sending("seed", role, n)) for role, n in (("grade", 0), ("repeat", 1)))
    assert grade.request["nonce_seed"] != again.request["nonce_seed"]
    assert grade.key != again.key
    one, other = (planned(WEEK, CALL, part, BRIEF, Sending("seed")) for part in (ASKED[:1], ASKED[1:]))
    assert one.request["nonce_seed"] == other.request["nonce_seed"]
    assert one.key != other.key


def test_several_questions_are_no_request_to_a_judge_asked_one_at_a_time() -> None:
    """Its one answer would be kept as the answer to both."""
    single = replace(BRIEF, judge=replace(JUDGE, per_criterion=True))
    with pytest.raises(ValueError, match="2 questions to a judge"):
        planned(WEEK, CALL, ASKED, single, Sending("seed"))


def test_a_request_fits_or_does_not() -> None:
    """About its characters / 3.2 and the room for its reply, against the window: at the brink it fits, one token less and not."""
    request = request_of(job(), Next(ASKED))
    said = request["system"] + request["messages"][0]["content"] + json.dumps(request["output_config"]["format"])
    needed = round(len(said) / 3.2) + request["max_tokens"]
    for window, long in ((needed, False), (needed - 1, True)):
        prices = Prices(as_of="today", models={"claude-haiku-5-5": Price(input=1.0, output=5.0, context=window)})
        assert is_too_long(request, prices) is long
