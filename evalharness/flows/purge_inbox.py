"""Which files of inbox/ a purge may delete: those whose rows are all in the log, told by the digest of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evalharness import numbers
from evalharness.collect.platforms import pipecat
from evalharness.collect.privacy.masked import masked_name, masking
from evalharness.flows.collect import known_as
from evalharness.flows.opened import Opened


class Standing(NamedTuple):
    """`files`: the file and the one it was read together with, where both may go; else () and `why` not, in words."""

    files: tuple[Path, ...]
    why: str = ""


def standing(house: Opened, path: Path) -> Standing:
    """Whether the file was taken in just as it stands, under whatever name, and every row of it accepted or known already.

    What cannot be told may not go: a file that changed, that was read by other settings than today's, of which rows were
    rejected, in conflict or of another agent, and a file of a folder that is one call, which is not read whole.
    """
    rows = [row for row in house.ledger.stored("intakes") if row["rows"]]  # one in which no row was seen tells nothing
    left: dict[tuple[str, str], int] = {}
    for row in rows:
        name, missed = (row["file_digest"], row["source"]), row["rows"] - row["accepted"] - row["duplicate"]
        left[name] = min(missed, left.get(name, missed))
    missed = None
    for digest, source, files in _readings(house, path, sorted({row["source"] for row in rows})):
        missed = left.get((digest, source), missed) if path in files else missed
        if missed == 0:
            return Standing(files)
    if missed is not None:
        return Standing((), f"{numbers.counted(missed, 'row')} of it {'was' if missed == 1 else 'were'} not taken in")
    if pipecat.whole(path) != path:
        return Standing((), "it belongs to a run, of which only a part is read")
    known = masked_name(path.name, masking(house.workspace.key)) in {row["file"] for row in rows}
    return Standing((), "it changed since it was collected, or the settings did" if known else "it was not collected")


def _readings(house: Opened, path: Path, sources: list[str]) -> Iterator[tuple[str, str, tuple[Path, ...]]]:
    """The file as it would be read now; turns.csv is read with its calls.csv."""
    yield from known_as(house, path, sources)
    calls = path.with_name(path.name.replace("turns", "calls", 1))
    if calls != path and calls.is_file():
        yield from known_as(house, calls, sources)
