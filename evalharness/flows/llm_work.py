"""What the judges have to do in a week: the jobs, the money, and what a person asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from evalharness.flows.draw import frozen_rubric
from evalharness.flows.opened import Opened
from evalharness.grade.llm.questions import Asked
from evalharness.grade.llm.work import Brief, Job, Judge, Sending, planned
from evalharness.messages.client import PROVIDER
from evalharness.messages.prices import Prices
from evalharness.models.call import Call
from evalharness.models.probe import Role
from evalharness.models.sample import WeeklySample
from evalharness.store.llm import is_done


@dataclass(frozen=True)
class Wish:
    """What a person asked for, beyond the configuration. `max_cost` None: the configured cap."""

    max_cost: float | None = None
    whole_week: bool = False


@dataclass(frozen=True)
class Work:
    """What the judges have to do in a week: a job a request, those with something left, and the money.

    `briefs`: one a judge that grades, the first one's first. `cap_usd` holds for the week, all runs together; `spent_usd` counts
    against it (lost attempts at their worst case). `beyond`: how many of the jobs are grades of calls outside the draw (0: only
    drawn calls were asked for). `seed`: random, of this run.
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
        """The jobs that need a request, or whose reply was never read."""
        return tuple(job for job in self.jobs if not is_done(job.events))

    def job(self, call: Call, asked: Asked, brief: Brief, role: Role, repeat: int = 0) -> Job:
        """A new job of this run, for any call, questions and brief; the ledger knows by its key whether it is done already."""
        row = planned(self.week, call, asked, brief, Sending(self.seed, role, repeat))
        return Job(row, call, asked, brief)


def briefs(house: Opened, sample: WeeklySample) -> tuple[Brief, ...]:
    """The judges that grade, each with the week's frozen rubric: the configured one, then `judges`."""
    llm, config = house.config.graders.llm, house.config
    policy = frozen_rubric(house, sample).policy
    asked = [Judge(llm.model, llm.effort, llm.base_url or PROVIDER)]
    asked += [Judge(one.model, one.effort, one.base_url or PROVIDER) for one in llm.judges]
    return tuple(Brief(judge, policy, config.agent.success_criteria, sample.criterion_digests) for judge in asked)
