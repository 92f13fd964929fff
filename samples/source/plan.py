"""What happens in which week: how many calls of each group, when, by whom, under which version; and the true levels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from dialogue import Scene
from timing import EASED, NORMAL, SLOW, Pace

SEED = "lindenhof-1"
ZONE = ZoneInfo("Europe/Berlin")
WEEKS = ("2026-W42", "2026-W43", "2026-W44", "2026-W45", "2026-W46", "2026-W47")
REGRESSION = "2026-W46"
CHANGES = (
    ("v1.8", datetime(2026, 1, 12, 7, 0, tzinfo=ZONE)),
    ("v1.9", datetime(2026, 10, 28, 12, 30, tzinfo=ZONE)),
    ("v2.0", datetime(2026, 11, 9, 0, 30, tzinfo=ZONE)),
    ("v2.0.1", datetime(2026, 11, 17, 7, 0, tzinfo=ZONE)),
)

_USUAL = {
    "partly": 3, "partly_missed": 1, "unresolved": 2, "unresolved_missed": 1, "transferred": 11, "transferred_unneeded": 2,
    "follow_up": 3, "follow_up_needed": 2, "follow_up_failed": 1, "abandoned": 5, "out_wrong": 2, "out_voicemail": 2,
    "out_no_answer": 2, "out_silent": 1,
}  # fmt: skip
GROUPS: dict[str, dict[str, int]] = {
    "2026-W42": {**_USUAL, "partly_missed": 2},
    "2026-W43": {**_USUAL, "dead": 1, "unresolved": 3, "out_wrong": 3},
    "2026-W44": {**_USUAL, "transferred": 10, "transferred_unneeded": 3, "out_no_answer": 1},
    "2026-W45": {**_USUAL, "fail_info": 1, "unseen": 1, "transferred": 12, "follow_up": 4},
    "2026-W46": {
        "partly": 8, "partly_missed": 3, "unresolved": 8, "unresolved_missed": 4, "transferred": 12, "transferred_unneeded": 5,
        "follow_up": 4, "follow_up_needed": 2, "follow_up_failed": 2, "abandoned": 10, "unseen": 1, "out_wrong": 2,
        "out_voicemail": 2, "out_no_answer": 2, "out_silent": 2,
        "drop": 1, "fail_info": 3, "fail_action": 1, "fail_privacy": 1, "fail_missed": 3, "fail_confusion": 3,
        "fail_technical": 1,
        "fail_speech": 1,
    },
    "2026-W47": {**_USUAL, "fail_confusion": 1, "partly": 4, "unresolved": 3},
}  # fmt: skip
CALLS = {"2026-W42": 147, "2026-W43": 153, "2026-W44": 141, "2026-W45": 160, "2026-W46": 150, "2026-W47": 144}
PAUSES = {"2026-W42": 0, "2026-W43": 1, "2026-W44": 0, "2026-W45": 2, "2026-W46": 4, "2026-W47": 1}

_DAYS = (27, 23, 19, 18, 10, 2, 1)  # Monday to Sunday
_HOURS = {7: 3, 8: 20, 9: 17, 10: 14, 11: 11, 12: 7, 13: 8, 14: 10, 15: 9, 16: 9, 17: 6}
_LEVELS: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = {
    # true correctness, tone, escalation, one of each drawn at random
    "resolved": ((5,) * 14 + (4,) * 5 + (3,), (5,) * 12 + (4,) * 6 + (3,) * 2, (5,) * 19 + (4,)),
    "partly_resolved": ((4, 4, 4, 3, 3), (5, 4, 4, 4, 3), (5, 5, 5, 4)),
    "unresolved": ((3, 3, 3, 2), (5, 4, 4, 3), (5, 4, 4)),
    "transferred": ((5, 5, 5, 4, 4), (5, 5, 5, 4), (5, 5, 5, 4)),
    "follow_up": ((5, 5, 4, 4), (5, 5, 4), (5, 5, 4)),
    "abandoned": ((4, 4, 3), (5, 4, 4), (5,)),
    "out_of_scope": ((5,), (5, 5, 4), (5,)),
    "failed_technical": ((3,), (4,), (5,)),
}


@dataclass
class Case:
    """One call before it is written: what happens, when it begins, who calls."""

    scene: Scene
    started: datetime
    number: int
    pauses: int = 0


def version(started: datetime) -> str:
    """The agent's version at that moment."""
    return [name for name, since in CHANGES if started >= since][-1]


