"""What callers and graders say stays text in every report and export: the page, the index, the tables, the summary."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evalharness.report.text import straight, visible
from tests.acceptance.desk import sample_of
from tests.acceptance.test_hostile import WEEK, Fed, _run, fed
from tests.flows.workspaces import run

__all__ = ["fed"]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ACTIVE = {"script", "iframe", "object", "embed", "form", "input", "button", "link", "base", "audio", "video", "img", "source"}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE)


class Seen(HTMLParser):
    """The elements, the attributes and the text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element and its attributes."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text.append(data)


def seen(path: Path) -> Seen:
    """The page as a browser reads it."""
    found = Seen()
    found.feed(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def exported(fed: Fed) -> Path:
    """The folder with every form of export, texts included, and the newest reports."""
    for form in ("csv", "json", "otel", "parquet"):
        done = _run(fed.outer, fed.root, "export", "--as", form, "--week", WEEK, "--texts")
        assert done.returncode == 0, done.stderr
    return fed.root / "exports" / WEEK


def pages(root: Path) -> list[Path]:
    """Every page that was written."""
    return sorted(root.rglob("*.html"))


def test_no_page_has_a_script_or_anything_that_acts_or_fetches(fed: Fed) -> None:
    """0 script nodes, 0 handlers, 0 addresses but links within the reports, in the week's page and in the index."""
    found = pages(fed.root)
    assert {path.name for path in found} >= {"report.html", "index.html"}
    for path in found:
        page = seen(path)
        assert page.tags & ACTIVE == set()
        assert [name for name, _ in page.attributes if name.startswith("on") or name in ("srcdoc", "style:")] == []
        links = [value for name, value in page.attributes if name in ("href", "src", "action", "xlink:href", "data")]
        assert [link for link in links if re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", link, re.IGNORECASE)] == []
        assert "@import" not in path.read_text(encoding="utf-8")
        assert "url(" not in re.sub(r"\s", "", "".join(re.findall(r"(?s)<style.*?</style>", path.read_text(encoding="utf-8"))))


def test_the_page_says_every_turn_whole_or_visibly_cut(fed: Fed) -> None:
    """Read back as text, every turn of every call that the page tells stands there, controls shown; no control character does."""
    page = seen(fed.root / "reports" / WEEK / "report.html")
    text = " ".join(" ".join(page.text).split())
    raw = (fed.root / "reports" / WEEK / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", raw.replace("\n", "")) == []
    told = [
        item for item in sample_of(fed.root, WEEK).items if f"#{item.position}" in text or f"call {item.position}" in text.lower()
    ]
    assert told
    alert = '<script>alert("x")</script>'
    assert alert in text  # as text
    assert "<script" not in raw.lower()
    expected = [straight(visible(turn.text)) for item in told for turn in item.call.turns if 3 < len(turn.text) < 200]
    missing = [words for words in expected if " ".join(words.split()) not in text]
    assert len(missing) < len(expected) * 0.05, missing[:5]


def fields(folder: Path) -> Iterator[str]:
    """Every cell of every table; the reasons of a call joined may be longer than what csv takes unless told."""
    csv.field_size_limit(10_000_000)
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (value for row in csv.reader(file, strict=True) for value in row)


def test_no_table_holds_a_formula(exported: Path) -> None:
    """0 cells that a spreadsheet would take for one, in every exported table; a negative number is a number."""
    cells = list(fields(exported))
    assert len(cells) > 5000
    assert [cell for cell in cells if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)] == []
    assert sum("HYPERLINK" in cell for cell in cells) > 10


def test_json_forms_are_strict_and_cannot_steer_a_terminal(exported: Path) -> None:
    """Every line parses without NaN; hidden characters stand as escapes."""
    found = [*exported.rglob("*.json"), *exported.rglob("*.jsonl")]
    assert found

    def never(word: str) -> None:
        raise AssertionError(word)

    for path in found:
        text = path.read_text(encoding="utf-8")
        for document in text.splitlines() if path.suffix == ".jsonl" else [text]:
            json.loads(document, parse_constant=never)
        assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", text) == []


def test_the_summary_in_markdown_is_text(fed: Fed) -> None:
    """No tag, no link, no image that a renderer would make."""
    text = (fed.root / "reports" / WEEK / "summary.md").read_text(encoding="utf-8")
    assert re.findall(r"(?<!\\)<[a-zA-Z/!]|(?<!\\)\]\(|(?<!\\)!\[|https?://", text) == []


def test_the_trend_on_the_screen_is_text(fed: Fed) -> None:
    """`trend` prints no control character."""
    done = run("trend", "--workspace", fed.root)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.stdout) == []
