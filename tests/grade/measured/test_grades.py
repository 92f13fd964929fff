"""Measured grades: bands, missing data, silence, and the outcome as the log has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evalharness.errors import ConfigError
from evalharness.grade.measured import detectors
from evalharness.grade.measured.grades import LOG, Seen, measured_grades
from evalharness.grade.measured.latency import measure_call
from evalharness.grade.measured.named import MEASURES
from evalharness.models.call import Call, Cost, Latency
from evalharness.models.facts import CallMeasures
from evalharness.models.finding import CallFindings, Finding
from evalharness.models.grade import Grade, Scored, Ungraded
from evalharness.models.rubric import Rubric
from tests.builders import MONDAY, WEEK, a_call, a_rubric, a_turn, call_measures, rubric_form

AT = MONDAY + timedelta(days=8)


def _grades(call: Call, measures: CallMeasures | Seen | None = None, rubric: Rubric | None = None) -> dict[str, Grade]:
    """Criterion -> measured grade."""
    rubric = rubric or a_rubric()
    seen = measures if isinstance(measures, Seen) else Seen(measures or measure_call(call))
    grades = measured_grades(call, seen, rubric, week=WEEK, digests=rubric.digests(), at=AT)
    return {grade.criterion: grade for grade in grades}


def _rubric_measuring(measure: str, bands: dict[int, str]) -> Rubric:
    """The small rubric with this measured criterion."""
    form = rubric_form()
    form["sections"][3]["criteria"][0] |= {"measure": measure, "bands": bands}
    return Rubric.model_validate(form, strict=False)


def _level(grade: Grade) -> tuple[Any, float | None]:
    assert isinstance(grade, Scored)
    return grade.value, grade.measured_value


@pytest.mark.parametrize(
    ("p50_ms", "level"),
    [(0.1, 5), (599.9, 5), (600.0, 4), (899.0, 4), (900.0, 3), (1200.0, 2), (1499.0, 2), (1500.0, 1), (9e4, 1)],
)
def test_a_value_gets_the_level_of_its_band(p50_ms: float, level: int) -> None:
    """Bands of the small rubric: 5 below 600, 4 below 900, 3 below 1200, 2 below 1500, else 1; at a bound the next one."""
    assert _level(_grades(a_call(), call_measures(p50_ms=p50_ms))["latency"]) == (level, p50_ms)


def test_bands_are_tried_in_the_order_written() -> None:
    """450 lies in both: the first one written counts."""
    assert _level(_grades(a_call(), rubric=_rubric_measuring("p50_ms", {1: "<500", 5: "<600"}))["latency"]) == (1, 450)


@pytest.mark.parametrize(("band", "holds"), [("<=450", True), (">=450", True), (">450", False), ("<450", False)])
def test_the_four_comparisons(band: str, holds: bool) -> None:
    """The call's p50 is 450."""
    grade = _grades(a_call(), rubric=_rubric_measuring("p50_ms", {3: band}))["latency"]
    assert isinstance(grade, Scored) == holds


def test_a_value_in_no_band_is_no_grade_and_says_so() -> None:
    """450 where only values above 1000 have a level: invalid, not 1 and not left out."""
    grade = _grades(a_call(), rubric=_rubric_measuring("p50_ms", {1: ">1000"}))["latency"]
    assert isinstance(grade, Ungraded)
    assert (grade.reason, grade.rationale) == ("invalid", "no band holds p50_ms = 450")


def test_no_data_is_left_out() -> None:
    """No turn times: no latency grade at all, neither 1 nor 5."""
    assert set(_grades(a_call([("caller", "Hi."), ("agent", "Hello.")]))) == {"outcome"}


@pytest.mark.parametrize("measure", ["p50_ms", "p99_ms"])
def test_silence_gets_the_worst_level(measure: str) -> None:
    """The caller's one turn is never answered: level 1 without a value, whatever the order of the bands."""
    call = a_call([("caller", "Help!", 0, 1000)], ended_at=MONDAY + timedelta(seconds=60))
    grade = _grades(call, rubric=_rubric_measuring(measure, {5: "<600", 1: ">=900", 3: "<900"}))["latency"]
    assert _level(grade) == (1, None)
    assert "unanswered" in grade.rationale


def test_p99_takes_the_slowest_reply() -> None:
    """PLAIN_TURNS: 500 of 400 and 500."""
    assert _level(_grades(a_call(), rubric=_rubric_measuring("p99_ms", {5: "<500", 4: ">=500"}))["latency"]) == (4, 500)


