"""What a tidy table is: its columns with type, unit and the meaning of an empty cell, and how its rows come from a week.

One definition serves every form (CSV, Parquet, JSON, frames, the dictionary), so that none can say another thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary

Kind = Literal["text", "word", "answer", "integer", "number", "boolean", "instant"]
"""What a column holds. `word`: one of few texts; `answer`: a level, "yes", "no" or a category, as text; `instant`: UTC."""
Row = dict[str, Any]
Rows = Callable[[WeekSummary], Iterator[Row]]


@dataclass(frozen=True)
class Column:
    """A column. `missing`: what an empty cell means, "" = none is empty. `unit` "" = none. `among`: every value it can take."""

    name: str
    kind: Kind
    means: str
    unit: str = ""
    missing: str = ""
    among: tuple[str, ...] = ()

    @property
    def nullable(self) -> bool:
        """Whether a cell may be empty."""
        return bool(self.missing)


@dataclass(frozen=True)
class Table:
    """A table: what a row is, the columns that tell rows apart (`key`), and the rows of one week.

    `texts`: it holds what was said in calls, and is written only where somebody asks for that. `newest`: its rows cover the
    weeks before too, so that of several weeks the newest one's are taken.
    """

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Rows
    texts: bool = False
    newest: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


WEEK = Column("week", "word", "ISO week, by the workspace's clock")
SOURCE = Column("source", "word", "where the call was collected from")
CALL_ID = Column("call_id", "text", "the call's id at its source; with `source` it names the call")
POSITION = Column("position", "integer", "place in the queue, from 1; calls picked by hand stand behind the draw")
UNITS = ("share", "ms", "money", "points", "calls", "score", "minutes", "coefficient", "levels")
UNIT = Column("unit", "word", "what the value is in; a share is a fraction from 0 to 1", among=UNITS)
CURRENCY = Column("currency", "word", "of money, ISO 4217", missing="not money")
VALUE = Column("value", "number", "the figure, not rounded", "as `unit` says", "nothing was measured; or unanswered")
UNANSWERED = Column("unanswered", "boolean", "the percentile touches an unanswered turn, and ranks above every bar")
N = Column("n", "integer", "on how many the figure rests")
OF = Column("of", "integer", "of how many")
MISSING = Column("missing", "integer", "how many of them could not be told")
LOW = Column("low", "number", "lower two-sided 95 % limit", "as `unit` says", "exact, or no limit is known")
HIGH = Column("high", "number", "upper two-sided 95 % limit", "as `unit` says", "exact, or no limit is known")
BASIS = Column("basis", "word", "all calls of the week, the drawn ones, or the ledger", among=("all_calls", "sample", "ledger"))
NOTE = Column("note", "text", "a remark of ours", missing="none")
MEASURE = (UNIT, CURRENCY, VALUE, UNANSWERED, N, OF, MISSING, LOW, HIGH, BASIS)
"""The columns of a figure, which never travels without its count."""


def measured(measure: Measure) -> Row:
    """The cells of MEASURE."""
    return {column.name: getattr(measure, column.name) for column in MEASURE}


def or_none(text: str) -> str | None:
    """The text, or an empty cell for none."""
    return text or None
