"""How a call ended, by platform: the reason a platform gives -> status, outcome, handoff, by rules in a table each.

The first rule whose reasons and condition hold decides. A rule without an outcome says that the reason tells none: then a
connected transfer to a human is `transferred`, anything else `unknown`. docs/outcomes.md shows these tables; a test holds the
two to each other. Reasons after the lists of the platforms' own SDKs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from evalharness.models.call import Call, Outcome, Status
from evalharness.models.later import OUTCOME_RULE

When = Literal[
    "always", "the caller never spoke", "only the agent spoke", "it never began", "it is said to be voicemail", "error"
]
Handing = Literal["", "connected", "failed"]
RULE = OUTCOME_RULE


class Signs(NamedTuple):
    """What the rules look at: the platform's reason, whether the call began, what was said, and by whom; `error`: the platform
    states one apart from the reason, `voicemail`: so does its analysis."""

    reason: str
    began: bool
    spoken: bool
    heard: bool
    error: bool = False
    voicemail: bool = False


@dataclass(frozen=True)
class EndRule:
    """One row: `reasons` with `*` for any letters (none: whatever the reason), `when` it holds, what follows, and why."""

    name: str
    reasons: tuple[str, ...]
    outcome: Outcome | None
    why: str
    status: Status = "completed"
    when: When = "always"
    handing: Handing = ""

    def names(self, reason: str) -> bool:
        """Whether the reason is one of this rule's, its condition aside."""
        return bool(self.reasons) and _pattern(self.reasons).match(reason) is not None


_CONDITIONS: dict[When, Any] = {
    "always": lambda _: True,
    "the caller never spoke": lambda signs: not signs.heard,
    "only the agent spoke": lambda signs: signs.spoken and not signs.heard,
    "it never began": lambda signs: not signs.began,
    "it is said to be voicemail": lambda signs: signs.voicemail,
    "error": lambda signs: signs.error,
}


@cache
def _pattern(reasons: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(one) for one in reasons))


_SILENT = "only the greeting was heard"
_NEVER = "it failed before it was answered"
_ENDED = "a normal end says nothing of success"
_UNKNOWN = "a reason that is in no list here"
_NONE = "no reason is given, or one that is in no list here"

_NOBODY = (
    "customer-did-not-answer", "customer-busy", "customer-did-not-give-microphone-permission", "scheduled-call-deleted",
    "call-deleted", "manually-canceled", "call.ringing.sip-inbound-caller-hungup-before-call-connect",
    "sip-outbound-unallocated-number", "twilio-reported-customer-misdialed",
)  # fmt: skip

