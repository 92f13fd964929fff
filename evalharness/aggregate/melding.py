"""A yes/no measure from people's grades sorted by what the LLM said, open answers and those out of the domain taken both ways."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness import numbers
from evalharness.aggregate.apart import apart
from evalharness.aggregate.estimate import ONE_SIDED, TWO_SIDED, Answer
from evalharness.aggregate.frame import Row, read_rows
from evalharness.models.measure import Measure
from evalharness.models.summary import CallResult
from evalharness.stats.melded import Cell, Frame, melded_share, use_combination

NOT_FOR_VERDICTS = "not used for the verdict"
MOST_OUT = 0.03
"""Share of the calls out of the domain (N/A, out of scope), by people or by the LLM, up to which they are combined."""
Reads = Callable[[Sequence[CallResult]], Sequence[CallResult]]


@dataclass(frozen=True)
class Scaled:
    """From a share of the `judged` calls to a share of the week: `fixed` known hits, `unseen` calls that may be none or all
    hits, `total` = all of them. A measure of the judged calls alone has neither."""

    judged: float
    fixed: float = 0.0
    unseen: float = 0.0
    total: float = 0.0

    @property
    def whole(self) -> float:
        """The calls it is a share of."""
        return self.total or self.judged

    def value(self, hits: float, out: float) -> float:
        """hits, out: shares of the judged calls; those out of the domain leave numerator and denominator."""
        inside = self.whole - self.judged * out
        return min((self.fixed + self.judged * hits) / inside, 1.0) if inside > 0 else 0.0

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """low: the share of hits if no call out of the domain were one; high: if each were.

        They hold the share within the domain: H / (M - O) lies between H / M and (H + O) / M.
        """
        if not self.whole:
            return 0.0, 1.0
        return (self.fixed + self.judged * low) / self.whole, min(
            (self.fixed + self.judged * high + self.unseen) / self.whole, 1.0
        )


@dataclass(frozen=True)
class Question:
    """A yes/no measure: what people's reading of a drawn call answers, how far they got, what the LLM says of any call."""

    people: Measure
    criteria: tuple[str, ...]
    scaled: Scaled
    reads: Reads
    answer: Callable[[CallResult], Answer]
    says: Callable[[Row], Answer]


@dataclass(frozen=True)
class Together:
    """`llm`: the LLM alone; `measure` and `bounds`: both together, None where they are not combined and `why` says so.
    `verdicts`, `answers`: calls with a value by the LLM, by people. `apart`: why both together give what neither does alone."""

    llm: Measure
    verdicts: int
    answers: int
    measure: Measure | None = None
    bounds: tuple[float, float] | None = None
    why: str = ""
    apart: str = ""


@dataclass(frozen=True)
class _Entry:
    """A row: what the LLM said of it, and what people did; None = they did not get there."""

    stratum: str
    verdict: Answer
    people: Answer

    @property
    def value(self) -> bool:
        return self.people in ("hit", "no")


def together(question: Question, rows: Sequence[Row], sizes: Mapping[str, int]) -> Together:
    """The measure by people and LLM together. Whether the judge is trusted is not asked here.

    Coverage rests on melding alone: the verdicts only sort the calls, and people's grades are a simple random sample of each
    cell, wherever they stopped.
    """
    entries = list(_entries(question, rows))
    verdicts, answers = sum(one.verdict in ("hit", "no") for one in entries), sum(one.value for one in entries)
    llm = _by_llm(question, entries, sizes)
    why = _why_not(entries, verdicts, answers, sizes)
    if why:
        return Together(llm, verdicts, answers, why=why)
    value = _value(question.scaled, entries, sizes)
    (low, high), bounds = (_limits(question.scaled, entries, sizes, tail) for tail in (TWO_SIDED, ONE_SIDED))
    both = min(max(value, low), high)
    where_read = _by_llm(question, [one for one in entries if one.value], sizes).value
    measure = question.people.model_copy(
        update={
            "value": both,
            "n": answers,
            "missing": sum(one.people == "open" for one in entries),
            "low": low,
            "high": high,
            "note": f"people's grades of {answers} calls, sorted by the LLM's of {verdicts}",
        }
    )
    return Together(llm, verdicts, answers, measure, bounds, apart=apart(question.people, llm, both, where_read))


