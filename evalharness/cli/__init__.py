"""The command line: parse, call one flow, print, choose the exit code. Nothing heavy is imported before a flow is called."""

from __future__ import annotations

import sys


def main() -> None:
    """The console script."""
    from evalharness.cli.app import app
    from evalharness.errors import EvalHarnessError

    try:
        app(prog_name="evalharness")
    except EvalHarnessError as error:
        print(error, file=sys.stderr)
        sys.exit(int(error.exit_code))
    except KeyboardInterrupt:
        print("Interrupted; what was saved is saved, and the same command goes on.", file=sys.stderr)
        sys.exit(130)
