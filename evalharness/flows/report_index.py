"""reports/index.html: all weeks whose reports stand in the folder, as these reports say it; rewritten with every report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from evalharness.flows.opened import Opened
from evalharness.models.act import SignOff
from evalharness.report.page.index import IndexedWeek, of_record, write_index
from evalharness.store.records import sign_offs

PAGE = "report.html"
_SHOWN = {PAGE: "page", "week.xlsx": "workbook"}
"""The files of a week that the index leads to, by the name they have at first, and what the way to them is called."""
Written = dict[str, dict[str, Any]]
"""First name of a file -> the newest row of the ledger that says it was written, under that name or a numbered one."""


def index_of(house: Opened, signing: SignOff | None = None) -> bytes:
    """The index of every week that has a page, each as the ledger says it was reported last.

    `signing`: a sign-off that is about to be kept, and is shown already.
    """
    weeks = [_week(house, week, files, _signed(house, week, signing)) for week, files in sorted(_newest(house).items())]
    return write_index(house.config.agent.name, house.config.owner.name, weeks)


def _newest(house: Opened) -> dict[str, Written]:
    found: dict[str, Written] = {}
    for row in house.ledger.rows("exports", kind="report"):
        path = PurePosixPath(row["path"])
        first = f"{path.stem.partition(' (')[0]}{path.suffix}"
        if row["week"] and first in _SHOWN:
            found.setdefault(row["week"], {})[first] = row
    return {week: files for week, files in found.items() if PAGE in files}


def _signed(house: Opened, week: str, signing: SignOff | None) -> str:
    kept = sign_offs(house.ledger, week)
    last = signing if signing is not None and signing.week == week else kept[-1] if kept else None
    return f"signed: {last.decision}" if last else ""


def _week(house: Opened, week: str, files: Mapping[str, dict[str, Any]], signed: str) -> IndexedWeek:
    paths = {name: row["path"] for name, row in files.items() if (house.workspace.root / row["path"]).is_file()}
    ways = {called: _from_reports(paths[name]) for name, called in _SHOWN.items() if name in paths}
    try:
        return of_record(week, ways, files[PAGE]["details"]["week"], signed)
    except (KeyError, TypeError, ValueError):
        return IndexedWeek(week, ways, signed=signed)


def _from_reports(path: str) -> str:
    """The address of a file of the workspace seen from the folder reports/."""
    return quote(PurePosixPath(path).relative_to("reports").as_posix())
