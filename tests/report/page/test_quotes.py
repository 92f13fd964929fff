"""Quotes found in the words of their turn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalharness.report.page.quotes import pieces, span


def test_a_quote_is_found_whatever_its_case_and_white_space() -> None:
    """Letter by letter first."""
    assert span("Friday at ten", "at ten") == (7, 13)
    assert span("FRIDAY  at\nten", "friday at ten") == (0, 14)
    assert span("Friday", "Monday") is None
    assert span("Friday", " ") is None


def test_overlapping_quotes_name_everybody_on_each_stretch() -> None:
    """Anna quotes "one two", Ben "two three": three stretches and the rest."""
    found = pieces("one two three four", [("Anna", "one two"), ("Ben", "two three")])
    assert [(one.text, one.said_by) for one in found] == [
        ("one ", ("Anna",)), ("two", ("Anna", "Ben")), (" three", ("Ben",)), (" four", ())
    ]  # fmt: skip


@given(st.text(), st.lists(st.tuples(st.sampled_from(["a", "b"]), st.text(max_size=5)), max_size=4))
def test_the_pieces_joined_are_the_text(text: str, quotes: list[tuple[str, str]]) -> None:
    """Nothing is lost or said twice."""
    assert "".join(piece.text for piece in pieces(text, quotes)) == text
