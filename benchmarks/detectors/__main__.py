"""`python -m benchmarks.detectors [GROUP ...] [--wrong]`: each labelled figure with recall and precision; --wrong: every mistake.

A figure that does not ship on is marked "off"; here all are measured. Exit code 1 where a figure that ships on has a precision
over all labels below 0.9: such a figure is not to ship on.
Labels: benchmarks/detectors/labels.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from benchmarks.detectors import spoken_numbers
from benchmarks.detectors.labels import Label, groups, labels, of_samples
from benchmarks.detectors.scoring import HEAD, Score, scores, together
from evalharness.grade.measured.detectors import off_by_default

LEAST = 0.9
OFF = off_by_default()
"""Figures that nobody measures who does not say so."""


def main() -> int:
    """Prints the table of each group, then of the samples."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("groups", nargs="*", metavar="GROUP", help="files of tests/data/detectors; all of them by default")
    options.add_argument("--wrong", action="store_true", help="print every call that went wrong")
    given = options.parse_args()
    unknown = set(given.groups) - {*groups(), "samples"}
    if unknown:
        options.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(groups())}, samples")
    tables = {name: labels(name) for name in groups()} | {"samples": of_samples()}
    found = [row for group in given.groups or tables for row in _table(group, tables[group], wrong=given.wrong)]
    low = sorted(name for name, row in together(found).items() if row.found and row.right / row.found < LEAST)
    on = [name for name in low if name not in OFF]
    print(f"\noff by default: {', '.join(OFF)}; of these below {LEAST}: {', '.join(set(low) & set(OFF)) or 'none'}")
    print(f"on by default, precision below {LEAST}: {', '.join(on) or 'none'}")
    return 1 if on else 0


def _table(group: str, found: Iterable[Label], *, wrong: bool) -> list[Score]:
    """Prints one group; its rows."""
    rows = scores(found) + (spoken_numbers.rows() if group == spoken_numbers.GROUP else [])
    if rows:
        print(f"\n{group}\n{HEAD}")
    for row in rows:
        print(f"{row.text()} {'off' if row.figure in OFF else ''}".rstrip())
        for line in row.wrong if wrong else []:
            print(f"    {line}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
