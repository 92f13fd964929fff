"""Outcomes by a platform's reasons: every reason of the platforms' own lists, the workspace's rules over them, and the docs."""

from pathlib import Path

import pytest

from evalharness.collect.platforms.outcomes import PLATFORMS, RULE, Signs, as_table, derived_by, handing, overridden, rule_of
from tests.builders import a_call, a_handoff
from tests.collect.payloads import a_retell_call, a_vapi_call, understood

DOCS = Path(__file__).parents[3] / "docs" / "outcomes.md"
HERE = Path(__file__).parent
VAPI_REASONS = (HERE / "vapi_ended_reasons.txt").read_text().split()
RETELL_REASONS = (HERE / "retell_disconnection_reasons.txt").read_text().split()
"""The lists of the platforms' SDKs: vapi-server-sdk 3.0.0 (CallEndedReason), retell-sdk 6.2.13 (disconnection_reason)."""


def signs(reason: str, **fields) -> Signs:
    """A call with a caller, which began."""
    return Signs(**{"reason": reason, "began": True, "spoken": True, "heard": True, **fields})


@pytest.mark.parametrize(("platform", "reasons"), [("vapi", VAPI_REASONS), ("retell", RETELL_REASONS)])
def test_every_reason_of_the_list_has_a_rule_of_its_own(platform, reasons):
    """None of Vapi's 604 and Retell's 39 reasons falls through to the last rule, heard or not."""
    assert len(reasons) == {"vapi": 604, "retell": 39}[platform]
    for reason in reasons:
        named = [rule for rule in PLATFORMS[platform] if rule.names(reason)]
        assert named, reason
        assert rule_of(platform, signs(reason)).name != "other", reason


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_last_rule_always_holds_and_says_nothing(platform):
    """So no reason of next year is guessed at."""
    rule = rule_of(platform, signs("a-reason-of-next-year"))
    assert (rule.name, rule.outcome, rule.status, rule.when) == ("other", None, "completed", "always")


def test_a_reason_of_any_length_has_its_rule():
    """A platform's are a few words; what is longer is looked up all the same, with its condition."""
    assert rule_of("vapi", signs("pipeline-error-" + "x" * 500)).name == "pipeline"
    assert handing("retell", "transfer_cancelled") == "failed"
    assert [rule_of("vapi", signs("customer-busy", heard=heard)).name for heard in (False, True)] == [
        "not_answered",
        "answered_after_all",
    ]


def test_vapi_by_family():
    """The errors of the list: 255 pipeline, and of the 280 during a call the five of transfers apart."""
    counts: dict[str, int] = {}
    for reason in VAPI_REASONS:
        name = rule_of("vapi", signs(reason)).name
        counts[name] = counts.get(name, 0) + 1
    assert (counts["pipeline"], counts["transfer_error"], counts["in_progress"]) == (255, 5, 275)
    assert counts["start"] == 18 + 1 + 1 + 1 + 1  # call.start.error-*, both version errors, call-start-error, call.ringing.error
    assert sum(counts.values()) == 604


def test_an_error_before_a_caller_spoke_is_ours():
    """An error outranks silence; nobody reached outranks a call that never began."""
    assert rule_of("vapi", signs("pipeline-error-x", heard=False, began=False)).outcome == "failed_technical"
    assert rule_of("vapi", signs("customer-busy", heard=False, began=False, spoken=False)).outcome == "out_of_scope"
    assert rule_of("vapi", signs("customer-ended-call", heard=False, began=False, spoken=False)).name == "never_began"


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("assistant-forwarded-call", "connected"),
        ("call.forwarding.no-answer", "failed"),
        ("customer-ended-call-during-transfer", "failed"),
        ("call.in-progress.error-transfer-failed", "failed"),
        ("customer-ended-call", ""),
    ],
)
def test_transfers_by_reason(reason, found):
    """Whether there was one, and what became of it."""
    assert handing("vapi", reason) == found


def test_each_call_says_its_rule():
    """In its metadata; in words with why."""
    call = understood("vapi", a_vapi_call(endedReason="pipeline-error-openai-llm-failed"))
    assert call.metadata[RULE] == "vapi.pipeline"
    assert derived_by(call) == "vapi.pipeline: a model, voice or recogniser failed"
    call = understood("retell", a_retell_call(disconnection_reason="user_requested_callback"))
    assert (call.outcome, call.metadata[RULE]) == ("follow_up", "retell.callback")


def test_our_own_form_says_it_too():
    """By status or handoff; nothing where the log gave the outcome."""
    inferred = {"inferred": ("outcome",)}
    assert derived_by(a_call(outcome="failed_technical", status="error", **inferred)) == "status error"
    assert derived_by(a_call(outcome="transferred", handoff=a_handoff(), **inferred)) == "a connected handoff to a human"
    assert (
        derived_by(a_call(outcome="unknown", **inferred)) == "rule of last resort: neither status nor handoff says how it ended"
    )
    assert derived_by(a_call(outcome="resolved")) == ""


@pytest.mark.parametrize(
    ("own", "outcome", "rule"),
    [
        ({"customer-ended-call": "resolved"}, "resolved", "collect.outcomes: customer-ended-call"),
        ({"customer-*": "abandoned"}, "abandoned", "collect.outcomes: customer-*"),
        ({"customer-*": "abandoned", "customer-ended-*": "unresolved"}, "unresolved", "collect.outcomes: customer-ended-*"),
        ({"customer-ended-call-*": "abandoned"}, "unknown", "vapi.ended"),
        ({"customer.ended.call": "resolved"}, "unknown", "vapi.ended"),
    ],
)
def test_the_workspaces_rules_come_first(own, outcome, rule):
    """A whole reason before a pattern, a longer pattern before a shorter one; only `*` is special."""
    call = overridden(understood("vapi", a_vapi_call(endedReason="customer-ended-call")), own)
    assert (call.outcome, call.metadata[RULE]) == (outcome, rule)
    assert "outcome" in call.inferred


def test_an_outcome_that_the_log_gives_is_never_replaced():
    """Nor one of a call without a reason."""
    assert overridden(a_call(end_reason="x", outcome="resolved"), {"x": "abandoned"}).outcome == "resolved"
    assert overridden(a_call(outcome="unknown", inferred=("outcome",)), {"*": "abandoned"}).outcome == "unknown"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_docs_show_the_rules_as_they_are(platform):
    """docs/outcomes.md holds the table line by line."""
    assert "\n".join(as_table(platform)) in DOCS.read_text()
