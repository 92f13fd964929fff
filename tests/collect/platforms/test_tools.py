"""What the name and the result of a tool say: whole words, and nothing that only sounds like it."""

import pytest

from evalharness.collect.platforms.tools import failed, handing, to_human
from tests.collect.payloads import a_message, a_vapi_call, understood


@pytest.mark.parametrize(
    "name",
    [
        "transfer_to_human_agents", "transfer_to_human", "transferToHumanAgent", "human_handoff", "hand_off_to_operator",
        "escalate-to-representative", "EscalateToHuman", "live_agent_transfer", "TRANSFER_TO_HUMAN", "handover_to_person2",
        "transfer_to_payments_representative", "transfer_call_to_credit_operator", "escalate_payment_to_human",
        "transferToBankRepresentative",
    ],
)  # fmt: skip
def test_a_transfer_to_a_human(name):
    """However its words are written."""
    assert to_human(name)


@pytest.mark.parametrize(
    "name",
    [
        "transfer_personal_savings", "handover_personal_documents", "check_human_transfer_availability", "cancel_human_handoff",
        "do_not_transfer_to_human", "canTransferToHuman", "transfer_to_billing", "find_person", "transfer_cooperators", None,
        "transfer_funds_person_to_person", "transferMoneyToPerson", "wire_transfer_to_person", "person_to_person_transfer",
        "transfer_from_savings_to_person", "balance_transfer_person", "bank_transfer_to_person", "transfer_balance",
        "wire_transfer", "transfer_person_points",
    ],
)  # fmt: skip
def test_no_transfer_to_a_human(name):
    """Other words, a question whether it could, one that takes it back, and money that goes from person to person."""
    assert not to_human(name)


@pytest.mark.parametrize(
    ("result", "wrong"),
    [
        ('{"success": false}', True), ({"status": "Error"}, True), ({"status": "FAILED"}, True), ({"status": " failure "}, True),
        ({"error": "x", "success": True}, True), ({"success": True}, False), ({"status": "OK"}, False),
        ({"success": True, "error": ""}, False), ({"success": "false"}, None), ({"status": "pending"}, None), ("Error", None),
    ],
)  # fmt: skip
def test_a_result_says_itself_that_it_failed(result, wrong):
    """True or false where it says so, None where it says neither."""
    assert failed(result) is wrong


@pytest.mark.parametrize(("name", "found"), [("transfer_to_human", True), ("cancel_human_handoff", False)])
def test_the_handoff_of_the_turns(name, found):
    """Only a tool that transfers makes one."""
    turns = [{"speaker": "agent", "text": None, "start_ms": 5.0, "tool_calls": [{"name": name, "error": None}]}]
    assert (handing(turns) is not None) == found


@pytest.mark.parametrize(
    ("result", "wrong"),
    [
        ('{"error": "x"}', True), ('{"\\u0065rror": "x"}', True), ({"error": 1}, True), ('{"error": ""}', None),
        ("an error", None), ('{"found": 1}', None), (["error"], None), (None, None), (5, None),
    ],
)  # fmt: skip
def test_vapi_says_it_in_the_result_alone(result, wrong):
    """An object whose `error` holds something, however the key is written."""
    asked = a_message("tool_calls", 3, text="", toolCalls=[{"id": "t1", "function": {"name": "find"}}])
    answer = {"role": "tool_call_result", "toolCallId": "t1", "result": result, "time": asked["time"] + 240}
    (tool,) = understood("vapi", a_vapi_call(artifact={"messages": [asked, answer]})).turns[0].tool_calls
    assert (tool.error, tool.duration_ms) == (wrong, 240.0)
