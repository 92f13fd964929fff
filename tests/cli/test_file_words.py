"""Where a week's reports are, in words."""

from __future__ import annotations

from pathlib import Path

from evalharness.cli.words import of_files

BOOK, PAGE = Path("reports/2026-W46/week (2).xlsx"), Path("reports/2026-W46/report.html")


def test_a_file_beside_one_that_somebody_changed_says_why() -> None:
    """The workbook got a number: the line below says which file stays; the page has its own name and no such line."""
    *written, why = of_files([BOOK, PAGE], {}, signed=False)
    assert written == [f"Written: {BOOK}", f"Written: {PAGE}"]
    assert why.startswith(
        "  week.xlsx is not as it was written here, so it stays as it is, and what is typed there is still read;"
    )
    assert why.endswith("week (2).xlsx is the newer one")


def test_of_signed_files_those_that_were_changed_are_told_apart() -> None:
    """The page stands as it was signed, the scores do not."""
    scores = Path("reports/2026-W46/scores.csv")
    assert of_files([PAGE, scores], {scores: "changed"}, signed=True) == [
        f"As signed: {PAGE}",
        f"Changed since it was signed: {scores}",
    ]
