"""Sign-offs in the ledger: a row each, read back equal, never replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from evalharness.models.act import SignedFigure, SignOff
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_sign_off, sign_offs, signed_off

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
WEEK = "2026-W47"


def test_sign_offs_come_back_equal_and_in_order(tmp_path: Path) -> None:
    """Signed and signed again: two rows, the last one stands; another week is not signed; the chain holds."""
    figure = SignedFigure(
        check="cost", measure="cost_per_call", verdict="met", value=0.1, unit="money", currency="EUR", n=3, of=4
    )
    known = {"verdict": "not proven yet", "sample_digest": "s", "summary_digest": "d", "figures": (figure,)}
    first = SignOff(week=WEEK, by="Anna Keller", decision="keep", at=AT, files={"reports/a b.xlsx": "0" * 64}, **known)
    second = first.model_copy(update={"decision": "fix", "again": "late grades", "unfilled": {"Ben Ode": 2}})
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        with ledger.transaction() as tx:
            add_sign_off(tx, first, AT)
            add_sign_off(tx, second, AT)
        assert sign_offs(ledger, WEEK) == [first, second]
        assert sign_offs(ledger, "2026-W48") == []
        assert (signed_off(ledger, WEEK), signed_off(ledger, "2026-W48")) == (True, False)
        assert ledger.verify() == []
        assert ledger.rows("signoffs")[0]["verdict"] == "not proven yet"
