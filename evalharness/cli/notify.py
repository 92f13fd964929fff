"""notify: what would be handed over of a week, to whom and when; a message to try it; handing it over once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalharness.flows.notify import Handed
    from evalharness.flows.opened import Opened
    from evalharness.models.summary import WeekSummary

_FIX = 'name a program or a webhook, such as: notify: {run: ["./post-summary.sh", "front-desk"]}'
_NONE = """\
Nobody is told. In evalharness.yaml, for example:
  notify: {run: ["./post-summary.sh", "front-desk"]}
When and to whom: docs/notify.md"""
_WHEN = {
    "done": "everybody asked has answered, or it is signed, or the next week is over",
    "reported": "the week is over",
    "verdict": "its verdict is another one",
    "signed": "it is signed off",
    "asked": "somebody asked for it",
    "test": "a test",
}


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command()(notify)


def notify(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    test: Annotated[bool, typer.Option("--test", help="Send everybody a message that says it is a test.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Hand the week over now, whatever was sent before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show who is handed which summary of the week, and when; nothing is sent but with --test or --send. week sends it."""
    from evalharness.errors import ExitCode, UsageError
    from evalharness.flows.notify import send_now
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.summary import week_summary
    from evalharness.flows.trend import with_trend

    if test and send:
        raise UsageError("--test and --send are two things", where="notify", fix="one after the other")
    with opened(find(workspace), write=test or send) as house:
        if (test or send) and not house.config.notify:
            raise UsageError("nobody is told of anything", where="evalharness.yaml, field notify", fix=_FIX)
        now = utc_now()
        summary = with_trend(house, week_summary(house, chosen_week(house, week, now), now=now))
        handed = send_now(house, summary, now, test=test) if test or send else ()
        shown = [] if test or send else _shown(house, summary)
        configured = len(house.config.notify)
    if as_json:
        print_json([one.as_json() for one in handed] if test or send else shown)
    elif not configured:
        say(_NONE)
    else:
        say(*of_handed(handed), *(line for one in shown for line in _lines(one)))
    if any(one.failed for one in handed):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _shown(house: Opened, summary: WeekSummary) -> list[dict[str, object]]:
    """Of each receiver: when it is told, whether it would be now, what is in doubt, and the text."""
    from evalharness.flows.notify import due, in_doubt, message
    from evalharness.flows.opened import utc_now

    now = {notice.key: list(ready) for notice, ready in due(house, summary, utc_now())}
    doubts = {one.to for one in in_doubt(house, summary.week)}
    return [
        {
            "to": notice.target, "week": summary.week, "on": list(notice.on), "now": now.get(notice.key, []),
            "may_have_been_sent": notice.target in doubts, "text": message(notice, summary),
        }
        for notice in house.config.notify
    ]  # fmt: skip


def _lines(one: dict[str, object]) -> list[str]:
    on, now = one["on"], one["now"]
    told = [f"  when {_WHEN[str(when)]}" for when in (on if isinstance(on, list) else [])]
    state = "the next run of week hands it over" if now else "nothing waits to be handed over"
    doubt = (
        ["  it may have been sent already: an earlier run ended before its result was known"] if one["may_have_been_sent"] else []
    )
    return [f"{one['week']} to {one['to']}: {state}", *told, *doubt, "", str(one["text"])]


def of_handed(found: Sequence[Handed]) -> list[str]:
    """A line a receiver; one that failed is said first and loudly."""
    return [_line(one) for one in sorted(found, key=lambda one: not one.failed)]


def _line(one: Handed) -> str:
    again = f"evalharness notify --send --week {one.week}"
    if one.sent is None:
        return f"MAY HAVE BEEN SENT  {one.week} to {one.to}: its result was never known; once more: {again}"
    if one.sent.ok:
        return f"{one.week}: handed to {one.to} ({one.sent.said}): {_WHEN[one.when]}"
    retry = "" if one.when in ("asked", "test") else "; the next run of week tries again"
    if one.sent.doubtful:
        retry = f"; it may have arrived and is not sent again by itself; once more: {again}"
    return f"NOTIFY FAILED  {one.week} to {one.to}: {one.sent.said}{retry}"
