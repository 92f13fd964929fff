"""The circuit breaker: after five straight failures one request at a time asks whether the server is back."""

from __future__ import annotations

import asyncio

STRAIGHT = 5


class Breaker:
    """Counts failures without a success between them. While it is open, one request holds the probe and all others wait."""

    def __init__(self, straight: int = STRAIGHT) -> None:
        self._most, self._failures = straight, 0
        self._probe = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the last five attempts, whoever made them, failed."""
        return self._failures >= self._most

    async def admit(self, *, probing: bool) -> bool:
        """Waits until the caller may send; whether it does so as the probe, and must `leave` afterwards."""
        if probing or not self.is_open:
            return probing
        await self._probe.acquire()
        still = self._failures >= self._most
        if not still:
            self._probe.release()
        return still

    def leave(self) -> None:
        """The probe is done."""
        self._probe.release()

    def worked(self) -> None:
        """An attempt brought a reply."""
        self._failures = 0

    def failed(self) -> None:
        """An attempt brought none."""
        self._failures += 1
