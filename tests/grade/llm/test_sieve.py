"""The sieve: no pattern that matches a text is ever left out, whatever the text, and the file of needs is of these patterns."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalharness.grade.llm import decoding, readings, signs
from evalharness.grade.llm.rules import RULES
from evalharness.grade.llm.sieve import LONG_WORD, Sieve, kept
from tests.grade.llm import needed

SIEVE = Sieve(signs.PATTERNS)
ALL = [re.compile(pattern, re.DOTALL) for pattern in signs.PATTERNS]
WORDS = sorted(
    {word for line in Path(__file__).with_name("orders.tsv").read_text().lower().splitlines() for word in line.split()}
    | {group.strip("^") for ways in kept().values() for way in ways for need in way for group in need.split()}
)
ROOMY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def test_the_file_is_of_these_patterns():
    """After a change of a pattern or a sample call: python -m tests.grade.llm.needed."""
    assert kept() == needed.table()
    assert len(kept()) == len(set(signs.PATTERNS))


def test_an_unknown_pattern_is_always_tried():
    """One that the file does not hold passes on any text."""
    assert Sieve([r"no such pattern\d"]).passing("") == [0]


def test_an_ordinary_call_passes_next_to_nothing():
    """What the sieve is for."""
    assert len(SIEVE.passing("good morning, i would like to move my appointment to thursday, please.")) <= 3


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"\bqab(?:cd|ce)\b.*?\b(?:qfive|q5)\b", [["^qabcd ^qabce", "^q5^ ^qfive"]]),
        (r"x?\b(?:qz)+\d", [["qz"]]),
        (r"\bqqq\b|\bzzz the\b", [["^qqq^"], ["^zzz^"]]),
        (r"\w*|zz", []),
    ],
)
def test_needs_of_small_patterns(pattern, ways):
    """Worked out by hand: six signs of a word with its edges, none of a repeated piece; of several words the rarest."""
    assert [sorted(" ".join(need) for need in way) for way in needed.ways(pattern)] == list(map(sorted, ways))


@given(st.data())
@settings(ROOMY, max_examples=200)
def test_whatever_a_pattern_matches_passes(data):
    """Texts made from a pattern, with anything before and behind."""
    number = data.draw(st.integers(0, len(ALL) - 1))
    text = data.draw(st.from_regex(ALL[number], alphabet=st.characters(codec="utf-8")))
    assert number in SIEVE.passing(text)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40), st.randoms(use_true_random=False))
@ROOMY
def test_found_as_without_a_sieve(words, chance):
    """Words of orders in any order and with any gaps: rules and stems find what they find when every one is tried."""
    text = readings.plain("".join(word + chance.choice((" ", " ", ", ", "-", "\n", "")) for word in words)).text
    stems = frozenset(word[:4] for word in re.findall(r"\w+", text))
    rules = [
        (rule.sign, *match.span())
        for rule, pattern in zip(RULES, ALL, strict=False)
        if rule.can_hold(stems)
        for match in pattern.finditer(text)
    ]
    assert list(signs.found_in(text)) == rules
    others = [*ALL[len(RULES) :]] if re.search(r"[\u0590-\u11ff\u3040-\ud7ff]", text) else ALL[len(RULES) :][: len(signs._SPACED)]
    assert [span for _, *span in signs.in_tongues(text)] == [[*m.span()] for one in others for m in one.finditer(text)]


@given(st.data())
@ROOMY
def test_no_encoded_form_is_left_out(data):
    """Texts made from a form's pattern: it is among those tried."""
    number = data.draw(st.integers(0, len(decoding._FORMS) - 1))
    text = data.draw(st.from_regex(decoding._FORMS[number][0]))
    assert decoding._possible(text) >> number & 1


def test_long_words_may_be_anything():
    """A word over 64 characters is not looked into: every form and every pattern is tried."""
    word = "z" * (LONG_WORD + 1)
    assert decoding._possible(word) == (1 << len(decoding._FORMS)) - 1
    assert SIEVE.passing(word) == list(range(len(ALL)))


@given(st.text(alphabet="ab ié_-5.\n1!", max_size=60))
@ROOMY
def test_readings_are_what_they_say(text):
    """Without gaps, with figures for letters, by words backwards: by the plain definition, places too."""
    first = readings.plain(text)
    glued = readings.run_together(first)
    assert glued.text == "".join(letter for letter in first.text if letter.isalnum())
    assert [first.text[at] for at in (glued.places() if glued.places else [])] == list(glued.text)
    leet = readings._leet(first)
    table = str.maketrans("013457@$!|+", "oieastasilt")
    mixed = [w for w in first.text.split() if re.search("[a-z]", w) and re.search("[013457@$!|+]", w)]
    wanted = "".join(w.translate(table) if w in mixed else w for w in re.split(r"(\s+)", first.text))
    assert (first.text if leet is None else leet.text) == wanted
    back = readings._backwards(first)
    assert back.text.split() == first.text.split()[::-1]


@given(st.text(alphabet="ab é_-. \n", max_size=40))
@ROOMY
def test_spelt_out_letters_are_found(text):
    """Six letters and more that stand alone, one after the other."""
    run = re.compile(r"(?<![^\W_])(?:[^\W_](?:[\W_]{1,6})){5,}[^\W_](?![^\W_])")
    assert [span for _, *span in readings.spelt_out(text)] == [[*match.span()] for match in run.finditer(text)]


def test_random_letters_too():
    """Texts of groups glued at random: nothing that matches is missed. Fixed seed."""
    chance = random.Random(7)
    for _ in range(300):
        text = "".join(chance.choice(WORDS) + chance.choice(" \n.:,") for _ in range(30))
        passing = set(SIEVE.passing(text))
        assert all(number in passing for number, pattern in enumerate(ALL) if pattern.search(text))
