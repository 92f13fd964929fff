"""What stands on each sheet of the golden week."""

from __future__ import annotations

import io

import openpyxl
import pytest

from evalharness import xlsx
from evalharness.models.call import ToolCall
from evalharness.models.summary import CallToHear
from evalharness.report.workbook import write_workbook
from evalharness.report.workbook.method import how
from evalharness.report.workbook.places import Places, turn_notes
from tests.builders import a_check, a_grade, a_grader, a_turn
from tests.report.weeks import ANNA, BEN, CHECKS, a_result, a_week_summary
from tests.report.workbook.opened import opened, rows, texts


def _sheet(name, **fields):
    return openpyxl.load_workbook(io.BytesIO(write_workbook(a_week_summary(**{"calls": 8, "turns": 1, **fields}))))[name]


def _table(sheet, first, width):
    """The rows of a table on a sheet of several, from the row whose first cell is `first` to the next empty one."""
    start = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == first)
    found = []
    while sheet.cell(start, 1).value is not None:
        found.append([sheet.cell(start, column).value for column in range(1, width + 1)])
        start += 1
    return found


class TestThisWeek:
    """The page for the owner and the boss."""

    def test_it_begins_with_agent_week_and_verdict(self):
        """Title, dates, the verdict with sign and words, why."""
        sheet = opened()["This week"]
        assert [sheet.cell(row, 1).value for row in range(1, 5)] == [
            "Front Desk",
            f"Week 2026-W47, Monday 16 to Sunday 22 November 2026. Owner: {ANNA}",
            "✗  NOT GOOD ENOUGH",
            "At least one check of the bar is missed. Switched off by the owner: correctness.",
        ]

    @pytest.mark.parametrize(
        ("verdict", "leaning", "banner"),
        [
            ("good enough", "", "✓  GOOD ENOUGH"),
            ("not proven yet", "nothing against it", "?  NOT PROVEN YET, nothing against it"),
            ("not proven yet", "leaning to a miss (resolution)", "?  NOT PROVEN YET, leaning to a miss (resolution)"),
        ],
    )
    def test_the_verdict_reads_without_colour(self, verdict, leaning, banner):
        """A sign and a word for each verdict of the week."""
        assert _sheet("This week", verdict=verdict, leaning=leaning).cell(3, 1).value == banner

    def test_a_tile_of_nothing_is_pale(self):
        """No check missed: the words stay, the dark red goes; one missed keeps its look."""
        missed = [check for check in a_week_summary(calls=8, turns=1).checks if check.verdict == "missed"]
        none = _sheet("This week", checks=(a_check("met"),)).cell(5, 3)
        some = _sheet("This week", checks=tuple(missed)).cell(5, 3)
        assert (none.value, none.fill.fgColor.rgb) == ("✗  0 missed", "00F5F6F8")
        assert some.fill.fgColor.rgb == "009E2A2B"

    def test_how_many_checks_stand_where(self):
        """2 met, 1 missed, 2 not proven, 2 not measured, each with its sign."""
        tiles = [cell.value for cell in opened()["This week"][5] if cell.value]
        assert tiles == ["✓  2 met", "✗  1 missed", "?  2 not proven", "–  2 not measured"]

    def test_the_checks_with_value_bar_interval_count_and_verdict(self):
        """One row a check in the order of the bar."""
        table = _table(opened()["This week"], "check", 9)
        assert table[0][:6] == ["check", "value", "bar", "95 % interval", "n of N", "verdict"]
        assert [row[:6] for row in table[1:]] == [
            ["Resolution", "62 %", "at least 60 %", "45 to 74 %", "35 of 143\nsample", "? not proven"],
            ["Median latency", "599.6 ms", "below 600 ms", "exact", "1240 of 1300\nall calls", "✓ met"],
            ["p99 latency", "unanswered", "below 1500 ms", None, "1240 of 1300\nall calls", "✗ missed"],
            ["CSAT gap", "no data", "at most 5 points", None, "none\nall calls", "– not measured"],
            ["Clear failures", "0 %", "below 1 %", "0 to 9.8 %", "35 of 143\nsample", "? not proven"],
            ["Cost per call", "0.41 EUR", "below 0.50 EUR", "exact", "135 of 148\nall calls", "✓ met"],
            ["Owner review", "12 calls", "at least 20 calls", "exact", "12 of 20\nrecords", "– not measured"],
        ]
        assert [row[8] for row in table[1:]] == [
            "310 graded calls this week would settle it if it stays so (more than one week's sample of 50 can hold)",
            None,
            "it falls on a caller turn that got no answer",
            "No baseline: csat.baseline is empty",
            "140 graded calls this week would settle it if it stays so (more than one week's sample of 50 can hold)",
            None,
            "12 of 20 calls reviewed so far",
        ]

    def test_three_calls_to_hear_and_what_to_do(self):
        """The first three, how many more there are, the steps in order."""
        found = texts(opened()["This week"])
        assert [text for text in found if text.startswith(("1. #", "2. #", "3. #"))] == [
            "1. #5 call-005-9f3a",
            "2. #3 call-003-9f3a",
            "3. #2 call-002-9f3a",
        ]
        assert "1 more call on the sheet Calls to hear." in found
        assert found.index("Hear the three calls named below.") < found.index("Add csat.baseline to evalharness.yaml.")

    def test_a_found_call_is_named_without_a_link_and_notices_are_counted(self):
        """A call outside the draw has no row to lead to; the fourth notice is on the sheet Method."""
        found = CallToHear(rank=1, position=None, source="demo", call_id="found-1", kind="slow", reason="slow replies")
        sheet = _sheet("This week", to_hear=(found,), notices=("a", "b", "c", "d"))
        cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "1. found-1")
        assert cell.hyperlink is None
        assert "1 more notice on the sheet Method." in texts(sheet)
        assert "No drawn call stands out yet." in texts(_sheet("This week", to_hear=()))


