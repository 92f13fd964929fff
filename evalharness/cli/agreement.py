"""Graders beside each other: agreement and severity, of the workspace or of any ratings file; leaving a grader out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WorkspaceOption, find, print_json, say


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(agreement)
    app.command()(calibrate)


def agreement(
    workspace: WorkspaceOption = None,
    week: Annotated[
        str | None,
        typer.Option("--week", "--from", help="Up to this week; with --exclude from it on, never takes it back.", metavar="WEEK"),
    ] = None,
    ratings: Annotated[Path | None, typer.Option("--ratings", help="A CSV file instead of a workspace.", metavar="FILE")] = None,
    columns: Annotated[str, typer.Option("--columns", help="Its columns: two, or more raters.", metavar="A,B")] = "",
    scale: Annotated[
        str | None, typer.Option("--scale", help="1-5, yes,no or low<middle<high; default: as seen.", metavar="SCALE")
    ] = None,
    llm: Annotated[str | None, typer.Option("--llm", help="The column of an LLM: may it stand in?", metavar="COLUMN")] = None,
    exclude: Annotated[
        str | None, typer.Option("--exclude", help="Leave a person's grades out of every figure.", metavar="NAME")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="... why; shown in every report.", metavar="TEXT")] = "",
    by: Annotated[str, typer.Option("--by", help="... by the owner or the deputy.", metavar="NAME")] = "",
    as_json: JsonOption = False,
) -> None:
    """How far graders agree: people with each other and with the LLM, and how severely each person grades."""
    _one_use(ratings, exclude, (columns, scale, llm), (week, reason, by))
    if ratings is not None:
        _of_file(ratings, columns, (scale, llm), as_json)
    elif exclude is not None:
        _leave_out(workspace, exclude, (week or "", reason, by), as_json)
    else:
        _of_workspace(workspace, week, as_json)


def _one_use(
    ratings: Path | None, exclude: str | None, of_file: tuple[str | None, ...], of_person: tuple[str | None, ...]
) -> None:
    """Raises UsageError where options of two uses are mixed, or one lacks what it needs."""
    from evalharness.errors import UsageError

    if ratings is not None and exclude is not None:
        raise UsageError("--ratings and --exclude are two different things", where="--exclude", fix="run them one by one")
    if ratings is None and any(of_file):
        raise UsageError("no ratings file is named", where="--columns", fix="--ratings FILE.csv --columns A,B")
    if ratings is not None and not of_file[0]:
        raise UsageError("no columns are named", where="--ratings", fix="--ratings FILE.csv --columns A,B")
    if ratings is not None and any(of_person):
        raise UsageError(
            "a ratings file has neither weeks nor graders to leave out", where="--ratings", fix="name its columns only"
        )
    if exclude is None and any(of_person[1:]):
        raise UsageError("no person is named", where="--reason", fix='--exclude "NAME" --from WEEK --reason TEXT --by OWNER')
    if exclude is not None and not all(of_person):
        raise UsageError(
            "leaving a grader out needs a week, a reason and who decides",
            where="--exclude",
            why="it changes figures, so it is kept and shown in every report",
            fix='--exclude "NAME" --from WEEK --reason TEXT --by OWNER',
        )


def _of_workspace(workspace: Path | None, week: str | None, as_json: bool) -> None:
    from evalharness.flows.agreement import agreement_report
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.report.agreement_words import agreement_lines

    with opened(find(workspace)) as house:
        found = agreement_report(house, chosen_week(house, week, utc_now()))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*agreement_lines(found))


def _of_file(path: Path, columns: str, how: tuple[str | None, str | None], as_json: bool) -> None:
    from evalharness.flows.ratings import compare_columns
    from evalharness.report.agreement_words import ratings_lines

    found = compare_columns(path, columns, *how)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*ratings_lines(found))


def _leave_out(workspace: Path | None, person: str, words: tuple[str, str, str], as_json: bool) -> None:
    from evalharness.flows.excluded import exclude
    from evalharness.flows.opened import opened, utc_now
    from evalharness.report.agreement_words import exclusion_notices

    start, reason, by = words
    with opened(find(workspace), write=True) as house:
        found = exclude(house, person, start, (reason, by), utc_now())
    if as_json:
        print_json(None if found is None else found.model_dump(mode="json"))
    elif found is None:
        say(f"The grades of {person} count again from the beginning; both decisions stay in the audit trail.")
    else:
        say(*(f"From now on {line}." for line in exclusion_notices([found])))


def calibrate(
    workspace: WorkspaceOption = None,
    calls: Annotated[int, typer.Option("--calls", help="How many calls.", metavar="N")] = 5,
    show: Annotated[bool, typer.Option("--show", help="What people answered, and where they differ.")] = False,
    as_json: JsonOption = False,
) -> None:
    """A session on a few calls that everybody grades and talks about: sheets, then the spread. It enters no figure."""
    from evalharness.flows.calibrate import show as shown
    from evalharness.flows.calibrate import start
    from evalharness.flows.opened import opened, utc_now
    from evalharness.report.agreement_words import session_lines, started_lines

    with opened(find(workspace), write=not show) as house:
        session = shown(house) if show else start(house, calls, utc_now())
    if as_json:
        print_json(session.model_dump(mode="json"))
    else:
        say(*(session_lines(session) if show else started_lines(session)))
