"""How a job ends: the grades or the probe that its verdicts make, and the final event of its request. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evalharness.grade.llm.decide import Verdicts, state_of
from evalharness.grade.llm.grades import About, grades_of, probe_of
from evalharness.grade.llm.reply import model_of
from evalharness.grade.llm.work import Job
from evalharness.models.grade import BOTH, Grade, Grader
from evalharness.models.probe import Probe
from evalharness.store.llm import LlmEvent, State, cost_of


@dataclass(frozen=True)
class End:
    """What is kept of an end, together: a job for grades brings grades, any other a probe and no grade at all."""

    grades: list[Grade]
    probe: Probe | None
    event: LlmEvent


def about_of(job: Job, events: Sequence[LlmEvent], at: datetime) -> About:
    """What the job's grades share: the model that says it answered, and the replies' cost (None where one is unknown).

    Where two models answered one job, both stand in the version: it is neither's, and the week's guard calls that mixed.
    """
    replies = [event for event in events if event.state == "received"]
    version = BOTH.join(dict.fromkeys(filter(None, (model_of(event.raw or "") for event in replies))))
    judge = job.brief.judge
    grader = Grader(kind="llm", name=judge.model, version=version or None, prompt_digest=judge.asking())
    cost = cost_of(replies) if replies and all(event.cost_usd is not None for event in replies) else None
    return About(job.row.week, job.call, job.brief.digests, grader, at, cost)


def end_of(job: Job, events: Sequence[LlmEvent], verdicts: Verdicts, at: datetime, more: Mapping[str, Any] | None = None) -> End:
    """The end of a job with these verdicts; `more` stands in its event too, `reason` there makes it a failure."""
    about, row = about_of(job, events, at), job.row
    grades = grades_of(job.questions, verdicts, about) if row.role == "grade" else []
    probe = None if row.role == "grade" else probe_of(job.questions, verdicts, about, (row.role, row.repeat))
    unread = {key: verdict for key, verdict in verdicts.items() if isinstance(verdict, str)}
    details = {
        **({"ungraded": unread} if unread else {}),
        **(more or {}),
        **({"probe": probe.model_dump(mode="json")} if probe else {}),
    }
    last = max((event.attempt for event in events), default=0)
    state: State = "failed" if more and "reason" in more else _final(state_of(verdicts))
    return End(grades, probe, LlmEvent(row.id, state, last, details=details))


def _final(state: str) -> State:
    known: dict[str, State] = {"graded": "graded", "unverified": "unverified", "refused": "refused"}
    return known.get(state, "failed")
