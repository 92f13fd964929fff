"""Frames: typed by the dictionary, missing as <NA>, columns in every docstring, the rows of the tables and nothing else."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest

from evalharness import frames
from evalharness.errors import ExportError, UsageError, WorkspaceError
from evalharness.flows import exported
from evalharness.flows.opened import opened
from evalharness.flows.week import run_week
from evalharness.report.exports import catalogue
from evalharness.workspace.folder import Workspace
from tests.flows.test_export import NOW, WEEKS
from tests.flows.workspaces import make_workspace
from tests.report.exports.weeks import a_full_summary

FUNCTIONS = {one.name: getattr(frames, "weeks_of" if one.name == "weeks" else one.name) for one in catalogue.TABLES}
DTYPES = {"text": "string", "answer": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Two weeks drawn, and one without anything."""
    made = make_workspace(tmp_path_factory.mktemp("frames") / "ws", WEEKS)
    with opened(Workspace.at(made), write=True) as house:
        run_week(house, NOW)
    return made


def has_types(frame: pd.DataFrame, table) -> None:
    """Each column of the type that the dictionary says."""
    assert list(frame.columns) == list(table.names)
    for column in table.columns:
        dtype = frame[column.name].dtype
        if column.kind == "word":
            assert isinstance(dtype, pd.CategoricalDtype)
            assert list(dtype.categories[: len(column.among)]) == list(column.among)
        else:
            assert str(dtype) == {"instant": "datetime64[us, UTC]"}.get(column.kind, DTYPES.get(column.kind)), column.name


@pytest.mark.parametrize("table", catalogue.TABLES, ids=lambda table: table.name)
def test_types_come_from_the_dictionary(table):
    """With rows and without; a full week, where every table has some."""
    rows = list(table.rows(a_full_summary()))
    has_types(frames.of_rows(table, rows), table)
    has_types(frames.of_rows(table, []), table)
    found = frames.of_rows(table, rows)
    assert len(found) == len(rows)
    for column in table.columns:
        missing = [row[column.name] is None for row in rows]
        assert list(found[column.name].isna()) == missing, column.name


def test_a_number_that_no_frame_holds_is_told():
    """2^63 in a whole number's column: an error in words that names the table."""
    table = catalogue.table("answers")
    row = next(table.rows(a_full_summary()))
    with pytest.raises(ExportError, match="calls of a row of answers"):
        frames.of_rows(table, [row | {"calls": 2**63}])


def test_missing_is_na_and_never_zero():
    """No CSAT baseline: no value, no bar of 0; a mean over the rest does not count it."""
    checks = frames.of_rows(catalogue.table("checks"), list(catalogue.table("checks").rows(a_full_summary())))
    gap = checks[checks["check"] == "csat_gap"].iloc[0]
    assert gap["value"] is pd.NA
    assert gap["n"] == 0
    assert checks["calls_needed"].dropna().min() > 0


def test_an_answer_is_text_and_a_level_can_be_made_a_number():
    """4, 4.5, yes and N/A in one column."""
    scores = frames.of_rows(catalogue.table("scores"), list(catalogue.table("scores").rows(a_full_summary())))
    assert {"yes", "no"} < set(scores["value"].dropna())
    levels = pd.to_numeric(scores.loc[scores["criterion"] == "tone", "value"])
    assert levels.min() >= 1
    assert levels.max() <= 5


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_workspaces_frames_and_their_docstrings(root, name):
    """Every table has a function; its docstring names each column; the rows are those of the weeks asked for."""
    table, function = catalogue.table(name), FUNCTIONS[name]
    has_types(function(root), table)
    said = inspect.getdoc(function) or ""
    assert not [column for column in table.names if f"- {column} (" not in said]
    assert list(inspect.signature(function).parameters) == ["workspace", "weeks"]
    newest = function(root, ["2026-W47"])
    assert table.newest or set(newest["week"]) <= {"2026-W47"}


def test_calls_of_two_weeks(root):
    """35 drawn calls each; aware times; the strata as categories."""
    calls = frames.calls(root)
    assert dict(calls.groupby("week", observed=True).size()) == dict.fromkeys(WEEKS, 35)
    assert str(calls["started_at"].dt.tz) == "UTC"
    assert set(calls["stratum"].cat.categories) == {"core", "to_a_person"}
    assert len(frames.turns(root)) == calls["turns"].sum()


def test_the_same_weeks_are_worked_out_once(root, monkeypatch):
    """The second frame takes the summaries of the first; with another ledger or other settings they are worked out anew."""
    frames.checks(root)
    monkeypatch.setattr(exported, "week_summary", lambda *_, **__: pytest.fail("worked out again"))
    assert len(frames.measures(root))
    assert len(frames.measures(root, ["2026-W46"]))
    settings = root / "evalharness.yaml"
    text = settings.read_text()
    settings.write_text(f"{text}\ncosts: {{currency: EUR}}\n")
    with pytest.raises(pytest.fail.Exception):
        frames.measures(root)
    settings.write_text(text)


def test_the_dictionary_as_a_frame():
    """A row a column of every table."""
    known = frames.tables()
    assert list(known.columns) == ["table", "column", "kind", "unit", "means", "missing"]
    assert len(known) == sum(len(one.columns) for one in catalogue.TABLES)
    assert (known["means"] != "").all()


def test_a_workspace_without_calls_has_empty_frames(tmp_path):
    """Columns and types, no rows."""
    empty = make_workspace(tmp_path / "ws", ())
    for name, function in FUNCTIONS.items():
        frame = function(empty)
        assert frame.empty
        has_types(frame, catalogue.table(name))


def test_mistakes(root, tmp_path):
    """No workspace there; a week without calls; a table that there is not."""
    with pytest.raises(WorkspaceError):
        frames.calls(tmp_path)
    with pytest.raises(UsageError):
        frames.calls(root, ["2026-W20"])
    with pytest.raises(KeyError):
        frames.frame("nothing", root)
