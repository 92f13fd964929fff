"""WeekFigures: what a trend needs of one week, without calls and transcripts, so that many weeks fit and can be kept."""

from __future__ import annotations

from pydantic import Field

from evalharness.models.act import SignedFigure
from evalharness.models.measure import Measure, Since
from evalharness.models.noun import Count, Noun
from evalharness.models.threshold import Threshold
from evalharness.models.trend import GraderShift, TrendWeek


class Tallied(Noun):
    """One group of calls behind a measure: `hits` of `calls`, plain counts, and its `part` of the measure's value. Over the
    groups of one kind the parts add up to the value; None: they do not, the counts speak alone."""

    hits: Count
    calls: Count
    part: float | None = None


class WeekCounts(Noun):
    """Failures among calls that all had the same chance of being counted."""

    failures: Count
    calls: Count


Groups = dict[str, dict[str, Tallied]]
"""Kind of group -> group -> what it has to do with one measure."""


class WeekFigures(Noun):
    """A week's row, its measures by name, and what is behind them.

    `process`: the measures whose limits for the process behind the week are known, with these; `meanings`: what each measure
    rests on, aspect by aspect; `bars`: the thresholds by measure; `differing`: signed figures that are others today;
    `watched`: failures by measure, as alarms take them; `groups`: what groups of calls have to do with each measure;
    `slices`: kind of group -> group -> measures of its calls; `held`: groups of graded calls are kept back, since somebody is
    still to grade some of them; `since`: judged rates since the newest declared version.
    """

    week: TrendWeek
    timezone: str
    measures: dict[str, Measure]
    meanings: dict[str, dict[str, str]]
    bars: dict[str, Threshold] = Field(default_factory=dict)
    differing: dict[str, SignedFigure] = Field(default_factory=dict)
    process: dict[str, Measure] = Field(default_factory=dict)
    watched: dict[str, WeekCounts] = Field(default_factory=dict)
    groups: dict[str, Groups] = Field(default_factory=dict)
    slices: dict[str, dict[str, dict[str, Measure]]] = Field(default_factory=dict)
    held: bool = False
    shift: GraderShift | None = None
    since: dict[str, Since] = Field(default_factory=dict)