@pytest.mark.parametrize(("llm_ms", "grade"), [(300.0, None), (1400.0, None), (1600.0, (1, 1600))])
def test_a_sum_of_components_shows_a_miss_and_never_a_pass(llm_ms: float, grade: tuple[int, float] | None) -> None:
    """300 ms of language model alone is not a reply in 300 ms; 1600 alone is too slow already."""
    call = a_call([("caller", "Hi."), a_turn(latency=Latency(components={"llm": llm_ms}))])
    found = _grades(call).get("latency")
    assert (None if found is None else _level(found)) == grade


def test_a_clock_of_whole_seconds_decides_nothing() -> None:
    """A gap of 1000 by it may be one of 100 or of 1900. The platform's own figure stands, and so does a long silence."""
    turns = [("agent", "Hi.", 1000, 2000), ("caller", "Help.", 3000, 5000), ("agent", "Sure.", 6000, 7000)]
    assert "latency" not in _grades(a_call(turns))
    reported = [*turns[:2], a_turn(start_ms=6000, end_ms=7000, latency=450)]
    assert _level(_grades(a_call(reported))["latency"]) == (5, 450)
    silent = a_call([*turns[:2], ("caller", "Hello?", 20_000, 21_000)], ended_at=MONDAY + timedelta(seconds=60))
    assert _level(_grades(silent)["latency"]) == (1, None)


@pytest.mark.parametrize(
    ("measure", "value"), [("greeting_ms", 400.0), ("unanswered", 0.0), ("duration_s", 42.0), ("cost_usd", 0.375)]
)
def test_every_measure_reads_the_call(measure: str, value: float) -> None:
    """PLAIN_TURNS in 42 seconds for .25 + .125."""
    cost = Cost(components={"llm": 0.25, "tts": 0.125})
    call = a_call(ended_at=MONDAY + timedelta(seconds=42), cost=cost)
    assert _level(_grades(call, rubric=_rubric_measuring(measure, {5: ">=0"}))["latency"]) == (5, value)


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_no_measure_makes_something_of_nothing(measure: str) -> None:
    """A call of which nothing is known but that it was."""
    assert "latency" not in _grades(a_call([]), rubric=_rubric_measuring(measure, {5: ">=0"}))


def test_an_unknown_measure_names_the_known_ones() -> None:
    """The error lists the table."""
    with pytest.raises(ConfigError, match="unknown measure 'p60_ms'") as error:
        _grades(a_call(), rubric=_rubric_measuring("p60_ms", {5: "<600"}))
    assert all(name in error.value.fix for name in MEASURES)


@pytest.mark.parametrize(
    ("inferred", "rule", "rationale"),
    [
        ((), None, "as the log has it"),
        ((), "vapi.ended", "as the log has it"),
        (("outcome",), None, "derived from status and handoff"),
        (("outcome",), "status and handoff", "derived from status and handoff"),
        (("outcome",), "vapi.gave_up_waiting", "derived from the reason it ended, by rule vapi.gave_up_waiting"),
        (("outcome",), "collect.outcomes: bye", "derived from the reason it ended, by rule collect.outcomes: bye"),
        (("outcome",), 7, "derived from status and handoff"),
    ],
)
def test_the_outcome_comes_from_the_log(inferred: tuple[str, ...], rule: Any, rationale: str) -> None:
    """And says whether the log gave it, or by which rule it was derived."""
    metadata = {} if rule is None else {"outcome_rule": rule}
    grade = _grades(a_call(outcome="abandoned", inferred=inferred, metadata=metadata))["outcome"]
    assert isinstance(grade, Scored)
    assert (grade.value, grade.rationale) == ("abandoned", rationale)


def test_an_unknown_outcome_is_no_grade() -> None:
    """Unknown is not an answer."""
    assert "outcome" not in _grades(a_call(outcome="unknown"))


@pytest.mark.parametrize("outcome", [None, {"graded_by": ["human", "llm"]}])
def test_the_outcome_is_left_to_people_where_the_rubric_says_so(outcome: dict[str, Any] | None) -> None:
    """No outcome question, or one that is not measured."""
    assert "outcome" not in _grades(a_call(), rubric=a_rubric(outcome=outcome))


def test_checks_are_never_guessed() -> None:
    """A call that failed technically is recorded as that outcome; the check on faults stays with people."""
    form = rubric_form()
    form["checks"].append({"id": "audio_or_technical", "question": "A fault?", "graded_by": ["human", "measured"]})
    grades = _grades(a_call(outcome="failed_technical", status="error"), rubric=Rubric.model_validate(form, strict=False))
    assert set(grades) == {"latency", "outcome"}


def test_a_grade_says_whose_it_is() -> None:
    """Week, call, digest of the question, grader log 1, blind, the given time."""
    rubric, grade = a_rubric(), _grades(a_call())["latency"]
    assert (grade.week, grade.identity, grade.at, grade.lane, grade.grader) == (WEEK, ("demo", "c1"), AT, "blind", LOG)
    assert grade.criterion_digest == rubric.digests()["latency"]
    assert (LOG.kind, LOG.name, LOG.version) == ("measured", "log", "1")


