"""A bridge's arithmetic: shifts with intervals, moves, what cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks.coverage.bridge import shift_lines
from evalharness.aggregate.rubric_bridge import NA, Paired, bridged, mean_shift
from evalharness.aggregate.rubric_diff import compare
from evalharness.models.bridge import Bridge, BridgeCall, BridgedCriterion, BridgePlan
from evalharness.models.rubric import Rubric
from tests.builders import a_rubric, rubric_form

Form = dict[str, Any]
Value = int | str | None


def _rubric(criterion: str | None = None, **fields: Any) -> Rubric:
    form = rubric_form()
    for section in form["sections"]:
        if section["id"] == criterion:
            section["criteria"][0].update(fields)
    return Rubric.model_validate(form, strict=False)


def _call(number: int) -> BridgeCall:
    return BridgeCall(week=f"2026-W{40 + number % 2}", source="demo", call_id=f"c{number:02d}")


def _found(criterion: str, pairs: Sequence[tuple[Value, Value]], new: Rubric | None = None, turns: int | None = None) -> Bridge:
    """Each pair an answer before and after; with `turns` so many pairs are turns of one call."""
    rubrics = a_rubric(), new or _rubric(criterion, question="Another question?")
    size = turns or 1
    paired = []
    for at in range(0, len(pairs), size):
        own = list(enumerate(pairs[at : at + size]))
        keys = [(criterion, None if turns is None else turn) for turn, _ in own]
        before = dict(zip(keys, [pair[0] for _, pair in own], strict=True))
        after = dict(zip(keys, [pair[1] for _, pair in own], strict=True))
        paired.append(Paired(_call(at // size), before, after))
    plan = BridgePlan(name="b", old="o", new="n", by="llm", week="2026-W48", calls=tuple(one.call for one in paired))
    return bridged(plan, rubrics, compare(*rubrics), ["judge"], paired)


def _one(*args: Any, **fields: Any) -> BridgedCriterion:
    found = _found(*args, **fields)
    assert len(found.criteria) == 1
    return found.criteria[0]


def test_the_mean_shift_of_levels() -> None:
    """Ten calls 4 to 3, ten 4 to 4: -0.5 levels, t(19) x .513 / sqrt 20 = .24; half of the answers are others."""
    one = _one("correctness", [(4, 3)] * 10 + [(4, 4)] * 10)
    shift = one.shift
    assert shift is not None
    assert shift.low is not None
    assert shift.high is not None
    assert (shift.value, shift.unit, shift.n) == (-0.5, "levels", 20)
    assert (round(shift.low, 2), round(shift.high, 2)) == (-0.74, -0.26)
    assert one.changed is not None
    assert (one.changed.value, one.changed.n) == (0.5, 20)


def test_nothing_moved_is_no_interval_of_width_zero() -> None:
    """20 of 20 alike: a share of up to 1 - .025^(1/20) = 16.8 % may move, each by up to 4 levels: +-0.67."""
    found = mean_shift([0.0] * 20, 4.0)
    assert (found.value, round(found.low, 2), round(found.high, 2), found.state) == (0.0, -0.67, 0.67, "wide")


def test_all_down_a_level_shows_a_shift() -> None:
    """-1 on 20 of 20: -1 - .168 x 3 = -1.51 and -1 + .168 x 5 = -0.16."""
    found = mean_shift([-1.0] * 20, 4.0)
    assert (round(found.low, 2), round(found.high, 2)) == (-1.51, -0.16)


def test_nothing_to_compare_has_no_value() -> None:
    """No call: no data, and not 0."""
    assert mean_shift([], 4.0).state == "no data"


def test_the_table_is_from_old_to_new() -> None:
    """Rows the old answers, columns the new: 4 -> 3 twice, 5 -> N/A once."""
    one = _one("correctness", [(4, 3), (4, 3), (5, NA)])
    assert one.rows == one.columns == ("1", "2", "3", "4", "5", "N/A")
    assert (one.table[3][2], one.table[4][5]) == (2, 1)
    assert one.shift is not None
    assert one.shift.n == 2  # N/A has no distance, and counts as another answer
    assert one.changed is not None
    assert one.changed.n == 3


def test_which_calls_moved_newest_week_first() -> None:
    """c01 is of the later week; a call that stayed is not listed."""
    one = _one("correctness", [(4, 3), (5, 4), (4, 4)])
    assert [(moved.call_id, moved.before, moved.after) for moved in one.moved] == [("c01", "5", "4"), ("c00", "4", "3")]


def test_a_call_without_an_answer_under_one_is_counted_apart() -> None:
    """Three calls, one without an answer after: two compared, one unanswered."""
    found = _found("correctness", [(4, 4), (4, 4), (4, None)])
    assert (found.answered, found.calls, found.criteria[0].calls, found.criteria[0].unanswered) == (2, 3, 2, 1)
    assert not found.enough


def test_yes_and_no_by_tango() -> None:
    """20 calls, 4 newly no (the answer that fails), 1 newly yes: +15 points of 'no'; Tango's limits hold it."""
    one = _one("greeted", [("yes", "no")] * 4 + [("no", "yes")] + [("yes", "yes")] * 15)
    assert one.shift is not None
    assert one.shift.value == pytest.approx(15.0)
    assert (one.event, one.shift.unit) == ("no", "points")
    assert one.shift.low is not None
    assert one.shift.high is not None
    assert one.shift.low < 0  # 4 against 1 shows nothing yet
    assert one.shift.high > 15
    assert one.changed is not None
    assert one.changed.value == 0.25


