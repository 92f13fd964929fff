"""Canaries: planted calls with known grades, read strictly, chosen by seed, and what a judge made of them. docs/llm-guard.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from evalharness.errors import ConfigError
from evalharness.models.call import Call
from evalharness.models.grade import Reason
from evalharness.models.guard import Canary, CanaryKind, CanaryResult
from evalharness.models.noun import digest_of
from evalharness.models.probe import Probe, ProbeAnswer
from evalharness.models.rubric import Criterion, Rubric

A_RUN: Mapping[CanaryKind, int] = MappingProxyType({"bad": 2, "good": 2, "injected": 1})
"""How many of each kind are sent in a run."""

SOURCE = "canary"
"""The source that a canary's request is kept under: no log of a week has it, and no prompt shows it."""

NOT_APPLICABLE = "N/A"
CallOf = Callable[[Any], Call]
"""A call in our JSON form -> Call; ValueError (with words) for one that may not be so."""


def canary_of(raw: Any, rubric: Rubric, where: str, call_of: CallOf) -> Canary:
    """One canary: an object with `kind`, `call` (our JSON form) and `expected`. Raises ConfigError naming line and field."""
    if not isinstance(raw, dict) or set(raw) != {"kind", "call", "expected"}:
        raise _wrong(where, "is not an object with exactly the keys kind, call and expected")
    if raw["kind"] not in A_RUN:
        raise _wrong(f"{where}, field kind", f"is none of {', '.join(A_RUN)}")
    try:
        call = call_of(raw["call"])
    except ValueError as error:
        raise _wrong(f"{where}, field call.{error}", "may not be so") from None
    if not call.has_transcript:
        raise _wrong(f"{where}, field call.turns", "holds nothing that was said")
    expected = _expected(raw["expected"], rubric, f"{where}, field expected")
    return Canary(kind=raw["kind"], call=call.model_copy(update={"source": SOURCE}), expected=expected)


def complete(canaries: Sequence[Canary], where: str) -> tuple[Canary, ...]:
    """These canaries, if a run can be made of them: enough of every kind, every id once. Raises ConfigError."""
    ids = [canary.call.id for canary in canaries]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise _wrong(where, f"has the call id {twice[:60]!r} twice")
    for kind, least in A_RUN.items():
        have = sum(canary.kind == kind for canary in canaries)
        if have < least:
            raise _wrong(where, f"has {have} canaries of kind {kind}; a run takes {least}")
    return tuple(canaries)


def chosen(canaries: Sequence[Canary], seed: str) -> tuple[Canary, ...]:
    """The canaries of one run: 2 bad, 2 good, 1 injected, by the seed alone, in an order that tells nothing of their kind."""
    drawn = sorted(canaries, key=lambda canary: digest_of(f"{seed}|{canary.call.id}"))
    taken = [canary for kind, n in A_RUN.items() for canary in [c for c in drawn if c.kind == kind][:n]]
    return tuple(canary for canary in drawn if canary in taken)


def results(canaries: Iterable[Canary], probes: Iterable[Probe], judge: str) -> tuple[CanaryResult, ...]:
    """What the judge of that name answered to each expected criterion of these canaries; no answer has its reason.

    Of a criterion that is asked turn by turn: all turns of a good call must lie inside, and at least one of a bad or injected
    one; the turn that decides is shown. Where nothing came, the reason is "api", and it lies outside: nobody has seen that the
    judge is sound. A criterion that the judge was not asked about is left out.
    """
    own = [one for one in probes if one.role == "canary" and one.judge.name == judge and one.source == SOURCE]
    found = []
    for canary in canaries:
        mine = [one for one in own if one.call_id == canary.call.id]
        asked = {name for one in mine for name in one.digests}
        answers = {(answer.criterion, answer.turn): answer for one in mine for answer in one.answers}
        found += [_result(canary, name, list(answers.values())) for name in canary.expected if name in asked or not mine]
    return tuple(found)


def failures(found: Iterable[CanaryResult]) -> tuple[str, ...]:
    """Why the judge cannot be trusted, in words, one canary answer each; () where all lie inside."""
    return tuple(
        f"canary {result.call_id} ({result.kind}): {result.criterion} {_said(result)}, expected {_band(result.expected)}"
        for result in found
        if not result.inside
    )


def _result(canary: Canary, criterion: str, given: Iterable[ProbeAnswer]) -> CanaryResult:
    band = canary.expected[criterion]
    answers = [one for one in given if one.criterion == criterion]
    all_inside = canary.kind == "good"
    order = sorted(answers, key=lambda one: _inside(one, band) != all_inside, reverse=True)
    shown = order[0] if order else ProbeAnswer(criterion=criterion, reason="api")
    reason: Reason | None = shown.reason
    return CanaryResult(
        call_id=canary.call.id,
        kind=canary.kind,
        criterion=criterion,
        expected=band,
        answered=shown.value,
        reason=reason,
        inside=_inside(shown, band),
    )


def _inside(answer: ProbeAnswer, band: Sequence[int | str]) -> bool:
    if answer.reason is not None:
        return False
    return (NOT_APPLICABLE if answer.value is None else answer.value) in band


def _expected(raw: Any, rubric: Rubric, where: str) -> dict[str, tuple[int | str, ...]]:
    if not isinstance(raw, dict) or not raw:
        raise _wrong(where, "is not an object of criteria, each with its answers")
    return {name: tuple(_answers(name, given, rubric, where)) for name, given in raw.items()}


def _answers(name: str, given: Any, rubric: Rubric, where: str) -> Iterator[int | str]:
    criterion = next((one for one in rubric.criteria() if one.id == name), None)
    if criterion is None or not _asked(criterion):
        raise _wrong(f"{where}.{name[:60]}", f"is no criterion of rubric {rubric.id} that an LLM answers with one of its levels")
    known = (*criterion.answers, NOT_APPLICABLE)
    if not isinstance(given, list) or not given:
        raise _wrong(f"{where}.{name}", "is not a list of answers")
    for answer in given:
        if isinstance(answer, bool) or answer not in known:
            raise _wrong(f"{where}.{name}", f"has an answer that is none of {', '.join(map(str, known))}")
        yield answer
    if set(criterion.answers) <= set(given):
        raise _wrong(f"{where}.{name}", "expects any answer, so that no judge can fail it")


def _asked(criterion: Criterion) -> bool:
    return "llm" in criterion.graded_by and criterion.type not in ("measured", "text") and not criterion.heard


def _said(result: CanaryResult) -> str:
    if result.reason is not None:
        return f"has no answer ({result.reason})"
    return f"got {NOT_APPLICABLE if result.answered is None else result.answered}"


def _band(band: Sequence[int | str]) -> str:
    return " or ".join(map(str, band))


def _wrong(where: str, what: str) -> ConfigError:
    return ConfigError(
        f"a canary cannot be used: {where.rpartition(', ')[2]} {what}",
        where=where,
        why="A canary with a slip in it would blame the judge, or blame nobody.",
        fix='One a line: {"kind": "bad", "call": {...}, "expected": {"tone": [1, 2]}}   (docs/llm-guard.md)',
    )
