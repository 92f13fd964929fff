"""Decisions on grades and flags: what each must name."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evalharness.models.act import Adjudication, Confirmation, Dispute, SignOff
from tests.builders import a_confirmation, a_dispute, an_adjudication


def test_a_confirmed_failure_names_tag_and_cause_and_a_dismissed_one_neither() -> None:
    """Both are asked of a yes, from closed lists; a no has none."""
    for missing in ("tag", "cause"):
        with pytest.raises(ValidationError, match="names its error tag and the cause"):
            a_confirmation(**{missing: None})
    with pytest.raises(ValidationError, match="neither tag nor cause"):
        a_confirmation("no", cause="prompt")
    for field, value in (("tag", "sloppy"), ("cause", "weather"), ("answer", "maybe")):
        with pytest.raises(ValidationError):
            Confirmation.model_validate({**a_confirmation().model_dump(), field: value})


def test_they_come_back_from_text_as_they_were() -> None:
    """A number stays a number, a word a word, N/A nothing; read from JSON, as the ledger keeps them."""
    for value in (4, "yes", None):
        decided = an_adjudication(value, turn=3)
        assert Adjudication.model_validate_json(decided.model_dump_json()) == decided
    for noun in (a_confirmation(), a_confirmation("no"), a_dispute(turn=2), a_dispute(decided=True)):
        assert type(noun).model_validate_json(noun.model_dump_json()) == noun


def test_a_reason_is_needed() -> None:
    """Neither a decision nor a dispute goes without."""
    for noun in (an_adjudication(), a_dispute()):
        with pytest.raises(ValidationError, match="reason"):
            type(noun).model_validate({**noun.model_dump(), "reason": ""})


def test_the_slot_is_call_question_and_turn() -> None:
    """A decision answers the disputes of the same slot, and of no other."""
    assert an_adjudication(turn=3).slot == a_dispute(turn=3).slot == ("demo", "c1", "correctness", 3)
    assert an_adjudication().slot != a_dispute(turn=3).slot


def test_rows_from_before_decisions_stay_valid() -> None:
    """A dispute that knows no turn, a sign-off that counts no decisions."""
    old = {"source": "demo", "call_id": "c1", "criterion": "tone", "reason": "x", "by": "V", "at": a_dispute().at}
    assert Dispute.model_validate(old).turn is None
    known = {"week": "2026-W47", "by": "Anna", "decision": "keep", "at": a_dispute().at, "verdict": "good enough"}
    assert SignOff.model_validate({**known, "sample_digest": "a", "summary_digest": "b"}).decisions == 0
