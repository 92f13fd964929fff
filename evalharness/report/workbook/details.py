"""The sheet "Details": every figure of the week with its count, table under table."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.summary import CriterionSummary, Escalation, WeekSummary
from evalharness.report import phrases
from evalharness.report.workbook import contents
from evalharness.report.workbook.details_checks import add_checks
from evalharness.report.workbook.details_cost import add_cost
from evalharness.report.workbook.details_failures import add_failures
from evalharness.report.workbook.details_found import add_found
from evalharness.report.workbook.details_guard import add_guard
from evalharness.report.workbook.details_judge import add_judge
from evalharness.report.workbook.details_latency import add_latency
from evalharness.report.workbook.details_severity import add_severity
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import bars, figure, styles, table

NAME = "Details"
_ESCALATION = 130
"""Points of the table of escalations."""
Head = tuple[Page, int]
"""The sheet, and the first of the rows kept for its contents."""
_WIDTHS = (28, 21, 20, 19, 22, 16, 14, 16, 18, 14, 14, 14, 14)


def add(workbook: Workbook, summary: WeekSummary) -> Head:
    """Write the sheet; its head waits for the names of the sheets behind it (`lead`)."""
    page = Page(workbook, NAME, _WIDTHS)
    page.line(f"Details of week {summary.week}", "title", 30)
    page.line("Every figure with what it stands on. No data is no data: neither 0 nor 100 %.", "subtitle", 20)
    first = contents.reserve(page)
    fill(page, summary)
    page.finish(freeze="A3", head=(1, 2))
    return page, first


def lead(head: Head, sheets: Sequence[str]) -> None:
    """Write what stands where at the head of the sheet."""
    contents.fill_in(*head, sheets)


def fill(page: Page, summary: WeekSummary) -> None:
    """Every table, on a sheet or on whatever else takes a page's place."""
    _criteria(page, summary)
    _measures(page, summary)
    add_checks(page, summary)
    if summary.escalation is not None:
        _escalation(page, summary.escalation)
    add_failures(page, summary)
    add_judge(page, summary)
    add_guard(page, summary)
    add_found(page, summary)
    add_severity(page, summary)
    add_latency(page, summary)
    add_cost(page, summary)
    strata = ("stratum", "calls in the week (N)", "drawn (n)", "probability", "rule")
    table(page, "Sample by stratum", strata, _strata(summary), spread=True)
    table(page, "Graders", ("grader", "kind", "calls", "asked", "grades"), _graders(summary))
    _all_calls(page, summary)


def _criteria(page: Page, summary: WeekSummary) -> None:
    head = ("criterion", "type", "weight", "result", "95 % interval", "n of N", "N/A", "not graded", "answers")
    page.section("Criteria, over the graded calls of the sample")
    page.header(head, spread=True)
    for criterion in summary.criteria:
        page.table_row([*_criterion(criterion), _answers(criterion)], styles(len(head)), 18, spread=True)


def _criterion(criterion: CriterionSummary) -> list[Content]:
    measure = criterion.measure
    return [
        phrases.plain(criterion.criterion),
        phrases.plain(criterion.type),
        "" if criterion.weight is None else numbers.plain(criterion.weight),
        _result(criterion),
        numbers.interval(measure),
        _n_of(criterion),
        numbers.count(criterion.not_applicable),
        _ungraded(criterion),
    ]


def _ungraded(criterion: CriterionSummary) -> str:
    """How many have no final value; of these how many are held back."""
    held = f" ({numbers.count(criterion.held)} held back)" if criterion.held else ""
    return f"{numbers.count(criterion.ungraded)}{held}"


def _n_of(criterion: CriterionSummary) -> str:
    """What the row stands on; a category has no figure, so its answers are counted."""
    if criterion.type != "category":
        return phrases.n_of(criterion.measure)
    return numbers.count_of(sum(criterion.answers.values()), criterion.measure.of)


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
    limits = bars(summary)
    for measure in (*summary.measures, *latency, summary.call_score, summary.automatic_fails):
        page.table_row([*figure(measure, limits.get(measure.name)), measure.note], styles(len(head)), 18, spread=True)


def _escalation(page: Page, found: Escalation) -> None:
    page.end_row(10)
    page.keep(_ESCALATION)
    page.section("Escalation: needed by the policy x happened")
    page.header(("graded calls", "handed to a human", "not handed over"))
    missed = f"{numbers.count(found.missed)} needed, not handed off"
    page.table_row(["human needed", f"{numbers.count(found.correct_transfer)} correct", missed], ("name", "fact", "fact"), 18)
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
        table(
            page,
            f"{title}, {whole} calls",
            ("name", "calls"),
            ([phrases.plain(name) or "not given", numbers.count(number)] for name, number in counts.items()),
        )
    table(
        page,
        f"How well the log is filled, {whole} calls",
        ("field", "calls with a value"),
        ([name, numbers.figure(value, "share")] for name, value in summary.fill.items()),
    )
