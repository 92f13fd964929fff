"""The tables of graders beside each other on the sheet Details."""

from __future__ import annotations

import io

import openpyxl

from evalharness.report.workbook import write_workbook
from tests.report.test_agreement_words import A, B, a_severity, an_exclusion
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import texts


def test_severity_and_exclusions_stand_there() -> None:
    """A row a person and criterion with interval, n and state; who is left out, with the reason as text, never as a formula."""
    left_out = an_exclusion().model_copy(update={"reason": FORMULA})
    summary = a_week_summary(calls=9, turns=1).model_copy(update={"severity": (a_severity(),), "excluded": (left_out,)})
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))["Details"]
    rows = [[value for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]
    found = next(row for row in rows if row[:2] == ["tone", B] and len(row) > 7)
    assert found[2:6] == ["-1.2 (-1.5 to -0.9)", "24", "needs calibration", "-1.2 (-1.5 to -0.9)"]
    assert found[-1] == "not enough calls (24 lately, 0 before)"
    gone = next(row for row in rows if row[:2] == [B, "2026-W46"])
    assert gone[2] == A
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_nothing_to_say_nothing_written() -> None:
    """A week of one grader has neither table."""
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(calls=9, turns=1))))["Details"]
    assert not {"Severity of graders", "Graders left out"} & set(texts(sheet))
