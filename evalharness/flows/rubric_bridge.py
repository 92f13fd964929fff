"""`rubric bridge`: past calls under an old and a new rubric. What is chosen, kept and recorded; no week is ever changed by it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.aggregate.rubric_bridge import Paired, bridged
from evalharness.aggregate.rubric_diff import compare
from evalharness.errors import ConfigError, UsageError
from evalharness.flows.history import drawn_weeks
from evalharness.flows.opened import Opened
from evalharness.flows.rubric_bridged import RESULT, bridges
from evalharness.flows.rubric_look import to_grade
from evalharness.grade.rubric_lint import lint
from evalharness.models.bridge import FEWEST_BRIDGED, Bridge, BridgeBy, BridgeCall, BridgePlan
from evalharness.models.call import Call
from evalharness.models.grade import Ungraded
from evalharness.models.improvement import RubricDiff
from evalharness.models.noun import number_of
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from evalharness.models.summary import CallResult
from evalharness.models.week import week_of
from evalharness.sample.design import largest_remainder
from evalharness.store.disputes import disputed_calls
from evalharness.store.records import add_audit, freeze_rubric, load_rubric, load_sample, samples
from evalharness.workspace.yaml_file import load_yaml

PLANNED = "rubric bridge planned"
"""The action of the audit trail that keeps which calls were chosen."""


@dataclass(frozen=True)
class Bridging:
    """A bridge that is being built. `calls`: those of the plan, frozen as they were drawn; `samples`: week -> its draw; `kept`:
    whether the plan is in the ledger already."""

    plan: BridgePlan
    old: Rubric
    new: Rubric
    found: RubricDiff
    calls: Mapping[Identity, Call]
    samples: Mapping[str, WeeklySample]
    kept: bool


def bridging(house: Opened, path: Path, by: BridgeBy, calls: int, at: datetime) -> Bridging:
    """The bridge from the newest drawn week's rubric to the one in the file: the plan that is kept, else a new one.

    Writes nothing. Raises ConfigError for a rubric with errors; UsageError for one that changes no meaning, for fewer than 20
    calls, and where there are not so many.
    """
    if calls < FEWEST_BRIDGED:
        why = "the shift of a handful of calls is mostly chance"
        raise UsageError(f"{calls} calls are no bridge", where="--calls", why=why, fix=f"write {FEWEST_BRIDGED} or more")
    drawn = samples(house.ledger)
    if not drawn:
        raise UsageError(
            "no week is drawn yet", where="rubric bridge", why="its calls come from drawn weeks", fix="evalharness week"
        )
    past, new = drawn_weeks(house, drawn[-1]), _checked(path)
    old = past[-1].rubric if _means_other(past[-1].rubric, new) else _bridged_from(house, new, (by, calls))
    if old is None:
        why = "every judged criterion means what it meant in the newest drawn week"
        raise UsageError(
            "there is nothing to bridge", where=str(path), why=why, fix=f"evalharness rubric diff {drawn[-1]} {path}"
        )
    kept = next((one for one in plans(house) if _same(one, old, new, (by, calls))), None)
    plan = kept or _plan(house, past, (old, new), (by, calls), at)
    weeks = sorted({call.week for call in plan.calls})
    known = {week: sample for week in weeks if (sample := load_sample(house.ledger, week)) is not None}
    items = {item.identity: item.call for sample in known.values() for item in sample.items}
    chosen = {call.identity: items[call.identity] for call in plan.calls}
    return Bridging(plan, old, new, compare(old, new, (weeks[-1], path.name)), chosen, known, kept is not None)


def _means_other(old: Rubric, new: Rubric) -> bool:
    """Whether anything that is judged means something else; a measurement is worked out anew without asking anybody."""
    before, after = (
        {
            one.id: digest
            for one, digest in zip(rubric.criteria(), rubric.digests().values(), strict=True)
            if one.type != "measured"
        }
        for rubric in (old, new)
    )
    return before != after


def _bridged_from(house: Opened, new: Rubric, asked: tuple[BridgeBy, int]) -> Rubric | None:
    """Once a week is drawn under the new rubric: the one it was bridged from; None where it never was."""
    kept = [one for one in plans(house) if (one.new, one.by, len(one.calls)) == (new.digest(), *asked)]
    return load_rubric(house.ledger, kept[-1].old) if kept else None


def plans(house: Opened) -> list[BridgePlan]:
    """Every bridge that was begun, oldest first."""
    return [BridgePlan.model_validate(row["details"], strict=False) for row in house.ledger.rows("audit", action=PLANNED)]


def keep_plan(house: Opened, one: Bridging, at: datetime) -> None:
    """The plan and both rubrics in the ledger, once, before anything is asked."""
    if not one.kept:
        with house.ledger.transaction() as tx:
            freeze_rubric(tx, one.old, at)
            freeze_rubric(tx, one.new, at)
            add_audit(tx, PLANNED, one.plan.model_dump(mode="json"), at)


def concluded(house: Opened, one: Bridging, who: Sequence[str], paired: Sequence[Paired], at: datetime) -> Bridge:
    """What the answers show; recorded in the audit trail from 20 answered calls on, where it is not what was recorded last."""
    found = bridged(one.plan, (one.old, one.new), one.found, who, paired)
    last = next((known for known in reversed(bridges(house)) if known.plan == found.plan), None)
    if found.enough and found != last:
        with house.ledger.transaction() as tx:
            add_audit(tx, RESULT, found.model_dump(mode="json"), at)
    return found


def _checked(path: Path) -> Rubric:
    rubric = load_yaml(path, Rubric)
    errors = [finding for finding in lint(rubric) if finding.severity == "error"]
    if errors:
        raise ConfigError(
            f"the rubric has {number_of(len(errors), 'error')}: {errors[0].what}",
            where=f"{path.name}, {errors[0].where}",
            fix=f"{errors[0].fix} (all of them: evalharness rubric lint {path})",
        )
    return rubric


def _same(plan: BridgePlan, old: Rubric, new: Rubric, asked: tuple[BridgeBy, int]) -> bool:
    return (plan.old, plan.new, plan.by, len(plan.calls)) == (old.digest(), new.digest(), *asked)


def _plan(
    house: Opened, past: Sequence[PastWeek], rubrics: tuple[Rubric, Rubric], asked: tuple[BridgeBy, int], at: datetime
) -> BridgePlan:
    """A seeded choice, each week by its share of the calls that may be chosen."""
    by, size = asked
    pools = {week.week: _pool(house, week, rubrics[0], by) for week in past}
    there = sum(map(len, pools.values()))
    if there < size:
        raise UsageError(
            f"there are {there} past calls to ask about, not {size}",
            where="--calls",
            why="they are drawn calls that people graded blind under the old rubric, undisputed, and nobody is still to grade"
            + ("; each by somebody who still grades" if by == "people" else ""),
            fix="grade another week first" if there < FEWEST_BRIDGED else f"--calls {there} or fewer",
        )
    parts = largest_remainder({at: len(pool) for at, pool in enumerate(pools.values())}, size)
    chosen = tuple(call for at, pool in enumerate(pools.values()) for call in pool[: parts[at]])
    old, new = (rubric.digest() for rubric in rubrics)
    name = f"bridge-{old[:6]}-{new[:6]}-{size}-{by}"
    return BridgePlan(name=name, old=old, new=new, by=by, week=week_of(at, house.config.zone), calls=chosen)


def _pool(house: Opened, past: PastWeek, old: Rubric, by: BridgeBy) -> list[BridgeCall]:
    """The week's calls that may be chosen, in the order of the choice; none of a week whose criteria meant something else."""
    if past.rubric.digests() != old.digests():
        return []
    waiting = to_grade(house, [past.week])
    disputed = disputed_calls(house.ledger)
    seed, found = house.config.sample.seed, []
    for result in past.results:
        identity = (result.call.source, result.call.id)
        people = _graded_by(result)
        conflict = any(final.conflict for final in result.final.values())
        if result.probability is None or conflict or identity in waiting or identity in disputed or not people:
            continue
        person = next((name for name in house.people if name in people), None) if by == "people" else None
        if by == "llm" or person is not None:
            found.append(BridgeCall(week=past.week, source=identity[0], call_id=identity[1], person=person))
    return sorted(found, key=lambda call: (_key(seed, call), call.source, call.call_id))


def _graded_by(result: CallResult) -> set[str]:
    """Who graded the call blind."""
    people = [grade for grade in result.grades if grade.grader.kind == "human" and grade.lane == "blind"]
    return {grade.grader.name for grade in people if not isinstance(grade, Ungraded)}


def _key(seed: int, call: BridgeCall) -> str:
    text = f"{seed}|bridge|{call.week}|{call.source}|{call.call_id}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
