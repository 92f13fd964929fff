"""Which names of tools name a human who takes calls: both who reads logs and who measures calls go by it."""

import pytest

from evalharness.collect.platforms.tools import to_human
from evalharness.grade.measured.audit import audit_of
from evalharness.models.escalating import TRANSFER_TOOLS
from evalharness.models.tool_names import moves_a_thing, names_a_human, only_asks, spaced
from tests.grade.measured.audited import said, tool, using

HANDED = (
    "transfer_billing_credit_to_representative", "transfer_credit_card_caller_to_human", "transfer_points_question_to_human",
    "transfer_savings_customer_to_human", "transfer_payment_dispute_to_live_agent", "bank_transfer_help_escalate_to_human",
    "bank_transfer_human_agent", "transferCallToCreditRepresentative", "transfer_miles_redemption_caller_to_operator",
    "transfer_payment_to_support_person", "escalate_to_payments_person",
)  # fmt: skip
MOVED = (
    "transfer_funds_person_to_person", "wire_transfer_to_person", "transfer_from_savings_to_person", "bank_transfer_to_person",
    "personToPersonTransfer", "transfer_funds", "transfer_points_to_recipient",
)  # fmt: skip

THINGS = (
    "transfer_ticket_to_person", "transfer_case_to_person", "transferOwnershipToPerson", "transfer_file_to_person",
    "transfer_booking_to_person", "transfer_domain_to_person", "wire_transfer_to_person",
)  # fmt: skip
ASKING = ("check_human_transfer_availability", "cancel_human_handoff", "do_not_transfer_to_human", "canTransferToHuman")
PEOPLE = (
    "transfer_to_person", "handover_to_person2", "transfer_caller_to_person", "escalate_ticket_to_human",
    "transfer_to_human_agents", "transfer_ticket_to_representative", "escalate_case_to_person",
)  # fmt: skip


@pytest.mark.parametrize(("name", "hands"), [*((name, False) for name in (*THINGS, *ASKING)), *((name, True) for name in PEOPLE)])
def test_one_rule_for_the_outcome_and_for_what_is_measured(name: str, hands: bool) -> None:
    """A ticket that goes to a person is no handoff of the call, nor is a question whether there could be one."""
    measured = audit_of(using(said("A Hi."), 0, tool(name)), TRANSFER_TOOLS).tools[0].transfers
    assert (to_human(name), measured) == (hands, hands)
    assert (moves_a_thing(name), only_asks(name)) == (name in THINGS, name in ASKING)


@pytest.mark.parametrize("name", [*THINGS, *ASKING])
def test_a_name_that_is_listed_whole_hands_over(name: str) -> None:
    """The owner's word stands over every rule of words."""
    listed = (*TRANSFER_TOOLS, name.lower())
    assert audit_of(using(said("A Hi."), 0, tool(name)), listed).tools[0].transfers


@pytest.mark.parametrize(("name", "human"), [*((name, True) for name in HANDED), *((name, False) for name in MOVED)])
def test_a_human_who_takes_calls(name: str, human: bool) -> None:
    """Whatever the call is about it is handed over; to a bare person money goes. The log's handoff and the measured one agree."""
    measured = audit_of(using(said("A Hi."), 0, tool(name)), TRANSFER_TOOLS).tools[0].transfers
    assert (names_a_human(name), to_human(name), measured) == (human, human, human)


def test_the_words_of_a_name() -> None:
    """However they are written; figures and signs are none."""
    names = ("transferToHuman", "TRANSFER_TO_HUMAN", "transfer-to human2")
    assert {spaced(name) for name in names} == {" transfer to human "}