def test_calls_to_hear_are_ranked_with_reason_score_and_links():
    """Drawn calls lead to their row and transcript, a found call says so."""
    table = rows(opened()["Calls to hear"], 1)
    assert [row["rank"] for row in table] == [1, 2, 3, 4]
    assert table[0] == {
        "rank": 1, "call": "#5", "id": "call-005-9f3a", "why": "clear failure", "score": 95, "how it ended": "resolved",
        "reason": "confusion: did not recover within two turns", "started": "2026-11-17 01:00", "transcript": "read",
        "recording": None,
    }  # fmt: skip
    assert table[1]["score"] is None  # open: two people differ on its tone
    assert (table[3]["call"], table[3]["transcript"]) == ("found", None)


class TestCallsAndScores:
    """A row a drawn call."""

    def test_what_counts_stands_first(self):
        """Number 5 is a clear failure through confusion; correctness 5 - (5 + 0) mod 4 = 4."""
        row = rows(opened()["Calls and scores"], 2)[4]
        assert row["#"] == "#5"
        assert row["id"] == "call-005-9f3a"
        assert row["started (Europe/Berlin)"] == "2026-11-17 01:00"
        assert (row["stratum"], row["outcome in the log"], row["outcome as graded"]) == ("core", "unknown", "resolved")
        assert (row["score (0-100)"], row["weight covered"], row["clear failure"]) == (95, 1, "✗ yes")
        assert (row["correctness"], row["confusion"], row["disclosure"]) == (4, "yes", "no")

    def test_what_is_open_is_called_open(self):
        """Number 3 waits for an adjudicator: no score, and its tone is a conflict; nothing graded is no zero."""
        row = rows(opened()["Calls and scores"], 2)[2]
        assert (row["score (0-100)"], row["tone"], row["latency"]) == ("open", "? conflict", "not graded")

    def test_every_graders_value_stands_under_the_criterion_with_the_full_name(self):
        """Simulated people are called so wherever a grade shows."""
        sheet = opened()["Calls and scores"]
        heads = [(sheet.cell(1, column).value, sheet.cell(2, column).value) for column in range(1, sheet.max_column + 1)]
        for criterion in ("correctness", "tone", "outcome", *(check.replace("_", " ") for check in CHECKS)):
            assert (criterion, f"{criterion}: {ANNA}") in heads
            assert (criterion, f"{criterion}: {BEN}") in heads
            assert (criterion, f"{criterion}: what counts") in heads
        assert ("tone", "tone: reasons and quotes") in heads
        assert ("confusion", "confusion: reasons and quotes") not in heads  # nobody gave any

    def test_reasons_and_quotes(self):
        """Who said why, and where it shows."""
        row = rows(opened()["Calls and scores"], 2)[12]
        assert (
            row["correctness: reasons and quotes"]
            == f'{BEN}: Right slot, right day, and it said so plainly. [turn 2: "Friday at ten is free"]'
        )
        assert row[f"correctness: {ANNA}"] is None
        assert row[f"correctness: {BEN}"] == row["correctness: what counts"] == 4  # 5 - (13 + 0) mod 4

    def test_not_applicable_ungraded_turns_and_lanes_are_words(self):
        """Number 9: Anna's later N/A and ungraded supersede; a turn grade names its turn, an assisted one its lane."""
        row = rows(opened()["Calls and scores"], 2)[8]
        values = list(row.values())
        assert values.count("N/A") == 2
        assert values.count("ungraded: transcript") == 2
        place = {"grader": a_grader(BEN), "call_id": "call-001-9f3a"}
        grades = (a_grade(3, turn=4, **place), a_grade(5, turn=6, **place), a_grade(2, "tone", lane="assisted", **place))
        result = a_result(1, 2).model_copy(update={"grades": grades})
        found = texts(_sheet("Calls and scores", results=(result,)))
        assert "turn 4: 3; turn 6: 5" in found
        assert "2 (assisted)" in found

    def test_an_automatic_fail_and_an_unknown_failure(self):
        """The fail says what it zeroes; clear failure without every answer is open."""
        result = a_result(1, 2).model_copy(update={"automatic_fail": "call", "clear_failure": None, "score": 0.0})
        row = rows(_sheet("Calls and scores", results=(result,)), 2)[0]
        assert (row["automatic fail"], row["clear failure"], row["score (0-100)"]) == ("✗ call", "open", 0)


