"""The week, at once or step by step: week, collect, sample, report, gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, complain, find, print_json, say

if TYPE_CHECKING:
    from evalharness.flows.draw import DrawOptions

DespiteOption = Annotated[
    str | None, typer.Option("--despite", help="Draw although the log looks incomplete; the reason is kept.", metavar="REASON")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    for command in (week, collect, sample, report, gate):
        app.command()(command)


def week(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    despite: DespiteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do all that can be done now: collect, draw, exchange sheets, report. Safe to run every hour."""
    from evalharness.cli import words
    from evalharness.errors import ExitCode
    from evalharness.flows.opened import opened, utc_now
    from evalharness.flows.week import run_week

    with opened(find(workspace), write=True) as house:
        run = run_week(house, utc_now(), week=week, despite=despite)
        head = house.ledger.head()
    if as_json:
        print_json(words.loop_as_json(run))
    else:
        say(*words.of_loop(run), words.of_head(head))
    if run.incomplete:
        raise typer.Exit(ExitCode.INCOMPLETE)


def collect(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files (.gz and .zst too), folders, - (standard input), s3://... with [urls].", metavar="PATH..."),
    ],
    source: Annotated[
        str | None,
        typer.Option(help="auto (recognised), a form (docs/sources.md), or the name of a field map.", metavar="NAME"),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--as", help="Facts about calls of the log: csat, outcome, version, cost, consent.", metavar="KIND"),
    ] = None,
    join: Annotated[
        str | None, typer.Option(help="With --as: how a row names its call, call_id or caller_time.", metavar="HOW")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take calls, or later facts about them, into the call log; every row is accounted for."""
    from evalharness.cli import words
    from evalharness.errors import ExitCode, UsageError
    from evalharness.flows.collect import collect_later, collect_paths, later_rules
    from evalharness.flows.opened import opened, utc_now

    if (join and not kind) or (source and kind):
        raise UsageError("--join goes with --as, and --source does not", fix="evalharness collect FILE --as csat --join call_id")
    with opened(find(workspace), write=True) as house:
        if kind:
            reports, unread = collect_later(house, paths, later_rules(house, kind, join), utc_now())
        else:
            tell = (lambda _: None) if as_json else say
            reports, unread = collect_paths(house, paths, source, utc_now(), tell)
    if as_json:
        print_json([*(report.model_dump(mode="json") for report in reports), *({"error": list(e.lines())} for e in unread)])
    else:
        say(*words.of_intakes(reports))
        complain(*words.of_unread(unread))
    if unread and not reports:
        raise typer.Exit(ExitCode.ERROR)
    if unread or any(report.rejected or report.conflict for report in reports):
        raise typer.Exit(ExitCode.INCOMPLETE)


def sample(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    minutes: Annotated[float | None, typer.Option(min=1, help="Draw as many calls as fit into these minutes (20 to 50).")] = None,
    redraw: Annotated[
        str | None, typer.Option(help="Draw again, while nothing is graded; the reason is kept.", metavar="REASON")
    ] = None,
    despite: DespiteOption = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what 20, 35 or 50 graded calls can show; draw nothing.")] = False,
    pick: Annotated[
        list[str] | None, typer.Option(help="Add a call to be graded by hand; it counts in no figure.", metavar="CALL_ID")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="With --pick: why; it is kept.", metavar="TEXT")] = None,
    on_sheet_of: Annotated[
        str | None, typer.Option("--for", help="With --pick: on whose sheet; default: the owner's.", metavar="PERSON")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the week's calls, or show the draw that is frozen; plan it (--plan), or add a call by hand (--pick)."""
    from evalharness.flows.draw import DrawOptions

    options = DrawOptions(redraw=redraw, minutes=minutes, despite=despite)
    _check_alone(options, plan=plan, picks=(pick, reason, on_sheet_of))
    if plan:
        _plan(workspace, week, as_json)
    elif pick:
        _pick(workspace, week, (pick, reason or "", on_sheet_of), as_json)
    else:
        _draw(workspace, week, options, as_json)


def _check_alone(options: DrawOptions, *, plan: bool, picks: tuple[list[str] | None, str | None, str | None]) -> None:
    """Planning, picking and drawing are three things. Raises UsageError."""
    from evalharness.errors import UsageError
    from evalharness.flows.draw import DrawOptions

    picked, *about = picks
    if not picked and any(word is not None for word in about):
        fix = 'evalharness sample --pick CALL_ID --reason "why"'
        raise UsageError("--reason and --for speak of a picked call; --pick is missing", fix=fix)
    if plan + bool(picked) + (options != DrawOptions()) > 1:
        why = "--plan draws nothing, --pick adds to a draw, --redraw, --minutes and --despite make one"
        raise UsageError(
            "these options do not go together", where="evalharness sample", why=why, fix="one command after the other"
        )


def _plan(workspace: Path | None, week: str | None, as_json: bool) -> None:
    from evalharness.cli import plan_words
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.plan import plan

    with opened(find(workspace), checked=True) as house:
        planned = plan(house, chosen_week(house, week, utc_now()))
    if as_json:
        print_json(planned.model_dump(mode="json"))
    else:
        say(*plan_words.of_plan(planned))


def _pick(workspace: Path | None, week: str | None, wish: tuple[list[str], str, str | None], as_json: bool) -> None:
    from evalharness.cli import plan_words, words
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.picks import PickWish, pick

    ids, reason, person = wish
    with opened(find(workspace), write=True) as house:
        now = utc_now()
        picks, sheets = pick(house, chosen_week(house, week, now), PickWish(tuple(ids), reason, person), now)
    if as_json:
        print_json({"picks": plan_words.picks_as_json(picks)})
    else:
        say(*plan_words.of_new_picks(picks), *words.of_sheets([one for one in sheets if one.state != "unchanged"]))
    words.exit_for_sheets(sheets)


def _draw(workspace: Path | None, week: str | None, options: DrawOptions, as_json: bool) -> None:
    from evalharness.cli import plan_words, words
    from evalharness.flows.draw import draw
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.sheets import redraw as again

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        drawn = (draw if options.redraw is None else again)(house, chosen_week(house, week, now), now, options)
    if as_json:
        print_json({**words.draw_as_json(drawn), "picks": plan_words.picks_as_json(drawn.picks)})
    else:
        say(*words.of_draw(drawn), *plan_words.of_picks(drawn))


def report(workspace: WorkspaceOption = None, week: WeekOption = None, as_json: JsonOption = False) -> None:
    """Write the week's workbook, page, scores.csv and summary.json, and show the screen."""
    from evalharness.cli import words
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.report import as_signed, write_reports
    from evalharness.flows.signed import altered
    from evalharness.flows.summary import week_summary
    from evalharness.report.exports.summary_json import summary_json
    from evalharness.report.terminal import render
    from evalharness.store.records import sign_offs

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        summary = week_summary(house, chosen_week(house, week, now), now=now)
        standing = as_signed(house, summary)
        files = write_reports(house, summary, now)
        found = altered(house, sign_offs(house.ledger, summary.week))
        lines = words.of_files(
            files, {house.workspace.root / path: state for path, state in found.items()}, signed=bool(standing)
        )
        head = house.ledger.head()
    if as_json:
        print(summary_json(summary).decode(), end="")
    else:
        print(render(summary), end="")
        say("", *lines, words.of_head(head))


def gate(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    allow_not_proven: Annotated[bool, typer.Option("--allow-not-proven", help="Exit 0 where nothing is missed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The verdict as an exit code: 0 all met, 3 something missed, 4 something not proven or not measured."""
    from evalharness.cli import words
    from evalharness.flows.gate import gate as decide
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.summary import week_summary

    with opened(find(workspace), checked=True) as house:
        now = utc_now()
        summary = week_summary(house, chosen_week(house, week, now), measured=False, now=now)
    code = decide(summary, allow_not_proven=allow_not_proven)
    if as_json:
        print_json(words.gate_as_json(summary, int(code)))
    else:
        say(*words.of_gate(summary, int(code)))
    raise typer.Exit(int(code))
