"""The tables of grades: every grade and final value, and the blind ones of two graders side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from evalharness import numbers
from evalharness.models.grade import Evidence, FinalValue, NotApplicable, Scored, Ungraded
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report.exports.table import CALL_ID, POSITION, SOURCE, WEEK, Column, Row, Table

AnyGrade = Scored | NotApplicable | Ungraded
STATES = ("scored", "not_applicable", "ungraded")
NOT_APPLICABLE = "N/A"
_FINAL = "a final value has none"


def score_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a grade, then a row a final value, call by call; calls picked by hand stand last."""
    for result in (*summary.results, *summary.picked):
        same = call_fields(summary, result)
        for grade in result.grades:
            yield {**same, **_grade_fields(grade)}
        for _, value in sorted(result.final.items()):
            yield {**same, **_final_fields(value)}


def call_fields(summary: WeekSummary, result: CallResult) -> Row:
    """Which call of which week, and how it came to be graded."""
    call = result.call
    return {
        "week": summary.week,
        "source": call.source,
        "call_id": call.id,
        "position": result.position,
        "stratum": result.stratum,
        "probability": result.probability,
    }


def _grade_fields(grade: AnyGrade) -> dict[str, Any]:
    return {
        "criterion": grade.criterion,
        "turn": grade.turn,
        "grader_kind": grade.grader.kind,
        "grader": grade.grader.name,
        "lane": grade.lane,
        "state": grade.state,
        "value": grade.value if isinstance(grade, Scored) else None,
        "reason": grade.reason if isinstance(grade, Ungraded) else None,
        "rationale": grade.rationale,
        "evidence": evidence_text(grade.evidence),
    }


def _final_fields(value: FinalValue) -> dict[str, Any]:
    return {
        "criterion": value.criterion,
        "turn": None,
        "grader_kind": "final",
        "grader": value.by,
        "lane": None,
        "state": value.state,
        "value": value.value,
        "reason": value.note or ("conflict" if value.conflict else None),
        "rationale": None,
        "evidence": None,
    }


def evidence_text(evidence: tuple[Evidence, ...]) -> str:
    """Evidence as people read it: `turn 4: "quote"`, several joined by a bar."""
    return " | ".join(_one_evidence(item) for item in evidence)


def _one_evidence(item: Evidence) -> str:
    place = (
        f"turn {item.turn}" if item.turn is not None else f"at {numbers.clock(item.at_ms)}" if item.at_ms is not None else "call"
    )
    return f'{place}: "{item.quote}"' if item.quote else place


def pair_rows(summary: WeekSummary) -> Iterator[Row]:
    """Two graders' blind grades of one drawn call, criterion and turn, each pair once, people before a judge."""
    for result in summary.results:
        for (criterion, turn), grades in _by_question(result.grades).items():
            for first, second in combinations(grades, 2):
                yield _pair(summary.week, result, (criterion, turn), first, second)


def _by_question(grades: Sequence[AnyGrade]) -> dict[tuple[str, int | None], list[Scored | NotApplicable]]:
    """Criterion and turn -> the newest blind answer of each person and judge; a measurement is no grader to agree with."""
    found: dict[tuple[str, int | None], dict[tuple[str, str], AnyGrade]] = {}
    for grade in grades:
        if grade.lane == "blind" and grade.grader.kind != "measured":
            found.setdefault((grade.criterion, grade.turn), {})[grade.grader.kind, grade.grader.name] = grade
    return {
        question: [one for _, one in sorted(given.items()) if not isinstance(one, Ungraded)] for question, given in found.items()
    }


def _pair(
    week: str, result: CallResult, question: tuple[str, int | None], first: Scored | NotApplicable, second: Scored | NotApplicable
) -> Row:
    call, place = result.call, {"criterion": question[0], "turn": question[1]}
    row = {"week": week, "source": call.source, "call_id": call.id, "position": result.position, **place}
    for name, grade in (("first", first), ("second", second)):
        row |= {name: grade.grader.name, f"{name}_kind": grade.grader.kind}
        row[f"{name}_value"] = grade.value if isinstance(grade, Scored) else NOT_APPLICABLE
    return row


CRITERION = Column("criterion", "word", "id of the criterion in the rubric; `outcome` is the call's outcome")
TURN = Column("turn", "integer", "index of the turn that is graded", missing="the call as a whole is graded")
STRATUM = Column("stratum", "word", "the group it was drawn from; `picked` = added by hand, in no figure")
PROBABILITY = Column(
    "probability", "number", "chance of being drawn; 1 / probability is its weight", "share", "picked by hand: nobody knows"
)
SCORES = Table(
    "scores",
    "a grade, then a final value of a drawn call (grader_kind final, grader says by whom); stable across versions",
    ("week", "source", "call_id", "criterion", "turn", "grader_kind", "grader", "lane"),
    (
        WEEK, SOURCE, CALL_ID, POSITION, STRATUM, PROBABILITY, CRITERION, TURN,
        Column("grader_kind", "word", "who graded", among=("human", "llm", "measured", "final")),
        Column("grader", "word", "the grader's name; of a final value, what decided it", missing="a final value nothing decided"),
        Column("lane", "word", "whether another grade was seen", missing=_FINAL, among=("blind", "assisted")),
        Column("state", "word", "whether there is a value", among=STATES),
        Column("value", "answer", "a level, yes, no or a category; of a final value a level may be a mean, 4.5",
               missing="not applicable or not graded"),
        Column("reason", "text", "why there is no value, or a remark on a final one", missing="none"),
        Column("rationale", "text", "the grader's reason, in their own words", missing="none given, or a final value"),
        Column("evidence", "text", 'where it shows: turn 4: "quote"', missing="none given, or a final value"),
    ),
    score_rows,
)  # fmt: skip


def _side(name: str, words: str) -> tuple[Column, ...]:
    return (
        Column(name, "word", f"{words} grader's name"),
        Column(f"{name}_kind", "word", f"what {words} grader is", among=("human", "llm")),
        Column(f"{name}_value", "answer", f"what {words} grader gave; N/A = not applicable"),
    )


PAIRS = Table(
    "pairs",
    "two blind grades of the same drawn call and criterion (and turn), each pair of graders once",
    ("week", "source", "call_id", "criterion", "turn", "first", "second"),
    (WEEK, SOURCE, CALL_ID, POSITION, CRITERION, TURN, *_side("first", "the first"), *_side("second", "the second")),
    pair_rows,
)
