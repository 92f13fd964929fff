"""A pattern in its quick form finds what it found before, and nothing else."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from evalharness.grade.llm import readings
from evalharness.grade.llm.quick import quick
from evalharness.grade.llm.signs import PATTERNS

ORDERS = Path(__file__).with_name("orders.tsv").read_text().lower().splitlines()
WORDS = sorted({word for line in ORDERS for word in line.split()})


@pytest.mark.parametrize(
    ("pattern", "form"),
    [
        (r"\bfrom now\b", r"f(?<!\w.)rom now\b"),
        (r"\b(?:give|mark|get(?:s|ting)?)\b.", r"(?:g(?<!\w.)(?:ive|et(?:s|ting)?)|m(?<!\w.)(?:ark))\b."),
        (r"\ba[|)\]]b|\b(?:c|\d)|x\b", r"a(?<!\w.)[|)\]]b|\b(?:c|\d)|x\b"),
        (r"\bu?s|\b(?:al?l|b+)|\b(?:at)+", r"\bu?s|\b(?:al?l|b+)|\b(?:at)+"),
        (r"(?<!\w)(?:no|a\|b)", r"(?<!\w)(?:no|a\|b)"),
    ],
)
def test_forms(pattern: str, form: str) -> None:
    """By hand: what begins with a known letter is put together by it; a set, a repeated letter and all else stay as they are."""
    assert quick(pattern) == form


def test_every_pattern_finds_the_same() -> None:
    """Orders to a judge, the same ones with a letter or a line end before them, and their words in any order."""
    chance = random.Random(7)
    mixed = [" ".join(chance.choices(WORDS, k=40)) for _ in range(150)]
    texts = [*ORDERS, *(f"x{line}" for line in ORDERS), *(f"a\n{line}" for line in ORDERS), *mixed]
    found = 0
    for pattern in PATTERNS:
        plain, other = re.compile(pattern, re.DOTALL), re.compile(quick(pattern), re.DOTALL)
        for text in texts:
            spans = [match.span() for match in plain.finditer(text)]
            assert spans == [match.span() for match in other.finditer(text)]
            found += len(spans)
    assert found > 100


def test_letters_that_stand_alone_are_seen_by_their_shape() -> None:
    """Against the pattern itself: letters, figures, gaps of one to eight signs, words between them."""
    chance = random.Random(8)
    seen = set()
    for _ in range(4000):
        parts = chance.choices(["a", "b", "7", "ab", " ", "-", "_", "  ", ". ", "       ", "\n"], k=chance.randint(5, 24))
        text = "".join(parts)
        spelt = readings._LETTER_RUN.search(text) is not None
        assert readings._spelt(text) == spelt
        seen.add(spelt)
    assert seen == {True, False}
