"""The run: every call to its verdicts, each state committed before the next step. Ctrl-C sends nothing more and drains."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from evalharness.grade.llm.outcome import INTERRUPTED, Bench, Outcome
from evalharness.grade.llm.runner import Runner
from evalharness.grade.llm.work import Job

__all__ = ["Bench", "Outcome", "run"]
DRAIN_S = 5.0


async def run(jobs: Sequence[Job], bench: Bench) -> Outcome:
    """Judges the calls. Raises LedgerError where the ledger cannot be written; nothing is sent after that."""
    outcome = Outcome(total=len(jobs))
    tasks = [asyncio.create_task(Runner(job, bench, outcome).run()) for job in jobs]
    with _interruptible(tasks, bench):
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    await bench.journal.close()
    outcome.stopped = bench.stopped
    outcome.left = outcome.total - outcome.done - outcome.over_cap
    for error in ended:
        if isinstance(error, Exception):
            raise error
    return outcome


@contextmanager
def _interruptible(tasks: Sequence[asyncio.Task[None]], bench: Bench) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops sending and waits five seconds for replies; the second ends at once."""
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        for task in tasks:
            task.cancel()

    def stop() -> None:
        if bench.stopped:
            cancel()
        bench.stop(INTERRUPTED)
        loop.call_later(DRAIN_S, cancel)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(ValueError):
                loop.remove_signal_handler(number)
