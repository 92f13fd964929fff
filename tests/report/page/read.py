"""A page read back as a browser's parser would: its elements, their attributes and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from evalharness.models.summary import WeekSummary
from evalharness.report.page.page import write_page
from tests.report.guards import a_full_guard
from tests.report.measured import a_part, some_figures
from tests.report.moved import moving_trends, what_changed
from tests.report.rich import a_rich_summary


@dataclass
class Element:
    """A start tag: its name and attributes."""

    name: str
    attributes: dict[str, str | None]


@dataclass
class Read(HTMLParser):
    """Every start tag and every piece of text of a page."""

    elements: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All texts, white space made single spaces."""
        return " ".join(" ".join(self.texts).split())

    def named(self, *names: str) -> list[Element]:
        """The elements of these names."""
        return [one for one in self.elements if one.name in names]


def read(page: bytes | str) -> Read:
    """The page read."""
    found = Read()
    found.feed(page.decode() if isinstance(page, bytes) else page)
    found.close()
    return found


def everything(**fields: Any) -> WeekSummary:
    """A week with all that a page can show: judge, guards, measured figures, trend with alarms and slices, what moved."""
    known = {"guard": (a_full_guard(),), "measured": some_figures(), "logged": (a_part(),)}
    return a_rich_summary(**{**known, "trend": moving_trends(), "moved": what_changed(), **fields})


def page_of(summary: WeekSummary) -> Read:
    """The page of a week, read."""
    return read(write_page(summary))
