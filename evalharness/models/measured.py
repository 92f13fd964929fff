"""What was measured in all calls of a week without judging, as reports show it: figures with what they stand on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evalharness.models.finding import Finding
from evalharness.models.noun import CallId, Count, Name, Noun, Share
from evalharness.models.rubric import Identifier
from evalharness.models.week import Week

FigureUnit = Literal["count", "share", "ms", "yes_no", "per_minute", "money", "turns"]
COUNTED: tuple[FigureUnit, ...] = ("count", "yes_no", "turns")
"""Units of which 0 means "nothing there": only of these a share of calls with any is told."""


class Meaning(Noun):
    """What a figure is: its unit, what it says in words, and whether more of it is worse. `among`: the calls of which it is told
    at all, "" = of every call whose log has the data. `shown_by`: measure and state ("" = any) of the findings that show it,
    where they are those of another figure."""

    figure: Identifier
    unit: FigureUnit
    words: str
    bad: bool = True
    among: str = ""
    shown_by: tuple[Identifier, str] | None = None


class Spread(Noun):
    """One figure over calls: `n` of `of` calls in scope have it. Without any (n = 0) there is no value, not 0.

    `hits`: calls where it is above 0; `share` = hits / n, of counted figures alone; of a figure told of every call, where fewer
    than nine tenths of the calls have it, `least` and `most` are the share if it were 0 in all others, and if it were above 0 in
    all of them.
    `mean`, `low`, `median`, `high`: of the calls that have it, in the figure's unit.
    """

    n: Count = 0
    of: Count = 0
    hits: Count = 0
    share: Share | None = None
    least: Share | None = None
    most: Share | None = None
    mean: float | None = None
    low: float | None = None
    median: float | None = None
    high: float | None = None


class MeasuredGroup(Noun):
    """The figure over the calls of one version, intent or local hour; "" = the log names none."""

    by: Literal["version", "intent", "hour"]
    name: str
    spread: Spread


class MeasuredPlace(Noun):
    """A finding in a call; `position`: the call's place in the queue where it was drawn."""

    source: Name
    call_id: CallId
    position: Count | None = None
    finding: Finding


class MeasuredFigure(Noun):
    """One figure over all calls of the week in scope: exact, with what it stands on.

    `before`: the same of the week before (None: no calls or not measured). `groups`: by version, intent, hour, those with at
    least ten calls that have the figure; `small`: calls with it in groups too small to be shown, by kind of group.
    `states`: findings by state ("" = none is told). `places`: the strongest findings. `named`: where what is looked for has names
    (required words), name -> calls by state (said, late, missing), together the calls that needed it.
    """

    meaning: Meaning
    week: Spread
    before: Spread | None = None
    groups: tuple[MeasuredGroup, ...] = ()
    small: dict[str, Count] = Field(default_factory=dict)
    states: dict[str, Count] = Field(default_factory=dict)
    places: tuple[MeasuredPlace, ...] = ()
    named: dict[str, dict[str, Count]] = Field(default_factory=dict)

    @property
    def stands_out(self) -> bool:
        """Whether it counts something bad and was found in any call."""
        return self.meaning.bad and self.meaning.unit in COUNTED and self.week.hits > 0


LoggedPart = Literal["transcript", "duration", "status", "error_reason", "tool_payloads", "latency", "cost"]


class Logged(Noun):
    """How well the log is filled with one part: `has` of `of` calls that could have it (None of them: no `share`).

    `usual`: the median share of the up to four weeks before with such calls, `weeks` of them; `dropped`: this week's share lies
    more than five points below it.
    """

    part: LoggedPart
    has: Count
    of: Count
    share: Share | None
    usual: Share | None = None
    weeks: tuple[Week, ...] = ()
    dropped: bool = False
