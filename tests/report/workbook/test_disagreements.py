"""The sheet Disagreements: graders side by side, the LLM's column marked, links to the call."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.models.grade import Evidence, FinalValue, Grade
from evalharness.models.summary import Disagreement
from evalharness.models.trust import JudgeTrust, judge_name
from evalharness.report import words
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.terminal import render
from evalharness.report.workbook import write_workbook
from tests.builders import a_grade, a_grader, not_applicable
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import rows, texts

JUDGE = a_grader("claude-haiku-5-5", "llm", prompt_digest="p")
QUOTE = (Evidence(turn=2, quote="Friday at ten is free"),)


def said(name: str, value: int | None, why: str = "", **fields: Any) -> Grade:
    """What somebody answers to `tone`; None = N/A."""
    fields = {"grader": a_grader(name), "rationale": why, **fields}
    return not_applicable("tone", **fields) if value is None else a_grade(value, "tone", **fields)


def differing(position: int, *grades: Grade, **fields: Any) -> Disagreement:
    """Two people two levels apart, waiting."""
    final = FinalValue(criterion="tone", state="ungraded", conflict=True)
    ordinary = {"between": "people", "why": "levels", "final": final, "waits": True, "criterion": "tone"}
    place = {"position": position, "source": "demo", "call_id": f"call-{position:03d}-9f3a"}
    return Disagreement(**{**place, **ordinary, "grades": grades, **fields})


def some() -> tuple[Disagreement, ...]:
    """Anna against Ben in call 3; Anna against the LLM in call 2, where Anna's value stands."""
    people = differing(3, said("Anna Keller", 5), said("Ben Ode", 2, "It was curt.", evidence=QUOTE))
    stands = FinalValue(criterion="tone", state="scored", value=4.0, by="human")
    judge = said("judge", 1, FORMULA, grader=JUDGE)
    with_llm = differing(2, said("Anna Keller", 4), judge, between="people_and_llm", why="fail", final=stands, waits=False)
    return (people, with_llm)


def sheet(*found: Disagreement) -> Worksheet:
    """The sheet of a week with these."""
    written = write_workbook(a_week_summary(calls=9, turns=2, disagreements=found))
    return openpyxl.load_workbook(io.BytesIO(written))["Disagreements"]


def test_graders_stand_side_by_side() -> None:
    """People first, then the LLM with its trust beside its value; reasons only where somebody gave one."""
    heads = [cell.value for cell in sheet(*some())[1]]
    assert heads == [
        "call", "id", "criterion", "turn", "how they differ", "between", "Anna Keller", "Ben Ode", "Ben Ode: reason and quote",
        "claude-haiku-5-5 (LLM)", "the LLM with this criterion", "claude-haiku-5-5: reason and quote",
        "value that counts", "waits for",
    ]  # fmt: skip


def test_values_reasons_and_what_it_waits_for() -> None:
    """5 against 2 with Ben's reason and quote: no value yet. Anna's 4 against the LLM's 1: 4 counts."""
    first, second = rows(sheet(*some()), 1)
    assert (first["Anna Keller"], first["Ben Ode"]) == (5, 2)
    assert first["Ben Ode: reason and quote"] == 'It was curt. [turn 2: "Friday at ten is free"]'
    assert (first["value that counts"], first["waits for"]) == ("? none yet", "waits for an adjudicator")
    assert second["claude-haiku-5-5 (LLM)"] == 1
    assert (first["the LLM with this criterion"], second["the LLM with this criterion"]) == (None, "advisory: decides nothing")
    assert (second["how they differ"], second["between"]) == ("across a level that fails", "people and LLM")
    assert (second["value that counts"], second["waits for"]) == (4, "the people's value stands")


def test_the_call_leads_to_its_scores_and_texts_stay_text() -> None:
    """The number is a link; a formula as a reason is a text."""
    found = sheet(*some())
    assert found["A2"].hyperlink.location == "'Calls and scores'!A5"
    assert {cell.data_type for row in found.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}
    assert FORMULA in texts(found)


def test_na_is_an_answer() -> None:
    """N/A against 3 stands as N/A, not as an empty cell."""
    (row,) = rows(sheet(differing(1, said("Anna Keller", None), said("Ben Ode", 3), why="not_applicable")), 1)
    assert (row["Anna Keller"], row["how they differ"]) == ("N/A", "N/A against a value")


def test_nobody_differs() -> None:
    """A sentence instead of an empty table."""
    assert "No two graders differ by more than a mean can settle." in texts(sheet())


def test_the_screen_names_five_and_says_where_the_rest_is() -> None:
    """Seven: five lines, two more on the sheet; sides are counted apart; none at all: no heading."""
    people, with_llm = some()
    screen = render(a_week_summary(disagreements=(*[people] * 6, with_llm)))
    flat = " ".join(screen.split())
    assert "Disagreements: 6 between people, 1 with the LLM, which decides nothing (side by side: sheet Disagreements" in flat
    assert "1. #3 call-003-9f3a tone: Anna Keller 5, Ben Ode 2; waits for an adjudicator" in flat
    assert "2 more on the sheet" in screen
    assert max(map(len, screen.splitlines())) <= 80
    assert "Disagreements" not in render(a_week_summary())
    only = " ".join(render(a_week_summary(disagreements=(with_llm,))).split())
    assert "1. #2 call-002-9f3a tone: Anna Keller 4, claude-haiku-5-5 (LLM, advisory) 1; the people's value stands" in only


def test_where_the_llm_is_trusted_it_is_said() -> None:
    """Trusted with tone, not with correctness: on the screen, beside its values, and in the count."""
    with_llm = some()[1]
    other = with_llm.model_copy(
        update={
            "criterion": "correctness",
            "grades": tuple(g.model_copy(update={"criterion": "correctness"}) for g in with_llm.grades),
        }
    )
    trust = tuple(
        JudgeTrust(criterion=criterion, judge=judge_name(JUDGE), state=state)
        for criterion, state in (("tone", "trusted"), ("correctness", "untested"))
    )
    screen = " ".join(render(a_week_summary(disagreements=(with_llm, other), trust=trust)).split())
    assert "2 with the LLM, which is trusted with the criterion in 1 and decides nothing in 1 (side" in screen
    assert "claude-haiku-5-5 (LLM, trusted) 1" in screen
    assert "claude-haiku-5-5 (LLM, untested) 1" in screen
    assert words.with_llm((with_llm,), trust) == "1 with the LLM, which is trusted with the criterion"
    written = write_workbook(a_week_summary(calls=9, turns=2, disagreements=(with_llm,), trust=trust))
    (row,) = rows(openpyxl.load_workbook(io.BytesIO(written))["Disagreements"], 1)
    assert row["the LLM with this criterion"] == "trusted"


def test_machines_get_the_values_without_what_was_said() -> None:
    """summary.json holds who said what, and neither reason nor quote."""
    written = summary_json(a_week_summary(disagreements=some())).decode()
    assert '"kind": "llm"' in written
    assert "It was curt" not in written
    assert "Friday at ten is free" not in written
