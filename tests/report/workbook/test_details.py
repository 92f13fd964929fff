"""The tables of the sheet Details about the checks, the LLM and latency; a rich week, opened again."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.models.measure import Variant
from evalharness.models.trust import TrustRules
from evalharness.report.workbook import write_workbook
from evalharness.report.workbook.looks import add_looks
from evalharness.report.workbook.page import Page
from evalharness.report.workbook.table import table
from evalharness.xlsx import new_workbook
from tests.report.rich import a_rich_summary, a_since, some_combined, some_trust
from tests.report.weeks import ANNA, BEN, FORMULA, SCRIPT, a_week_summary
from tests.report.workbook.opened import rows, texts


@cache
def book() -> Workbook:
    """The rich week's workbook."""
    return openpyxl.load_workbook(io.BytesIO(write_workbook(a_rich_summary())))


def details(**fields: Any) -> Worksheet:
    """Its sheet Details; with fields, that of a week of few calls."""
    if not fields:
        return book()["Details"]
    return openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(**{"calls": 9, "turns": 1, **fields}))))["Details"]


def under(title: str, sheet: Worksheet | None = None) -> list[list[object]]:
    """The filled cells of the table below its title, row by row, head and remark left out."""
    sheet = sheet or details()
    start = next(row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, 1).value).startswith(title))
    found = []
    for row in sheet.iter_rows(min_row=start + 1, values_only=True):
        if row[0] is None:
            break
        found.append([value for value in row if value is not None])
    return found[1:] if len(found[0]) > 1 else found[2:]


def test_both_starts_with_their_bounds_and_what_decides() -> None:
    """136 of 197 since the first week decides resolution; clear failures since two starts, none decides."""
    assert under("Judged checks since their start") == [
        ["Resolution", "136 of 197", "69 %", "61 %", "76 %", "6", "✓ met",
         "since 2026-W42 (first week); decides, since this week alone is not proven"],
        ["Clear failures", "0 of 197", "0 %", "0 %", "3.1 %", "6", "? not proven", "377", "since 2026-W42 (first week)"],
        ["Clear failures", "0 of 69", "0 %", "0 %", "8.8 %", "2", "? not proven", "390", "since version v2.0.1 (2026-W46)"],
        ["tone at 4 or 5", "49 of 69", "71 %", "58 %", "82 %", "2", "? not proven", "240", "since version v2.0.1 (2026-W46)"],
    ]  # fmt: skip


def test_a_category_stands_on_its_answers() -> None:
    """It has no figure, so none of 35 stand behind one; its answers are 22 + 8 + 3 = 33, and the row says so."""
    outcome = next(one for one in a_week_summary().criteria if one.criterion == "outcome")
    none = outcome.measure.model_copy(
        update={"value": None, "low": None, "high": None, "n": 0, "of": 35, "note": "see the counts"}
    )
    sheet = details(criteria=(outcome.model_copy(update={"type": "category", "measure": none}),))
    (row,) = under("Criteria, over", sheet)
    assert row[:2] == ["outcome", "category"]
    assert "33 of 35" in row
    assert "0 of 35" not in row


def test_answers_that_are_held_back_are_said() -> None:
    """Of five calls without a final value two are held back while somebody is still to grade them."""
    tone = next(one for one in a_week_summary().criteria if one.criterion == "tone")
    sheet = details(criteria=(tone.model_copy(update={"ungraded": 5, "held": 2}),))
    (row,) = under("Criteria, over", sheet)
    assert "5 (2 held back)" in row


def test_no_call_since_the_start_is_no_rate() -> None:
    """Nothing counted: no data on both sides, not 0 to 100 %."""
    first, *_ = a_week_summary().checks
    since = a_since(n=0, value=None, low=0.0, high=1.0, calls_needed=None)
    sheet = details(checks=(first.model_copy(update={"since": since}),))
    assert under("Judged checks since", sheet)[0][1:6] == ["0 of 0", "no data", "no data", "no data", "6"]


def test_every_variant_stands_with_its_verdict() -> None:
    """The one that differs and the one that does not."""
    assert under("Without what is contested") == [
        ["tone at 4 or 5", "not proven", "missed", "2", "contested calls (graders differ, disputed)"],
        ["tone at 4 or 5", "not proven", "not proven", "35", f"grades of {BEN}, who needs calibration"],
    ]


def test_what_became_of_the_drawn_calls_and_both_cases() -> None:
    """Every part with its count; worst and best case by the bar's side, 2 answers missing."""
    parts = under("What became of the 35 drawn calls")
    assert [row[1] for row in parts] == ["29", "1", "2", "1", "1", "1"]
    assert parts[2] == ["skipped", "2", "no sound: 1, other language: 1"]
    assert under("Judged rates in the worst and the best case") == [
        ["Resolution", "62 %", "45 %", "74 %", "35 of 143", "0"],
        ["Clear failures", "0 %", "9.8 %", "0 %", "35 of 143", "0"],
        ["tone at 4 or 5", "71 %", "53 %", "86 %", "33 of 143", "2"],
    ]


