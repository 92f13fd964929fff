"""A check in words: what was seen, against which bar, on how many, and what would settle it. Pure text."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.measure import Check, Measure
from evalharness.models.threshold import Threshold
from evalharness.report import since_words, verdicts

ANCHOR_WORDS = {
    "acoustic": "measured in the audio",
    "reported": "as the platform reports it",
    "transcript": "from the times of the turns",
    "components": "sum of its parts",
    "none": "no times",
}
"""How a latency was measured -> what people read."""

LEDGER_HEAD = "Ledger head"
"""What the newest entry of the ledger that a report rests on is called in every report."""
BASIS_WORDS = {"all_calls": "all calls", "sample": "sample", "ledger": "records"}
_TITLES = {
    "resolution_rate": ("Resolution", "{} of in-scope calls resolved without a human"),
    "verified_resolution_rate": ("Verified resolution", "{} of in-scope calls resolved, and not called about again in 7 days"),
    "containment_rate": ("Containment", "{} of in-scope calls ended without handoff or follow-up"),
    "latency_p50_ms": ("Median latency", "half of the replies come within {}"),
    "latency_p95_ms": ("p95 latency", "95 of 100 replies come within {}"),
    "latency_p99_ms": ("p99 latency", "99 of 100 replies come within {}"),
    "csat_gap_points": ("CSAT gap", "{} below calls handled by people"),
    "clear_failure_rate": ("Clear failures", "{} of in-scope calls show a clear failure"),
    "cost_per_call": ("Cost per call", "{} a call on average"),
    "owner_reviewed_calls": ("Owner review", "{} reviewed by the owner or the deputy"),
}
_NAMES = {
    "csat_share": "CSAT (4 or 5)",
    "csat_response_rate": "CSAT response rate",
    "csat_transferred": "CSAT of transferred calls",
    "technical_failure_rate": "Technical failures",
    "slow_calls": "Slow calls",
    "escalation_precision": "escalation precision (graded)",
    "escalation_recall": "escalation recall (graded)",
}
"""Figures without a bar."""
_MEASURED = {
    "slow_replies": "overdue answers",
    "slow_replies_handled": "overdue answers handled",
    "escalation_precision": "escalation precision (measurable triggers)",
    "escalation_recall": "escalation recall (measurable triggers)",
}
"""Figures of the detectors that would read like another figure."""
_FOUR_OR_FIVE, _YES, _WITH = "share_4_5.", "share_yes.", "calls_with."
_ABOVE = "{} above calls handled by people (a gap of {})"
"""A negative gap: callers were more content with the agent."""
_CSAT_SETTLES = "only more answers can settle it: of later weeks, or a baseline with more answers"
LARGEST_SAMPLE = 50
"""The most calls a week's sample holds."""
_BEYOND = {
    False: f" (more than one week's sample of {LARGEST_SAMPLE} can hold)",
    True: f" (a week's sample holds {LARGEST_SAMPLE})",
}
"""By whether the weeks also accumulate: then what would settle it over weeks stands beside it."""


def title(measure: str) -> str:
    """What a measure is called in front of people: "Clear failures", "correctness at 4 or 5"."""
    if measure.startswith(_FOUR_OR_FIVE):
        return f"{plain(measure.removeprefix(_FOUR_OR_FIVE))} at 4 or 5"
    if measure.startswith(_WITH):
        return f"calls with {figure_name(measure.removeprefix(_WITH))}"
    if measure.startswith(_YES):
        return f"{plain(measure.removeprefix(_YES))}: yes"
    return _TITLES[measure][0] if measure in _TITLES else _NAMES.get(measure) or plain(measure)


def plain(name: str) -> str:
    """An identifier as words: "wrong_information" -> "wrong information"."""
    return name.replace("_", " ")


def figure_name(figure: str) -> str:
    """What a figure of the detectors is called, apart from any graded or checked one."""
    return _MEASURED.get(figure) or plain(figure)


def check_sentence(check: Check) -> str:
    """A check in one line: what was seen this week, against which bar, what would settle it, and the rate since its epoch."""
    name, beside = title(check.threshold.measure), since_words.beside(check)
    if check.by_since and check.since:
        return f"{name}: {beside}; this week alone: {_open(check)}."
    if beside.startswith("("):
        return f"{name}: {_SENTENCES[check.verdict](check)} {beside}."
    return f"{name}: {'; '.join(part for part in (_SENTENCES[check.verdict](check), beside) if part)}."


def settles(check: Check) -> str:
    """What would decide a check that is not decided; "" where it is."""
    if check.verdict in ("met", "missed"):
        return ""
    if check.verdict == "not_measured":
        return _reason(check) or check.measure.note or numbers.NO_DATA
    if check.threshold.measure.startswith("csat_"):
        return _CSAT_SETTLES
    if check.calls_needed is not None:
        beyond = _BEYOND[check.since is not None] if check.calls_needed > LARGEST_SAMPLE else ""
        return f"{numbers.counted(check.calls_needed, 'graded call')} this week would settle it if it stays so{beyond}"
    if check.measure.basis == "all_calls" and check.measure.missing:
        return f"the {numbers.counted(check.measure.missing, _noun(check.measure))} without data would settle it"
    return "grading more calls of this week may not settle it"


def value(check: Check) -> str:
    """The figure beside the bar; where nothing was graded and the log alone decides, what the log shows."""
    measure = check.measure
    if measure.value is None and not measure.unanswered and check.verdict == "missed" and measure.note:
        return measure.note
    return numbers.measured(measure, check.threshold)


