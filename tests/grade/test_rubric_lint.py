"""Rubric lint: each finding by a small change to a clean form, and none where there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from evalharness.grade.rubric_lint import Finding, lint, lint_use, too_few
from evalharness.models.improvement import CriterionUse
from evalharness.models.rubric import Rubric
from tests.builders import a_rubric, rubric_form

Form = dict[str, Any]


def _findings(change: Callable[[Form], object]) -> list[tuple[str, str, str]]:
    """(severity, where, what) after a change to the form of the small rubric."""
    form = rubric_form()
    change(form)
    return [(finding.severity, finding.where, finding.what) for finding in lint(Rubric.model_validate(form, strict=False))]


def _criterion(form: Form, name: str) -> dict[str, Any]:
    return next(section["criteria"][0] for section in form["sections"] if section["id"] == name)


def _set(name: str, **fields: Any) -> Callable[[Form], object]:
    """A change of fields of one criterion."""
    return lambda form: _criterion(form, name).update(fields)


def _text(level: int, text: str, **fields: Any) -> Callable[[Form], object]:
    return lambda form: _criterion(form, "correctness")["levels"].update({level: {"text": text, **fields}})


def _question(question: str) -> Callable[[Form], object]:
    return _set("greeted", question=question)


def _without_weights(form: Form) -> None:
    for section in form["sections"]:
        section["criteria"][0].pop("weight", None)


def test_a_sound_rubric_has_no_findings() -> None:
    """The small rubric of the builders: 60 + 25 + 15 = 100, all levels described, a policy."""
    assert lint(a_rubric()) == []


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (_set("greeted", weight=24), "rubric", "sum to 99, not to 100"),
        (_set("greeted", weight=25.000001), "rubric", "not to 100"),
        (_without_weights, "rubric", "no criterion carries a weight"),
        (_set("latency", graded_by=["measured", "llm"]), "criterion latency", "not graded by anyone"),
        (_set("latency", measure="p60_ms"), "criterion latency", "unknown measure 'p60_ms'"),
        (_set("latency", measure="p50_m"), "criterion latency", "unknown measure 'p50_m'"),
        (_set("greeted", measure="unanswered"), "criterion greeted", "the measure is not used"),
        (_set("greeted", measure="p50_ms", graded_by=["measured"]), "criterion greeted", "unknown measure 'p50_ms'"),
        (_set("greeted", measure="unanswered", scope="turn"), "criterion greeted", "for the whole call, not turn by turn"),
        (_set("correctness", measure="unanswered"), "criterion correctness", "cannot answer a question of type ordinal"),
        (_set("greeted", when="mood == bad"), "criterion greeted", "unknown field 'mood'"),
        (_set("greeted", id="response_time"), "criterion response_time", "latency is measured, never judged"),
        (_question("Was the latency bearable?"), "criterion greeted", "graded by human and llm"),
        (_question("Was there a long silence?"), "criterion greeted", "dead air is measured"),
        (_question("How high was the cost of the call?"), "criterion greeted", "the cost of a call is measured"),
        (_set("greeted", id="call_cost", graded_by=["llm"]), "criterion call_cost", "graded by llm"),
    ],
)
def test_errors(change: Callable[[Form], object], where: str, what: str) -> None:
    """Each stops a draw."""
    (finding,) = _findings(change)
    assert finding[:2] == ("error", where)
    assert what in finding[2]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda form: form.pop("policy"), "rubric", "no policy text"),
        (lambda form: form.update(policy=" \n"), "rubric", "no policy text"),
        (_text(3, " "), "criterion correctness", "no text at level 3"),
        (_text(5, ""), "criterion correctness", "no text at level 5"),
        (_text(1, ""), "criterion correctness", "no text at level 1"),
        (_question(""), "criterion greeted", "there is no question"),
        (_question("Was it right? Was it polite?"), "criterion greeted", "two things"),
        (_question("Did the agent greet and did it listen?"), "criterion greeted", "two things"),
        (_question("Was the agent polite and patient?"), "criterion greeted", "two things"),
        (_set("latency", bands={5: "<600", 1: ">600"}), "criterion latency", "no band holds 600"),
        (_set("latency", bands={5: "<600"}), "criterion latency", "no band holds 600"),
        (_set("latency", bands={1: ">=600"}), "criterion latency", "no band holds 0"),
        (lambda form: form.update(outcome={"graded_by": ["llm", "measured"]}), "criterion outcome", "no person answers"),
        (lambda form: form["checks"][0].update(graded_by=["llm"]), "criterion wrong_information", "no person answers"),
    ],
)
def test_warnings(change: Callable[[Form], object], where: str, what: str) -> None:
    """Each advises."""
    (finding,) = _findings(change)
    assert finding[:2] == ("warning", where)
    assert what in finding[2]


def test_a_weight_of_sixty_is_not_over_sixty() -> None:
    """60 stands in the small rubric; 61, with the others lowered to 24 and 15, is a warning."""

    def heavier(form: Form) -> None:
        _criterion(form, "correctness")["weight"] = 61
        _criterion(form, "greeted")["weight"] = 24

    assert [finding[0] for finding in _findings(heavier)] == ["warning"]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 7, 4, 5], ["the levels jump: there is no level 3, 6", "the levels stand in the order 1, 2, 7, 4, 5"]),
        ([1, 2, 4, 5], ["the levels jump: there is no level 3"]),
        ([1, 3, 2], ["the levels stand in the order 1, 3, 2"]),
        ([1, 2, 3], []),
        ([5, 4, 3, 2, 1], []),
    ],
)
def test_levels_go_by_ones_in_order(values: list[int], found: list[str]) -> None:
    """A jump and a wrong order are slips worth a warning; from the best or from the worst is a matter of taste."""
    levels = {value: {"text": f"level {value}"} for value in values}
    assert _findings(_set("correctness", levels=levels)) == [("warning", "criterion correctness", what) for what in found]


def test_an_automatic_fail_needs_its_text() -> None:
    """Level 2 fails the call: levels 2 and 4 may be without text, a level that fails may not."""
    assert _findings(_text(2, "")) == []
    assert [finding[2] for finding in _findings(_text(2, "", fail="section"))] == ["level 2 fails a section but has no text"]


@pytest.mark.parametrize(
    ("values", "described", "bare"),
    [
        ([0, 1], [0, 1], None),
        ([0, 1], [1], "no text at level 0"),
        ([1, 2, 3, 4], [1, 2, 4], None),
        ([1, 2, 3, 4], [1, 3, 4], None),
        ([1, 2, 3, 4], [1, 4], "no text at level 2"),
        ([3, 2, 1], [3], "no text at level 1, 2"),
    ],
)
def test_lowest_middle_and_highest_level(values: list[int], described: list[int], bare: str | None) -> None:
    """Of four levels one of the two middle ones is enough; of two there is no middle; the order written does not matter."""
    levels = {value: {"text": "Words." if value in described else ""} for value in values}
    assert [what for _, _, what in _findings(_set("correctness", levels=levels))] == ([] if bare is None else [bare])


@pytest.mark.parametrize(
    "question",
    [
        "Did the agent give wrong information or make a promise it may not make?",
        "Was the price that the agent named right?",
        "Did the agent name the costs of the treatment?",
        "Did the agent fall silent?",
        "Did the agent say its name and that it is a machine?",
    ],
)
def test_a_single_question_is_left_alone(question: str) -> None:
    """And/or that join nouns, a price in the conversation, a word that only resembles silence."""
    assert _findings(_question(question)) == []


def test_a_check_may_name_dead_air_but_not_latency() -> None:
    """Leaving dead air belongs to the clear failure "confusion"; slowness is measured."""
    assert _findings(lambda form: form["checks"][0].update(question="Did the agent loop, or leave dead air?")) == []
    (finding,) = _findings(lambda form: form["checks"][0].update(question="Was the response time bad?"))
    assert finding[0] == "error"


def test_errors_come_first() -> None:
    """A missing policy (a warning) is found before a bad condition (an error) and stands after it."""

    def both(form: Form) -> None:
        form["policy"] = ""
        _criterion(form, "greeted")["when"] = "("

    assert [finding[0] for finding in _findings(both)] == ["error", "warning"]


def test_a_finding_is_a_noun_with_advice() -> None:
    """Frozen, and every one says what to do."""
    (finding,) = lint(a_rubric(policy=""))
    assert isinstance(finding, Finding)
    assert finding.fix
    with pytest.raises(ValidationError):
        finding.what = "else"


def _use(answers: dict[str, int] | None = None, **fields: Any) -> CriterionUse:
    """A criterion of five levels that people use well: 100 calls, all levels given, nobody differs."""
    given = answers or {"1": 5, "2": 15, "3": 20, "4": 35, "5": 25}
    ordinary = {"criterion": "tone", "type": "ordinal", "answers": given, "not_applicable": 0, "pairs": 40, "apart": 4}
    return CriterionUse(**{**ordinary, "answered": sum(given.values()) + fields.get("not_applicable", 0), **fields})


def _whats(use: CriterionUse) -> list[str]:
    return [finding.what for finding in lint_use([use])]


def test_a_criterion_that_is_used_well_has_no_findings() -> None:
    """100 calls over all five levels, 4 of 40 apart."""
    assert lint_use([_use()]) == []


@pytest.mark.parametrize(("fives", "found"), [(54, False), (55, True)])
def test_over_90_percent_of_one_level(fives: int, found: bool) -> None:
    """54 of 60 is 90 % and no more; 55 of 60 is."""
    use = _use({"1": 0, "5": fives, "4": 60 - fives}, type="yes_no")
    assert _whats(use) == (["people gave 5 to 55 of 60 calls: it tells calls hardly apart"] if found else [])


def test_a_clear_failure_check_is_meant_to_be_rare() -> None:
    """All no is as it should be."""
    assert _whats(_use({"no": 60, "yes": 0}, type="yes_no", check=True)) == []


@pytest.mark.parametrize(("na", "found"), [(24, False), (26, True)])
def test_30_percent_na(na: int, found: bool) -> None:
    """24 of 84 is 28.6 %; 26 of 86 is 30.2 %."""
    given = {"1": 10, "2": 10, "3": 10, "4": 15, "5": 15}
    assert _whats(_use(given, not_applicable=na)) == (["people answered N/A on 26 of 86 calls"] if found else [])


def test_exactly_30_percent_na_counts() -> None:
    """30 of 100."""
    given = {"1": 10, "2": 15, "3": 15, "4": 15, "5": 15}
    assert _whats(_use(given, not_applicable=30)) == ["people answered N/A on 30 of 100 calls"]


@pytest.mark.parametrize(("rated", "found"), [(59, False), (60, True)])
def test_levels_nobody_gave_from_60_calls_on(rated: int, found: bool) -> None:
    """With fewer it may be chance."""
    use = _use({"1": 0, "2": 0, "3": 20, "4": 20, "5": rated - 40})
    assert _whats(use) == (["nobody gave 1, 2 in 60 calls"] if found else [])


def test_outcomes_that_never_happen_are_no_finding() -> None:
    """Its answers are fixed."""
    assert _whats(_use({"resolved": 50, "transferred": 50, "unknown": 0}, criterion="outcome", type="category")) == []


@pytest.mark.parametrize(("apart", "found"), [(8, False), (9, True)])
def test_people_who_differ(apart: int, found: bool) -> None:
    """8 of 40 is a fifth and no more; 9 is, and where to look is named."""
    findings = lint_use([_use(apart=apart)])
    assert bool(findings) == found
    if found:
        assert findings[0].what == "two people differ on 9 of 40 calls by more than a mean can settle"
        assert findings[0].fix.endswith("evalharness rubric disagreements --criterion tone")


def test_too_few_calls_say_nothing() -> None:
    """19 calls, all 5, 19 pairs all apart: no finding, and named as too few."""
    use = _use({"5": 19, "4": 0}, pairs=19, apart=19)
    assert lint_use([use]) == []
    assert too_few([use, _use()]) == [use]


def test_use_only_warns() -> None:
    """It stops no draw."""
    found = lint_use([_use({"5": 100, "1": 0}, not_applicable=80, apart=40)])
    assert [finding.severity for finding in found] == ["warning"] * 4


def test_again_and_again_is_one_thing_and_a_slip_is_guessed() -> None:
    """The example of docs/measured.md has no warning; of an unknown measure the nearest is named, also by a part of its name."""
    assert _findings(_question("Did the agent say the same again and again?")) == []
    for slip, meant in (("p50_m", "p50_ms"), ("replies", "slow_replies")):
        form = rubric_form()
        _set("latency", measure=slip)(form)
        (found,) = lint(Rubric.model_validate(form, strict=False))
        assert found.fix.startswith(f"did you mean {meant}? use one of ")
