"""What had to be said, recorded or checked: required phrases, opt-outs, consent and hours, identity before data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from evalharness.grade.measured.audit import Audit, audit_of
from evalharness.grade.measured.cues import cues, plain_cues, spoken_in
from evalharness.grade.measured.disclosure_outbound import outbound_of
from evalharness.grade.measured.found import Figure, Found
from evalharness.grade.measured.required_words import is_said
from evalharness.grade.measured.turns import call_end_ms
from evalharness.grade.measured.voice_spoken import Said, timed
from evalharness.grade.measured.voice_words import NEGATIONS
from evalharness.models.call import Call
from evalharness.models.disclosing import Disclosure, IdentityCheck, OptOuts
from evalharness.models.finding import Finding
from evalharness.models.measuring import Measuring
from evalharness.models.rule import Rule, matches, parse_rule

FIGURES: Mapping[str, Figure] = {
    "disclosures_required": Figure("count", "words that had to be said and could be looked for", bad=False),
    "disclosures_missing": Figure("count", "required words that the agent never said"),
    "disclosures_late": Figure("count", "required words that the agent said too late"),
    "opt_outs": Figure("count", "the caller asks not to be called again", bad=False),
    "opt_outs_ignored": Figure(
        "count",
        "requests not to be called again that the agent did not agree to",
        among="calls with such a request",
        shown_by=("opt_outs", "ignored"),
    ),
    "consent_missing": Figure("yes_no", "an outbound call without a record of consent", among="outbound calls"),
    "outside_calling_hours": Figure("yes_no", "an outbound call outside calling hours", among="outbound calls"),
    "data_before_identity": Figure("yes_no", "personal data before identity was checked"),
}


_JUST_BEFORE = 4


def detect(call: Call, settings: Measuring) -> Found:
    """Everything of disclosure and consent that was configured and can be told of the call."""
    audit = audit_of(call, settings.escalation.transfer_tools)
    parts = [
        _disclosed(audit, settings.disclosure),
        _opted_out(audit, settings.opt_outs),
        outbound_of(call, settings.outbound),
    ]
    if settings.identity is not None and applies(settings.identity.when, call):
        parts.append(_identified(audit, settings.identity))
    found = Found()
    for part in parts:
        found.values |= part.values
        found.findings += part.findings
    return found


def applies(when: str | None, call: Call) -> bool:
    """Whether the rule holds for the call; without a rule, always."""
    return when is None or matches(_rule(when), _facts(call))


@lru_cache(maxsize=256)
def _rule(text: str) -> Rule:
    return parse_rule(text)


def _facts(call: Call) -> Mapping[str, Any]:
    return {**call.__dict__, "handed_off": call.handed_off}


def _disclosed(audit: Audit, wanted: Sequence[Disclosure]) -> Found:
    """Each required phrase by its name: said in time, late, or never; one for which the call was too short was not required.
    Nothing where one of them cannot be told."""
    found, counted = Found(), {"missing": 0, "late": 0, "said": 0, "unknown": 0}
    for one in wanted:
        if not applies(one.when, audit.call) or not audit.agent:
            continue
        state, turn = _state(audit, one)
        if state is None:
            continue
        counted[state] += 1
        turns = (audit.agent[0].index,) if turn is None else (turn,)
        measures = ["disclosures_required", *([f"disclosures_{state}"] if state in ("missing", "late") else [])]
        found.findings += [Finding(measure=measure, turns=turns, state=state, note=one.name[:200]) for measure in measures]
    if counted["unknown"]:
        return Found()
    if sum(counted.values()):
        found.values = {"disclosures_required": float(sum(counted.values()))}
        found.values |= {f"disclosures_{state}": float(counted[state]) for state in ("missing", "late")}
    return found


def _state(audit: Audit, one: Disclosure) -> tuple[str | None, int | None]:
    """missing, late, said or unknown, and the turn; None where the call ended before it had to be said."""
    place = next((k for k, turn in enumerate(audit.agent) if is_said(one.phrases, turn.words, one.same)), None)
    if place is None:
        return _unsaid(audit, one), None
    turn = audit.agent[place]
    if one.within_turns is not None:
        return ("said" if place < one.within_turns else "late"), turn.index
    if turn.start < 0:
        return "unknown", turn.index
    return ("said" if turn.start <= (one.within_s or 0.0) * 1000 else "late"), turn.index


def _unsaid(audit: Audit, one: Disclosure) -> str | None:
    """missing where the call went on long enough for it to be said in time; unknown where its length is not known."""
    if one.within_turns is not None:
        return "missing" if len(audit.agent) >= one.within_turns else None
    end = call_end_ms(audit.call)
    if end is None and not timed(audit.said):
        return "unknown"
    last = end if end is not None else audit.said[-1].start
    return "missing" if last >= (one.within_s or 0.0) * 1000 else None


def _opted_out(audit: Audit, rules: OptOuts) -> Found:
    if not audit.caller or not spoken_in(audit.call.language, rules.phrases):
        return Found()
    words = cues(rules.phrases)
    asked = [one for one in audit.caller if words.within(one.words)] if words.may_be(audit.caller_words) else []
    found = Found({"opt_outs": float(len(asked))})
    states = ["honoured" if _agreed(audit, one, rules) else "ignored" for one in asked]
    if asked:
        found.values["opt_outs_ignored"] = float(states.count("ignored"))
    found.findings = [
        Finding(measure="opt_outs", turns=(one.index,), state=state) for one, state in zip(asked, states, strict=True)
    ]
    return found


def _agreed(audit: Audit, asked: Said, rules: OptOuts) -> bool:
    """Whether the agent agreed to it afterwards, in words or by a tool that did not fail."""
    said = any(_meets(one.words, rules) for one in audit.agent if one.index > asked.index)
    return said or any(
        used.turn > asked.index and not used.failed and any(name in used.tool.name.lower() for name in rules.tools)
        for used in audit.tools
    )


def _meets(words: tuple[str, ...], rules: OptOuts) -> bool:
    """Words that agree, and none just before them that take it back ("I cannot remove you")."""
    before = cues(rules.met).before(words)
    return before is not None and NEGATIONS.isdisjoint(before[-_JUST_BEFORE:])


def _identified(audit: Audit, rules: IdentityCheck) -> Found:
    """Whether personal data came before a check that did not fail; nothing for a call without personal data, nor where a check
    may be spoken and no word of the agent is in the log."""
    events = sorted([*_spoken(audit, rules), *_by_tool(audit, rules)])
    data = [turn for turn, _, kind in events if kind == "data"]
    if not data:
        return Found()
    if rules.check_phrases and not audit.agent:  # a check that was spoken would be in words that are gone
        return Found()
    before = events[0][2] == "data"
    turns = (data[0],) if before else ()
    shown = [Finding(measure="data_before_identity", turns=turns)] if before else []
    return Found({"data_before_identity": float(before)}, shown)


def _spoken(audit: Audit, rules: IdentityCheck) -> list[tuple[int, int, str]]:
    """(turn, place within it, check or data); data said in a turn stands before a check asked in the same one."""
    kinds = (("data", plain_cues(rules.data_phrases)), ("check", plain_cues(rules.check_phrases)))
    return [
        (one.index, 10_000 + k, kind) for one in audit.agent for k, (kind, found) in enumerate(kinds) if found.within(one.words)
    ]


def _by_tool(audit: Audit, rules: IdentityCheck) -> list[tuple[int, int, str]]:
    names = {**dict.fromkeys(rules.data_tools, "data"), **dict.fromkeys(rules.check_tools, "check")}
    worked = [used for used in audit.tools if used.tool.name in names and not used.failed]
    return [(used.turn, place, names[used.tool.name]) for place, used in enumerate(worked)]
