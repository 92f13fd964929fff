"""Attempts of one request: recorded around the send, bounded, within cap, slots and breaker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from evalharness.messages.cap import Cap, OverCapError
from evalharness.messages.client import Reply
from evalharness.messages.delivery import Delivery, Money, Pace, StoppedError
from evalharness.messages.failure import LOST, NOT_REACHED, Failure, of_status

QUICK = Pace(first_s=0.001, longest_s=0.002)
GOOD = Reply('{"usage": {"input_tokens": 1, "output_tokens": 1}}', "req_1", 0.1)
BUSY, DENIED, WRONG = of_status(529, None, ""), of_status(401, None, ""), of_status(400, None, "")


class Scripted:
    """A client that answers in the order given, then with GOOD; counts what is in flight."""

    def __init__(self, answers: Sequence[Reply | Failure] = (), always: Reply | Failure = GOOD, latency: float = 0.0) -> None:
        self.answers, self.always, self.latency = list(answers), always, latency
        self.calls = self.flying = self.most = 0

    async def create(self, _request: Mapping[str, Any]) -> Reply | Failure:
        self.calls += 1
        self.flying += 1
        self.most = max(self.most, self.flying)
        await asyncio.sleep(self.latency)
        self.flying -= 1
        return self.answers.pop(0) if self.answers else self.always

    async def count_tokens(self, _request: Mapping[str, Any]) -> int | None:
        return None


class Notes:
    """A diary that keeps the words."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def sent(self, worst_usd: float) -> None:
        self.said.append(f"sent {worst_usd:g}")

    async def received(self, reply: Reply) -> None:
        self.said.append(f"received {reply.request_id}")

    async def failed(self, failure: Failure) -> None:
        self.said.append(str(failure))


def delivery(client: Scripted, cap: Cap | None = None, pace: Pace = QUICK, concurrency: int = 20) -> Delivery:
    """Worst case 0.10, real cost 0.01."""
    money = Money(lambda _request: 0.10, lambda reply: None if reply.usage is None else 0.01)
    return Delivery(client, cap or Cap(5.0), money, concurrency=concurrency, pace=pace, jitter=lambda: 0.5)


def test_each_attempt_is_written_down_before_and_after() -> None:
    """Overloaded, lost, then a reply: three pairs in order."""

    async def scene() -> None:
        client, notes = Scripted([BUSY, LOST]), Notes()
        assert await delivery(client).deliver({}, notes) is GOOD
        assert notes.said == ["sent 0.1", "overloaded (529)", "sent 0.1", "connection lost", "sent 0.1", "received req_1"]

    asyncio.run(scene())


def test_six_attempts_and_no_more() -> None:
    """A server that is always busy gets six requests; the failure comes back."""

    async def scene() -> None:
        client = Scripted(always=BUSY)
        assert await delivery(client).deliver({}, Notes()) is BUSY
        assert client.calls == 6

    asyncio.run(scene())


def test_what_we_sent_wrong_is_tried_once() -> None:
    """400 again would be 400; the run goes on."""

    async def scene() -> None:
        client, notes = Scripted([WRONG]), Notes()
        one = delivery(client)
        assert await one.deliver({}, notes) is WRONG
        assert (client.calls, bool(one.stop)) == (1, False)

    asyncio.run(scene())


def test_a_refused_key_stops_the_run() -> None:
    """The next request is not sent."""

    async def scene() -> None:
        client = Scripted([DENIED])
        one = delivery(client)
        assert await one.deliver({}, Notes()) is DENIED
        with pytest.raises(StoppedError):
            await one.deliver({}, Notes())
        assert (client.calls, one.stop.why) == (1, "the key is not accepted")

    asyncio.run(scene())


def test_a_dead_server_costs_few_attempts() -> None:
    """20 in flight fail, then one probe makes its last tries: far below 20 x 6 = 120, and the run stops with the reason."""

    async def scene() -> None:
        client = Scripted(always=NOT_REACHED)
        one = delivery(client)
        ended = await asyncio.gather(*(one.deliver({}, Notes()) for _ in range(50)), return_exceptions=True)
        assert sum(isinstance(end, StoppedError) for end in ended) == 49
        assert 25 <= client.calls <= 26
        assert "five attempts in a row" in one.stop.why

    asyncio.run(scene())


def test_an_outage_that_ends_loses_nothing() -> None:
    """The first 23 attempts fail, then the server is back: all 50 get their reply."""

    async def scene() -> None:
        client = Scripted([BUSY] * 23)
        one = delivery(client)
        assert await asyncio.gather(*(one.deliver({}, Notes()) for _ in range(50))) == [GOOD] * 50
        assert client.calls == 73

    asyncio.run(scene())


def test_never_more_in_flight_than_asked() -> None:
    """30 requests, concurrency 7."""

    async def scene() -> None:
        client = Scripted(latency=0.002)
        one = delivery(client, concurrency=7)
        await asyncio.gather(*(one.deliver({}, Notes()) for _ in range(30)))
        assert client.most == 7

    asyncio.run(scene())


def test_the_cap_holds_before_each_send() -> None:
    """Cap 0.25, worst 0.10, real 0.01: at 16 replies 0.16 is spent, and 0.16 + 0.10 does not fit: no 17th request."""

    async def scene() -> None:
        client = Scripted()
        one = delivery(client, Cap(0.25))
        for _ in range(16):
            await one.deliver({}, Notes())
        with pytest.raises(OverCapError):
            await one.deliver({}, Notes())
        assert client.calls == 16
        assert one.cap.spent == pytest.approx(0.16)

    asyncio.run(scene())


@pytest.mark.parametrize(("answer", "spent"), [(LOST, 0.60), (BUSY, 0.0), (Reply("<html>", "", 0.1), 0.10)])
def test_what_nobody_knows_counts_at_its_worst(answer: Reply | Failure, spent: float) -> None:
    """Six lost attempts of 0.10 each; six busy ones cost nothing; a reply without usage counts 0.10."""

    async def scene() -> None:
        one = delivery(Scripted(always=answer))
        await one.deliver({}, Notes())
        assert one.cap.spent == pytest.approx(spent)

    asyncio.run(scene())


def test_a_stopped_run_wakes_whoever_waits() -> None:
    """A pause of 60 s ends at once when the run stops."""

    async def scene() -> None:
        one = delivery(Scripted(always=of_status(429, 60.0, "")))
        waiting = asyncio.create_task(one.deliver({}, Notes()))
        await asyncio.sleep(0.02)
        one.stop.now("interrupted")
        with pytest.raises(StoppedError):
            await asyncio.wait_for(waiting, 1)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("tries", "failure", "pause"),
    [
        (1, BUSY, 0.4375),  # 0.5 x 1, an eighth off for jitter 0.5
        (3, BUSY, 1.75),  # 0.5 x 4 less an eighth
        (5, BUSY, 7.0),  # 0.5 x 16 = 8, at most 8, less an eighth
        (6, BUSY, None),  # the sixth was the last
        (1, of_status(429, 20.0, ""), 20.0),  # Retry-After is honoured whole
        (1, of_status(429, 0.1, ""), 0.4375),  # never below our own pause
        (1, of_status(429, 61.0, ""), None),  # more patience than a run has
        (1, WRONG, None),
    ],
)
def test_pauses(tries: int, failure: Failure, pause: float | None) -> None:
    """Doubling from half a second to eight; Retry-After counts where it asks for more, up to a minute."""
    assert Pace().pause_s(tries, failure, 0.5) == pause
