"""What follows the jobs of a run is worked out ahead, in the pauses alone."""

from __future__ import annotations

import asyncio
import time

from evalharness.grade.llm.run import SLICE_S, ahead


def test_all_is_worked_out_where_nothing_else_is_to_be_done() -> None:
    """Every job once, in their order, also where each takes a whole slice."""
    seen: list[int] = []

    def follow(job: int) -> None:
        time.sleep(SLICE_S)
        seen.append(job)

    asyncio.run(ahead(list(range(20)), follow))  # type: ignore[arg-type]
    assert seen == list(range(20))


def test_nothing_is_where_the_process_is_busy() -> None:
    """A loop that is held for 10 ms at a time has no pause; once it has some, the work is done."""
    seen: list[int] = []

    def held() -> None:
        time.sleep(0.01)

    async def scene() -> None:
        looking = asyncio.create_task(ahead([1, 2, 3], seen.append))  # type: ignore[arg-type]
        for _ in range(20):
            held()
            await asyncio.sleep(0)
        assert seen == []
        await looking

    asyncio.run(scene())
    assert seen == [1, 2, 3]
