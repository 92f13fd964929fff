"""Who grades which call, and how long it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.sample.workload import assign, minutes_for, size_for_minutes
from tests.builders import a_call, a_rubric

OWNER = "Anna"


@pytest.mark.parametrize(
    ("calls", "people", "share", "counts"),
    [
        (35, ["Anna"], 0.2, [35]),  # nobody to grade a second time
        (35, ["Anna", "Ben"], 0.2, [21, 21]),  # 35 + 7 = 42 grades
        (20, ["Anna", "Ben"], 0.2, [20, 4]),  # 24 grades: the owner's 20, then the second readings
        (50, ["Anna", "Ben", "Cleo"], 0.2, [20, 20, 20]),  # 60 grades
        (35, ["Anna", "Ben", "Cleo"], 0.2, [20, 11, 11]),  # 42 - 20 = 22
        (10, ["Anna", "Ben"], 0.0, [10, 0]),  # fewer than 20: all to the owner
        (10, ["Ben", "Anna"], 0.0, [0, 10]),
        (4, ["Anna", "Ben"], 0.2, [4, 0]),  # 0.8 of a call is not read twice
        (20, ["Anna", "Ben"], 1.0, [20, 20]),
        (30, ["Ben", "Cleo"], 0.2, [18, 18]),  # the owner does not grade
    ],
)
def test_how_many_calls_each_person_gets(calls, people, share, counts):
    given_to = assign(calls, people, OWNER, share)
    assert [len(given_to[person]) for person in people] == counts


def test_second_readings_are_spread_over_the_queue():
    given_to = assign(20, ["Anna", "Ben"], OWNER, 0.2)
    assert sorted(set(given_to["Anna"]) & set(given_to["Ben"])) == [5, 10, 15, 20]


PEOPLE = st.integers(1, 6).flatmap(lambda n: st.permutations(["Anna", "Ben", "Cleo", "Dan", "Eve", "Finn"][:n]))


@given(st.integers(0, 60), PEOPLE, st.floats(0, 1))
def test_every_call_is_given_out_and_none_twice_to_one_person(calls, people, share):
    given_to = assign(calls, people, OWNER, share)
    assert set(given_to) == set(people)
    assert {position for positions in given_to.values() for position in positions} == set(range(1, calls + 1))
    assert all(positions == sorted(set(positions)) for positions in given_to.values())


@given(st.integers(0, 60), PEOPLE, st.floats(0, 1))
def test_the_share_of_second_readings_is_kept(calls, people, share):
    grades = sum(map(len, assign(calls, people, OWNER, share).values()))
    assert grades == calls + (int(calls * share) if len(people) > 1 else 0)


@given(st.integers(0, 60), PEOPLE, st.floats(0, 1))
def test_the_owner_reads_20_calls_or_all(calls, people, share):
    assert len(assign(calls, people, OWNER, share)[OWNER]) >= min(20, calls)


@pytest.mark.parametrize(
    ("people", "calibrating", "share", "counts"),
    [
        (["Anna", "Ben"], ["Ben"], 0.2, [35, 21]),  # 21 and 21, 7 of them twice; Anna reads the 14 that Ben has alone too
        (["Anna", "Ben", "Cleo"], ["Ben"], 0.0, [21, 7, 14]),  # 21, 7 and 7; Ben's 7 go to whoever has the fewest
        (["Anna", "Ben"], ["Anna", "Ben"], 0.0, [35, 35]),  # both: everything is read twice
        (["Anna"], ["Anna"], 0.2, [35]),  # nobody else is there
        (["Anna", "Ben"], ["Dan"], 0.0, [20, 15]),  # who does not grade changes nothing
    ],
)
def test_who_needs_calibration_reads_nothing_alone(people, calibrating, share, counts):
    given_to = assign(35, people, OWNER, share, calibrating)
    assert [len(given_to[person]) for person in people] == counts


@given(st.integers(0, 60), PEOPLE, st.floats(0, 1), st.sets(st.sampled_from(["Anna", "Ben", "Cleo", "Dan"])))
def test_each_of_their_calls_goes_to_a_second_person(calls, people, share, calibrating):
    given_to = assign(calls, people, OWNER, share, calibrating)
    fine = [person for person in people if person not in calibrating]
    for person in set(people) & calibrating:
        others = {position for other in (fine or people) if other != person for position in given_to[other]}
        assert len(people) == 1 or set(given_to[person]) <= others
    assert all(positions == sorted(set(positions)) for positions in given_to.values())
    assert {position for positions in given_to.values() for position in positions} == set(range(1, calls + 1))
    assert OWNER not in people or len(given_to[OWNER]) >= min(20, calls)


def test_the_minutes_of_a_call_are_its_words_and_its_questions():
    # 238 words at 238 a minute; the small rubric asks people 6 questions: 6 x 4 s = 0.4 min
    call = a_call([("agent", "word " * 200), ("caller", "word " * 38)])
    assert minutes_for(call, a_rubric()) == pytest.approx(1.4)


def test_measured_questions_cost_no_time():
    assert minutes_for(a_call([]), a_rubric(checks=(), outcome=None)) == pytest.approx(3 * 4 / 60)


@pytest.mark.parametrize(
    ("minutes", "each", "double", "expected"),
    [
        (60, 2.0, 0.2, 25),  # 60 / 2.4
        (59.9, 2.0, 0.2, 24),
        (60, 2.0, 0.0, 30),
        (10, 2.0, 0.2, 20),  # never below 20
        (600, 2.0, 0.2, 50),  # nor above 50
        (60, 0.0, 0.2, 50),  # calls that take no time
    ],
)
def test_the_size_that_fits_into_the_minutes(minutes, each, double, expected):
    assert size_for_minutes(minutes, each, double, (20, 50)) == expected
