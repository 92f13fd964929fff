"""The breaker: closed, open after five straight failures, one probe at a time, closed again after a success."""

from __future__ import annotations

import asyncio

from evalharness.messages.breaker import Breaker


def test_five_straight_failures_open_it() -> None:
    """Four and a success do not; the fifth in a row does."""
    breaker = Breaker()
    for _ in range(4):
        breaker.failed()
    breaker.worked()
    for _ in range(4):
        breaker.failed()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open


def test_while_it_is_open_one_asks_and_the_others_wait() -> None:
    """The first becomes the probe; the second waits until it leaves, and is no probe once the server is back."""

    async def scene() -> None:
        breaker = Breaker()
        for _ in range(5):
            breaker.failed()
        assert await breaker.admit(probing=False)
        assert await breaker.admit(probing=True), "the probe may try again"
        second = asyncio.create_task(breaker.admit(probing=False))
        await asyncio.sleep(0.01)
        assert not second.done()
        breaker.worked()
        breaker.leave()
        assert await asyncio.wait_for(second, 1) is False

    asyncio.run(scene())


def test_a_failed_probe_hands_over() -> None:
    """It leaves without a success: the next one waiting probes."""

    async def scene() -> None:
        breaker = Breaker()
        for _ in range(5):
            breaker.failed()
        await breaker.admit(probing=False)
        second = asyncio.create_task(breaker.admit(probing=False))
        breaker.leave()
        assert await asyncio.wait_for(second, 1) is True

    asyncio.run(scene())


def test_closed_it_lets_everybody_through() -> None:
    """Nobody becomes a probe."""

    async def scene() -> list[bool]:
        breaker = Breaker()
        return await asyncio.gather(*(breaker.admit(probing=False) for _ in range(20)))

    assert asyncio.run(scene()) == [False] * 20
