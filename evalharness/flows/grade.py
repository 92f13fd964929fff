"""`grade`: the machines' part of a week. Nothing leaves before the LLM is switched on and a person has agreed to where to."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from evalharness.aggregate.final import newest
from evalharness.errors import EvalHarnessError, GradingError, UsageError
from evalharness.flows.draw import frozen_rubric
from evalharness.flows.llm_consent import acknowledged
from evalharness.flows.opened import Opened, utc_now
from evalharness.flows.whole_week import beyond
from evalharness.grade.llm.journal import Journal
from evalharness.grade.llm.questions import judged, questions
from evalharness.grade.llm.run import Bench, Outcome, run
from evalharness.grade.llm.work import Brief, Job, Judge, planned, spent_usd, worst_usd
from evalharness.messages.cap import Cap
from evalharness.messages.client import PROVIDER, Reply, open_client
from evalharness.messages.delivery import Delivery, Money, Pace
from evalharness.messages.prices import SHIPPED, Prices
from evalharness.models.call import Call
from evalharness.models.grade import Ungraded
from evalharness.models.sample import WeeklySample
from evalharness.store.llm import LlmCall, is_done, llm_calls, llm_events, plan_llm_calls
from evalharness.store.records import load_grades, load_sample, signed_off
from evalharness.workspace.secret import api_key
from evalharness.workspace.settings import LlmGrader
from evalharness.workspace.yaml_file import load_yaml


@dataclass(frozen=True)
class Work:
    """What the judge has to do in a week: a job a call, those with something left, and the money.

    `cap_usd` holds for the week, all runs together; `spent_usd` counts against it (lost attempts at their worst case).
    `beyond`: how many of the jobs are calls outside the draw (0: only drawn calls were asked for).
    """

    week: str
    brief: Brief
    jobs: tuple[Job, ...]
    prices: Prices
    cap_usd: float
    spent_usd: float
    cap_given: bool
    beyond: int = 0

    @property
    def left(self) -> tuple[Job, ...]:
        """The jobs that need a request, or whose reply was never read."""
        return tuple(job for job in self.jobs if not is_done(job.events))


def settings(house: Opened) -> LlmGrader:
    """The LLM's configuration. Raises GradingError while it is switched off, whatever key there is."""
    llm = house.config.graders.llm
    if not llm.enabled:
        raise GradingError(
            "LLM grading is off",
            where="evalharness.yaml, field graders.llm.enabled",
            why="Calls leave this machine only after a person has switched it on; a key in the environment is not consent.",
            fix="Write under graders:  llm: {enabled: true}   and run the same command again.",
        )
    return llm


def prices_of(house: Opened) -> Prices:
    """The workspace's price file, else the one of this version. Raises ConfigError."""
    named = house.config.costs.prices
    own = house.workspace.root / named
    return load_yaml(SHIPPED if not own.exists() and named == "prices.yaml" else own, Prices)


def week_work(house: Opened, week: str, max_cost: float | None = None, *, whole_week: bool = False) -> Work:
    """What there is to do, as the ledger knows it; writes nothing. `whole_week`: every call with a transcript, drawn ones first.

    Raises UsageError for a week that is not drawn.
    """
    llm, sample = house.config.graders.llm, load_sample(house.ledger, week)
    if sample is None:
        raise UsageError(
            f"{week} is not drawn yet",
            where="--week",
            why="The judge grades the drawn calls, before any other.",
            fix=f"evalharness sample --week {week}",
        )
    brief, prices = _brief(house, sample), prices_of(house)
    rows = llm_calls(house.ledger, week)
    events = llm_events(house.ledger, rows)
    spent = sum(spent_usd(events[row.id], str(row.request["model"]), prices) for row in rows)
    known = {row.key: row for row in rows}
    jobs = []
    more = beyond(house, sample) if whole_week else []
    for job in _jobs(house, sample, brief, more):
        row = known.get(job.row.key, job.row)
        jobs.append(Job(row, job.call, job.questions, tuple(events.get(row.id, ()))))
    cap = llm.max_cost_usd if max_cost is None else max_cost
    drawn = {item.identity for item in sample.items}
    outside = sum((job.call.source, job.call.id) not in drawn for job in jobs)
    return Work(week, brief, tuple(jobs), prices, cap, spent, max_cost is not None, outside)


def _brief(house: Opened, sample: WeeklySample) -> Brief:
    llm, config = house.config.graders.llm, house.config
    judge = Judge(llm.model, llm.effort, llm.base_url or PROVIDER)
    return Brief(judge, frozen_rubric(house, sample).policy, config.agent.success_criteria, sample.criterion_digests)


def _jobs(house: Opened, sample: WeeklySample, brief: Brief, more: Sequence[Call]) -> list[Job]:
    """One job a call that has questions for the judge: the drawn ones in queue order, then these."""
    chosen = house.config.graders.llm.criteria
    criteria = judged(frozen_rubric(house, sample), None if isinstance(chosen, str) else chosen)
    digest = sample.frozen_digest()
    found = []
    for call in (*(item.call for item in sample.items), *more):
        asked = questions(criteria, call, digest, house.config.zone)
        if asked:
            row = planned(sample.week, call, asked, brief, secrets.token_hex(16))
            found.append(Job(row, call, asked))
    return found


