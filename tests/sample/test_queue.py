"""The order of the queue and the frozen sample."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.errors import DrawError
from evalharness.models.sample import Design, DrawnCall, Stratum, StratumSize
from evalharness.sample.design import allocate
from evalharness.sample.queue import queue_order, weekly_sample
from tests.builders import WEEK, a_call, a_rubric


def a_design_of(**strata: tuple[int, int]) -> Design:
    """Strata in order, each (population, drawn)."""
    sizes = tuple(StratumSize(stratum=Stratum(name=n), population=N, drawn=d, judged=N) for n, (N, d) in strata.items())
    return Design(week=WEEK, seed="1", size=max(sum(d for _, d in strata.values()), 1), strata=sizes)


def drawn_of(design: Design) -> list[DrawnCall]:
    """Calls of each stratum, newest key first: the order in which an engine returns them must not matter."""
    return [
        DrawnCall(stratum=size.stratum.name, key=f"{rank:04d}", source="demo", call_id=f"{size.stratum.name}{rank}")
        for size in reversed(design.strata)
        for rank in range(size.drawn, 0, -1)
    ]


def names(design: Design) -> list[str]:
    return [call.call_id for call in queue_order(design, drawn_of(design))]


@pytest.mark.parametrize(
    ("strata", "expected"),
    [
        ({"a": (9, 3)}, "a1 a2 a3"),
        # a at 1/4, 3/4; b at 1/8, 3/8, 5/8, 7/8
        ({"a": (9, 2), "b": (9, 4)}, "b1 a1 b2 b3 a2 b4"),
        # both at 1/6, 3/6, 5/6: ties by stratum order
        ({"b": (9, 3), "a": (9, 3)}, "b1 a1 b2 a2 b3 a3"),
        # a at 1/2; b at 1/6, 3/6, 5/6: the tie at 1/2 goes to a
        ({"a": (9, 1), "b": (9, 3)}, "b1 a1 b2 b3"),
        ({"a": (0, 0), "b": (9, 2)}, "b1 b2"),
    ],
)
def test_the_queue_by_hand(strata, expected):
    assert names(a_design_of(**strata)) == expected.split()


def test_equal_keys_are_ordered_by_source_then_id():
    design = a_design_of(a=(9, 3))
    calls = [
        DrawnCall(stratum="a", key="7", source=source, call_id=name) for source, name in (("s", "b"), ("s", "a"), ("r", "z"))
    ]
    assert [(c.source, c.call_id) for c in queue_order(design, calls)] == [("r", "z"), ("s", "a"), ("s", "b")]


@st.composite
def designs(draw):
    """Designs as the allocation makes them."""
    size = draw(st.integers(20, 50))
    strata = draw(st.integers(1, 4 if size >= 35 else 2))
    populations = draw(st.lists(st.integers(0, 2000), min_size=strata, max_size=strata))
    parts = allocate(populations, [None] * strata, size)
    return a_design_of(**{f"s{h}": (N, n) for h, (N, n) in enumerate(zip(populations, parts, strict=True))})


@given(designs(), st.randoms(use_true_random=False))
def test_the_queue_is_a_permutation_and_stable(design, random):
    drawn = drawn_of(design)
    queue = queue_order(design, drawn)
    assert sorted(call.call_id for call in queue) == sorted(call.call_id for call in drawn)
    random.shuffle(drawn)
    assert queue_order(design, drawn) == queue


@given(designs())
def test_wherever_the_grader_stops_the_strata_are_within_one_of_their_part(design):
    """At each moment every stratum is within half a call of its own pace, so with H strata, one of them the part p of all,

    its count is within (1 - p)/2 + p (H - 1)/2 = 1/2 + p (H - 2)/2 of proportional: below 1 for up to three strata, and at most
    1.02 for four of at least 8 of 50 calls.
    """
    queue = queue_order(design, drawn_of(design))
    drawn = [size for size in design.strata if size.drawn]
    seen: Counter[str] = Counter()
    for k, call in enumerate(queue, 1):
        seen[call.stratum] += 1
        for size in drawn:
            part = size.drawn / len(queue)
            off = abs(seen[size.stratum.name] - k * part)
            assert off <= 0.5 + part * max(len(drawn) - 2, 0) / 2 + 1e-9
            assert off < 1 or len(drawn) > 3


@given(designs())
def test_within_a_stratum_any_prefix_holds_the_smallest_keys(design):
    keys: dict[str, list[str]] = {}
    for call in queue_order(design, drawn_of(design)):
        keys.setdefault(call.stratum, []).append(call.key)
    assert all(found == sorted(found) for found in keys.values())


def the_calls(drawn):
    return {(one.source, one.call_id): a_call(id=one.call_id) for one in drawn}


def test_the_sample_is_numbered_from_one_and_each_call_has_its_probability():
    design = a_design_of(a=(20, 2), b=(8, 4))
    drawn = drawn_of(design)
    sample = weekly_sample(design, drawn, the_calls(drawn), a_rubric(), redraw=2, reason="wrong scope")
    assert [item.position for item in sample.items] == [1, 2, 3, 4, 5, 6]
    assert {item.stratum: item.probability for item in sample.items} == {"a": 0.1, "b": 0.5}  # 2/20, 4/8
    assert (sample.week, sample.redraw, sample.reason) == (WEEK, 2, "wrong scope")
    assert sample.rubric_digest == a_rubric().digest()
    assert sample.criterion_digests == a_rubric().digests()


def test_every_kth_call_has_the_probability_one_of_k():
    # 3 of 10 calls, every 4th from the second on: 1/4, not 3/10
    design = a_design_of(all=(10, 3)).model_copy(update={"every_nth": 4})
    drawn = drawn_of(design)
    assert {item.probability for item in weekly_sample(design, drawn, the_calls(drawn), a_rubric()).items} == {0.25}


def broken(change):
    """What `_check` is to find: the drawn calls and the call log after a change."""
    drawn = drawn_of(a_design_of(a=(20, 3)))
    calls = the_calls(drawn)
    if change == "twice":
        drawn[1] = drawn[0]
    elif change == "fewer":
        drawn.pop()
    elif change == "stranger":
        drawn[0] = drawn[0].model_copy(update={"stratum": "z"})
    elif change == "gone":
        calls.pop(("demo", "a2"))
    elif change == "silent":
        calls["demo", "a2"] = a_call([("system", "ring")], id="a2")
    return drawn, calls


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("twice", "a call was drawn twice"),
        ("fewer", "the engine drew {'a': 2} where the design asks for {'a': 3}"),
        ("stranger", "where the design asks for {'a': 3}"),
        ("gone", "a drawn call has no transcript in the call log"),
        ("silent", "a drawn call has no transcript in the call log"),
    ],
)
def test_an_answer_of_the_engine_that_does_not_fit_is_never_passed_over(change, words):
    drawn, calls = broken(change)
    with pytest.raises(DrawError) as caught:
        weekly_sample(a_design_of(a=(20, 3)), drawn, calls, a_rubric())
    assert words in caught.value.what
    assert "evalharness verify" in caught.value.fix
