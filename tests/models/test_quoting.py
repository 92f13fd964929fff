"""Quotes in the words of a turn: where they stand, and that nothing of the turn is lost around them."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.models.quoting import Part, parts_of, span

TEXT = "Friday at ten is free.\nShall I  book it?"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Friday", "Friday"),
        ("friday AT ten", "Friday at ten"),
        ("free. Shall I book", "free.\nShall I  book"),
        ("  book it? ", "book it?"),
        ("Saturday", None),
        ("", None),
        (" \n", None),
        ("it.", None),  # a dot is a dot
    ],
)
def test_a_quote_is_found_to_the_letter_else_whatever_its_case_and_space(quote: str, found: str | None) -> None:
    """The stretch of the turn that it names."""
    place = span(TEXT, quote)
    assert (TEXT[slice(*place)] if place else None) == found


def test_quotes_that_overlap_are_cut_where_they_begin_and_end() -> None:
    """ "Friday at ten" by one, "ten is free" by two: three stretches, the middle one of both, and the rest."""
    marks = [("one", "Friday at ten"), ("two", "ten is free"), ("two", "Saturday")]
    assert parts_of(TEXT, marks) == (
        Part("Friday at ", ("one",)),
        Part("ten", ("one", "two")),
        Part(" is free", ("two",)),
        Part(".\nShall I  book it?"),
    )


def test_a_turn_without_quotes_is_one_piece() -> None:
    assert parts_of(TEXT, []) == (Part(TEXT),)
    assert parts_of("", []) == ()


@given(text=st.text(max_size=60), quotes=st.lists(st.text(max_size=12), max_size=5))
def test_the_pieces_are_the_text(text: str, quotes: list[str]) -> None:
    """Whatever is quoted, nothing of the turn is lost, doubled or put elsewhere."""
    marks = [(str(n), quote) for n, quote in enumerate([*quotes, text[3:9]])]
    parts = parts_of(text, marks)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    assert set(chain(*(part.names for part in parts))) <= {name for name, _ in marks}
