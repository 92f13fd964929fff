"""Alerts: who would be told of what, and a message to try them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalharness.flows.alerts import Told
    from evalharness.models.breach import Breach


_FIX = 'name one, such as: alerts: [{on: [missed, budget], run: ["./notify.sh", "front-desk"]}]'
_NONE = """\
No alerts are configured. In evalharness.yaml, for example:
  alerts:
    - {on: [missed, budget], run: ["./notify.sh", "front-desk"]}
What they can be told of: docs/cost.md"""


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command()(alert)


def alert(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    test: Annotated[bool, typer.Option("--test", help="Send every configured alert a message that says it is a test.")] = False,
    as_json: JsonOption = False,
) -> None:
    """What alerts would be told of a week now; nothing is sent but with --test. The command week sends them."""
    from evalharness.errors import ExitCode, UsageError
    from evalharness.flows.alerts import Told, due, try_alerts
    from evalharness.flows.opened import chosen_week, opened, utc_now

    with opened(find(workspace), write=test) as house:
        if test and not house.config.alerts:
            raise UsageError("no alerts are configured", where="evalharness.yaml, field alerts", fix=_FIX)
        now = utc_now()
        chosen = chosen_week(house, week, now)
        if test:
            found: Sequence[Told] = try_alerts(house, chosen, now)
        else:
            from evalharness.aggregate.breaches import breaches
            from evalharness.flows.summary import week_summary

            waiting = due(house, chosen, breaches(week_summary(house, chosen)))
            found = [Told(one.target, chosen, fresh) for one, fresh in waiting]
        configured = len(house.config.alerts)
    if as_json:
        print_json([one.as_json() for one in found])
    elif not found:
        say("No alert has anything new to tell." if configured else _NONE)
    else:
        say(*of_told(found))
    if any(one.failed for one in found):
        raise typer.Exit(ExitCode.INCOMPLETE)


def of_told(found: Sequence[Told]) -> list[str]:
    """A line an alert; one that failed is said first and loudly."""
    return [_line(one) for one in sorted(found, key=lambda one: not one.failed)]


def _subject(breach: Breach) -> str:
    return f"{breach.kind} {breach.subject}{f' ({breach.said})' if breach.said else ''}"


def _line(one: Told) -> str:
    subjects = "a test" if one.test else ", ".join(map(_subject, one.breaches))
    if one.sent is None:
        return f"{one.week}: would tell {one.to}: {subjects}"
    if one.sent.ok:
        return f"{one.week}: told {one.to} ({one.sent.said}): {subjects}"
    again = "" if one.test else "; it is not sent again"
    return f"ALERT FAILED  {one.week}: {one.to}: {one.sent.said}{again}. It was to tell: {subjects}"
