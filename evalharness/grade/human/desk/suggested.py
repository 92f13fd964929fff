"""An LLM's answer as the assisted page shows it: the value with its level text, the reason and the quotes."""

from __future__ import annotations

from dataclasses import dataclass

from evalharness.grade.human.desk.board import Asked
from evalharness.grade.human.desk.said import NOT_APPLICABLE
from evalharness.models.grade import Evidence, Grade, NotApplicable, Scored

NONE = "No answer of the LLM stands here: none was given, or it could not be relied on. Judge it yourself."


@dataclass(frozen=True)
class Suggested:
    """`value` None: there is no answer that may be shown, and `why` says so; then nothing can be confirmed."""

    value: int | str | None
    level: str = ""
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


def suggested(asked: Asked, grade: Grade | None) -> Suggested | None:
    """What stands beside the question; None for one that no LLM is asked, or that is judged by ear."""
    if asked.criterion.heard:
        return None
    if isinstance(grade, Scored | NotApplicable):
        value = value_of(grade)
        level = next((one.text for one in asked.criterion.levels if one.value == value), "")
        return Suggested(value, level.strip(), grade.rationale.strip(), grade.evidence)
    if "llm" not in asked.criterion.graded_by or asked.criterion.heard:
        return None
    return Suggested(
        None, why="No answer of the LLM stands here: none was given, or it could not be relied on. Judge it yourself."
    )


def value_of(grade: Scored | NotApplicable) -> int | str:
    """The answer as the page sends it."""
    return grade.value if isinstance(grade, Scored) else NOT_APPLICABLE
