"""`grade --judge MODEL --beside`: a judge that may succeed the configured one, on gold calls. No configuration is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evalharness.aggregate.beside import succession
from evalharness.aggregate.judges import newest_judge
from evalharness.errors import UsageError
from evalharness.flows.agreement import panel
from evalharness.flows.gold import asked_again
from evalharness.flows.history import drawn_weeks, history
from evalharness.flows.llm_work import Work
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.llm.work import Job
from evalharness.models.beside import Succession
from evalharness.models.trust import judge_name
from evalharness.store.records import load_sample, probes

MOST = 200
"""Gold calls that the successor is asked about: all there are."""


def beside(house: Opened, work: Work) -> Sequence[Job]:
    """The gold calls for the judge that a person named, asked as the configured one is; [] where none was named."""
    if not work.wish.beside:
        return []
    brief = replace(work.brief, judge=replace(work.brief.judge, model=work.wish.beside))
    return asked_again(house, work, brief, "beside", MOST)


def only_beside(work: Work) -> Work:
    """Of the week's work what asks the possible successor: nothing else is sent.

    Raises UsageError without gold calls, and for the model that grades already: its gold would no longer be gold.
    """
    if work.wish.beside == work.brief.judge.model:
        why = "its answers to gold calls are compared with its own earlier ones, week by week, in the report"
        raise UsageError(f"{work.wish.beside} grades already", where="--beside", why=why, fix="Name another model.")
    jobs = tuple(job for job in work.jobs if job.row.role == "beside")
    if not jobs:
        raise UsageError(
            "there are too few gold calls for a second judge",
            where="--beside",
            why="Two judges are compared on 60 and more calls that people graded at least 4 weeks ago.",
            fix="Grade on; with 35 calls a week there are enough in the seventh week.",
        )
    return replace(work, jobs=jobs, beyond=0)


def compared(house: Opened, week: str, model: str) -> Succession:
    """Both judges beside people, as the ledger has them. Raises UsageError where one of them has not answered."""
    weeks, sample = drawn_weeks(house, week), load_sample(house.ledger, week)
    found = probes(house.ledger, [one.week for one in weeks], ("gold", "beside"))
    old = newest_judge(weeks, panel(house))
    asked = [judge_name(one.judge) for one in found if one.role == "beside" and one.week == week and one.judge.name == model]
    if sample is None or old is None or not asked:
        who = model if old is not None else house.config.graders.llm.model
        raise UsageError(f"{who} has answered no gold call of {week}", where="--beside", fix=f"evalharness grade --week {week}")
    return succession(history(house, week), frozen_rubric(house, sample), (old, asked[-1]), found, week)
