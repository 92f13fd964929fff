"""The run: every call to its verdicts, each state committed before the next step. Ctrl-C sends nothing more and drains."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from evalharness.grade.llm.outcome import INTERRUPTED, Bench, Outcome, no_more
from evalharness.grade.llm.runner import Runner
from evalharness.grade.llm.work import Job

__all__ = ["Bench", "Outcome", "run"]
DRAIN_S = 5.0
FIRST_S, PAUSE_S, LATE_S, SLICE_S = 0.1, 0.002, 0.001, 0.004
"""The first requests leave first; then, after a pause that is hardly longer than asked for, so much is done ahead at a time."""


async def run(jobs: Sequence[Job], bench: Bench) -> Outcome:
    """Judges the calls. Raises LedgerError where the ledger cannot be written; nothing is sent after that."""
    outcome = Outcome(total=len(jobs))
    gate = asyncio.Semaphore(bench.at_once)
    tasks = [asyncio.create_task(_together([Runner(job, bench, outcome) for job in same], gate)) for same in _by_call(jobs)]
    looking = asyncio.create_task(ahead([] if bench.follow is no_more else jobs, bench.follow))
    with _interruptible(tasks, bench):
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)  # what went wrong there goes wrong at the end of its job too
    await bench.journal.close()
    outcome.stopped = bench.stopped
    outcome.left = outcome.total - outcome.done - outcome.over_cap
    for error in ended:
        if isinstance(error, Exception):
            raise error
    return outcome


async def ahead(jobs: Sequence[Job], follow: Callable[[Job], object]) -> None:
    """What follows a job is worked out before its reply is here, where nothing else is to be done; its end finds it known.

    Where the process has no time to spare nothing happens here, and it is worked out at the job's end.
    """
    loop, until = asyncio.get_running_loop(), 0.0
    await asyncio.sleep(FIRST_S)
    for job in jobs:
        while loop.time() >= until:
            asked = loop.time() + PAUSE_S
            await asyncio.sleep(PAUSE_S)
            if loop.time() < asked + LATE_S:
                until = loop.time() + SLICE_S
        follow(job)


def _by_call(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs in their order; those that ask a judge about a call's questions one by one stand together."""
    found: dict[tuple[object, ...], list[Job]] = {}
    for number, job in enumerate(jobs):
        row = job.row
        shared = (row.call_digest, row.judge_digest, row.role, row.repeat, row.request["nonce_seed"])
        found.setdefault(shared if job.brief.judge.per_criterion else (number,), []).append(job)
    return list(found.values())


async def _together(runners: Sequence[Runner], gate: asyncio.Semaphore) -> None:
    """The first writes the recording into the provider's cache; the others, sent soon after it, read it there.

    What follows them is sent by its turn, behind those that wait already.
    """
    delivery = runners[0].delivery
    if len(runners) == 1:
        async with delivery.near:
            if not delivery.stop:
                await runners[0].run()
    else:
        async with gate:
            await runners[0].run()
            await asyncio.gather(*(runner.run() for runner in runners[1:]))
    for same in _by_call([job for runner in runners for job in runner.following]):
        await _together([Runner(job, runners[0].bench, runners[0].outcome) for job in same], gate)


@contextmanager
def _interruptible(tasks: Sequence[asyncio.Task[None]], bench: Bench) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops sending and waits five seconds for replies; the second ends at once."""
    loop, pressed = asyncio.get_running_loop(), False

    def cancel() -> None:
        for task in tasks:
            task.cancel()

    def stop() -> None:
        nonlocal pressed
        if pressed:
            cancel()
        pressed = True
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
