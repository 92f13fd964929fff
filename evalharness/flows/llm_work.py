"""What the judges have to do in a week: the jobs, the money, and what a person asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.llm.decide import Next
from evalharness.grade.llm.questions import Asked, all_answers
from evalharness.grade.llm.work import Brief, Job, Judge, Sending, is_too_long, planned, request_of
from evalharness.messages.client import PROVIDER
from evalharness.messages.prices import Prices
from evalharness.models.call import Call
from evalharness.models.probe import Role
from evalharness.models.removed import removed
from evalharness.models.sample import WeeklySample
from evalharness.store.llm import is_done

ASKING = ("marks", "visible", "evidence")
"""The defences in how a judge is asked and read: a judge without one of them is another grader."""


@dataclass(frozen=True)
class Wish:
    """What a person asked for, beyond the configuration.

    `max_cost` None: the configured cap. `batch`: half price, within a day. `per_criterion`: one question a request.
    `beside`: a model that may succeed the configured one, asked about gold calls alone ("" = none). `live`: nothing goes in a
    batch, whatever is configured.
    """

    max_cost: float | None = None
    whole_week: bool = False
    batch: bool = False
    per_criterion: bool = False
    beside: str = ""
    live: bool = False


@dataclass(frozen=True)
class Drawn:
    """A week's sample, and its digest, which takes as long to work out as the sample has calls."""

    sample: WeeklySample
    digest: str


@dataclass(frozen=True)
class Work:
    """What the judges have to do in a week: a job a request, those with something left, and the money.

    `briefs`: one a judge that grades, the first one's first. `cap_usd` holds for the week, all runs together; `spent_usd` counts
    against it (lost attempts at their worst case). `beyond`: how many of the jobs are grades of calls outside the draw (0: only
    drawn calls were asked for). `seed`: random, of this run. `drawn`: the week's draw, read once for all
    who plan; None where the work is not of one week. `masked`: the masks are among the jobs; else the detector reads each call
    when its reply is here, and its mask follows.
    """

    week: str
    briefs: tuple[Brief, ...]
    jobs: tuple[Job, ...]
    prices: Prices
    cap_usd: float
    spent_usd: float
    seed: str
    wish: Wish = Wish()
    beyond: int = 0
    drawn: Drawn | None = None
    masked: bool = True

    @property
    def brief(self) -> Brief:
        """The first judge's."""
        return self.briefs[0]

    @property
    def judges(self) -> tuple[Judge, ...]:
        """Everybody who is asked something, the grading ones first, each once."""
        graders = [brief.judge for brief in self.briefs]
        return tuple(dict.fromkeys([*graders, *(job.brief.judge for job in self.jobs)]))

    @property
    def grades(self) -> tuple[Job, ...]:
        """The jobs that ask for grades."""
        return tuple(job for job in self.jobs if job.row.role == "grade")

    @property
    def left(self) -> tuple[Job, ...]:
        """The jobs that need a request, or whose reply was never read; also a call that did not fit the model and now does."""
        return tuple(job for job in self.jobs if not is_done(job.events) or (was_too_long(job) and not self.too_long(job)))

    def too_long(self, job: Job) -> bool:
        """Whether the call does not fit the model, so that it is not sent."""
        return is_too_long(request_of(job, Next(job.questions)), self.prices)

    def jobs_of(self, call: Call, asked: Asked, brief: Brief, role: Role, repeat: int = 0) -> list[Job]:
        """The jobs for all these questions: one, or one a question where the judge is asked so; none without the call's text."""
        if removed(call):
            return []
        parts = [(question,) for question in asked] if brief.judge.per_criterion else [asked]
        return [self.job(call, part, brief, role, repeat) for part in parts]

    def job(self, call: Call, asked: Asked, brief: Brief, role: Role, repeat: int = 0) -> Job:
        """A new job of this run, for any call, questions and brief; the ledger knows by its key whether it is done already."""
        row = planned(self.week, call, asked, brief, Sending(self.seed, role, repeat))
        return Job(row, call, asked, brief)


def was_too_long(job: Job) -> bool:
    """Whether it was not sent because it did not fit."""
    return bool(job.events) and job.events[-1].details.get("reason") == "too long"


def briefs(house: Opened, sample: WeeklySample, wish: Wish) -> tuple[Brief, ...]:
    """The judges that grade, each by the frozen rubric: the configured one, then `judges`, at its address or their own."""
    llm, rubric = house.config.graders.llm, frozen_rubric(house, sample)
    single = wish.per_criterion or llm.per_criterion
    off = tuple(name for name in llm.defences.off if name in ASKING)
    asked = [
        (llm.model, llm.effort, llm.base_url),
        *((one.model, one.effort, one.base_url or llm.base_url) for one in llm.judges),
    ]
    answers = all_answers(rubric) if single else ()
    about = rubric.policy, house.config.agent.success_criteria, sample.criterion_digests, answers
    return tuple(Brief(Judge(model, effort, url or PROVIDER, single, off), *about) for model, effort, url in asked)
