"""The tables of what was measured without judging: figures over all calls, and the places where something was found."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.finding import Finding
from evalharness.models.measured import MeasuredFigure, Spread
from evalharness.models.summary import WeekSummary
from evalharness.report.exports.table import CALL_ID, NOTE, SOURCE, WEEK, Column, Row, Table, or_none

_UNITS = ("count", "share", "ms", "yes_no", "per_minute", "money", "turns")
_NOT_COUNTED = "not a counted figure, or no call has it"
_NONE_HAS = "no call has it"


def figure_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a figure over all calls in scope, then a row each of its groups."""
    for figure in summary.measured:
        yield _figure(summary, figure, ("all", None), figure.week)
        for group in figure.groups:
            yield _figure(summary, figure, (group.by, or_none(group.name)), group.spread)


def _figure(summary: WeekSummary, figure: MeasuredFigure, group: tuple[str, str | None], spread: Spread) -> Row:
    meaning = figure.meaning
    what = {"figure": meaning.figure, "words": meaning.words, "unit": meaning.unit, "bad": meaning.bad}
    return {"week": summary.week, **what, "by": group[0], "group": group[1], **spread.model_dump()}


def finding_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a place: all those of the drawn calls, then the strongest ones of the other calls."""
    drawn = set()
    for result in (*summary.results, *summary.picked):
        drawn.add((result.call.source, result.call.id))
        for number, finding in enumerate(result.findings, start=1):
            yield _finding(summary.week, (result.call.source, result.call.id), result.position, number, finding)
    seen: dict[tuple[str, str], int] = {}
    for figure in summary.measured:
        for place in figure.places:
            identity = (place.source, place.call_id)
            if identity not in drawn:
                seen[identity] = seen.get(identity, 0) + 1
                yield _finding(summary.week, identity, place.position, seen[identity], place.finding)


def _finding(week: str, identity: tuple[str, str], position: int | None, number: int, finding: Finding) -> Row:
    row: Row = {"week": week, "source": identity[0], "call_id": identity[1], "position": position, "number": number}
    row |= {"figure": finding.measure, "turns": " ".join(map(str, finding.turns)) or None, "value": finding.value}
    return row | {"state": finding.state, "note": or_none(finding.note)}


MEASURED = Table(
    "measured",
    "a figure that needs no judgement, over all calls in scope (by all) or one group of them",
    ("week", "figure", "by", "group"),
    (
        WEEK,
        Column("figure", "word", "id of the figure (docs/measured.md)"),
        Column("words", "text", "what it says"),
        Column("unit", "word", "what it is in", among=_UNITS),
        Column("bad", "boolean", "more of it is worse"),
        Column("by", "word", "which kind of group", among=("all", "version", "intent", "hour")),
        Column("group", "word", "which one; an hour is by the workspace's clock", missing="all calls, or the log names none"),
        Column("n", "integer", "calls that have the figure", "calls"),
        Column("of", "integer", "calls in scope", "calls"),
        Column("hits", "integer", "calls where it is above 0", "calls"),
        Column("share", "number", "hits / n", "share", _NOT_COUNTED),
        Column("least", "number", "the share if it were 0 in all other calls", "share", "nine tenths or more have it"),
        Column("most", "number", "the share if it were above 0 in all other calls", "share", "nine tenths or more have it"),
        Column("mean", "number", "mean over the calls that have it", "as `unit` says", _NONE_HAS),
        Column("low", "number", "smallest", "as `unit` says", _NONE_HAS),
        Column("median", "number", "middle", "as `unit` says", _NONE_HAS),
        Column("high", "number", "largest", "as `unit` says", _NONE_HAS),
    ),
    figure_rows,
)  # fmt: skip
FINDINGS = Table(
    "findings",
    "a place in a call that shows something: every one of the drawn calls, of the other calls the strongest",
    ("week", "source", "call_id", "number"),
    (
        WEEK, SOURCE, CALL_ID,
        Column("position", "integer", "place in the queue", missing="the call is not drawn"),
        Column("number", "integer", "of the call's findings here, from 1"),
        Column("figure", "word", "id of the figure it belongs to"),
        Column("turns", "text", "indexes of the turns, apart by a space", missing="the call's log shows it, no turn"),
        Column("value", "number", "its size, in the figure's unit", "as the figure", "it has no size"),
        Column("state", "word", "what became of it", missing="the detector does not tell"),
        NOTE,
    ),
    finding_rows,
)  # fmt: skip
