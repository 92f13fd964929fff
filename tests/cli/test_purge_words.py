"""What `purge` prints: one is one, several are several, and nothing is said of what there is none of."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.cli.purge_words import of_receipt
from evalharness.flows.purge_receipt import Receipt
from evalharness.flows.retention import Due

ONE = {"calls": 1, "sample_items": 1, "grades": 1, "parts": 1, "not graded any more": 1, "texts looked for": 1}
TWO = dict.fromkeys(ONE, 2)


def lines(counts: dict[str, int], **fields: Any) -> list[str]:
    """The lines of a receipt with these counts."""
    ordinary = {"scanned": {"files": counts.get("calls", 0), "bytes": 0}, "path": "receipts/purge-0001.json", "head": "ab"}
    told = {"purge": 1, "at": "2026-11-24", "kind": "call", "why": "on request", "counts": counts}
    return list(of_receipt(Receipt(**{**told, **ordinary, **fields})))


def test_one_of_each() -> None:
    """No plural, and no name of a table."""
    assert lines(ONE, hits={"mine.txt": 1}, deleted={"reports/x.html": "0"}) == [
        "Taken out on request: what was said in 1 call",
        "  changed  1 drawn call, 1 grade, 1 file of the call log",
        "  1 call is not graded any more by those who still had to",
        "  deleted  reports/x.html",
        "Looked through 1 file, 0.0 MB, for 1 text: 1 file holds any of it",
        "  STILL THERE  mine.txt: 1 text",
        "Not reached:",
        "Receipt: receipts/purge-0001.json. Ledger head: ab",
    ]


def test_two_of_each() -> None:
    """Every noun and verb in the plural."""
    assert lines(TWO, hits={"mine.txt": 2, "yours.txt": 2})[:-2] == [
        "Taken out on request: what was said in 2 calls",
        "  changed  2 drawn calls, 2 grades, 2 files of the call log",
        "  2 calls are not graded any more by those who still had to",
        "Looked through 2 files, 0.0 MB, for 2 texts: 2 files hold any of it",
        "  STILL THERE  mine.txt: 2 texts",
        "  STILL THERE  yours.txt: 2 texts",
    ]


def test_a_second_purge() -> None:
    """Nothing is left to take out, and nothing known to look for."""
    said = lines({"calls": 1, "texts looked for": 0}, before=["purge-0001 of 2026-11-24"])
    assert said[0] == "Nothing was left in the log to take out on request of 1 call"
    assert said[1].startswith("Already purged: purge-0001 of 2026-11-24. ")
    assert "Looked through 1 file, 0.0 MB: no text is known that could be looked for" in said


def test_recordings_alone() -> None:
    """No count of calls of which nothing was said away, and no file holds any."""
    said = lines({"calls": 0, "parts": 1, "texts looked for": 1}, why="under retention")
    assert said[:3] == [
        "Taken out under retention",
        "  changed  1 file of the call log",
        "Looked through 0 files, 0.0 MB, for 1 text: none holds any of it",
    ]


def test_a_purge_whose_notes_are_gone() -> None:
    """It is not said that nothing was looked for, nor that a file holds 0 texts."""
    said = lines({}, kind="lost", why="", scanned={}, hits={".purge.json": 0})
    assert said[0].startswith("A purge that was interrupted is ended; its notes are gone")
    assert said[1:] == [
        "  CANNOT BE TOLD  .purge.json is gone",
        "Not reached:",
        "Receipt: receipts/purge-0001.json. Ledger head: ab",
    ]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, ["call: all that was said, sent or written in it, and quotes of it", "address of a recording",
             "rationale, comment or reason of a grade or decision", "raw reply of an LLM", "report, sheet or export"]),
        (2, ["calls: all that was said, sent or written in them, and quotes of it", "addresses of recordings",
             "rationales, comments and reasons of grades and decisions", "raw replies of LLMs", "reports, sheets and exports"]),
    ],
)  # fmt: skip
def test_what_would_go(number: int, said: list[str]) -> None:
    """A line of each kind, in the number that goes."""
    calls = tuple(("demo", f"c{n}") for n in range(number))
    due = Due("retention", calls, calls, written=number, replied=number, files=tuple(f"reports/{n}" for n in range(number)))
    assert due.lines() == [f"{number:>7}  {line}" for line in said]


@pytest.mark.parametrize(
    ("days", "first", "last", "which", "said"),
    [
        (1, "2026-01-01T", "2026-01-01T", ["c1"], "1 day: 2 due, of 2026-01-01, c1"),
        (90, "2026-01-01T", "2026-01-02T", ["c1", "c2"], "90 days: 2 due, of 2026-01-01 to 2026-01-02, c1, c2"),
        (90, "", "", [], "90 days: 2 due"),
    ],
)
def test_by_which_rule(days: int, first: str, last: str, which: list[str], said: str) -> None:
    """One day is no span, and what has neither days nor names ends without a comma."""
    rule = {"rule": "grades_days", "days": days, "written": True, "count": 2, "which": which, "first": first, "last": last}
    assert Due("retention", rules=(rule,)).lines() == [f"grades_days: {said}"]
