"""The sheet "Disagreements": where graders differ or a grade is disputed, each grader's value with reason and quote side by side,
and beside them what was decided and why."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness.models.grade import FinalValue, Grade, Scored
from evalharness.models.summary import Disagreement, WeekSummary
from evalharness.report import phrases, trust_words, words
from evalharness.report.exports.scores import evidence_text
from evalharness.report.workbook.page import Content, Number, Page, Styled
from evalharness.report.workbook.places import Places

NAME = "Disagreements"
_STATE: tuple[str, float, str] = ("the LLM with this criterion", 20.0, "odd")
WHY_WORDS = {
    "levels": "2 or more levels apart",
    "yes_no": "yes against no",
    "fail": "across a level that fails",
    "category": "other categories",
    "not_applicable": "N/A against a value",
    "disputed": "disputed",
}
_BEFORE: tuple[tuple[str, float, str], ...] = (
    ("call", 8, "link_top"),
    ("id", 26, "odd"),
    ("criterion", 18, "bold"),
    ("turn", 7, "middle"),
    ("how they differ", 18, "odd"),
    ("between", 16, "odd"),
)
_BETWEEN = {
    "people": "people",
    "people_and_llm": "people and LLM",
    "dispute": "a grade and who disputes it",
    "log": "graders and the call log",
}
_AFTER: tuple[tuple[str, float, str], ...] = (("value that counts", 15, "middle"), ("waits for", 22, "odd"))
_VALUE, _REASON, _ONE_PAGE = 16.0, 40.0, 230.0
_DECISION: tuple[str, float, str] = ("decision and its reason", 44.0, "odd")
_DISPUTED: tuple[str, float, str] = ("disputed by, and why", 40.0, "odd")
Who = tuple[str, str]
"""Kind and name of a grader."""


def add(workbook: Workbook, summary: WeekSummary, places: Places) -> None:
    """Write the sheet: two columns a grader, people before an LLM."""
    found = summary.disagreements
    graders = _graders(summary)
    columns = [*_BEFORE, *(column for who in graders for column in _columns(who, summary)), *_acted(summary), *_AFTER]
    page = Page(workbook, NAME, [width for _, width, _ in columns])
    page.header([name for name, _, _ in columns])
    for one in found:
        page.table_row(_row(one, summary, places), [style for _, _, style in columns], least=22)
    last = page.row - 1
    if not found:
        page.line("No two graders differ by more than a mean can settle.", "said")
    wide = 2 if sum(page.widths) > _ONE_PAGE else 1
    page.named(NAME, 1, last)
    page.finish(freeze="C2", head=(1, 1), wide=wide)


def _acted(summary: WeekSummary) -> list[tuple[str, float, str]]:
    """A column for disputes and one for decisions, where there is any."""
    found = summary.disagreements
    disputed, decided = any(one.disputes for one in found), any(one.decision for one in found)
    return [*([_DISPUTED] if disputed else []), *([_DECISION] if decided else [])]


def _graders(summary: WeekSummary) -> list[Who]:
    """Everybody who stands in a disagreement, people first, then by name."""
    who = {(grade.grader.kind, grade.grader.name) for one in summary.disagreements for grade in one.grades}
    return sorted(who, key=lambda one: (one[0] != "human", one[1]))


def _columns(who: Who, summary: WeekSummary) -> list[tuple[str, float, str]]:
    """A column for the grader's value, of an LLM one for its trust, and one for reason and quote where any was given."""
    kind, name = who
    value = [(f"{name} (LLM)", _VALUE, "middle"), _STATE] if kind == "llm" else [(name, _VALUE, "middle")]
    return [*value, (f"{name}: reason and quote", _REASON, "odd")] if _gives_reasons(who, summary) else value


def _gives_reasons(who: Who, summary: WeekSummary) -> bool:
    return any(_reason(grade) for one in summary.disagreements for grade in _own(one, who))


def _own(one: Disagreement, who: Who) -> list[Grade]:
    return [grade for grade in one.grades if (grade.grader.kind, grade.grader.name) == who]


def _row(one: Disagreement, summary: WeekSummary, places: Places) -> list[Content]:
    said: list[Content] = []
    for who in _graders(summary):
        own = _own(one, who)
        said.append(_value(own))
        if who[0] == "llm":
            said.append(trust_words.STATES[trust_words.state_of(own[0], summary.trust)] if own else "")
        if _gives_reasons(who, summary):
            said.append("\n".join(filter(None, map(_reason, own))))
    told = {
        _DISPUTED: "\n".join(map(words.dispute, one.disputes)),
        _DECISION: words.decision(one.decision) if one.decision else "",
    }
    acted: list[Content] = [told[column] for column in _acted(summary)]
    return [
        places.score_link(one.position, f"#{one.position}"),
        one.call_id,
        phrases.plain(one.criterion),
        "" if one.turn is None else str(one.turn),
        WHY_WORDS[one.why],
        _BETWEEN[one.between],
        *said,
        *acted,
        _final(one.final),
        words.waits_for(one),
    ]


def _value(grades: list[Grade]) -> Content:
    values = [_answer(grade) for grade in grades]
    if len(values) == 1 and values[0].isdecimal():
        return Number(float(values[0]))
    return "; ".join(values)


def _answer(grade: Grade) -> str:
    answer = phrases.plain(str(grade.value)) if isinstance(grade, Scored) else "N/A"
    return f"{answer} (assisted)" if grade.lane == "assisted" else answer


def _reason(grade: Grade) -> str:
    quotes = f"[{evidence_text(grade.evidence)}]" if grade.evidence else ""
    return " ".join(part for part in (grade.rationale, quotes) if part)


def _final(final: FinalValue) -> Content:
    if final.state == "not_applicable":
        return "N/A"
    if final.value is None:
        return Styled("? none yet", "not_proven")
    return Number(final.value, "0.##") if isinstance(final.value, float) else phrases.plain(str(final.value))
