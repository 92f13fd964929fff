"""The box in words: what an owner is told of a week, worded once for terminal, workbook and Markdown.

Pure text from a WeekSummary. Names and ids stand here as they are: each reporter makes them safe for its own place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from evalharness.models.measure import Check, Measure, Verdict, WeekVerdict
from evalharness.models.summary import CallToHear, GraderCount, WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.models.week import monday
from evalharness.report import numbers

VERDICTS: tuple[Verdict, ...] = ("met", "missed", "not_proven", "not_measured")
VERDICT_WORDS: dict[Verdict, str] = {
    "met": "met",
    "missed": "missed",
    "not_proven": "not proven",
    "not_measured": "not measured",
}
BASIS_WORDS = {"all_calls": "all calls", "sample": "sample", "ledger": "records"}
KIND_WORDS = {
    "clear_failure": "clear failure",
    "disagreement": "graders disagree",
    "missed_escalation": "missed escalation",
    "slow": "slow",
    "low_score": "low score",
}
_MONTHS = "January February March April May June July August September October November December".split()
_TITLES = {
    "resolution_rate": ("Resolution", "{} of in-scope calls resolved without a human"),
    "containment_rate": ("Containment", "{} of in-scope calls ended without handoff or follow-up"),
    "latency_p50_ms": ("Median latency", "half of the replies come within {}"),
    "latency_p95_ms": ("p95 latency", "95 of 100 replies come within {}"),
    "latency_p99_ms": ("p99 latency", "99 of 100 replies come within {}"),
    "csat_gap_points": ("CSAT gap", "{} below calls handled by people"),
    "clear_failure_rate": ("Clear failures", "{} of in-scope calls show a clear failure"),
    "cost_per_call": ("Cost per call", "{} a call on average"),
    "owner_reviewed_calls": ("Owner review", "{} reviewed by the owner or the deputy"),
}
_FOUR_OR_FIVE = "share_4_5."


@dataclass(frozen=True)
class Line:
    """One line of the box: a label of one or two words, and a sentence."""

    label: str
    text: str


def title(measure: str) -> str:
    """What a measure is called in front of people: "Clear failures", "correctness at 4 or 5"."""
    if measure.startswith(_FOUR_OR_FIVE):
        return f"{plain(measure.removeprefix(_FOUR_OR_FIVE))} at 4 or 5"
    return _TITLES[measure][0] if measure in _TITLES else plain(measure)


def plain(name: str) -> str:
    """An identifier as words: "wrong_information" -> "wrong information"."""
    return name.replace("_", " ")


def week_dates(week: str) -> str:
    """The days of a week: "Monday 16 to Sunday 22 November 2026"."""
    first = monday(week)
    last = first + timedelta(days=6)
    start = f"Monday {first.day}"
    if first.month != last.month:
        start += f" {_MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} to Sunday {day(last)}"


def day(moment: date) -> str:
    """A day: "22 November 2026"."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def local(instant: datetime, timezone: str) -> str:
    """An instant by the workspace's clock, sortable: "2026-11-16 09:12"."""
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def heading(summary: WeekSummary) -> str:
    """Agent, week and verdict in one line."""
    return f"{summary.agent}, week {summary.week}: {summary.verdict}"


def verdict_sentence(summary: WeekSummary) -> str:
    """The verdict of the week with its leaning and what it rests on."""
    leaning = f", {summary.leaning}" if summary.leaning else ""
    return f"{summary.verdict.upper()}{leaning}. {_WHY[summary.verdict]}{_switched_off(summary)}"


_WHY: dict[WeekVerdict, str] = {
    "good enough": "Every check of the bar is met.",
    "not good enough": "At least one check of the bar is missed.",
    "not proven yet": "No check is missed, but this week's data cannot show that every check is met.",
}


def _switched_off(summary: WeekSummary) -> str:
    if not summary.switched_off:
        return ""
    return f" Switched off by the owner: {', '.join(map(plain, summary.switched_off))}."


