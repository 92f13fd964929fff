"""Columns of a ratings file: the reference values of the literature, and columns that say nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.aggregate.ratings import Ratings, ratings_report
from evalharness.models.agreement import GraderComparison, RatingsReport

Rows = Sequence[Sequence[str]]


def report(rows: Rows, names: str = "AB", **how: str) -> RatingsReport:
    """Of columns named by single letters, line 2 the first row."""
    cells = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return ratings_report(Ratings("ratings.csv", cells, range(2, len(rows) + 2)), **how)


def pair(rows: Rows, **how: str) -> GraderComparison:
    found = report(rows, **how).pair
    assert found is not None
    return found


def joint(no_no: int, no_yes: int, yes_no: int, yes_yes: int) -> list[tuple[str, str]]:
    """The rows of a table of two by two, the first rater's answer first."""
    return [("no", "no")] * no_no + [("no", "yes")] * no_yes + [("yes", "no")] * yes_no + [("yes", "yes")] * yes_yes


@pytest.mark.parametrize(
    ("table", "exact", "kappa", "ac"),
    [((118, 5, 2, 0), 0.944, -0.0234, 0.9408), ((40, 9, 6, 45), 0.85, 0.6995, 0.7007), ((80, 10, 5, 5), 0.85, 0.3182, 0.808)],
)
def test_the_prevalence_paradox(table: tuple[int, int, int, int], exact: float, kappa: float, ac: float) -> None:
    """The same agreement, kappa and AC1 far apart. By hand for (80, 10, 5, 5): pa .85; pe .9 x .85 + .1 x .15 = .78, so kappa
    .07/.22; AC1's pe 2 x .875 x .125 = .21875, so (.85 - .21875)/.78125."""
    found = pair(joint(*table)).found
    assert found is not None
    assert (found.exact.value, found.kappa.value, found.ac.value) == pytest.approx((exact, kappa, ac), abs=1e-4)


def test_no_failure_found_is_said() -> None:
    """(118, 5, 2, 0): of the second's five yes the first found none, 0 (0 to 1 - .025^(1/5) = 52 %); 118 of 120 no."""
    found = pair(joint(118, 5, 2, 0))
    assert found.event == "yes"
    assert found.found is not None
    assert found.found.sensitivity is not None
    assert found.found.specificity is not None
    assert (found.found.sensitivity.value, found.found.sensitivity.n) == (0.0, 5)
    assert found.found.sensitivity.high == pytest.approx(1 - 0.025**0.2, abs=1e-6)
    assert found.found.specificity.value == pytest.approx(118 / 120)
    assert (found.first_gave, found.second_gave) == ((123, 2), (120, 5))


def test_levels_have_bias_within_one_and_both_distributions() -> None:
    """Ten rows 4 against 5, ten 3 against 3: exact 10/20, within one 20/20, bias -10/20."""
    found = pair([("4", "5")] * 10 + [("3", "3")] * 10, scale="1-5")
    assert found.found is not None
    assert found.found.bias is not None
    assert found.found.within_one is not None
    assert (found.found.exact.value, found.found.within_one.value, found.found.bias.value) == (0.5, 1.0, -0.5)
    assert (found.answers, found.first_gave, found.second_gave) == (
        ("1", "2", "3", "4", "5"),
        (0, 0, 10, 10, 0),
        (0, 0, 10, 0, 10),
    )
    assert found.note == ""


@pytest.mark.parametrize(
    ("rows", "shown", "said"),
    [
        ([("4", "4")] * 30, False, "both gave 4 every time (30 of 30): nothing varies"),
        ([(str(1 + i % 3), str(1 + i % 3)) for i in range(30)], True, "the columns are the same in every row"),
        ([("3", str(1 + i % 5)) for i in range(30)], True, "one column holds only 3"),
        ([("4", "")] * 30, False, "no row has a rating in both columns"),
        ([("4", "3"), ("2", "2")], True, "only 2 pairs; 20 are needed"),
    ],
)
def test_columns_that_say_little_say_so(rows: Rows, shown: bool, said: str) -> None:
    """Constant, perfect, half constant, half empty, too few: a sentence, and no figure where there is none."""
    found = pair(rows)
    assert said in found.note
    assert (found.found is not None) == shown


