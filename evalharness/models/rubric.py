"""The rubric: a versioned form of sections and criteria, the clear-failure checks and the outcome question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from evalharness.models.call import OUTCOMES
from evalharness.models.noun import Name, Noun, canonical_json, digest_of, tuples

GraderKind = Literal["human", "llm", "measured"]
CriterionType = Literal["ordinal", "yes_no", "category", "measured", "text"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_BAND = re.compile(r"(<=|>=|<|>)\s*(\d+(?:\.\d+)?)")


class Level(Noun):
    """One answer a grader can give. `fail` zeroes the call's score, or only its section's."""

    value: int | str
    text: str = ""
    fail: Literal["call", "section"] | None = None


class Band(Noun):
    """A level given to a measured value: `value op bound`."""

    level: int
    op: Literal["<", "<=", ">", ">="]
    bound: float


def _levels(given: Any) -> Any:
    """Levels as people write them: {1: {text: ...}, 2: "..."}."""
    if not isinstance(given, dict):
        return tuples(given)
    return tuple({"value": value, **(level if isinstance(level, dict) else {"text": level})} for value, level in given.items())


def _bands(given: Any) -> Any:
    """Bands as people write them: {5: "<600", 4: "<900"}; tried in the order written."""
    if not isinstance(given, dict):
        return tuples(given)
    bands = []
    for level, text in given.items():
        match = _BAND.fullmatch(str(text).strip())
        if match is None:
            raise ValueError(f"band {text!r} of level {level} is not like '<600'")
        bands.append({"level": level, "op": match[1], "bound": float(match[2])})
    return tuple(bands)


class Criterion(Noun):
    """One question of the form. `levels`: the answers, in the order written, of ordinal and category criteria."""

    id: Identifier
    question: str = ""
    type: CriterionType = "ordinal"
    weight: float | None = Field(default=None, gt=0)
    scope: Literal["call", "turn"] = "call"
    graded_by: tuple[GraderKind, ...] = ("human", "llm")
    evidence: Literal["agent", "caller", "any"] = "any"
    levels: Annotated[tuple[Level, ...], BeforeValidator(_levels)] = ()
    good: Literal["yes", "no"] | None = None
    measure: str | None = None
    bands: Annotated[tuple[Band, ...], BeforeValidator(_bands)] = ()
    turns: Literal["mean", "min"] = "mean"
    when: str | None = None
    heard: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Criterion:
        values = [level.value for level in self.levels]
        if len(set(values)) != len(values):
            raise ValueError(f"{self.id}: a level stands twice")
        if self.type == "ordinal" and not (len(values) >= 2 and all(isinstance(value, int) for value in values)):
            raise ValueError(f"{self.id}: an ordinal criterion needs at least two whole-number levels")
        if self.type == "category" and not (len(values) >= 2 and all(isinstance(value, str) for value in values)):
            raise ValueError(f"{self.id}: a category criterion needs at least two levels with words as names")
        if self.type == "measured" and not (self.measure and self.bands):
            raise ValueError(f"{self.id}: a measured criterion needs `measure` and `bands`")
        if self.type == "yes_no" and self.weight is not None and self.good is None:
            raise ValueError(f'{self.id}: a weighted yes/no criterion says which answer is good (good: "yes")')
        if self.weight is not None and self.type in ("category", "text"):
            raise ValueError(f"{self.id}: a {self.type} criterion carries no weight")
        return self

    @property
    def answers(self) -> tuple[int | str, ...]:
        """Every value a grade of this criterion may have; empty for free text."""
        if self.type == "yes_no":
            return ("yes", "no")
        if self.type == "measured":
            return tuple(sorted({band.level for band in self.bands}))
        return tuple(level.value for level in self.levels)

    def fails(self, value: int | str) -> Literal["call", "section"] | None:
        """Whether this answer is an automatic fail, of the call or of the section."""
        return next((level.fail for level in self.levels if level.value == value), None)

    def meaning(self) -> str:
        """The digest of what the question means; weight, graders and formatting of the file do not enter."""
        fields = self.model_dump(mode="json", exclude={"weight", "graded_by"})
        return digest_of(canonical_json(fields))


class Section(Noun):
    """Criteria that belong together; `combine: min` takes their minimum instead of the weighted mean."""

    id: Identifier
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    combine: Literal["mean", "min"] = "mean"


class OutcomeQuestion(Noun):
    """Who may say how the call ended."""

    graded_by: tuple[GraderKind, ...] = ("human", "llm", "measured")


class Rubric(Noun):
    """A form: sections > criteria, yes/no clear-failure checks, the outcome question, and the written policy."""

    id: Name
    version: int = Field(ge=1)
    policy: str = ""
    sections: tuple[Section, ...] = Field(min_length=1)
    checks: tuple[Criterion, ...] = ()
    outcome: OutcomeQuestion | None = None

    @model_validator(mode="before")
    @classmethod
    def _checks_are_yes_no(cls, given: Any) -> Any:
        """A check is a yes/no criterion whose good answer is no; the file need not say so."""
        given = tuples(given)
        if isinstance(given, dict) and isinstance(given.get("checks"), tuple):
            filled = tuple(
                {"type": "yes_no", "good": "no", **check} if isinstance(check, dict) else check for check in given["checks"]
            )
            return {**given, "checks": filled}
        return given

    @model_validator(mode="after")
    def _unique(self) -> Rubric:
        ids = [criterion.id for criterion in self.criteria()]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"criterion {twice[0]!r} stands twice")
        if any(check.type != "yes_no" or check.weight is not None or check.scope != "call" for check in self.checks):
            raise ValueError("a clear-failure check is yes/no, asked of the whole call, and carries no weight")
        return self

    def outcome_criterion(self) -> Criterion | None:
        """The outcome question as a category criterion named `outcome`; None where the rubric does not ask."""
        return None if self.outcome is None else _outcome(self.outcome.graded_by)

    def criteria(self) -> Iterator[Criterion]:
        """Every question in form order: section criteria, the outcome, the checks."""
        for section in self.sections:
            yield from section.criteria
        outcome = self.outcome_criterion()
        if outcome is not None:
            yield outcome
        yield from self.checks

    def scored(self) -> Iterator[tuple[Section, Criterion]]:
        """The criteria that carry weight, with their sections."""
        for section in self.sections:
            for criterion in section.criteria:
                if criterion.weight is not None:
                    yield section, criterion

    def criterion(self, name: str) -> Criterion:
        """The criterion of that id. Raises KeyError."""
        for criterion in self.criteria():
            if criterion.id == name:
                return criterion
        raise KeyError(name)

    def digests(self) -> dict[str, str]:
        """Criterion id -> digest of its meaning. The policy decides what people answer, so it enters every judged one."""
        policy = digest_of(self.policy)
        return {c.id: c.meaning() if c.type == "measured" else digest_of(c.meaning() + policy) for c in self.criteria()}


@cache
def _outcome(graded_by: tuple[GraderKind, ...]) -> Criterion:
    """Made once: every look at a rubric's questions asks for it."""
    levels = tuple(Level(value=name) for name in OUTCOMES)
    return Criterion(id="outcome", question="How did the call end?", type="category", levels=levels, graded_by=graded_by)