def calls_sentence(summary: WeekSummary) -> str:
    """How many calls there were and how they divide."""
    people = summary.population
    parts = [
        f"{numbers.counted(people.calls, 'call')} in the week",
        f"{numbers.count(people.in_scope)} in scope",
        f"{numbers.count(people.technical)} failed technically",
        f"{numbers.count(people.gradable)} with a transcript",
    ]
    return f"{parts[0]}: {', '.join(parts[1:])}."


def sample_sentence(summary: WeekSummary) -> str:
    """How many calls were drawn and graded, redraws and latecomers said."""
    design = summary.design
    if design is None:
        return "No sample is drawn yet."
    text = f"{numbers.count_of(design.drawn, design.population)} calls drawn, {numbers.count(summary.graded_calls)} graded."
    if summary.redraw_reason:
        text += f" Drawn again: {summary.redraw_reason.rstrip('.')}."
    if summary.late_calls:
        text += f" {numbers.counted(summary.late_calls, 'call')} arrived after the draw: counted in the week, not in the sample."
    return text


def readers_sentence(summary: WeekSummary) -> str:
    """Who read how many calls; people first, each by full name."""
    people = [_read(grader) for grader in summary.graders if grader.kind == "human"]
    machines = [_read(grader) for grader in summary.graders if grader.kind != "human" and grader.calls]
    if not any(grader.calls for grader in summary.graders if grader.kind == "human"):
        people = ["Nobody has read a call yet", *people]
    return "; ".join([*people, *machines]) + "."


def _read(grader: GraderCount) -> str:
    asked = f" of {numbers.count(grader.asked)}" if grader.asked else ""
    calls = f"{numbers.count(grader.calls)}{asked}"
    noun = "call" if (grader.asked or grader.calls) == 1 else "calls"
    name = f"{grader.name} (LLM)" if grader.kind == "llm" else grader.name
    verb = {"human": "read", "llm": "graded", "measured": "measured"}[grader.kind]
    return f"{name} {verb} {calls} {noun}"


def box(summary: WeekSummary) -> tuple[Line, ...]:
    """What every report of a week begins with, in this order."""
    return (
        Line("Agent", f"{summary.agent} (owner: {summary.owner})"),
        Line("Week", f"{summary.week}, {week_dates(summary.week)} ({summary.timezone})"),
        Line("Calls", calls_sentence(summary)),
        Line("Sample", sample_sentence(summary)),
        Line("Read by", readers_sentence(summary)),
        Line("Verdict", verdict_sentence(summary)),
        *check_lines(summary),
        *(Line("Changed", text) for text in changes(summary)),
        *(Line("To do", step) for step in next_steps(summary)),
    )


def check_lines(summary: WeekSummary) -> Iterator[Line]:
    """One line a check, met first, each with what it would take."""
    for verdict in VERDICTS:
        for check in summary.checks:
            if check.verdict == verdict:
                yield Line(VERDICT_WORDS[verdict].capitalize(), check_sentence(check))


def check_sentence(check: Check) -> str:
    """A check in one line: what was seen, against which bar, and what would settle it."""
    return f"{title(check.threshold.measure)}: {_SENTENCES[check.verdict](check)}."


def changes(summary: WeekSummary) -> tuple[str, ...]:
    """The dated notes of the week: new prompt, new model, outage."""
    return tuple(f"{local(change.at, summary.timezone)} {change.label} ({change.kind})" for change in summary.changes)


def next_steps(summary: WeekSummary) -> tuple[str, ...]:
    """What to do next; says so when there is nothing."""
    return tuple(step[:1].upper() + step[1:] for step in summary.next_steps) or ("Nothing is due for this week.",)


def settles(check: Check) -> str:
    """What would decide a check that is not decided; "" where it is."""
    if check.verdict in ("met", "missed"):
        return ""
    if check.verdict == "not_measured":
        return _reason(check) or check.measure.note or numbers.NO_DATA
    if check.calls_needed is not None:
        return f"{numbers.counted(check.calls_needed, 'graded call')} would settle it if it stays so"
    if check.measure.basis == "all_calls" and check.measure.missing:
        return f"the {numbers.counted(check.measure.missing, _noun(check.measure))} without data would settle it"
    return "grading more calls of this week may not settle it"


