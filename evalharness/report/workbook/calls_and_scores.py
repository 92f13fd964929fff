"""The sheet "Calls and scores": a row a drawn call; what counts first, then who said what and why, criterion by criterion.

Calls picked by hand stand behind the drawn ones, each marked as in no figure. What counts is printed; who said what is for the
screen, side by side with what counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.grade import NotApplicable, Scored, Ungraded
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report import phrases, words
from evalharness.report.exports.scores import evidence_text
from evalharness.report.workbook.page import Content, Number, Page, Styled, Web
from evalharness.report.workbook.places import SCORES, SCORES_HEAD, Places

AnyGrade = Scored | NotApplicable | Ungraded
_TALLEST = 200.0
_PAGE_WIDTH = 230.0
_LEAST, _ARROW = 15.0, 5.0
_NARROWEST = 16.0
"""Of a column of grades; the criterion's name over it is never cut."""
PICKED = "picked by hand, in no figure"
HELD = "held back"
"""Of a call that somebody is still to grade."""
TABLE = "Calls_and_scores"
_KINDS = ("human", "llm", "measured")
_PLAIN_GROUPS = ("the call", "the result", "what counts")


@dataclass(frozen=True)
class Column:
    """A column: its group, name, width, style, and what it says of a call."""

    group: str
    name: str
    width: float
    style: str
    content: Callable[[CallResult], Content]


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet: groups in the first row, names in the second, filters on these."""
    shown = [*_about(summary, places), *_finals(summary)]
    columns = [*shown, *_said(summary)]
    page = Page(workbook, SCORES, [column.width for column in columns], printed=len(shown))
    _groups(page, columns)
    page.header([column.name for column in columns])
    for result in (*summary.results, *summary.picked):
        contents = [column.content(result) for column in columns]
        for number, (content, column) in enumerate(zip(contents, columns, strict=True), start=1):
            page.put(number, content, column.style)
        page.end_row(min(page.height_of(contents, 20), _TALLEST))
    last = max(page.row - 1, SCORES_HEAD)
    head = (1, SCORES_HEAD)
    wide = math.ceil(sum(column.width for column in shown) / _PAGE_WIDTH)
    page.named(TABLE, SCORES_HEAD, last)
    page.finish(freeze=f"C{SCORES_HEAD + 1}", head=head, wide=wide)


def _groups(page: Page, columns: Sequence[Column]) -> None:
    """The name of a group over its first column; of a criterion over every column, so that no grade stands without it."""
    before = ""
    for number, column in enumerate(columns, start=1):
        page.put(number, column.group if column.group != before or column.group not in _PLAIN_GROUPS else "", "group")
        before = column.group
    page.end_row(20)


def _about(summary: WeekSummary, places: Places) -> list[Column]:
    """What is known of a call before any criterion, and its score."""
    call, score, _ = _PLAIN_GROUPS
    return [
        Column(call, "#", 7, "link_top", lambda r: places.transcript_link(r.position, f"#{r.position}")),
        Column(call, "id", 28, "odd", lambda r: r.call.id),
        Column(call, f"started ({summary.timezone})", 18, "odd", lambda r: words.local(r.call.started_at, summary.timezone)),
        Column(call, "intent", 20, "odd", lambda r: phrases.plain(r.call.intent or "")),
        Column(call, "version", 10, "odd", lambda r: r.call.version or ""),
        Column(call, "stratum", 20 if summary.picked else 14, "odd", partial(_stratum, summary)),
        Column(call, "recording", 26, "web_top", lambda r: Web(r.call.recording_url or "")),
        Column(score, "outcome in the log", 15, "odd", lambda r: phrases.plain(r.call.outcome)),
        Column(score, "outcome as graded", 15, "odd", _outcome),
        Column(
            score,
            "score (0-100)",
            14,
            "number_top",
            lambda r: Number(r.score, numbers.cell_format(r.score, "score")) if r.score is not None else _none(r, "open"),
        ),
        Column(
            score,
            "weight covered",
            13,
            "number_top",
            _covered,
        ),
        Column(score, "clear failure", 15, "middle", _failure),
        Column(
            score, "automatic fail", 15, "middle", lambda r: Styled(f"✗ {r.automatic_fail}", "missed") if r.automatic_fail else ""
        ),
    ]


def _stratum(summary: WeekSummary, result: CallResult) -> Content:
    """A call without a probability was not drawn, whatever its stratum is called; why it was picked stands with it."""
    if result.probability is not None:
        return phrases.plain(result.stratum)
    why = summary.pick_reason(result)
    return Styled(f"{PICKED}: {why}" if why else PICKED, "picked")


def _failure(result: CallResult) -> Content:
    return Styled("✗ yes", "missed") if result.clear_failure == "yes" else result.clear_failure or _none(result, "open")


def _covered(result: CallResult) -> Number:
    return Number(result.weight_covered, numbers.cell_format(result.weight_covered, "share"))


def _outcome(result: CallResult) -> Content:
    return phrases.plain(result.outcome) if result.outcome else _none(result, "not graded", "odd")


def _none(result: CallResult, why: str, style: str = "middle") -> Content:
    """What stands where nothing counts: why, or that it is held back from who is still to grade the call."""
    return Styled(HELD, "held") if result.held else Styled(why, style)


def _finals(summary: WeekSummary) -> list[Column]:
    """The value that counts, a column a criterion."""
    return [_final_column(criterion.id) for criterion in summary.rubric.criteria() if criterion.id != "outcome"]


def _final_column(criterion: str) -> Column:
    """Wide enough that no word of its heading is broken, the filter's arrow beside it."""
    name = phrases.plain(criterion)
    width = max(_LEAST, max(map(len, name.split())) + _ARROW)
    return Column(_PLAIN_GROUPS[-1], name, width, "middle", partial(_final, criterion))