def test_resolved_verified_and_contained_are_told_apart() -> None:
    """Three figures, each with its meaning; CSAT with response rate, gap, and transferred calls apart."""
    resolved = under("Resolved, verified and contained")
    assert [row[:2] for row in resolved] == [["Resolution", "62 %"], ["Verified resolution", "57 %"], ["Containment", "81 %"]]
    assert resolved[1][-1] == "resolved, and no call again within 7 days; provisional until 2026-11-29"
    assert len({row[-1] for row in resolved}) == 3
    csat = under("CSAT: what callers answered")
    assert [row[:2] for row in csat] == [
        ["CSAT (4 or 5)", "74 %"], ["CSAT response rate", "21 %"], ["CSAT gap", "no data"], ["CSAT of transferred calls", "58 %"],
    ]  # fmt: skip
    assert "rate the human" in str(csat[3][-1])


def test_three_rows_a_measure_and_the_llm_alone_is_not_used() -> None:
    """Used and 24 % narrower; wider and not claimed; none where it cannot be made."""
    found = under("People and LLM")
    assert len(found) == 3 * len(some_combined())
    assert [row[1] for row in found[:3]] == ["people", "LLM only", "people and LLM"]
    assert found[1][-1] == "not used for the verdict; claude-haiku-5-5 is trusted"
    assert found[2][2:7] == ["72 %", "58 to 83 %", "143 of 143", "yes", "24 % narrower"]
    assert str(found[2][-1]).endswith("one-sided 95 % bounds: 60 to 82 %")
    assert found[5][5:7] == ["no", "not narrower"]
    assert found[8] == [
        "escalation at 4 or 5",
        "people and LLM",
        "not used",
        "no",
        "fewer than 20 calls graded by people",
    ]
    assert [row[5] for row in found if row[1] == "LLM only"] == ["no"] * 3


def test_a_row_a_criterion_with_the_rules_it_does_not_keep() -> None:
    """Trusted with all figures; advisory with its reason; untested with few pairs shows the pairs alone."""
    tone, correctness, escalation, language = under("What the LLM judge is trusted with")
    assert tone == [
        "tone", "trusted", "0.62 (0.41 to 0.78)", "0.12 (-0.08 to 0.33)", "88 % of 8 (47 to 99.7 %)", "96 % of 54 (87 to 99.5 %)",
        "62", "alpha 0.62 (0.41 to 0.78)", "3 newly wrong, 1 newly right of 120; p 0.31", "every rule is kept",
    ]  # fmt: skip
    assert (correctness[1], correctness[-1]) == ("advisory: decides nothing", "alpha .31, needs .40")
    assert escalation[1:4] == ["untested: decides nothing", "shown from 20 pairs on", "12"]
    assert escalation[4:] == ["not known", "not tested", "12 pairs, needs 20"]
    assert language[2:4] == ["no call graded by both", "0"]


def test_one_person_is_named_and_agreement_is_never_one_figure() -> None:
    """The owner alone is "this owner"; alpha, kappa, AC, equal answers and bias stand side by side; 12 pairs show none."""
    owner = [grader for grader in a_week_summary().graders if grader.name != BEN]
    said = texts(details(trust=some_trust(), graders=tuple(owner)))
    assert any("agreement with this owner, over calls both graded blind" in text for text in said)
    people, *judged = under("Agreement of graders")
    assert people[:2] == ["correctness", f"{ANNA} and {BEN}"]
    assert people[2:] == [
        "0.62 (0.41 to 0.78)",
        "0.60 (0.38 to 0.77)",
        "0.81 (0.70 to 0.90)",
        "66 %",
        "97 %",
        "41",
        "0.12 (-0.08 to 0.33)",
    ]
    assert judged[-1] == ["escalation", "claude-haiku-5-5 and people", "shown from 20 pairs on", "12"]


@pytest.mark.parametrize(
    "title", ["Judged checks since", "Without what", "What became", "People and LLM", "What the LLM", "Agreement"]
)
def test_nothing_known_has_no_table(title: str) -> None:
    """A week of the log and two people alone: no empty tables."""
    assert not [text for text in texts(details(success_criteria="")) if text.startswith(title)]


