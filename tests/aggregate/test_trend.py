"""Weeks beside each other: joined only where the figure means the same."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.summary import summarise
from evalharness.aggregate.trend import MAIN, WeekFigures, trends, week_figures
from evalharness.models.act import ChangedFigure, SignedFigure, SinceSigned
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Stratum
from evalharness.models.trust import Combined
from evalharness.models.week import shift
from tests.aggregate.building import BAR, a_week
from tests.builders import WEEK, a_latency_pool, a_rubric, rubric_form, some_thresholds

FIRST = shift(WEEK, -1)


def a_figure(week: str = WEEK, since: SinceSigned | None = None, **fields: Any) -> WeekFigures:
    """The figures of a week of 20 graded calls under the default bar."""
    ordinary = {"thresholds": some_thresholds(*BAR), "latency": [a_latency_pool()]}
    summary = summarise(a_week(week=week, **{**ordinary, **fields}))
    return week_figures(summary.model_copy(update={"since": since}))


def breaks(first: WeekFigures, second: WeekFigures) -> dict[str, str]:
    """Measure -> why its line breaks at the second week."""
    found = trends([first, second])
    return {trend.name: trend.points[1].breaks for trend in found.trends if trend.points[1].breaks}


def altered(criterion: str, **fields: Any) -> Rubric:
    """The small rubric with one criterion altered."""
    form = rubric_form()
    for section in form["sections"]:
        for one in section["criteria"]:
            if one["id"] == criterion:
                one.update(fields)
    for check in form["checks"]:
        if check["id"] == criterion:
            check.update(fields)
    return Rubric.model_validate(form, strict=False)


def with_design(**fields: Any) -> WeekFigures:
    """The second week under another design."""
    inputs = a_week(thresholds=some_thresholds(*BAR), latency=[a_latency_pool()])
    assert inputs.sample is not None
    design = inputs.sample.design.model_copy(update=fields)
    return a_figure(sample=inputs.sample.model_copy(update={"design": design}))


def test_the_main_measures_come_first_and_every_one_has_a_point_a_week() -> None:
    """Six main ones in their order, then the rest; n travels with each value."""
    found = trends([a_figure(FIRST), a_figure(graded=10)])
    assert tuple(trend.name for trend in found.trends[:6]) == MAIN
    assert {len(trend.points) for trend in found.trends} == {2}
    resolution = found.trend("resolution_rate")
    assert [(point.measure.value, point.measure.n) for point in resolution.points] == [(1.0, 20), (1.0, 10)]
    assert resolution.bar == BAR[0]
    assert {"containment_rate", "share_4_5.correctness", "automatic_fails", "latency_p95_ms"} <= {t.name for t in found.trends}


def test_equal_weeks_are_joined_everywhere() -> None:
    """The same rubric, the same design, the same clock: nothing breaks; another seed or size is no other design."""
    assert breaks(a_figure(FIRST), a_figure()) == {}
    assert breaks(a_figure(FIRST), with_design(seed="2", size=35)) == {}


def test_a_changed_question_breaks_its_line_and_the_totals() -> None:
    """Correctness is asked in other words: its two figures and the call score break, the outcome and the checks do not."""
    found = breaks(a_figure(FIRST), a_figure(rubric=altered("correctness", question="Was it right, all of it?")))
    assert set(found) == {"correctness", "share_4_5.correctness", "call_score", "automatic_fails"}
    assert set(found.values()) == {"the criterion correctness changed"}


def test_a_changed_weight_breaks_only_the_totals() -> None:
    """60 and 25 become 50 and 35: the questions mean what they meant."""
    rubric = altered("correctness", weight=50)
    form = rubric.model_dump(mode="json")
    form["sections"][1]["criteria"][0]["weight"] = 35
    found = breaks(a_figure(FIRST), a_figure(rubric=Rubric.model_validate(form, strict=False)))
    assert found == dict.fromkeys(("call_score", "automatic_fails"), "the weights or sections of the rubric changed")


def test_a_new_check_is_another_clear_failure() -> None:
    """One more way to fail: the rate is not the one before."""
    form = rubric_form()
    form["checks"].append({"id": "privacy", "question": "Was personal data given away?"})
    given = {position: {"privacy": "no"} for position in range(1, 21)}
    found = breaks(a_figure(FIRST), a_figure(rubric=Rubric.model_validate(form, strict=False), given=given))
    assert found["clear_failure_rate"] == "the criterion privacy is new"
    assert "resolution_rate" not in found


def test_another_policy_is_another_question() -> None:
    """The policy decides what people answer: every judged line breaks, what is measured does not."""
    found = breaks(a_figure(FIRST), a_figure(rubric=a_rubric(policy="A nurse for everything.")))
    assert {"resolution_rate", "clear_failure_rate", "call_score"} <= set(found)
    assert not {"latency_p50_ms", "cost_per_call", "containment_rate", "owner_reviewed_calls"} & set(found)


def test_another_anchor_breaks_latency_only() -> None:
    """Turn times before, the platform's own figure now."""
    found = breaks(a_figure(FIRST), a_figure(latency=[a_latency_pool(anchor="reported")]))
    timed = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "slow_calls")
    assert found == dict.fromkeys(timed, "how latency is measured changed")


