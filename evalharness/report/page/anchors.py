"""Names of places in the page, so that one can lead to another: made of numbers alone, whatever a call is called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report.workbook.page import Link
from evalharness.report.workbook.places import Places


def of_call(position: int) -> str:
    """Where a call stands, by its place in the queue."""
    return f"call-{position}"


def of_turn(position: int, turn: int) -> str:
    """Where a turn of it stands."""
    return f"t{position}-{turn}"


def led_to(result: CallResult) -> frozenset[int]:
    """The turns of a call that something leads to: graded ones, quoted ones, those where something was found."""
    there = {turn.index for turn in result.call.turns}
    quoted = {item.turn for grade in result.grades for item in grade.evidence}
    named = {*quoted, *(grade.turn for grade in result.grades), *(turn for one in result.findings for turn in one.turns)}
    return frozenset(turn for turn in named if turn in there)


@dataclass(frozen=True)
class Anchors(Places):
    """Where things stand in the page instead of in a workbook. A link's cell is a name in the page, "" where it leads nowhere."""

    within: dict[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def to(cls, summary: WeekSummary, left_out: Collection[int] = ()) -> Anchors:
        """Every drawn call and those picked by hand; of a call whose transcript is left out no turn."""
        results = (*summary.results, *summary.picked)
        within = {one.position: led_to(one) for one in results if one.position not in left_out}
        return cls({one.position: 0 for one in results}, {}, {}, within)

    def score_link(self, position: int, text: str) -> Link:
        """A link to the call."""
        return Link(text, "", of_call(position) if position in self.scores else "")

    def transcript_link(self, position: int, text: str) -> Link:
        """A link to the call, where its transcript stands, too."""
        return self.score_link(position, text)

    def turn_link(self, position: int, turn: int | None, text: str) -> Link:
        """A link to that turn of the call, to the call where no turn is given or it cannot be led to."""
        if turn is None or turn not in self.within.get(position, ()):
            return self.score_link(position, text)
        return Link(text, "", of_turn(position, turn))
