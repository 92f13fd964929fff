"""Requests and their states in the ledger: planned once, each state a row, what nobody knows the end of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import LedgerCorruptError, LedgerError
from evalharness.store.ledger import Ledger
from evalharness.store.llm import (
    FINAL,
    LlmCall,
    LlmEvent,
    add_llm_event,
    cost_of,
    is_done,
    llm_calls,
    llm_events,
    plan_llm_calls,
    state_of,
    unanswered,
)
from tests.builders import MONDAY, WEEK


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty one."""
    with Ledger.open(tmp_path / "ledger.db", create=True) as opened:
        yield opened


def planned(number: int = 1, **fields: object) -> LlmCall:
    """The request of call number n."""
    ordinary = {"call_id": f"c{number}", "call_digest": f"d{number}", "criteria_digest": "k", "judge_digest": "j", "repeat": 0}
    return LlmCall(**{"week": WEEK, "source": "demo", "request": {"model": "m"}, **ordinary, **fields})  # type: ignore[arg-type]


def plan(ledger: Ledger, *calls: LlmCall) -> list[LlmCall]:
    """Plans them; the week's rows."""
    with ledger.transaction() as tx:
        kept = plan_llm_calls(tx, calls, MONDAY)
    rows = {row.key: row for row in llm_calls(ledger, WEEK)}
    assert kept == [rows[call.key] for call in calls]
    return list(rows.values())


def test_a_request_is_planned_once(ledger: Ledger) -> None:
    """Again, and with another seed: the first row stays; another judge, other questions or a repeat are other requests."""
    first = plan(ledger, planned(1), planned(2))
    assert plan(ledger, planned(1, request={"model": "m", "nonce_seed": "other"})) == first
    assert [call.request for call in first] == [{"model": "m"}, {"model": "m"}]
    more = plan(ledger, planned(1, judge_digest="j2"), planned(1, criteria_digest="k2"), planned(1, repeat=1))
    assert len(more) == 5


def test_the_ledger_itself_refuses_a_second_one(ledger: Ledger) -> None:
    """The unique key stands in the schema, not in our care alone."""
    plan(ledger, planned(1))
    with pytest.raises(LedgerError), ledger.transaction() as tx:
        tx.append("llm_calls", {**{k: v for k, v in vars(planned(1)).items() if k != "id"}, "at": MONDAY})


def test_states_come_back_in_order(ledger: Ledger) -> None:
    """With usage, cost, details and the raw reply as they were; other weeks' events are left out."""
    one, two = plan(ledger, planned(1), planned(2))
    given = [
        LlmEvent(one.id, "sent", 1, details={"asked": ["tone"]}),
        LlmEvent(one.id, "received", 1, "{raw}", {"input_tokens": 7}, 0.25),
        LlmEvent(one.id, "graded", 1),
    ]
    with ledger.transaction() as tx:
        for event in [*given, LlmEvent(two.id, "sent", 1)]:
            add_llm_event(tx, event, MONDAY)
    found = llm_events(ledger, [one])
    assert found[one.id] == given
    assert two.id not in found
    assert cost_of(found[one.id]) == 0.25
    assert ledger.verify() == []


def events(*states: str, **details: object) -> list[LlmEvent]:
    """States of one request; a new attempt with each `sent`; details go to the last one."""
    found: list[LlmEvent] = []
    attempt = 0
    for state in states:
        attempt += state == "sent"
        found.append(LlmEvent(1, state, attempt))  # type: ignore[arg-type]
    return [*found[:-1], LlmEvent(1, found[-1].state, attempt, details=details)]


@pytest.mark.parametrize(
    ("states", "doubtful"),
    [
        (("sent",), [1]),
        (("sent", "received"), []),
        (("sent", "retry"), []),
        (("sent", "retry", "sent"), [2]),
        (("sent", "sent"), [1, 2]),
        (("sent", "sent", "received", "graded"), [1]),
    ],
)
def test_attempts_nobody_knows_the_end_of(states: tuple[str, ...], doubtful: list[int]) -> None:
    """Sent, and neither a reply nor a failure kept."""
    assert [event.attempt for event in unanswered(events(*states))] == doubtful


def test_a_lost_connection_leaves_the_attempt_in_doubt() -> None:
    """The failure is known, the bill is not."""
    assert len(unanswered(events("sent", "retry", lost=True))) == 1


@pytest.mark.parametrize("state", ["graded", "unverified", "refused", "failed"])
def test_what_is_done(state: str) -> None:
    """Every end but the one without a reply."""
    assert is_done(events("sent", "received", state))
    assert state_of(events("sent", state)) == state


def test_what_is_not_done() -> None:
    """Only planned, under way, unread, or given up without a reply."""
    assert not is_done([])
    assert state_of([]) == "planned"
    assert not any(is_done(events(*states)) for states in (("sent",), ("sent", "received"), ("sent", "retry")))
    assert not is_done(events("sent", "retry", "failed", reason="api"))


def test_only_the_states_that_are_asked_for_are_read(ledger: Ledger) -> None:
    """A reply that somebody changed behind the ledger's back is refused where it is read, and stands in nobody else's way."""
    one, two = plan(ledger, planned(1), planned(2))
    with ledger.transaction() as tx:
        for event in (LlmEvent(one.id, "received", 1, "{raw}"), LlmEvent(one.id, "graded", 1), LlmEvent(two.id, "graded", 1)):
            add_llm_event(tx, event, MONDAY)
    with sqlite3.connect(ledger.path) as behind:
        behind.execute("DROP TRIGGER llm_events_no_update")
        behind.execute("UPDATE llm_events SET raw = '{other}' WHERE state = 'received'")
    assert [event.state for event in llm_events(ledger, [two])[two.id]] == ["graded"]
    assert [event.state for event in llm_events(ledger, [one, two], FINAL)[one.id]] == ["graded"]
    with pytest.raises(LedgerCorruptError, match="llm_events row 1"):
        llm_events(ledger, [one])


def test_many_requests_are_asked_about_in_parts(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five requests, two at a time: the states of all, each in order."""
    monkeypatch.setattr("evalharness.store.llm.AT_ONCE", 2)
    calls = plan(ledger, *(planned(number) for number in range(5)))
    with ledger.transaction() as tx:
        for state in ("sent", "received"):
            for call in calls:
                add_llm_event(tx, LlmEvent(call.id, state, 1), MONDAY)  # type: ignore[arg-type]
    found = llm_events(ledger, calls)
    assert [[event.state for event in found[call.id]] for call in calls] == [["sent", "received"]] * 5
