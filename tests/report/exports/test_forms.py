"""CSV and JSON of tables: one row a grade, no formula in any cell, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone

import pytest

from evalharness.errors import ExportError
from evalharness.report.exports.forms import as_csv, as_json, fit_64_bits, scores_csv, whole_text
from evalharness.report.exports.scores import SCORES
from evalharness.report.exports.table import Column, Table
from tests.builders import a_grade, not_applicable, ungraded
from tests.collect.test_corpora import DATA
from tests.report.rich import a_rich_summary
from tests.report.weeks import ANNA, BEN, CHECKS, CRITERIA, FORMULA, HOSTILE, PATH_ID, a_result, a_week_summary


def _rows(summary):
    return list(csv.DictReader(io.StringIO(scores_csv(summary).decode("utf-8"), newline="")))


def test_whole_numbers_of_64_bits_fit_and_others_are_told():
    """2^63 - 1 and -2^63 fit; one more names table, column, week and call."""
    table = Table(
        "t", "a row", ("n",), (Column("n", "integer", "a count"), Column("call_id", "text", "its id")), lambda _: iter(())
    )
    fit_64_bits(table, [{"n": 2**63 - 1, "call_id": "c"}, {"n": -(2**63), "call_id": "c"}, {"n": None, "call_id": "c"}])
    for value in (2**63, -(2**63) - 1):
        with pytest.raises(ExportError, match="n of a row of t is a whole number of more than 64 bits") as told:
            fit_64_bits(table, [{"n": value, "call_id": "c-7", "week": "2026-W47"}])
        assert told.value.where == "2026-W47, call c-7"


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


def test_picked_calls_stand_last_in_the_scores_without_a_probability():
    """35 drawn calls first; the two picked ones have stratum "picked" and an empty probability, the columns are the same."""
    rows = _rows(a_rich_summary())
    picked = [row for row in rows if row["stratum"] == "picked"]
    assert {row["position"] for row in picked} == {"36", "37"}
    assert {row["probability"] for row in picked} == {""}
    assert rows[-len(picked) :] == picked
    assert "" not in {row["probability"] for row in rows[: -len(picked)]}
    assert tuple(rows[0]) == SCORES.names


def test_nothing_drawn_yet():
    """A week without a sample: the names of the columns alone."""
    empty = a_week_summary(design=None, results=(), escalation=None, to_hear=(), latency=(), cost=(), intents={}, notices=())
    assert scores_csv(empty).decode() == ",".join(SCORES.names) + "\r\n"


def naughty() -> list[str]:
    """Formulas, control characters, half surrogates, ids that look like numbers; with the public lists where they are there."""
    found = [
        *HOSTILE,
        "\ud800",
        "=1+1",
        "\t=1",
        "\r=1",
        "\n=1",
        "１２",
        "a\u0000b",
        "a\r\nb",
        'a"b',
        "a;b",
        "\u202e=x",
        "\ufeff=x",
    ]
    for path in (DATA / "badinput/blns/blns.json",):
        found += json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return found


TEXTS = Table(
    "texts", "a text", ("text",), (Column("text", "text", "any"), Column("answer", "answer", "any", missing="none")), None
)


def test_no_naughty_text_is_a_formula_and_each_is_read_back_or_visibly_changed():
    """Every cell is the text itself, or the text with an apostrophe before it or a number for what acts; none is lost."""
    texts = naughty()
    written = as_csv(TEXTS, [{"text": text, "answer": text or None} for text in texts])
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8"), newline="")))
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows, strict=True):
        assert row["text"] == row["answer"]
        assert not row["text"].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        assert row["text"] == text or row["text"] == f"'{text}" or "\\u{" in row["text"]


def test_numbers_truth_and_instants_as_text():
    """All digits of a number, true and false, UTC whatever the zone; None is empty, 0 is not."""
    moment = datetime(2026, 11, 16, 9, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
    columns = tuple(Column(name, kind, "x", missing="x") for name, kind in (("a", "number"), ("b", "boolean"), ("c", "instant")))
    table = Table("t", "x", ("a",), columns, None)
    rows = [{"a": 0.1 + 0.2, "b": True, "c": moment}, {"a": 0.0, "b": False, "c": None}]
    assert as_csv(table, rows) == b"a,b,c\r\n0.30000000000000004,true,2026-11-16T08:00:00.250000Z\r\n0.0,false,\r\n"
    assert json.loads(as_json(table, rows)) == [
        {"a": 0.30000000000000004, "b": True, "c": "2026-11-16T08:00:00.250000Z"},
        {"a": 0.0, "b": False, "c": None},
    ]


@pytest.mark.parametrize("text", naughty())
def test_json_gives_every_text_back(text):
    """Equal, and nothing in the file steers a terminal; a half of a surrogate pair is shown only for Parquet."""
    written = as_json(TEXTS, [{"text": text, "answer": None}])
    assert json.loads(written)[0]["text"] == text
    assert not {"\x1b", "\u202e", "\ufeff"} & set(written.decode("utf-8"))
    assert whole_text([{"text": "a\ud800"}]) == [{"text": "a\\u{d800}"}]