def pace(started: datetime) -> Pace:
    """How fast the agent is then: v2.0 is slow in its first week, eased on the Monday before v2.0.1."""
    if version(started) != "v2.0":
        return NORMAL
    return SLOW if started < datetime(2026, 11, 16, tzinfo=ZONE) else EASED


def cases(week: str, scenes: list[Scene], rng: Random) -> list[Case]:
    """The week's calls in order of their start."""
    groups = dict(GROUPS[week])
    groups["resolved"] = CALLS[week] - sum(groups.values())
    made = [_case(week, _pick(scenes, group, week, i, rng), rng) for group, count in groups.items() for i in range(count)]
    resolved = [case for case in made if case.scene.group == "resolved" and "direction" not in case.scene.extra]
    for case in resolved[:2]:
        case.started = _at(week, 6, rng.randint(10, 19), rng)
    for case in resolved[2 : 2 + PAUSES[week]]:
        case.pauses = 1
    _call_again(made, rng)
    return sorted(made, key=lambda case: (case.started, case.number))


def _pick(scenes: list[Scene], group: str, week: str, index: int, rng: Random) -> Scene:
    """A scene of the group by weight; clear failures in turn, so that each kind occurs."""
    fitting = [scene for scene in scenes if scene.group == group]
    if group.startswith("fail_"):
        return fitting[(index + (week == REGRESSION)) % len(fitting)]
    return rng.choices(fitting, [scene.weight for scene in fitting])[0]


def _case(week: str, scene: Scene, rng: Random) -> Case:
    evening = scene.when == "evening" or (scene.when == "any" and "direction" not in scene.extra and rng.random() < 0.09)
    day = 0 if week == WEEKS[-1] and scene.group.startswith("fail_") else rng.choices(range(7), _DAYS)[0]
    if evening:
        return Case(scene, _at(week, min(day, 4), rng.choice((18, 18, 19, 20)), rng), rng.randrange(1000))
    if day > 4 and (scene.when == "open" or "direction" in scene.extra):
        day = 1
    hours = [hour for hour in _HOURS if hour < (14 if day == 4 else 18) and (hour > 7 or scene.when == "any")]
    return Case(scene, _at(week, day, rng.choices(hours, [_HOURS[hour] for hour in hours])[0], rng), rng.randrange(1000))


def _at(week: str, day: int, hour: int, rng: Random) -> datetime:
    start = 40 if hour == 7 else 0
    clock = time(hour, rng.randint(start, 59), rng.randint(0, 59))
    return datetime.combine(date.fromisocalendar(int(week[:4]), int(week[6:]), day + 1), clock, ZONE)


def _call_again(made: list[Case], rng: Random) -> None:
    """Some who did not get what they wanted call again in the same week for the same thing, and are then served."""
    again = [case for case in made if case.scene.outcome in ("unresolved", "abandoned", "partly_resolved") and rng.random() < 0.5]
    for case in again:
        soon = case.started + timedelta(hours=1)
        later = (other for other in made if _served(other, case.scene.intent) and other.started > soon)
        next(later, case).number = case.number


def _served(case: Case, intent: str | None) -> bool:
    return case.scene.group == "resolved" and case.scene.intent == intent


def levels(case: Case, week: str, rng: Random) -> dict[str, int]:
    """The true levels: those the scene fixes, the rest drawn; in the week of the regression wording and answers are worse."""
    drawn = [rng.choice(choices) for choices in _LEVELS[case.scene.outcome]]
    if week == REGRESSION and case.scene.outcome != "out_of_scope":
        drawn = [max(2, level - (rng.random() < share)) for level, share in zip(drawn, (0.35, 0.45, 0), strict=True)]
    names = {"correctness": "c", "tone": "t", "escalation": "e"}
    return {name: int(case.scene.extra.get(short, level)) for (name, short), level in zip(names.items(), drawn, strict=True)}
