"""agreement and calibrate as somebody types them: the reference values, the workspace's graders, leaving one out, a session."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evalharness.cli import main
from evalharness.report.text import columns

Typed = Callable[..., tuple[int, str, str]]
KRIPPENDORFF = ("A123321412...", "B1233224125.3", "C.3332342251.", "D1233244125 1.".replace(" ", ""))
"""A column a rater: 4 observers x 12 units [Krippendorff 2011]."""


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs `evalharness WORDS`; exit code, output, errors."""
    monkeypatch.setattr("evalharness.flows.opened.utc_now", lambda: datetime(2026, 11, 23, 7, 0, tzinfo=UTC))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["evalharness", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The reference data of the literature as CSV files."""
    tables = {"paradox": (118, 5, 2, 0), "balanced": (40, 9, 6, 45)}
    for name, (no_no, no_yes, yes_no, yes_yes) in tables.items():
        rows = ["no,no"] * no_no + ["no,yes"] * no_yes + ["yes,no"] * yes_no + ["yes,yes"] * yes_yes
        (tmp_path / f"{name}.csv").write_text("\n".join(["A,B", *rows]))
    rows = [",".join(cells) for cells in zip(*KRIPPENDORFF, strict=True)]
    (tmp_path / "krippendorff.csv").write_text("\n".join(rows))
    return tmp_path


def found_in(typed: Typed, *words: object) -> Any:
    """The JSON of `agreement --ratings WORDS`."""
    code, said, wrong = typed("agreement", "--ratings", *words, "--json")
    assert code == 0, wrong
    return json.loads(said)


def test_krippendorff_s_four_observers(typed: Typed, data: Path) -> None:
    """Ordinal alpha .815 and AC2 .899 of four; the scale is taken from the data and said."""
    found = found_in(typed, data / "krippendorff.csv", "--columns", "A,B,C,D")
    assert (round(found["alpha"]["value"], 3), round(found["ac"]["value"], 3)) == (0.815, 0.899)
    code, said, _ = typed("agreement", "--ratings", data / "krippendorff.csv", "--columns", "A,B,C,D")
    assert code == 0
    assert "Scale: 1, 2, 3, 4, 5 (levels in order; from the ratings)" in said
    assert "  A: 9 ratings, 3 blank" in said


@pytest.mark.parametrize(
    ("scale", "alpha", "ac"), [("5,4,3,2,1", 0.815, 0.899), ("1<2<3<4<5", 0.815, 0.899), ("1-6", 0.815, 0.934)]
)
def test_the_scale_as_given(typed: Typed, data: Path, scale: str, alpha: float, ac: float) -> None:
    """However the five levels are written; a sixth that nobody gave changes AC2 and not alpha."""
    found = found_in(typed, data / "krippendorff.csv", "--columns", "A,B,C,D", "--scale", scale)
    assert found["scale_from"] == "as given"
    assert round(found["alpha"]["value"], 3) == alpha
    assert round(found["ac"]["value"], 3) == ac


def test_the_tables_of_two(typed: Typed, data: Path) -> None:
    """(118, 5, 2, 0): 94.4 %, kappa -.023, AC1 .941, none of five found. (40, 9, 6, 45): 85 %, kappa .700, AC1 .701."""
    rare = found_in(typed, data / "paradox.csv", "--columns", "A,B")["pair"]["found"]
    values = {name: round(rare[name]["value"], 3) for name in ("exact", "kappa", "ac", "sensitivity", "specificity")}
    assert values == {"exact": 0.944, "kappa": -0.023, "ac": 0.941, "sensitivity": 0.0, "specificity": 0.983}
    even = found_in(typed, data / "balanced.csv", "--columns", "A,B")["pair"]["found"]
    assert {name: round(even[name]["value"], 3) for name in ("exact", "kappa", "ac")} == {
        "exact": 0.85,
        "kappa": 0.7,
        "ac": 0.701,
    }


def test_the_table_fits_a_terminal(typed: Typed, data: Path) -> None:
    """Every coefficient with its limits and n, and both distributions, within 80 columns."""
    _, said, _ = typed("agreement", "--ratings", data / "paradox.csv", "--columns", "A,B")
    for part in ("alpha (Krippendorff, nominal)", "kappa (Cohen)", "AC1 (Gwet)", "same answer", "sensitivity", "specificity"):
        assert part in said
    assert "  A        123    2\n  B        120    5\n" in said
    assert max(columns(line) for line in said.splitlines()) <= 80


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A,B\n" + "4,4\n" * 30, "Both gave 4 every time (30 of 30): nothing varies"),
        ("A,B\n" + "1,1\n2,2\n3,3\n" * 10, "The columns are the same in every row."),
        ("A,B\n" + "1,\n" * 30, "No row has a rating in both columns"),
        ("A,B\n", "No cell of these columns holds a rating."),
    ],
)
def test_columns_that_say_nothing_get_a_sentence(typed: Typed, tmp_path: Path, text: str, said: str) -> None:
    """Constant, perfect, empty: no nan and no traceback."""
    (tmp_path / "r.csv").write_text(text)
    code, shown, wrong = typed("agreement", "--ratings", tmp_path / "r.csv", "--columns", "A,B")
    assert (code, wrong) == (0, "")
    assert said in " ".join(shown.split())
    assert "nan" not in shown.lower()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--columns", "A,B"), "no ratings file is named"),
        (("--ratings", "x.csv"), "no columns are named"),
        (("--ratings", "x.csv", "--columns", "A,B"), "x.csv is not a file"),
        (("--ratings", "x.csv", "--columns", "A,B", "--exclude", "Ben"), "two different things"),
        (("--exclude", "Ben"), "needs a week, a reason and who decides"),
        (("--from", "2026-W47", "--reason", "x"), "no person is named"),
        (("--ratings", "x.csv", "--columns", "A,B", "--week", "2026-W47"), "has neither weeks nor graders"),
    ],
)
def test_mistakes_are_said(typed: Typed, words: tuple[str, ...], said: str) -> None:
    """Mixed uses and lacking parts."""
    code, _, wrong = typed("agreement", *words)
    assert code in (1, 2)
    assert said in wrong


def test_a_workspace_without_double_grades(typed: Typed, drawn: Path) -> None:
    """One owner, nothing graded: what lacks, and no figure."""
    code, said, _ = typed("agreement", "--workspace", drawn)
    assert code == 0
    assert "pooled over 1 drawn week" in said
    assert "No call has been graded by two" in said
    found = json.loads(typed("agreement", "--workspace", drawn, "--json")[1])
    assert (found["week"], found["comparisons"], found["severity"]) == ("2026-W47", [], [])


def test_the_last_grader_cannot_be_left_out(typed: Typed, mine: Path) -> None:
    """The owner alone: refused in four lines."""
    words = ("--from", "2026-W47", "--reason", "x", "--by", "Anna Keller")
    code, _, wrong = typed("agreement", "--workspace", mine, "--exclude", "Anna Keller", *words)
    assert code == 2
    assert "nobody would be left" in wrong


def test_leaving_out_and_a_session(typed: Typed, mine: Path) -> None:
    """With a second person: said in a sentence, taken back, and a session's sheets and answers."""
    settings = mine / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("people: []", "people: [{name: Anna Keller}, {name: Ben Ode}]"))
    words = ("--reason", "another product", "--by", "Anna Keller", "--workspace", mine)
    code, said, wrong = typed("agreement", "--exclude", "Ben Ode", "--from", "2026-W47", *words)
    assert code == 0, wrong
    assert said.startswith("From now on the grades of Ben Ode are left out of every figure from 2026-W47 on: another product")
    assert "Ben Ode" in typed("agreement", "--workspace", mine)[1]
    assert "count again" in typed("agreement", "--exclude", "Ben Ode", "--from", "never", *words)[1]
    code, said, _ = typed("calibrate", "--workspace", mine, "--calls", "2")
    assert code == 0
    assert "Ben Ode: sheets/calibration-2026-11-23/Ben Ode.xlsx" in said
    code, said, _ = typed("calibrate", "--show", "--workspace", mine)
    assert code == 0
    assert "No question has been answered by two people yet." in said
    assert json.loads(typed("calibrate", "--show", "--json", "--workspace", mine)[1])["filled"] == {
        "Anna Keller": 0,
        "Ben Ode": 0,
    }
