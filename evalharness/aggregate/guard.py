"""What the guards of a week say of each judge, and which of its grades count as none. TRUST D5 to D9; docs/judge-trust.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.aggregate.judges import Key, key_of
from evalharness.aggregate.probed import repeated
from evalharness.models.grade import BOTH, Grade, Grader, Ungraded
from evalharness.models.guard import CanaryResult, Guard
from evalharness.models.noun import number_of
from evalharness.models.probe import Probe

UNSENT = ("api", "budget")
"""Why a canary may have no answer that is not the judge's doing; it has not been seen to be sound all the same."""
_NAMED = 3

Barred = frozenset[tuple[Key, Identity, str]]
"""(judge, call, criterion): grades that count as none."""


def guards(found: Sequence[Guard], grades: Sequence[Grade], probes: Sequence[Probe]) -> tuple[Guard, ...]:
    """The guard of every judge that graded the week, in the order of their first grades.

    found: what canaries, detector, mask and facts showed, by judge (none for a judge: nothing was looked at); grades: the
    standing ones of the week; probes: those the week's runs sent. Models, repeats and reasons come here.
    """
    judged = [one for one in grades if one.grader.kind == "llm" and not isinstance(one, Ungraded)]
    given = {key_of(one.judge): one for one in found}
    newest = {key_of(one.grader): one.grader for one in sorted(judged, key=lambda grade: grade.at)}
    keys = dict.fromkeys([*(key_of(one.grader) for one in judged), *given])
    return tuple(_guard(given.get(key) or Guard(judge=newest[key]), key, judged, probes) for key in keys)


def _guard(found: Guard, key: Key, judged: Sequence[Grade], probes: Sequence[Probe]) -> Guard:
    own = [one for one in judged if key_of(one.grader) == key]
    models = sorted({*_versions(one.grader for one in own), *_versions(_canary_judges(probes, key))})
    whole = found.model_copy(update={"models": tuple(models), "repeats": repeated(own, probes, key)})
    return whole.model_copy(update={"untrusted": tuple(_reasons(whole))})


def _canary_judges(probes: Iterable[Probe], key: Key) -> Iterator[Grader]:
    """Who answered the canaries: of another model they would say nothing of the grades."""
    return (one.judge for one in probes if one.role == "canary" and key_of(one.judge) == key)


def _versions(judges: Iterable[Grader]) -> set[str]:
    """Who says it answered; a job that two models answered names both."""
    return {one for judge in judges if judge.version for one in judge.version.split(BOTH)}


def _reasons(guard: Guard) -> Iterator[str]:
    """Why no verdict may rest on this judge's grades of the week. That none were sent ("no canaries") is no reason."""
    yield from _of_canaries(guard.canaries or ())
    if guard.canaries == ():
        yield "canaries incomplete: none of them was answered"
    if len(guard.models) > 1:
        yield f"{len(guard.models)} models answered under one name: {', '.join(one[:80] for one in guard.models)}"


def _of_canaries(results: Sequence[CanaryResult]) -> Iterator[str]:
    """Outside its band is also an answer that did not come, unless the server or the budget kept it back."""
    outside = [one for one in results if not one.inside and one.reason not in UNSENT]
    unsent = [one for one in results if not one.inside and one.reason in UNSENT]
    if outside:
        named = [f"{one.kind} call, {one.criterion}: {_answered(one)}" for one in outside[:_NAMED]]
        rest = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
        total = number_of(len(results), "answer")
        yield f"canaries: {len(outside)} of {total} outside what is known of them ({'; '.join(named)}{rest})"
    if unsent:
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(Counter(str(one.reason) for one in unsent).items()))
        yield f"canaries incomplete: {len(unsent)} of {number_of(len(results), 'answer')} did not come ({why})"


def _answered(one: CanaryResult) -> str:
    given = one.reason or ("N/A" if one.answered is None else str(one.answered)[:40])
    return f"{given}, expected {' or '.join(str(value)[:40] for value in one.expected)}"


def reasons_for(found: Iterable[Guard], judge: Grader) -> tuple[str, ...]:
    """Why nothing may rest on this judge in the week; () = no guard says so."""
    return next((one.untrusted for one in found if key_of(one.judge) == key_of(judge)), ())


def barred(found: Iterable[Guard]) -> Barred:
    """The grades that the mask changed, or that the log contradicts."""
    out: set[tuple[Key, Identity, str]] = set()
    for guard in found:
        key = key_of(guard.judge)
        out |= {(key, (one.source, one.call_id), one.criterion) for one in guard.contested}
        out |= {(key, (source, call_id), criterion) for source, call_id, criterion in guard.facts}
    return frozenset(out)


def without_barred(grades: Sequence[Grade], out: Barred) -> list[Grade]:
    """The same grades, the barred ones as asked for and not given: they stay in their group of a combined estimate."""
    return [_taken_back(one) if _is_barred(one, out) else one for one in grades] if out else list(grades)


def _is_barred(grade: Grade, out: Barred) -> bool:
    return grade.grader.kind == "llm" and (key_of(grade.grader), grade.identity, grade.criterion) in out


def _taken_back(grade: Grade) -> Grade:
    fields = {name: getattr(grade, name) for name in Ungraded.model_fields if name in type(grade).model_fields}
    return Ungraded(**{**fields, "state": "ungraded", "reason": "unverified"})


def stripped(week: PastWeek, out: Barred) -> PastWeek:
    """The week without barred grades; final values, which are people's, stay."""
    if not out:
        return week
    results = [one.model_copy(update={"grades": tuple(without_barred(one.grades, out))}) for one in week.results]
    return PastWeek(week.week, week.design, week.rubric, results, week.population)


def masked_calls(found: Iterable[Guard]) -> dict[Identity, frozenset[str]]:
    """(source, id) -> the criteria that a judge answered otherwise once suspicious spans were masked, whatever it is trusted
    with: somebody in the call spoke to the judge."""
    return _by_call((one.source, one.call_id, one.criterion) for guard in found for one in guard.contested)


def contradicted(found: Iterable[Guard], trusted: Collection[tuple[str, Key]]) -> dict[Identity, frozenset[str]]:
    """(source, id) -> the criteria under which the log contradicts a judge that is trusted with them. trusted: (criterion,
    judge). What any other judge says decides nothing, so that it is wrong puts no verdict of people's in doubt."""
    given = ((key_of(guard.judge), fact) for guard in found for fact in guard.facts)
    return _by_call(fact for key, fact in given if (fact[2], key) in trusted)


def _by_call(places: Iterable[tuple[str, str, str]]) -> dict[Identity, frozenset[str]]:
    found: dict[Identity, frozenset[str]] = {}
    for source, call_id, criterion in places:
        found[source, call_id] = found.get((source, call_id), frozenset()) | {criterion}
    return found


def merged(*parts: Mapping[Identity, frozenset[str]]) -> dict[Identity, frozenset[str]]:
    """Several of them in one."""
    return _by_call((*call, criterion) for part in parts for call, criteria in part.items() for criterion in sorted(criteria))
