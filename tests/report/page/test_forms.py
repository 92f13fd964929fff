"""The form of the page: what stands open, what is folded, and tables that stack in a narrow window."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from evalharness.models.summary import WeekSummary
from evalharness.models.week import shift
from evalharness.report.page import house
from evalharness.report.page.first import first
from evalharness.report.page.index import IndexedWeek, write_index
from tests.builders import WEEK
from tests.report.page.read import Element, Read, everything, page_of, read
from tests.report.page.test_index import a_week
from tests.report.weeks import a_week_summary


def folded(found: Read) -> list[str]:
    """The headings that stand in the line of a fold, by their name in the page."""
    ways = zip(found.elements, found.elements[1:], found.elements[2:], strict=False)
    return [
        third.attributes.get("id") or ""
        for first_, second, third in ways
        if (first_.name, second.name, third.name) == ("details", "summary", "h3") and first_.attributes.get("class") == "block"
    ]


def stacks(found: Read) -> list[list[Element]]:
    """Each table that stacks, as its elements up to the next table."""
    elements = found.named("table", "thead", "tbody", "tr", "th", "td")
    starts = [number for number, one in enumerate(elements) if one.name == "table"] + [len(elements)]
    tables = [elements[start:end] for start, end in pairwise(starts)]
    return [table for table in tables if "stack" in (table[0].attributes.get("class") or "").split()]


@pytest.mark.parametrize("week", [a_week_summary(), everything()], ids=["plain", "everything"])
def test_details_are_folded_block_by_block(week: WeekSummary) -> None:
    """Every table of Details, a fold each, none of them open: a phone does not scroll past 40 tables."""
    found = page_of(week)
    headings = [one.attributes["id"] for one in found.named("h3") if (one.attributes.get("id") or "").startswith("details-")]
    assert len(headings) > 10
    assert [name for name in folded(found) if name.startswith("details-")] == headings
    assert not [one for one in found.named("details") if "open" in one.attributes]


def test_the_movements_stand_open_and_their_groups_behind_a_fold() -> None:
    """Two blocks open, one folded."""
    found = page_of(everything())
    names = [one.attributes["id"] for one in found.named("h3") if (one.attributes.get("id") or "").startswith("moved-")]
    assert names == ["moved-1", "moved-2", "moved-3"]
    assert [name for name in folded(found) if name.startswith("moved-")] == ["moved-3"]


def test_the_checks_the_calls_to_hear_and_the_verdict_are_never_folded() -> None:
    """They stand before the first fold that has a heading; what the verdict rests on is behind one without."""
    page = "".join(f"<{one.name} {one.attributes.get('id', '')}>" for one in page_of(everything()).elements)
    before = page.partition("<details ><summary ><h3 ")[0]
    assert all(f"<section {name}>" in before for name in ("checks", "hear"))


def test_how_many_calls_and_who_read_them_stands_behind_a_fold_of_the_first_screen() -> None:
    """Between what each figure lies stands open; the sentence on calls, sample and readers can be opened."""
    text = page_of(a_week_summary()).text
    fold = text.index("How many calls, read by whom")
    assert text.index("95 % sure: 45 to 74 %") < fold < text.index("35 of 143 calls drawn, 35 graded.")


def test_calls_to_hear_stack_and_need_no_scrolling_box() -> None:
    """A row a call: rank, call, kind, reason; the roles of a table are said, since stacked it is laid out as none."""
    found = page_of(a_week_summary())
    (hear,) = stacks(found)
    assert [one.attributes.get("role") for one in hear[:3]] == ["table", "rowgroup", "row"]
    rows = [one for one in hear if one.name == "tr"]
    assert len(rows) == 1 + len(first(a_week_summary()).to_hear)
    assert {one.attributes.get("role") for one in hear if one.name in ("td", "th")} == {"columnheader", "rowheader", "cell"}


def test_a_kind_without_a_reason_leaves_no_colon() -> None:
    """Slow replies, without a figure."""
    call = a_week_summary().to_hear[0].model_copy(update={"kind": "slow", "reason": "slow replies"})
    found = page_of(a_week_summary(to_hear=(call,))).text
    assert "slow replies :" not in found
    assert "slow replies:" not in found


def test_in_the_index_each_figure_has_the_name_of_its_column_with_it() -> None:
    """Stacked, the head of the table is out of sight: the cell says what it is. Files stand before all figures."""
    found = read(write_index("a", "o", [a_week(1), IndexedWeek(shift(WEEK, -3), {}), a_week()]))
    weeks, sparks = stacks(found)
    heads = ["Resolution", "Median latency", "p99 latency", "Clear failures", "Cost per call", "Owner review"]
    said = [one.attributes.get("data-label") for one in weeks if one.name == "td"]
    assert said == [None, None, *heads] * 3  # three weeks; files and verdict need no name
    assert [one.attributes.get("data-label") for one in sparks if one.name == "td"] == [None, "newest", "bar"] * 6
    assert found.text.index("week files verdict Resolution") > 0


def test_the_style_stacks_in_narrow_windows_alone_and_prints_what_is_folded() -> None:
    """Inside the rule for windows up to 60 rem; on paper the folds of tables are open, those of transcripts are not."""
    style = str(house.style())
    narrow = style[style.index("@media screen and (max-width: 60rem)") :]
    assert ".stack" not in style[: style.index("@media screen and (max-width: 60rem)")]
    assert re.search(r"\.stack thead \{ position: absolute; clip-path", narrow)
    paper = style[style.index("@media print") :]
    assert ".block::details-content" in paper
    assert ".call::details-content" not in paper


def test_no_name_of_a_place_is_there_twice_and_every_way_leads_somewhere() -> None:
    """Also where tables are folded."""
    found = page_of(everything())
    names = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
    assert len(names) == len(set(names))
    ways = {(one.attributes["href"] or "")[1:] for one in found.named("a") if (one.attributes.get("href") or "").startswith("#")}
    assert ways <= set(names)
