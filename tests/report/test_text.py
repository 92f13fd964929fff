"""Hostile text becomes harmless and stays readable in each place it is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.report.text import columns, csv_cell, json_text, markdown, short, straight, visible
from tests.report.weeks import CONTROL, HOSTILE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Müller 東京 café", "plain Müller 東京 café"),
        ("\x1b[31mred", "\\u{1b}[31mred"),
        ("a\r\nb", "a\\u{d}\\u{a}b"),
        ("\x9b31m", "\\u{9b}31m"),  # terminals obey C1 as they do ESC [
        ("a\u202eb", "a\\u{202e}b"),
        ("zero\u200bwidth", "zero\\u{200b}width"),
        ("tag\U000e0041", "tag\\u{e0041}"),
        ("\ufffe", "\\u{fffe}"),
        ("\ud800", "\\u{d800}"),
    ],
)
def test_what_acts_or_hides_is_shown_by_its_number(text, shown):
    """Nothing is deleted, nothing is left to act."""
    assert visible(text) == shown


def test_a_caller_may_keep_some_characters():
    """A CSV cell keeps its line feeds."""
    assert visible("a\nb\tc\r", keep="\n\t") == "a\nb\tc\\u{d}"


@given(st.text())
def test_visible_text_is_printable_and_stays_so(text):
    """Doing it twice changes nothing; no control character is left."""
    shown = visible(text)
    assert visible(shown) == shown
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in shown)


def test_only_what_turns_the_direction_is_shown_in_a_transcript():
    """Letters that need joiners (Persian, Hindi) stay as they are written; an override does not."""
    assert straight("می\u200cخواهم \u202eevil") == "می\u200cخواهم \\u{202e}evil"
    assert straight("line\nline") == "line\nline"


def test_a_long_name_is_cut_in_the_middle():
    """Both ends stay: platforms put what tells ids apart at either end."""
    assert short("x" * 40) == "x" * 40
    assert short("abcdefghij", 5) == "ab…ij"
    assert len(short("x" * 500, 32)) == 32


def test_terminal_columns():
    """Wide characters take two columns, combining ones none."""
    assert columns("abc") == 3
    assert columns("東京") == 4
    assert columns("e\u0301") == 1


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_csv_cell_begins_like_a_formula(beginning):
    """OWASP's list and the full-width forms get an apostrophe."""
    assert csv_cell(f"{beginning}1+1").startswith("'")


@pytest.mark.parametrize("text", ["call-1", "a=b", "0012345", "", " =1"])
def test_other_csv_cells_stay_as_they_are(text):
    """The apostrophe stands nowhere else."""
    assert csv_cell(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<script>", "&lt;script&gt;"),
        ("a|b", "a\\|b"),
        ("*bold* _it_ `code` ~x~", "\\*bold\\* \\_it\\_ \\`code\\` \\~x\\~"),
        ("[x](http://e.example)", "\\[x\\](http\\://e.example)"),
        ("![i](www.e.example)", "\\!\\[i\\](www\\.e.example)"),
        ("# head", "\\# head"),
        ("&amp;", "&amp;amp;"),
        ("a\nb", "a\\\\u{a}b"),
        ("45 to 74 % (bar: at least 60 %).", "45 to 74 % (bar: at least 60 %)."),
    ],
)
def test_markdown_shows_text_as_text(text, escaped):
    """No tag, no link, no emphasis, no cell, no heading comes of it; ordinary sentences are not touched."""
    assert markdown(text) == escaped.replace("\\\\u", "\\\\u")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see GH-12, gh-7 and o/r#12", "see GH\u201112, gh\u20117 and o/r＃12"),
        ("merge !12 and #a", "merge ！12 and \\#a"),
        ("by @root", "by ＠root"),
        ("at 9f3ac21 it broke", "at `9f3ac21` it broke"),
        ("0" * 39 + "a", f"`{'0' * 39}a`"),
        ("owner@9f3ac21", "owner＠`9f3ac21`"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id `550e8400-e29b-41d4-a716-446655440000`"),
        ("1234567 calls, defaced, call-001-9f3a", "1234567 calls, defaced, call-001-9f3a"),
    ],
)
def test_markdown_makes_no_link_that_a_forge_would_add(text, shown):
    """Issues, merge requests, people and commits of wherever it is posted; numbers, words and short ids stay as they are."""
    assert markdown(text) == shown


@pytest.mark.parametrize("text", [*HOSTILE, CONTROL, "\x9b31m", "é\u2028", "\ud800"])
def test_json_parses_to_the_same_text_and_cannot_steer_a_terminal(text):
    """Escapes are written for what acts, the value is the same."""
    written = json_text(json.dumps({"x": text}, ensure_ascii=False))
    assert json.loads(written) == {"x": text}
    assert visible(written) == written