def test_a_constant_scale_as_given_still_counts_equal_answers() -> None:
    """30 rows of 4 on the scale 1-5: all equal, no alpha."""
    found = pair([("4", "4")] * 30, scale="1-5").found
    assert found is not None
    assert (found.exact.value, found.alpha.value, found.kappa.value) == (1.0, None, None)


def test_nothing_at_all() -> None:
    """Blank columns, and no row: one sentence."""
    for rows in ([("", " ")] * 3, []):
        found = report(rows)
        assert (found.note, found.pair, found.scale) == ("no cell of these columns holds a rating", None, ())


def test_each_column_says_what_it_holds() -> None:
    """3, 6 off the scale, blank, N/A: one rating; the cell that is none is named with its line; N/A against 2 is beside."""
    found = report([("3", "3"), ("6", "1"), ("", "1"), ("n/a", "2")], scale="1-5")
    first = found.raters[0]
    assert (first.rated, first.unread, first.blank, first.not_applicable) == (1, 1, 1, 1)
    assert found.unread == ("line 3, A: '6'",)
    assert found.pair is not None
    assert (found.pair.pairs, found.pair.not_applicable) == (1, 1)
    many = report([("9", "1")] * 8, scale="1-5")
    assert (len(many.unread), many.unread[-1]) == (6, "and 3 more")


KRIPPENDORFF = ("123321412...", "123322412 5.3".replace(" ", ""), ".3332342251.", "123324412" + "51.")
"""4 observers x 12 units [Krippendorff 2011]."""


def krippendorff() -> list[tuple[str, ...]]:
    return list(zip(*KRIPPENDORFF, strict=True))


@pytest.mark.parametrize(("scale", "alpha", "ac"), [("1-5", 0.815, 0.899), ("1-5 as words", 0.743, 0.775)])
def test_krippendorff_and_gwet_over_four_raters(scale: str, alpha: float, ac: float) -> None:
    """Ordinal .815 and AC2 .899; taken as five categories nominal .743 and AC1 .775; A2-12 hold no two ratings in one row."""
    rows = krippendorff()
    if scale == "1-5":
        found = report(rows, "ABCD", scale=scale)
    else:
        words = dict(zip("12345", ("one", "two", "three", "four", "five"), strict=True))
        found = report([[words.get(cell, "") for cell in row] for row in rows], "ABCD")
    assert found.alpha is not None
    assert found.ac is not None
    assert (found.alpha.value, found.ac.value) == pytest.approx((alpha, ac), abs=5e-4)
    assert (found.alpha.n, found.ac.n) == (11, 12)


def test_many_raters_that_say_nothing() -> None:
    """No row rated twice; all alike on a scale of one; all alike on a given scale."""
    assert "no row has two ratings" in report([("1", "", ""), ("", "2", "")], "ABC").note
    assert "nothing varies" in report([("2", "2", "2")] * 5, "ABC").note
    given = report([("2", "2", "2")] * 5, "ABC", scale="1-5")
    assert given.alpha is not None
    assert (given.alpha.value, "nothing varies" in given.note) == (None, True)


def test_an_llm_is_no_rater() -> None:
    """Three people and an LLM on 40 rows: the test is run, alpha is of the people alone; 20 rows are too few."""
    rows = [(str(1 + i % 4), str(1 + i % 4), str(1 + (i + i % 2) % 4), str(1 + i % 4)) for i in range(40)]
    found = report(rows, "ABCL", llm="L")
    assert found.annotators is not None
    assert found.annotators.people == ("A", "B", "C")
    assert found.alpha == report([row[:3] for row in rows], "ABC").alpha
    few = report(rows[:20], "ABCL", llm="L")
    assert (few.annotators, "needs 3 people who share 30 rows" in few.note) == (None, True)
    two = report([(a, b, llm) for a, b, _, llm in rows], "ABL", llm="L")
    assert two.pair is not None
    assert "needs 3 people" in two.note


@given(st.lists(st.tuples(*[st.sampled_from(["1", "2", "3", "", "N/A", "x", "2,5"])] * 2), max_size=25))
def test_no_columns_break_it(rows: list[tuple[str, ...]]) -> None:
    """Whatever the cells hold there is a report, and nothing in it is nan (a Measure takes none)."""
    found = report(rows)
    assert found.note or found.pair is not None
