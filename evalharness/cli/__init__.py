"""The command line: parse, call one flow, print, choose the exit code. Nothing heavy is imported before a flow is called."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalharness.errors import EvalHarnessError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_DATABASE = (("sqlite3", "OperationalError"), ("sqlalchemy.exc", "OperationalError"))
OBJECTS_BETWEEN = 50_000
"""New objects after which the collector of reference cycles looks again (Python 3.11: 700, nearly all while modules load)."""


def main() -> None:
    """The console script."""
    ends_soon()
    from evalharness.cli.app import app
    from evalharness.cli.options import complain

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a letter that the terminal's encoding lacks is escaped, and stops nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="evalharness")
    except KeyboardInterrupt:
        print("Interrupted; what was saved is saved, and the same command goes on.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        known = _in_words(error)
        if known is None:
            raise
        complain(str(known))
        sys.exit(int(known.exit_code))


def ends_soon() -> None:
    """For a process that loads much and ends soon: cycles are looked for seldom, and not once more among all that it leaves."""
    gc.set_threshold(OBJECTS_BETWEEN, *gc.get_threshold()[1:])
    atexit.register(_leave_as_it_is)


def _leave_as_it_is() -> None:
    """At the end: nothing is looked through again, but where the call log was open: its library complains of what is left."""
    if "duckdb" not in sys.modules:
        gc.freeze()


def _in_words(error: Exception) -> EvalHarnessError | None:
    """The error in four lines; None for one that nobody but a programmer can mend."""
    from evalharness.errors import EvalHarnessError

    if isinstance(error, EvalHarnessError):
        return error
    why = "The command stopped there; what it had saved before is saved."
    if isinstance(error, OSError):
        where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else " ".join(sys.argv[:2])
        what, fix = _of_the_system(error)
        return EvalHarnessError(what, where=where, why=why, fix=fix)
    if any(isinstance(error, kind) for kind in _database_errors()):
        what = f"the ledger cannot be used ({getattr(error, 'orig', error)})"
        fix = "Run `evalharness doctor`; it checks the ledger, the disk and who may write."
        return EvalHarnessError(what, where="ledger.db", why=why, fix=fix)
    return _of_a_word_that_is_no_text()


def _of_a_word_that_is_no_text() -> EvalHarnessError | None:
    """A typed word with bytes that are no letters in UTF-8, such as an accent from a terminal set to Latin-1."""
    from evalharness.errors import UsageError

    word = next((word for word in sys.argv[1:] if any("\ud800" <= letter <= "\udfff" for letter in word)), None)
    if word is None:
        return None
    why = "It holds bytes that are no letters in UTF-8, so it can neither be kept nor looked up."
    return UsageError(
        f"{word!r} is not text", where=" ".join(sys.argv[1:2]), why=why, fix="Type it in a terminal that uses UTF-8."
    )


def _of_the_system(error: OSError) -> tuple[str, str]:
    """What the system refused, and what to do."""
    if error.errno in _FULL:
        return "the disk is full", "Free some space, then run the same command again."
    said = error.strerror or str(error)
    if error.errno in _REFUSED:
        return f"the system does not allow it ({said})", "Check who owns the folder and its files, and who may write there."
    return f"the system refused to read or write ({said})", "Check that the path is there and can be written, then run it again."


def _database_errors() -> list[type[Exception]]:
    """The kinds that a loaded driver has; asking for them loads none."""
    return [getattr(sys.modules[name], kind) for name, kind in _DATABASE if name in sys.modules]
