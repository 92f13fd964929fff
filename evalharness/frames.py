"""Typed pandas frames of a workspace, for one's own work: `frames.scores(".")`, `frames.trend(".")`.

Every frame is a table of the data dictionary (docs/exports.md), typed by it: numbers are Float64 and Int64, yes and no are
boolean, few words are categories, instants are UTC. What is missing is <NA> (NaN in a category, NaT in a time) and never 0.
Nothing is computed here and nothing is written. Needs no drawn week: a workspace without calls gives empty frames.

Each function takes the workspace's folder (None: here or above, as the command line does) and the weeks (None: every complete
week with calls), and raises WorkspaceError, ConfigError, LedgerError or UsageError as the commands do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from evalharness.flows.exported import Made, known_weeks, summaries, with_trend_over
from evalharness.flows.opened import Opened, opened, utc_now
from evalharness.models.summary import WeekSummary
from evalharness.report.exports import catalogue
from evalharness.report.exports.forms import fit_64_bits
from evalharness.report.exports.table import Column, Kind, Row, Table
from evalharness.workspace.folder import Workspace

Folder = Path | str | None
Weeks = Sequence[str] | None
Frame = Callable[[Folder, Weeks], pd.DataFrame]
DTYPES: dict[Kind, str] = {
    "text": "string", "answer": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean",
}  # fmt: skip
"""Kind of column -> pandas type; `word` is a category of texts, `instant` datetime64[us, UTC]."""


def frame(name: str, workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The table of that name (`tables()` lists them). Raises KeyError for another name."""
    table = catalogue.table(name)
    return of_rows(table, list(catalogue.rows(table, _summaries(workspace, weeks, newest=table.newest))))


def tables() -> pd.DataFrame:
    """The data dictionary: a row a column of every table, with its type, unit, meaning, and what an empty cell means."""
    names = ("table", "column", "kind", "unit", "means", "missing")
    rows = [
        (one.name, column.name, column.kind, column.unit, column.means, column.missing)
        for one in catalogue.TABLES
        for column in one.columns
    ]
    return pd.DataFrame(rows, columns=list(names), dtype="string")


def of_rows(table: Table, rows: Sequence[Row]) -> pd.DataFrame:
    """Rows of a table as a frame, its columns in the table's order and of its types, also without any row.

    Raises ExportError for a whole number of more than 64 bits.
    """
    fit_64_bits(table, rows)
    return pd.DataFrame({column.name: _series(column, [row[column.name] for row in rows]) for column in table.columns})


def _series(column: Column, values: list[Any]) -> pd.Series[Any]:
    if column.kind == "word":
        texts = pd.Series(values, dtype="string")
        known = [*column.among, *sorted(set(texts.dropna()) - set(column.among))]
        return texts.astype(pd.CategoricalDtype(known))
    if column.kind == "instant":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True)).astype("datetime64[us, UTC]")
    if column.kind == "answer":
        values = [value if value is None or isinstance(value, str) else repr(value) for value in values]
    return pd.Series(values, dtype=DTYPES[column.kind])


_MADE: dict[tuple[str, ...], Made] = {}


def _summaries(workspace: Folder, weeks: Weeks, *, newest: bool) -> list[WeekSummary]:
    """The weeks' summaries, kept while workspace, ledger and settings are the same; `newest`: the newest one with the trend."""
    with opened(Workspace.find() if workspace is None else Workspace.at(Path(workspace))) as house:
        now = utc_now()
        chosen = known_weeks(house, weeks, now)
        made = _kept(house)
        found = summaries(house, chosen, now, made)
        return with_trend_over(house, found) if newest else found


def _kept(house: Opened) -> Made:
    settings = (house.config.digest(), house.rubric().digest(), house.thresholds().digest())
    key = (str(house.workspace.root), house.ledger.head(), *settings)
    if key not in _MADE:
        _MADE.clear()
        _MADE[key] = {}
    return _MADE[key]


def _documented(table: str) -> Callable[[Frame], Frame]:
    """The columns of the table behind the function's docstring, from the same definitions as the frame itself."""

    def documented(function: Frame) -> Frame:
        one = catalogue.table(table)
        lines = [f"- {column.name} ({_kind(column)}): {column.means}{_missing(column)}" for column in one.columns]
        function.__doc__ = "\n".join([function.__doc__ or "", "", f"A row is {one.row}.", "", *lines])
        return function

    return documented


def _kind(column: Column) -> str:
    dtype = {"word": "category", "instant": "datetime64[us, UTC]"}.get(column.kind) or DTYPES[column.kind]
    return f"{dtype}, {column.unit}" if column.unit else dtype


def _missing(column: Column) -> str:
    return f"; <NA>: {column.missing}" if column.missing else ""


@_documented("scores")
def scores(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """Every grade and every final value; the same rows as scores.csv. `value` is text: levels beside yes, no and categories."""
    return frame("scores", workspace, weeks)


@_documented("weeks")
def weeks_of(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The weeks themselves."""
    return frame("weeks", workspace, weeks)


@_documented("calls")
def calls(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The drawn calls and those picked by hand (`stratum` picked: in no figure)."""
    return frame("calls", workspace, weeks)


@_documented("turns")
def turns(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The turns of those calls, with what was said: personal data, which stays in the workspace."""
    return frame("turns", workspace, weeks)


@_documented("checks")
def checks(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The checks of the bar."""
    return frame("checks", workspace, weeks)


@_documented("measures")
def measures(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """Every measure of every week. Weeks are comparable only where `trend` does not break between them."""
    return frame("measures", workspace, weeks)


@_documented("criteria")
def criteria(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The criteria over the drawn calls."""
    return frame("criteria", workspace, weeks)


@_documented("answers")
def answers(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """How many calls have which final answer."""
    return frame("answers", workspace, weeks)


@_documented("measured")
def measured(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """What was measured in all calls without judging."""
    return frame("measured", workspace, weeks)


@_documented("findings")
def findings(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The places where something was found. Not a census of all calls: of those that are not drawn only the strongest stand."""
    return frame("findings", workspace, weeks)


@_documented("latency")
def latency(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """Percentiles of voice-to-voice latency. Never average them, and never mix anchors."""
    return frame("latency", workspace, weeks)


@_documented("cost")
def cost(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """What the calls cost, by component."""
    return frame("cost", workspace, weeks)


@_documented("trend")
def trend(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """Every measure over the drawn weeks up to the newest one. Draw no line into a point with `breaks`."""
    return frame("trend", workspace, weeks)


@_documented("actions")
def actions(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """The actions as they stood in each week."""
    return frame("actions", workspace, weeks)


@_documented("pairs")
def pairs(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """Blind grades of two graders side by side, on drawn calls: the material of every agreement figure."""
    return frame("pairs", workspace, weeks)


@_documented("agreement")
def agreement(workspace: Folder = None, weeks: Weeks = None) -> pd.DataFrame:
    """How far graders agree, as each week's report has it: pooled over the weeks up to it, from 20 pairs on."""
    return frame("agreement", workspace, weeks)
