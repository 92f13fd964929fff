"""Requests that wait in batches: looked after, found again, read. Each state is kept before the next step."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from evalharness.grade.llm.reply import model_of
from evalharness.messages.batches import Batch, Batches, Result, Results
from evalharness.messages.delivery import Pace
from evalharness.messages.failure import Failure
from evalharness.messages.prices import Prices
from evalharness.messages.usage import usage_of
from evalharness.store.ledger import Ledger
from evalharness.store.llm import InBatch, LlmEvent, add_llm_event

Found = TypeVar("Found")

SKEW = timedelta(hours=1)
"""How far the server's clock may be behind ours when a batch is looked for."""

GRACE_S = 60.0
"""So long after it was handed over, a batch that the server does not list may still be on its way."""

REFUSED = "refused as malformed"
"""What a request is called that the server found wrong when it came to process it."""


@dataclass(frozen=True)
class Post:
    """Batches of one server: how to reach it, how patiently, and what its ledger, prices and clock are."""

    batches: Batches
    pace: Pace
    ledger: Ledger
    prices: Prices
    clock: Callable[[], datetime]
    grace_s: float = GRACE_S


@dataclass
class Read:
    """What looking after batches brought: money spent, requests that still wait, why nothing more can be asked."""

    spent_usd: float = 0.0
    waiting: int = 0
    stopped: str = ""


class Reading:
    """Looks after every batch that requests wait in."""

    def __init__(self, post: Post) -> None:
        self._post, self._read = post, Read()

    async def settle(self, waiting: Sequence[InBatch]) -> Read:
        """Reads what has ended and finds again what nobody knows the end of."""
        known, unknown = _grouped(waiting)
        for group in unknown.values():
            await self._find(group, set(known))
        for batch_id, group in known.items():
            await self._look(batch_id, group)
        return self._read

    async def _find(self, group: list[InBatch], known: set[str]) -> None:
        """A batch that was handed over before something broke: is it there? A list names no custom_id, only results do.

        Whatever has as many requests and has not ended may be it: it is waited for, never sent again meanwhile.
        """
        sent = group[0].sent_at
        if (self._post.clock() - sent).total_seconds() < self._post.grace_s:
            self._wait(group)
            return
        listed = await patiently(lambda: self._post.batches.since(sent - SKEW), self._post.pace)
        if isinstance(listed, Failure) and listed.status != 404:
            self._unreached(group, listed)
            return
        made = [] if isinstance(listed, Failure) else listed
        await self._told_apart(group, [one for one in made if one.id not in known and one.total == len(group)])

    async def _told_apart(self, group: list[InBatch], like: Sequence[Batch]) -> None:
        """Which of the batches that could be it, it is: the one whose results hold our custom_ids."""
        open_yet, unreadable, ours = any(not batch.ended for batch in like), False, {one.custom_id for one in group}
        for batch in like:
            results = await self._results(batch) if batch.ended else None
            if isinstance(results, Results) and ours & {one.custom_id for one in results.found}:
                keep(self._post, submitted(group, batch.id))
                self._take(batch.id, group, results)
                return
            unreadable |= isinstance(results, Failure) and results.status == 404
            open_yet |= isinstance(results, Failure) and results.status != 404
        if open_yet:
            self._wait(group)
        else:
            kind = "its batch cannot be told from others" if unreadable else "its batch was never made"
            keep(self._post, again(group, kind, lost=unreadable))

    async def _look(self, batch_id: str, group: list[InBatch]) -> None:
        batch = await patiently(lambda: self._post.batches.look(batch_id), self._post.pace)
        if isinstance(batch, Batch) and not batch.ended:
            self._wait(group)
            return
        results = await self._results(batch) if isinstance(batch, Batch) else batch
        if isinstance(results, Results):
            self._take(batch_id, group, results)
        elif results.status == 404:
            keep(self._post, again(group, "its batch is gone", lost=True))
        else:
            self._unreached(group, results)

    def _take(self, batch_id: str, group: list[InBatch], results: Results) -> None:
        """Every result into the ledger; what is in none, though they are whole, may have been billed."""
        by_name = {result.custom_id: result for result in results.found}
        events = [(one, by_name[one.custom_id]) for one in group if one.custom_id in by_name]
        keep(self._post, [self._event(one, result, batch_id) for one, result in events])
        missing = [one for one in group if one.custom_id not in by_name]
        if results.whole:
            keep(self._post, again(missing, "no result in its batch", lost=True))
        else:
            self._wait(missing)

    def _event(self, one: InBatch, result: Result, batch_id: str) -> LlmEvent:
        if result.kind != "succeeded":
            refused = result.kind == "errored" and result.error == "invalid_request_error"
            return _retry(one, REFUSED if refused else f"{result.kind} in its batch", lost=False)
        usage, model = usage_of(result.raw), model_of(result.raw)
        priced = model if model in self._post.prices.models else str(one.call.request["model"])
        cost = self._post.prices.cost(priced, usage, batch=True)
        self._read.spent_usd += cost or 0.0
        details = {"model": model, "batch": batch_id, "custom_id": one.custom_id}
        row = None if usage is None else usage.as_row()
        return LlmEvent(one.call.id, "received", one.attempt, result.raw, row, cost, details)

    def _wait(self, group: Sequence[InBatch]) -> None:
        self._read.waiting += len(group)

    def _unreached(self, group: Sequence[InBatch], failure: Failure) -> None:
        self._wait(group)
        self._read.stopped = self._read.stopped or failure.stops

    async def _results(self, batch: Batch) -> Results | Failure:
        """Read again where there are fewer than the batch has requests: they may have been cut off between two lines."""
        results = await patiently(lambda: self._post.batches.results(batch.id), self._post.pace)
        if isinstance(results, Results) and len(results.found) < batch.total:
            results = await patiently(lambda: self._post.batches.results(batch.id), self._post.pace)
        return results


