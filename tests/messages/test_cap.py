"""The cap: worst cases are set aside before the send; no order of replies spends more than the cap."""

from __future__ import annotations

import asyncio
import random

import pytest

from evalharness.messages.cap import Cap, OverCapError


def test_what_does_not_fit_is_not_sent() -> None:
    """$0.90 spent of $1.00: a worst case of 0.11 does not fit, one of 0.10 does."""

    async def scene() -> None:
        cap = Cap(1.0, 0.9)
        with pytest.raises(OverCapError):
            await cap.reserve(0.11)
        await cap.settle(await cap.reserve(0.10), 0.02)
        assert cap.spent == pytest.approx(0.92)

    asyncio.run(scene())


def test_it_waits_for_what_is_in_flight() -> None:
    """0.6 + 0.6 do not fit into 1.0 at once; the second goes when the first turns out to cost 0.1."""

    async def scene() -> None:
        cap = Cap(1.0)
        first = await cap.reserve(0.6)
        second = asyncio.create_task(cap.reserve(0.6))
        await asyncio.sleep(0.01)
        assert not second.done()
        await cap.settle(first, 0.1)
        await asyncio.wait_for(second, 1)
        assert cap.reserved == pytest.approx(0.6)

    asyncio.run(scene())


def test_an_unknown_cost_stays_at_its_worst() -> None:
    """A reply that never came may have been billed: its 0.4 stays spent, so 0.7 more does not fit into 1.0."""

    async def scene() -> None:
        cap = Cap(1.0)
        await cap.settle(await cap.reserve(0.4), None)
        with pytest.raises(OverCapError):
            await cap.reserve(0.7)

    asyncio.run(scene())


@pytest.mark.parametrize("seed", range(40))
def test_no_schedule_breaks_the_cap(seed: int) -> None:
    """Eight workers, random worst cases and costs up to them, some unknown: what is spent never passes 1.0."""
    chance = random.Random(seed)

    async def worker(cap: Cap) -> None:
        for _ in range(20):
            worst = chance.uniform(0.01, 0.3)
            try:
                ticket = await cap.reserve(worst)
            except OverCapError:
                return
            assert cap.spent + cap.reserved <= 1.0 + 1e-12
            await asyncio.sleep(chance.uniform(0, 0.0005))
            await cap.settle(ticket, None if chance.random() < 0.1 else chance.uniform(0, worst))

    async def scene() -> Cap:
        cap = Cap(1.0)
        await asyncio.gather(*(worker(cap) for _ in range(8)))
        return cap

    cap = asyncio.run(scene())
    assert 0.5 < cap.spent <= 1.0 + 1e-12
    assert cap.reserved == 0
