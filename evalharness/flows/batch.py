"""`grade --batch`: what can wait goes out in batches at half price, and a later run goes on where this one stopped.

One rule says what goes how. In a batch: what nobody has tried yet, and what a batch left undone (expired, canceled, an error of
the server's own). Live: the first request of a judge that has not answered this week, because a batch looks at its parameters
only when it is too late; an answer that must be asked for once more; and what a batch found wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalharness.flows.llm_work import Work
from evalharness.flows.opened import Opened
from evalharness.grade.llm.batch import GRACE_S, REFUSED, Post, Reading
from evalharness.grade.llm.decide import Next, decide
from evalharness.grade.llm.handing import Due, hand_over
from evalharness.grade.llm.journal import Journal
from evalharness.grade.llm.outcome import Bench, Outcome
from evalharness.grade.llm.run import run
from evalharness.grade.llm.work import Job, Judge, is_too_long, spent_usd
from evalharness.messages.cap import Cap
from evalharness.store.llm import InBatch, in_batch, llm_calls, llm_events


@dataclass(frozen=True)
class Patience:
    """How long a run waits for its batches, in seconds: the first look, doubled up to the longest pause, in all.

    `grace_s`: so long a batch that the server does not list may still be on its way.
    """

    first_s: float = 5.0
    longest_s: float = 30.0
    most_s: float = 120.0
    grace_s: float = GRACE_S


NO_WAIT = Patience(most_s=0.0)
"""For `week`, which comes again by itself."""


@dataclass(frozen=True)
class Parted:
    """What is left of a week, by how it goes on: live, in a batch, or not yet because it waits in one."""

    live: tuple[Job, ...]
    batched: tuple[Due, ...]
    waiting: int


def waits_in_batch(house: Opened, week: str) -> list[InBatch]:
    """The week's requests that wait in batches, jobs of this configuration or not."""
    rows = llm_calls(house.ledger, week)
    events = llm_events(house.ledger, rows)
    return [one for one in (in_batch(row, events[row.id]) for row in rows) if one]


async def grade_in_batches(house: Opened, work: Work, bench: Bench, patience: Patience | None) -> Outcome:
    """One run: reads what batches brought, sends live what goes live, hands over the rest, waits a little, and again.

    `patience` None: nothing is handed over; batches of earlier runs are read, what is not in one goes live. A request is handed
    over at most once a run.
    """
    return await _Run(house, work, bench, patience).run()