VAPI = (
    EndRule(
        "transfer_error", ("call.in-progress.error-transfer-failed", "call.in-progress.error-warm-transfer-*"),
        "failed_technical", "the transfer broke off with an error", "error", handing="failed",
    ),
    EndRule("pipeline", ("pipeline-*",), "failed_technical", "a model, voice or recogniser failed", "error"),
    EndRule("in_progress", ("call.in-progress.error-*",), "failed_technical", "an error during the call", "error"),
    EndRule("start", ("call.start.*error-*", "call-start-error-*", "call.ringing.error-*"), "failed_technical",
            "an error before the call began", "error"),
    EndRule(
        "assistant", ("assistant-request-failed", "assistant-request-returned-*error", "assistant-request-returned-invalid-*",
        "assistant-request-returned-no-*", "assistant-not-*", "assistant-join-timed-out"),
        "failed_technical", "no assistant could take the call", "error",
    ),
    EndRule(
        "telephony", ("twilio-failed-*", "vonage-failed-*", "vonage-rejected", "vonage-disconnected", "phone-call-provider-*",
        "sip-outbound-carrier-released-call", "worker-shutdown"), "failed_technical", "the line or the platform failed", "error",
    ),
    EndRule("error", ("*error*", "*failed*", "*fault*"), "failed_technical", "the reason names an error", "error"),
    EndRule(
        "not_answered", _NOBODY, "out_of_scope", "nobody was reached", "no_answer", "the caller never spoke",
    ),
    EndRule("voicemail", ("voicemail",), "out_of_scope", "a machine answered"),
    EndRule(
        "forwarded", ("assistant-forwarded-call", "assistant-request-returned-forwarding-phone-number",
        "call.ringing.hook-executed-transfer", "call.ending.hook-executed-transfer"), None,
        "handed on: to a number or SIP address it is a human, to an assistant a bot", handing="connected",
    ),
    EndRule("never_began", (), "failed_technical", _NEVER, "error", "it never began"),
    EndRule(
        "gave_up_waiting", ("customer-ended-call-*-transfer",), "abandoned", "the caller hung up while waiting for a person",
        "abandoned", handing="failed",
    ),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("not_forwarded", ("call.forwarding.*",), None, "nobody took the transfer", handing="failed"),
    EndRule(
        "after_transfer", ("customer-ended-call-after-warm-transfer-attempt",), None,
        "no person came; what became of the caller is not said", handing="failed",
    ),
    EndRule(
        "ended", ("customer-ended-call", "assistant-ended-call*", "assistant-said-end-call-phrase", "vonage-completed",
        "call.in-progress.*-completed-call", "call.*.hook-executed-say"), None, _ENDED,
    ),
    EndRule("answered_after_all", _NOBODY, None, "the reason says nobody was reached, and a caller spoke"),
    EndRule("cut_off", ("silence-timed-out", "exceeded-max-duration"), None, "ended by a limit, which says nothing of success"),
    EndRule("other", (), None, _UNKNOWN),
)  # fmt: skip

RETELL = (
    EndRule(
        "not_answered", ("dial_busy", "dial_no_answer", "user_declined", "registered_call_timeout", "error_user_not_joined"),
        "out_of_scope", "nobody was reached", "no_answer", "the caller never spoke",
    ),
    EndRule("error", ("error*",), "failed_technical", "an error on the platform's side", "error"),
    EndRule(
        "limits", ("concurrency_limit_reached", "no_concurrency_fallback", "no_valid_payment", "credit_exhausted",
        "budget_reached"), "failed_technical", "the account had no room for the call", "error",
    ),
    EndRule(
        "telephony", ("invalid_destination", "telephony_provider_*", "sip_routing_error", "dial_failed", "network_blocked"),
        "failed_technical", "the line failed", "error",
    ),
    EndRule("error_status", (), "failed_technical", "the platform's status says error", "error", "error"),
    EndRule(
        "no_caller", ("voicemail_reached", "ivr_reached", "scam_detected", "marked_as_spam"), "out_of_scope",
        "a machine or no real caller",
    ),
    EndRule("voicemail", (), "out_of_scope", "the platform's analysis says voicemail", when="it is said to be voicemail"),
    EndRule(
        "transferred", ("call_transfer", "transfer_bridged", "call_take_over"), None, "handed to a human", handing="connected",
    ),
    EndRule("never_began", (), "failed_technical", _NEVER, "error", "it never began"),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("transfer_cancelled", ("transfer_cancelled",), None, "nobody took the transfer", handing="failed"),
    EndRule("callback", ("user_requested_callback",), "follow_up", "a callback was asked for: a person still has to act"),
    EndRule(
        "ended", ("user_hangup", "agent_hangup", "user_requested_dnc", "manual_stopped", "dial_*", "user_declined",
        "registered_call_timeout"), None, _ENDED,
    ),
    EndRule("cut_off", ("inactivity", "max_duration_reached"), None, "ended by a limit, which says nothing of success"),
    EndRule("other", (), None, _UNKNOWN),
)  # fmt: skip

