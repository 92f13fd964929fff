"""The workbook's tables, kept as tables instead of being written into cells: what they say is said in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from evalharness import numbers, xlsx
from evalharness.models.measure import Verdict
from evalharness.report.workbook.page import Content, Link, Mark, Number, Page, Styled, Web

FIRST, SHORT, LONGEST_WORD = 12, 16, 24
"""Rows of a long table that are shown at once, and up to how many a table is not long; letters of a word that keep together."""


@dataclass(frozen=True)
class Cell:
    """A cell: its text, the verdict it gives ("" = none), and where in the page it leads ("" = nowhere)."""

    text: str
    verdict: Verdict | None = None
    to: str = ""

    @property
    def breaks(self) -> bool:
        """Whether a word of it is so long that it may be broken anywhere."""
        return any(len(word) > LONGEST_WORD for word in self.text.split())


@dataclass
class Block:
    """What stands under one heading: sentences, a table, labelled sentences, sentences behind them."""

    title: str
    said: list[str] = field(default_factory=list)
    head: tuple[str, ...] = ()
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def first_rows(self) -> list[tuple[Cell, ...]]:
        """The rows shown at once: all of a short table, else the first twelve."""
        return self.rows if len(self.rows) <= SHORT else self.rows[:FIRST]

    @property
    def more_rows(self) -> list[tuple[Cell, ...]]:
        """The rows behind them."""
        return self.rows[len(self.first_rows) :]

    def in_short(self) -> Block:
        """The block without the rows behind the first ones, and the sentence that says so."""
        if not self.more_rows:
            return self
        left_out = f"{numbers.counted(len(self.more_rows), 'more row')} left out here, so that the page stays small: workbook."
        return replace(self, rows=self.first_rows, after=[left_out, *self.after])


class Recorded(Page):
    """A page of a workbook without a workbook: sections with their tables, in the order written; sizes mean nothing."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.row, self.widths, self.printed, self.sections = 1, [], 0, []

    def new_page(self) -> None:
        """Nothing: this page has no end."""

    def keep(self, points: float) -> None:
        """Nothing, likewise."""

    def end_row(self, height: float | None = None) -> None:
        """Nothing: rows are as high as they are."""

    def height_of(self, contents: Sequence[Content], least: float = 0, *, spread: bool = False) -> float:
        """No height."""
        return 0.0

    def section(self, text: str) -> None:
        """A heading; what follows stands under it."""
        self.blocks.append(Block(text))

    def line(self, text: str, style: str, height: float | None = None, *, first: int = 1, last: int | None = None) -> None:
        """A sentence, before the table or behind it."""
        block = self.blocks[-1]
        (block.after if block.rows else block.said).append(text)

    def said(self, label: str, text: str) -> None:
        """A label and its sentence."""
        self.blocks[-1].facts.append((label, text))

    def header(self, names: Sequence[str], *, spread: bool = False) -> None:
        """The head of the table; a second table under one heading gets a block without a title."""
        if self.blocks[-1].head:
            self.blocks.append(Block(""))
        self.blocks[-1].head = tuple(names)

    def table_row(
        self, contents: Sequence[Content], styles: Sequence[str] | str, least: float = 0, *, spread: bool = False
    ) -> None:
        """A row of the table."""
        self.blocks[-1].rows.append(tuple(map(cell_of, contents)))


def cell_of(content: Content) -> Cell:
    """What a content of the workbook says here."""
    if isinstance(content, Mark):
        return Cell(xlsx.VERDICTS[content.verdict], content.verdict)
    if isinstance(content, Link):
        return Cell(content.text, to=content.cell)
    if isinstance(content, Number):
        return Cell("" if content.value is None else numbers.figure(content.value, "score"))
    if isinstance(content, Web):
        return Cell(content.address)
    return Cell(content.text if isinstance(content, Styled) else content or "")
