"""scores.csv, summary.json, summary.md: the same bytes each time, hostile text as text."""

from __future__ import annotations

import csv
import io
import json

import pytest

from evalharness.models.grade import Evidence
from evalharness.report.exports.forms import scores_csv
from evalharness.report.exports.scores import SCORES, evidence_text
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from tests.builders import a_grade, not_applicable, ungraded
from tests.report.rich import JUDGE, a_picked, a_rich_summary, a_since
from tests.report.weeks import ANNA, BEN, CHECKS, CONTROL, CRITERIA, FORMULA, PATH_ID, a_result, a_week_summary


def _rows(summary):
    return list(csv.DictReader(io.StringIO(scores_csv(summary).decode("utf-8"), newline="")))


@pytest.mark.parametrize("write", [scores_csv, summary_json, summary_markdown])
@pytest.mark.parametrize("hostile", [False, True])
def test_the_same_summary_gives_the_same_bytes(write, hostile):
    """No clock, no order of a set."""
    assert write(a_week_summary(hostile=hostile)) == write(a_week_summary(hostile=hostile))


def test_scores_have_a_row_a_grade_and_a_row_a_final_value():
    """A call read by one person: 4 criteria + 7 checks + outcome = 12 grades and 12 final values."""
    rows = [row for row in _rows(a_week_summary()) if row["position"] == "20"]
    assert len([row for row in rows if row["grader_kind"] == "human"]) == len(CRITERIA) + len(CHECKS) + 1
    assert len([row for row in rows if row["grader_kind"] == "final"]) == 12
    assert {row["grader"] for row in rows} == {BEN, "human"}


def test_a_grade_in_the_scores():
    """Position 1: correctness 5 - (1 + 0) mod 4 = 4 by both."""
    row = next(row for row in _rows(a_week_summary()) if row["grader"] == ANNA)
    assert tuple(row) == SCORES.names
    assert row["week"] == "2026-W47"
    assert row["call_id"] == "call-001-9f3a"
    assert row["stratum"] == "core"
    assert float(row["probability"]) == 27 / 116
    assert (row["criterion"], row["state"], row["value"], row["lane"], row["reason"]) == (
        "correctness",
        "scored",
        "4",
        "blind",
        "",
    )
    assert row["evidence"] == 'turn 2: "Friday at ten is free"'


def test_missing_grades_have_no_value_and_say_why():
    """N/A has no value and no reason; ungraded has no value and a reason; a conflict is a note of the final value."""
    result = a_result(3, 4).model_copy(update={"grades": (not_applicable(), ungraded("transcript"), a_grade("yes", turn=7))})
    rows = _rows(a_week_summary(results=(result,)))
    assert [(row["state"], row["value"], row["reason"], row["turn"]) for row in rows[:3]] == [
        ("not_applicable", "", "", ""),
        ("ungraded", "", "transcript", ""),
        ("scored", "yes", "", "7"),
    ]
    tone = next(row for row in rows if row["grader_kind"] == "final" and row["criterion"] == "tone")
    assert (tone["state"], tone["value"], tone["reason"]) == ("ungraded", "", "5 against 2: waits for an adjudicator")


def test_no_cell_of_the_scores_is_a_formula_or_acts():
    """Text that begins like a formula stands behind an apostrophe; ids and paths are data."""
    summary = a_week_summary(hostile=True)
    rows = _rows(summary)
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert f"'{FORMULA}" in {row["rationale"] for row in rows}
    assert PATH_ID in {row["call_id"] for row in rows}
    assert len(rows) == sum(len(result.grades) + len(result.final) for result in summary.results)


def test_evidence_as_people_read_it():
    """A turn with its quote, a turn alone, a time, the whole call."""
    evidence = (Evidence(turn=4, quote="ten is free"), Evidence(turn=5), Evidence(at_ms=61_000.0), Evidence())
    assert evidence_text(evidence) == 'turn 4: "ten is free" | turn 5 | at 1:01 | call'


def test_the_summary_for_machines():
    """Every check with value, n, of, interval, bounds, verdict and the calls that would settle it."""
    document = json.loads(summary_json(a_week_summary()))
    assert document["verdict"] == "not good enough"
    assert document["by_verdict"] == {
        "met": ["median_latency", "cost"],
        "missed": ["p99_latency"],
        "not_proven": ["resolution", "clear_failures"],
        "not_measured": ["csat_gap", "owner_review"],
    }
    assert document["checks"][4] == {
        "id": "clear_failures", "measure": "clear_failure_rate", "below": 0.01, "unit": "share", "currency": None, "value": 0.0,
        "unanswered": False, "n": 35, "of": 143, "missing": 0, "basis": "sample", "interval": [0.0, 0.098], "low": 0.0,
        "high": 0.0743, "verdict": "not_proven", "calls_needed": 140, "reason": "",
        "this_week": "not_proven", "since": None, "since_version": None, "by_since": False, "variants": [],
    }  # fmt: skip
    assert document["checks"][2]["value"] is None
    assert document["checks"][2]["unanswered"] is True
    assert document["population"]["in_scope"] == 148
    assert document["measures"]["containment_rate"]["value"] == 0.81
    assert document["rubric"]["version"] == 1
    assert [row["component"] for row in document["cost"]] == ["llm", "stt", "telephony", "total"]