def test_other_levels_are_compared_as_scores() -> None:
    """4 of 1-5 is 75 points, 3 of 1-3 is 100: +25 on every call."""
    new = _rubric("correctness", levels={1: {"text": "a", "fail": "call"}, 2: {"text": "b"}, 3: {"text": "c"}})
    one = _one("correctness", [(4, 3)] * 20, new)
    assert one.shift is not None
    assert (one.shift.value, one.shift.unit) == (25.0, "points")
    assert (len(one.rows), len(one.columns)) == (6, 4)


def test_another_type_has_no_shift() -> None:
    """Levels against yes and no: the table stands, nothing is subtracted."""
    new = _rubric("correctness", type="yes_no", good="yes", levels=())
    one = _one("correctness", [(4, "yes")] * 20, new)
    assert (one.shift, one.table[3][0]) == (None, 20)


def test_turns_stay_with_their_call() -> None:
    """Ten calls of two turns, one of each 5 to 3: the calls' mean shift is -1, n is calls; 10 of 20 answers are others."""
    rubric = _rubric("correctness", scope="turn", weight=60)
    one = _one("correctness", [(5, 3), (4, 4)] * 10, rubric, turns=2)
    assert one.shift is not None
    assert one.changed is not None
    assert (one.calls, one.shift.value, one.shift.n, one.changed.value, one.changed.n) == (10, -1.0, 10, 0.5, 20)


def test_a_new_criterion_has_its_answers_and_nothing_else() -> None:
    """It is in the new rubric alone: counts, no shift."""
    form = rubric_form()
    form["sections"][1]["criteria"][0]["id"] = "said_name"
    new = Rubric.model_validate(form, strict=False)
    rubrics = a_rubric(), new
    paired = [Paired(_call(at), {("greeted", None): "yes"}, {("said_name", None): "no"}) for at in range(3)]
    plan = BridgePlan(name="b", old="o", new="n", by="llm", week="2026-W48", calls=tuple(one.call for one in paired))
    kinds = {one.criterion: one for one in bridged(plan, rubrics, compare(*rubrics), ["judge"], paired).criteria}
    assert (kinds["said_name"].kind, kinds["said_name"].table, kinds["said_name"].shift) == ("added", ((0, 3, 0),), None)
    assert (kinds["greeted"].kind, kinds["greeted"].table) == ("removed", ((3, 0, 0),))


def test_the_same_answers_give_the_same_bridge() -> None:
    """Interval included."""
    pairs: list[tuple[Value, Value]] = [(4, 3)] * 7 + [(5, 5)] * 13
    assert _found("correctness", pairs) == _found("correctness", pairs)


def test_the_limits_of_a_shift_hold_the_truth() -> None:
    """Every setting of the simulation at 20 calls, by enumeration: .93 or more."""
    assert min(line.value for line in shift_lines(20)) >= 0.93
