"""Where a human had the call, and which tools failed for good."""

from __future__ import annotations

import pytest

from evalharness.grade.measured.audit import audit_of
from evalharness.models.call import Handoff
from evalharness.models.escalating import TRANSFER_TOOLS
from tests.grade.measured.audited import TO_A_HUMAN, said, timed, tool, using


def _handed_at(call) -> int | None:
    return audit_of(call, TRANSFER_TOOLS).handed_at


LINES = ("A Hello.", "C A person please.", "A Sure.", "H Petra here.", "C Hi Petra.")


def test_the_tool_that_transfers_shows_it_first() -> None:
    """The tool in turn 2, before the human's turn 3; what is said after it is not the agent's."""
    call = using(said(*LINES, handoff=TO_A_HUMAN), 2, tool("transfer_call"))
    audit = audit_of(call, TRANSFER_TOOLS)
    assert (audit.handed_at, [one.index for one in audit.said]) == (2, [0, 1, 2])


@pytest.mark.parametrize(
    ("handoff", "place"),
    [
        (TO_A_HUMAN, 3),  # the human's first turn
        (None, 3),  # the log has no handoff, yet a human speaks
        (Handoff(destination="bot"), None),
        (Handoff(status="failed"), None),
    ],
)
def test_only_a_connected_handoff_to_a_human_counts(handoff: Handoff | None, place: int | None) -> None:
    """Without a tool the human's first turn shows it."""
    assert _handed_at(said(*LINES, handoff=handoff)) == place


def test_a_failed_transfer_is_not_the_place() -> None:
    """The first try failed in turn 0, the second worked in turn 2."""
    call = said("A Trying.", "C And?", "A Again.", handoff=TO_A_HUMAN)
    call = using(using(call, 0, tool("transfer", error=True)), 2, tool("transfer"))
    assert _handed_at(call) == 2


def test_the_time_shows_it_where_every_turn_is_timed() -> None:
    """At 5 s: turns 0 and 1 began before; without a time of one turn nobody knows."""
    handoff = Handoff(at_ms=5000.0)
    lines = (("A", 0, 1, "Hi."), ("A", 2, 4, "One moment."), ("C", 6, 7, "Hello?"))
    assert _handed_at(timed(*lines, handoff=handoff)) == 1
    assert _handed_at(said("A Hi.", "A One moment.", handoff=handoff)) is None


def test_replies_between_are_those_after_which_the_caller_spoke_again() -> None:
    """Asked in 1; the agent answers in 2 (two turns of one reply: 2, 3) and 5, the caller speaks in 4: one reply between."""
    call = said("A Hi.", "C A person.", "A Why?", "A Tell me.", "C My bill.", "A Connecting.", handoff=TO_A_HUMAN)
    audit = audit_of(using(call, 5, tool("transfer")), TRANSFER_TOOLS)
    assert (audit.replies_between(1, 5), audit.replies_between(4, 5)) == (1, 0)


def test_what_failed_and_was_made_good_is_no_failure() -> None:
    """book fails, then works; look_up works, then fails; the failed transfer is a failed handoff; unknown is unknown."""
    tools = (tool("book", error=True), tool("look_up"), tool("book"), tool("look_up", error=True), tool("transfer", error=True))
    audit = audit_of(using(said("A One moment."), 0, *tools, tool("send", error=None)), TRANSFER_TOOLS)
    assert [used.tool.name for used in audit.failed] == ["look_up"]


MONDAY, TUESDAY = {"day": "Monday"}, {"day": "Tuesday"}


@pytest.mark.parametrize(
    ("result", "second", "failed"),
    [
        ("time out", MONDAY, []),  # the same again worked
        ("time out", {**MONDAY, "force": True}, []),  # the same, and more
        ("time out", TUESDAY, ["book"]),  # another day is booked: Monday never was
        ("error: Monday is not available", TUESDAY, []),  # the value was refused, another one taken
    ],
)
def test_a_tool_is_made_good_by_what_did_the_same(result: str, second: dict, failed: list[str]) -> None:
    """Booked in turn 0 in vain, and again in turn 2, after the caller spoke."""
    call = using(said("A One.", "C Tuesday then.", "A Two."), 0, tool("book", error=True, result=result, arguments=MONDAY))
    audit = audit_of(using(call, 2, tool("book", arguments=second)), TRANSFER_TOOLS)
    assert ([used.tool.name for used in audit.failed], audit.known_failed) == (failed, True)


def test_what_may_have_been_made_good_is_not_told() -> None:
    """In a later reply the tool works, and the log keeps no arguments; in the same reply it is made good all the same."""
    call = using(said("A One.", "C Yes?", "A Two."), 0, tool("book", error=True, arguments=MONDAY))
    audit = audit_of(using(call, 2, tool("book")), TRANSFER_TOOLS)
    assert (audit.failed, audit.known_failed, audit.none_unknown) == ([], False, False)
    same = audit_of(using(said("A One."), 0, tool("book", error=True), tool("book")), TRANSFER_TOOLS)
    assert (same.failed, same.known_failed) == ([], True)


def test_the_last_tool_that_transfers_is_the_place() -> None:
    """To the wrong desk in turn 0, to the right one in turn 2: until then the agent had the call."""
    call = said("A This way.", "C Not them.", "A Sorry, here.", "H Petra.", handoff=TO_A_HUMAN)
    audit = audit_of(using(using(call, 0, tool("transfer")), 2, tool("transfer")), TRANSFER_TOOLS)
    assert (audit.handed_at, [one.index for one in audit.said]) == (2, [0, 1, 2])


def test_what_fails_after_the_handing_over_is_not_the_agents() -> None:
    """Handed over in turn 0; the tool of turn 2 is run for the human."""
    call = using(said("A This way.", "H Petra.", "A Noted.", handoff=TO_A_HUMAN), 0, tool("transfer"))
    assert audit_of(using(call, 2, tool("file_note", error=True)), TRANSFER_TOOLS).failed == []
