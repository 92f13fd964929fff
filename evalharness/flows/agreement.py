"""Agreement and severity of a workspace's graders, pooled over the weeks so far."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.aggregate.comparisons import comparisons, people_in
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judges import Panel, newest_judge
from evalharness.aggregate.severity import needing, severity
from evalharness.flows.excluded import exclusions, left_out
from evalharness.flows.history import drawn_weeks, history
from evalharness.flows.opened import Opened
from evalharness.models.agreement import AgreementReport
from evalharness.models.severity import Severity
from evalharness.report.agreement_words import called


def agreement_report(house: Opened, week: str) -> AgreementReport:
    """The agreement of people with each other and of the LLM with people, over the drawn weeks up to this one."""
    weeks = drawn_weeks(house, week)
    rubric = weeks[-1].rubric if weeks else house.rubric()
    people = people_in(weeks)
    return AgreementReport(
        week=week,
        weeks=len(weeks),
        people=people,
        judge=newest_judge(weeks, panel(house)),
        called=called(people, house.config.owner.name),
        comparisons=comparisons(weeks, rubric, panel(house)),
        severity=severities(house, weeks),
        excluded=tuple(exclusions(house, week)),
    )


def panel(house: Opened) -> Panel:
    """The configured judges."""
    llm = house.config.graders.llm
    return Panel(llm.model, frozenset(one.model for one in llm.judges))


def severities(house: Opened, weeks: Sequence[PastWeek]) -> tuple[Severity, ...]:
    """How severely each person grades, by the rubric of the newest of these weeks; () where none is drawn."""
    config = house.config
    return severity(weeks, weeks[-1].rubric, config.calibration, config.owner.name) if weeks else ()


def graders(house: Opened, week: str) -> tuple[list[str], frozenset[str]]:
    """Who is asked to grade the calls of a week, and who of them needs calibration, as the weeks before it show."""
    gone = left_out(house, week)
    people = [name for name in house.people if name not in gone] or house.people
    return people, needing(severities(house, history(house, week))) if len(people) > 1 else frozenset()
