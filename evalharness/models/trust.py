"""What an LLM's grades may decide: agreement with people, a judge's trust by criterion, people and LLM beside each other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evalharness.models.grade import Evidence, Grader
from evalharness.models.measure import Measure
from evalharness.models.noun import Amount, CallId, Count, Name, Noun, Share

TrustState = Literal["trusted", "advisory", "untested"]
FEWEST_GOLD = 60
"""Gold calls below which drift is not tested."""


def judge_name(grader: Grader) -> str:
    """A judge in one line: the model, the version that answered, the prompt's digest; another prompt is another judge."""
    version = f" ({grader.version[:80]})" if grader.version and grader.version != grader.name else ""
    return f"{grader.name[:80]}{version}, prompt {(grader.prompt_digest or 'unknown')[:12]}"


class TrustRules(Noun):
    """When a judge is trusted with a criterion (`judge_trust` of evalharness.yaml).

    `min_pairs`: calls graded blind by people and by this judge; `alpha_low`: the least lower 95 % limit of alpha; `max_bias`:
    the most that the mean difference to people may be, in levels; `min_sensitivity`: the least share of people's failing
    answers that the judge finds, tested from `min_failures` such answers on; `below_people`: how far alpha with people may lie
    below alpha of two people; `drift_alpha`: the p below which newly wrong gold items show a drift (.05/26: weekly, half a year).
    """

    min_pairs: Annotated[int, Field(ge=1)] = 20
    alpha_low: Share = 0.4
    max_bias: Amount = 0.5
    min_sensitivity: Share = 0.8
    min_failures: Annotated[int, Field(ge=1)] = 8
    below_people: Share = 0.1
    drift_alpha: Share = 0.05 / 26


class Agreement(Noun):
    """Two columns of grades of one criterion, pooled over weeks; never one coefficient alone. Every figure has its n.

    Blind grades of drawn calls only. `not_applicable`: calls where one gave a value and the other N/A, which are no pairs.

    `first`, `second`: whose grades; `pairs`: calls both graded. `alpha`: Krippendorff's, ordinal for levels, nominal else;
    `kappa`: quadratic for levels; `ac`: Gwet's AC2 or AC1; `bias`: mean of first - second in levels (None for yes/no and
    categories); `sensitivity`, `specificity` of first against second's answers that fail (None where there is no such answer).
    """

    criterion: Name
    first: Name
    second: Name
    pairs: Count
    not_applicable: Count = 0
    alpha: Measure
    kappa: Measure
    ac: Measure
    exact: Measure
    within_one: Measure | None = None
    bias: Measure | None = None
    sensitivity: Measure | None = None
    specificity: Measure | None = None


class Drift(Noun):
    """A judge on gold calls against its own baseline: newly wrong and newly right items, and the exact one-sided McNemar p."""

    items: Count
    newly_wrong: Count
    newly_right: Count
    p: Share


class JudgeTrust(Noun):
    """Whether a judge's grades of a criterion may take part in a verdict, and by which rules that was decided.

    `judge`: model and prompt (`judge_name`); `with_people`: agreement of the judge with people (None while there are too few
    pairs); `among_people`: of two people with each other (None below 20 pairs); `failures`: calls of the pairs to which people
    gave a failing answer; `reasons`: what a guard of the week has against the judge, that it is not the first one, each rule that
    is not kept or cannot be tested yet, in words; () = trusted.
    """

    criterion: Name
    judge: Name
    state: TrustState
    with_people: Agreement | None = None
    among_people: Agreement | None = None
    drift: Drift | None = None
    failures: Count = 0
    reasons: tuple[str, ...] = ()


class Combined(Noun):
    """A judged measure three ways. `people`: what people graded; `llm`: the LLM's grades alone, never used for a verdict;
    `combined`: both together (post-stratified for yes/no, regression for scores; None where it cannot be made).

    `used`: whether the verdict rests on `combined`; `why`: why it does, or why not. `narrowed`: by which part the 95 % interval
    is narrower than that of people only (0.2 = a fifth; negative = wider). `bounds`: one-sided 95 % limits of `combined`.
    """

    judge: Name
    trust: TrustState
    people: Measure
    llm: Measure
    combined: Measure | None = None
    bounds: tuple[float, float] | None = None
    narrowed: float | None = Field(default=None, le=1)
    used: bool = False
    why: str = ""


class FoundCase(Noun):
    """A call outside the draw to which the LLM gave a clear failure. It waits for a person's ear and is in no rate.

    `checks`: the checks it answered yes; `evidence`, `rationale`: of the first of them.
    """

    source: Name
    call_id: CallId
    judge: Name
    checks: tuple[Name, ...]
    rationale: str = ""
    evidence: tuple[Evidence, ...] = ()
