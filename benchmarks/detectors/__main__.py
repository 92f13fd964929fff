"""`python -m benchmarks.detectors [GROUP ...] [--wrong]`: each labelled figure with recall and precision; --wrong: every mistake.

Exit code 1 where a figure's precision over all labels is below 0.9: such a figure is not on by default (here all are on).
Labels: benchmarks/detectors/labels.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from benchmarks.detectors import spoken_numbers
from benchmarks.detectors.labels import Label, groups, labels, of_samples
from benchmarks.detectors.scoring import HEAD, Score, scores, together

LEAST = 0.9


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
    print(f"precision below {LEAST}: {', '.join(low)}" if low else f"no figure has a precision below {LEAST}")
    return 1 if low else 0


def _table(group: str, found: Iterable[Label], *, wrong: bool) -> list[Score]:
    """Prints one group; its rows."""
    rows = scores(found) + (spoken_numbers.rows() if group == spoken_numbers.GROUP else [])
    if rows:
        print(f"\n{group}\n{HEAD}")
    for row in rows:
        print(row.text())
        for line in row.wrong if wrong else []:
            print(f"    {line}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
