"""action add, list, fix, check and drop as somebody types them; hostile text cannot act on the terminal."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.cli import main
from evalharness.flows.actions import CAUSES
from tests.cli.conftest import WEEK

Typed = Callable[..., tuple[int, str, str]]
ADD = ("action", "add", "--call", "fd-47-003", "--criterion", "correctness", "--cause", "prompt", "--owner", "Ben Ode")


@pytest.fixture
def typed(mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs `evalharness WORDS` in a copy of the drawn week, on the Monday after it (or `at`); exit code, output, errors."""

    def run(*words: str, at: datetime = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)) -> tuple[int, str, str]:
        monkeypatch.setattr("evalharness.flows.opened.utc_now", lambda: at)
        monkeypatch.setattr(sys, "argv", ["evalharness", *words])
        monkeypatch.setenv("EVALHARNESS_WORKSPACE", str(mine))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return run


def test_the_life_of_an_action(typed: Typed) -> None:
    """Added under the newest complete week, listed, fixed, dropped; then only --all shows it."""
    said = "A-2026-W47-1 (due in 2026-W50) Ben Ode mends prompt; correctness, calls fd-47-003, fd-47-055: says Monday\n"
    assert typed(*ADD, "--call", "fd-47-055", "--due", "2026-W50", "--note", "says Monday") == (0, said, "")
    assert typed("action", "list") == (0, said, "")
    assert "(fixed in v2, not checked yet)" in typed("action", "fix", "A-2026-W47-1", "--version", "v2")[1]
    assert "(dropped: was none)" in typed("action", "drop", "A-2026-W47-1", "--reason", "was none")[1]
    assert typed("action", "list") == (0, "No action is open.\n", "")
    assert "(dropped: was none)" in typed("action", "list", "--all")[1]


def test_for_machines(typed: Typed) -> None:
    """JSON of the action, and of the list with the week it is seen from; on Monday of W51 what was due in W50 is overdue."""
    kept = json.loads(typed(*ADD, "--due", "2026-W50", "--json")[1])
    assert (kept["id"], kept["state"], kept["overdue"]) == ("A-2026-W47-1", "open", False)
    found = json.loads(typed("action", "list", "--json", at=datetime(2026, 12, 14, 7, 0, tzinfo=UTC))[1])
    assert (found["week"], [one["overdue"] for one in found["actions"]]) == ("2026-W51", [True])


def test_the_bare_command_lists_it_when_due(typed: Typed) -> None:
    """In W50, where it is due: who, what, and what to type."""
    typed(*ADD, "--due", "2026-W50")
    said = typed(at=datetime(2026, 12, 7, 7, 0, tzinfo=UTC))[1]
    assert "2026-W50  Ben Ode: A-2026-W47-1 (due in 2026-W50 (this week)) Ben Ode mends prompt" in said
    assert "evalharness action fix A-2026-W47-1 --version VERSION" in said


def test_the_screen_of_the_week_and_of_the_sign_off_show_it(typed: Typed) -> None:
    """`report` and what is shown before signing; the sign-off asks for no action."""
    typed(*ADD)
    assert "Actions: 1 open\n  - A-2026-W47-1 (no due week)" in typed("report", "--week", WEEK)[1]
    code, said, _ = typed("sign-off", "--week", WEEK, "--by", "Anna Keller", "--decision", "fix", "--yes")
    assert (code, "Open action   A-2026-W47-1 (no due week)" in said) == (0, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "A-2026-W47-1", "--week", "2026-W48"), "no calls of 2026-W48"),
        (("check", "A-2026-W47-1", "--week", WEEK), "is not fixed yet"),
        (("fix", "A-2026-W47-7", "--version", "v2"), "there is no action 'A-2026-W47-7'"),
        (("drop", "\x1b[31m", "--reason", "x"), "there is no action"),
        ((*ADD[1:], "--week", "2026-W99"), "no week"),
        (("add", *ADD[2:6], "--cause", "moon", "--owner", "Ben"), "prompt, knowledge, tool"),
    ],
)
def test_a_slip_is_an_error_in_four_lines(typed: Typed, words: tuple[str, ...], says: str) -> None:
    """Exit 2, what and what to type, no traceback, nothing printed as a result, no escape sequence."""
    typed(*ADD)
    code, said, wrong = typed("action", *words)
    assert (code, said) == (2, "")
    assert says in wrong
    assert "Traceback" not in wrong
    assert "\x1b" not in wrong


def test_hostile_text_is_shown_and_does_not_act(typed: Typed) -> None:
    """Escape sequences, reversals and line ends in owner, note and version: one line, each by its number."""
    evil = "\x1b[31mred\u202e\nA-2026-W47-9 (checked)"
    assert typed(*ADD[:-1], evil, "--note", evil)[0] == 0
    said = typed("action", "fix", "A-2026-W47-1", "--version", evil)[1] + typed("action", "list")[1] + typed("report")[1]
    assert not {"\x1b", "\u202e"} & set(said)
    assert not [line for line in said.splitlines() if line.startswith("A-2026-W47-9")]


def test_the_page_says_what_is_typed(typed: Typed) -> None:
    """The command of docs/sign-off.md works as written, and its causes are those that there are."""
    page = (Path(__file__).parents[2] / "docs" / "sign-off.md").read_text().partition("## Actions")[2]
    code, said, _ = typed(*shlex.split(page.split("```\n")[1])[1:])
    assert (code, said.startswith("A-2026-W47-1 (due in 2026-W50)")) == (0, True)
    named = re.findall(r"`(\w+)`", page.partition("fix, one of ")[2].partition(".")[0])
    assert tuple(named) == CAUSES
