"""The same week on another machine: other time zone, other language, other hash seed, and the very same workbook."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.report.workbook.opened import written

ROOT = Path(__file__).parents[3]
WRITE = (
    "import hashlib, locale; locale.setlocale(locale.LC_ALL, '');"
    "from tests.report.workbook.opened import written; print(hashlib.sha256(written(hostile=True)).hexdigest())"
)


def digest(**environment: str) -> str:
    """Of the hostile golden week, written by a process of its own."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run([sys.executable, "-c", WRITE], env=known, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_bytes_are_equal_in_another_zone_language_and_hash_seed() -> None:
    """Kiritimati is 14 hours ahead of UTC; the seed shuffles every set of texts."""
    here = hashlib.sha256(written(hostile=True)).hexdigest()
    assert digest(TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8", PYTHONHASHSEED="1") == here
    assert digest(TZ="America/St_Johns", LC_ALL="C", LANG="C", PYTHONHASHSEED="77") == here
