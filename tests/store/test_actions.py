"""Actions in the ledger: a row a change, the newest row of an id stands, numbers are given once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from evalharness.store.ledger import Ledger
from evalharness.store.records import actions, add_action, next_action_id
from tests.builders import an_action

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
WEEK = "2026-W47"
TWO = (("demo", "../../c 1"), ("vapi", "=c2"))


def test_the_newest_row_of_an_id_stands_and_all_are_kept(tmp_path: Path) -> None:
    """Written down, fixed: two rows, one action, as it was fixed; the place is that of its first call; the chain holds."""
    first = an_action(calls=TWO, due="2026-W50", note="line one\nline two")
    fixed = an_action(**{**dict(first), "fixed_in_version": "v2"})
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        with ledger.transaction() as tx:
            add_action(tx, first, AT)
            add_action(tx, fixed, AT)
        assert actions(ledger) == {first.id: fixed}
        rows = ledger.rows("actions")
        assert [(row["state"], row["call_id"], row["due"]) for row in rows] == [
            ("open", "../../c 1", "2026-W50"),
            ("fixed", "../../c 1", "2026-W50"),
        ]
        assert ledger.verify() == []


def test_numbers_count_the_actions_of_a_week_not_its_rows(tmp_path: Path) -> None:
    """Two actions of W47, one of them dropped in a third row: the next is 3; W48 begins at 1; what is not kept yet counts."""
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        with ledger.transaction() as tx:
            assert next_action_id(tx, WEEK) == "A-2026-W47-1"
            add_action(tx, an_action(), AT)
            add_action(tx, an_action(id="A-2026-W47-2"), AT)
            add_action(tx, an_action(dropped="was none"), AT)
            assert next_action_id(tx, WEEK) == "A-2026-W47-3"
        assert (next_action_id(ledger, WEEK), next_action_id(ledger, "2026-W48")) == ("A-2026-W47-3", "A-2026-W48-1")