def _grouped(waiting: Sequence[InBatch]) -> tuple[dict[str, list[InBatch]], dict[str, list[InBatch]]]:
    """By batch where it is known, else by what was handed over together."""
    known: dict[str, list[InBatch]] = defaultdict(list)
    unknown: dict[str, list[InBatch]] = defaultdict(list)
    for one in waiting:
        (known if one.batch_id else unknown)[one.batch_id or one.handing].append(one)
    return known, unknown


def keep(post: Post, events: Iterable[LlmEvent]) -> None:
    """Commits the events together."""
    at, found = post.clock(), list(events)
    if not found:
        return
    with post.ledger.transaction() as tx:
        for event in found:
            add_llm_event(tx, event, at)


async def patiently(ask: Callable[[], Awaitable[Found | Failure]], pace: Pace) -> Found | Failure:
    """Asks again where that may help, as often and as patiently as for a live request."""
    tries = 0
    while True:
        tries += 1
        answer = await ask()
        pause = pace.pause_s(tries, answer, 0.0) if isinstance(answer, Failure) else None
        if pause is None:
            return answer
        await asyncio.sleep(pause)


def submitted(group: Sequence[InBatch], batch_id: str) -> list[LlmEvent]:
    """That the server has them in this batch."""
    return [LlmEvent(one.call.id, "submitted", one.attempt, details={"batch": batch_id}) for one in group]


def again(group: Sequence[InBatch], kind: str, *, lost: bool) -> list[LlmEvent]:
    """That they may be sent again, and why. `lost`: they may have been billed, and nothing of it can be had."""
    return [_retry(one, kind, lost=lost) for one in group]


def _retry(one: InBatch, kind: str, *, lost: bool) -> LlmEvent:
    return LlmEvent(
        one.call.id, "retry", one.attempt, details={**Failure(kind, again=True, lost=lost).as_row(), "in_batch": True}
    )
