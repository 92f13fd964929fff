"""Writes of many tasks, committed together: each waits until its own is on the disk, and none waits for its turn alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from evalharness.store.ledger import Ledger, Transaction

Write = Callable[[Transaction], None]
PAUSE_S = 0.01
FEW = 8
"""What nothing waits for is gathered for so long, and so much of it is committed at a time."""


@dataclass
class _Queue:
    """Writes that wait for their commit: how long they are gathered, and how many go together at most (None = all)."""

    pause_s: float = 0.0
    most: int | None = None
    waiting: list[tuple[Write, asyncio.Future[None]]] = field(default_factory=list)
    flush: asyncio.Task[None] | None = None


class Journal:
    """The ledger for the tasks of one event loop. What comes while a commit is under way goes into the next one.

    One thread commits, so a write is on the disk before any that is handed over after it was kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._thread = ledger, ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._soon, self._later = _Queue(), _Queue(PAUSE_S, FEW)

    async def keep(self, write: Write, *, soon: bool = True) -> None:
        """Returns when the write is committed. Raises LedgerError; then nothing of it, or of those with it, is kept.

        `soon` False: no request waits for it, so it lets those pass for which one does.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._soon if soon else self._later
        queue.waiting.append((write, done))
        if queue.flush is None or queue.flush.done():
            queue.flush = asyncio.create_task(self._flush_all(queue))
        await asyncio.shield(done)

    async def _flush_all(self, queue: _Queue) -> None:
        loop = asyncio.get_running_loop()
        while queue.waiting:
            await asyncio.sleep(queue.pause_s)  # also 0: a reply and the request its slot is free for come one after the other
            batch = queue.waiting[: queue.most]
            del queue.waiting[: queue.most]
            try:
                await loop.run_in_executor(self._thread, self._commit, [write for write, _ in batch])
            except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
                for _, done in batch:
                    done.set_exception(error)
            else:
                for _, done in batch:
                    done.set_result(None)

    def _commit(self, writes: list[Write]) -> None:
        with self._ledger.transaction() as tx:
            for write in writes:
                write(tx)

    async def close(self) -> None:
        """Waits for the last commit."""
        for queue in (self._soon, self._later):
            if queue.flush is not None:
                await queue.flush
        self._thread.shutdown()