def _entries(question: Question, rows: Sequence[Row]) -> Iterator[_Entry]:
    for row, result in zip(rows, read_rows(rows, question.reads), strict=True):
        given: Answer = None if result is None else question.answer(result) or "open"
        yield _Entry(row.stratum, question.says(row), given)


def _why_not(entries: Sequence[_Entry], verdicts: int, answers: int, sizes: Mapping[str, int]) -> str:
    """Why people and LLM are not combined; "" where they are. Never from how many hits people found."""
    if verdicts <= answers:
        return "the LLM graded no more calls than people"
    for whose, out, of in (
        ("people", sum(one.people == "out" for one in entries), sum(one.people not in (None, "open") for one in entries)),
        ("the LLM", sum(one.verdict == "out" for one in entries), len(entries)),
    ):
        if out > MOST_OUT * of:
            return f"{whose} left {out} of {of} calls out (N/A or out of scope), more than {numbers.exactly(MOST_OUT, 'share')}"
    return use_combination(_frames(entries, sizes, _ANSWERED)).why


Counted = Mapping[Answer, bool]
"""People's answer -> whether it counts as a hit; an answer that is not in it counts as no grade."""
_ANSWERED: Counted = {"hit": True, "no": False, "out": False}
_OUT: Counted = {"hit": False, "no": False, "out": True}
_LEAST: Counted = {"hit": True, "no": False, "out": False, "open": False}
_MOST: Counted = {"hit": True, "no": False, "out": True, "open": True}


def _frames(entries: Sequence[_Entry], sizes: Mapping[str, int], counted: Counted) -> list[Frame]:
    """A frame a stratum, a cell a verdict; calls the LLM gave no verdict are a cell of their own."""
    cells: dict[str, dict[Answer, Counter[str]]] = {name: defaultdict(Counter) for name in sizes}
    for one in entries:
        cell = cells[one.stratum][one.verdict]
        cell["calls"] += 1
        cell["graded"] += one.people in counted
        cell["hits"] += counted.get(one.people, False)
    return [
        Frame(tuple(Cell(cell["hits"], cell["graded"], cell["calls"]) for _, cell in sorted(found.items(), key=str)), sizes[name])
        for name, found in cells.items()
    ]


def _limits(scaled: Scaled, entries: Sequence[_Entry], sizes: Mapping[str, int], tail: float) -> tuple[float, float]:
    lowest = melded_share(_frames(entries, sizes, _LEAST), tail)
    both_ways = any(one.people in ("open", "out") for one in entries)
    highest = melded_share(_frames(entries, sizes, _MOST), tail) if both_ways else lowest
    return scaled.limits(lowest.low, highest.high)


def _value(scaled: Scaled, entries: Sequence[_Entry], sizes: Mapping[str, int]) -> float:
    """The calls of each cell at the share that people found in it; a cell without a grade counts as half hits, none out."""
    total = sum(sizes.values())
    hits = sum(frame.expected for frame in _frames(entries, sizes, _ANSWERED)) / total
    out = sum(_expected_out(frame) for frame in _frames(entries, sizes, _OUT)) / total
    return scaled.value(hits, out)


def _expected_out(frame: Frame) -> float:
    found = sum(cell.calls * cell.hits / cell.graded for cell in frame.cells if cell.graded)
    return found * frame.size / frame.drawn if frame.drawn else 0.0


def _by_llm(question: Question, entries: Sequence[_Entry], sizes: Mapping[str, int]) -> Measure:
    """The LLM's own share, weighted, without limits: nobody knows how far off it is."""
    asked = Counter(one.stratum for one in entries)
    weights: dict[Answer, float] = defaultdict(float)
    for one in entries:
        weights[one.verdict] += sizes[one.stratum] / asked[one.stratum]
    known = weights["hit"] + weights["no"] + weights["out"]
    n = sum(one.verdict in ("hit", "no") for one in entries)
    value = question.scaled.value(weights["hit"] / known, weights["out"] / known) if n else None
    people = question.people
    return people.model_copy(
        update={"value": value, "n": n, "missing": len(entries) - n, "low": None, "high": None, "note": NOT_FOR_VERDICTS}
    )
