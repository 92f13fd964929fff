"""What was measured in all calls, in words. Pure text; names of calls stand as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from evalharness import numbers
from evalharness.models.finding import Finding
from evalharness.models.measured import COUNTED, FigureUnit, Logged, MeasuredFigure, MeasuredGroup, Spread
from evalharness.models.summary import WeekSummary
from evalharness.report import phrases

HEADING = "Measured in all calls"
_BEHIND = {"count": "", "yes_no": "", "turns": " turns", "per_minute": " a minute"}
_PARTS = {
    "transcript": "transcript, of all calls",
    "duration": "duration, of all calls",
    "status": "status, of all calls",
    "error_reason": "why it failed, of calls that failed",
    "tool_payloads": "arguments and results of every tool call, of calls that called tools",
    "latency": "latency, of calls with a transcript",
    "cost": "cost, of all calls",
}
_NO_NAME = "not given"
_UNITS: Mapping[str, FigureUnit] = {
    "dead_air": "ms",
    "overlong_by_time": "ms",
    "talk_ratio": "share",
    "agent_words_per_minute": "per_minute",
    "human_requests": "turns",
}
_COUNTED_IN = {"overlong_by_words": " words", "agent_loops": " times"}
"""What the size of a measure's findings is counted in."""


def currency(summary: WeekSummary) -> str | None:
    """The currency of figures in money."""
    return next((row.mean.currency for row in summary.cost if row.mean.currency), None)


def amount(value: float | None, unit: FigureUnit, money: str | None = None) -> str:
    """A figure with its unit: "4.2 turns", "12 %", "151 a minute", "9000 ms"; None reads "no data"."""
    if value is None:
        return numbers.NO_DATA
    if unit in ("share", "ms", "money"):
        return numbers.figure(value, unit, money)
    shown = numbers.figure(value, "score")
    return shown + (" turn" if unit == "turns" and shown == "1" else _BEHIND[unit])


def n_of(spread: Spread) -> str:
    """How many calls have the figure: "138 of 142"."""
    return numbers.count_of(spread.n, spread.of)


def with_any(spread: Spread, among: str = "") -> str:
    """The share of calls where it is above 0, with both cases where many calls lack it; "" where that says nothing."""
    if spread.share is None:
        return ""
    text = f"{numbers.figure(spread.share, 'share')} ({_hits(spread, among)})"
    if spread.least is None or spread.most is None:
        return text
    return f"{text}; of all calls {numbers.span(spread.least, spread.most, 'share')}"


def _hits(spread: Spread, among: str) -> str:
    return numbers.count_of(spread.hits, spread.n) + (f" {among}" if among else "")


def middle(spread: Spread, unit: FigureUnit, money: str | None = None) -> str:
    """The median of the calls that have it; of a yes or no the share says it all."""
    return "" if unit == "yes_no" and spread.n else amount(spread.median, unit, money)


def mean(spread: Spread, unit: FigureUnit, money: str | None = None) -> str:
    """The mean of the calls that have it; of a yes or no the share says it all."""
    return "" if unit == "yes_no" and spread.n else amount(spread.mean, unit, money)


def before(figure: MeasuredFigure, money: str | None = None) -> str:
    """What it was the week before, of how many calls: the share of calls, else the median."""
    spread, unit = figure.before, figure.meaning.unit
    if spread is None or not spread.n:
        return numbers.NO_DATA
    if unit in COUNTED:
        return f"{numbers.figure(spread.share, 'share')} ({_hits(spread, '')})"
    return f"{amount(spread.median, unit, money)} ({n_of(spread)})"


def states(figure: MeasuredFigure) -> str:
    """What became of the findings: "3 handled, 2 improvised, 1 not told"; of required words each by its name."""
    if figure.named:
        return "; ".join(required(name, counts) for name, counts in figure.named.items())
    return ", ".join(f"{numbers.count(n)} {phrases.plain(state) if state else 'found'}" for state, n in figure.states.items())


