"""What people decide beside grading: adjudicate, dispute, confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

CallArgument = Annotated[str, typer.Argument(help="The call's id, or SOURCE:ID.", metavar="CALL")]
TurnOption = Annotated[
    int | None, typer.Option("--turn", min=0, help="The turn, of a question asked of turns.", metavar="N", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    for command in (adjudicate, dispute, confirm):
        app.command()(command)


def adjudicate(
    call: Annotated[
        str | None, typer.Argument(help="The call's id, or SOURCE:ID; none: list what waits.", metavar="[CALL]")
    ] = None,
    criterion: Annotated[str | None, typer.Argument(help="The question to decide.", metavar="[CRITERION]")] = None,
    value: Annotated[str | None, typer.Argument(help="The value that counts, or na.", metavar="[VALUE]")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept beside the grades.", metavar="TEXT")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides: owner, deputy or a grader.", metavar="NAME")] = None,
    turn: TurnOption = None,
    ungraded: Annotated[
        bool, typer.Option("--ungraded", help="List flags on calls, too, that somebody is still to grade blind.")
    ] = False,
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a decision, or decide: where people differ, on disputed grades, on flagged failures."""
    from evalharness.cli import decide_words
    from evalharness.errors import UsageError
    from evalharness.flows.adjudicate import Ruling
    from evalharness.flows.adjudicate import adjudicate as run
    from evalharness.flows.opened import chosen_week, opened, utc_now

    words = (call, criterion, value, reason, by)
    if words == (None,) * len(words) and turn is None:
        _list(workspace, week, as_json, ungraded=ungraded)
        return
    if call is None or criterion is None or value is None or reason is None or by is None or ungraded:
        raise UsageError(
            "a decision names the call, the question, the value, why and who",
            where="evalharness adjudicate",
            why="without any of them it lists what waits",
            fix='evalharness adjudicate CALL CRITERION VALUE --reason "why" --by "NAME"',
        )
    with opened(find(workspace), write=True) as house:
        now = utc_now()
        ruled = run(house, chosen_week(house, week, now), Ruling(call, criterion, value, reason, by, turn), now)
    if as_json:
        print_json(ruled.model_dump(mode="json"))
    else:
        say(*decide_words.of_ruling(ruled))


def _list(workspace: Path | None, week: str | None, as_json: bool, *, ungraded: bool) -> None:
    from evalharness.cli import decide_words
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.sheets import drawn_sample
    from evalharness.flows.standing import standing
    from evalharness.flows.waiting import waiting

    with opened(find(workspace), checked=True) as house:
        known = standing(house, drawn_sample(house, chosen_week(house, week, utc_now())))
        found = waiting(house, known, ungraded=ungraded)
    if as_json:
        print_json(decide_words.listed_as_json(found))
    else:
        say(*decide_words.of_listed(known.sample.week, found))


def dispute(
    call: CallArgument,
    criterion: Annotated[str, typer.Argument(help="The question whose grade is disputed.", metavar="CRITERION")],
    reason: Annotated[str, typer.Option("--reason", help="Why; the adjudicator reads it.", metavar="TEXT")],
    by: Annotated[str, typer.Option("--by", help="Who disputes it: builder, vendor, anybody.", metavar="NAME")],
    turn: TurnOption = None,
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a grade before the adjudicator; until decided it stands, and the verdict is computed with and without the call."""
    from evalharness.cli import decide_words
    from evalharness.flows.dispute import Objection
    from evalharness.flows.dispute import dispute as run
    from evalharness.flows.opened import chosen_week, opened, utc_now

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        chosen = chosen_week(house, week, now)
        found = run(house, chosen, Objection(call, criterion, reason, by, turn), now)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*decide_words.of_dispute(chosen, found))


def confirm(
    call: CallArgument,
    check: Annotated[str, typer.Argument(help="The clear-failure check.", metavar="CHECK")],
    answer: Annotated[str, typer.Argument(help="yes: it is a clear failure; no: it is none.", metavar="yes|no")],
    by: Annotated[str, typer.Option("--by", help="Who heard it: owner, deputy or a grader.", metavar="NAME")],
    tag: Annotated[str | None, typer.Option("--tag", help="Of a yes: what kind of error.", metavar="TAG")] = None,
    cause: Annotated[str | None, typer.Option("--cause", help="Of a yes: what to fix.", metavar="CAUSE")] = None,
    note: Annotated[str, typer.Option("--note", help="Anything to remember; kept with it.", metavar="TEXT")] = "",
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a clear failure that an LLM or a measurement flagged, or name tag and cause of one that people saw."""
    from evalharness.cli import decide_words
    from evalharness.flows.confirm import Answer
    from evalharness.flows.confirm import confirm as run
    from evalharness.flows.opened import chosen_week, opened, utc_now

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        found = run(house, chosen_week(house, week, now), Answer(call, check, answer, by, tag, cause, note), now)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*decide_words.of_confirmation(found))
