"""sign-off and trend as somebody types them; the clock is set to the Monday after the week."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.cli import main
from evalharness.report.text import columns
from tests.cli.conftest import WEEK

Typed = Callable[..., tuple[int, str, str]]
SIGN = ("sign-off", "--week", WEEK, "--by", "Anna Keller", "--decision")


class Terminal(io.StringIO):
    """A keyboard."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs `evalharness WORDS` in a copy of the drawn week; exit code, output, errors. `answer`: what is typed on a terminal."""
    monkeypatch.setattr("evalharness.flows.opened.utc_now", lambda: datetime(2026, 11, 23, 7, 0, tzinfo=UTC))

    def run(*words: str, answer: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["evalharness", *words, "--workspace", str(mine)])
        monkeypatch.setattr(sys, "stdin", io.StringIO() if answer is None else Terminal(answer))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return run


def test_it_shows_asks_and_keeps(typed: Typed) -> None:
    """On a terminal: the checks, a question, y, the row and the files."""
    code, said, _ = typed(*SIGN, "roll-back", "--notes", "v2.0 lost callers", answer="y\n")
    assert code == 0
    shown, _, after = said.partition("Sign 2026-W47 off as shown?")
    assert "Owner review: " in shown
    assert "Not filled    Anna Keller: 35 calls left" in shown
    assert "decision: roll_back. v2.0 lost callers." in after
    assert f"Kept: reports/{WEEK}/week.xlsx" in after
    assert max(columns(line) for line in shown.splitlines()) <= 80


def test_no_is_no(typed: Typed) -> None:
    """n: nothing is signed, and the week can still be signed."""
    code, said, _ = typed(*SIGN, "keep", answer="n\n")
    assert (code, "Nothing was signed." in said) == (1, True)
    assert typed(*SIGN, "keep", "--yes")[0] == 0


def test_without_a_terminal_it_shows_and_refuses(typed: Typed) -> None:
    """A script that does not say --yes signs nothing; four lines say what to type."""
    code, said, wrong = typed(*SIGN, "keep")
    assert (code, "Verdict" in said) == (2, True)
    assert wrong.startswith("Error: a sign-off asks first")
    assert "--yes" in wrong


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--by", "Cora Lind", "--decision", "keep"), 2, "'Cora Lind' may not sign"),
        (("--by", "Anna Keller", "--decision", "maybe"), 2, "'maybe' is not a decision"),
        (("--by", "Anna Keller", "--decision", "keep", "--again", "x"), 2, "is not signed off yet"),
    ],
)
def test_mistakes(typed: Typed, words: tuple[str, ...], code: int, said: str) -> None:
    """Each is named, exits with a usage code, and signs nothing."""
    found, _, wrong = typed("sign-off", "--week", WEEK, *words, "--yes")
    assert (found, said in wrong) == (code, True)


def test_a_signed_week_says_so_everywhere(typed: Typed) -> None:
    """JSON of the row; then report keeps the files, week skips it, a second signature needs --again, the gate sees a miss."""
    code, said, _ = typed(*SIGN, "keep", "--yes", "--json")
    row = json.loads(said)
    assert (code, row["by"], row["decision"], len(row["files"])) == (0, "Anna Keller", "keep", 5)
    _, report, _ = typed("report", "--week", WEEK)
    assert "\nSigned        2026-11-23 08:00 by Anna Keller (owner)" in report
    assert "As signed: " in report
    assert "Written: " not in report
    _, week, _ = typed("week", "--week", WEEK)
    assert f"{WEEK}: signed off and left as it is" in week
    again, _, wrong = typed(*SIGN, "fix", "--yes")
    assert (again, '--again "REASON"' in wrong) == (1, True)
    assert typed(*SIGN, "fix", "--yes", "--again", "wrong decision")[0] == 0
    assert typed("gate", "--week", WEEK)[0] == 3  # 0 of 20 calls reviewed is missed once signed


def test_a_changed_signed_file_is_not_called_as_signed(typed: Typed, mine: Path) -> None:
    """One line more in summary.md: report and verify name it, the other three are as signed, and nothing is written over it."""
    assert typed(*SIGN, "keep", "--yes")[0] == 0
    changed = mine / "reports" / WEEK / "summary.md"
    with changed.open("a") as file:
        file.write("x\n")
    _, report, _ = typed("report", "--week", WEEK)
    assert f"\nChanged since it was signed: {changed}\n" in report
    assert report.count("As signed: ") == 4
    assert changed.read_text().endswith("x\n")
    code, said, _ = typed("verify")
    assert (code, f"PROBLEM  reports/{WEEK}/summary.md: changed since {WEEK}" in said, "\n1 problem." in said) == (1, True, True)


VALUES = {"--weeks": ["0"], "--week": ["2026-W47"], "--by": ["intent"]}


def test_the_trend_fits_the_terminal_and_parses(typed: Typed) -> None:
    """One drawn week: 80 columns, n beside each figure; JSON with every measure; --all has more tables."""
    code, said, _ = typed("trend")
    assert code == 0
    assert said.startswith(f"Trend: one week so far, {WEEK}")
    assert max(columns(line) for line in said.splitlines()) <= 80
    assert re.search(rf"  {WEEK}  550 ms  exact  432 of 432", said)
    assert len(typed("trend", "--all")[1]) > len(said)
    found = json.loads(typed("trend", "--json")[1])
    assert [week["week"] for week in found["weeks"]] == [WEEK]
    assert {"resolution_rate", "cost_per_call", "call_score"} <= {trend["name"] for trend in found["trends"]}
    assert typed("trend", "--weeks", "-1")[0] == 2


def test_the_pages_on_both_say_what_is_typed(typed: Typed) -> None:
    """The command of docs/sign-off.md, with --yes, signs the week; docs/trend.md names the options that there are."""
    docs = Path(__file__).parents[2] / "docs"
    line = (docs / "sign-off.md").read_text().split("```\n")[1].strip()
    words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line)][1:]
    assert typed(*words, "--yes")[0] == 0
    of_trend = (docs / "trend.md").read_text().split("A note that was a slip")[0]  # what follows is said of `note`
    for option in re.findall(r"`(--[a-z]+)", of_trend):
        assert typed("trend", option, *VALUES.get(option, []))[0] == 0
