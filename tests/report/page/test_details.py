"""The parts made of the workbook's tables: which there are, what stands open, what is folded."""

from __future__ import annotations

from evalharness.report.moved_words import CAUTION
from evalharness.report.page.details import Part, moved, parts, trend_tables
from evalharness.report.page.recorded import FIRST, Block, Cell
from tests.report.moved import a_movement, a_part, what_changed
from tests.report.page.read import everything
from tests.report.weeks import a_week_summary


def titles(part: Part) -> list[str]:
    """What stands open in it."""
    return [block.title for block in part.blocks[: part.shown]]


def test_of_what_changed_the_movements_stand_open_and_their_groups_are_folded() -> None:
    """The notes, then the movements; behind them a table a movement."""
    found = moved(everything())
    assert titles(found) == ["Changes noted in these weeks", "Movements"]
    assert [block.title.partition(":")[0] for block in found.blocks[found.shown :]] == ["Resolution"]
    assert (found.name, found.said) == ("moved", CAUTION)


def test_without_a_note_the_movements_are_the_first() -> None:
    """Of two movements with groups both tables are folded."""
    changes = what_changed(a_movement(), a_movement(measure="cost_per_call", parts=(a_part(),)))
    found = moved(everything(moved=changes, trend=everything().trend.model_copy(update={"weeks": ()})))
    assert titles(found) == ["Movements"]
    assert len(found.blocks) == 3


def test_a_week_that_cannot_be_compared_says_why_where_it_is_seen() -> None:
    """The sentence stands open."""
    found = moved(a_week_summary())
    assert (found.shown, [block.title for block in found.blocks]) == (1, ["Movements"])
    assert found.blocks[0].said == ["There is no week before that this one can be compared with."]


def test_details_and_what_was_measured_are_folded() -> None:
    """Each a part of its own, with a name to lead to; without anything measured there is only the first."""
    found = parts(everything())
    assert [(part.name, part.title, part.shown) for part in found] == [
        ("details", "Details", 0), ("measured", "Measured in all calls", 0)
    ]  # fmt: skip
    assert [part.name for part in parts(a_week_summary())] == ["details"]


def test_of_long_tables_the_first_rows_stay_where_the_page_must_be_small() -> None:
    """Twelve of twenty in the one, all of three in the other; nothing else of the part changes."""
    long, short = (
        Block(name, head=("a",), rows=[(Cell(str(row)),) for row in range(size)]) for name, size in (("l", 20), ("s", 3))
    )
    part = Part("details", "Details", (long, short), shown=1)
    found = part.in_short()
    assert [len(block.rows) for block in found.blocks] == [FIRST, 3]
    assert (found.name, found.title, found.shown) == ("details", "Details", 1)


def test_groups_stand_in_the_trend_where_there_are_any() -> None:
    """A heading that says what is beside what; none of it without groups of calls, nothing at all without a trend."""
    heading = "By intent, version, hour and stratum"
    assert heading in [block.title for block in trend_tables(everything())]
    trend = everything().trend.model_copy(update={"slices": ()})
    assert heading not in [block.title for block in trend_tables(everything(trend=trend))]
    assert trend_tables(everything(trend=None)) == ()
