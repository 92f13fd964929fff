"""The audit of escalation over all calls: who asked for a human, what was handed over and how, and needed against happened.

"Needed" is what can be measured (the triggers of `measures.escalation`); the rest of the escalation policy is for graders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalharness.grade.measured.audit import Audit, audit_of
from evalharness.grade.measured.escalation_handoff import context_of, handoff_of, late, what_became
from evalharness.grade.measured.escalation_triggers import Fired, Seen, seen_of, triggers_of
from evalharness.grade.measured.found import Figure, Found
from evalharness.models.call import Call
from evalharness.models.finding import Finding
from evalharness.models.measuring import Measuring

UNNEEDED = (
    "nothing measurable made a human needed",
    "nothing measurable made a human needed, though a tool had failed, which is no trigger here",
)
"""What "unneeded" means: without a tool that had failed, and with one, which may be the need."""
_SUMMED = "calls handed to a human whose log has a field for a summary"
FIGURES: Mapping[str, Figure] = {
    "human_requests": Figure("count", "requests of the caller for a human", bad=False),
    "human_requests_unmet": Figure(
        "yes_no",
        "a human was asked for and none came into play",
        among="calls with a request for a human",
        shown_by=("human_requests", ""),
    ),
    "human_request_turns": Figure(
        "turns",
        "replies between the first request for a human and the handing over",
        bad=False,
        among="calls handed over after a request",
    ),
    "handoff_failed": Figure("yes_no", "a handoff to a human was tried and failed"),
    "handoff_to_bot": Figure("yes_no", "handed to another bot, which is no escalation", bad=False),
    "handoff_warm": Figure("yes_no", "handed over warm, not blind", bad=False, among="calls handed to a human"),
    "handoff_late": Figure(
        "yes_no", "handed over late after what made a human needed", among="calls handed over after a measurable trigger"
    ),
    "handoff_summary": Figure("yes_no", "a summary was passed on", bad=False, among=_SUMMED),
    "handoff_who": Figure("yes_no", "the summary says who is calling", bad=False, among=_SUMMED),
    "handoff_intent": Figure("yes_no", "the summary says what it is about", bad=False, among=_SUMMED),
    "handoff_facts": Figure("yes_no", "the summary holds a number or code of the call", bad=False, among=_SUMMED),
    "handoff_tried": Figure("yes_no", "the summary says what was tried", bad=False, among=_SUMMED),
    "handoff_outcome": Figure("yes_no", "the summary says what the caller wants", bad=False, among=_SUMMED),
    "handoff_reason": Figure("yes_no", "the summary says why a human is needed", bad=False, among=_SUMMED),
    "emergency_words": Figure("count", "turns of the caller with words of an emergency", bad=False),
    "stuck_steps": Figure("count", "steps at which the agent asked twice again or a tool failed twice"),
    "escalation_needed": Figure("yes_no", "something measurable made a human needed", bad=False),
    "escalation_correct": Figure("yes_no", "needed by a measurable trigger, and handed to a human", bad=False),
    "escalation_missed": Figure("yes_no", "needed by a measurable trigger, and not handed to a human"),
    "escalation_unneeded": Figure("yes_no", "handed to a human without a measurable trigger", bad=False),
    "containment_correct": Figure("yes_no", "no measurable trigger, and not handed over", bad=False),
    "escalation_precision": Figure(
        "yes_no", "of the calls handed to a human, a measurable trigger was there", bad=False, among="calls handed to a human"
    ),
    "escalation_recall": Figure(
        "yes_no", "of the calls with a measurable trigger, handed to a human", bad=False, among="calls with a measurable trigger"
    ),
}


def detect(call: Call, settings: Measuring) -> Found:
    """Everything of escalation that can be told of the call; nothing of a call in which nothing was said."""
    rules = settings.escalation
    audit = audit_of(call, rules.transfer_tools)
    if not audit.said:
        return Found()
    seen = seen_of(audit, rules, settings.voice)
    fired = triggers_of(audit, seen, rules)
    parts = [
        _asked(audit, seen),
        handoff_of(audit),
        context_of(audit, rules.context),
        _seen("emergency_words", seen.emergency),
        _seen("stuck_steps", seen.stuck),
        _matrix(audit, fired, rules.late_turns),
    ]
    found = Found()
    for part in parts:
        found.values |= part.values
        found.findings += part.findings
    return found


def _seen(measure: str, turns: Sequence[int] | None) -> Found:
    if turns is None:
        return Found()
    return Found({measure: float(len(turns))}, [Finding(measure=measure, turns=(turn,)) for turn in turns])


def _asked(audit: Audit, seen: Seen) -> Found:
    """Requests for a human, each with what became of it and the replies until it was honoured, where that shows."""
    turns = seen.asked
    if turns is None:
        return Found()
    found, call = Found({"human_requests": float(len(turns))}), audit.call
    became = what_became(call.handoff, handed_off=audit.to_human, follow_up=call.outcome == "follow_up")
    told = became if became != "never" or audit.shows_handoffs else None
    state = "withdrawn" if turns and not seen.standing else told
    until = [None if audit.handed_at is None else float(audit.replies_between(turn, audit.handed_at)) for turn in turns]
    if turns and state is not None:
        found.values["human_requests_unmet"] = float(state in ("failed", "never"))
    if turns and until[0] is not None:
        found.values["human_request_turns"] = until[0]
    found.findings += [
        Finding(measure="human_requests", turns=(turn,), value=value, state=state)
        for turn, value in zip(turns, until, strict=True)
    ]
    return found


def _matrix(audit: Audit, fired: Sequence[Fired] | None, late_turns: int) -> Found:
    """Needed against happened; nothing where it cannot be told whether a human was needed, or came."""
    if fired is None:
        return Found()
    if not (audit.to_human or audit.shows_handoffs):
        return Found({"escalation_needed": float(bool(fired))}, _triggers(fired))
    needed, happened = bool(fired), audit.to_human
    cells = {
        "escalation_correct": needed and happened,
        "escalation_missed": needed and not happened,
        "escalation_unneeded": happened and not needed,
        "containment_correct": not needed and not happened,
    }
    found = Found({"escalation_needed": float(needed), **{name: float(holds) for name, holds in cells.items()}})
    if happened:
        found.values["escalation_precision"] = float(needed)
    if needed:
        found.values["escalation_recall"] = float(happened)
    first = min((one.turn for one in fired if one.turn is not None), default=None)
    lateness = late(audit, first, late_turns)
    if lateness is not None:
        found.values["handoff_late"] = lateness
    found.findings += _shown(audit, fired, first, late=bool(lateness))
    return found


def _triggers(fired: Sequence[Fired]) -> list[Finding]:
    return [
        Finding(measure="escalation_needed", turns=() if one.turn is None else (one.turn,), state=one.trigger) for one in fired
    ]


def _shown(audit: Audit, fired: Sequence[Fired], first: int | None, *, late: bool) -> list[Finding]:
    """The triggers; and where the need was missed, or the handing over late, the turn that it came from."""
    turns = () if first is None else (first,)
    shown = _triggers(fired)
    call = audit.call
    if fired and not audit.to_human:
        state = what_became(call.handoff, handed_off=False, follow_up=call.outcome == "follow_up")
        shown.append(Finding(measure="escalation_missed", turns=turns, state=state))
    if not fired and audit.to_human:
        place = () if audit.handed_at is None else (audit.handed_at,)
        shown.append(Finding(measure="escalation_unneeded", turns=place, note=UNNEEDED[bool(audit.failed)]))
    if late and audit.handed_at is not None:
        shown.append(Finding(measure="handoff_late", turns=(*turns, audit.handed_at)))
    return shown
