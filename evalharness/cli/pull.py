"""Pull: the week's calls from the platforms' own servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalharness import numbers
from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, complain, find, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalharness.flows.pull import Pulled

_COUNTS = ("accepted", "duplicate", "conflict", "other_agent", "rejected")


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command()(pull)


def pull(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    source: Annotated[str | None, typer.Option(help="Only this platform of collect.pull.", metavar="NAME")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also the calls that the log has: what was analysed later comes in.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask Vapi, Retell or ElevenLabs for the week's calls, as far as the log has not got them. The command week does it too."""
    from evalharness.errors import ExitCode
    from evalharness.flows import pull as flow
    from evalharness.flows.opened import existing_week, opened, utc_now
    from evalharness.models.week import newest_complete

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        chosen = existing_week(week) if week else newest_complete(now, house.config.zone)
        found = flow.pull(house, chosen, now, source=source, again=again)
    if as_json:
        print_json([as_data(one) for one in found])
    else:
        say(*of_pulled(found))
        complain(*(str(one.stopped) for one in found if one.stopped))
    if any(one.incomplete for one in found):
        raise typer.Exit(ExitCode.INCOMPLETE if any(one.reports for one in found) else ExitCode.ERROR)


def of_pulled(found: Sequence[Pulled]) -> list[str]:
    """What came from each server, and what did not."""
    from evalharness.cli.words import of_rejects

    lines = []
    for one in found:
        if not one.asked:
            lines.append(f"{one.source} {one.week}: the server was not asked, or gave no list")
            continue
        sums = {name: sum(getattr(report, name) for report in one.reports) for name in _COUNTS}
        rows = sum(report.rows for report in one.reports)
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sums.items() if count or name == "accepted")
        lines.append(f"{one.source} {one.week}: {rows} calls came = {counts}; {one.known} were in the log")
        if one.going:
            lines.append(f"  going on   {numbers.count(one.going)} not over yet; the next pull asks again")
        if one.gone:
            lines.append(f"  gone       {numbers.count(one.gone)} listed by the server and not there when asked for")
        lines += [line for report in one.reports for line in of_rejects(report)]
    return lines


def as_data(one: Pulled) -> dict[str, Any]:
    """The pull for machines."""
    return {
        "source": one.source,
        "week": one.week,
        "known": one.known,
        "going": one.going,
        "gone": one.gone,
        "done": one.done,
        "intakes": [report.model_dump(mode="json") for report in one.reports],
        "error": list(one.stopped.lines()) if one.stopped else None,
    }