BLAND = (
    EndRule("after_the_call", ("complete_error",), None, "what failed came after the call, such as a webhook"),
    EndRule("transferred", ("transferred",), None, "handed to a number", handing="connected"),
    EndRule("voicemail", ("voicemail",), "out_of_scope", "a machine answered"),
    EndRule("not_answered", ("no-answer", "busy", "canceled", "cancelled"), "out_of_scope", "nobody was reached", "no_answer",
            "the caller never spoke"),
    EndRule("failed", ("failed", "error", "*error*", "call-failed"), "failed_technical", "the status names an error", "error"),
    EndRule("error_message", (), "failed_technical", "the platform gives an error message", "error", "error"),
    EndRule("never_began", (), "failed_technical", _NEVER, "error", "it never began"),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("ended", ("ended-by-*", "completed", "complete"), None, _ENDED),
    EndRule("other", (), None, _UNKNOWN),
)  # fmt: skip

VCON = (
    EndRule("not_answered", ("no-answer", "busy", "hung-up"), "out_of_scope", "nobody was reached", "no_answer",
            "the caller never spoke"),
    EndRule("voicemail", ("voicemail*",), "out_of_scope", "a machine answered"),
    EndRule("failed", ("congestion", "failed", "bad-number"), "failed_technical", "the line failed", "error"),
    EndRule("never_began", (), "failed_technical", _NEVER, "error", "it never began"),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("ended", ("answered",), None, _ENDED),
    EndRule("other", (), None, _UNKNOWN),
)  # fmt: skip

ELEVENLABS = (
    EndRule("not_answered", ("busy", "no-answer", "no_answer", "*not answered*"), "out_of_scope", "nobody was reached",
            "no_answer", "the caller never spoke"),
    EndRule("voicemail", ("*voicemail*",), "out_of_scope", "a machine answered"),
    EndRule("error_status", (), "failed_technical", "the platform's status or its own error says so", "error", "error"),
    EndRule("transferred", ("*transferred to a number*", "*transfer_to_number*"), None, "handed to a number, so to a human",
            handing="connected"),
    EndRule("to_an_agent", ("*transferred to an*agent*", "*transfer_to_agent*"), None, "another bot took over: no handoff"),
    EndRule("never_began", (), "failed_technical", _NEVER, "error", "it never began"),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("ended", ("end_call tool*", "client disconnected*", "*remote party*", "*ended by*"), None, _ENDED),
    EndRule("error", ("*error*", "*failed*", "*quota*"), "failed_technical", "the reason names an error", "error"),
    EndRule("cut_off", ("*duration*", "*timeout*", "*timed out*", "*inactivity*", "*silence*"), None,
            "ended by a limit, which says nothing of success"),
    EndRule("other", (), None, _NONE),
)  # fmt: skip

LIVEKIT = (
    EndRule("error", ("error",), "failed_technical", "the session closed on an error", "error"),
    EndRule("error_status", (), "failed_technical", "the span of the session has the status error", "error", "error"),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("ended", ("participant_disconnected", "user_initiated", "task_completed", "job_shutdown"), None, _ENDED),
    EndRule("other", (), None, _NONE),
)  # fmt: skip

PIPECAT = (
    EndRule("error_status", (), "failed_technical", "the run, or the span of the conversation, says error", "error", "error"),
    EndRule("error", ("*error*", "*fail*"), "failed_technical", "the reason names an error", "error"),
    EndRule("silent", (), "out_of_scope", _SILENT, when="only the agent spoke"),
    EndRule("ended", ("goodbye", "*disconnect*", "*hangup*", "*hang_up*", "end_*", "*_ended"), None, _ENDED),
    EndRule("cut_off", ("*timeout*", "*max_*", "*idle*"), None, "ended by a limit, which says nothing of success"),
    EndRule("other", (), None, _NONE),
)  # fmt: skip

