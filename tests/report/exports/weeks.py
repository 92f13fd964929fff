"""A week in which every table has rows: the rich week with a trend, what moved, measured figures, findings and an action."""

from __future__ import annotations

from typing import Any

from evalharness.models.finding import Finding
from evalharness.models.summary import WeekSummary
from tests.builders import an_action
from tests.report.measured import a_part, some_figures
from tests.report.moved import a_movement, a_slice, moving_trends, what_changed
from tests.report.rich import a_rich_summary
from tests.report.weeks import a_result


def a_full_summary(*, hostile: bool = False, **fields: Any) -> WeekSummary:
    """35 drawn calls, two picked; `hostile` puts text that acts where a log or a person could."""
    results = tuple(a_result(position, 12, hostile=hostile) for position in range(1, 36))
    found = results[4].model_copy(update={"findings": (Finding(measure="dead_air", turns=(2, 3), value=9.0, state="late"),)})
    ordinary: dict[str, Any] = {
        "results": (*results[:4], found, *results[5:]),
        "trend": moving_trends(slices=(a_slice("intent", "bills"),)),
        "moved": what_changed(a_movement()),
        "measured": some_figures(),
        "logged": (a_part(),),
        "actions": (an_action(),),
    }
    return a_rich_summary(**{**ordinary, **fields})
