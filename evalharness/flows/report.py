"""WeekSummary -> the files of reports/WEEK/, each whole or absent, rewritten only where its bytes change.

The files of a signed week stay as they were signed; what is known later is written beside them and says so in its name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from evalharness.flows.exports import Label, digest_of_bytes, put, relative
from evalharness.flows.opened import Opened
from evalharness.flows.report_index import index_of
from evalharness.flows.trend import Known, with_trend
from evalharness.models.act import SignOff
from evalharness.models.summary import WeekSummary
from evalharness.report.exports.forms import scores_csv
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from evalharness.report.page.index import record_of
from evalharness.report.page.page import write_page
from evalharness.report.workbook.book import write_workbook
from evalharness.store.files import digest_file
from evalharness.store.records import action_history, last_export, sign_offs


def _markdown(summary: WeekSummary) -> bytes:
    return summary_markdown(summary).encode()


WORKBOOK = "week.xlsx"
KEPT_BESIDE = (
    "{kept} holds what somebody typed: it stays as it is and is still read. This workbook, {name}, is newer and the one that "
    "counts; type here from now on."
)
_NUMBERED = re.compile(r"(.+) \((\d+)\)")
ACTIONS_SAID = "actions"
"""In the details of a workbook's export: action -> how many states of it were known when it was written."""
FILES = {
    "week.xlsx": write_workbook,
    "report.html": write_page,
    "scores.csv": scores_csv,
    "summary.json": summary_json,
    "summary.md": _markdown,
}


def write_reports(
    house: Opened, summary: WeekSummary, at: datetime, *, signing: bool = False, known: Known | None = None
) -> list[Path]:
    """The workbook, the page, scores.csv, summary.json and summary.md of the week; returns their paths.

    A file that a person changed since it was written is kept, and the new one gets a number behind its name. Nothing is
    written for a signed week that stands as signed. The page of all weeks is written, too, and is not among the paths. Raises
    ExportError where a file is open elsewhere or the disk is full; what stood there stays whole.
    """
    signed = len(sign_offs(house.ledger, summary.week))
    standing = as_signed(house, summary)
    if standing and not signing:
        return standing
    whole = with_trend(house, summary, known)
    label = Label("report", whole.week, at, more={"week": record_of(whole)})
    paths = [_made(house, whole, name, _named(name, signed), label) for name in FILES]
    _write_index(house, whole.signed if signing else None, at)
    return paths


def as_signed(house: Opened, summary: WeekSummary) -> list[Path]:
    """The files that were signed, changed or not, where all of them are there and nothing came since; else none."""
    if summary.signed is None or summary.since is None or not summary.since.nothing:
        return []
    paths = [house.workspace.root / path for path in summary.signed.files]
    return paths if all(path.exists() for path in paths) else []


def beside(path: Path) -> str:
    """Why a file got a number behind its name, "week (2).xlsx": the older one is kept; "" for a file without one."""
    numbered = _NUMBERED.fullmatch(path.stem)
    if numbered is None:
        return ""
    kept, number = f"{numbered[1]}{path.suffix}", int(numbered[2])
    kept = kept if number == 2 else f"{kept} (up to {number - 1})"
    read = ", and what is typed there is still read" if path.suffix == Path(WORKBOOK).suffix else ""
    return f"{kept} is not as it was written here, so it stays as it is{read}; {path.name} is the newer one"


def _named(name: str, signed: int) -> str:
    """The file's name after so many sign-offs: "week.xlsx", "week (after sign-off).xlsx", "week (after sign-off 2).xlsx"."""
    if not signed:
        return name
    path = Path(name)
    return f"{path.stem} (after sign-off{f' {signed}' if signed > 1 else ''}){path.suffix}"


def _made(house: Opened, summary: WeekSummary, kind: str, name: str, label: Label) -> Path:
    """The file written. A workbook that could not take its own name says so, since two of them lie beside each other then."""
    data, wanted = FILES[kind](summary), house.workspace.report_path(label.week, name)
    path = _free_place(house, wanted, digest_of_bytes(data))
    if kind == WORKBOOK and path != wanted:
        told = KEPT_BESIDE.format(kept=wanted.name, name=path.name)
        data = FILES[kind](summary.model_copy(update={"notices": (told, *summary.notices)}))
        path = _free_place(house, wanted, digest_of_bytes(data))
    put(house, path, data, replace(label, more=_more(house, kind, label)))
    return path


def _more(house: Opened, kind: str, label: Label) -> dict[str, Any]:
    """What the ledger keeps beside the digest: of the page its week; of a workbook how many states of each action it knew."""
    if kind == WORKBOOK:
        return {ACTIONS_SAID: {action: len(states) for action, states in action_history(house.ledger).items()}}
    return dict(label.more) if kind.endswith(".html") else {}


def _write_index(house: Opened, signing: SignOff | None, at: datetime) -> None:
    """All weeks on one page, beside their folders. It changes with every week, so that nobody signs it."""
    data = index_of(house, signing)
    path = _free_place(house, house.workspace.reports_index, digest_of_bytes(data))
    put(house, path, data, Label("index", "", at))


def _free_place(house: Opened, path: Path, digest: str) -> Path:
    """The path itself while the file there is ours as written; else the first numbered name that is free or ours."""
    number, place = 1, path
    while not _ours(house, place, digest):
        number += 1
        place = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return place


def _ours(house: Opened, path: Path, digest: str) -> bool:
    if not path.exists():
        return True
    written = last_export(house.ledger, relative(house, path))
    found = digest_file(path)
    return found == digest or (written is not None and written["digest"] == found)
