"""What a request writes to the prompt cache and reads from it, and what that costs."""

from __future__ import annotations

import pytest

from tests.servers.asking import body, message_of, post
from tests.servers.bill import PRICES, input_tokens
from tests.servers.messages_server import MessagesServer

LONG = "The agent books appointments. " * 300  # 9,000 characters = 2,250 tokens
MARK = {"type": "ephemeral"}


def asked(question, system=LONG, control=MARK, **more):
    """A long system text with a breakpoint behind it, and a question."""
    return body(question, system=[{"type": "text", "text": system, "cache_control": control}], **more)


def usage(server, data):
    """The three input counts of a reply."""
    found = message_of(server, data)["usage"]
    return found["cache_creation_input_tokens"], found["cache_read_input_tokens"], found["input_tokens"]


def test_the_first_writes_and_the_second_reads():
    """The same prefix twice; the rest is plain both times, and the three counts are the request's tokens."""
    first, second = asked("Was it booked?"), asked("Was it polite?")
    with MessagesServer() as server:
        wrote, read = usage(server, first), usage(server, second)
    assert wrote[0] > 2250
    assert (wrote[1], read[0], read[1]) == (0, 0, wrote[0])
    assert (sum(wrote), sum(read)) == (input_tokens(first), input_tokens(second))


def test_what_it_costs():
    """1.25 of the input price to write, 0.1 to read, 2 to keep for an hour."""
    price = PRICES["claude-haiku-5-5"]
    hour = asked("Was it kept?", system=LONG + "!", control={**MARK, "ttl": "1h"})
    with MessagesServer() as server:
        counts = [usage(server, data) for data in (asked("One?"), asked("Two?"), hour)]
        bills = [request.usd for request in server.asked]
        out = [request.usage["output_tokens"] for request in server.asked]
    per = price.input / 1_000_000
    paid = [float(usd - tokens * price.output / 1_000_000) for usd, tokens in zip(bills, out, strict=True)]
    factors = [(1.25, 0.1), (1.25, 0.1), (2, 0.1)]
    for (wrote, read, plain), usd, (write, reading) in zip(counts, paid, factors, strict=True):
        assert usd == pytest.approx((plain + write * wrote + reading * read) * float(per))
    assert server.bill.usd == sum(bills)


def test_another_schema_is_another_prefix():
    """The form of the answer stands before everything else."""
    other = {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"], "additionalProperties": False}
    with MessagesServer() as server:
        usage(server, asked("One?"))
        assert usage(server, asked("One?", schema=other))[1] == 0


@pytest.mark.parametrize(("model", "cached"), [("claude-haiku-5-5", True), ("claude-haiku-4-5", False)])
def test_a_short_prefix_is_not_cached_and_nothing_is_said(model, cached):
    """About 2,500 tokens are enough for 1,024 and not for 4,096."""
    with MessagesServer() as server:
        assert bool(usage(server, asked("One?", model=model))[0]) == cached


def test_without_a_breakpoint_nothing_is_cached():
    """As the API does without cache_control."""
    with MessagesServer() as server:
        assert [usage(server, body("One?", system=LONG))[:2] for _ in range(2)] == [(0, 0), (0, 0)]


def test_five_breakpoints_are_one_too_many():
    """A 400 that says so."""
    block = {"type": "text", "text": "x", "cache_control": MARK}
    with MessagesServer() as server:
        status, _, raw = post(server, body(system=[block] * 5))
    assert (status, b"maximum of 4 blocks" in raw) == (400, True)