def _final(criterion: str, result: CallResult) -> Content:
    value = result.final.get(criterion)
    if value is None or value.state == "ungraded":
        return Styled("? conflict", "not_proven") if value and value.conflict else _none(result, "not graded")
    if value.state == "not_applicable":
        return "N/A"
    return Number(float(value.value)) if isinstance(value.value, int | float) else phrases.plain(str(value.value))


def _said(summary: WeekSummary) -> list[Column]:
    """Who said what: per criterion a column a grader, people before an LLM, what counts where several answered, then the
    reasons and quotes where anyone gave some."""
    columns: list[Column] = []
    for criterion in summary.rubric.criteria():
        grades = [
            grade for result in (*summary.results, *summary.picked) for grade in result.grades if grade.criterion == criterion.id
        ]
        group, named = phrases.plain(criterion.id), partial(_named, phrases.plain(criterion.id))
        who = sorted({(_KINDS.index(grade.grader.kind), grade.grader.name) for grade in grades})
        columns += [
            Column(
                group, named(_grader(kind, name)), max(_NARROWEST, len(group) + 2), "middle", partial(_value, criterion.id, name)
            )
            for kind, name in who
        ]
        if len(who) > 1:
            columns.append(
                Column(group, named("what counts"), max(_NARROWEST, len(group) + 2), "middle", partial(_final, criterion.id))
            )
        if any(one.criterion == criterion.id for result in summary.results for one in result.decisions):
            columns.append(Column(group, named("decision and its reason"), 60, "odd", partial(_decision, criterion.id)))
        if any(grade.rationale or grade.evidence for grade in grades):
            columns.append(Column(group, named("reasons and quotes"), 100, "odd", partial(_reasons, criterion.id)))
    return columns


def _named(group: str, name: str) -> str:
    """A name of a column that no other column has."""
    return f"{group}: {name}"


def _grader(kind: int, name: str) -> str:
    """A grader as a column names them."""
    return {"llm": f"{name} (LLM)", "measured": f"{name} (measured)"}.get(_KINDS[kind], name)


def _grades(result: CallResult, criterion: str) -> list[AnyGrade]:
    """The grades that stand: of each slot the latest."""
    return list({grade.slot: grade for grade in result.grades if grade.criterion == criterion}.values())


def _value(criterion: str, grader: str, result: CallResult) -> Content:
    values = [_answer(grade) for grade in _grades(result, criterion) if grade.grader.name == grader]
    if len(values) == 1 and values[0].isdecimal():
        return Number(float(values[0]))
    return "; ".join(values)


def _answer(grade: AnyGrade) -> str:
    answer = phrases.plain(str(grade.value)) if isinstance(grade, Scored) else "N/A"
    if isinstance(grade, Ungraded):
        answer = f"ungraded: {grade.reason}"
    turn = f"turn {grade.turn}: " if grade.turn is not None else ""
    return f"{turn}{answer}{' (assisted)' if grade.lane == 'assisted' else ''}"


def _decision(criterion: str, result: CallResult) -> str:
    """What an adjudicator decided of it, of each turn where it is asked of turns."""
    found = [one for one in result.decisions if one.criterion == criterion]
    return "\n".join(f"{'' if one.turn is None else f'turn {one.turn}: '}{words.decision(one)}" for one in found)


def _reasons(criterion: str, result: CallResult) -> str:
    return "\n".join(_reason(grade) for grade in _grades(result, criterion) if grade.rationale or grade.evidence)


def _reason(grade: AnyGrade) -> str:
    quotes = f" [{evidence_text(grade.evidence)}]" if grade.evidence else ""
    return f"{grade.grader.name}: {grade.rationale}{quotes}"
