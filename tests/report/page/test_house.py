"""How a page is made: every text escaped, one style, a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from jinja2 import UndefinedError

from evalharness.report.page import house


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("bell\x07", "bell\\u{7}"),
        ("\u202egnp.exe", "\\u{202e}gnp.exe"),  # a reversal of direction
        ("a\rb", "a&#13;b"),  # a browser would make a line end of it
        ("a\tb\nc", "a\tb\nc"),
        ("\u200d\ufe0f", "\u200d\ufe0f"),  # joins an emoji, and is kept
        ("&lt;", "&amp;lt;"),
    ],
)
def test_a_text_is_written_as_text(text: str, written: str) -> None:
    """What acts or hides is shown by its number; what belongs to writing stays."""
    assert str(house.exact(text)) == written


@pytest.mark.parametrize(
    ("page", "short"),
    [
        ("<tr><td>a</td>\n<td>b</td></tr>\n</tbody>", "<tr><td>a<td>b"),
        ("<p>one</p>\n<p>two</p>", "<p>one<p>two"),
        ("<div>a</div>\n<b>b</b>", "<div>a</div>\n<b>b</b>"),
    ],
)
def test_end_tags_that_html_does_not_need_are_left_out(page: str, short: str) -> None:
    """Of cells, rows, items and paragraphs; every other one stays."""
    assert house.compact(page) == short


def test_a_name_that_nobody_gave_is_an_error() -> None:
    """No empty place where a figure should stand."""
    with pytest.raises(UndefinedError):
        house.rendered("turns.html")


def test_nothing_is_written_for_none_and_every_text_is_escaped_by_itself() -> None:
    """A template need not think of it."""
    template = house.templates().from_string("[{{ missing }}][{{ text }}][{{ number }}]")
    assert template.render(missing=None, text="<&>", number=5) == "[][&lt;&amp;&gt;][5]"


def test_the_policy_allows_the_one_style_alone() -> None:
    """By its digest; no source of anything else."""
    digest = base64.b64encode(hashlib.sha256(house.style().encode()).digest()).decode()
    assert house.policy() == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_style_reads_the_same_without_its_line_ends() -> None:
    """Every line of it ends where white space says nothing, so that joined they are the same rules."""
    lines = [line.strip() for line in (house.HERE / "page.css").read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if line and not line.endswith(("{", "}", ";", ","))] == []
    assert house.style() == "".join(lines)
    assert not re.search(r"[,:] *$", house.style())


def test_the_style_loads_nothing() -> None:
    """No address, no import, no font from elsewhere."""
    style = house.style().casefold()
    assert not any(word in style for word in ("url(", "@import", "@font-face", "http:", "https:", "expression("))
    assert style.count("{") == style.count("}")
