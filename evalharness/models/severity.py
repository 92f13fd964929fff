"""How severely a person grades beside the others, and what follows from it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evalharness.models.measure import Measure
from evalharness.models.noun import Amount, Count, Instant, Name, Noun
from evalharness.models.week import Week


class CalibrationRules(Noun):
    """When a grader needs calibration (`calibration` of evalharness.yaml).

    `max_severity`: levels beyond which, either way, the whole 95 % interval of the mean difference to the other people must lie;
    `min_calls`: shared calls below which nothing is decided.
    """

    max_severity: Amount = 0.5
    min_calls: Annotated[int, Field(ge=10)] = 20


class Severity(Noun):
    """One person under one ordinal criterion: the mean of own answer minus the mean of the other people's, in levels, on the
    calls they share, pooled over the weeks so far. Below 0 = more severe than the others, above 0 = more lenient.

    `lately`: the last four drawn weeks, `before`: the weeks before them, `drift`: lately minus before (None where one of them
    has too few calls). `beyond`: whether the bar is passed, so that the person needs calibration; `by_lately`: whether the
    last weeks alone decided it, `by_drift`: whether only the drift did. `others`: with whom the calls are shared.
    """

    criterion: Name
    person: Name
    others: tuple[Name, ...]
    difference: Measure
    lately: Measure
    before: Measure
    drift: Measure | None = None
    beyond: bool = False
    by_lately: bool = False
    by_drift: bool = False


class Exclusion(Noun):
    """A person whose grades are left out of every figure from a week on, by the owner's word; they stay in the ledger."""

    person: Name
    start: Week
    reason: Annotated[str, Field(min_length=1)]
    by: Name
    at: Instant


class CalibratedAnswer(Noun):
    """What people answered to one criterion of a call, or of one of its turns, in a calibration session, and the level texts
    of what they gave.

    `apart`: steps of the scale between the lowest and the highest answer (1 for other than levels; 0 = alike).
    """

    position: Count
    turn: Count | None = None
    call_id: str
    criterion: Name
    question: str
    answers: dict[str, str]
    apart: Count
    texts: dict[str, str] = Field(default_factory=dict)


class CalibrationSession(Noun):
    """A session of several people on the same few calls. Its grades enter no figure.

    `filled`: person -> cells answered, of `asked` each; `problems`: cells that could not be read.
    """

    name: Name
    week: Week
    files: dict[str, str]
    filled: dict[str, Count] = Field(default_factory=dict)
    asked: Count = 0
    answers: tuple[CalibratedAnswer, ...] = ()
    problems: tuple[str, ...] = ()
