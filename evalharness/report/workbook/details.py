"""The sheet "Details": every figure of the week with its count, table under table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.workbook.workbook import Workbook

from evalharness.models.measure import Measure
from evalharness.models.summary import CostRow, CriterionSummary, Escalation, LatencyRow, WeekSummary
from evalharness.models.threshold import Threshold
from evalharness.report import numbers, phrases
from evalharness.report.workbook.page import Content, Page

NAME = "Details"
_WIDTHS = (30, 21, 20, 19, 22, 13, 13, 13, 14, 14, 14, 14, 14)


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet."""
    page = Page(workbook, NAME, _WIDTHS)
    page.line(f"Details of week {summary.week}", "title", 30)
    page.line("Every figure with what it stands on. No data is no data: neither 0 nor 100 %.", "subtitle", 20)
    _criteria(page, summary)
    _measures(page, summary)
    if summary.escalation is not None:
        _escalation(page, summary.escalation)
    page.new_page()
    _table(
        page,
        "Latency by source and how it was measured",
        _LATENCY_HEAD,
        (_latency(row, _bars(summary)) for row in summary.latency),
    )
    _table(
        page,
        "Cost by component, in-scope calls",
        ("component", "total", "mean a call", "n of N", "without data"),
        map(_cost, summary.cost),
    )
    strata = ("stratum", "calls in the week (N)", "drawn (n)", "probability", "rule")
    _table(page, "Sample by stratum", strata, _strata(summary), spread=True)
    _table(page, "Graders", ("grader", "kind", "calls", "asked", "grades"), _graders(summary))
    _all_calls(page, summary)
    page.finish(freeze="A3", head=(1, 2))


def _table(page: Page, title: str, head: Sequence[str], rows: Iterable[Sequence[Content]], *, spread: bool = False) -> None:
    """A titled table, or one sentence where there is nothing to show; `spread`: the last column is a text over the rest."""
    page.end_row(10)
    page.section(title)
    found = list(rows)
    if not found:
        page.line("Nothing to show.", "said")
        return
    page.header(head, spread=spread)
    styles = _styles(len(head)) if spread else ["name", *["fact"] * (len(head) - 1)]
    for row in found:
        page.table_row(row, styles, least=18, spread=spread)


def _criteria(page: Page, summary: WeekSummary) -> None:
    head = ("criterion", "type", "weight", "result", "95 % interval", "n of N", "N/A", "not graded", "answers")
    page.section("Criteria, over the graded calls of the sample")
    page.header(head, spread=True)
    for criterion in summary.criteria:
        page.table_row([*_criterion(criterion), _answers(criterion)], _styles(len(head)), 18, spread=True)


def _criterion(criterion: CriterionSummary) -> list[Content]:
    measure = criterion.measure
    return [
        phrases.plain(criterion.criterion),
        phrases.plain(criterion.type),
        "" if criterion.weight is None else f"{criterion.weight:g}",
        _result(criterion),
        numbers.interval(measure),
        phrases.n_of(measure),
        numbers.count(criterion.not_applicable),
        numbers.count(criterion.ungraded),
    ]


def _result(criterion: CriterionSummary) -> str:
    measure = criterion.measure
    if measure.value is None and measure.note:
        return measure.note
    shown = numbers.measured(measure)
    if measure.value is None:
        return shown
    if measure.unit == "score":
        return f"{shown} of 100"
    return f"{shown} yes" if measure.name.startswith("share_yes.") else shown


def _answers(criterion: CriterionSummary) -> str:
    return ", ".join(f"{phrases.plain(answer)}: {numbers.count(number)}" for answer, number in criterion.answers.items())


def _measures(page: Page, summary: WeekSummary) -> None:
    head = ("figure", "value", "95 % interval", "n of N", "without data", "basis", "note")
    page.end_row(10)
    page.section("Figures of the week")
    page.header(head, spread=True)
    known = {measure.name for measure in summary.measures}
    latency = [check.measure for check in summary.checks if check.measure.name not in known]
    bars = _bars(summary)
    for measure in (*summary.measures, *latency, summary.call_score, summary.automatic_fails):
        page.table_row([*_measure(measure, bars.get(measure.name)), measure.note], _styles(len(head)), 18, spread=True)


def _styles(columns: int) -> list[str]:
    """A name, figures, and a text that takes the rest of the row."""
    return ["name", *["fact"] * (columns - 2), "cell"]