def test_hostile_text_stays_text() -> None:
    """A formula as a reason, a version, a judge or a grader is a text in every sheet."""
    first, *rest = a_rich_summary().checks
    since = a_since(why=f"declared version: {FORMULA}")
    hostile = first.model_copy(
        update={"since": since, "variants": (Variant(left_out=FORMULA, calls=1, verdict="missed"),), "reason": SCRIPT}
    )
    trust = tuple(one.model_copy(update={"judge": FORMULA, "reasons": (FORMULA,)}) for one in some_trust())
    combined = tuple(one.model_copy(update={"judge": FORMULA, "why": FORMULA}) for one in some_combined())
    summary = a_rich_summary(checks=(hostile, *rest), trust=trust, combined=combined)
    found = openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))
    assert {cell.data_type for sheet in found for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {
        "s",
        "n",
    }
    assert FORMULA in texts(found["Details"])


def test_the_process_behind_the_latency_stands_apart() -> None:
    """Both limits, or that there is no upper one; a source without any turn has no row, and a week without limits no table."""
    (row,) = under("Latency: 95 % limits for the process")
    assert row[1:] == [
        "560 to 641 ms",
        "1010 to 1490 ms",
        "at least 1480 ms, no upper limit",
        "1240",
        "146",
        "turns of 146 calls",
    ]
    assert not [text for text in texts(details()) if text == "no limit"]
    assert not [text for text in texts(details(success_criteria="")) if text.startswith("Latency: 95 %")]


class TestPicked:
    """Calls picked by hand: behind the drawn ones, marked, in no count."""

    def test_they_stand_last_and_say_so(self) -> None:
        """35 drawn, then #36 and #37; only these are marked."""
        table_ = rows(book()["Calls and scores"], 2)
        assert [row["#"] for row in table_[-2:]] == ["#36", "#37"]
        assert [row["stratum"] for row in table_].count("picked by hand, in no figure") == 2
        assert table_[-1]["stratum"] == "picked by hand, in no figure"
        assert table_[-1]["clear failure"] == "✗ yes"

    def test_their_transcripts_are_there_and_links_lead_to_them(self) -> None:
        """From the row to the first turn and back."""
        sheet = book()["Calls and scores"]
        target = sheet.cell(sheet.max_row, 1).hyperlink.location
        name, cell = target.replace("'", "").split("!")
        assert book()[name][cell].value == "#37"
        assert book()[name][cell].hyperlink.location == f"'Calls and scores'!A{sheet.max_row}"

    def test_no_count_knows_them(self) -> None:
        """The sample's strata and the drawn calls are what they were."""
        assert under("Sample by stratum") == under("Sample by stratum", details(calls=35))
        assert "35 of 143 calls drawn, 35 graded." in " ".join(texts(book()["This week"]))


def test_the_weeks_stand_beside_the_week_on_the_first_sheet() -> None:
    """A verdict that the weeks decided says since when, in the look of its verdict; the page stays one page."""
    sheet = book()["This week"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "Resolution")
    assert sheet.cell(row, 6).value == "✓ met since 2026-W42"
    assert sheet.cell(row, 6).style == "met"
    assert str(sheet.cell(row, 8).value).startswith("since 2026-W42 (first week): 136 of 197 read calls resolved, 69 %")
    assert sheet.cell(row, 9).value == "this week alone: not proven"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    labels = [sheet.cell(row, 1).value for row in range(6, 16)]
    assert labels.count("LLM judge") == 1


def test_a_table_is_not_torn_apart_where_a_page_has_room_for_it() -> None:
    """A column of 100 digits is 529 points wide, so a page is 529 x 500 / 784 = 337 tall; 24 + 20 + 9 x 18 = 206 fit it once."""
    workbook = new_workbook()
    add_looks(workbook)
    page = Page(workbook, "x", [100.0])
    for number in range(3):
        table(page, f"table {number}", ("name",), [[str(row)] for row in range(9)])
    starts = [brk.id + 1 for brk in page.sheet.row_breaks.brk]
    assert [page.sheet.cell(row, 1).value for row in starts] == ["table 1", "table 2"]
    tall = Page(workbook, "y", [100.0])
    tall.keep(10_000)
    assert not tall.sheet.row_breaks.brk


def test_the_digest_of_the_prompt_and_changed_rules_stand_on_the_sheet_method() -> None:
    """Details names the judge without it; a loosened rule stands on both with its default."""
    written = write_workbook(a_rich_summary(trust_rules=TrustRules(alpha_low=0.1)))
    workbook = openpyxl.load_workbook(io.BytesIO(written))
    rule = "alpha_low 0.1 (default 0.4, looser)"
    method = dict(row[:2] for row in workbook["Method"].iter_rows(values_only=True))
    assert method["LLM judge"] == "claude-haiku-5-5, prompt 3"
    assert str(method["Rules of trust (judge_trust)"]).startswith(f"changed by the owner: {rule}")
    assert not any("prompt 3" in text for text in texts(workbook["Details"]))
    assert any(rule in text for text in texts(workbook["Details"]))
    assert dict(row[:2] for row in book()["Method"].iter_rows(values_only=True))["Rules of trust (judge_trust)"] == "the defaults"


def test_no_name_of_a_criterion_is_cut() -> None:
    """Over each column of grades stands the criterion's whole name."""
    sheet = book()["Calls and scores"]
    for cell in sheet[1]:
        if cell.value and cell.value not in ("the call", "the result", "what counts"):
            assert sheet.column_dimensions[cell.column_letter].width > len(str(cell.value))
