"""The mask: the same call without its suspicious words, and what a judge says otherwise about it. docs/llm-guard.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from evalharness.grade.llm.reaching import Place, rebuilt
from evalharness.models.call import Call
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.models.guard import Contest
from evalharness.models.probe import Probe, ProbeAnswer

Identity = tuple[str, str]
Stretch = tuple[int, int]
Spans = dict[Place, list[Stretch]]
"""Where in a call to mask: by place, (start, end) stretches of its text, ascending and apart."""


def masked(call: Call, spans: Spans) -> Call:
    """The call with each stretch written as [masked n chars]; all else, ids, turns and times included, as it was."""

    def hide(text: str, place: Place) -> str:
        for start, end in reversed(spans.get(place, [])):
            text = f"{text[:start]}[masked {end - start} chars]{text[end:]}"
        return text

    return rebuilt(call, hide)


def contests(grades: Sequence[Grade], probes: Iterable[Probe], text_criteria: Collection[str] = ()) -> tuple[Contest, ...]:
    """The standing LLM grades that their judge gives otherwise once the suspicious spans are masked, in the order of `grades`.

    A level that moves by one and more, another yes/no or category, N/A against a value, and an answer that can no longer be
    given: all are contested. `grades`: the standing ones of the week; `probes`: those of role "mask" among them count, the
    newest of a call and judge; `text_criteria`: free texts, which nobody can compare. Grades whose criterion meant something
    else than what the probe asked are left out.
    """
    newest = {(*probe.identity, probe.judge.name): probe for probe in probes if probe.role == "mask"}
    found = []
    for grade in grades:
        probe = newest.get((*grade.identity, grade.grader.name))
        if probe is None or grade.grader.kind != "llm" or grade.criterion in text_criteria:
            continue
        answer = _answer(grade, probe)
        if answer is not None and _moved(grade, answer):
            found.append(_contest(grade, answer))
    return tuple(found)


def unmasked(suspicious: Collection[Identity], grades: Iterable[Grade], probes: Iterable[Probe]) -> frozenset[Identity]:
    """The suspicious calls with LLM grades for which no answer without the suspicious spans came: nothing confirms them."""
    asked = {(probe.identity, probe.judge.name) for probe in probes if probe.role == "mask"}
    graded = {(grade.identity, grade.grader.name) for grade in grades if grade.grader.kind == "llm"}
    return frozenset(call for call, judge in graded - asked if call in suspicious)


def _answer(grade: Grade, probe: Probe) -> ProbeAnswer | None:
    """What the probe says of the grade's question; None where it was not asked, or asked otherwise."""
    if probe.digests.get(grade.criterion) != grade.criterion_digest:
        return None
    return next((one for one in probe.answers if (one.criterion, one.turn) == (grade.criterion, grade.turn)), None)


def _moved(grade: Grade, answer: ProbeAnswer) -> bool:
    if isinstance(grade, Scored):
        return answer.value != grade.value
    if isinstance(grade, NotApplicable):
        return answer.value is not None or answer.reason is not None
    return False


def _contest(grade: Grade, answer: ProbeAnswer) -> Contest:
    plain = grade.value if isinstance(grade, Scored) else None
    source, call_id = grade.identity
    return Contest(source=source, call_id=call_id, criterion=grade.criterion, turn=grade.turn, plain=plain, masked=answer.value)
