"""Agreement, severity and sessions in words: nothing without its n, and nothing called more than it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from evalharness.aggregate.comparisons import comparisons
from evalharness.aggregate.severity import severity
from evalharness.models.agreement import AgreementReport, AlternativeTest, GraderComparison, Rater, RatingsReport
from evalharness.models.measure import Measure
from evalharness.models.severity import CalibratedAnswer, CalibrationRules, CalibrationSession, Exclusion, Severity
from evalharness.report import agreement_words as words
from evalharness.report.text import columns
from tests.aggregate.histories import a_history, a_past_week, good
from tests.builders import a_rubric

A, B = "Anna Keller", "Ben Ode"


def levels(value: float | None, low: float, high: float, n: int) -> Measure:
    if value is None:
        return Measure(name="difference", unit="levels", basis="ledger")
    return Measure(name="difference", unit="levels", value=value, n=n, of=n, low=low, high=high, basis="ledger")


def a_severity(**fields: Any) -> Severity:
    """Ben on tone, 1.2 below Anna on 24 calls."""
    whole, none = levels(-1.2, -1.5, -0.9, 24), levels(None, 0, 0, 0)
    ordinary = {"criterion": "tone", "person": B, "others": (A,), "difference": whole, "lately": whole, "before": none}
    return Severity(**{**ordinary, "beyond": True, **fields})


def report(**fields: Any) -> AgreementReport:
    history = a_history(good, weeks=2, people=(A, B))
    rows = comparisons(history, a_rubric())
    ordinary = {
        "week": "2026-W02",
        "weeks": 2,
        "people": (A, B),
        "judge": "judge-1, prompt pppp",
        "called": words.called((A, B), A),
    }
    return AgreementReport(**{**ordinary, "comparisons": rows, **fields})


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ((A,), "agreement with this owner: it cannot show that a grade is as good as a human's"),
        ((B,), "agreement with Ben Ode alone: it cannot show"),
        ((A, B), "agreement with 2 people of this team"),
        ((), ""),
    ],
)
def test_what_it_may_be_called(people: tuple[str, ...], said: str) -> None:
    """With one person it is agreement with that person, and never as good as a human."""
    assert words.called(people, A).startswith(said)
    assert bool(words.called(people, A)) == bool(said)


def test_every_line_fits_and_has_its_n() -> None:
    """Two people and a judge over 70 calls: 80 columns, each coefficient with limits and n, both names over the answers."""
    lines = list(words.agreement_lines(report(severity=(a_severity(),), excluded=(an_exclusion(),))))
    assert max(map(columns, lines)) <= 80
    coefficients = [line for line in lines if line.startswith(("  alpha", "  kappa", "  AC", "  same answer", "  within"))]
    assert len(coefficients) >= 20
    assert all(re.search(r"  n (69|70)$", line) for line in coefficients)  # of one call people differ too much to have a value
    text = "\n".join(lines)
    assert "correctness: Anna Keller and Ben Ode, 70 pairs" in text
    assert "Anna Keller minus Ben Ode" in text
    assert "of 'yes' by people" in " ".join(text.split())


def test_below_twenty_pairs_it_says_how_many_are_needed() -> None:
    """12 pairs: 8 more."""
    (line, more) = list(words.comparison_lines(a_comparison(pairs=12)))
    assert (line, more) == ("tone: Anna Keller and Ben Ode, 12 pairs", "  shown from 20 pairs on; 8 more are needed")
    beside = list(words.comparison_lines(a_comparison(pairs=1, not_applicable=2)))
    assert beside[0].endswith("1 pair")
    assert "  beside them 2 with a value against N/A" in beside[1]


def a_comparison(**fields: Any) -> GraderComparison:
    ordinary = {"criterion": "tone", "kind": "ordinal", "between": "people", "first": A, "second": B, "pairs": 0}
    return GraderComparison(**{**ordinary, **fields})


def test_several_people_have_no_direction() -> None:
    """Pairs of three people: no mean difference, no sensitivity, one row of answers given."""
    found = comparisons(a_history(good, weeks=1, people=(A, B, "Cora Lind")), a_rubric())
    text = "\n".join(words.comparison_lines(next(one for one in found if one.criterion == "correctness")))
    assert "correctness: people with each other, 105 pairs" in text
    assert "minus" not in text
    assert "sensitivity" not in text
    assert "\n  given " in text


def test_one_answer_alone_is_a_sentence() -> None:
    """25 times no: equal answers with their limits, and that nothing varies."""
    said = [{A: {"wrong_information": "no"}, B: {"wrong_information": "no"}} for _ in range(25)]
    (found,) = comparisons([a_past_week(said)], a_rubric())
    text = " ".join(" ".join(words.comparison_lines(found)).split())
    assert "Every answer is no: same answer 100 % (86 to 100 %) n 25; nothing varies" in text


def test_severity_names_who_by_how_much_and_what_follows() -> None:
    """One sentence a person, with interval, shared calls and consequence; who is within the bar is not named."""
    other = a_severity(criterion="correctness", by_lately=True)
    (notice,) = words.calibration_notices([a_severity(), other, a_severity(person=A, beyond=False)])
    assert notice.startswith(
        "Ben Ode needs calibration: tone 1.2 levels below the others (-1.5 to -0.9; 24 calls shared with Anna Keller)"
    )
    assert "correctness 1.2 levels below the others in the last 4 weeks" in notice
    assert notice.endswith("with and without them, and each of these calls goes to a second person next week")
    assert words.calibration_notices([]) == []


def test_the_states_and_the_drift() -> None:
    """Beyond, beyond lately, within; a drift whose interval leaves out 0; too few calls for one."""
    assert words.state_of(a_severity()) == "needs calibration"
    assert words.state_of(a_severity(by_lately=True)) == "needs calibration (last 4 weeks)"
    assert words.state_of(a_severity(beyond=False)) == "within the bar"
    assert words.severity_of(a_severity()) == "-1.2 levels (-1.5 to -0.9) over 24 calls"
    assert words.drift_of(a_severity()) == "not enough calls (24 lately, 0 before)"
    drifting = a_severity(drift=levels(-0.8, -1.2, -0.4, 44), before=levels(-0.4, -0.6, -0.2, 20))
    assert words.drift_of(drifting) == "-0.8 levels (-1.2 to -0.4); 24 calls lately, 20 before, a drift"
    assert not words.drifts(a_severity(drift=levels(0.1, -0.3, 0.5, 30)))


def an_exclusion() -> Exclusion:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Exclusion(person=B, start="2026-W46", reason="graded another product", by=A, at=at)


def test_an_exclusion_says_from_when_why_and_by_whom() -> None:
    """And that nothing was deleted."""
    (notice,) = words.exclusion_notices([an_exclusion()])
    assert notice.startswith("the grades of Ben Ode are left out of every figure from 2026-W46 on: graded another product")
    assert notice.endswith("(Anna Keller, 2026-11-23); they stay in the ledger")


@pytest.mark.parametrize(
    ("passed", "rate", "said"), [(True, 2 / 3, "passed. The LLM may stand in for 67 % of 3 people"), (False, 0.0, "not passed")]
)
def test_the_alternative_annotator_test_in_a_sentence(passed: bool, rate: float, said: str) -> None:
    """Verdict, share, and the calls each person shares."""
    test = AlternativeTest(people=(A, B, "C"), calls=(40, 35, 31), winning_rate=rate, advantage=0.9, passed=passed)
    text = words.annotators(test)
    assert said in text
    assert text.endswith("Calls shared: Anna Keller 40, Ben Ode 35, C 31.")


def test_a_ratings_file_says_what_it_took() -> None:
    """Scale and where it comes from, each column's cells, what is not on the scale, a note."""
    rater = Rater(name="A", rated=3, blank=1, not_applicable=2, unread=1)
    found = RatingsReport(
        file="r.csv", rows=7, raters=(rater,), kind="ordinal", scale=("1", "2"), scale_from="as given",
        unread=("line 3, A: '9'",), note="x",
    )  # fmt: skip
    assert list(words.ratings_lines(found)) == [
        "r.csv: 7 rows",
        "Scale: 1, 2 (levels in order; as given)",
        "  A: 3 ratings, 1 blank, 2 N/A, 1 not on the scale",
        "Not on the scale, so counted as missing: line 3, A: '9'",
        "X.",
    ]


