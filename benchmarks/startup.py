"""CPU of `evalharness --help` beside a bare `import typer, pydantic`, as a ratio: python -m benchmarks.startup [RUNS]."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

HELP = [sys.executable, "-m", "evalharness", "--help"]
BARE = [sys.executable, "-c", "import typer, pydantic"]
LIMIT = 1.2


def cpu_seconds(command: list[str]) -> float:
    """User and system CPU of one run of the command, imports from compiled bytecode."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Alternates the two commands after a warm-up and prints medians and their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for command in (HELP, BARE):
        cpu_seconds(command)
    pairs = [(cpu_seconds(HELP), cpu_seconds(BARE)) for _ in range(runs)]
    mine, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"evalharness --help       {mine:.3f} CPU s (median of {runs})")
    print(f"import typer, pydantic   {bare:.3f} CPU s")
    print(f"ratio                    {ratio:.2f} (limit {LIMIT})")


if __name__ == "__main__":
    main()
