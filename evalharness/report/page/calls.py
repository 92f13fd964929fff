"""The part of the calls: what is known of each, who said what and why beside what counts, and its transcript."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evalharness import numbers
from evalharness.models.grade import Evidence
from evalharness.models.rubric import Criterion
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report import grade_words, phrases, words
from evalharness.report.exports.scores import evidence_text
from evalharness.report.grade_words import AnyGrade
from evalharness.report.page import anchors
from evalharness.report.page.turns import ShownTurn, cut, shown_turns
from evalharness.report.text import web_address

PICKED = "picked by hand, in no figure"
_MOST_REASON = 1200
Who = tuple[str, str]
"""Kind and name of a grader."""


@dataclass(frozen=True)
class Said:
    """What one grader, or the final value, says of a criterion; `quotes`: text and the turn of the page it leads to."""

    text: str
    reason: str = ""
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """Criteria that everybody answered alike without a reason, or a single one; a cell a grader, last what counts."""

    criteria: tuple[str, ...]
    cells: tuple[Said, ...]


@dataclass(frozen=True)
class ShownCall:
    """A call as the page shows it."""

    position: int
    name: str
    call_id: str
    facts: tuple[tuple[str, str], ...]
    why: tuple[str, ...]
    failed: bool
    graders: tuple[str, ...]
    rows: tuple[Row, ...]
    differences: tuple[str, ...]
    decisions: tuple[str, ...]
    recording: str
    turns: tuple[ShownTurn, ...]


def shown_calls(summary: WeekSummary) -> tuple[ShownCall, ...]:
    """Drawn calls in queue order, then those picked by hand."""
    why: dict[int, list[str]] = {}
    for call in summary.to_hear:
        if call.position is not None:
            why.setdefault(call.position, []).append(": ".join(filter(None, words.why_heard(call))))
    return tuple(_call(summary, result, why.get(result.position, [])) for result in (*summary.results, *summary.picked))


def first_ones(summary: WeekSummary) -> list[int]:
    """Positions in the order in which their transcripts matter: those to hear, those with a disagreement, the others."""
    wanted = [call.position for call in summary.to_hear if call.position is not None]
    wanted += [one.position for one in summary.disagreements]
    there = [result.position for result in (*summary.results, *summary.picked)]
    return [position for position in dict.fromkeys([*wanted, *there]) if position in there]


def _call(summary: WeekSummary, result: CallResult, why: Sequence[str]) -> ShownCall:
    graders = _graders(result)
    criteria = tuple(summary.rubric.criteria())
    return ShownCall(
        position=result.position,
        name=f"#{result.position}",
        call_id=result.call.id,
        facts=tuple(_facts(summary, result)),
        why=tuple(why),
        failed=result.clear_failure == "yes" or result.automatic_fail is not None,
        graders=tuple(_named(who) for who in graders),
        rows=tuple(_rows(criteria, graders, result)),
        differences=tuple(_differences(summary, result)),
        decisions=tuple(f"{phrases.plain(one.criterion)}: {words.decision(one)}" for one in result.decisions),
        recording=web_address(result.call.recording_url) or "",
        turns=tuple(shown_turns(result)),
    )


def _facts(summary: WeekSummary, result: CallResult) -> Iterator[tuple[str, str]]:
    call = result.call
    yield "started", words.local(call.started_at, summary.timezone)
    yield from ((name, phrases.plain(text)) for name, text in (("intent", call.intent), ("version", call.version)) if text)
    yield "outcome in the log", phrases.plain(call.outcome)
    yield "outcome as graded", phrases.plain(result.outcome) if result.outcome else grade_words.NOT_GRADED
    yield "score (0-100)", numbers.figure(result.score, "score") if result.score is not None else "open"
    if result.score is not None:
        yield "weight covered", numbers.figure(result.weight_covered, "share")
    yield "clear failure", result.clear_failure or "open"
    if result.automatic_fail:
        yield "automatic fail", f"of the {result.automatic_fail}"
    picked = ": ".join(filter(None, [PICKED, summary.pick_reason(result)]))
    yield "stratum", phrases.plain(result.stratum) if result.probability is not None else picked


def _differences(summary: WeekSummary, result: CallResult) -> Iterator[str]:
    """Where graders of the call differ and what that waits for; who disputes what, and why."""
    for one in summary.disagreements:
        if one.position == result.position:
            yield words.disagreement(one, summary.trust)
            yield from (f"disputed by {words.dispute(dispute)}" for dispute in one.disputes)


def _graders(result: CallResult) -> list[Who]:
    """Who graded the call: people first, then an LLM, then what was measured; each by name."""
    order = {"human": 0, "llm": 1, "measured": 2}
    found = {(grade.grader.kind, grade.grader.name) for grade in result.grades}
    return sorted(found, key=lambda who: (order[who[0]], who[1]))


def _named(who: Who) -> str:
    return {"llm": f"{who[1]} (LLM)", "measured": "the call log"}.get(who[0], who[1])


def _rows(criteria: Sequence[Criterion], graders: Sequence[Who], result: CallResult) -> Iterator[Row]:
    """A row a criterion; those next to each other that everybody answered alike without a reason share one."""
    standing = {grade.slot: grade for grade in result.grades}
    own: dict[tuple[str, Who], list[AnyGrade]] = {}
    for grade in standing.values():
        own.setdefault((grade.criterion, (grade.grader.kind, grade.grader.name)), []).append(grade)
    cells = [(one.id, _cells(one.id, graders, own, result)) for one in criteria]
    for said, same in groupby(cells, key=lambda row: row[1]):
        names = tuple(phrases.plain(name) for name, _ in same)
        if any(cell.reason or cell.quotes for cell in said):
            yield from (Row((name,), said) for name in names)
        else:
            yield Row(names, said)


def _cells(
    criterion: str, graders: Sequence[Who], own: dict[tuple[str, Who], list[AnyGrade]], result: CallResult
) -> tuple[Said, ...]:
    said = [_said(own.get((criterion, who), []), result) for who in graders]
    value = result.final.get(criterion)
    note = value.note if value is not None and value.note and value.state != "ungraded" else ""
    return (*said, Said(grade_words.final(value), note))


def _said(grades: Sequence[AnyGrade], result: CallResult) -> Said:
    text = "; ".join(f"{'' if one.turn is None else f'turn {one.turn}: '}{grade_words.answer(one)}" for one in grades)
    reasons = "\n".join(one.rationale for one in grades if one.rationale)
    there = anchors.led_to(result) if grades else frozenset()
    quotes = tuple((evidence_text((item,)), _to(item, result.position, there)) for one in grades for item in one.evidence)
    return Said(text, cut(reasons, _MOST_REASON), quotes)


def _to(item: Evidence, position: int, there: Collection[int]) -> str:
    return anchors.of_turn(position, item.turn) if item.turn in there and item.turn is not None else ""
