"""What a reader must know before believing a week's figures."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.flows.alerts import alert_notices
from evalharness.flows.opened import Opened
from evalharness.flows.scoped import scope_of
from evalharness.models.intake import IntakeReport
from evalharness.models.sample import WeeklySample
from evalharness.store.records import intakes

IMPORTED = "sheet import"


def notices(house: Opened, week: str, sample: WeeklySample | None) -> list[str]:
    """Rows that did not go in, calls that may be counted twice, cells nobody could read, a redraw, alerts not delivered."""
    of_files = (*_of_intake(house), *_of_sources(house, week), *_of_sheets(house, week))
    return [*of_files, *_of_draw(sample), *alert_notices(house, week)]


def _of_intake(house: Opened) -> Iterator[str]:
    """Rows as the newest reading of each file left them: a file read twice is not counted twice."""
    newest: dict[tuple[str, str], IntakeReport] = {(report.file, report.source): report for report in intakes(house.ledger)}
    last = {file: report for (file, _), report in newest.items()}.values()
    rejected, conflicts = sum(report.rejected for report in last), sum(report.conflict for report in last)
    other = sum(report.other_agent for report in last)
    if rejected:
        yield f"{_rows(rejected)} of the logs could not be read as calls (evalharness collect FILE names each)"
    if conflicts:
        yield f"{_rows(conflicts)} repeat a call with other content; the first one is kept"
    if other:
        yield f"{_rows(other)} belong to other agents and are left out"


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _of_sources(house: Opened, week: str) -> Iterator[str]:
    """One log collected in two forms gives every call twice."""
    sources, twice = house.calls.repeated(week, scope_of(house, week))
    if twice:
        yield (
            f"{twice} call ids occur in more than one source ({', '.join(sources)}): if the same log was collected twice, "
            "its calls count twice; a `scope:` or one source puts that right"
        )


def _of_sheets(house: Opened, week: str) -> Iterator[str]:
    for path, problems in unread_cells(house, week).items():
        yield f"answers in {path} that could not be read: {problems}; evalharness sheet import names each"


def unread_cells(house: Opened, week: str) -> dict[str, int]:
    """Sheet -> answers of its newest import that could not be read, where there are any."""
    newest = {row["path"]: row["details"].get("problems", 0) for row in house.ledger.rows("exports", kind=IMPORTED, week=week)}
    return {path.removeprefix(f"{IMPORTED}: "): problems for path, problems in newest.items() if problems}


def _of_draw(sample: WeeklySample | None) -> Iterator[str]:
    if sample and sample.redraw:
        times = "once" if sample.redraw == 1 else f"{sample.redraw} times"
        yield f"drawn again {times}, last because: {sample.reason}"