PLATFORMS: dict[str, tuple[EndRule, ...]] = {
    "vapi": VAPI, "retell": RETELL, "elevenlabs": ELEVENLABS, "livekit": LIVEKIT, "pipecat": PIPECAT,
    "bland": BLAND, "vcon": VCON,
}  # fmt: skip
"""Platform -> its rules, in the order in which they are tried; the last one always holds."""
_WORD = 100
_NEVER_SAID = {"retell": "the call was never connected"}


def rule_of(platform: str, signs: Signs) -> EndRule:
    """The rule that decides. Raises KeyError for a platform without a table."""
    return next(rule for rule in _fitting(platform, signs.reason) if _CONDITIONS[rule.when](signs))


def _fitting(platform: str, reason: str) -> tuple[EndRule, ...]:
    """The rules that are for this reason or for any, their conditions aside. A platform's own reasons are a few short words."""
    return _fitting_word(platform, reason) if len(reason) <= _WORD else _fitting_word.__wrapped__(platform, reason)


@lru_cache(maxsize=1024)
def _fitting_word(platform: str, reason: str) -> tuple[EndRule, ...]:
    return tuple(rule for rule in PLATFORMS[platform] if not rule.reasons or rule.names(reason))


def ending(platform: str, signs: Signs) -> dict[str, Any]:
    """Status, errors, and the outcome where the log says one, as fields of our form; and `metadata` with the rule's name."""
    rule = rule_of(platform, signs)
    found: dict[str, Any] = {"status": rule.status, "metadata": {RULE: f"{platform}.{rule.name}"}}
    if rule.outcome is not None:
        found["outcome"] = rule.outcome
    if rule.status == "error":
        found["errors"] = [signs.reason or (_NEVER_SAID.get(platform, "the call never started") if not signs.began else "error")]
    return found


def handing(platform: str, reason: str) -> Handing:
    """Whether the reason names a transfer, and what became of it."""
    return next((rule.handing for rule in _fitting(platform, reason) if rule.handing and rule.reasons), "")


def overridden(call: Call, own: Mapping[str, Outcome]) -> Call:
    """The call with the outcome that the workspace's own rules (`collect.outcomes`) give its reason, where none was given.

    A reason by its name comes before one with `*`, and of those the longest.
    """
    if not own or call.end_reason is None or "outcome" not in call.inferred:
        return call
    reason = call.end_reason
    fitting = [name for name in own if name == reason or ("*" in name and _pattern((name,)).match(reason))]
    if not fitting:
        return call
    best = max(fitting, key=lambda name: (name == reason, len(name), name))
    metadata = {**call.metadata, RULE: f"collect.outcomes: {best}"}
    return call.model_copy(update={"outcome": own[best], "metadata": metadata})


def derived_by(call: Call) -> str:
    """By which rule the outcome was derived, in words; "" where the log gave it."""
    if "outcome" not in call.inferred:
        return ""
    name = call.metadata.get(RULE)
    if isinstance(name, str):
        platform, _, rule = name.partition(".")
        why = next((one.why for one in PLATFORMS.get(platform, ()) if one.name == rule), "")
        return f"{name}: {why}" if why else name
    known = {"failed_technical": "status error", "transferred": "a connected handoff to a human", "abandoned": "status abandoned"}
    return known.get(call.outcome, "rule of last resort: neither status nor handoff says how it ended")


def as_table(platform: str) -> list[str]:
    """The rules of a platform as lines of Markdown."""
    lines = ["| rule | reasons | holds | status | outcome | why |", "|---|---|---|---|---|---|"]
    for rule in PLATFORMS[platform]:
        reasons = ", ".join(f"`{one}`" for one in rule.reasons) or "any"
        outcome = rule.outcome or ("`transferred` if to a human" if rule.handing == "connected" else "`unknown`")
        said = f"`{rule.outcome}`" if rule.outcome else outcome
        lines.append(f"| `{rule.name}` | {reasons} | {rule.when} | {rule.status} | {said} | {rule.why} |")
    return lines