def required(name: str, counts: Mapping[str, int]) -> str:
    """Required words by name: "recording notice: said in time in 90 of 100 (90.0 %), 4 late, 6 missing"."""
    said, of = counts.get("said", 0), sum(counts.values())
    rest = [f"{numbers.count(counts[state])} {state}" for state in ("late", "missing") if counts.get(state)]
    share = f"said in time in {numbers.count_of(said, of)} ({numbers.figure(said / of, 'share')})"
    return f"{phrases.plain(name)}: {', '.join([share, *rest])}"


def group(one: MeasuredGroup) -> str:
    """The group by name: "version v12", "intent not given", "14:00 to 15:00"."""
    if one.by == "hour" and one.name.isdigit():
        hour = int(one.name)
        return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"
    return f"{one.by} {phrases.plain(one.name) if one.name else _NO_NAME}"


def ranked(figures: Iterable[MeasuredFigure]) -> list[MeasuredFigure]:
    """What stands out: bad things found in any call, those in most calls first, then by name."""
    found = [figure for figure in figures if figure.stands_out]
    return sorted(found, key=lambda figure: (-figure.week.hits, figure.meaning.figure))


def sentence(figure: MeasuredFigure) -> str:
    """What stands out, in one line: "loops: 12 % of calls (17 of 142), the week before 8 % (11 of 139):
    the agent says the same again"."""
    spread, meaning = figure.week, figure.meaning
    share = f"{numbers.figure(spread.share, 'share')} of calls ({_hits(spread, '')})"
    if meaning.among:
        share = f"{_hits(spread, meaning.among)} ({numbers.figure(spread.share, 'share')})"
    lacking = 0 if meaning.among else spread.of - spread.n
    without = f", {numbers.count(lacking)} more without data" if lacking else ""
    earlier = f", the week before {before(figure)}" if figure.before and figure.before.n else ""
    return f"{phrases.figure_name(meaning.figure)}: {share}{without}{earlier}: {meaning.words}"


def places_of(finding: Finding) -> str:
    """The turns of a finding: "turns 3, 7"; "the call" where no turn shows it."""
    if not finding.turns:
        return "the call"
    return f"turn{'s' if len(finding.turns) > 1 else ''} {', '.join(map(str, finding.turns))}"


def found(finding: Finding) -> str:
    """A finding without its place: "dead air, 9000 ms (late): nobody spoke", "agent words per minute, 210 a minute"."""
    size = amount(finding.value, _UNITS.get(finding.measure, "count")) + _COUNTED_IN.get(finding.measure, "")
    size = f", {size}" if finding.value is not None else ""
    state = f" ({phrases.plain(finding.state)})" if finding.state else ""
    return f"{phrases.figure_name(finding.measure)}{size}{state}{f': {finding.note}' if finding.note else ''}"


def part(logged: Logged) -> str:
    """The part of the log in words, and of which calls it is asked."""
    return _PARTS[logged.part]


def usual(logged: Logged) -> str:
    """What the weeks before had: "98 % (4 weeks)"."""
    if logged.usual is None:
        return numbers.NO_DATA
    return f"{numbers.figure(logged.usual, 'share')} ({numbers.counted(len(logged.weeks), 'week')})"


def drops(logged: Sequence[Logged]) -> Iterator[str]:
    """A line a part that is filled less than usual."""
    for one in logged:
        if one.dropped and one.share is not None:
            now = f"{numbers.figure(one.share, 'share')} ({numbers.count_of(one.has, one.of)})"
            yield f"The log is filled less than before: {part(one)}: {now}, usually {usual(one)}."


def standing_out(summary: WeekSummary) -> list[str]:
    """Every line of what stands out over all calls, then what the log is filled less with."""
    return [*map(sentence, ranked(summary.measured)), *drops(summary.logged)]
