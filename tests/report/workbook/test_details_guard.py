"""The tables of the sheet Details about what guards the LLM judges, opened again."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from evalharness.models.trust import JudgeTrust, judge_name
from evalharness.report.workbook import write_workbook
from tests.report.guards import HAIKU, SONNET, a_full_guard, a_guard
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import texts


def details(**fields: Any) -> list[str]:
    """Every text of the sheet."""
    summary = a_week_summary(calls=20, turns=2).model_copy(update=fields)
    return texts(openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))["Details"])


def test_every_table_of_a_judge_with_everything_found() -> None:
    found = details(guard=(a_full_guard(),))
    for title in (
        "What guards the LLM judge",
        "Planted calls with known grades",
        "Grades that the mask changed",
        "Grades that the log contradicts",
        "The judge with itself",
        "Another grader: its answers to gold calls",
    ):
        assert title in found
    assert "not trusted: canaries: 2 of 3 answers outside what is known of them" in found
    assert {"speaks to its judge", "no answer (refused)", "tone, turn 4", "call-9", "75 % (51 to 91 %)"} <= set(found)


def test_a_judge_with_nothing_found_has_one_table() -> None:
    found = details(guard=(a_guard(),))
    assert "nothing against it" in found
    assert "Planted calls with known grades" in found
    assert "Grades that the mask changed" not in found
    assert "What guards the LLM judge" not in details(guard=())


def test_a_further_judge_has_a_table_of_its_own() -> None:
    trust = tuple(
        JudgeTrust(criterion="tone", judge=judge_name(judge), state="advisory", reasons=("a further judge",))
        for judge in (HAIKU, SONNET)
    )
    found = details(trust=trust)
    assert "What the LLM judge is trusted with" in found
    assert "A further judge, which decides nothing" in found


def test_text_of_a_judge_is_no_formula() -> None:
    guard = a_guard(judge=HAIKU.model_copy(update={"name": FORMULA}), models=(FORMULA,))
    book = openpyxl.load_workbook(
        io.BytesIO(write_workbook(a_week_summary(calls=20, turns=2).model_copy(update={"guard": (guard,)})))
    )
    assert not [cell.coordinate for row in book["Details"].iter_rows() for cell in row if cell.data_type == "f"]
