"""The evidence turn of a row: which of its answers carry it."""

from __future__ import annotations

from evalharness.models.grade import Evidence
from tests.grade.human.desk import imported, typed


def test_the_evidence_turn_reaches_every_answer_of_its_row_whenever_it_is_typed():
    """With the answers, or after their import: the same grades. A second turn replaces the first."""
    answers = {(1, "Correctness"): 4, (1, "Greeted"): "yes", (2, "Greeted"): "no"}
    at_once, _ = imported(typed({**answers, (1, "Evidence: turn"): 2}))
    first, _ = imported(typed(answers))
    later, _ = imported(typed({**answers, (1, "Evidence: turn"): 2}), first)
    expected = {("correctness", 4, 2), ("greeted", "yes", 2)}
    assert {(one.criterion, one.value, one.evidence[0].turn) for one in at_once if one.call_id == "c1"} == expected
    assert {(one.criterion, one.value, one.evidence[0].turn) for one in later} == expected
    assert imported(typed({**answers, (1, "Evidence: turn"): 2}), [*first, *later]) == ([], [])
    moved, _ = imported(typed({**answers, (1, "Evidence: turn"): 3}), [*first, *later])
    assert {(one.criterion, one.evidence[0].turn) for one in moved} == {("correctness", 3), ("greeted", 3)}


def test_an_answer_keeps_evidence_of_its_own():
    """A quote given to one question alone stays when the row gets an evidence turn; a note typed with it is kept too."""
    answers = {(1, "Correctness"): 4, (1, "Greeted"): "yes"}
    first, _ = imported(typed(answers))
    own = (Evidence(turn=0, quote="Hello"),)
    given = [one.model_copy(update={"evidence": own}) if one.criterion == "greeted" else one for one in first]
    later, _ = imported(typed({**answers, (1, "Evidence: turn"): 2, (1, "Note"): "see there"}), given)
    assert [(one.criterion, one.evidence[0].turn, one.rationale) for one in later] == [("correctness", 2, "see there")]
