"""Concluding by the workspace's rules: at intake, and again when the rules change, without a conflict and without a loss."""

from evalharness.collect.derive import Deriving, derived, derived_anew
from evalharness.models.agent_prices import RECKONED, AgentPrices, reckoned_as_of
from evalharness.models.call import Cost, Turn
from tests.builders import a_call
from tests.collect.files import counts, take, write_rows
from tests.collect.payloads import a_vapi_call

PRICES = AgentPrices.model_validate({"tts": {"any": ({"as_of": "2026-10-01", "per_1k_characters": 0.5},)}}, strict=False)
DEARER = AgentPrices.model_validate({"tts": {"any": ({"as_of": "2026-11-01", "per_1k_characters": 1.0},)}}, strict=False)
OWN = {"customer-ended-call": "abandoned"}
ENDED = {"end_reason": "customer-ended-call", "outcome": "unknown", "inferred": ("outcome",)}


def a_used(**fields):
    return a_call(metadata={"usage": {"tts_characters": 1000}}, **{**ENDED, **fields})


def test_both_at_intake(tmp_path):
    """The reason of Vapi's call is the workspace's to judge; the rule is named."""
    path = write_rows(tmp_path / "log.jsonl", [a_vapi_call(endedReason="customer-ended-call")])
    (call,), _ = take(path, form="vapi", source="vapi", deriving=Deriving(OWN))
    assert (call.outcome, call.metadata["outcome_rule"]) == ("abandoned", "collect.outcomes: customer-ended-call")


def test_usage_of_our_own_form_is_priced(tmp_path):
    """1,000 characters at .5 per 1,000; the log itself is not counted as filled with a cost."""
    row = {"id": "a", "started_at": "2026-11-16T09:00:00Z", "turns": [], "metadata": {"usage": {"tts_characters": 1000}}}
    (call,), report = take(write_rows(tmp_path / "log.jsonl", [row]), deriving=Deriving(prices=PRICES))
    assert (call.cost, reckoned_as_of(call)) == (Cost(components={"tts": 0.5}), "2026-10-01")
    assert (counts(report), report.fill.get("cost")) == ((1, 0, 0, 0, 0), None)


def test_other_rules_give_the_stored_call_what_changed():
    """Outcome and cost as later facts, with their marks."""
    stored = a_used()
    again = derived(a_used(), Deriving(OWN, PRICES))
    found = derived_anew(stored, again)
    assert (found["outcome"], found["cost"]["components"]) == ("abandoned", {"tts": 0.5})
    assert set(found["metadata"]) == {"outcome_rule", RECKONED}
    assert derived_anew(again, again) == {}
    dearer = derived(a_used(), Deriving(OWN, DEARER))
    assert derived_anew(again, dearer)["cost"]["components"] == {"tts": 1.0}


def test_what_the_log_or_a_bill_says_stays():
    """A cost that came later is no reckoned one; a CSAT that came later is no difference; rules taken back take nothing away."""
    billed = a_used(cost=Cost(components={"other": 3.0}), csat=4.0)
    assert "cost" not in derived_anew(billed, derived(a_used(), Deriving(prices=PRICES)))
    assert derived_anew(derived(a_used(), Deriving(prices=PRICES)), a_used()) == {}


def test_another_call_of_the_same_name_stays_a_conflict():
    """Other words, another end, another entry of the metadata."""
    stored = a_used()
    for other in (a_used(turns=()), a_used(end_reason="x"), a_used(agent="other")):
        assert derived_anew(stored, other) is None
    changed = stored.model_copy(update={"metadata": {"usage": {"tts_characters": 5}}})
    assert derived_anew(stored, changed) is None
    assert derived_anew(stored.model_copy(update={"csat": 2.0}), stored.model_copy(update={"csat": 3.0})) is None


def test_what_an_earlier_version_left_out_is_gained():
    """Marks of what is concluded are no difference; words of somebody it did not know are; other such words are another call."""
    stored, words = a_used(), {"transcript_not_tied_to_speakers": "coach: Calm."}
    again = stored.model_copy(update={"metadata": {**stored.metadata, **words}, "inferred": ("outcome", *words)})
    assert derived_anew(stored, again) == {"metadata": words}
    assert derived_anew(again, again) == {}
    assert derived_anew(stored, stored.model_copy(update={"inferred": ("outcome", "handoff_not_in_log")})) == {}
    other = again.model_copy(update={"metadata": {**stored.metadata, "transcript_not_tied_to_speakers": "coach: Stop."}})
    assert derived_anew(again, other) is None


def test_further_lines_of_a_turn_read_out_of_plain_text_are_no_other_call():
    """An earlier version left them out: the call is not two; other words in a first line are."""
    said = [a_used(turns=(Turn(index=0, speaker="agent", text=text),)) for text in ("Hi.", "Hi.\nWelcome.", "Ho.\nWelcome.")]
    stored, again, other = [one.model_copy(update={"inferred": ("outcome", "turns")}) for one in said]
    assert derived_anew(stored, again) == {}
    assert derived_anew(stored, other) is None
    assert derived_anew(*said[:2]) is None
