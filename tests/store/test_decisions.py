"""Adjudications, confirmations and disputes in the ledger: appended, read back equal, never replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.store.ledger import Ledger
from evalharness.store.records import (
    add_adjudication,
    add_confirmation,
    add_dispute,
    adjudications,
    close_disputes,
    confirmations,
    disputed_calls,
    disputes,
)
from tests.builders import WEEK, a_confirmation, a_dispute, an_adjudication

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOSTILE = '=HYPERLINK("http://x")\n</script>\x1b[31m\u202e' + "long " * 500


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty one; whole at the end of every test."""
    with Ledger.open(tmp_path / "ledger.db", create=True) as found:
        yield found
        assert found.verify() == []


def test_decisions_come_back_equal_and_in_order(ledger: Ledger) -> None:
    """Decided and decided again: two rows with their ids; a value, N/A and a word; another week has none."""
    first = an_adjudication(4, reason=HOSTILE)
    second = an_adjudication(None, supersedes=1, own_grade=True, lane="assisted")
    third = an_adjudication("yes", "greeted", turn=None)
    with ledger.transaction() as tx:
        rows = [add_adjudication(tx, one, AT) for one in (first, second, third)]
        assert list(adjudications(tx, WEEK)) == rows
    assert adjudications(ledger, WEEK) == dict(zip(rows, (first, second, third), strict=True))
    assert adjudications(ledger, "2026-W48") == {}
    assert [row["person"] for row in ledger.rows("adjudications")] == ["Anna Keller"] * 3


def test_confirmations_stand_apart_from_decisions(ledger: Ledger) -> None:
    """One table, two kinds; neither is read as the other."""
    yes, no = a_confirmation(note=HOSTILE), a_confirmation("no")
    with ledger.transaction() as tx:
        add_confirmation(tx, yes, AT)
        add_adjudication(tx, an_adjudication(), AT)
        add_confirmation(tx, no, AT)
    assert confirmations(ledger, WEEK) == [yes, no]
    assert list(adjudications(ledger, WEEK).values()) == [an_adjudication()]


def test_a_dispute_is_open_until_it_is_decided(ledger: Ledger) -> None:
    """Two on one grade, one on another: deciding the first closes both of it; a new one is open again. No row is changed."""
    one, two, other = a_dispute(), a_dispute(by="Builder", reason=HOSTILE), a_dispute("greeted", call_id="c2")
    with ledger.transaction() as tx:
        for dispute in (one, two, other):
            add_dispute(tx, WEEK, dispute, AT)
    assert disputes(ledger, WEEK) == [one, two, other]
    assert disputed_calls(ledger) == {("demo", "c1"), ("demo", "c2")}
    with ledger.transaction() as tx:
        assert close_disputes(tx, WEEK, one.slot, "Anna Keller", AT) == 2
        assert close_disputes(tx, WEEK, one.slot, "Anna Keller", AT) == 0
    assert [found.decided for found in disputes(ledger, WEEK)] == [True, True, False]
    assert disputed_calls(ledger) == {("demo", "c2")}
    again = a_dispute(reason="Listen to turn 4.")
    with ledger.transaction() as tx:
        add_dispute(tx, WEEK, again, AT)
    assert [found.decided for found in disputes(ledger, WEEK)] == [True, True, False, False]
    assert [row["state"] for row in ledger.rows("disputes")] == ["open"] * 3 + ["decided"] * 2 + ["open"]


def test_nothing_is_kept_of_a_broken_transaction(ledger: Ledger) -> None:
    """A decision and its closed dispute go together or not at all."""
    with ledger.transaction() as tx:
        add_dispute(tx, WEEK, a_dispute(), AT)
    with pytest.raises(ZeroDivisionError):
        _decide_and_break(ledger)
    assert adjudications(ledger, WEEK) == {}
    assert [found.decided for found in disputes(ledger, WEEK)] == [False]


def _decide_and_break(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        add_adjudication(tx, an_adjudication(), AT)
        close_disputes(tx, WEEK, a_dispute().slot, "Anna Keller", AT)
        raise ZeroDivisionError
