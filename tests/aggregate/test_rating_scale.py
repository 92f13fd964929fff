"""The scale of a ratings file: written or seen, and what a cell says on it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.aggregate.rating_scale import number, seen, written
from evalharness.errors import UsageError


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("1-5", "ordinal", ("1", "2", "3", "4", "5")),
        ("-2..2", "ordinal", ("-2", "-1", "0", "1", "2")),
        ("0 to 10", "ordinal", tuple(map(str, range(11)))),
        ("3,1,2", "ordinal", ("1", "2", "3")),
        ("0,1", "yes_no", ("0", "1")),
        ("yes,no", "yes_no", ("no", "yes")),
        ("pass, fail", "yes_no", ("pass", "fail")),
        ("fail,pass", "yes_no", ("pass", "fail")),
        ("met,unmet", "yes_no", ("met", "unmet")),
        ("red,amber,green", "category", ("red", "amber", "green")),
        ("low < middle<high", "ordinal", ("low", "middle", "high")),
    ],
)
def test_a_scale_as_written(text: str, kind: str, words: tuple[str, ...]) -> None:
    """A range, numbers, two words (the event last), more words, words in order."""
    found = written(text)
    assert (found.kind, found.words, found.said) == (kind, words, "as given")


@pytest.mark.parametrize("text", ["", "5", "5-1", "1-1", "1-999", "a", "a,a", "a,A", "a,,b", "1<", ",".join(map(str, range(51)))])
def test_no_scale_is_refused_with_what_to_write(text: str) -> None:
    """One value, none, the same twice, too many."""
    with pytest.raises(UsageError, match="is no scale") as refused:
        written(text)
    assert "--scale 1-5" in refused.value.fix


@pytest.mark.parametrize(
    ("cells", "kind", "words"),
    [
        (["1", "5", "2"], "ordinal", ("1", "2", "3", "4", "5")),
        (["1", "2,5", "4.0"], "ordinal", ("1", "2.5", "4")),
        (["0", "1", "", "1"], "yes_no", ("0", "1")),
        (["Yes", "no", "NO "], "yes_no", ("no", "Yes")),
        (["red", "green", "blue"], "category", ("blue", "green", "red")),
        (["1", "2", "six"], "ordinal", ("1", "2")),
        (["10", "1000"], "ordinal", ("10", "1000")),
    ],
)
def test_a_scale_as_seen(cells: list[str], kind: str, words: tuple[str, ...]) -> None:
    """Gaps between whole numbers are levels; 0 and 1 are no and yes; a word among numbers is no value; a wide span stays."""
    found = seen(cells)
    assert found is not None
    assert (found.kind, found.words, found.said) == (kind, words, "from the ratings")


def test_nothing_seen() -> None:
    """Blank cells and N/A show no scale; 51 different values are a measurement."""
    assert seen(["", " ", ".", "NA", "n/a", "NaN"]) is None
    with pytest.raises(UsageError, match="51 different values"):
        seen([f"{i}.5" for i in range(51)])


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("3", 3.0),
        (" 3.0 ", 3.0),
        ("3,0", 3.0),
        ("", "blank"),
        ("NA", "blank"),
        ("N/A", "not_applicable"),
        ("6", "unread"),
        ("x", "unread"),
    ],
)
def test_what_a_cell_says(cell: str, said: object) -> None:
    """A number of the scale with point or comma; else why it is none."""
    assert written("1-5").read(cell) == said


def test_words_are_read_whatever_their_case() -> None:
    """YES is yes, and the event is 1; a third word is not on the scale. A scale may hold a word that else means blank."""
    scale = written("yes,no")
    assert [scale.read(cell) for cell in ("YES", "no ", "maybe", "")] == [1.0, 0.0, "unread", "blank"]
    assert scale.event == "yes"
    assert written("none,some").read("none") == 0.0


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    """No text raises, and what is a number is finite."""
    found = number(text)
    assert found is None or abs(found) < 1e13


@given(st.lists(st.text(max_size=8), max_size=12))
def test_any_cells_give_a_scale_or_none(cells: list[str]) -> None:
    """A scale of rising values with a word each, and each cell says something on it."""
    found = seen(cells)
    if found is not None:
        assert list(found.values) == sorted(set(found.values))
        assert len(found.words) == len(found.values)
        assert all(isinstance(found.read(cell), float | str) for cell in cells)
