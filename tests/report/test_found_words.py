"""Failures that the LLM saw outside the sample: on the screen, in the workbook, in summary.md and summary.json; in no rate."""

from __future__ import annotations

import io
import json

import openpyxl

from evalharness.models.grade import Evidence
from evalharness.models.trust import FoundCase
from evalharness.report import found_words
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from evalharness.report.terminal import render
from evalharness.report.workbook import write_workbook
from tests.report.rich import JUDGE
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import texts

QUOTE = (Evidence(turn=2, quote="It is free."),)


def a_case(number: int, *checks: str) -> FoundCase:
    """A call outside the draw with these checks; the first one with a reason and a quote."""
    said = {"rationale": "It costs 20.", "evidence": QUOTE} if number == 1 else {}
    return FoundCase(source="demo", call_id=f"far-{number}", judge=JUDGE, checks=checks or ("wrong_information",), **said)


FOUR = tuple(a_case(number) for number in range(1, 5))


def test_the_screen_counts_them_and_names_three() -> None:
    """Four: three by name and one more; none: no line. Nothing is wider than the screen."""
    screen = render(a_week_summary(found_cases=FOUR))
    assert (
        "Seen by the LLM outside the sample, in no rate, to hear and confirm: 4 calls: far-1 (wrong information), "
        "far-2 (wrong information), far-3 (wrong information) and 1 more"
    ) in " ".join(screen.split())
    assert max(map(len, screen.splitlines())) <= 80
    assert "Seen by the LLM" not in render(a_week_summary())
    assert found_words.line(FOUR[:1]).endswith("1 call: far-1 (wrong information)")
    assert "far-1 (wrong" in render(a_week_summary(found_cases=FOUR, to_hear=()))


def test_the_workbook_has_a_block_of_its_own_behind_the_ranked_calls() -> None:
    """With reason and quote, how to hear and answer it, and texts that stay texts; Details has a row a call."""
    hostile = FOUR[1].model_copy(update={"rationale": FORMULA})
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(calls=9, turns=2, found_cases=(FOUR[0], hostile)))))
    sheet = book["Calls to hear"]
    heading = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == found_words.HEADING)
    ranked = [row for row in range(2, heading) if isinstance(sheet.cell(row, 1).value, int | float)]
    assert ranked
    first = [sheet.cell(heading + 3, column).value for column in range(2, 6)]
    assert first == ["found", "far-1", "claude-haiku-5-5", 'wrong information\nIt costs 20.\nturn 2: "It is free."']
    assert found_words.HOW in texts(sheet)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}
    assert {"far-1", "wrong information"} <= set(texts(book["Details"]))
    plain = openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(calls=9, turns=2))))
    assert found_words.HEADING not in texts(plain["Calls to hear"])


def test_summary_files_hold_them_without_what_was_said() -> None:
    """summary.md has a list; summary.json the checks, neither reason nor quote."""
    summary = a_week_summary(found_cases=(a_case(1, "wrong_information", "unsafe_speech"),))
    heading, case = (
        "## Seen by the LLM outside the sample, in no rate: hear and confirm",
        "- far-1: wrong information, unsafe speech",
    )
    assert f"{heading}\n\n{case}" in summary_markdown(summary)
    document = json.loads(summary_json(summary))
    (found,) = document["found_cases"]
    assert (found["call_id"], found["checks"]) == ("far-1", ["wrong_information", "unsafe_speech"])
    assert "It costs" not in summary_json(summary).decode()
    assert document["trust_rules"]["min_pairs"] == 20
