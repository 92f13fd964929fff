"""What was decided, disputed and confirmed, in the workbook and on the screen: beside both grades, and text stays text."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from evalharness.models.act import Adjudication, SinceSigned
from evalharness.models.grade import FinalValue
from evalharness.models.summary import Disagreement, Flagged, WeekSummary
from evalharness.report import words
from evalharness.report.terminal import render
from evalharness.report.workbook import write_workbook
from tests.builders import a_confirmation, a_dispute, an_adjudication
from tests.report.weeks import FORMULA, a_week_summary
from tests.report.workbook.opened import rows, texts
from tests.report.workbook.test_disagreements import differing, said

CALL = "call-003-9f3a"
DECIDED = FinalValue(criterion="tone", state="scored", value=4.0, by="adjudicated")


def a_decision(**fields: object) -> Adjudication:
    """Anna's decision on the tone of call 3; its reason is a formula."""
    return an_adjudication(4, "tone", CALL, reason=FORMULA, **fields)


def decided(**fields: object) -> Disagreement:
    """Anna against Ben, decided."""
    given = {"final": DECIDED, "waits": False, "decision": a_decision(), **fields}
    return differing(3, said("Anna Keller", 5), said("Ben Ode", 2), **given)


def disputed(**fields: object) -> Disagreement:
    """Ben's 4 on call 2, disputed by the vendor."""
    stands = FinalValue(criterion="tone", state="scored", value=4.0, by="human")
    dispute = a_dispute("tone", "call-002-9f3a", reason=FORMULA)
    given = {"between": "dispute", "why": "disputed", "final": stands, "disputes": (dispute,), **fields}
    return differing(2, said("Ben Ode", 4), **given)


def opened(summary: WeekSummary) -> Workbook:
    """The week's workbook, read back."""
    return openpyxl.load_workbook(io.BytesIO(write_workbook(summary)))


def test_decision_and_reason_stand_beside_both_grades() -> None:
    """5 and 2, what was decided and why, who disputes it, the value that counts, and what it waits for."""
    sheet = opened(a_week_summary(calls=9, turns=2, disagreements=(decided(), disputed())))["Disagreements"]
    first, second = rows(sheet, 1)
    assert (first["Anna Keller"], first["Ben Ode"], first["value that counts"]) == (5, 2, 4)
    assert first["decision and its reason"] == f"4, by Anna Keller: {FORMULA}"
    assert first["waits for"] == "decided by Anna Keller"
    assert (second["how they differ"], second["disputed by, and why"]) == ("disputed", f"Voice Vendor: {FORMULA}")
    assert second["waits for"] == "waits for an adjudicator; the grade stands until then"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}


def test_without_any_the_columns_are_as_before() -> None:
    """No empty column for decisions or disputes."""
    sheet = opened(a_week_summary(calls=9, turns=2, disagreements=(differing(3, said("A", 5), said("B", 2)),)))["Disagreements"]
    heads = [cell.value for cell in sheet[1]]
    assert "decision and its reason" not in heads
    assert "disputed by, and why" not in heads


def test_the_decision_stands_in_the_calls_row_too() -> None:
    """Calls and scores: a column of the criterion, in the row of the call alone."""
    week = a_week_summary(calls=9, turns=2)
    results = tuple(one.model_copy(update={"decisions": (a_decision(),)}) if one.call.id == CALL else one for one in week.results)
    found = rows(opened(week.model_copy(update={"results": results}))["Calls and scores"], 2)
    assert [row["tone: decision and its reason"] for row in found if row["id"] == CALL] == [f"4, by Anna Keller: {FORMULA}"]
    assert {row["tone: decision and its reason"] for row in found if row["id"] != CALL} == {None}


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (decided(), "decided by Anna Keller"),
        (decided(waits=True, disputes=(a_dispute("tone"),)), "waits for an adjudicator; the decision stands until then"),
        (disputed(), "waits for an adjudicator; the grade stands until then"),
        (disputed(waits=False, decision=a_decision()), "decided by Anna Keller"),
        (differing(3, said("A", 5), said("B", 2)), "waits for an adjudicator"),
    ],
)
def test_what_it_waits_for(one: Disagreement, text: str) -> None:
    """Decided, disputed, disputed again, open."""
    assert words.waits_for(one) == text


def test_a_decision_says_what_is_special_about_it() -> None:
    """Over an own grade; after the LLM's value was seen; N/A."""
    special = an_adjudication(None, own_grade=True, lane="assisted", reason="unclear")
    assert words.decision(special) == "N/A, by Anna Keller (who had graded it too, an LLM's value seen: in no rate): unclear"
    assert words.dispute(a_dispute(decided=True)) == "Voice Vendor: The caller said Friday. (decided)"


def test_the_screen_counts_disputes_apart() -> None:
    """One between people, one disputed."""
    flat = " ".join(render(a_week_summary(disagreements=(decided(), disputed()))).split())
    assert "Disagreements: 1 between people, 1 disputed or decided (side by side" in flat
    assert "tone: Ben Ode 4; waits for an adjudicator; the grade stands until then" in flat


def test_failures_are_counted_by_cause() -> None:
    """Two calls with a cause in the prompt (one of them outside the draw, one twice), one in telephony, one flag dismissed."""
    found = (
        a_confirmation(note=FORMULA),
        a_confirmation(check="unsafe_speech", tag="other"),
        a_confirmation(call_id="c2", drawn=False),
        a_confirmation(call_id="c3", cause="telephony", tag="misheard"),
        a_confirmation("no", call_id="c4"),
    )
    waits = Flagged(kind="flag", position=5, source="demo", call_id="c5", check="unsafe_speech", grades=())
    sheet = opened(a_week_summary(calls=9, turns=2, confirmations=found, flagged=(waits,)))["Details"]
    lines = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    at = next(number for number, line in enumerate(lines) if line == ["Clear failures by cause"])
    assert [line[:3] for line in lines[at + 3 : at + 5]] == [["prompt", "2", "1"], ["telephony", "1", "1"]]
    assert lines[at + 3][4] == "hallucination 2, other"
    assert f"c1, Anna Keller: {FORMULA}" in lines[at + 3][5]
    assert lines[at + 5] == ["1 flag heard and found to be none; 1 on drawn calls not heard yet."]


def test_a_week_without_failures_has_no_such_table() -> None:
    """Nothing to confirm and nothing confirmed."""
    assert "Clear failures by cause" not in texts(opened(a_week_summary(calls=9, turns=2))["Details"])


def test_what_was_decided_after_the_signature_arrived_since() -> None:
    """Two decisions and no figure that differs."""
    assert words.since_sentence(SinceSigned(decisions=2)) == "2 decisions arrived; every figure is as signed."
    assert not SinceSigned(decisions=1).nothing