def test_another_design_breaks_what_is_judged() -> None:
    """Every third call instead of strata breaks the sample's figures; another scope breaks all."""
    found = breaks(a_figure(FIRST), with_design(every_nth=3))
    assert found["resolution_rate"] == "the sampling design changed"
    assert not {"latency_p50_ms", "containment_rate"} & set(found)
    strata = a_week().sample.design.strata  # type: ignore[union-attr]
    ruled = strata[0].model_copy(update={"stratum": Stratum(name="core", when="turns > 3")})
    assert breaks(a_figure(FIRST), with_design(strata=(ruled,)))["call_score"] == "the sampling design changed"
    scoped = breaks(a_figure(FIRST), with_design(scope="agent == 'front-desk'"))
    assert {scoped["latency_p50_ms"], scoped["resolution_rate"]} == {"the scope of the workspace changed"}


def test_a_break_is_seen_across_a_week_without_the_figure() -> None:
    """Nobody graded the week between: it has no value, and the week after is still held against the one before."""
    last = shift(WEEK, 1)
    weeks = [a_figure(FIRST), a_figure(graded=0), a_figure(last, rubric=altered("correctness", question="Right?"))]
    found = trends(weeks).trend("share_4_5.correctness").points
    assert [point.measure.value for point in found] == [1.0, None, 1.0]
    assert [point.breaks for point in found] == ["", "", "the criterion correctness changed"]


def test_a_week_that_is_not_drawn_breaks_nothing() -> None:
    """It has cost and latency but no scope on record: the lines of all calls go through."""
    weeks = [a_figure(FIRST), a_figure(drawn=0), a_figure(shift(WEEK, 1))]
    found = trends(weeks)
    assert not [trend.name for trend in found.trends for point in trend.points if point.breaks]
    assert [week.verdict is None for week in found.weeks] == [False, True, False]


def test_a_missing_week_of_the_calendar_is_an_empty_point() -> None:
    """W46 and W48: W47 stands between them without a value."""
    found = trends([a_figure(FIRST), a_figure(shift(WEEK, 1))])
    assert [week.week for week in found.weeks] == [FIRST, WEEK, shift(WEEK, 1)]
    assert [point.measure.n for point in found.trend("resolution_rate").points] == [20, 0, 20]
    assert trends([]).weeks == ()


def test_a_figure_signed_otherwise_is_kept_beside_it() -> None:
    """Resolution was signed as 90 % of 19: its point says so, no other does, and the week says that it differs."""
    was = SignedFigure(check="resolution", measure="resolution_rate", verdict="met", value=0.9, n=19, of=200)
    since = SinceSigned(grades=1, changed=(ChangedFigure(check="resolution", signed=was, now=None),))
    found = trends([a_figure(FIRST), a_figure(since=since)])
    assert found.trend("resolution_rate").points[1].signed == was
    assert found.weeks[1].differs
    assert [trend.name for trend in found.trends if any(point.signed for point in trend.points)] == ["resolution_rate"]


def test_latency_without_a_check_is_taken_from_the_largest_pool() -> None:
    """No latency check: 4 replies of one source, 3 of another; the median of the four is shown and its anchor named."""
    pools = [a_latency_pool(), a_latency_pool((100.0, 200.0, 300.0, 400.0), source="other")]
    figures = a_figure(latency=pools, thresholds=some_thresholds(BAR[0]))
    assert figures.measures["latency_p50_ms"].value == pytest.approx(250.0)
    assert figures.meanings["latency_p50_ms"]["how latency is measured"] == "from the times of the turns (source other)"


def with_a_judge(*, decides: bool) -> WeekFigures:
    """A week whose judge is trusted: with resolution, of which the check has both graders' figure, and with the call score."""
    summary = summarise(a_week(thresholds=some_thresholds(*BAR), latency=[a_latency_pool()]))
    both = summary.measure("resolution_rate").model_copy(update={"value": 0.9, "note": "people and LLM"})
    used = [
        Combined(judge="judge-1", trust="trusted", people=people, llm=people, combined=found, used=True)
        for people, found in (
            (summary.measure("resolution_rate"), both),
            (summary.call_score, summary.call_score.model_copy(update={"value": 70.0})),
        )
    ]
    checks = [
        check.model_copy(update={"measure": both}) if decides and check.threshold.measure == "resolution_rate" else check
        for check in summary.checks
    ]
    return week_figures(summary.model_copy(update={"combined": tuple(used), "checks": tuple(checks)}))


def test_a_judge_that_takes_part_in_a_figure_breaks_its_line_and_no_other() -> None:
    """Resolution is of people and LLM now: another figure. The call score shown is of people as before, whoever is trusted."""
    assert breaks(a_figure(FIRST), with_a_judge(decides=True)) == {"resolution_rate": "the judge is new"}
    assert breaks(a_figure(FIRST), with_a_judge(decides=False)) == {}


def test_slow_calls_mean_what_the_largest_pool_means() -> None:
    """Three replies by the turns' times, four as the platform reports them: slow calls are those of the four."""
    pools = [a_latency_pool((400.0, 500.0, 700.0)), a_latency_pool((300.0, 310.0, 320.0, 330.0), anchor="reported")]
    found = a_figure(latency=pools)
    assert found.meanings["slow_calls"]["how latency is measured"].startswith("as the platform reports it")
    assert found.measures["slow_calls"].n == 4


def test_a_picked_call_that_is_held_holds_the_groups_back() -> None:
    """Nothing of the draw is held, one call picked by hand is."""
    summary = summarise(a_week())
    picked = summary.results[0].model_copy(update={"held": True})
    assert week_figures(summary.model_copy(update={"picked": (picked,)})).held
    assert not week_figures(summary).held
