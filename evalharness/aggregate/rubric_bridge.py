"""The same calls under two rubrics: how far each criterion's answers shift, with an interval, and which calls moved.

No figure of a week is ever corrected by a shift: it says how far two lines of a trend may lie apart for the rubric's sake alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.models.bridge import Bridge, BridgeCall, BridgedCriterion, BridgePlan, Moved
from evalharness.models.improvement import RubricDiff
from evalharness.models.measure import Measure, Unit
from evalharness.models.rubric import Criterion, Rubric
from evalharness.stats.interval import Interval, never_seen
from evalharness.stats.mean import weighted_mean
from evalharness.stats.paired import tango_interval
from evalharness.stats.share import weighted_share

NA = "N/A"
Key = tuple[str, int | None]
"""Criterion and turn (None: the whole call)."""
Answers = Mapping[Key, int | str | None]
"""What a call got; None = no answer."""
_POINTS = 100.0
TWO_SIDED = 0.025


@dataclass(frozen=True)
class Paired:
    """A call's answers under both rubrics."""

    call: BridgeCall
    before: Answers
    after: Answers


def bridged(
    plan: BridgePlan, rubrics: tuple[Rubric, Rubric], found: RubricDiff, who: Sequence[str], paired: Sequence[Paired]
) -> Bridge:
    """What the answers to the plan's calls show, in the new form's order; a criterion that neither asks of these graders is not
    there."""
    return Bridge(
        plan=plan.name,
        before=found.before,
        after=found.after,
        by=plan.by,
        who=tuple(who),
        weeks=tuple(sorted({call.week for call in plan.calls})),
        calls=len(plan.calls),
        answered=sum(_answered(one.before) and _answered(one.after) for one in paired),
        criteria=tuple(_criteria(rubrics, found, paired)),
        lines=tuple(line.measure for line in found.lines),
    )


def _answered(answers: Answers) -> bool:
    return any(value is not None for value in answers.values())


def _criteria(rubrics: tuple[Rubric, Rubric], found: RubricDiff, paired: Sequence[Paired]) -> Iterator[BridgedCriterion]:
    old, new = ({one.id: one for one in rubric.criteria() if one.type != "text"} for rubric in rubrics)
    asked = {key[0] for one in paired for key in (*one.before, *one.after)}
    for change in found.criteria:
        was, now = old.get(change.criterion), new.get(change.criterion)
        known = now or was
        if known is not None and known.id in asked:
            named = BridgedCriterion(criterion=known.id, type=known.type, kind=change.kind)
            if was is None or now is None:
                yield _one_sided(known, named, [one.before if now is None else one.after for one in paired])
            else:
                yield _criterion(was, now, named, paired)


@dataclass(frozen=True)
class _Met:
    """An answer before and after, of a call or one of its turns."""

    call: BridgeCall
    turn: int | None
    before: int | str
    after: int | str


def _one_sided(criterion: Criterion, named: BridgedCriterion, side: Sequence[Answers]) -> BridgedCriterion:
    """A criterion that only one rubric has: how often each answer was given, and nothing to compare it with."""
    own = [[value for key, value in one.items() if key[0] == criterion.id and value is not None] for one in side]
    counts, heads = Counter(str(value) for values in own for value in values), _heads(criterion)
    table = (tuple(counts[head] for head in heads),)
    update = {"calls": sum(map(bool, own)), "unanswered": sum(not one for one in own)}
    return named.model_copy(update={**update, "rows": ("answers",), "columns": tuple(heads), "table": table})


def _criterion(old: Criterion, new: Criterion, named: BridgedCriterion, paired: Sequence[Paired]) -> BridgedCriterion:
    rows, columns = _heads(old), _heads(new)
    met, missing = _both(new.id, paired)
    counts = Counter((str(one.before), str(one.after)) for one in met)
    found = {
        "calls": len({one.call.identity for one in met}),
        "unanswered": missing,
        "changed": _changed(met) if met else None,
        "shift": _shift(old, new, met),
        "event": _event(new) if old.type == new.type == "yes_no" else "",
        "rows": tuple(rows),
        "columns": tuple(columns),
        "table": tuple(tuple(counts[row, column] for column in columns) for row in rows),
        "moved": tuple(_moved(met)),
    }
    return named.model_copy(update=found)


def _heads(criterion: Criterion) -> list[str]:
    """The answers in words, lowest first, N/A last."""
    answers = sorted(criterion.answers, key=float) if criterion.type == "ordinal" else criterion.answers
    return [*map(str, answers), NA]


