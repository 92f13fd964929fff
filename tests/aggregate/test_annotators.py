"""The alternative annotator test on blind grades: who takes part, and when it is not run."""

from __future__ import annotations

from evalharness.aggregate.annotators import annotator_test


def rows(calls: int, people: int = 3) -> list[dict[str, float]]:
    """Each call read by all people, alike but for the last, who is one level off on every second call."""
    found = []
    for call in range(calls):
        level = float(1 + call % 4)
        row = {f"p{number}": level for number in range(people)}
        row[f"p{people - 1}"] = level + call % 2
        found.append(row)
    return found


def test_a_judge_that_agrees_passes() -> None:
    """The judge gives what most people gave on 40 calls: it is as close to the others as anybody: all three may be replaced."""
    given = rows(40)
    found = annotator_test(given, [row["p0"] for row in given], "ordinal")
    assert found is not None
    assert (found.people, found.calls, found.passed) == (("p0", "p1", "p2"), (40, 40, 40), True)
    assert found.advantage > 0.9


def test_a_judge_two_levels_off_fails() -> None:
    """It is never closer to the others than a person: nobody may be replaced."""
    given = rows(40)
    found = annotator_test(given, [row["p0"] + 2 for row in given], "ordinal")
    assert found is not None
    assert (found.winning_rate, found.passed) == (0.0, False)


def test_it_needs_three_people_of_thirty_shared_calls() -> None:
    """29 calls, or two people, or a third who read every call alone: no test."""
    assert annotator_test(rows(29), [1.0] * 29, "ordinal") is None
    assert annotator_test(rows(40, people=2), [1.0] * 40, "ordinal") is None
    alone = [*rows(40, people=2), *({"p9": 1.0} for _ in range(40))]
    assert annotator_test(alone, [1.0] * 80, "category") is None


def test_who_shares_too_few_is_left_out() -> None:
    """A fourth person with 10 calls takes no part; the other three do."""
    given = [row | ({"late": 1.0} if number < 10 else {}) for number, row in enumerate(rows(40))]
    found = annotator_test(given, [row["p0"] for row in given], "yes_no")
    assert found is not None
    assert found.people == ("p0", "p1", "p2")
