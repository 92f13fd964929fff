"""The mask: the same call without its suspicious words, and what a judge says otherwise about it. docs/llm-guard.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from evalharness.grade.llm.reaching import Place, rebuilt
from evalharness.models.call import Call
from evalharness.models.grade import Grade, Scored, Ungraded
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


def contests(
    grades: Sequence[Grade], probes: Iterable[Probe], text_criteria: Collection[str] = (), suspicious: Collection[Identity] = ()
) -> tuple[Contest, ...]:
    """The standing LLM grades that their judge gives otherwise once the suspicious spans are masked, in the order of `grades`.

    A level that moves by one and more, another yes/no or category, N/A against a value, and an answer that can no longer be
    given: all are contested; so is every grade of a `suspicious` call about which no answer without the spans came, for nothing
    confirms it. `grades`: the standing ones of the week; `probes`: those of role "mask" among them count, the newest answer of a
    call, question and judge; `text_criteria`: free texts, which nobody can compare.
    """
    held = _answers(probes)
    found = []
    for grade in grades:
        if grade.grader.kind != "llm" or grade.criterion in text_criteria or isinstance(grade, Ungraded):
            continue
        answer = held.get(_question(grade))
        if answer is None and grade.identity in suspicious:
            found.append(_contest(grade, None))
        elif answer is not None and _moved(grade, answer):
            found.append(_contest(grade, answer.value))
    return tuple(found)


_Question = tuple[Identity, str, str, int | None, str]


def _question(grade: Grade) -> _Question:
    return grade.identity, grade.grader.name, grade.criterion, grade.turn, grade.criterion_digest


def _answers(probes: Iterable[Probe]) -> dict[_Question, ProbeAnswer]:
    """Call, judge, criterion, turn and meaning -> the newest answer without the suspicious spans."""
    return {
        (probe.identity, probe.judge.name, one.criterion, one.turn, probe.digests.get(one.criterion, "")): one
        for probe in probes
        if probe.role == "mask"
        for one in probe.answers
    }


def _moved(grade: Grade, answer: ProbeAnswer) -> bool:
    if isinstance(grade, Scored):
        return answer.value != grade.value
    return answer.value is not None or answer.reason is not None


def _contest(grade: Grade, masked: int | str | None) -> Contest:
    plain = grade.value if isinstance(grade, Scored) else None
    source, call_id = grade.identity
    return Contest(source=source, call_id=call_id, criterion=grade.criterion, turn=grade.turn, plain=plain, masked=masked)
