"""Gold: past calls that people graded, asked about again beside a week's grades, to tell a changed judge from a changed agent."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.flows.llm_work import Work
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.llm.questions import Asked, judged, questions
from evalharness.grade.llm.work import Brief, Job
from evalharness.models.call import Call
from evalharness.models.noun import digest_of
from evalharness.models.probe import Role
from evalharness.models.trust import FEWEST_GOLD
from evalharness.models.week import shift
from evalharness.store.samples import load_sample, samples

OLD_ENOUGH = 4
"""Weeks after which nobody changes a grade any more."""


def gold(house: Opened, work: Work) -> Sequence[Job]:
    """The week's gold for the judge that may take part: `graders.llm.gold` calls of the newest 200, chosen by the week alone.

    None where fewer than 60 can be chosen: fewer show no drift and would be paid for nothing.
    """
    return asked_again(house, work, work.brief, "gold", house.config.graders.llm.gold)


def asked_again(house: Opened, work: Work, brief: Brief, role: Role, most: int) -> list[Job]:
    """The requests about at most so many gold calls, with the week's questions about the turns that people graded then; [] below
    60 calls, or where fewer are wanted."""
    old = shift(work.week, -OLD_ENOUGH)
    if not most or min(samples(house.ledger), default=work.week) > old:
        return []
    from evalharness.aggregate.drift import gold_calls  # with its statistics, which a young workspace does without
    from evalharness.flows.history import drawn_weeks
    from evalharness.store.disputes import disputed_calls

    weeks, sample = drawn_weeks(house, old), load_sample(house.ledger, work.week)
    if sample is None:
        return []
    rubric = frozen_rubric(house, sample)
    chosen = house.config.graders.llm.criteria
    criteria = judged(rubric, None if isinstance(chosen, str) else chosen)
    pool = gold_calls(weeks, rubric, disputed_calls(house.ledger))
    drawn = {item.identity for item in sample.items}
    pool = sorted((call for call in pool if call not in drawn), key=lambda call: digest_of(f"gold|{work.week}|{'|'.join(call)}"))
    if min(len(pool), most) < FEWEST_GOLD:
        return []
    number = int(work.week.replace("-W", ""))
    held = {(one.call.source, one.call.id): (past.week, one.call) for past in weeks for one in past.results}
    digests = {past.week: _digest(house, past.week) for past in weeks}

    def about(call: Call, week: str) -> Asked:
        return questions(criteria, call, digests[week], house.config.zone)

    asked = ((held[one][1], about(held[one][1], held[one][0])) for one in pool[:most])
    return [job for call, each in asked if each for job in work.jobs_of(call, each, brief, role, number)]


def _digest(house: Opened, week: str) -> str:
    """The digest of the week's draw, by which the turns to grade were chosen."""
    sample = load_sample(house.ledger, week)
    return sample.frozen_digest() if sample else ""
