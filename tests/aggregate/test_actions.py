"""Which actions the report of a week carries, and in what order."""

from __future__ import annotations

from evalharness.aggregate.actions import carried
from tests.builders import an_action


def test_open_ones_of_this_week_and_before_overdue_first() -> None:
    """Seen from W49: 3 (due W48) is overdue; 5 is fixed, so not overdue though due in W48; then 2 (W50), 1 and 6 without.

    4 was found in W50 and is not there yet; 7 and 8 are closed.
    """
    found = [
        an_action(),
        an_action(id="A-2026-W47-2", due="2026-W50"),
        an_action(id="A-2026-W47-3", due="2026-W48"),
        an_action(id="A-2026-W50-4", week="2026-W50", due="2026-W51"),
        an_action(id="A-2026-W47-5", due="2026-W48", fixed_in_version="v2"),
        an_action(id="A-2026-W47-6"),
        an_action(id="A-2026-W47-7", dropped="was none"),
        an_action(id="A-2026-W47-8", fixed_in_version="v2", checked_in_week="2026-W48"),
    ]
    assert [one.id[-1] for one in carried(found, "2026-W49")] == ["3", "5", "2", "1", "6"]
    assert carried(found, "2026-W46") == ()
