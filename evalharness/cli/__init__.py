"""The command line: parse, call one flow, print, choose the exit code. Nothing heavy is imported before a flow is called."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> None:
    """The console script."""
    from evalharness.cli.app import app
    from evalharness.cli.options import complain
    from evalharness.errors import EvalHarnessError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a letter that the terminal's encoding lacks is escaped, and stops nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="evalharness")
    except EvalHarnessError as error:
        complain(str(error))
        sys.exit(int(error.exit_code))
    except KeyboardInterrupt:
        print("Interrupted; what was saved is saved, and the same command goes on.", file=sys.stderr)
        sys.exit(130)