def _bars(summary: WeekSummary) -> dict[str, Threshold]:
    """The bar of each measure that has one: its figure gains digits beside it, here too."""
    return {check.threshold.measure: check.threshold for check in summary.checks}


def _measure(measure: Measure, bar: Threshold | None) -> list[Content]:
    title = phrases.title(measure.name)
    return [
        title if title.startswith("p9") else title[:1].upper() + title[1:],
        numbers.measured(measure, bar),
        numbers.interval(measure, bar),
        phrases.n_of(measure),
        numbers.count(measure.missing),
        phrases.BASIS_WORDS[measure.basis],
    ]


def _escalation(page: Page, found: Escalation) -> None:
    page.end_row(10)
    page.section("Escalation: needed x happened")
    page.header(("graded calls", "handed to a human", "not handed over"))
    page.table_row(
        ["human needed", f"{numbers.count(found.correct_transfer)} correct", f"{numbers.count(found.missed)} missed"],
        ("name", "fact", "fact"),
        18,
    )
    row: list[Content] = [
        "human not needed",
        f"{numbers.count(found.unnecessary)} unnecessary",
        f"{numbers.count(found.correct_containment)} correct",
    ]
    page.table_row(row, ("name", "fact", "fact"), 18)
    for name, measure in (("precision", found.precision), ("recall", found.recall)):
        limits = numbers.interval(measure)
        text = f"{numbers.measured(measure)}{f' ({limits})' if limits else ''}, {phrases.n_of(measure)} calls"
        page.said(name, text)


_LATENCY_HEAD = (
    "source, how measured", "median", "p95", "p99", "calls with a reply over 1.5 s", "replies (n)", "calls", "coverage",
    "unanswered", "overlaps", "rejected (over 60 s)", "missing",
)  # fmt: skip


def _latency(row: LatencyRow, bars: dict[str, Threshold]) -> list[Content]:
    named = (("latency_p50_ms", row.p50), ("latency_p95_ms", row.p95), ("latency_p99_ms", row.p99), ("", row.slow_calls))
    percentiles = (numbers.measured(measure, bars.get(name)) for name, measure in named)
    counts = (row.unanswered, row.overlaps, row.rejected, row.missing)
    coverage = numbers.figure(row.coverage, "share")
    return [
        f"{row.source}, {phrases.ANCHOR_WORDS.get(row.anchor, row.anchor)}",
        *percentiles,
        numbers.count(row.n),
        numbers.count(row.calls),
        coverage,
        *map(numbers.count, counts),
    ]


def _cost(row: CostRow) -> list[Content]:
    mean = row.mean
    total = numbers.figure(row.total, "money", mean.currency)
    return [row.component, total, numbers.measured(mean), phrases.n_of(mean), numbers.count(mean.missing)]


def _strata(summary: WeekSummary) -> list[list[Content]]:
    design = summary.design
    if design is None:
        return []
    chance = {result.stratum: result.probability for result in summary.results}
    return [
        [
            phrases.plain(size.stratum.name),
            numbers.count(size.population),
            numbers.count(size.drawn),
            numbers.figure(chance.get(size.stratum.name), "share"),
            size.stratum.when or "all others",
        ]
        for size in design.strata
    ]


def _graders(summary: WeekSummary) -> list[list[Content]]:
    return [
        [
            grader.name,
            grader.kind,
            numbers.count(grader.calls),
            numbers.count(grader.asked) if grader.asked else "",
            numbers.count(grader.grades),
        ]
        for grader in summary.graders
    ]


def _all_calls(page: Page, summary: WeekSummary) -> None:
    """What the log says of all calls: counts by outcome, intent and version, and how well its fields are filled."""
    whole = numbers.count(summary.population.calls)
    for title, counts in (
        ("Outcomes in the log", summary.outcomes),
        ("Intents", summary.intents),
        ("Versions of the agent", summary.versions),
    ):
        _table(
            page,
            f"{title}, {whole} calls",
            ("name", "calls"),
            ([phrases.plain(name) or "not given", numbers.count(number)] for name, number in counts.items()),
        )
    _table(
        page,
        f"How well the log is filled, {whole} calls",
        ("field", "calls with a value"),
        ([name, numbers.figure(value, "share")] for name, value in summary.fill.items()),
    )
