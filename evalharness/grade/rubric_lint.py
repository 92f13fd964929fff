"""What is wrong with a rubric, and what will make two people read it differently. Errors stop a draw; warnings advise."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Literal

from evalharness import numbers
from evalharness.grade.measured.grades import holds, measures_of
from evalharness.models.improvement import FEWEST_CALLS, CriterionUse
from evalharness.models.noun import Noun
from evalharness.models.rubric import Criterion, Level, Rubric
from evalharness.models.rule import parse_rule

HEAVY = 60.0
ONE_SIDED, RARELY_ASKED, OFTEN_APART = 0.9, 0.3, 0.2
"""Shares above which use is odd: calls at one level; N/A (from this share on); calls on which two people differ."""
UNUSED_FROM = 60
"""Calls from which a level nobody gave is named: one that 5 calls in 100 deserve is missing by chance in 0.95^60 = 4.6 %."""
_LATENCY = r"latency|latencies|response[ _]times?|reply[ _]times?"
_SILENCE = r"silences?|dead[ _-]?air"
_COST_ID = r"(?:^|_)costs?(?:_|$)"
_COST = r"costs? (?:of|per) (?:the |a )?call|call'?s? costs?|did the call cost"
_SECOND = re.compile(
    r"\b(?:and|or) (?:was|were|is|are|did|does|do|has|have|had|could|can|would|should|will|how|what|when|why|who|whether|if)\b"
    r"|\b(?P<one>\w+) and (?!(?P=one)\b)\w+\?$",  # "again and again" is one thing
    re.IGNORECASE,
)


class Finding(Noun):
    """One thing to change: how bad, where, what is wrong, what to write instead."""

    severity: Literal["error", "warning"]
    where: str
    what: str
    fix: str


def lint(rubric: Rubric) -> list[Finding]:
    """Every finding, errors first, each group in form order. A rubric without findings can be used as it stands."""
    found = [*_of_the_whole(rubric)]
    for criterion in rubric.criteria():
        found += [finding for check in _CHECKS for finding in check(criterion)]
    for criterion in _asked_of_people(rubric):
        found += _unasked(criterion)
    for section in rubric.sections:
        for criterion in section.criteria:
            found += _judged(criterion, _SILENCE, _SILENCE, "dead air")
    return sorted(found, key=lambda finding: finding.severity != "error")


def _error(criterion: Criterion, what: str, fix: str) -> Finding:
    return Finding(severity="error", where=f"criterion {criterion.id}", what=what, fix=fix)


def _warning(criterion: Criterion, what: str, fix: str) -> Finding:
    return Finding(severity="warning", where=f"criterion {criterion.id}", what=what, fix=fix)


def _of_the_whole(rubric: Rubric) -> Iterator[Finding]:
    weights = [criterion.weight or 0.0 for _, criterion in rubric.scored()]
    if not weights:
        what, fix = "no criterion carries a weight, so no call has a score", "give the scored criteria weights that sum to 100"
        yield Finding(severity="error", where="rubric", what=what, fix=fix)
    elif abs(sum(weights) - 100) > 1e-9:
        what = f"the weights of the scored criteria sum to {numbers.plain(sum(weights))}, not to 100"
        yield Finding(severity="error", where="rubric", what=what, fix="change the weights so that they sum to 100")
    if not rubric.policy.strip():
        what = "there is no policy text, so everyone decides by taste what the agent may promise and when a human is needed"
        yield Finding(severity="warning", where="rubric", what=what, fix="write `policy:`, the rules that answers are given by")


def _measured_right(criterion: Criterion) -> Iterator[Finding]:
    if criterion.type != "measured":
        return
    if criterion.graded_by != ("measured",):
        yield _error(criterion, "a measured criterion is not graded by anyone", "write graded_by: [measured]")
    if criterion.measure not in measures_of(criterion):
        yield _unknown(criterion)
    bounds = sorted({0.0, *(band.bound for band in criterion.bands)})
    tried = [*bounds, *((low + high) / 2 for low, high in pairwise(bounds)), bounds[-1] + 1]
    gaps = [value for value in sorted(tried) if not any(holds(band, value) for band in criterion.bands)]
    if gaps:
        yield _warning(
            criterion,
            f"no band holds {numbers.plain(gaps[0])}: such a call gets no grade",
            "let the bands cover every value from 0 up",
        )


def _unknown(criterion: Criterion) -> Finding:
    known, given = measures_of(criterion), criterion.measure or ""
    near = difflib.get_close_matches(given, known, n=1) or [name for name in known if given and given in name]
    guess = f"did you mean {near[0]}? " if near else ""
    return _error(criterion, f"unknown measure {criterion.measure!r}", f"{guess}use one of {', '.join(known)}")


def _answered_by_a_measure(criterion: Criterion) -> Iterator[Finding]:
    """A measure beside a question: only yes or no, only where measurements may grade it, and of the whole call."""
    if criterion.type == "measured" or criterion.measure is None:
        return
    if criterion.type != "yes_no":
        yield _error(criterion, f"a measure cannot answer a question of type {criterion.type}", "make it measured, or yes_no")
    elif criterion.scope == "turn":
        yield _error(criterion, "a measure answers for the whole call, not turn by turn", "write scope: call")
    elif criterion.measure not in measures_of(criterion):
        yield _unknown(criterion)
    elif "measured" not in criterion.graded_by:
        yield _error(criterion, "the measure is not used", f"write graded_by: [{', '.join((*criterion.graded_by, 'measured'))}]")


def _never_judged(criterion: Criterion) -> Iterator[Finding]:
    yield from _judged(criterion, _LATENCY, _LATENCY, "latency")
    yield from _judged(criterion, _COST_ID, _COST, "the cost of a call")


def _judged(criterion: Criterion, in_id: str, in_question: str, subject: str) -> Iterator[Finding]:
    judges = sorted({"human", "llm"} & set(criterion.graded_by))
    named = re.search(in_id, criterion.id) or re.search(in_question, criterion.question, re.IGNORECASE)
    if judges and criterion.type != "measured" and named:
        what = f"{subject} is measured, never judged, but this is graded by {' and '.join(judges)}"
        yield _error(criterion, what, "make it a measured criterion with bands, or ask for something else")


def _condition(criterion: Criterion) -> Iterator[Finding]:
    if criterion.when is None:
        return
    try:
        parse_rule(criterion.when)
    except ValueError as error:
        yield _error(criterion, f"the condition `when: {criterion.when}` is no rule: {error}", "write it like: intent == billing")


def _described(criterion: Criterion) -> Iterator[Finding]:
    if criterion.type == "ordinal":
        ordered = sorted(criterion.levels, key=lambda level: int(level.value))
        middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1] if len(ordered) > 2 else []
        bare = [level.value for level in (ordered[0], ordered[-1]) if not level.text.strip()]
        if middle and not any(level.text.strip() for level in middle):
            bare.append(middle[0].value)
        if bare:
            levels = ", ".join(str(value) for value in sorted(bare, key=int))
            yield _warning(
                criterion, f"no text at level {levels}", "say what a call at that level looks like, so that two people agree"
            )
    for level in _bare_fails(criterion.levels):
        yield _warning(
            criterion, f"level {level.value} fails a {level.fail} but has no text", "say exactly what earns an automatic fail"
        )


def _in_steps(criterion: Criterion) -> Iterator[Finding]:
    """Levels are written as they are counted, up or down, by ones: a jump or a wrong order is a slip of the pen."""
    if criterion.type != "ordinal":
        return
    values = [int(level.value) for level in criterion.levels]
    ordered = sorted(values)
    missing = [value for value in range(ordered[0], min(ordered[-1], ordered[0] + 100)) if value not in values]
    if missing:
        named = ", ".join(map(str, missing[:5])) + (" ..." if len(missing) > 5 else "")
        what = f"the levels jump: there is no level {named}"
        yield _warning(
            criterion, what, "number the levels one by one, such as 1 to 5: a jump weighs like the steps it leaves out"
        )
    if values not in (ordered, ordered[::-1]):
        yield _warning(
            criterion, f"the levels stand in the order {', '.join(map(str, values))}", "write them from the lowest to the highest"
        )


def _bare_fails(levels: Iterable[Level]) -> list[Level]:
    return [level for level in levels if level.fail and not level.text.strip()]


def _one_question(criterion: Criterion) -> Iterator[Finding]:
    question = criterion.question.strip()
    if question.count("?") > 1 or _SECOND.search(question):
        what = "the question seems to ask two things (a guess from its wording)"
        yield _warning(criterion, what, "ask one thing; make the other a criterion of its own")


def _not_too_heavy(criterion: Criterion) -> Iterator[Finding]:
    if criterion.weight is not None and criterion.weight > HEAVY:
        what = f"a weight of {numbers.plain(criterion.weight)} makes the call score little else than this criterion"
        yield _warning(criterion, what, f"keep each weight at {numbers.plain(HEAVY)} or below")


def _asked_of_people(rubric: Rubric) -> Iterator[Criterion]:
    outcome = rubric.outcome_criterion()
    yield from rubric.checks if outcome is None else (outcome, *rubric.checks)


def _unasked(criterion: Criterion) -> Iterator[Finding]:
    if "human" not in criterion.graded_by:
        what = "no person answers this, though verdicts rest on people's grades"
        yield _warning(criterion, what, "add human to graded_by")


def _asked(criterion: Criterion) -> Iterator[Finding]:
    if criterion.type != "measured" and not criterion.question.strip():
        yield _warning(criterion, "there is no question", "write `question:` as one plain question that the levels answer")


_CHECKS: tuple[Callable[[Criterion], Iterator[Finding]], ...] = (
    _measured_right,
    _answered_by_a_measure,
    _never_judged,
    _condition,
    _described,
    _in_steps,
    _asked,
    _one_question,
    _not_too_heavy,
)


def lint_use(use: Iterable[CriterionUse]) -> list[Finding]:
    """What people's answers say against the form: warnings, in form order, each with its n. Rules of thumb, no tests.

    From 20 calls on: more than 90 % of the values alike (a clear-failure check apart: its yes is meant to be rare), 30 % N/A
    or more, and of 20 calls that two people answered more than 20 % on which they differ by more than a mean can settle. From
    60 calls on: levels that nobody gave (not of the outcome, whose answers are fixed).
    """
    return [finding for one in use for finding in (*_levels_used(one), *_read_alike(one))]


def too_few(use: Iterable[CriterionUse]) -> list[CriterionUse]:
    """The criteria of which too few calls are answered to say anything of their use."""
    return [one for one in use if one.answered < FEWEST_CALLS]


def _of_use(one: CriterionUse, what: str, fix: str) -> Finding:
    return Finding(severity="warning", where=f"criterion {one.criterion}", what=what, fix=fix)


def _levels_used(one: CriterionUse) -> Iterator[Finding]:
    if one.answered < FEWEST_CALLS:
        return
    most = max(one.answers, key=lambda answer: one.answers[answer])
    if one.rated and not one.check and one.answers[most] > ONE_SIDED * one.rated:
        what = f"people gave {most} to {one.answers[most]} of {one.rated} calls: it tells calls hardly apart"
        yield _of_use(
            one, what, "raise what the best level asks for, ask something harder, or give the weight to another criterion"
        )
    if one.not_applicable >= RARELY_ASKED * one.answered:
        what = f"people answered N/A on {one.not_applicable} of {one.answered} calls"
        yield _of_use(one, what, "ask it only where it arises (`when:`), or say in the question what counts as arising")
    unused = [answer for answer, count in one.answers.items() if not count]
    if one.rated >= UNUSED_FROM and unused and one.type in ("ordinal", "category") and one.criterion != "outcome":
        what = f"nobody gave {', '.join(unused)} in {one.rated} calls"
        yield _of_use(
            one, what, "if no call can deserve it, write texts that calls fall between; keep a level that fails, however rare"
        )


def _read_alike(one: CriterionUse) -> Iterator[Finding]:
    if one.pairs >= FEWEST_CALLS and one.apart > OFTEN_APART * one.pairs:
        what = f"two people differ on {one.apart} of {one.pairs} calls by more than a mean can settle"
        fix = f"see which texts can both be defended: evalharness rubric disagreements --criterion {one.criterion}"
        yield _of_use(one, what, fix)
