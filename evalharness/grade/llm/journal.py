"""Writes of many tasks, committed together: each waits until its own is on the disk, and none waits for its turn alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from evalharness.store.ledger import Ledger, Transaction

Write = Callable[[Transaction], None]


class Journal:
    """The ledger for the tasks of one event loop. What comes while a commit is under way goes into the next one."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._thread = ledger, ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._waiting: list[tuple[Write, asyncio.Future[None]]] = []
        self._flush: asyncio.Task[None] | None = None

    async def keep(self, write: Write) -> None:
        """Returns when the write is committed. Raises LedgerError; then nothing of it, or of those with it, is kept."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, done))
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._flush_all())
        await asyncio.shield(done)

    async def _flush_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(0)  # a reply and the request that its slot is free for come in one turn after another
            batch, self._waiting = self._waiting, []
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
        if self._flush is not None:
            await self._flush
        self._thread.shutdown()