class _Run:
    """A run and what it has done so far."""

    def __init__(self, house: Opened, work: Work, bench: Bench, patience: Patience | None) -> None:
        self._house, self._work, self._bench, self._patience = house, work, bench, patience
        self._outcome = Outcome(total=len(work.left))
        self._handed: set[int] = set()
        self._tried: set[int] = set()
        delivery = next(iter(bench.deliveries.values()))
        self._cap: Cap = delivery.cap
        clients = {judge.destination: delivery.client for judge, delivery in bench.deliveries.items()}
        grace = (patience or NO_WAIT).grace_s
        self._posts = {
            place: Post(client.batches, delivery.pace, house.ledger, bench.prices, bench.clock, grace)
            for place, client in clients.items()
        }

    async def run(self) -> Outcome:
        until, pause = time.monotonic() + (self._patience or NO_WAIT).most_s, (self._patience or NO_WAIT).first_s
        while True:
            await self._round()
            left_s = until - time.monotonic()
            if not self._outcome.waiting or self._outcome.stopped or left_s <= 0:
                return self._outcome
            self._bench.tell(self._outcome)
            await asyncio.sleep(min(pause, left_s))
            pause = min(pause * 2, (self._patience or NO_WAIT).longest_s)

    async def _round(self) -> None:
        """Reads, finishes, sends, hands over; each with the ledger as the one before left it."""
        await self._settle()
        self._refresh()
        parted = self._parted()
        before = self._outcome.over_cap
        await self._live([*parted.live, *self._firsts(parted.batched)])
        parted = self._parted()
        unproven = [due.job for due in parted.batched if not self._has_answered(due.job.brief.judge)]
        if self._outcome.over_cap > before and not parted.waiting:
            await self._live(unproven)  # the cap has no room for a first one: hardly for another, and each says so
        if self._patience and not self._outcome.stopped:
            await self._hand_over(parted.batched)
        elif not self._patience:
            await self._live([due.job for due in parted.batched])
        self._refresh()
        self._outcome.waiting = self._parted().waiting
        self._outcome.left = self._outcome.total - self._outcome.done - self._outcome.over_cap

    async def _settle(self) -> None:
        waiting = waits_in_batch(self._house, self._work.week)
        for place, post in self._posts.items():
            here = [one for one in waiting if one.call.request["destination"] == place]
            read = await Reading(post).settle(here)
            self._outcome.spent_usd += read.spent_usd
            self._outcome.stopped = self._outcome.stopped or read.stopped

    def _refresh(self) -> None:
        """The jobs and the money as the ledger knows them now."""
        rows = llm_calls(self._house.ledger, self._work.week)
        events, prices = llm_events(self._house.ledger, rows), self._work.prices
        jobs = tuple(replace(job, events=tuple(events[job.row.id])) for job in self._work.jobs)
        self._work = replace(self._work, jobs=jobs)
        self._cap.spent = sum(spent_usd(events[row.id], str(row.request["model"]), prices) for row in rows)

    def _parted(self) -> Parted:
        live: list[Job] = []
        batched: list[Due] = []
        waiting = 0
        for job in self._work.left:
            if in_batch(job.row, job.events):
                waiting += 1
                continue
            due = self._due(job)
            if due is None:
                live.append(job)
            else:
                batched.append(due)
        return Parted(tuple(live), tuple(batched), waiting)

    def _due(self, job: Job) -> Due | None:
        """The request as a batch would take it; None for what goes live or only needs to be read."""
        judge = job.brief.judge
        step = decide(job.questions, job.call, job.exchanges(), judge.reading())
        refused = bool(job.events) and job.events[-1].details.get("kind") == REFUSED
        if not isinstance(step, Next) or step.again or refused:
            return None
        due = Due.of(job, step, in_words=self._bench.enforced.in_words(judge))
        return None if is_too_long(due.request, self._work.prices) else due

    def _firsts(self, batched: Sequence[Due]) -> list[Job]:
        """One request of every judge that has not answered in this week."""
        if not self._patience:
            return []
        firsts: dict[Judge, Job] = {}
        for due in batched:
            if not self._has_answered(due.job.brief.judge):
                firsts.setdefault(due.job.brief.judge, due.job)
        return list(firsts.values())

    def _has_answered(self, judge: Judge) -> bool:
        theirs = (job for job in self._work.jobs if job.brief.judge == judge)
        return any(event.state == "received" for job in theirs for event in job.events)

    async def _live(self, jobs: Sequence[Job]) -> None:
        """Sends them, each once a run: a delivery has its own patience."""
        jobs, whole = [job for job in jobs if job.row.id not in self._tried], self._outcome
        if not jobs or whole.stopped:
            return
        self._tried |= {job.row.id for job in jobs}

        def tell(part: Outcome) -> None:
            so_far = Outcome(whole.total, dict(whole.states), spent_usd=whole.spent_usd)
            so_far.take(part)
            self._bench.tell(so_far)

        bench = replace(self._bench, journal=Journal(self._house.ledger), tell=tell)
        whole.take(await run(jobs, bench))
        self._refresh()

    async def _hand_over(self, batched: Sequence[Due]) -> None:
        """What has an answered judge and was not handed over in this run. What no cap could hold ends as over the cap."""
        ready = [due for due in batched if due.job.row.id not in self._handed and self._has_answered(due.job.brief.judge)]
        for place, post in self._posts.items():
            here = [due for due in ready if due.job.brief.judge.destination == place]
            handed = await hand_over(here, post, self._cap)
            self._refresh()
            stays = {id(due) for due in handed.no_room}
            self._handed |= {due.job.row.id for due in here if id(due) not in stays}
            self._outcome.submitted += handed.submitted
            self._outcome.resent += handed.resent
            self._outcome.stopped = self._outcome.stopped or handed.stopped
            if handed.no_room and not self._parted().waiting:
                await self._live([due.job for due in handed.no_room])