def test_the_summary_for_machines_holds_no_transcript_and_keeps_hostile_names():
    """What a caller said stays in the call log; a name with control characters parses back to itself."""
    summary = a_week_summary(hostile=True)
    written = summary_json(summary)
    assert b"word00001" not in written
    assert b"\x1b" not in written
    assert json.loads(written)["agent"] == summary.agent
    assert json.loads(written)["intents"][FORMULA] == 3


def test_nothing_drawn_yet():
    """A week without a sample, grades or calls still reports."""
    empty = a_week_summary(design=None, results=(), escalation=None, to_hear=(), latency=(), cost=(), intents={}, notices=())
    document = json.loads(summary_json(empty))
    assert document["design"] is None
    assert document["escalation"] is None
    assert scores_csv(empty).decode() == ",".join(SCORES.names) + "\r\n"
    assert "## Calls to hear" not in summary_markdown(empty)


def test_the_summary_to_paste():
    """Heading, the box as a list, the checks as a table."""
    lines = summary_markdown(a_week_summary()).splitlines()
    assert lines[0] == "# Front Desk, week 2026-W47: not good enough"
    assert "- **Week**: 2026-W47, Monday 16 to Sunday 22 November 2026 (Europe/Berlin)" in lines
    assert (
        "| Clear failures | 0 % | below 1 % | 0 to 9.8 % | 35 of 143 | sample | not proven |  | "
        "140 graded calls this week would settle it if it stays so (more than one week's sample of 50 can hold) |" in lines
    )
    assert "- call 5, call-005-9f3a: confusion: did not recover within two turns" in lines
    assert "- call-777-aaaa: outside the draw: flagged by its owner" in lines


def test_hostile_text_makes_no_markup():
    """No tag, no heading, no table cell, no control character comes from a name."""
    text = summary_markdown(a_week_summary(hostile=True))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    assert CONTROL not in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in table} == {10}


def test_picked_calls_stand_last_in_the_scores_without_a_probability():
    """35 drawn calls first; the two picked ones have stratum "picked" and an empty probability, the columns are the same."""
    rows = _rows(a_rich_summary())
    picked = [row for row in rows if row["stratum"] == "picked"]
    assert {row["position"] for row in picked} == {"36", "37"}
    assert {row["probability"] for row in picked} == {""}
    assert rows[-len(picked) :] == picked
    assert "" not in {row["probability"] for row in rows[: -len(picked)]}
    assert tuple(rows[0]) == SCORES.names


def test_the_summary_for_machines_holds_the_weeks_the_judge_and_what_was_not_graded():
    """Since, variants, nonresponse, people and LLM, trust, agreement, picked calls: every figure with its n."""
    document = json.loads(summary_json(a_rich_summary()))
    resolution, failures, tone = (document["checks"][at] for at in (0, 4, 5))
    assert (resolution["by_since"], resolution["this_week"], resolution["verdict"]) == (True, "not_proven", "met")
    assert (resolution["since"]["week"], resolution["since"]["hits"], resolution["since"]["n"]) == ("2026-W42", 136, 197)
    assert failures["since_version"]["n"] == 69
    assert tone["variants"][0] == {"left_out": "contested calls (graders differ, disputed)", "calls": 2, "verdict": "missed"}
    assert document["nonresponse"]["reasons"] == {"no sound": 1, "other language": 1}
    assert [one["used"] for one in document["combined"]] == [True, False, False]
    assert document["combined"][2]["combined"] is None
    assert {one["state"] for one in document["trust"]} == {"trusted", "advisory", "untested"}
    assert {one["judge"] for one in document["trust"]} == {JUDGE}
    assert document["among_people"][0]["pairs"] == 41
    picked = document["picked"][0]
    assert (picked["call_id"], picked["position"], picked["clear_failure"], picked["score"]) == ("call-036-9f3a", 36, "yes", 64.0)
    assert document["measures"]["verified_resolution_rate"]["n"] == 33


def test_a_limit_that_is_not_finite_is_null():
    """A noun refuses it; a copy does not check, and no reader of JSON knows Infinity or NaN."""
    checks = a_rich_summary().checks
    since = a_since().model_copy(update={"high": float("inf"), "value": float("nan")})
    written = summary_json(
        a_rich_summary(checks=(checks[0].model_copy(update={"since": since, "high": float("-inf")}), *checks[1:]))
    )
    assert not [name for name in (b"Infinity", b"NaN") if name in written]
    first = json.loads(written)["checks"][0]
    assert (first["since"]["high"], first["since"]["value"], first["high"]) == (None, None, None)


def test_the_summary_to_paste_has_the_weeks_beside_the_week():
    """Its own column, and the verdict that the weeks decided."""
    row = next(line for line in summary_markdown(a_rich_summary()).splitlines() if line.startswith("| Resolution |"))
    assert (
        "| met since 2026-W42 | since 2026-W42 (first week): 136 of 197 read calls resolved, 69 % (at least 61 %), met |" in row
    )
    picked = summary_markdown(a_rich_summary()).partition("## Picked by hand, in no figure\n\n")[2]
    assert picked.startswith("- call 36, call-036-9f3a: clear failure: yes\n- call 37, call-037-9f3a: ")


def test_hostile_reasons_make_no_markup():
    """A version's label and a skip reason are what somebody wrote."""
    first, *rest = a_rich_summary().checks
    hostile = first.model_copy(update={"since": a_since(why="declared version: <script>|x")})
    text = summary_markdown(a_rich_summary(checks=(hostile, *rest), picked=(a_picked(),)))
    assert "<script" not in text
    assert {line.replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("|")} == {10}
