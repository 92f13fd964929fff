"""One request to its reply: attempts that are recorded before and after the bytes leave, within the cap, around the breaker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from evalharness.messages.breaker import Breaker
from evalharness.messages.cap import Cap
from evalharness.messages.client import Client, Reply
from evalharness.messages.failure import Failure


@dataclass(frozen=True)
class Pace:
    """How patient a run is: attempts a request, the first pause (doubled each time) and the longest, in seconds.

    A server that asks for more than `longest_ask_s` of patience is not waited for in this run.
    """

    attempts: int = 6
    first_s: float = 0.5
    longest_s: float = 8.0
    longest_ask_s: float = 60.0

    def pause_s(self, tries: int, failure: Failure, jitter: float) -> float | None:
        """Seconds to wait after the nth try; None = give up. `jitter`, 0 to 1, takes up to a quarter off our own pause."""
        if not failure.again or tries >= self.attempts:
            return None
        own = min(self.first_s * 2 ** (tries - 1), self.longest_s) * (1 - jitter / 4)
        asked = failure.retry_after_s or 0.0
        return None if asked > self.longest_ask_s else max(own, asked)


class Diary(Protocol):
    """Who writes down what happens to one request; each method returns only when it is kept."""

    async def sent(self, worst_usd: float) -> None:
        """An attempt is about to be made."""
        ...

    async def received(self, reply: Reply) -> None:
        """A reply came; it has not been read yet."""
        ...

    async def failed(self, failure: Failure) -> None:
        """The attempt brought no reply."""
        ...


class Stop:
    """Whether a run goes on, and if not, why."""

    def __init__(self) -> None:
        self.why, self._event = "", asyncio.Event()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def now(self, why: str) -> None:
        """Send nothing more; the first reason stays."""
        self.why = self.why or why
        self._event.set()

    async def sleep(self, seconds: float) -> None:
        """Sleeps, or less when the run stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)


class StoppedError(Exception):
    """The run ended before this request was sent."""


@dataclass(frozen=True)
class Money:
    """What requests cost, in USD: the most one can cost, and what a reply did (None = unknown)."""

    worst: Callable[[Mapping[str, Any]], float]
    charge: Callable[[Reply], float | None]


class Delivery:
    """Delivers the requests of one run: at most `concurrency` in flight, together within the cap.

    `near`: held from before a request is built until it is done, so that the first one leaves before the last one is built,
    and no more than twice as many as can be in flight are kept in memory.
    """

    def __init__(
        self, client: Client, cap: Cap, money: Money, *, concurrency: int, pace: Pace, jitter: Callable[[], float]
    ) -> None:
        self.client, self.cap, self.pace, self.stop = client, cap, pace, Stop()
        self._money, self._jitter = money, jitter
        self._slots, self._breaker = asyncio.Semaphore(concurrency), Breaker()
        self.near = asyncio.Semaphore(2 * concurrency)

    async def deliver(self, request: Mapping[str, Any], diary: Diary) -> Reply | Failure:
        """The reply, or the failure that ended the attempts.

        Raises StoppedError where the run ends first, OverCapError where the request does not fit the cap.
        """
        probing, tries = False, 0
        try:
            while True:
                probing = await self._breaker.admit(probing=probing)
                async with self._slots:
                    if self._breaker.is_open and not probing:
                        continue  # it opened while this request waited for its slot
                    outcome = await self._attempt(request, diary)
                    self._learn(outcome)
                    noted = asyncio.create_task(self._note(outcome, diary))
                    # It is handed over before the slot is free, so it is kept no later than the next request's `sent`:
                    # what a crash leaves in doubt is never more than what was in flight.
                    await asyncio.sleep(0)
                tries += 1
                await noted
                if isinstance(outcome, Reply):
                    return outcome
                pause = self.pace.pause_s(tries, outcome, self._jitter())
                if pause is None:
                    self._given_up(outcome)
                    return outcome
                await self.stop.sleep(pause)
        finally:
            if probing:
                self._breaker.leave()

    def _learn(self, outcome: Reply | Failure) -> None:
        """What the next request must know, before its slot is free."""
        if isinstance(outcome, Reply):
            self._breaker.worked()
            return
        self._breaker.failed()
        if outcome.stops:
            self.stop.now(outcome.stops)

    def _given_up(self, failure: Failure) -> None:
        if self._breaker.is_open:
            self.stop.now(f"five attempts in a row failed, the last one with: {failure}")

    async def _attempt(self, request: Mapping[str, Any], diary: Diary) -> Reply | Failure:
        if self.stop:
            raise StoppedError
        worst = self._money.worst(request)
        ticket = await self.cap.reserve(worst)
        cost: float | None = 0.0
        try:
            if self.stop:
                raise StoppedError
            await diary.sent(worst)
            cost = None
            outcome = await self.client.create(request)
            if isinstance(outcome, Reply):
                cost = self._money.charge(outcome)
            elif not outcome.lost:
                cost = 0.0
            return outcome
        finally:
            await self.cap.settle(ticket, cost)

    @staticmethod
    async def _note(outcome: Reply | Failure, diary: Diary) -> None:
        if isinstance(outcome, Reply):
            await diary.received(outcome)
        else:
            await diary.failed(outcome)
