"""What the judge is asked of a call: the rubric's criteria for an LLM, those of turns once for each drawn turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from evalharness.errors import ConfigError
from evalharness.grade.human.layout import applies, turns_to_grade
from evalharness.models.call import Call
from evalharness.models.rubric import Criterion, Rubric

NOT_APPLICABLE, CANNOT_TELL = "N/A", "cannot tell"
Asked = tuple["Question", ...]


@dataclass(frozen=True)
class Question:
    """One criterion, of the whole call or of one turn of it."""

    criterion: Criterion
    turn: int | None = None

    @property
    def key(self) -> str:
        """Its name in request and reply: `tone`, or `tone.4` for turn 4."""
        return self.criterion.id if self.turn is None else f"{self.criterion.id}.{self.turn}"

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """Every answer that may be given, as text; () for free text."""
        levels = tuple(str(answer) for answer in self.criterion.answers)
        return (*levels, NOT_APPLICABLE, CANNOT_TELL) if levels else ()

    def value(self, answer: str) -> int | str:
        """A given answer as a grade keeps it: the level itself."""
        return next((level for level in self.criterion.answers if str(level) == answer), answer)

    def needs_quote(self, answer: str) -> bool:
        """Whether the answer must be shown in the transcript. That something did not happen cannot be quoted."""
        return answer not in (NOT_APPLICABLE, CANNOT_TELL) and not (self.criterion.type == "yes_no" and answer == "no")


def judged(rubric: Rubric, chosen: Sequence[str] | None) -> list[Criterion]:
    """The criteria an LLM may grade, in form order; `chosen` limits them (None = all).

    Never what is measured or must be heard. Raises ConfigError for a chosen name that is not among them.
    """
    found = [c for c in rubric.criteria() if "llm" in c.graded_by and c.type != "measured" and not c.heard]
    known = [criterion.id for criterion in found]
    unknown = [name for name in chosen or () if name not in known]
    if unknown:
        raise ConfigError(
            f"{unknown[0]!r} is no criterion that an LLM grades in rubric {rubric.id}",
            where="evalharness.yaml, field graders.llm.criteria",
            fix=f"Write all, or some of: {', '.join(known)}.",
        )
    return [criterion for criterion in found if chosen is None or criterion.id in chosen]


def all_answers(rubric: Rubric) -> tuple[str, ...]:
    """Every answer that some question of the rubric has for a judge, each once; () where one of them takes free text."""
    given = [Question(criterion).answers for criterion in judged(rubric, None)]
    return tuple(dict.fromkeys(answer for answers in given for answer in answers)) if all(given) else ()


def questions(criteria: Sequence[Criterion], call: Call, sample_digest: str, zone: ZoneInfo) -> Asked:
    """The questions of one call. A criterion whose condition does not hold is not asked; turns are those of the sheet."""
    turns = [turn.index for turn in turns_to_grade(call, sample_digest)]
    asked: list[Question] = []
    for criterion in criteria:
        if applies(criterion, call, zone):
            asked += [Question(criterion)] if criterion.scope == "call" else [Question(criterion, turn) for turn in turns]
    return tuple(asked)
