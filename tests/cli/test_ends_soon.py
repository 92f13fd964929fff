"""A command's process: the collector of reference cycles hardly runs while it loads, and not at its end."""

from __future__ import annotations

import subprocess
import sys

from evalharness.cli import OBJECTS_BETWEEN

CODE = """
import atexit, gc
atexit.register(lambda: print(gc.get_threshold()[0], gc.get_freeze_count() > 1000))  # what is registered first is called last
from evalharness.cli import ends_soon
ends_soon()
print(gc.get_freeze_count())
"""


def test_the_collector_has_nothing_to_look_through_when_the_process_ends() -> None:
    """Nothing is frozen while the command runs, all is at its end."""
    said = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["0", str(OBJECTS_BETWEEN), "True"]


def test_the_call_log_library_finds_nothing_to_complain_of_at_the_end() -> None:
    """Once the call log was open everything is taken apart as usual: a library that counts what is left stays silent."""
    code = CODE + "import duckdb\nduckdb.connect().sql('select 1').fetchall()\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", str(OBJECTS_BETWEEN), "False"]
    assert done.stderr == ""
