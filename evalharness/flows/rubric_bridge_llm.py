"""A bridge by the LLM: the same judge is asked about each call under both rubrics; each request is paid once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from evalharness.aggregate.rubric_bridge import NA, Answers, Paired
from evalharness.flows.grade import grade_week, prices_of, settings
from evalharness.flows.llm_work import Wish, Work
from evalharness.flows.opened import Opened
from evalharness.flows.rubric_bridge import Bridging, concluded, keep_plan
from evalharness.grade.llm.outcome import Outcome
from evalharness.grade.llm.questions import judged, questions
from evalharness.grade.llm.work import Brief, Job, Judge, spent_usd
from evalharness.messages.client import PROVIDER
from evalharness.messages.delivery import Pace
from evalharness.models.bridge import Bridge, BridgeCall
from evalharness.models.probe import Probe
from evalharness.models.rubric import Rubric
from evalharness.models.week import week_of
from evalharness.store.llm import LlmCall, LlmEvent, is_done, llm_calls, llm_events, llm_weeks

APART = 1_000_000
"""Added to the week's number in the repeat of a bridge's request: gold of the same week may ask the same of the same call."""
_Asked = tuple[str, str, str]


@dataclass(frozen=True)
class BridgeWork:
    """`jobs`: for each call of the plan the one under the old and the one under the new rubric (None = nothing to ask); `work`:
    what is left of them, as `grade` sends it."""

    bridging: Bridging
    jobs: tuple[tuple[BridgeCall, Job | None, Job | None], ...]
    work: Work


def bridge_work(house: Opened, one: Bridging, max_cost: float | None, at: datetime) -> BridgeWork:
    """What there is to ask, with what the ledger knows of it; writes nothing. The cap holds for this calendar week's bridges.

    A request that an earlier week's run left open is gone on with: its reply may be kept unread, and what was sent and never
    answered is listed when it is sent again. A bridge goes live, whatever is configured for grading.
    """
    llm, week = house.config.graders.llm, week_of(at, house.config.zone)
    judge = Judge(llm.model, llm.effort, llm.base_url or PROVIDER)
    prices, known = prices_of(house), list(_known(house))
    kept = {_asked_of(row): (row, events) for row, events in known}
    ours = {row.id: (row, events) for row, events in known if row.week == week}
    cap = llm.max_cost_usd if max_cost is None else max_cost
    briefs = tuple(
        Brief(judge, rubric.policy, house.config.agent.success_criteria, rubric.digests()) for rubric in (one.old, one.new)
    )
    work = Work(week, briefs[:1], (), prices, cap, 0.0, secrets.token_hex(16), Wish(max_cost, live=True))
    jobs = []
    for call in one.plan.calls:
        sides = [
            _job(house, one, (work, call), (rubric, brief), kept)
            for rubric, brief in zip((one.old, one.new), briefs, strict=True)
        ]
        jobs.append((call, sides[0], sides[1]))
    every = {job.row.key: job for _, *sides in jobs for job in sides if job is not None and not is_done(job.events)}
    ours |= {job.row.id: (job.row, job.events) for job in every.values() if job.row.id}
    spent = sum(spent_usd(events, str(row.request["model"]), prices) for row, events in ours.values())
    return BridgeWork(one, tuple(jobs), replace(work, jobs=tuple(every.values()), spent_usd=spent))


def _known(house: Opened) -> Iterator[tuple[LlmCall, tuple[LlmEvent, ...]]]:
    """Every bridge's request so far, those that are done last, so that one of them is found where there are two."""
    rows = [row for one in llm_weeks(house.ledger) for row in llm_calls(house.ledger, one) if row.role == "bridge"]
    events = llm_events(house.ledger, rows)
    yield from sorted(((row, tuple(events[row.id])) for row in rows), key=lambda one: is_done(one[1]))


def _asked_of(row: LlmCall) -> _Asked:
    return row.call_digest, row.criteria_digest, row.judge_digest


def _job(
    house: Opened,
    one: Bridging,
    about: tuple[Work, BridgeCall],
    asked_by: tuple[Rubric, Brief],
    kept: dict[_Asked, tuple[LlmCall, tuple[LlmEvent, ...]]],
) -> Job | None:
    work, planned = about
    rubric, brief = asked_by
    call, chosen = one.calls[planned.identity], house.config.graders.llm.criteria
    criteria = [criterion for criterion in judged(rubric, None) if isinstance(chosen, str) or criterion.id in chosen]
    asked = questions(criteria, call, one.samples[planned.week].frozen_digest(), house.config.zone)
    if not asked:
        return None
    number = APART + int(work.week.replace("-W", ""))
    job = work.job(call, asked, brief, "bridge", number)
    row, events = kept.get(_asked_of(job.row), (job.row, ()))
    return replace(job, row=row, events=events)


def run_bridge(
    house: Opened, found: BridgeWork, clock: Callable[[], datetime], tell: Callable[[Outcome], None], pace: Pace | None = None
) -> Outcome:
    """Sends what is left. Raises GradingError as `grade` does, before anything leaves or is written."""
    settings(house)
    if not found.work.jobs:
        return Outcome(total=0)
    keep_plan(house, found.bridging, clock())
    return grade_week(house, found.work, clock, tell, pace)


def bridge_result(house: Opened, found: BridgeWork, at: datetime) -> Bridge:
    """What the judge's answers show so far, recorded where there are enough."""
    judge = found.work.brief.judge.model
    paired = [Paired(call, _answers(old), _answers(new)) for call, old, new in found.jobs]
    return concluded(house, found.bridging, [judge], paired, at)


def _answers(job: Job | None) -> Answers:
    """Every question of the job with its answer; None where it has none."""
    if job is None:
        return {}
    held = next((event.details["probe"] for event in reversed(job.events) if "probe" in event.details), None)
    given = {} if held is None else _given(Probe.model_validate(held, strict=False))
    return {
        (question.criterion.id, question.turn): given.get((question.criterion.id, question.turn)) for question in job.questions
    }


def _given(probe: Probe) -> Answers:
    return {
        (one.criterion, one.turn): None if one.reason is not None else NA if one.value is None else one.value
        for one in probe.answers
    }
