"""The workbook's tables kept as tables."""

from __future__ import annotations

import pytest

from evalharness.report.page.anchors import Anchors
from evalharness.report.page.details import moved, parts, trend_tables
from evalharness.report.page.recorded import FIRST, SHORT, Block, Cell, Recorded, cell_of
from evalharness.report.workbook.page import Link, Mark, Number, Styled
from evalharness.report.workbook.table import table
from tests.report.page.read import everything
from tests.report.weeks import a_week_summary


def test_a_table_keeps_its_title_sentence_head_and_rows() -> None:
    """As a sheet would show them; an empty one says so."""
    page = Recorded()
    table(page, "Costs", ("part", "sum"), [["llm", Number(2.0)], [Styled("stt", "name"), None]], said="In EUR.", spread=True)
    table(page, "Nothing", ("part", "sum"), [])
    costs, nothing = page.blocks
    assert (costs.title, costs.said, costs.head) == ("Costs", ["In EUR."], ("part", "sum"))
    assert [[cell.text for cell in row] for row in costs.rows] == [["llm", "2"], ["stt", ""]]
    assert (nothing.rows, nothing.said) == ([], ["Nothing to show."])


def test_a_sentence_behind_a_table_stays_behind_it_and_a_second_table_is_one_of_its_own() -> None:
    """In the order written."""
    page = Recorded()
    page.section("One")
    page.header(("a",))
    page.table_row(["1"], "fact")
    page.line("behind", "small")
    page.said("precision", "71 %")
    page.header(("b",))
    page.table_row(["2"], "fact")
    first, second = page.blocks
    assert (first.after, first.facts) == (["behind"], [("precision", "71 %")])
    assert (second.title, second.head) == ("", ("b",))


def test_verdicts_and_links_stay_what_they_are() -> None:
    """A verdict as sign and words; a link leads to a place of the page."""
    assert cell_of(Mark("missed")) == Cell("✗ missed", "missed")
    assert cell_of(Link("#5", "", "call-5")) == Cell("#5", to="call-5")


@pytest.mark.parametrize(("rows", "shown", "more"), [(SHORT, SHORT, 0), (SHORT + 1, FIRST, SHORT + 1 - FIRST)])
def test_a_long_table_begins_at_once_and_goes_on_behind_a_fold(rows: int, shown: int, more: int) -> None:
    """Twelve of seventeen; cut short it says how many are missing."""
    block = Block("Long", head=("a",), rows=[(Cell(str(number)),) for number in range(rows)])
    assert (len(block.first_rows), len(block.more_rows)) == (shown, more)
    short = block.in_short()
    assert len(short.rows) == shown
    assert short.after == ([f"{more} more rows left out here, so that the page stays small: workbook."] if more else [])


def test_every_table_of_details_is_in_the_page() -> None:
    """A few of those that an owner looks for, in the richest week."""
    found = {block.title for part in parts(everything()) for block in part.blocks}
    assert "Criteria, over the graded calls of the sample" in found
    assert {"What the LLM judge is trusted with", "Agreement of graders"} <= found
    assert any(title.startswith("Latency by source") for title in found)
    assert any(title.startswith("How completely the log is filled") for title in found)
    assert any(block.title == "Movements" for block in moved(everything()).blocks)
    assert any(block.title == "Alarms" for block in trend_tables(everything()))
    assert trend_tables(a_week_summary()) == ()


def test_a_place_leads_to_its_turn_while_the_transcript_is_there() -> None:
    """Turn 2 of call 5 is quoted; without its transcript the way leads to the call, and to a stranger nowhere."""
    summary = everything()
    assert Anchors.to(summary).turn_link(5, 2, "x").cell == "t5-2"
    assert Anchors.to(summary).turn_link(5, 3, "x").cell == "call-5"
    assert Anchors.to(summary, {5}).turn_link(5, 2, "x").cell == "call-5"
    assert Anchors.to(summary).turn_link(999, 2, "x").cell == ""
