"""Details of the judged checks: since their epoch, without contested calls, what was not graded, and what is not resolution."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness import numbers
from evalharness.models.measure import Check, Measure, Since
from evalharness.models.summary import WeekSummary
from evalharness.report import phrases, response_words, since_words, verdicts
from evalharness.report.workbook.page import Content, Mark, Page
from evalharness.report.workbook.table import bars, figure, table

_SINCE_HEAD = ("check", "counted", "rate", "low", "high", "weeks", "verdict", "needed in all", "since when and why")
_SINCE = (
    "Low and high are one-sided 95 % bounds that hold at every weekly look. Only calls that had the same chance within their "
    "week count; where this week alone does not prove a check, this rate decides. The rate leaves calls without an answer out "
    "and counts technical failures of the log in; the bounds take both ways what is open."
)
_VARIANT_HEAD = ("check", "as it counts", "without that", "calls", "what is left out")
_VARIANT = "A verdict that hangs on these calls is not proven."
_CASES_HEAD = ("judged rate", "value", "worst case", "best case", "n of N", "no answer")
_CASES = "The 95 % limits: first with every missing answer taken against the agent, then with every one taken for it."
_MEANINGS = {
    "resolution_rate": "the caller's goal was met end to end by the agent, as people graded it",
    "verified_resolution_rate": "resolved, and the same caller did not call again for the same intent within 7 days",
    "containment_rate": "neither handed to a human nor left for one to follow up, by the log; callers who gave up count in",
    "csat_share": "callers who answered 4 or 5 of 5, of those who answered",
    "csat_response_rate": "callers who answered at all; who does not answer may think otherwise",
    "csat_gap_points": "baseline of calls handled by people minus the agent's share, in points",
    "csat_transferred": "calls handed to a human, apart: these callers rate the human",
}
_RESOLVED = ("resolution_rate", "verified_resolution_rate", "containment_rate")
_CSAT = ("csat_share", "csat_response_rate", "csat_gap_points", "csat_transferred")
_FIGURE_HEAD = ("figure", "value", "95 % interval", "n of N", "without data", "basis", "what it means")


def add_checks(page: Page, summary: WeekSummary) -> None:
    """Write the tables of the checks; one that has nothing to say is left out."""
    if any(check.since for check in summary.checks):
        table(page, "Judged checks since their start", _SINCE_HEAD, _since_rows(summary), said=_SINCE, spread=True)
    if any(check.variants for check in summary.checks):
        table(page, "Without what is contested", _VARIANT_HEAD, _variant_rows(summary), said=_VARIANT, spread=True)
    if summary.nonresponse is not None:
        _nonresponse(page, summary)
    _apart(page, summary, "Resolved, verified and contained are three things", _RESOLVED)
    _apart(page, summary, "CSAT: what callers answered", _CSAT)


def _since_rows(summary: WeekSummary) -> Iterator[list[Content]]:
    for check in summary.checks:
        for since in (check.since, check.since_version):
            if since is not None:
                yield _since(check, since)


def _since(check: Check, since: Since) -> list[Content]:
    shown = [numbers.shown(limit, check.threshold) if since.n else numbers.NO_DATA for limit in (since.low, since.high)]
    return [
        phrases.title(check.threshold.measure),
        numbers.count_of(since.hits, since.n),
        numbers.shown(since.value, check.threshold),
        *shown,
        numbers.count(since.weeks),
        Mark(since.verdict) if since.n else "no call yet",
        numbers.count(since.calls_needed) if since.calls_needed is not None else "",
        _since_why(check, since),
    ]


def _since_why(check: Check, since: Since) -> str:
    deciding = check.by_since and since is check.since
    return f"{since_words.start(since)}{'; decides, since this week alone is not proven' if deciding else ''}"


def _variant_rows(summary: WeekSummary) -> Iterator[list[Content]]:
    for check in summary.checks:
        for variant in check.variants:
            yield [
                phrases.title(check.threshold.measure),
                verdicts.shown(check),
                verdicts.VERDICT_WORDS[variant.verdict],
                numbers.count(variant.calls),
                variant.left_out,
            ]


def _nonresponse(page: Page, summary: WeekSummary) -> None:
    found = summary.nonresponse
    if found is None:
        return
    rows: list[list[Content]] = [[name, numbers.count(calls), text] for name, calls, text in response_words.rows(found)]
    title = f"What became of the {numbers.counted(found.drawn, 'drawn call')}"
    table(page, title, ("drawn call", "calls", "what it means"), rows, spread=True)
    judged = [check for check in summary.checks if check.measure.basis == "sample"]
    if judged:
        table(page, "Judged rates in the worst and the best case", _CASES_HEAD, map(_case, judged), said=_CASES)


def _case(check: Check) -> list[Content]:
    measure = check.measure
    return [
        phrases.title(check.threshold.measure),
        phrases.value(check),
        *response_words.cases(check),
        phrases.n_of(measure),
        numbers.count(measure.missing),
    ]


def _apart(page: Page, summary: WeekSummary, title: str, names: tuple[str, ...]) -> None:
    """A small table with the sentence what each figure means, where there are several of them to be told apart."""
    known = {measure.name: measure for measure in (*(check.measure for check in summary.checks), *summary.measures)}
    found = [known[name] for name in names if name in known]
    limits = bars(summary)
    if len(found) > 1:
        rows = [[*figure(one, limits.get(one.name)), _meaning(one)] for one in found]
        table(page, title, _FIGURE_HEAD, rows, spread=True)


def _meaning(measure: Measure) -> str:
    """What the figure means, with what it still waits for: the note of verified resolution says both itself."""
    meaning, note = _MEANINGS[measure.name], measure.note.strip().rstrip(".")
    if measure.name == "verified_resolution_rate":
        return note or meaning
    return f"{meaning}; {note}" if note and measure.name == "csat_gap_points" else meaning
