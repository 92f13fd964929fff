"""A judge that may succeed another: both beside people on the same gold calls."""

from __future__ import annotations

from evalharness.models.measure import Measure
from evalharness.models.noun import Count, Name, Noun, Share
from evalharness.models.trust import Agreement
from evalharness.models.week import Week


class BesideRow(Noun):
    """One criterion, over the calls that people, the judge and its possible successor all answered.

    `old`, `new`: agreement of each with people (None below 20 pairs); `right`: how much more often the new one says what people
    said, as a share of the calls, paired; `p`: the exact two-sided McNemar p of that; `levels`: new - old in levels, mean of the
    calls (None for yes/no and categories); `flips`: the share of calls that the two answer otherwise.
    """

    criterion: Name
    calls: Count
    old: Agreement | None = None
    new: Agreement | None = None
    right: Measure
    p: Share
    levels: Measure | None = None
    flips: Measure


class Succession(Noun):
    """`old`: the judge that may take part now, `new`: the one that may succeed it; `old_cost`, `new_cost`: mean of a call."""

    week: Week
    old: Name
    new: Name
    rows: tuple[BesideRow, ...]
    old_cost: Measure
    new_cost: Measure