def require_price(work: Work) -> None:
    """A model without a price needs a cap typed by a person. Raises GradingError."""
    if work.brief.judge.model in work.prices.models or work.cap_given:
        return
    raise GradingError(
        f"the price of the model {work.brief.judge.model!r} is not known",
        where=f"the price file of {work.prices.as_of}",
        why="Without a price no cap on spending can be kept, and no estimate made.",
        fix="Add the model to prices.yaml in the workspace (0 for one of your own), or type: evalharness grade --max-cost USD"
        "   (requests then count at the dearest known price)",
    )


def grade_week(
    house: Opened, work: Work, clock: Callable[[], datetime], tell: Callable[[Outcome], None], pace: Pace | None = None
) -> Outcome:
    """Sends what is left of the week's requests. Raises GradingError where it may not or cannot, before anything leaves."""
    llm = settings(house)
    if signed_off(house.ledger, work.week):
        raise GradingError(
            f"{work.week} is signed off",
            where=work.week,
            why="A signed week keeps what was known when it was signed.",
            fix="Name a week that is not signed: evalharness grade --week WEEK.",
        )
    if acknowledged(house, work.brief.judge) is None:
        raise not_acknowledged(work)
    require_price(work)
    key = api_key()
    work = _plan(house, work, clock())
    return asyncio.run(_send(house, work, llm, key, (clock, tell, pace or Pace())))


def grade_unattended(house: Opened, week: str) -> Outcome | EvalHarnessError | None:
    """The LLM's part of `week`, which asks nobody: what it did, why it may not, None where nothing is left.

    Raises KeyboardInterrupt where a person stopped it.
    """
    try:
        work = week_work(house, week)
        outcome = grade_week(house, work, utc_now, lambda _outcome: None) if work.left else None
    except GradingError as error:
        return error
    if outcome is not None and outcome.interrupted:
        raise KeyboardInterrupt
    return outcome


def not_acknowledged(work: Work) -> GradingError:
    """Nobody has agreed to this destination and model yet, or to the number of calls and the cost of a whole week."""
    judge = work.brief.judge
    if work.beyond:
        return GradingError(
            f"nobody has agreed to the whole week: {len(work.left)} calls to {judge.destination} (model {judge.model})",
            where=f"{work.week}, LLM grading",
            why="A person looks each time at how many calls that are and what they cost; without a terminal nobody is asked.",
            fix=f"Read   evalharness grade --week {work.week} --whole-week --estimate   and type the same with --yes instead.",
        )
    return GradingError(
        f"nobody has agreed yet that calls are sent to {judge.destination} (model {judge.model})",
        where=f"{work.week}, LLM grading",
        why="The first time, a person looks at what is sent where, and at what cost; without a terminal nobody is asked.",
        fix=f"Type once: evalharness grade --week {work.week}   (or, having read what --estimate shows: ... --yes)",
    )


def _plan(house: Opened, work: Work, at: datetime) -> Work:
    """Every request planned in the ledger, and the work with the planned rows."""
    rows: list[LlmCall] = [job.row for job in work.jobs]
    with house.ledger.transaction() as tx:
        plan_llm_calls(tx, rows, at)
        known = {row.key: row for row in llm_calls(tx, work.week)}
    jobs = tuple(Job(known[job.row.key], job.call, job.questions, job.events) for job in work.jobs)
    return replace(work, jobs=jobs)


_Manner = tuple[Callable[[], datetime], Callable[[Outcome], None], Pace]


async def _send(house: Opened, work: Work, llm: LlmGrader, key: str, manner: _Manner) -> Outcome:
    clock, tell, pace = manner
    standing = {grade.slot for grade in newest(load_grades(house.ledger, work.week)) if grade.grader.kind == "llm"}

    def charge(reply: Reply) -> float | None:
        return None if reply.usage is None else work.prices.charge(llm.model, reply.usage)

    money = Money(lambda request: worst_usd(request, work.prices), charge)
    async with open_client(key, llm.base_url) as client:
        delivery = Delivery(
            client,
            Cap(work.cap_usd, work.spent_usd),
            money,
            concurrency=llm.concurrency,
            pace=pace,
            jitter=random.Random().random,  # noqa: S311 - spreads retries in time; nothing is chosen by it
        )
        bench = Bench(work.brief, work.prices, delivery, Journal(house.ledger), clock, standing, tell)
        return await run(work.left, bench)


@dataclass(frozen=True)
class Ungradeds:
    """What the judge left without a value in a week, by reason, and how many grades it gave in all."""

    by_reason: dict[str, int]
    grades: int


def ungraded(house: Opened, week: str) -> Ungradeds:
    """The judge's standing grades of the week."""
    standing = [grade for grade in newest(load_grades(house.ledger, week)) if grade.grader.kind == "llm"]
    reasons = Counter(grade.reason for grade in standing if isinstance(grade, Ungraded))
    return Ungradeds(dict(sorted(reasons.items())), len(standing))


def price_file(house: Opened) -> Path:
    """Which price file holds."""
    own = house.workspace.root / house.config.costs.prices
    return own if own.exists() else SHIPPED
