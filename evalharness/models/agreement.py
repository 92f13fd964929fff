"""Graders beside each other in full: what `evalharness agreement` shows, of a workspace's grades or of any ratings file."""

from __future__ import annotations

from typing import Literal

from evalharness.models.measure import Measure
from evalharness.models.noun import Count, Name, Noun, Share
from evalharness.models.severity import Exclusion, Severity
from evalharness.models.trust import Agreement
from evalharness.models.week import Week

RatingKind = Literal["ordinal", "yes_no", "category"]
FEWEST_PAIRS = 20
"""Pairs from which agreement is shown; fewer show little but chance."""


class AlternativeTest(Noun):
    """Whether an LLM may stand in for one of several people [Calderon et al., ACL 2025].

    `calls`: shared with the others, one number a person; `winning_rate`: of the people; passed from half of them on;
    `advantage`: the mean share of calls on which the LLM is at least as close to the others as the person left out.
    """

    people: tuple[Name, ...]
    calls: tuple[Count, ...]
    winning_rate: Share
    advantage: Share
    passed: bool


class GraderComparison(Noun):
    """Two columns of grades of one criterion. `found` is None where nothing is shown; `note` says why.

    `answers`: the scale in words, from the lowest to the highest; `first_gave`, `second_gave`: how often each of the two gave
    each answer, over the pairs. `annotators`: of people and an LLM, where three or more people share 30 calls.
    `event`: the answer that sensitivity and specificity are about ("" = they are about every failing answer).
    """

    criterion: Name
    kind: RatingKind
    between: Literal["people", "people_and_llm", "columns"]
    first: Name
    second: Name
    pairs: Count
    not_applicable: Count = 0
    found: Agreement | None = None
    answers: tuple[str, ...] = ()
    first_gave: tuple[Count, ...] = ()
    second_gave: tuple[Count, ...] = ()
    annotators: AlternativeTest | None = None
    event: str = ""
    note: str = ""


class AgreementReport(Noun):
    """Agreement of a workspace's graders up to a week, pooled. `people`: whose blind grades are in it; `judge`: the LLM, if any.

    `called`: what agreement of the LLM with these people may be called; it is never more than that.
    """

    week: Week
    weeks: Count
    people: tuple[Name, ...]
    judge: str | None
    called: str
    comparisons: tuple[GraderComparison, ...]
    severity: tuple[Severity, ...] = ()
    excluded: tuple[Exclusion, ...] = ()


class Rater(Noun):
    """One column of a ratings file: how many cells hold a rating, are blank, say N/A, or could not be read."""

    name: Name
    rated: Count
    blank: Count
    not_applicable: Count
    unread: Count


class RatingsReport(Noun):
    """Agreement of the columns of a ratings file. `pair`: of two columns; `alpha`, `ac`: over all raters, of more than two.

    `scale`: what a rating can be, lowest first, and in words where it comes from; `unread`: the first cells that are no rating.
    """

    file: Name
    rows: Count
    raters: tuple[Rater, ...]
    kind: RatingKind
    scale: tuple[str, ...]
    scale_from: str
    unread: tuple[str, ...] = ()
    pair: GraderComparison | None = None
    alpha: Measure | None = None
    ac: Measure | None = None
    annotators: AlternativeTest | None = None
    note: str = ""
