"""`python -m benchmarks.coverage [METHOD ...] [--runs 2000] [--seed 1]`: the table; exit code 1 where a limit is not kept."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

METHODS = ("shares", "means", "quantiles", "sequences", "agreement", "alarms", "paired", "combined", "differences", "bridge")
"""Files of this folder; each has `lines(runs, seed) -> Iterator[Line]`."""


def main() -> int:
    """Runs the simulations of the methods asked for, all by default."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("methods", nargs="*", metavar="METHOD", help=f"any of {', '.join(METHODS)}; all of them by default")
    options.add_argument("--runs", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    unknown = set(given.methods) - set(METHODS)
    if unknown:
        options.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(METHODS)}")
    kept, began = True, time.process_time()
    for method in given.methods or METHODS:
        for line in importlib.import_module(f"benchmarks.coverage.{method}").lines(given.runs, given.seed):
            print(line.text(), flush=True)
            kept = kept and line.holds
    print(f"{'every limit kept' if kept else 'A LIMIT IS NOT KEPT'}; seed {given.seed}, {time.process_time() - began:.0f} CPU s")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