def remarks(check: Check) -> str:
    """What the column beside the verdict says: what would settle it, the reason given, and the note of the figure."""
    parts = (settles(check), _reason(check), check.measure.note.strip().rstrip("."))
    return "; ".join(dict.fromkeys(part for part in parts if part))


def n_of(measure: Measure) -> str:
    """What a measure stands on: "35 of 142"; "none" where there was nothing to measure."""
    return numbers.count_of(measure.n, measure.of) if measure.of or measure.n else "none"


def bar(check: Check, *, signs: bool = False) -> str:
    """The bar of a check, in the measure's currency."""
    return numbers.bar(check.threshold, check.measure.currency, signs=signs)


def call_name(call: CallToHear) -> str:
    """How a call is named beside a reason: its number in the queue if drawn, and its id."""
    return f"#{call.position} {call.call_id}" if call.position else call.call_id


def _seen(check: Check) -> str:
    """The value in a sentence; none of n reads "none of 35 graded calls failed", not a per cent."""
    measure = check.measure
    if measure.unanswered:
        return "the percentile falls on a caller turn that got no answer"
    if measure.value is None:
        return measure.note or numbers.NO_DATA
    if measure.name == "clear_failure_rate" and measure.value == 0:
        return f"none of {numbers.counted(measure.n, 'graded call')} failed"
    return _phrase(check.threshold).format(numbers.measured(measure, check.threshold))


def _phrase(threshold: Threshold) -> str:
    if threshold.measure.startswith(_FOUR_OR_FIVE):
        return "{} of calls at 4 or 5"
    return _TITLES[threshold.measure][1]


def _stands_on(check: Check) -> str:
    """Bar, interval and count, in brackets behind what was seen."""
    measure = check.measure
    limits = numbers.interval(measure, check.threshold)
    parts = [f"bar: {bar(check)}"]
    if limits and limits != "exact":
        parts.append(f"95 %: {limits}")
    if measure.basis != "ledger":
        parts.append(f"{n_of(measure)} {_noun(measure)}s" + (" graded" if measure.basis == "sample" else ""))
    return f" ({', '.join(parts)})"


def _noun(measure: Measure) -> str:
    return "turn" if measure.name.startswith("latency_") else "call"


def _decided(check: Check) -> str:
    reason = _reason(check)
    return _seen(check) + _stands_on(check) + (f"; {reason}" if reason else "")


def _not_proven(check: Check) -> str:
    """What was seen, where the truth may still lie by the bounds the verdict rests on, and what would settle it."""
    low, high = check.low, check.high
    rate = "the rate" if check.measure.unit == "share" else "it"
    whole = " of the week's calls" if check.measure.unit == "share" and check.measure.basis == "sample" else ""
    low_text, high_text = (numbers.shown(limit, check.threshold, check.measure.currency) for limit in (low, high))
    if high is not None and not low:
        may = f", {rate} may still be up to {high_text}{whole}"
    elif low is not None and (high is None or (high == 1 and check.measure.unit == "share")):
        may = f", {rate} may still be as low as {low_text}{whole}"
    elif low is not None and high is not None:
        span = numbers.span(low, high, check.measure.unit, threshold=check.threshold, currency=check.measure.currency)
        may = f", {rate} may lie anywhere from {span}{whole}"
    else:
        may = ""
    return f"{_seen(check)}{may} (bar: {bar(check)}, {n_of(check.measure)} {_noun(check.measure)}s); {_what_it_takes(check)}"


def _what_it_takes(check: Check) -> str:
    return "; ".join(part for part in (settles(check), _reason(check)) if part)


def _not_measured(check: Check) -> str:
    return f"{settles(check)} (bar: {bar(check)})"


def _reason(check: Check) -> str:
    return check.reason.strip().rstrip(".")


_SENTENCES = {"met": _decided, "missed": _decided, "not_proven": _not_proven, "not_measured": _not_measured}