def _both(criterion: str, paired: Sequence[Paired]) -> tuple[list[_Met], int]:
    """The answers given under both, and how many calls lack one of them."""
    met, missing = [], 0
    for one in paired:
        keys = [key for key in dict.fromkeys((*one.before, *one.after)) if key[0] == criterion]
        own = []
        for key in keys:
            before, after = one.before.get(key), one.after.get(key)
            if before is not None and after is not None:
                own.append(_Met(one.call, key[1], before, after))
        met += own
        missing += bool(keys) and not own
    return met, missing


def _changed(met: Sequence[_Met]) -> Measure:
    """The share of answers that are others; the turns of a call stay together in the interval."""
    sizes = Counter(one.call.identity for one in met)
    hits = Counter(one.call.identity for one in met if one.before != one.after)
    return _measure("changed", "share", weighted_share([hits[call] for call in sizes], list(sizes.values())), len(met))


def _shift(old: Criterion, new: Criterion, met: Sequence[_Met]) -> Measure | None:
    """New minus old where both have a value that can be subtracted; None where there is no such pair."""
    rated = [one for one in met if NA not in (one.before, one.after)]
    if not rated or old.type != new.type:
        return None
    if old.type == "ordinal":
        return _of_levels(old, new, rated)
    if old.type == "yes_no" and old.scope == new.scope == "call":
        event = _event(new)
        gained = sum(one.after == event != one.before for one in rated)
        lost = sum(one.before == event != one.after for one in rated)
        return _measure("shift", "points", _scaled(tango_interval(gained, lost, len(rated))), len(rated))
    return None


def _event(criterion: Criterion) -> str:
    """The answer that fails, yes where none does."""
    return "no" if criterion.good == "yes" else "yes"


def _of_levels(old: Criterion, new: Criterion, rated: Sequence[_Met]) -> Measure:
    """Mean difference, one value a call, by `mean_shift`."""
    same = set(old.answers) == set(new.answers)
    before, after = (_places(one, scores=not same) for one in (old, new))
    by_call: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in rated:
        by_call[one.call.identity].append(after[one.after] - before[one.before])
    ends = sorted({*before.values(), *after.values()})
    found = mean_shift([sum(own) / len(own) for own in by_call.values()], ends[-1] - ends[0])
    return _measure("shift", "levels" if same else "points", found, len(by_call))


def mean_shift(shifts: Sequence[float], span: float) -> Interval:
    """The mean of paired differences with 95 % limits, one a call, within -span..span. [STATISTICS g: paired t]

    `weighted_mean` without its guard, as for the severity of two people. Where all calls shift alike there is no spread: a share
    u = 1 - .025^(1/n) of the calls may shift by anything, as in agreement's mean difference, so 20 calls that all went down a
    level of five are -1 (-1.5 to -0.16).
    By enumeration, up to half of 20 to 60 calls going up or down a level, it holds the truth in .916 or more; 20 calls of which
    a fifth go down give limits .38 levels apart (benchmarks/coverage/bridge.py). Not for fewer than 10 calls.
    """
    if shifts and max(shifts) - min(shifts) == 0:
        value, hidden = shifts[0], never_seen(len(shifts), TWO_SIDED)
        low, high = value - hidden * (value + span), value + hidden * (span - value)
        return Interval(value, low, high, "wide", len(shifts), len(shifts), "no spread seen")
    return weighted_mean(shifts, scale=(-span, span), guard=False)


def _places(criterion: Criterion, *, scores: bool) -> dict[int | str, float]:
    """Each level as a number: itself, or its score, (level - lowest) / (highest - lowest) x 100."""
    levels = {level: float(level) for level in criterion.answers}
    if not scores:
        return levels
    low, high = min(levels.values()), max(levels.values())
    return {level: (value - low) / (high - low) * _POINTS for level, value in levels.items()}


def _scaled(found: Interval) -> Interval:
    """A difference of shares in percentage points."""
    value = None if found.value is None else found.value * _POINTS
    return Interval(value, found.low * _POINTS, found.high * _POINTS, found.state, found.n, found.n_eff, found.note)


def _measure(name: str, unit: Unit, found: Interval, n: int) -> Measure:
    known = found.value is not None
    return Measure(
        name=name,
        unit=unit,
        value=found.value,
        n=n if known else 0,
        of=n,
        low=found.low if known else None,
        high=found.high if known else None,
        basis="ledger",
        note=found.note,
    )


def _moved(met: Sequence[_Met]) -> Iterator[Moved]:
    """The calls that got another answer, newest week first."""
    other = [one for one in met if one.before != one.after]
    for one in sorted(sorted(other, key=lambda one: one.call.identity), key=lambda one: one.call.week, reverse=True):
        yield Moved(
            week=one.call.week,
            source=one.call.source,
            call_id=one.call.call_id,
            turn=one.turn,
            before=str(one.before),
            after=str(one.after),
        )
