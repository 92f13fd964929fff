"""One row of a sheet -> the grades that are new. Pure: the same row against the grades it gave gives nothing."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.grade.human.context import RowContext
from evalharness.grade.human.emptied import emptied_of
from evalharness.grade.human.layout import applies
from evalharness.grade.human.reading import Answer, CellProblem
from evalharness.grade.human.standing import Remark, Standing, answer_text, is_skipped, shown
from evalharness.models.grade import Evidence, Grade, NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Criterion

QUOTE_LENGTH = 300
"""A turn named as evidence is quoted verbatim up to here."""


def grades_of_row(about: RowContext, criteria: Sequence[Criterion], standing: Standing) -> tuple[list[Grade], list[CellProblem]]:
    """The row's new grades and what could not be taken. `criteria`: all that people are asked in this form."""
    have, before = standing.at(about.place), standing.remark(about.place)
    carrier = standing.carrier(about.place)
    was = (carrier.manner if carrier else None) or "read"
    manner = about.head.manner or was
    remark, problems = _remark(about, before)
    evidence, wrong_turn = _evidence(about, carrier)
    problems += wrong_turn + emptied_of(about, criteria, have, before)
    changed: list[Grade] = []
    for criterion in criteria:
        answer = about.row.answer(criterion.id)
        if answer is None:
            continue
        refused = _refused(about, criterion, answer, manner)
        problems += refused
        new = None if refused else _grade(about, criterion, answer, manner)
        if new is not None and _differs(new, have.get(criterion.id), heard_now=manner != was):
            kept = {"rationale": remark.rationale(skipped=is_skipped(new)), "evidence": evidence}
            changed.append(new.model_copy(update=kept))
    changed += _spread(about, standing, changed, evidence)
    return _with_carrier(about, standing.carrier(about.place, changed), changed, (remark, evidence, problems))


def _spread(about: RowContext, standing: Standing, changed: list[Grade], evidence: tuple[Evidence, ...]) -> list[Grade]:
    """Where the evidence of the row is new: its other answers that have none of their own, with it. The carrier apart."""
    before = standing.carrier(about.place)
    if before is None or before.evidence == evidence:
        return []
    carrier = standing.carrier(about.place, changed)
    done = {grade.criterion for grade in (*changed, *([carrier] if carrier else []))}
    return [
        grade.model_copy(update={"evidence": evidence, "at": about.at})
        for name, grade in standing.at(about.place).items()
        if name not in done and not isinstance(grade, Ungraded) and grade.evidence in ((), before.evidence)
    ]


def _with_carrier(
    about: RowContext, carrier: Grade | None, changed: list[Grade], kept: tuple[Remark, tuple[Evidence, ...], list[CellProblem]]
) -> tuple[list[Grade], list[CellProblem]]:
    """Where the carrier of the remarks did not change by itself and the remarks did, it is written anew."""
    remark, evidence, problems = kept
    if carrier is None:
        if remark.note or evidence:
            why = "stands beside no answer and cannot be kept"
            what, typed = ("note", remark.note) if remark.note else ("evidence_turn", str(evidence[0].turn))
            problems.append(about.problem(what, typed, why, "an answer, or a reason in Skipped because"))
        return changed, problems
    update = {"rationale": remark.rationale(skipped=is_skipped(carrier)), "evidence": evidence}
    same = carrier.rationale == update["rationale"] and carrier.evidence == evidence
    if not same and all(grade is not carrier for grade in changed):
        changed = [*changed, carrier.model_copy(update={**update, "at": about.at})]
    return changed, problems


def _remark(about: RowContext, before: Remark) -> tuple[Remark, list[CellProblem]]:
    """The row's remarks as they are to be kept, and those that were emptied or count for nothing."""
    row = about.row
    wrong = before.transcript_wrong if row.transcript_wrong is None else row.transcript_wrong
    skip = _typed_or_kept(row.skip_reason, before.skip_reason)
    if row.turn is not None:
        skip = about.head.skip_reason or skip
    return Remark(wrong, skip, _typed_or_kept(row.note, before.note)), _idle_skip(about)


def _typed_or_kept(typed: str | None, before: str) -> str:
    """What was typed, unless nothing was, or only what the cell showed before."""
    return before if not typed or typed == shown(before) else typed


def _idle_skip(about: RowContext) -> list[CellProblem]:
    """A skip reason beside scores."""
    if not (about.row.skip_reason and about.row.turn is None and about.row.scored):
        return []
    why = "a skip reason counts only for a call without any score; the scores are taken"
    return [about.problem("skip_reason", about.row.skip_reason, why)]


def _evidence(about: RowContext, carrier: Grade | None) -> tuple[tuple[Evidence, ...], list[CellProblem]]:
    """The named turn with its words; nothing named leaves what was there."""
    before = carrier.evidence if carrier else ()
    named = about.row.evidence_turn
    if named is None or (before and before[0].turn == named):
        return before, []
    for turn in about.call.turns:
        if turn.index == named:
            return (Evidence(turn=named, quote=turn.text[:QUOTE_LENGTH]),), []
    last = max((turn.index for turn in about.call.turns), default=0)
    return before, [
        about.problem("evidence_turn", str(named), "names a turn this call does not have", f"a turn from 0 to {last}")
    ]


def _refused(about: RowContext, criterion: Criterion, answer: Answer, manner: str) -> list[CellProblem]:
    """Why the answer is not taken: a question not asked, a voice judged unheard."""
    typed = "" if answer.value is None else str(answer.value)
    if answer.state in ("scored", "not_applicable") and not applies(criterion, about.call, about.zone):
        return [about.problem(answer, typed or "N/A", f"is not asked of this call (only when {criterion.when})")]
    if answer.state == "scored" and criterion.heard and manner != "heard":
        return [about.problem(answer, typed, "can only be judged by ear", "N/A, or heard in the column Read or heard")]
    return []


def _grade(about: RowContext, criterion: Criterion, answer: Answer, manner: str) -> Grade | None:
    """The grade the row gives for a question, remarks not yet in it; None where it says nothing."""
    stamp = about.stamp(criterion.id, manner)
    if answer.state == "scored" and answer.value is not None:
        return Scored(**stamp, value=answer.value)
    if answer.state == "not_applicable":
        return NotApplicable(**stamp)
    if answer.state == "unclear" or not applies(criterion, about.call, about.zone):
        return None
    if about.skipped:
        return Ungraded(**stamp, reason="skipped")
    return Ungraded(**stamp, reason="transcript") if about.head.transcript_wrong else None


def _differs(new: Grade, old: Grade | None, *, heard_now: bool) -> bool:
    """Whether a grade says something else than the one that stands. `heard_now`: the row's manner is another than before."""
    if old is None or new.state != old.state or (heard_now and new.manner != old.manner):
        return True
    if isinstance(new, Scored) and isinstance(old, Scored):
        return new.value not in (old.value, answer_text(old))
    return isinstance(new, Ungraded) and isinstance(old, Ungraded) and new.reason != old.reason
