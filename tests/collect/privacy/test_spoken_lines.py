"""The goals on the labelled lines, and that the lines are what the goals are about."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from benchmarks.redaction import CORE, LINES, Item, Span, gone, items, main, replaced, scored
from evalharness.collect.privacy.findings import ALL_CATEGORIES
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.rows import CATEGORIES

KEY = b"k" * 32


@pytest.fixture(scope="module")
def scores():
    """(categories on by default, all categories) of each half."""
    return {
        half: tuple(scored(items(half), Redactor(KEY, frozenset(kinds))) for kinds in (CATEGORIES, ALL_CATEGORIES))
        for half in ("dev", "held_out")
    }


@pytest.mark.parametrize("half", ["dev", "held_out"])
def test_numbers_and_mail(scores, half):
    """Recall of .9 over cards, accounts, phones, SSNs, dates of birth and mail, at most 5 % of clean items touched."""
    score = scores[half][0]
    assert score.recall(*CORE) >= 0.9
    assert score.touched / score.clean <= 0.05
    assert score.precision >= 0.95


@pytest.mark.parametrize("half", ["dev", "held_out"])
def test_all_kinds(scores, half):
    """Recall of .75 over all kinds with names and addresses, of .8 over these two, at most 5 % of clean items touched."""
    score = scores[half][1]
    assert score.recall(*ALL_CATEGORIES) >= 0.75
    assert score.recall("name", "address") >= 0.8
    assert score.touched / score.clean <= 0.05
    assert score.precision >= 0.95


@pytest.mark.parametrize("half", ["dev", "held_out"])
def test_both_languages(scores, half):
    """German is found as English is: .85 of the numbers and mail of each."""
    rows = scores[half][0].tallies
    for language in ("en", "de"):
        chosen = [row for (category, spoken), row in rows.items() if spoken == language and category in CORE]
        assert sum(row.gone for row in chosen) / sum(row.spans for row in chosen) >= 0.85


def test_the_set_is_large_enough():
    """300 items with personal data, 60 of them German, and 150 clean ones; every kind in both languages; no item twice."""
    found = list(items())
    marked = [item for item in found if item.spans]
    assert len(marked) >= 300
    assert sum(item.language == "de" for item in marked) >= 60
    assert len(found) - len(marked) >= 150
    kinds = Counter((span.category, item.language) for item in found for span in item.spans)
    assert min(kinds[kind, language] for kind in ALL_CATEGORIES for language in ("en", "de")) >= 4
    assert len({item.turns for item in found}) == len(found)


def test_the_halves():
    """By a hash of the line: each has at least 45 % of the items, and together they are all of them."""
    counts = [len(list(items(half))) for half in ("dev", "held_out")]
    assert sum(counts) == len(list(items())) == sum(line[:3] in ("en ", "de ") for line in LINES.read_text().splitlines())
    assert min(counts) / sum(counts) >= 0.45


def test_a_span_is_gone_only_with_all_its_words():
    """ "five five" of "five five six" leaves "six"; a filler may stay."""
    item = Item("en", "dev", (("caller", "it's five uh five six"),), ())
    span = Span(0, 5, 21, "phone")
    assert not gone(item, span, [Span(0, 5, 17, "phone")])
    assert gone(item, span, [Span(0, 5, 9, "phone"), Span(0, 13, 21, "phone")])
    assert not gone(item, span, [Span(1, 5, 21, "phone")])


def test_what_is_replaced_is_read_from_the_stored_text():
    """The place of each pseudonym in the text before."""
    item = Item("en", "dev", (("caller", "call 415-555-0132 or anna@example.com"),), ())
    found = replaced(item, Redactor(KEY, frozenset(CATEGORIES)))
    assert [(span.start, span.end, span.category) for span in found] == [(5, 17, "phone"), (21, 37, "email")]


def test_the_figures_are_counted_right():
    """Two spans, one of them gone; two replacements, one of them right; one clean item, touched."""
    told = Item("en", "dev", (("caller", "415-555-0132 and some word"),), (Span(0, 0, 12, "phone"), Span(0, 22, 26, "name")))
    clean = Item("en", "dev", (("caller", "our hotline is 415-555-0199"),), ())
    score = scored([told, clean], Redactor(KEY, frozenset(CATEGORIES)))
    assert (score.recall("phone"), score.recall("name"), score.recall("phone", "name")) == (1.0, 0.0, 0.5)
    assert (score.precision, score.touched, score.clean) == (0.5, 1, 1)
    assert any("missed name" in line for line in score.wrong)
    assert any("taken as phone" in line for line in score.wrong)


def test_the_benchmark_prints_what_the_page_says(capsys, monkeypatch):
    """Both tables of the held-out half, with the figures of docs/privacy.md."""
    monkeypatch.setattr("sys.argv", ["redaction", "--half", "held_out"])
    assert main() == 0
    printed = capsys.readouterr().out
    page = (LINES.parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")
    spans, recall = re.findall(r"six categories of the default, \*\*held out\*\* \| (\d+) \| \*\*(\.\d\d)\*\*", page)[0]
    assert f"numbers and email: recall 0{recall}" in printed
    touched = re.findall(r"clean items touched: (\d+) of (\d+)", printed)
    assert [f"**{some} of {all_}**" in page for some, all_ in touched] == [True, True]
    assert int(spans) == sum(span.category in CORE for item in items("held_out") for span in item.spans)
