"""Agreement of the columns of any ratings file: of two the whole table, of more one figure over all raters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalharness.aggregate.agreeing import agreement_of
from evalharness.aggregate.annotators import annotator_test
from evalharness.aggregate.comparisons import given
from evalharness.aggregate.pairs import Pair, Pairs, Scale
from evalharness.aggregate.rating_scale import RatingScale, Special, seen, written
from evalharness.models.agreement import FEWEST_PAIRS, GraderComparison, Rater, RatingsReport
from evalharness.models.measure import Measure
from evalharness.stats.alpha import krippendorff_alpha
from evalharness.stats.annotators import FEWEST_CALLS, FEWEST_HUMANS
from evalharness.stats.gwet import gwet_ac
from evalharness.stats.interval import Interval

_NAMED = 5


@dataclass(frozen=True)
class Ratings:
    """Columns of a file: `cells` are column -> text of each row, `lines` the line of each row in the file."""

    file: str
    cells: Mapping[str, Sequence[str]]
    lines: Sequence[int]


def ratings_report(ratings: Ratings, scale: str | None = None, llm: str | None = None) -> RatingsReport:
    """What the columns say of each other. `scale`: as somebody wrote it, else as seen in the ratings; `llm`: the column of an
    LLM, which is no rater and takes part in the alternative annotator test.

    Perfect, constant and empty columns give a sentence in `note`. Raises UsageError for a scale that is none.
    """
    found = written(scale) if scale else seen([cell for column in ratings.cells.values() for cell in column])
    if found is None:
        raters = tuple(_rater(name, ["blank"] * len(cells)) for name, cells in ratings.cells.items())
        note = "no cell of these columns holds a rating"
        return RatingsReport(
            file=ratings.file, rows=len(ratings.lines), raters=raters, kind="category", scale=(), scale_from="", note=note
        )
    read = {name: [found.read(cell) for cell in cells] for name, cells in ratings.cells.items()}
    people = {name: column for name, column in read.items() if name != llm}
    report = RatingsReport(
        file=ratings.file,
        rows=len(ratings.lines),
        raters=tuple(_rater(name, column) for name, column in read.items()),
        kind=found.kind,
        scale=found.words,
        scale_from=found.said,
        unread=tuple(_unread(ratings, read)),
    )
    figures, test = _figures(people, found, ratings.lines), _annotated(people, read.get(llm or ""), found)
    notes = "; ".join(part["note"] for part in (figures, test) if part.get("note"))
    return report.model_copy(update={**figures, **test, "note": notes})


_Column = Sequence[float | Special]


def _rater(name: str, column: _Column) -> Rater:
    counts: dict[str, int] = {state: list(column).count(state) for state in ("blank", "not_applicable", "unread")}
    return Rater(name=name, rated=len(column) - sum(counts.values()), **counts)


def _unread(ratings: Ratings, read: Mapping[str, _Column]) -> list[str]:
    cells = [
        f"line {line}, {name}: {ratings.cells[name][row][:40]!r}"
        for row, line in enumerate(ratings.lines)
        for name, column in read.items()
        if column[row] == "unread"
    ]
    return cells[:_NAMED] + ([f"and {len(cells) - _NAMED} more"] if len(cells) > _NAMED else [])


def _figures(people: Mapping[str, _Column], scale: RatingScale, lines: Sequence[int]) -> dict[str, Any]:
    if len(people) == 2:
        return {"pair": _pair(people, scale, lines)}
    table = np.array([[_value(cell) for cell in row] for row in zip(*people.values(), strict=True)], dtype=float)
    twice = (~np.isnan(table)).sum(1) >= 2 if table.size else np.zeros(0, dtype=bool)
    if len(people) < 2 or not twice.any():
        return {"note": "no row has two ratings, so there is nothing to compare"}
    if len(scale.values) < 2:
        return {"note": f"every rating is {scale.words[0]}: nothing varies, so agreement beyond chance cannot be told"}
    ordinal = scale.kind == "ordinal"
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(table.tobytes()).digest()[:8], "big"))
    alpha = krippendorff_alpha(table, scale.values, "ordinal" if ordinal else "nominal", rng)
    ac = gwet_ac(table, scale.values, "ordinal" if ordinal else "identity", rng)
    note = "nothing varies, so agreement beyond chance cannot be told" if alpha.value is None else ""
    return {"alpha": _measure("alpha", alpha), "ac": _measure("ac", ac), "note": note}


def _pair(people: Mapping[str, _Column], scale: RatingScale, lines: Sequence[int]) -> GraderComparison:
    (first, a), (second, b) = people.items()
    rows = [
        Pair(("line", str(line)), "all", x, y)
        for line, x, y in zip(lines, a, b, strict=True)
        if isinstance(x, float) and isinstance(y, float)
    ]
    apart = sum({type(x), type(y)} == {str, float} and "not_applicable" in (x, y) for x, y in zip(a, b, strict=True))
    named = GraderComparison(
        criterion="ratings", kind=scale.kind, between="columns", first=first, second=second, pairs=len(rows),
        not_applicable=apart, answers=scale.words, event=scale.event, note=_alone(rows, scale),
    )  # fmt: skip
    if not rows or len(scale.values) < 2:
        return named
    pairs = Pairs(tuple(rows), apart)
    on = Scale(scale.kind, scale.values, frozenset({1.0} if scale.kind == "yes_no" else ()))
    gave = given(pairs, on)
    found = agreement_of("ratings", (first, second), pairs, on, {})
    return named.model_copy(update={"found": found, "first_gave": gave[0], "second_gave": gave[1]})


def _alone(rows: Sequence[Pair], scale: RatingScale) -> str:
    """What must be said of the pairs before any figure; "" where nothing has to."""
    if not rows:
        return "no row has a rating in both columns, so there is nothing to compare"
    words = dict(zip(scale.values, scale.words, strict=True))
    firsts, seconds = {row.first for row in rows}, {row.second for row in rows}
    if firsts == seconds and len(firsts) == 1:
        every = f"both gave {words[firsts.pop()]} every time"
        return f"{every} ({len(rows)} of {len(rows)}): nothing varies, so agreement beyond chance cannot be told"
    parts = []
    if all(row.first == row.second for row in rows):
        parts.append("the columns are the same in every row")
    constant = [f"one column holds only {words[next(iter(values))]}" for values in (firsts, seconds) if len(values) == 1]
    parts += [f"{each}: alpha and kappa cannot be above 0 there" for each in constant]
    if len(rows) < FEWEST_PAIRS:
        parts.append(f"only {len(rows)} pairs; {FEWEST_PAIRS} are needed before agreement says much")
    return "; ".join(parts)


def _annotated(people: Mapping[str, _Column], llm: _Column | None, scale: RatingScale) -> dict[str, Any]:
    """The alternative annotator test, where an LLM's column is named."""
    if llm is None:
        return {}
    rows, judge = [], []
    for place, said in enumerate(llm):
        if isinstance(said, float):
            rows.append({name: value for name, column in people.items() if isinstance(value := column[place], float)})
            judge.append(said)
    found = annotator_test(rows, judge, scale.kind)
    if found is None:
        needed = f"{FEWEST_HUMANS} people who share {FEWEST_CALLS} rows each with another and with the LLM"
        return {"note": f"the alternative annotator test needs {needed}"}
    return {"annotators": found}


def _value(cell: float | Special) -> float:
    return cell if isinstance(cell, float) else float("nan")


def _measure(name: str, found: Interval) -> Measure:
    n, known = round(found.n), found.value is not None
    low, high = (found.low, found.high) if known else (None, None)
    return Measure(
        name=name, unit="coefficient", value=found.value, n=n, of=n, low=low, high=high, basis="ledger", note=found.note
    )
