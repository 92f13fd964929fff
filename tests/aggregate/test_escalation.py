"""Needed x happened."""

from __future__ import annotations

import pytest

from evalharness.aggregate.escalation import escalation, needed
from tests.aggregate.building import a_design_of, a_final, a_result, finals
from tests.builders import a_call, a_handoff, a_rubric


def call_of(position: int, need: str | None, *, handed_off: bool, stratum: str = "core"):
    """A drawn call whose need people judged (None: not yet) and that did or did not reach a human."""
    call = a_call(id=f"c{position}", handoff=a_handoff() if handed_off else None)
    return a_result(position, stratum, call, final=finals(human_needed=need))


def matrix(*cells, **strata):
    """Calls as (need, handed off[, stratum])."""
    results = [
        call_of(i, cell[0], handed_off=cell[1], stratum=cell[2] if len(cell) > 2 else "core") for i, cell in enumerate(cells, 1)
    ]
    return escalation(a_rubric(), a_design_of(**(strata or {"core": 100})), results)


NEEDED, NOT = "needed", "not_needed"


def test_the_four_cells_and_their_shares():
    # 3 correct transfers, 2 missed, 1 unnecessary, 4 contained: precision 3/4, recall 3/5
    found = matrix(*[(NEEDED, True)] * 3, *[(NEEDED, False)] * 2, (NOT, True), *[(NOT, False)] * 4)
    assert (found.correct_transfer, found.missed, found.unnecessary, found.correct_containment) == (3, 2, 1, 4)
    assert (found.precision.value, found.precision.n) == (pytest.approx(0.75), 4)
    assert (found.recall.value, found.recall.n) == (pytest.approx(0.6), 5)


def test_the_shares_are_weighted_for_the_week():
    # tail 10 calls, 2 graded: one correct transfer, one missed, weight 5 each; core 90, 2 graded, weight 45: missed, contained
    # recall = 5 / (5 + 5 + 45)
    cells = [(NEEDED, True, "tail"), (NEEDED, False, "tail"), (NEEDED, False, "core"), (NOT, False, "core")]
    assert matrix(*cells, tail=10, core=90).recall.value == pytest.approx(5 / 55)


@pytest.mark.parametrize(
    ("cells", "precision", "recall"),
    [
        ([], None, None),
        ([(None, True)], None, None),
        ([(NOT, False)], None, None),  # no handoff and no need: neither share exists
        ([(NEEDED, False)], None, 0.0),
        ([(NOT, True)], 0.0, None),
    ],
)
def test_a_share_of_nothing_is_no_number(cells, precision, recall):
    found = matrix(*cells)
    assert (found.precision.value, found.recall.value) == (precision, recall)
    assert (found.precision.n == 0, found.recall.n == 0) == (precision is None, recall is None)


def test_a_handoff_that_failed_or_went_to_a_bot_did_not_happen():
    calls = [
        a_call(id=f"c{i}", handoff=a_handoff(**what)) for i, what in enumerate(({"status": "failed"}, {"destination": "bot"}))
    ]
    results = [a_result(i, call=call, final=finals(human_needed=NEEDED)) for i, call in enumerate(calls, 1)]
    assert escalation(a_rubric(), a_design_of(core=100), results).missed == 2


def test_technical_failures_are_not_in_the_matrix():
    result = a_result(1, call=a_call(outcome="failed_technical"), final=finals(human_needed=NEEDED))
    assert escalation(a_rubric(), a_design_of(core=100), [result]).missed == 0


def test_two_people_who_differ_are_counted_in_no_cell_and_both_ways_in_the_limits():
    settled = [call_of(i, NEEDED, handed_off=True) for i in (1, 2)]
    open_one = a_result(3, final={**finals(), "human_needed": a_final(None, "human_needed", conflict=True)})
    found = escalation(a_rubric(), a_design_of(core=100), [*settled, open_one])
    assert (found.correct_transfer, found.recall.n, found.recall.missing) == (2, 2, 1)
    assert needed(open_one) is None


def test_a_rubric_that_does_not_ask_has_no_matrix():
    form = [{"id": "s", "criteria": [{"id": "tone", "levels": {1: "", 2: ""}}]}]
    assert escalation(a_rubric(sections=form), a_design_of(core=100), []) is None


def test_the_matrix_counts_the_calls_its_shares_rest_on():
    """Of four calls that a human was needed for, one was answered beside an LLM's value, one by a trusted judge, one stands
    aside: one counts."""
    one, two, three, four = (call_of(i, NEEDED, handed_off=False) for i in range(1, 5))
    shown, judge = {"assisted": True}, {"by": "llm"}
    said = [
        result.model_copy(update={"final": {**result.final, "human_needed": result.final["human_needed"].model_copy(update=by)}})
        for result, by in ((one, shown), (two, judge))
    ]
    found = escalation(a_rubric(), a_design_of(core=100), [*said, three.model_copy(update={"aside": True}), four])
    assert (found.missed, found.recall.n) == (1, 1)