class TestTranscripts:
    """A row a turn."""

    def test_a_turn_with_its_time_latency_and_tools(self):
        """Turn 2 starts at 2 x 4000 - 180 ms = 0:07, was measured at 520 ms and called a tool."""
        row = rows(opened()["Transcripts"], 1)[2]
        assert (row["call"], row["turn"], row["who"], row["at"], row["reply after (ms)"]) == ("#1", 2, "agent", "0:07", 520)
        assert row["tools and notes"] == 'find_slot({"day":"Friday"}) -> 10:00 free'
        assert rows(opened()["Transcripts"], 1)[4]["tools and notes"] == "interrupted"

    def test_there_is_a_row_a_turn(self):
        """35 calls of 12 turns."""
        assert len(rows(opened()["Transcripts"], 1)) == 35 * 12

    def test_a_call_without_a_turn_is_said(self):
        """It has a row all the same, so that links have a target."""
        empty = a_result(1, 0)
        assert rows(_sheet("Transcripts", results=(empty,)), 1)[0]["text"] == "no turn in the log"

    def test_what_tools_did(self):
        """An empty result is a result, none is none, an error is called one."""
        tools = (ToolCall(name="a", result=""), ToolCall(name="b", arguments={"x": [1]}, error=True))
        assert (
            turn_notes(a_turn(tool_calls=tools, heard_filler=True)) == 'filler first\na() -> \nb({"x":[1]}) (error) -> no result'
        )

    def test_many_short_lines_are_split_to_be_seen(self):
        """300 line feeds do not fit a row of 409 points, so the turn goes on in further rows."""
        result = a_result(1, 0)
        lines = "\n".join(["yes"] * 300)
        call = result.call.model_copy(update={"turns": (a_turn("caller", lines),)})
        parts = Places.of(a_week_summary(results=(result.model_copy(update={"call": call}),))).turns[1]
        assert len(parts) > 10
        assert all(xlsx.row_height([(part.text, 92.0)]) < xlsx.MAX_ROW_HEIGHT for part in parts)


