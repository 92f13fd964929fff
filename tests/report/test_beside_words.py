"""Two judges beside people, in lines of a terminal."""

from __future__ import annotations

from evalharness.models.beside import BesideRow, Succession
from evalharness.report.beside_words import succession_lines
from evalharness.report.text import columns
from tests.report.rich import an_agreement
from tests.report.weeks import a_number

OLD, NEW = "claude-haiku-5-5, prompt aaaaaaaaaaaa", "claude-opus-5-5, prompt aaaaaaaaaaaa"


def a_row(**fields: object) -> BesideRow:
    """62 calls, 8 answered otherwise."""
    ordinary: dict[str, object] = {
        "criterion": "tone",
        "calls": 62,
        "old": an_agreement(),
        "new": an_agreement(),
        "right": a_number("right", 0.05, n=62, of=62, low=-0.03, high=0.14),
        "p": 0.29,
        "levels": a_number("levels", -0.2, unit="levels", n=60, of=60, low=-0.4, high=0.01),
        "flips": a_number("flips", 0.129, n=62, of=62, low=0.06, high=0.24),
    }
    return BesideRow.model_validate({**ordinary, **fields})


def lines(*rows: BesideRow) -> list[str]:
    old_cost = a_number("cost", None, unit="money", n=0, of=0)
    new_cost = a_number("cost", 0.00213, unit="money", n=62, of=62)
    found = Succession(week="2026-W47", old=OLD, new=NEW, rows=rows, old_cost=old_cost, new_cost=new_cost)
    return list(succession_lines(found))


def test_everything_with_its_n() -> None:
    told = "\n".join(lines(a_row()))
    assert told.startswith("claude-opus-5-5 beside claude-haiku-5-5, on gold calls of 2026-W47\n")
    assert "tone: 62 calls that people and both judges answered" in told
    assert "new against now: +5 points (-3 to 14 points) of 62" in " ".join(told.split())
    assert "answered otherwise: 13 % of 62 (6 to 24 %)" in told
    assert "over 60 calls" in " ".join(told.split())
    assert "cost a call  now unknown; new $0.002130 (n 62)" in told
    assert "Nothing is changed by this." in told


def test_no_line_is_wider_than_a_screen() -> None:
    assert max(columns(line) for line in lines(a_row())) <= 80


def test_yes_and_no_have_no_levels_and_few_pairs_no_agreement() -> None:
    told = "\n".join(lines(a_row(levels=None, old=None, new=None)))
    assert "new minus now" not in told
    assert told.count("shown from 20 pairs on") == 2