def a_question(name="loops", **fields):
    """The small rubric, its yes/no criterion answered by people and by this figure."""
    form = rubric_form()
    greeted = next(c for section in form["sections"] for c in section["criteria"] if c["id"] == "greeted")
    greeted |= {"measure": name, "graded_by": ["human", "measured"], **fields}
    return Rubric.model_validate(form, strict=False)


@pytest.fixture
def loops(monkeypatch):
    """A figure that is counted, and one that is not."""
    monkeypatch.setitem(detectors.FIGURES, "loops", detectors.Figure("count", "the agent says the same again"))
    monkeypatch.setitem(detectors.FIGURES, "talk_ratio", detectors.Figure("share", "the agent's share of the speech", bad=False))


def _found(value, *turns):
    values = {} if value is None else {"loops": value}
    return CallFindings(
        source="demo", call_id="c1", values=values, findings=tuple(Finding(measure="loops", turns=t) for t in turns)
    )


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize(("value", "answer"), [(2.0, "yes"), (0.0, "no")])
def test_a_figure_answers_yes_or_no(value, answer) -> None:
    """Found is yes, looked for and not there is no; the grade says the figure."""
    grade = _grades(a_call(), Seen(call_measures(), _found(value)), a_question())["greeted"]
    assert (grade.value, grade.measured_value, grade.rationale) == (answer, value, f"loops = {value:g}")


@pytest.mark.usefixtures("loops")
def test_a_figure_without_data_answers_nothing() -> None:
    """Neither where this call's log does not tell it nor where nobody looked."""
    assert "greeted" not in _grades(a_call(), Seen(call_measures(), _found(None)), a_question())
    assert "greeted" not in _grades(a_call(), Seen(call_measures()), a_question())


@pytest.mark.usefixtures("loops")
def test_the_turns_that_show_it_are_the_evidence() -> None:
    """Each turn once, in order; another figure's are left out."""
    found = _found(2.0, (3, 1), (3,))
    other = Finding(measure="talk_ratio", turns=(0,))
    seen = Seen(call_measures(), found.model_copy(update={"findings": (*found.findings, other)}))
    assert [one.turn for one in _grades(a_call(), seen, a_question())["greeted"].evidence] == [1, 3]


@pytest.mark.usefixtures("loops")
def test_a_figure_becomes_a_level() -> None:
    """2 loops lie in the band of level 3, with their turns as evidence."""
    rubric = _rubric_measuring("loops", {5: "<1", 3: "<3", 1: ">=3"})
    grade = _grades(a_call(), Seen(call_measures(), _found(2.0, (2,))), rubric)["latency"]
    assert (_level(grade), [one.turn for one in grade.evidence]) == ((3, 2.0), [2])


@pytest.mark.usefixtures("loops")
def test_a_question_that_names_no_measure_is_not_guessed() -> None:
    """Measured may grade it, but nothing says by what."""
    assert "greeted" not in _grades(a_call(), Seen(call_measures(), _found(2.0)), a_question(None))


@pytest.mark.usefixtures("loops")
def test_only_what_is_counted_answers_yes_or_no() -> None:
    """A talk ratio is above 0 in every call; the message names what can answer."""
    with pytest.raises(ConfigError, match="unknown measure 'talk_ratio'") as caught:
        _grades(a_call(), Seen(call_measures(), _found(2.0)), a_question("talk_ratio"))
    assert caught.value.fix.startswith("use one of unanswered")
    assert "loops" in caught.value.fix


@pytest.mark.parametrize(
    ("measure", "shown", "turns"),
    [
        ("opt_outs_ignored", Finding(measure="opt_outs", turns=(3,), state="ignored"), [3]),
        ("opt_outs_ignored", Finding(measure="opt_outs", turns=(3,), state="honoured"), []),
        ("human_requests_unmet", Finding(measure="human_requests", turns=(1,), state="never"), [1]),
        ("dead_air_by_agent", Finding(measure="dead_air", turns=(2, 3), state="agent"), [2, 3]),
        ("dead_air_by_agent", Finding(measure="dead_air", turns=(2, 3), state="caller"), []),
    ],
)
def test_a_figure_without_findings_of_its_own_names_the_turns_of_those_that_show_it(
    measure: str, shown: Finding, turns: list[int]
) -> None:
    """Those in the state that the figure counts, and no others."""
    found = CallFindings(source="demo", call_id="c1", values={measure: 1.0}, findings=(shown,))
    grade = _grades(a_call(), Seen(call_measures(), found), a_question(measure))["greeted"]
    assert [one.turn for one in grade.evidence] == turns
