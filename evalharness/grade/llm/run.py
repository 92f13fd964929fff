"""The run: every call to its verdicts, each state committed before the next step. Ctrl-C sends nothing more and drains."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evalharness.grade.llm.decide import Exchange, Next, Verdicts, decide, state_of
from evalharness.grade.llm.grades import About, grades_of, without
from evalharness.grade.llm.journal import Journal
from evalharness.grade.llm.prompt import prompt_digest
from evalharness.grade.llm.reply import model_of
from evalharness.grade.llm.work import Brief, Job, request_of
from evalharness.messages.cap import OverCapError
from evalharness.messages.client import Reply
from evalharness.messages.delivery import Delivery, StoppedError
from evalharness.messages.failure import Failure
from evalharness.messages.prices import Prices
from evalharness.models.grade import Grade, Grader, Reason
from evalharness.store.grades import add_grades
from evalharness.store.ledger import Transaction
from evalharness.store.llm import LlmEvent, State, add_llm_event, cost_of

DRAIN_S = 5.0
INTERRUPTED = "interrupted"


@dataclass
class Outcome:
    """What one run did. `states`: how many requests ended how; `left`: sent by nobody yet; `resent`: calls asked again."""

    total: int
    states: dict[str, int] = field(default_factory=dict)
    left: int = 0
    over_cap: int = 0
    spent_usd: float = 0.0
    resent: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def done(self) -> int:
        """Requests that came to an end in this run."""
        return sum(self.states.values())

    @property
    def incomplete(self) -> bool:
        """Whether the same command has something left to do or to look at."""
        return bool(self.left or self.over_cap or self.stopped or self.states.get("failed"))

    @property
    def interrupted(self) -> bool:
        """Whether a person stopped it."""
        return self.stopped == INTERRUPTED


@dataclass(frozen=True)
class Bench:
    """What a run works with. `standing`: the slots that hold a grade; `tell` hears of every request that ends."""

    brief: Brief
    prices: Prices
    delivery: Delivery
    journal: Journal
    clock: Callable[[], datetime]
    standing: Container[tuple[object, ...]]
    tell: Callable[[Outcome], None]


async def run(jobs: Sequence[Job], bench: Bench) -> Outcome:
    """Judges the calls. Raises LedgerError where the ledger cannot be written; nothing is sent after that."""
    outcome = Outcome(total=len(jobs))
    tasks = [asyncio.create_task(_Runner(job, bench, outcome).run()) for job in jobs]
    with _interruptible(tasks, bench.delivery):
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    await bench.journal.close()
    outcome.stopped = bench.delivery.stop.why
    outcome.left = outcome.total - outcome.done - outcome.over_cap
    for error in ended:
        if isinstance(error, Exception):
            raise error
    return outcome


class _Runner:
    """One call on its way through the states."""

    def __init__(self, job: Job, bench: Bench, outcome: Outcome) -> None:
        self.job, self.bench, self.outcome = job, bench, outcome
        self.events = list(job.events)

    async def run(self) -> None:
        try:
            await self._judge()
        except StoppedError:
            return
        except OverCapError:
            self.outcome.over_cap += 1
            await self._keep(self._ungraded("budget"), None)
        except Exception:
            self.bench.delivery.stop.now("an error")
            raise

    async def _judge(self) -> None:
        exchanges = self.job.exchanges()
        while isinstance(step := decide(self.job.questions, self.job.call, exchanges), Next):
            request, diary = request_of(self.job, step, self.bench.brief), _Diary(self, step)
            reply = await self.bench.delivery.deliver(request, diary)
            if isinstance(reply, Failure):
                await self._end("failed", self._ungraded("api"), {"reason": "api", "failure": reply.as_row()})
                return
            exchanges.append(Exchange(diary.asked, reply.raw))
        await self._end(state_of(step), self._grades(step, exchanges), _reasons(step))

    def _grades(self, verdicts: Verdicts, exchanges: Sequence[Exchange]) -> list[Grade]:
        costs = [event.cost_usd for event in self.events if event.state == "received"]
        known = None if None in costs else cost_of(self.events)
        return grades_of(self.job.questions, verdicts, self._about(model_of(exchanges[-1].raw), known))

    def _ungraded(self, reason: Reason) -> list[Grade]:
        """No grade, said once; a failure takes no earlier grade away."""
        grades = without(self.job.questions, reason, self._about("", None))
        return [grade for grade in grades if grade.slot not in self.bench.standing]

    def _about(self, version: str, cost_usd: float | None) -> About:
        brief = self.bench.brief
        grader = Grader(kind="llm", name=brief.judge.model, version=version or None, prompt_digest=prompt_digest())
        return About(self.job.row.week, self.job.call, brief.digests, grader, self.bench.clock(), cost_usd)

    async def _end(self, state: str, grades: list[Grade], details: dict[str, Any]) -> None:
        last = max((event.attempt for event in self.events), default=0)
        await self._keep(grades, LlmEvent(self.job.row.id, _final(state), last, details=details))
        self.outcome.states[state] = self.outcome.states.get(state, 0) + 1
        self.bench.tell(self.outcome)

    async def _keep(self, grades: list[Grade], event: LlmEvent | None) -> None:
        """Grades and final state in one transaction: a grade is shown only after it."""
        at = self.bench.clock()

        def write(tx: Transaction) -> None:
            add_grades(tx, grades)
            if event is not None:
                add_llm_event(tx, event, at)

        await self.bench.journal.keep(write)

    async def note(self, event: LlmEvent) -> None:
        """Commits one event."""
        await self._keep([], event)
        self.events.append(event)


class _Diary:
    """Writes down the attempts of one step of one call."""

    def __init__(self, runner: _Runner, step: Next) -> None:
        self._runner, self._step = runner, step
        self.asked = tuple(question.key for question in step.questions)

    @property
    def _attempt(self) -> int:
        return max((event.attempt for event in self._runner.events), default=0)

    async def sent(self, worst_usd: float) -> None:
        runner = self._runner
        doubts = Job(runner.job.row, runner.job.call, (), tuple(runner.events)).in_doubt()
        details: dict[str, Any] = {"asked": list(self.asked), "again": self._step.again, "worst_usd": worst_usd}
        if doubts:
            details["resent"] = doubts
            runner.outcome.resent.append(runner.job.call.id)
        await runner.note(LlmEvent(runner.job.row.id, "sent", self._attempt + 1, details=details))

    async def received(self, reply: Reply) -> None:
        runner, usage = self._runner, reply.usage
        model = model_of(reply.raw)
        prices = runner.bench.prices
        known = prices.cost(model if model in prices.models else runner.bench.brief.judge.model, usage)
        row = None if usage is None else usage.as_row()
        details = {"request_id": reply.request_id, "seconds": round(reply.seconds, 3), "model": model}
        await runner.note(LlmEvent(runner.job.row.id, "received", self._attempt, reply.raw, row, known, details))
        runner.outcome.spent_usd += known or 0.0

    async def failed(self, failure: Failure) -> None:
        runner = self._runner
        await runner.note(LlmEvent(runner.job.row.id, "retry", self._attempt, details=failure.as_row()))


def _final(state: str) -> State:
    known: dict[str, State] = {"graded": "graded", "unverified": "unverified", "refused": "refused"}
    return known.get(state, "failed")


def _reasons(verdicts: Verdicts) -> dict[str, Any]:
    found = {key: verdict for key, verdict in verdicts.items() if isinstance(verdict, str)}
    return {"ungraded": found} if found else {}


@contextmanager
def _interruptible(tasks: Sequence[asyncio.Task[None]], delivery: Delivery) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops sending and waits five seconds for replies; the second ends at once."""
    loop = asyncio.get_running_loop()

    def cancel() -> None:
        for task in tasks:
            task.cancel()

    def stop() -> None:
        if delivery.stop:
            cancel()
        delivery.stop.now(INTERRUPTED)
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
