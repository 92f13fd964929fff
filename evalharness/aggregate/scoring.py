"""A mean score from people's grades, corrected by what the LLM gave to the calls they did not grade. STATISTICS e."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness import numbers
from evalharness.aggregate.apart import apart
from evalharness.aggregate.estimate import ONE_SIDED, TWO_SIDED, reached, read_blind
from evalharness.aggregate.frame import Row, read_rows
from evalharness.aggregate.melding import MOST_OUT, NOT_FOR_VERDICTS, Together
from evalharness.models.measure import Measure
from evalharness.models.summary import CallResult
from evalharness.stats.interval import Interval
from evalharness.stats.regression import regression_mean

SCALE = (0.0, 100.0)
PEOPLE_ONLY = "people's grades only"
"""How `regression_mean` begins the note of a mean in which the LLM has no part."""
Score = float | Literal["out"] | None
"""0 to 100; out = not applicable, or an automatic fail zeroed it; None = no score."""


@dataclass(frozen=True)
class Scoring:
    """A mean score: people's of a drawn call (blind answers only), and the LLM's of any call. `measured`: measured criteria that
    enter it, known of drawn calls only."""

    people: Measure
    criteria: tuple[str, ...]
    score: Callable[[CallResult], Score]
    says: Callable[[Row], Score]
    measured: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """A row. `open`: people got there and gave no score."""

    stratum: str
    llm: Score
    people: Score
    open: bool


def together(scoring: Scoring, rows: Sequence[Row], sizes: Mapping[str, int]) -> Together:
    """The mean by people and LLM together; open calls take the lowest and the highest score in turn."""
    asked = read_rows(rows, lambda results: reached(read_blind(results), lambda one: scoring.score(one) is not None))
    entries = [_entry(scoring, row, result) for row, result in zip(rows, asked, strict=True)]
    verdicts = sum(isinstance(one.llm, float) for one in entries)
    answers = sum(isinstance(one.people, float) for one in entries)
    llm = _by_llm(scoring.people, entries, sizes)
    why = _why_not(entries, verdicts, answers)
    if why:
        return Together(llm, verdicts, answers, why=why)
    value, limits, bounds = _mean(entries, sizes, None), _limits(entries, sizes, TWO_SIDED), _limits(entries, sizes, ONE_SIDED)
    why = next((one.note for one in (value, *limits, *bounds) if one.value is None or one.note.startswith(PEOPLE_ONLY)), "")
    if why:
        return Together(llm, verdicts, answers, why=why)
    low, high = limits[0].low, limits[1].high
    both = min(max(value.value or 0.0, low), high)
    where_read = _by_llm(scoring.people, [one for one in entries if isinstance(one.people, float)], sizes).value
    measure = scoring.people.model_copy(
        update={
            "value": both,
            "n": answers,
            "missing": sum(one.open for one in entries),
            "low": low,
            "high": high,
            "note": f"people's grades of {answers} calls, corrected by the LLM's of {verdicts}",
        }
    )
    outside = apart(scoring.people, llm, both, where_read)
    return Together(llm, verdicts, answers, measure, (bounds[0].low, bounds[1].high), apart=outside)


def _entry(scoring: Scoring, row: Row, result: CallResult | None) -> _Entry:
    given = None if result is None else scoring.score(result)
    return _Entry(row.stratum, scoring.says(row), given, result is not None and given is None)


def _why_not(entries: Sequence[_Entry], verdicts: int, answers: int) -> str:
    if verdicts <= answers:
        return "the LLM graded no more calls than people"
    out = sum(one.people == "out" for one in entries)
    if out:
        return f"people left {out} of {out + answers} calls out (N/A, or zeroed by an automatic fail)"
    out = sum(one.llm == "out" for one in entries)
    return (
        f"the LLM left {out} of {len(entries)} calls out, more than {numbers.exactly(MOST_OUT, 'share')}"
        if out > MOST_OUT * len(entries)
        else ""
    )


def _mean(entries: Sequence[_Entry], sizes: Mapping[str, int], fill: float | None, tail: float = TWO_SIDED) -> Interval:
    """The regression with open calls at `fill`; None: as if they had not been reached."""
    people = [one.people if isinstance(one.people, float) else fill if one.open else None for one in entries]
    llm = [one.llm if isinstance(one.llm, float) else None for one in entries]
    population: dict[Hashable, int] = {}
    population.update(sizes)
    return regression_mean(people, llm, [one.stratum for one in entries], population, tail, SCALE)


def _limits(entries: Sequence[_Entry], sizes: Mapping[str, int], tail: float) -> tuple[Interval, Interval]:
    if not any(one.open for one in entries):
        found = _mean(entries, sizes, None, tail)
        return found, found
    return _mean(entries, sizes, SCALE[0], tail), _mean(entries, sizes, SCALE[1], tail)


def _by_llm(people: Measure, entries: Sequence[_Entry], sizes: Mapping[str, int]) -> Measure:
    """The LLM's own mean, weighted, without limits."""
    asked = Counter(one.stratum for one in entries)
    scored = [(sizes[one.stratum] / asked[one.stratum], one.llm) for one in entries if isinstance(one.llm, float)]
    whole = sum(weight for weight, _ in scored)
    value = sum(weight * score for weight, score in scored) / whole if scored else None
    n = len(scored)
    return people.model_copy(
        update={"value": value, "n": n, "missing": len(entries) - n, "low": None, "high": None, "note": NOT_FOR_VERDICTS}
    )
