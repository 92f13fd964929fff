"""Calls picked by hand in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from evalharness.errors import LedgerError
from evalharness.models.sample import Pick
from evalharness.store.records import add_picks, load_picks
from tests.builders import WEEK, a_call
from tests.store.logs import AT, a_ledger
from tests.store.logs import calls as random_calls


def a_pick(call_id: str = "c9", **fields: object) -> Pick:
    """A call for Anna Keller's sheet."""
    return Pick(**{"week": WEEK, "call": a_call(id=call_id), "person": "Anna Keller", "reason": "odd", "at": AT, **fields})


def keep(ledger, *picks: Pick) -> None:
    with ledger.transaction() as tx:
        add_picks(tx, picks)


def test_picks_come_back_in_order_by_week(tmp_path):
    """Two of one week and one of another; a call may stand on two sheets, and the chain holds them all."""
    first, second = a_pick("c9"), a_pick("c2", at=AT + timedelta(hours=1))
    ben = a_pick("c9", person="Ben Ode", at=AT + timedelta(hours=2))
    with a_ledger(tmp_path) as ledger:
        keep(ledger, first, second)
        keep(ledger, a_pick("c9", week="2026-W46"), ben)
        assert load_picks(ledger, WEEK) == [first, second, ben]
        assert load_picks(ledger, "2026-W45") == []
        assert ledger.verify() == []


def test_a_call_stands_on_a_sheet_once(tmp_path):
    """The same call for the same person again contradicts what is kept, and nothing of the transaction stays."""
    with a_ledger(tmp_path) as ledger:
        keep(ledger, a_pick())
        with pytest.raises(LedgerError, match="contradicts"):
            keep(ledger, a_pick("c2"), a_pick(reason="another reason"))
        assert [pick.call.id for pick in load_picks(ledger, WEEK)] == ["c9"]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=random_calls)
def test_any_call_is_frozen_as_it_is(tmp_path_factory, call):
    """Hostile ids and texts and any metadata come back equal."""
    with a_ledger(tmp_path_factory.mktemp("ledger")) as ledger:
        keep(ledger, a_pick(call=call))
        assert load_picks(ledger, WEEK)[0].call == call
