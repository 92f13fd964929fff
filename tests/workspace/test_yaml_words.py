"""What a noun refused, in plain words and at its place."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, field_validator

from evalharness.models.noun import Noun
from evalharness.workspace.yaml_words import FieldsError, collected, nearest, quoted, unique
from tests.workspace.building import refused


class Inner(Noun):
    """A part of a form."""

    kind: Literal["low", "high"] = "low"
    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    above: Annotated[float, Field(gt=0, lt=10)] = 1.0
    word: Annotated[str, Field(min_length=2, max_length=4, pattern=r"^[a-z]+$")] = "abc"
    many: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)


class Form(Noun):
    """A form with every sort of field."""

    name: str
    size: int = 1
    on: bool = False
    inner: Inner = Inner()
    inners: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] = Field(default_factory=dict)
    maybe: Inner | None = None
    odd: int = 1

    @field_validator("odd")
    @classmethod
    def _odd(cls, odd: int) -> int:
        if odd % 2 == 0:
            raise ValueError(f"{odd} is even; give an odd number")
        return odd


@pytest.mark.parametrize(
    ("line", "column", "field", "message"),
    [
        ("size: ten", 7, "size", "'ten' should be a whole number"),
        ("size: 1.5", 7, "size", "1.5 should be a whole number"),
        ("size: true", 7, "size", "true should be a whole number"),
        ("size:", 6, "size", "nothing stands here; it should be a whole number"),
        ("size: [1]", 7, "size", "a list should be a whole number"),
        ("on: 1", 5, "on", "1 should be true or false"),
        ("on: maybe", 5, "on", "'maybe' should be true or false"),
        ("odd: 4", 6, "odd", "4 is even; give an odd number"),
        ("inner: word", 8, "inner", "'word' should be a mapping of keys and values"),
        ("inner: [1]", 8, "inner", "a list should be a mapping of keys and values"),
        ("inners: {a: 1}", 9, "inners", "a mapping should be a list"),
        ("inners: [3]", 10, "inners[0]", "3 should be a mapping of keys and values"),
        ("by_name: [3]", 10, "by_name", "a list should be a mapping of keys and values"),
        ("inner: {kind: hi}", 15, "inner.kind", "'hi' is not one of low, high; did you mean high?"),
        ("inner: {kind: hihg}", 15, "inner.kind", "'hihg' is not one of low, high; did you mean high?"),
        ("inner: {share: 2}", 16, "inner.share", "2 should be at most 1.0"),
        ("inner: {share: -1}", 16, "inner.share", "-1 should be at least 0.0"),
        ("inner: {above: 0}", 16, "inner.above", "0 should be more than 0.0"),
        ("inner: {above: 10}", 16, "inner.above", "10 should be less than 10.0"),
        ("inner: {share: '1'}", 16, "inner.share", "'1' should be a number"),
        ("inner: {word: a}", 15, "inner.word", "'a' should have at least 2 character(s)"),
        ("inner: {word: abcde}", 15, "inner.word", "'abcde' should have at most 4 characters"),
        ("inner: {word: a1}", 15, "inner.word", "'a1' should be of the form ^[a-z]+$"),
        ("inner: {word: 12}", 15, "inner.word", "12 should be text; write it in quotes"),
        ("inner: {many: []}", 15, "inner.many", "a list should have at least 1 entry or entries"),
        ("inner: {many: [1, 2, 3]}", 15, "inner.many", "a list should have at most 2 entries"),
        ("inners: [{kind: low}, {kind: x}]", 30, "inners[1].kind", "'x' is not one of low, high"),
        ("by_name: {b: {kind: x}}", 21, "by_name.b.kind", "'x' is not one of low, high"),
        ("maybe: {kind: x}", 15, "maybe.kind", "'x' is not one of low, high"),
        (
            "siez: 3",
            1,
            "siez",
            "'siez' is not a known key; did you mean size? known: name, size, on, inner, inners, by_name, maybe, odd",
        ),
        ("zzz: 3", 1, "zzz", "'zzz' is not a known key; known: name, size, on, inner, inners, by_name, maybe, odd"),
        (
            "inner: {kidn: x}",
            9,
            "inner.kidn",
            "'kidn' is not a known key; did you mean kind? known: kind, share, above, word, many",
        ),
        (
            "maybe: {kidn: x}",
            9,
            "maybe.kidn",
            "'kidn' is not a known key; did you mean kind? known: kind, share, above, word, many",
        ),
        (
            "inners: [{}, {wrod: x}]",
            15,
            "inners[1].wrod",
            "'wrod' is not a known key; did you mean word? known: kind, share, above, word, many",
        ),
        ("by_name: {b: {x: 1}}", 15, "by_name.b.x", "'x' is not a known key; known: kind, share, above, word, many"),
    ],
)
def test_a_problem_in_words(line: str, column: int, field: str, message: str) -> None:
    """The value as written, what it should be, the nearest known word; the problem stands in line 2."""
    error = refused(f"name: x\n{line}\n", Form)
    assert error.where == f"evalharness.yaml line 2, column {column}, field {field}"
    assert error.what == message


def test_a_missing_key_stands_where_its_mapping_begins() -> None:
    """There is no line of a key that is not there; the field names it."""
    error = refused("size: 3\n", Form)
    assert error.where == "evalharness.yaml line 1, column 1, field name"
    assert error.what == "this key is missing"


def test_a_whole_number_as_key_is_refused() -> None:
    """Only the levels of a rubric are keyed by numbers."""
    error = refused("name: x\n7: x\n", Form)
    assert error.what == "7 is no key here; a key is a word"
    assert error.where == "evalharness.yaml line 2, column 1, field [7]"


def test_several_problems_of_one_noun_keep_their_places() -> None:
    """A noun's own validator can name places within itself."""
    with pytest.raises(FieldsError) as caught:
        collected(iter([(("a", 0), "one")]), iter([]), iter([(("b",), "two")]))
    assert caught.value.found == ((("a", 0), "one"), (("b",), "two"))
    assert str(caught.value) == "a[0]: one; b: two"


def test_no_problems_raise_nothing() -> None:
    """Only a problem is an error."""
    collected(iter([]), iter([]))


def test_names_that_cannot_be_told_apart() -> None:
    """The second and the third are the first again, without regard to case."""
    found = list(unique(["Ann", "ANN", "Ben", "ann"], lambda index: ("people", index), str.casefold))
    assert found == [
        (("people", 1), "'ANN' cannot be told from 'Ann' above; choose another name"),
        (("people", 3), "'ann' cannot be told from 'Ann' above; choose another name"),
    ]


@pytest.mark.parametrize(
    ("word", "known", "text"),
    [
        ("resolutoin", ["resolution", "cost"], "did you mean resolution? known: resolution, cost"),
        ("zzz", ["resolution", "cost"], "known: resolution, cost"),
        ("zzz", [], ""),
    ],
)
def test_the_nearest_known_word(word: str, known: list[str], text: str) -> None:
    """A near word is proposed; the known ones are listed in any case."""
    assert nearest(word, known) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (1, "1"),
        (0, "0"),
        ("a\nb", "'a\\nb'"),
        ("\x1b[0m", "'\\x1b[0m'"),
        ("x" * 99, "'" + "x" * 56 + "..."),
    ],
)
def test_a_value_in_a_message(value: object, text: str) -> None:
    """On one line, at most 60 characters, nothing in it acts on a terminal."""
    assert quoted(value) == text