def test_a_session_shows_the_widest_first_with_level_texts() -> None:
    """Two steps before one; people with the same answer share a line; who filled in nothing is named."""

    def answer(criterion: str, apart: int, **given: str) -> CalibratedAnswer:
        texts = {"5": "All of it was done.", "3": "Part of it was done."}
        return CalibratedAnswer(
            position=1, call_id="c1", criterion=criterion, question="?", answers=given, apart=apart, texts=texts
        )

    session = CalibrationSession(
        name="calibration-2026-11-23", week="2026-W47", files={A: "a.xlsx", B: "b.xlsx", "C": "c.xlsx"},
        filled={A: 3, B: 3}, asked=60,
        answers=(
            answer("privacy", 1, Anna="no", Ben="yes"),
            answer("tone", 2, Anna="5", Ben="3", Cora="3"),
            answer("outcome", 0, Anna="x", Ben="x"),
        ),
        problems=("a.xlsx: Scores!C4: 'six' is no level",),
    )  # fmt: skip
    lines = list(words.session_lines(session))
    text = "\n".join(lines)
    assert "  C: not found  c.xlsx" in text
    assert "Answered by two or more: 3 questions; alike 1, different 2" in text
    assert text.index("Call 1 (c1), tone: ?") < text.index("Call 1 (c1), privacy: ?")
    assert "  Ben, Cora: 3, 'Part of it was done.'" in lines
    assert "'six' is no level" in text
    assert "No question has been answered" in "\n".join(words.session_lines(session.model_copy(update={"answers": ()})))