class TestDetails:
    """Every figure with what it stands on."""

    def test_criteria_with_answers_and_counts(self):
        """Mean, interval, n of N, N/A, not graded, the answers."""
        table = _table(opened()["Details"], "criterion", 9)
        assert table[1] == [
            "correctness",
            "ordinal",
            "20",
            "76 of 100",
            "71.5 to 80.5",
            "33 of 143",
            "1",
            "1",
            "1: 1, 2: 2, 3: 6, 4: 14, 5: 10",
        ]
        assert table[-1][0] == "unsafe speech"

    def test_latency_says_unanswered_and_no_data(self):
        """The bar's digits here too; a source with nothing measured has no figure."""
        table = _table(opened()["Details"], "source, how measured", 12)
        assert table[1] == [
            "demo, from the times of the turns",
            "599.6 ms",
            "1210 ms",
            "unanswered",
            "11 %",
            "1240",
            "146",
            "98 %",
            "9",
            "21",
            "1",
            "30",
        ]
        assert table[2][:5] == ["legacy, as the platform reports it", "no data", "no data", "no data", "no data"]
        assert table[2][7] == "no data"

    def test_cost_escalation_and_strata(self):
        """A component without a bill is no data, not 0; the matrix has four counts; N, n and probability by stratum."""
        sheet = opened()["Details"]
        assert _table(sheet, "component", 6)[3] == ["telephony", *["no data"] * 3, "0 of 148", "148"]
        assert _table(sheet, "graded calls", 3)[1:3] == [
            ["human needed", "6 correct", "2 needed, not handed off"],
            ["human not needed", "1 unnecessary", "24 correct"],
        ]
        assert "86 % (42 to 99.6 %), 33 of 143 calls" in texts(sheet)
        assert _table(sheet, "stratum", 5)[1] == ["to a person", "27", "8", "30 %", "outcome in [transferred, follow_up]"]

    def test_what_the_log_says_of_all_calls(self):
        """Outcomes, intents (a missing one is "not given"), versions, fill rates."""
        sheet = opened()["Details"]
        found = texts(sheet)
        assert "Outcomes in the log, 152 calls" in found
        assert "not given" in found
        assert _table(sheet, "field", 2)[1:] == [["ended_at", "100 %"], ["intent", "94 %"], ["csat", "21 %"], ["cost", "86 %"]]


class TestMethod:
    """How each figure is made."""

    def test_every_figure_is_explained(self):
        """Each entry has a name and at least one whole sentence."""
        assert len(how()) == 28
        assert all(name and text.endswith(".") for name, text in how())
        assert dict(how())["CSAT, CSAT gap"].startswith("The share of 4 and 5 among the callers who answered")

    def test_what_the_report_was_made_from(self):
        """Digests, seed, rubric, switched-off checks and every notice."""
        found = texts(opened()["Method"])
        assert "5f" * 32 in found
        assert "35 calls wanted, within strata; random seed “1”; scope: all calls of the log" in found
        assert any(text.startswith("phone-agent, version 1, digest ") for text in found)
        assert "correctness" in found
        assert "• Grades by simulated people: not a judgement of a real agent." in found

    def test_nothing_drawn_and_every_nth(self):
        """Without a sample there is no design to name; shadow mode says its step."""
        assert "No sample is drawn yet." in texts(_sheet("Method", design=None, notices=()))
        assert "• None." in texts(_sheet("Method", notices=()))
        design = a_week_summary().design.model_copy(update={"every_nth": 5})
        assert "one call in every 5; random seed “1”; scope: all calls of the log" in texts(_sheet("Method", design=design))


def test_no_word_of_a_heading_is_broken_on_calls_and_scores():
    """Each column is as wide as its heading's longest word and the filter's arrow; identifiers are words."""
    sheet = opened()["Calls and scores"]
    for cell in sheet[2]:
        longest = max(map(len, str(cell.value).split()))
        assert sheet.column_dimensions[cell.column_letter].width >= longest + 2, cell.value
        if "fail" in str(cell.value) or "clear" in str(cell.value):
            assert sheet.column_dimensions[cell.column_letter].width >= longest + 5
    assert not [row["intent"] for row in rows(sheet, 2) if "_" in str(row["intent"])]


def test_method_explains_both_kinds_of_failure():
    """Clear failure and automatic fail are two things."""
    told = dict(_table(_sheet("Method"), "Verdict of the week", 2))
    assert "any of the rubric's checks is yes" in told["Clear failure of a call"]
    assert "It is not a clear failure." in told["Automatic fail"]
