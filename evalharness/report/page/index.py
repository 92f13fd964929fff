"""index.html: every week whose report stands in the folder, its verdict, its main figures, and the way to page and workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalharness import numbers, xlsx
from evalharness.models.measure import Check, Measure, Verdict, WeekVerdict
from evalharness.models.summary import WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.report import phrases, verdicts, words
from evalharness.report.page import house
from evalharness.report.page.first import LOOKS, SIGNS
from evalharness.report.page.interval_bars import in_words
from evalharness.report.page.scale import Scale, close_scale, places

NOT_KNOWN = "written by another version; evalharness report --week WEEK writes it anew"
MAIN = 6
"""How many measures, the first checks of the newest week, get a picture and a column."""
_WIDTH, _TOP, _BOTTOM, _MOST = 600.0, 8.0, 64.0, 52


@dataclass(frozen=True)
class IndexedWeek:
    """A week as its newest report says it. `files`: name -> address from the folder of index.html; `verdict` None: not known."""

    week: str
    files: Mapping[str, str]
    verdict: WeekVerdict | None = None
    leaning: str = ""
    checks: tuple[Check, ...] = ()
    signed: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure of a week: as it is shown, its verdict ("" = not checked then), and all of it in words."""

    text: str
    verdict: Verdict | None = None
    sign: str = ""
    n_of: str = ""
    said: str = ""


@dataclass(frozen=True)
class Row:
    """A week in the table."""

    week: str
    dates: str
    sign: str
    look: str
    verdict: str
    signed: str
    cells: tuple[Cell, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mark:
    """A week in a spark: across, the height of its figure and of its limits, and all of it in words."""

    x: str
    y: str
    low: str
    high: str
    said: str


@dataclass(frozen=True)
class Spark:
    """A measure over the weeks in little: a stroke for the interval and a dot for the figure of each, never joined."""

    name: str
    bar: str
    line: str
    scale: str
    marks: tuple[Mark, ...]
    newest: Cell


def record_of(summary: WeekSummary) -> dict[str, Any]:
    """What the index shows of a week, as JSON has it: verdict and checks, no word of any call."""
    return {"verdict": summary.verdict, "leaning": summary.leaning, "checks": [_record(check) for check in summary.checks]}


def _record(check: Check) -> dict[str, Any]:
    threshold = check.threshold
    bar = {"id": threshold.id, "measure": threshold.measure, threshold.direction: threshold.value}
    names = set(Measure.model_fields) - {"note", "name"}
    return {"bar": bar, "figure": check.measure.model_dump(mode="json", include=names), "verdict": check.verdict}


def of_record(week: str, files: Mapping[str, str], record: Mapping[str, Any], signed: str = "") -> IndexedWeek:
    """The week from what `record_of` made of it. Raises KeyError, TypeError or ValueError where it is something else."""
    checks = tuple(_check(one) for one in record["checks"])
    return IndexedWeek(week, files, record["verdict"], record["leaning"], checks, signed)


def _check(record: Mapping[str, Any]) -> Check:
    threshold = Threshold(**record["bar"])
    measure = Measure(name=threshold.measure, **record["figure"])
    return Check(threshold=threshold, measure=measure, verdict=record["verdict"])


def write_index(agent: str, owner: str, weeks: Sequence[IndexedWeek]) -> bytes:
    """The page of all weeks, oldest first given, newest first shown; the same weeks give the same bytes."""
    known = [one for one in weeks if one.checks]
    main = _main(known)
    return house.document(
        "index.html",
        agent=agent,
        owner=owner,
        heads=[phrases.title(name) for name in main],
        rows=[_row(one, main) for one in reversed(weeks)],
        sparks=[_spark(name, weeks[-_MOST:]) for name in main] if len(known) > 1 else [],
        not_known=NOT_KNOWN,
    )


def _main(known: Sequence[IndexedWeek]) -> list[str]:
    """The first checks of the newest week that have a figure in any week."""
    names = [check.threshold.measure for check in known[-1].checks] if known else []
    measured = {check.threshold.measure for one in known for check in one.checks if check.measure.n}
    return [name for name in names if name in measured][:MAIN]


def _row(one: IndexedWeek, main: Sequence[str]) -> Row:
    sign, look = (SIGNS[one.verdict], LOOKS[one.verdict]) if one.verdict else ("–", "none")
    verdict = f"{one.verdict}, {one.leaning}" if one.verdict and one.leaning else one.verdict or "not known"
    cells = tuple(_cell(_of(one, name)) for name in main)
    return Row(one.week, words.week_dates(one.week), sign, look, verdict, one.signed, cells, tuple(one.files.items()))


def _of(one: IndexedWeek, measure: str) -> Check | None:
    return next((check for check in one.checks if check.threshold.measure == measure), None)


def _cell(check: Check | None) -> Cell:
    if check is None:
        return Cell("not checked")
    sign = xlsx.VERDICTS[check.verdict].partition(" ")[0]
    return Cell(phrases.value(check), check.verdict, sign, phrases.n_of(check.measure), in_words(check))


def _spark(name: str, weeks: Sequence[IndexedWeek]) -> Spark:
    checks = [(one.week, _of(one, name)) for one in weeks]
    found = [check for _, check in checks if check is not None]
    newest = found[-1]
    limits = [value for check in found for value in (check.measure.value, check.measure.low, check.measure.high)]
    up = close_scale([*limits, newest.threshold.value], _BOTTOM, _TOP, whole=1.0 if newest.measure.unit == "share" else None)
    step = _WIDTH / len(checks)
    marks = [
        _mark(week, check, (number + 0.5) * step, up)
        for number, (week, check) in enumerate(checks)
        if check is not None and check.measure.value is not None
    ]
    bar = numbers.bar(newest.threshold, newest.measure.currency)
    drawn = numbers.span(up.low, up.high, newest.measure.unit, currency=newest.measure.currency)
    return Spark(phrases.title(name), bar, places(up.at(newest.threshold.value)), drawn, tuple(marks), _cell(newest))


def _mark(week: str, check: Check, x: float, up: Scale) -> Mark:
    """Where the figure of a week stands, and its limits."""
    value = check.measure.value or 0.0
    low, high = (value if limit is None else limit for limit in (check.measure.low, check.measure.high))
    said = f"{week}: {phrases.value(check)}, {verdicts.VERDICT_WORDS[check.verdict]}"
    return Mark(places(x), places(up.at(value)), places(up.at(low)), places(up.at(high)), said)
