"""Batches that no run of today waits for: of a judge that is no longer configured, of another week, of a week signed since.

They were paid for, so they are read: their replies and bills go into the ledger. No grade comes of it; a reply is there to be
read should its judge be configured again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from evalharness import numbers
from evalharness.flows.llm_keys import key_names, keys_of
from evalharness.flows.llm_money import price_list
from evalharness.flows.llm_work import Work
from evalharness.flows.opened import Opened
from evalharness.grade.llm.batch import GRACE_S, Post, Reading
from evalharness.messages.client import open_client
from evalharness.messages.delivery import Pace
from evalharness.models.noun import number_of
from evalharness.store.llm import InBatch, waiting
from evalharness.store.signoffs import signed_off


@dataclass(frozen=True)
class Bills:
    """What was found: requests that had been left in batches, how many of them still wait, what the rest cost.

    `elsewhere`: address -> requests in batches at an address that is configured no more; it is not asked.
    """

    found: int = 0
    waiting: int = 0
    usd: float = 0.0
    elsewhere: tuple[tuple[str, int], ...] = ()

    def lines(self) -> list[str]:
        """For a person; [] where there is nothing to say."""
        lines = []
        if read := self.found - self.waiting:
            text = f"Batches of other weeks or judges: {number_of(read, 'request')} ended, {numbers.bill(self.usd)}"
            lines.append(f"{text}; their bills are kept, no grade comes of them")
        if self.waiting:
            lines.append(f"Batches of other weeks or judges: {number_of(self.waiting, 'request')} still wait")
        lines += [
            f"{number_of(count, 'request')} in batches at {place}, which is not configured any more: their bill stays unknown"
            for place, count in self.elsewhere
        ]
        return lines


def left_behind(house: Opened, work: Work | None = None) -> list[InBatch]:
    """The requests that wait in batches and that `work` will not see to: a signed week's are seen to by nobody.

    What was handed over together stays together: by how many they are a batch is found again.
    """
    ours = set() if work is None or signed_off(house.ledger, work.week) else {job.row.id for job in work.jobs}
    found = waiting(house.ledger)
    seen_to = {one.handing for one in found if one.call.id in ours}
    return [one for one in found if one.handing not in seen_to]


def find_bills(house: Opened, left: Sequence[InBatch], clock: Callable[[], datetime], pace: Pace | None = None) -> Bills:
    """Looks after these requests, at the configured addresses alone; what has ended goes into the ledger.

    Raises GradingError where a key is not set, LedgerError where the ledger cannot be written.
    """
    known = key_names(house)
    places = {one.call.request["destination"]: 0 for one in left}
    for one in left:
        places[one.call.request["destination"]] += 1
    here = [one for one in left if one.call.request["destination"] in known]
    elsewhere = tuple((place, count) for place, count in places.items() if place not in known)
    if not here:
        return Bills(elsewhere=elsewhere)
    keys = keys_of(house, (one.call.request["destination"] for one in here))
    still, usd = asyncio.run(_read(house, here, keys, (clock, pace or Pace())))
    return Bills(len(here), still, usd, elsewhere)


async def _read(
    house: Opened, here: Sequence[InBatch], keys: dict[str, str], manner: tuple[Callable[[], datetime], Pace]
) -> tuple[int, float]:
    """How many still wait, and what the others cost."""
    clock, pace = manner
    still, usd = 0, 0.0
    async with AsyncExitStack() as open_ones:
        for place, key in keys.items():
            client = await open_ones.enter_async_context(open_client(key, place))
            post = Post(client.batches, pace, house.ledger, price_list(house.workspace), clock, GRACE_S)
            read = await Reading(post).settle([one for one in here if one.call.request["destination"] == place])
            still, usd = still + read.waiting, usd + read.spent_usd
    return still, usd