def remarks(check: Check) -> str:
    """What the column of remarks says: what would settle this week, the reason given, and the note of the figure."""
    alone = f"this week alone: {verdicts.VERDICT_WORDS[check.this_week]}" if check.by_since and check.this_week else ""
    unanswered = "it falls on a caller turn that got no answer" if check.measure.unanswered else ""
    note = check.measure.note.strip().rstrip(".")
    decides = deciding(check).removeprefix("; ")
    parts = (alone, settles(check), decides, unanswered, *_reasons(check), "" if note == value(check) else note)
    return "; ".join(dict.fromkeys(part for part in parts if part))


def deciding(check: Check) -> str:
    """The one-sided 95 % bound that decided where the two-sided limits hold values on both sides of the bar; else ""."""
    measure, bar_of = check.measure, check.threshold
    straddles = None not in (measure.low, measure.high) and bar_of.holds(measure.low or 0.0) != bar_of.holds(measure.high or 0.0)
    if check.by_since or check.verdict not in ("met", "missed") or not straddles:
        return ""
    low_decides = (bar_of.direction in ("at_least", "above")) == (check.verdict == "met")
    bound = check.low if low_decides else check.high
    if bound is None:
        return ""
    word = "at least" if low_decides else "at most"
    return f"; one-sided, which decides: {word} {numbers.shown(bound, bar_of, measure.currency)}"


def limits(check: Check) -> str:
    """The two-sided 95 % limits; what is not proven is never "exact": where no limit can be told, they are not known."""
    found = numbers.interval(check.measure, check.threshold)
    return numbers.NOT_KNOWN if found == "exact" and check.verdict == "not_proven" else found


def n_of(measure: Measure) -> str:
    """What a measure stands on: "35 of 142"; "none" where there was nothing to measure."""
    return numbers.count_of(measure.n, measure.of) if measure.of or measure.n else "none"


def bar(check: Check, *, signs: bool = False) -> str:
    """The bar of a check, in the measure's currency."""
    return numbers.bar(check.threshold, check.measure.currency, signs=signs)


def _seen(check: Check) -> str:
    """The value in a sentence; none of n reads "none of 35 graded calls failed", not a per cent."""
    measure = check.measure
    if measure.unanswered:
        return "the percentile falls on a caller turn that got no answer"
    if measure.value is None:
        return measure.note or numbers.NO_DATA
    if measure.name == "clear_failure_rate" and measure.value == 0:
        return f"none of {numbers.counted(measure.n, 'graded call')} failed"
    shown = numbers.measured(measure, check.threshold)
    if measure.name == "csat_gap_points" and measure.value < 0:
        return _ABOVE.format(numbers.figure(-measure.value, "points"), shown)
    return _phrase(check.threshold).format(shown)


def _phrase(threshold: Threshold) -> str:
    if threshold.measure.startswith(_FOUR_OR_FIVE):
        return "{} of calls at 4 or 5"
    return _TITLES[threshold.measure][1]


def _stands_on(check: Check) -> str:
    """Bar, interval and count, in brackets behind what was seen."""
    measure = check.measure
    found = limits(check)
    parts = [f"bar: {bar(check)}"]
    if found and found != "exact":
        parts.append(f"95 %: {found}{deciding(check)}")
    if measure.basis != "ledger":
        parts.append(standing_on(check))
    return f" ({', '.join(parts)})"


def standing_on(check: Check) -> str:
    """On how many a figure stands: "35 of 140 calls graded", "404 of 404 turns"."""
    return n_of_nouns(check.measure) + (" graded" if check.measure.basis == "sample" else "")


def n_of_nouns(measure: Measure) -> str:
    """What a measure stands on with its noun: "35 of 142 calls", "1 of 1 call"."""
    return f"{n_of(measure)} {_noun(measure)}{'' if measure.of == 1 else 's'}"


def _noun(measure: Measure) -> str:
    return "turn" if measure.name.startswith("latency_") else "call"


def _decided(check: Check) -> str:
    reason = _reason(check)
    return _seen(check) + _stands_on(check) + (f"; {reason}" if reason else "")


def _not_proven(check: Check) -> str:
    """What was seen, where the truth may still lie, what would settle it, and what it hangs on."""
    return "; ".join(part for part in (_open(check), settles(check), *_reasons(check)) if part)


def _open(check: Check) -> str:
    """What was seen, and where the truth may still lie: the two-sided 95 % limits, as every table has them."""
    low, high = check.measure.low, check.measure.high
    if low is None and high is None:
        low, high = check.low, check.high
    rate = "the rate" if check.measure.unit == "share" else "it"
    whole = " of the week's calls" if check.measure.unit == "share" and check.measure.basis == "sample" else ""
    low_text, high_text = (numbers.shown(limit, check.threshold, check.measure.currency) for limit in (low, high))
    if high is not None and not low:
        may = f", {rate} may still be up to {high_text}{whole}"
    elif low is not None and (high is None or (high == 1 and check.measure.unit == "share")):
        may = f", {rate} may still be as low as {low_text}{whole}"
    elif limits(check) == numbers.NOT_KNOWN:
        may = ", and no limits of it are known"
    elif low is not None and high is not None:
        span = numbers.span(low, high, check.measure.unit, threshold=check.threshold, currency=check.measure.currency)
        may = f", {rate} may lie anywhere from {span}{whole}"
    else:
        may = ""
    return f"{_seen(check)}{may} (bar: {bar(check)}, {n_of_nouns(check.measure)})"


def _not_measured(check: Check) -> str:
    return f"{settles(check)} (bar: {bar(check)})"


def _reason(check: Check) -> str:
    return check.reason.strip().rstrip(".")


def _reasons(check: Check) -> tuple[str, ...]:
    """The reason given, and what the verdict hangs on, unless the reason says it already."""
    reason, contested = _reason(check), since_words.contested(check)
    return (reason, contested)


_SENTENCES = {"met": _decided, "missed": _decided, "not_proven": _not_proven, "not_measured": _not_measured}
