"""Many words sought at once: the same answer as one `in` after the other."""

from __future__ import annotations

import random

import pytest

from evalharness.collect.privacy.stems import any_of

STEMS = ("pin", "otp", " tan", "code", "cv", "führer", "id card", "$", "s s n", "plate", "late")


@pytest.mark.parametrize("stem", STEMS)
def test_each_stem_is_found(stem):
    """At the start, at the end and inside a word; with a sign put into it or without its last letter it is not."""
    found = any_of([stem])
    assert all(found.search(text) for text in (stem, f"x{stem}", f"{stem}x", f"{stem[0]}{stem}"))
    assert not any(found.search(text) for text in ("", stem[:-1], f"{stem[:-1]}#{stem[1:]}"))


def test_as_one_after_the_other():
    """Texts of pieces of the stems: found where one of the stems stands, and only there."""
    rng, found, all_of = random.Random(2), 0, any_of(STEMS)
    pieces = [*(stem[:2] for stem in STEMS), *(stem[-2:] for stem in STEMS), *(stem[1:] for stem in STEMS), "a", " "]
    for _ in range(3000):
        text = "".join(rng.choice(pieces) for _ in range(rng.randint(0, 4)))
        assert bool(all_of.search(text)) == any(stem in text for stem in STEMS), text
        found += bool(all_of.search(text))
    assert 300 < found < 2700
