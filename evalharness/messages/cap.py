"""The spending cap: the worst case of a request is set aside before it is sent, so no order of replies breaks the cap."""

from __future__ import annotations

import asyncio


class OverCapError(Exception):
    """The request could cost more than what is left, and nothing in flight will free any."""


class Cap:
    """USD that may be spent. `spent` starts with what earlier runs spent or may have spent on the same work."""

    def __init__(self, limit_usd: float, spent_usd: float = 0.0) -> None:
        self.limit, self.spent = limit_usd, spent_usd
        self._set_aside: dict[int, float] = {}
        self._next = 0
        self._changed = asyncio.Condition()

    @property
    def reserved(self) -> float:
        """Set aside for requests in flight."""
        return sum(self._set_aside.values())

    async def reserve(self, worst_usd: float) -> int:
        """Set the worst case aside; waits while requests in flight may still free enough. A ticket for `settle`.

        Raises OverCapError where it does not fit and nothing is in flight.
        """
        async with self._changed:
            while self.spent + self.reserved + worst_usd > self.limit:
                if not self._set_aside:
                    raise OverCapError
                await self._changed.wait()
            self._next += 1
            self._set_aside[self._next] = worst_usd
            return self._next

    async def settle(self, ticket: int, cost_usd: float | None) -> None:
        """Put the real cost in the place of what was set aside; None = nobody knows it, so the worst case stays spent."""
        async with self._changed:
            worst = self._set_aside.pop(ticket)
            self.spent += worst if cost_usd is None else cost_usd
            self._changed.notify_all()
