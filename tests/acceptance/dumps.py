"""A week's reports as short texts that a person can read and compare: what the golden files hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

ROWS, LONGEST, ENTRIES, LINES, WIDE = 14, 90, 12, 40, 240
DIGEST = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,64}\b")
HEAD = re.compile(r"\b\d+:<digest>")
REDACTED = re.compile(r"\[([a-z_]+)-[0-9a-f]{4}\]")
BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "tr",
    "dt",
    "dd",
    "summary",
    "caption",
    "figcaption",
    "div",
    "section",
    "title",
    "text",
}
ROW_CELLS = {"td", "th"}
UNSEEN = {"style", "head"}


def masked(text: str, root: Path) -> str:
    """Without what differs from one made workspace to the next: its place, what its key enters, how long its ledger is."""
    return REDACTED.sub(r"[\1-xxxx]", HEAD.sub("<head>", DIGEST.sub("<digest>", text.replace(str(root), "WORKSPACE"))))


def cut(text: str) -> str:
    """One line of at most so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}..."


def workbook(path: Path) -> str:
    """Sheet by sheet: its tables, charts and print set-up, then its first rows, a cell as it is stored."""
    return "\n".join(line for sheet in load_workbook(path) for line in _sheet(sheet)) + "\n"


def _sheet(sheet: Worksheet) -> Iterator[str]:
    yield f"== {sheet.title} ({sheet.max_row} rows, {sheet.max_column} columns, {sheet.sheet_state})"
    charts = len(sheet._charts)
    yield f"   tables {sorted(sheet.tables)}; charts {charts}; frozen {sheet.freeze_panes}; filter {sheet.auto_filter.ref}"
    rows = [row for row in sheet.iter_rows() if any(cell.value is not None for cell in row)]
    for row in rows[:ROWS]:
        cells = [f"{cell.coordinate} {cut(str(cell.value))}" for cell in row if cell.value is not None]
        yield " | ".join(cells[:12]) + (f" | {len(cells) - 12} more" if len(cells) > 12 else "")
    if len(rows) > ROWS:
        yield f"   ... and {len(rows) - ROWS} more rows"


class _Text(HTMLParser):
    """The text of a page, a line a block; cells of a row joined by a bar; a heading begins a part."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[list[str]] = [[]]
        self.line: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins a line, a heading of the second rank a part."""
        self.unseen += tag in UNSEEN
        if tag in BLOCKS:
            self._end()
        if tag == "h2":
            self.parts.append([])

    def handle_endtag(self, tag: str) -> None:
        """The end of a block or a cell."""
        self.unseen -= tag in UNSEEN
        if tag in ROW_CELLS:
            self.line.append("|")
        elif tag in BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        """Words that are seen."""
        if not self.unseen and data.strip():
            self.line.append(data)

    def _end(self) -> None:
        text = cut(" ".join(self.line).removesuffix(" |"))
        if text:
            self.parts[-1].append(text)
        self.line = []


def page(path: Path) -> str:
    """The page as text, at most so many lines of each part."""
    found = _Text()
    found.feed(path.read_text(encoding="utf-8"))
    return "\n".join(line for part in found.parts for line in _first(part, LINES)) + "\n"


def _first(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more lines"]


def json_text(path: Path) -> str:
    """JSON a line an entry of each part, the first entries of a list, and the beginning of what is long."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return "\n".join(line for key, part in sorted(document.items()) for line in _part(key, part)) + "\n"


def _part(key: str, part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield f"{key}:"
        yield from _first([_entry(f"  {name}", one) for name, one in sorted(part.items())], ENTRIES)
    elif isinstance(part, list):
        yield f"{key}: {len(part)} entries"
        yield from (_entry("  -", one) for one in part[:2])
    else:
        yield _entry(key, part)


def _entry(name: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"{name}: {text}" if len(text) <= WIDE else f"{name}: {text[:WIDE]}..."


def csv_text(path: Path) -> str:
    """The first rows of a table, and how many there are."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join([*lines[:ROWS], f"... {len(lines)} lines in all"]) + "\n"


def tables(folder: Path) -> str:
    """Every table in a folder with its columns and its first row."""
    found = []
    for path in sorted(folder.rglob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            f"== {path.name}: {len(lines) - 1} rows",
            *(cut(line) if number else line for number, line in enumerate(lines[:2])),
        ]
    return "\n".join(found) + "\n"
