"""`grade`: the machines' part of a week. Nothing leaves before the LLM is switched on and a person has agreed to where to."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from evalharness.aggregate.final import newest
from evalharness.errors import ConfigError, EvalHarnessError, GradingError, OlderWeekError, UsageError
from evalharness.flows.batch import NO_WAIT, Patience, grade_in_batches
from evalharness.flows.batch_bills import find_bills, left_behind
from evalharness.flows.guards import freeze_canaries, masking
from evalharness.flows.llm_consent import acknowledged, drawn_before
from evalharness.flows.llm_keys import keys_of
from evalharness.flows.llm_money import price_list
from evalharness.flows.llm_work import Drawn, Wish, Work, briefs
from evalharness.flows.opened import Opened, frozen_rubric, utc_now
from evalharness.flows.probes import probing
from evalharness.flows.whole_week import beyond
from evalharness.grade.llm.enforced import Enforced
from evalharness.grade.llm.journal import Journal
from evalharness.grade.llm.questions import judged, questions
from evalharness.grade.llm.reply import model_of
from evalharness.grade.llm.run import Bench, Outcome, run
from evalharness.grade.llm.work import Job, Judge, shuffled, spent_usd, worst_usd
from evalharness.messages.cap import Cap
from evalharness.messages.client import Client, Reply, open_client
from evalharness.messages.delivery import Delivery, Money, Pace
from evalharness.messages.prices import SHIPPED, Prices
from evalharness.models.call import Call
from evalharness.models.grade import Ungraded
from evalharness.store.grades import load_grades
from evalharness.store.llm import Key, LlmCall, LlmEvent, in_batch, llm_calls, llm_events, plan_llm_calls
from evalharness.store.samples import load_sample
from evalharness.store.signoffs import signed_off
from evalharness.workspace.settings import LlmGrader


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
    return price_list(house.workspace)


def week_work(house: Opened, week: str, wish: Wish | None = None, *, masked: bool = True) -> Work:
    """What there is to do, as the ledger knows it; writes nothing. Drawn calls come first, probes mixed among them.

    `masked` False: a run is to begin at once, so the detector reads the calls of a week of which nothing is planned yet only
    while requests are under way. Raises UsageError for a week that is not drawn.
    """
    wish, sample = wish or Wish(), load_sample(house.ledger, week)
    if sample is None:
        raise UsageError(
            f"{week} is not drawn yet",
            where="--week",
            why="The judge grades the drawn calls, before any other.",
            fix=f"evalharness sample --week {week}",
        )
    prices, rows = prices_of(house), llm_calls(house.ledger, week)
    events = llm_events(house.ledger, rows)
    spent = sum(spent_usd(events[row.id], str(row.request["model"]), prices) for row in rows)
    cap = house.config.graders.llm.max_cost_usd if wish.max_cost is None else wish.max_cost
    work = Work(week, briefs(house, sample, wish), (), prices, cap, spent, secrets.token_hex(16), wish)
    work = replace(work, drawn=Drawn(sample, sample.frozen_digest()), masked=masked or bool(rows))
    known = {row.key: (row, tuple(events[row.id])) for row in rows}
    drawn = _with_history(_grading(house, work, [item.call for item in sample.items]), known)
    more = _with_history(_grading(house, work, beyond(house, sample)), known) if wish.whole_week else []
    work = replace(work, jobs=(*drawn, *more), beyond=len(more))
    first = [*drawn, *_with_history(probing(house, work), known)]
    return replace(work, jobs=(*sorted(first, key=lambda job: shuffled(job.row)), *more))


def whole(house: Opened, work: Work) -> Work:
    """The work with its masks."""
    return work if work.masked else week_work(house, work.week, work.wish)


def _with_history(jobs: Sequence[Job], known: Mapping[Key, tuple[LlmCall, tuple[LlmEvent, ...]]]) -> list[Job]:
    """The jobs with what the ledger knows of them."""
    held = [known.get(job.row.key, (job.row, ())) for job in jobs]
    return [replace(job, row=row, events=past) for job, (row, past) in zip(jobs, held, strict=True)]


def _grading(house: Opened, work: Work, calls: Sequence[Call]) -> list[Job]:
    """The jobs of each call that has questions for a judge, in the order of the calls."""
    if work.drawn is None:
        return []
    sample, digest = work.drawn.sample, work.drawn.digest
    chosen = house.config.graders.llm.criteria
    criteria = judged(frozen_rubric(house, sample), None if isinstance(chosen, str) else chosen)
    asked = ((call, questions(criteria, call, digest, house.config.zone)) for call in calls)
    return [job for call, each in asked if each for brief in work.briefs for job in work.jobs_of(call, each, brief, "grade")]


def require_price(work: Work) -> None:
    """A model without a price needs a cap typed by a person. Raises GradingError."""
    unknown = [judge.model for judge in work.judges if judge.model not in work.prices.models]
    if not unknown or work.wish.max_cost is not None:
        return
    raise GradingError(
        f"the price of the model {unknown[0]!r} is not known",
        where=f"the price file of {work.prices.as_of}",
        why="Without a price no cap on spending can be kept, and no estimate made.",
        fix="Add the model to prices.yaml in the workspace (0 for one of your own), or type: evalharness grade --max-cost USD"
        "   (requests then count at the dearest known price)",
    )


def unacknowledged(house: Opened, work: Work) -> list[Judge]:
    """The judges with something left to be asked that nobody has agreed to."""
    asked = dict.fromkeys(job.brief.judge for job in work.left)
    return [judge for judge in asked if acknowledged(house, judge) is None]


def grade_week(
    house: Opened,
    work: Work,
    clock: Callable[[], datetime],
    tell: Callable[[Outcome], None],
    pace: Pace | None = None,
    patience: Patience | None = None,
) -> Outcome:
    """Sends what is left of the week's requests. Raises GradingError where it may not or cannot, before anything leaves.

    `patience`: how long it waits for batches, where the wish or the configuration is for batches.
    """
    batch = (settings(house).batch or work.wish.batch) and not work.wish.live
    if signed_off(house.ledger, work.week):
        raise GradingError(
            f"{work.week} is signed off",
            where=work.week,
            why="A signed week keeps what was known when it was signed.",
            fix="Name a week that is not signed: evalharness grade --week WEEK.",
        )
    if unacknowledged(house, work):
        raise not_acknowledged(house, work)
    require_price(work)
    keys = keys_of(house, (job.brief.judge.destination for job in work.left))
    work = _plan(house, whole(house, work) if batch else work, clock())
    manner = clock, tell, pace or Pace(), (patience or Patience()) if batch else None
    return asyncio.run(_send(house, work, keys, manner))


def grade_unattended(house: Opened, week: str) -> Outcome | EvalHarnessError | None:
    """The LLM's part of `week`, which asks nobody: what it did, why it may not, None where nothing is left.

    A week drawn before anybody agreed, and not begun by a person's own `grade` since, is left to them (OlderWeekError).
    Raises KeyboardInterrupt where a person stopped it.
    """
    try:
        work = week_work(house, week, masked=False)
        find_bills(house, left_behind(house, work), utc_now)
        if any(drawn_before(house, week, judge) for judge in dict.fromkeys(job.brief.judge for job in work.left)):
            return _older_week(work)
        outcome = grade_week(house, work, utc_now, lambda _outcome: None, patience=NO_WAIT) if work.left else None
    except (GradingError, ConfigError) as error:
        return error
    if outcome is not None and outcome.interrupted:
        raise KeyboardInterrupt
    return outcome


def _older_week(work: Work) -> OlderWeekError:
    return OlderWeekError(
        f"{work.week} was drawn before a person agreed to LLM grading: {len(work.left)} requests are not sent by themselves",
        where=f"{work.week}, LLM grading",
        why="Who agrees has seen the cost of one week, not of those before it.",
        fix=f"If you want it graded too, type: evalharness grade --week {work.week}",
    )


def not_acknowledged(house: Opened, work: Work) -> GradingError:
    """Nobody has agreed to this destination and model yet, or to the number of calls and the cost of a whole week."""
    judge = (*unacknowledged(house, work), work.brief.judge)[0]
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
        freeze_canaries(tx, house, work, at)
        kept = plan_llm_calls(tx, rows, at)
    return replace(work, jobs=tuple(replace(job, row=row) for job, row in zip(work.jobs, kept, strict=True)))


_Manner = tuple[Callable[[], datetime], Callable[[Outcome], None], Pace, Patience | None]


async def _send(house: Opened, work: Work, keys: Mapping[str, str], manner: _Manner) -> Outcome:
    clock, tell, pace, patience = manner
    standing = {grade.slot for grade in newest(load_grades(house.ledger, work.week)) if grade.grader.kind == "llm"}
    async with AsyncExitStack() as open_ones:
        deliveries = await _deliveries(house, work, keys, pace, open_ones)
        known, at_once = Enforced.known(work.jobs), house.config.graders.llm.concurrency
        bench = Bench(work.prices, deliveries, Journal(house.ledger), clock, standing, tell, known, at_once)
        bench = bench if work.masked else replace(bench, follow=masking(house, work))
        if patience or any(in_batch(job.row, job.events) for job in work.jobs):
            return await grade_in_batches(house, work, bench, patience)
        return await run(work.left, bench)


async def _deliveries(
    house: Opened, work: Work, keys: Mapping[str, str], pace: Pace, open_ones: AsyncExitStack
) -> dict[Judge, Delivery]:
    """One client a destination, one delivery a judge (its own breaker and concurrency), one cap for all."""
    judges = dict.fromkeys(job.brief.judge for job in work.left)
    clients: dict[str, Client] = {}
    concurrency = house.config.graders.llm.concurrency
    for place, count in Counter(judge.destination for judge in judges).items():
        clients[place] = await open_ones.enter_async_context(open_client(keys[place], place, concurrency * count))
    cap, jitter = Cap(work.cap_usd, work.spent_usd), random.Random().random  # noqa: S311 - spreads retries; nothing is chosen by it

    def money(judge: Judge) -> Money:
        def charge(reply: Reply) -> float | None:
            """At the dearer of the model that was asked and the one that says it answered."""
            if reply.usage is None:
                return None
            answered = work.prices.cost(model_of(reply.raw), reply.usage)
            return max(work.prices.charge(judge.model, reply.usage), answered or 0.0)

        return Money(lambda request: worst_usd(request, work.prices), charge)

    return {
        judge: Delivery(clients[judge.destination], cap, money(judge), concurrency=concurrency, pace=pace, jitter=jitter)
        for judge in judges
    }


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
