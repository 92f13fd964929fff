"""Facts outrank the judge: where the log knows what a judge was asked, its answer must agree with the log. docs/llm-guard.md.

One table says which criterion is held against which fact; a new fact is one more function and one more line of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from evalharness.models.call import Call, ToolCall
from evalharness.models.grade import Grade, Scored

Identity = tuple[str, str]


@dataclass(frozen=True)
class Conflict:
    """An LLM grade that the log contradicts, and how, in words."""

    source: str
    call_id: str
    criterion: str
    why: str

    @property
    def key(self) -> tuple[str, str, str]:
        """(source, id, criterion), as Guard.facts keeps it."""
        return self.source, self.call_id, self.criterion


@dataclass(frozen=True)
class Logged:
    """A call beside what its source is known to write down: only a log that notes handovers can show that there was none."""

    call: Call
    notes_handovers: bool


Fact = Callable[[str, Logged], str]
"""(answer, call) -> what the log says against it, "" where it says nothing."""


def conflicts(grades: Iterable[Grade], calls: Sequence[Call]) -> tuple[Conflict, ...]:
    """The scored LLM grades that their call's log contradicts, in the order of `grades`; a call that is not given has no log.

    `calls` also tell which sources write handovers down: give all of the week that are at hand.
    """
    noting = {call.source for call in calls if call.handoff is not None}
    logs = {(call.source, call.id): Logged(call, call.source in noting) for call in calls}
    found = []
    for grade in grades:
        log = logs.get(grade.identity)
        if log is None or grade.grader.kind != "llm" or not isinstance(grade, Scored):
            continue
        why = against(grade.criterion, str(grade.value), log)
        if why:
            found.append(Conflict(*grade.identity, grade.criterion, why))
    return tuple(found)


def against(criterion: str, answer: str, log: Logged) -> str:
    """What the log says against this answer to this criterion, "" where it says nothing."""
    told = (fact(answer, log) for pattern, fact in FACTS if pattern.fullmatch(criterion))
    return next((why for why in told if why), "")


_ENDED: Mapping[str, str] = MappingProxyType({
    "transferred": "the log shows that the call was handed to a human",
    "failed_technical": "the log shows a technical failure",
    "abandoned": "the log shows that the caller gave up",
})  # fmt: skip


def _resolved(answer: str, log: Logged) -> str:
    """A call that the log shows handed over, broken or given up was not resolved by the agent."""
    ended = "transferred" if log.call.handed_off else log.call.outcome
    return _ENDED.get(ended, "") if answer == "resolved" else ""


def _transferred(answer: str, log: Logged) -> str:
    """Handed to a human means a connected handover to a human."""
    return _no_handover(log) if answer == "transferred" else ""


def _reached(answer: str, log: Logged) -> str:
    """Yes/no: was the caller handed to a human?"""
    if answer == "yes":
        return _no_handover(log)
    return _ENDED["transferred"] if answer == "no" and log.call.handed_off else ""


def _no_handover(log: Logged) -> str:
    handoff = log.call.handoff
    if handoff is None:
        return "the log shows no handing over" if log.notes_handovers else ""
    if handoff.status == "failed":
        return "the log shows that the handing over failed"
    return "the log shows a handing over to a bot" if handoff.destination == "bot" else ""


def _missed(answer: str, log: Logged) -> str:
    """A missed escalation is one in which nobody was reached."""
    return _ENDED["transferred"] if answer == "yes" and log.call.handed_off else ""


def _fault(answer: str, log: Logged) -> str:
    """A technical fault that the log shows was one."""
    broken = log.call.outcome == "failed_technical" or log.call.status == "error"
    return _ENDED["failed_technical"] if answer == "no" and broken else ""


def _tool_error(answer: str, log: Logged) -> str:
    """Yes/no: did a tool fail?"""
    tools: list[ToolCall] = [tool for turn in log.call.turns for tool in turn.tool_calls]
    failed = [tool for tool in tools if tool.error]
    if answer == "no" and failed:
        return f"the log shows {len(failed)} failed tool call{'s' * (len(failed) > 1)}"
    fine = tools and all(tool.error is False for tool in tools)
    return "the log shows that every tool call succeeded" if answer == "yes" and fine else ""


FACTS: tuple[tuple[re.Pattern[str], Fact], ...] = (
    (re.compile(r"outcome"), _resolved),
    (re.compile(r"outcome"), _transferred),
    (re.compile(r"(was_)?(handed_(off|over)|handoff|handover|transferred|reached_(a_)?human)"), _reached),
    (re.compile(r"missed_escalation"), _missed),
    (re.compile(r"technical_(fault|failure|error)"), _fault),
    (re.compile(r"tool(_call)?_(errors?|failures?|faults?|failed)"), _tool_error),
)
"""Criterion ids -> the fact that outranks an answer to them. Ids as in the shipped rubric."""
