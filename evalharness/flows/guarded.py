"""What canaries, detector, mask and facts show of each judge of a week, as the pure functions of grading tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evalharness.aggregate.final import newest
from evalharness.aggregate.judges import key_of
from evalharness.flows.opened import Opened
from evalharness.grade.llm.facts import conflicts
from evalharness.grade.llm.mask import contests
from evalharness.models.call import Call
from evalharness.models.grade import Grade, Ungraded
from evalharness.models.guard import Guard
from evalharness.models.probe import Probe


def guarded(house: Opened, grades: Iterable[Grade], calls: Sequence[Call], probes: Sequence[Probe]) -> tuple[Guard, ...]:
    """A guard a judge that graded, with what was found; models, repeats and reasons come in aggregate.

    grades: of one week, all revisions; calls: those of them that are at hand, for what the log knows of them; probes: those that
    the week's runs sent.
    """
    judged = [one for one in newest(grades) if one.grader.kind == "llm"]
    off = house.config.graders.llm.defences.off
    found = []
    for key in dict.fromkeys(key_of(one.grader) for one in judged if not isinstance(one, Ungraded)):
        own = [one for one in judged if key_of(one.grader) == key]
        asked = [one for one in probes if key_of(one.judge) == key]
        facts = () if "facts" in off else conflicts(own, calls)
        found.append(
            Guard(
                judge=next(one.grader for one in own if not isinstance(one, Ungraded)),
                contested=() if "mask" in off else contests(own, asked),
                facts=tuple(one.key for one in facts),
                off=off,
            )
        )
    return tuple(found)


def by_week(probes: Iterable[Probe]) -> Mapping[str, list[Probe]]:
    """The probes by the week whose run sent them."""
    found: dict[str, list[Probe]] = {}
    for one in probes:
        found.setdefault(one.week, []).append(one)
    return found
