"""Which calls are graded assisted: by their place in the list, never by what was answered."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.models.sample import SampleItem
from evalharness.sample.lanes import Identity, Known, assisted_calls, chosen_by_answers
from tests.builders import a_call, a_sample

ANNA, BEN = "Anna Keller", "Ben Ode"
TEN = a_sample(10)
LISTS = {ANNA: (1, 2, 3, 5, 6, 7, 9), BEN: (3, 4, 6, 8, 10)}
"""Calls 3 and 6 are read by both."""


def calls(*positions: int) -> tuple[Identity, ...]:
    return tuple(("demo", f"c{position}") for position in positions)


ALL = calls(*range(1, 11))


def assisted(person: str = ANNA, blind_first: int = 2, answered: Collection[Identity] = ALL, **known: Collection[Identity]):
    return assisted_calls(TEN, LISTS, person, blind_first, Known(answered, **known))


def test_the_first_of_the_list_are_blind_and_so_is_what_two_read():
    """Anna's list is 1 2 | 3 5 6 7 9; 3 and 6 are Ben's too. Ben's is 3 4 | 6 8 10."""
    assert assisted() == calls(5, 7, 9)
    assert assisted(BEN) == calls(8, 10)


def test_blind_first_counts_the_persons_own_calls():
    """Five blind ones of Anna are 1 2 3 5 6, not the first five of the queue; 0 leaves only those read by two."""
    assert assisted(blind_first=5) == calls(7, 9)
    assert assisted(blind_first=0) == calls(1, 2, 5, 7, 9)
    assert assisted(blind_first=7) == ()


def test_without_an_answer_to_show_a_call_is_blind():
    assert assisted(answered=calls(7)) == calls(7)
    assert assisted(answered=()) == ()


def test_what_was_begun_blind_stays_blind():
    assert assisted(begun=calls(5)) == calls(7, 9)


def test_what_was_shown_stays_assisted():
    """Whatever the configuration, the answers or a second reader say by now; in queue order."""
    assert assisted(blind_first=7, answered=(), begun=calls(2), shown=calls(9, 2, 3)) == calls(2, 3, 9)
    assert assisted(shown=calls(4)) == calls(5, 7, 9), "call 4 is not on Anna's list"


def test_a_call_picked_by_hand_stands_behind_the_list():
    """Picked calls 11 and 12 are behind the drawn ones; 12 was picked for both."""
    picked = tuple(
        SampleItem(position=at, stratum="picked", key="", probability=None, call=a_call(id=f"c{at}")) for at in (11, 12)
    )
    sample = TEN.model_copy(update={"picked": picked})
    lists = {ANNA: (1, 11, 12), BEN: (2, 12)}
    assert assisted_calls(sample, lists, ANNA, 1, Known(calls(1, 11, 12))) == calls(11)


def test_nobody_else_has_lanes_and_a_negative_number_is_refused():
    assert assisted("Cora Lind") == ()
    with pytest.raises(ValueError, match="-1 blind calls"):
        assisted(blind_first=-1)


@given(st.integers(0, 10), st.sets(st.sampled_from(ALL)), st.sets(st.sampled_from(ALL)))
def test_more_blind_calls_only_take_from_the_assisted_ones(blind_first: int, answered: set[Identity], begun: set[Identity]):
    """A longer blind part is never assisted elsewhere, and its calls are among the answered."""
    found = assisted(blind_first=blind_first, answered=answered, begun=begun)
    assert set(assisted(blind_first=blind_first + 1, answered=answered, begun=begun)) <= set(found)
    assert set(found) <= answered - begun


ASKED = TEN.model_copy(update={"design": TEN.design.model_copy(update={"asked": LISTS})})


def test_calls_behind_the_blind_ones_are_chosen_by_answers():
    """Anna's 1 2 | 5 7 9 and Ben's 3 4 | 8 10; 3 and 6 are read by both, and 5 was begun before the LLM had answered anything."""
    assert chosen_by_answers(ASKED, 2, ()) == frozenset(calls(5, 7, 8, 9, 10))
    assert chosen_by_answers(ASKED, 2, calls(5, 1)) == frozenset(calls(7, 8, 9, 10))
    assert chosen_by_answers(ASKED, 7, ()) == frozenset()
    with pytest.raises(ValueError, match="-1 blind calls"):
        chosen_by_answers(ASKED, -1, ())


def test_with_calls_of_which_the_llm_says_nothing_a_rate_is_biased_without_them_it_is_not():
    """3 of 10 calls fail; the LLM has no answer of half of these and of one in ten others: .15 + .07 of calls.

    Of 50 the first 20 are blind, then the .22 x 30 without an answer: (20 x .3 + 30 x .15) / (20 + 30 x .22) = .395.
    """
    rng = np.random.default_rng(5)
    sample = a_sample(50)
    whole = sample.model_copy(update={"design": sample.design.model_copy(update={"asked": {ANNA: tuple(range(1, 51))}})})
    aside = {int(name[1:]) for _, name in chosen_by_answers(whole, 20, ())}
    taken, kept = [], []
    for _ in range(400):
        fails = rng.random(50) < 0.3
        silent = rng.random(50) < np.where(fails, 0.5, 0.1)
        blind = [place for place in range(1, 51) if place <= 20 or silent[place - 1]]
        taken.append(np.mean([fails[place - 1] for place in blind]))
        kept.append(np.mean([fails[place - 1] for place in blind if place not in aside]))
    assert np.mean(taken) == pytest.approx(0.395, abs=0.02)
    assert np.mean(kept) == pytest.approx(0.3, abs=0.02)