def test_real_rows_go_through() -> None:
    """Severity of a computed history in the report's lines: a row a person and criterion."""
    week = a_past_week([{A: {"correctness": 5}, B: {"correctness": 3 + i % 2}} for i in range(24)])
    rows = severity([week], a_rubric(), CalibrationRules(), A)
    lines = list(words.agreement_lines(report(severity=rows)))
    assert "Severity: own answer minus the other people's mean, in levels; below 0 = severe" in lines
    assert any(line.startswith("    Ben Ode: -1.5 levels (-1.72 to -1.28) over 24 calls; needs calibration") for line in lines)


def test_long_scales_and_names_stand_below_each_other() -> None:
    """Nine categories do not fit beside each other; an answer nobody gave is left out; a name of 60 letters is cut."""
    answers = tuple(f"category_{number}" for number in range(9))
    found = agreement_of_answers(answers, (9, 0, 8, 0, 3, 0, 0, 0, 0), (10, 0, 7, 0, 3, 0, 0, 0, 0), first="N" * 60)
    lines = list(words.comparison_lines(found))
    assert "  category_0: 9 by NNNNNNNNNN…NNNNNNNNNNN, 10 by Ben Ode" in lines
    assert not any("category_1:" in line for line in lines)


def agreement_of_answers(
    answers: tuple[str, ...], first_gave: tuple[int, ...], second_gave: tuple[int, ...], **fields: Any
) -> GraderComparison:
    """A comparison that is shown, with the figures of a real one."""
    real = comparisons(a_history(good, weeks=1, people=(A, B)), a_rubric())[0]
    return real.model_copy(
        update={"kind": "category", "answers": answers, "first_gave": first_gave, "second_gave": second_gave, **fields}
    )


def test_hostile_names_are_only_text() -> None:
    """A name with a control character and an escape stays in its line; the terminal shows it by number (cli's say)."""
    name = "Eve\x1b[31m\nnext"
    (notice,) = words.calibration_notices([a_severity(person=name)])
    assert notice.startswith(f"{name} needs calibration")
    lines = list(words.agreement_lines(report(severity=(a_severity(person=name),))))
    assert not any("\n" in line for line in lines)


def test_where_to_go_once_a_session_is_started() -> None:
    """Each person's sheet, and the next command."""
    session = CalibrationSession(name="calibration-2026-11-23", week="2026-W47", files={A: "a.xlsx", B: "b.xlsx"})
    lines = list(words.started_lines(session))
    assert lines[1:3] == ["  Anna Keller: a.xlsx", "  Ben Ode: b.xlsx"]
    assert "evalharness calibrate --show" in lines[-1]


def test_nobody_and_nothing() -> None:
    """A workspace in which nobody graded: no judge, no comparison, no severity, and no figure."""
    empty = AgreementReport(week="2026-W47", weeks=0, people=(), judge=None, called="", comparisons=())
    text = "\n".join(words.agreement_lines(empty))
    assert "People: nobody graded yet" in text
    assert "LLM: none graded" in text
    assert "No call has been graded by two" in text
    assert "Severity" not in text


def test_one_owner_and_a_judge() -> None:
    """Only this owner graded beside the LLM: the report says what it is agreement with, and never as good as a human."""
    history = a_history(good, weeks=2, people=(A,))
    one = report(people=(A,), called=words.called((A,), A), comparisons=comparisons(history, a_rubric()))
    text = " ".join(" ".join(words.agreement_lines(one)).split())
    assert "agreement with this owner: it cannot show that a grade is as good as a human's" in text
    assert "Alternative annotator test" not in text


def test_a_drift_that_needs_calibration_says_how_far_and_on_how_many_calls() -> None:
    drifting = a_severity(beyond=True, by_drift=True, drift=levels(-0.8, -1.2, -0.6, 64), lately=levels(-0.5, -0.7, -0.3, 28))
    assert words.state_of(drifting) == "needs calibration (drifted)"
    (told,) = words.calibration_notices([drifting])
    assert "0.8 levels more severe than before (-1.2 to -0.6; 28 calls in the last 4 weeks, " in told
