"""Are Python and the packages the ones that were tried together."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

from evalharness.models.noun import canonical_json, digest_of
from evalharness.workspace.finding import Finding, fine, warning, wrong

_ROOT = Path(str(files("evalharness")))
OLDEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(==|>=)\s*([0-9][0-9.]*)")
_FIX = "Install again as the README says: `uv pip install -e '.[test]'`."


def installed_findings() -> Iterator[Finding]:
    """Python and every package that evalharness requires."""
    yield from python(sys.version_info[:3])
    try:
        required = requires("evalharness") or []
    except PackageNotFoundError:
        why = "It runs from a folder; nothing says which versions its parts should have."
        yield warning("evalharness is not installed as a package", why, _FIX)
        return
    yield from packages([line for line in required if "extra ==" not in line], version)


def program_mark() -> str:
    """What tells this program from another one, which may count otherwise: Python, and name, size and time of each file that
    comes with it, code or data; what Python makes of these for itself is left out."""
    held = sorted(_shipped(_ROOT))
    return digest_of(canonical_json([sys.version, held]))


def _shipped(folder: Path) -> Iterator[tuple[str, int, int]]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = Path(place, name)
            found = path.stat()
            yield path.relative_to(folder).as_posix(), found.st_size, found.st_mtime_ns


def python(running: tuple[int, ...]) -> Iterator[Finding]:
    """Whether Python is new enough."""
    shown = ".".join(str(part) for part in running)
    if running < OLDEST_PYTHON:
        yield wrong(f"Python {shown} is too old", "evalharness needs 3.11 or newer.", "Make the environment with a newer Python.")
    else:
        yield fine(f"Python {shown}")


def packages(required: Iterable[str], installed: Callable[[str], str]) -> Iterator[Finding]:
    """Whether each required package (`name==1.2`, `name>=1.2`) is there in such a version, as `installed(name)` says."""
    checked, bad = 0, False
    for line in required:
        match = _REQUIREMENT.match(line)
        if match is None:
            continue
        checked += 1
        found = _version(match[1], installed)
        if found is None or not _meets(found, match[2], match[3]):
            bad = True
            what = f"{match[1]} is {found or 'missing'}, not {match[2]}{match[3]}"
            yield wrong(what, "Figures and files were only tried with the versions that are asked for.", _FIX)
    if not bad:
        yield fine(f"Packages: all {checked} in the versions that are asked for")


def _version(name: str, installed: Callable[[str], str]) -> str | None:
    try:
        return installed(name)
    except PackageNotFoundError:
        return None


def _meets(found: str, op: str, wanted: str) -> bool:
    have, want = _numbers(found), _numbers(wanted)
    return have == want if op == "==" else have >= want


def _numbers(text: str) -> tuple[int, ...]:
    """1.10.2rc1 -> (1, 10, 2); trailing zeros do not count."""
    match = re.match(r"\d+(?:\.\d+)*", text)
    numbers = [int(part) for part in match[0].split(".")] if match else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
