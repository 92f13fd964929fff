"""What machines grade: grade."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say
from evalharness.errors import ExitCode

if TYPE_CHECKING:
    from evalharness.flows.llm_work import Work
    from evalharness.flows.opened import Opened
    from evalharness.grade.llm.run import Outcome


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(grade)


def grade(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Show what would be sent and what it costs; grade nothing.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Show where the week's requests stand, and the money.")] = False,
    whole_week: Annotated[
        bool, typer.Option("--whole-week", help="Grade every call of the week that has a transcript, the drawn ones first.")
    ] = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Hand the requests over at half price; answered within a day. Run again to go on.")
    ] = False,
    costs: Annotated[
        bool, typer.Option("--costs", help="Show what grading cost: by week, role, judge, criterion, call.")
    ] = False,
    beside: Annotated[
        str, typer.Option(help="Ask another model about past calls that people graded, and compare the two.", metavar="MODEL")
    ] = "",
    per_criterion: Annotated[
        bool, typer.Option("--per-criterion", help="One question a request, the transcript read from the provider's cache.")
    ] = False,
    reread: Annotated[
        bool, typer.Option("--reread", help="Read the kept replies again with today's parser; send and pay nothing.")
    ] = False,
    max_cost: Annotated[float | None, typer.Option(help="Spend at most this on the week.", min=0.0, metavar="USD")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="I have seen what is sent where, and agree.")] = False,
    person: Annotated[
        str | None, typer.Option(help="Who agrees; default: the name you are logged in with.", metavar="NAME")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Let the LLM grade the drawn calls, where it is switched on. Run again, it pays only for what is missing."""
    from evalharness.flows.opened import chosen_week, opened, utc_now

    with opened(find(workspace), write=not (estimate or status or costs)) as house:
        chosen = chosen_week(house, week, utc_now())
        if costs:
            _costs(house, chosen if week else None, as_json)
            return
        if status:
            _status(house, chosen, as_json)
            return
        from evalharness.flows.grade import settings, week_work
        from evalharness.flows.llm_work import Wish

        if not (estimate or reread):
            settings(house)
        work = week_work(house, chosen, Wish(max_cost, whole_week, batch, per_criterion, beside))
        if reread:
            _reread(house, work, as_json)
            return
        if beside:
            from evalharness.flows.beside import only_beside

            work = only_beside(work)
        if estimate:
            _estimate(house, work, as_json)
            return
        if work.left:
            _agree(house, work, person, yes)
        code = _beside(house, work, as_json) if beside else _run(house, work, as_json)
    if code:
        raise typer.Exit(code)


def _beside(house: Opened, work: Work, as_json: bool) -> int:
    """Asks the possible successor what is left, and shows both judges beside people; the exit code."""
    from evalharness.flows.beside import compared
    from evalharness.flows.grade import grade_week
    from evalharness.flows.opened import utc_now
    from evalharness.report.beside_words import succession_lines

    outcome = grade_week(house, work, utc_now, Progress().tell) if work.left else None
    found = compared(house, work.week, work.wish.beside)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*succession_lines(found))
    if outcome is None:
        return ExitCode.FINE
    return ExitCode.INTERRUPTED if outcome.interrupted else ExitCode.INCOMPLETE if outcome.left else ExitCode.FINE


def _status(house: Opened, week: str, as_json: bool) -> None:
    from evalharness.flows.llm_status import status

    found = status(house, week)
    if as_json:
        print_json(vars(found))
    else:
        say(*found.lines())


def _reread(house: Opened, work: Work, as_json: bool) -> None:
    from evalharness.flows.opened import utc_now
    from evalharness.flows.reread import reread

    found = reread(house, work, utc_now)
    if as_json:
        print_json(vars(found))
    else:
        say(*found.lines())


def _costs(house: Opened, week: str | None, as_json: bool) -> None:
    from evalharness.flows.llm_costs import all_costs, cost_lines

    found = all_costs(house, week)
    if as_json:
        print_json({"weeks": [one.as_json() for one in found]})
    else:
        say(*cost_lines(found, calls=week is not None))


def _estimate(house: Opened, work: Work, as_json: bool) -> None:
    """The server counts only where the calls may go there anyway."""
    from evalharness.errors import GradingError
    from evalharness.flows.grade import unacknowledged
    from evalharness.flows.llm_plan import estimate, plan_lines
    from evalharness.workspace.secret import api_key

    key = None
    if house.config.graders.llm.enabled and not unacknowledged(house, work):
        try:
            key = api_key()
        except GradingError:
            key = None
    guess = estimate(work, key)
    if as_json:
        print_json({**vars(guess), "money": vars(guess.money)})
    else:
        say(*plan_lines(house, work, guess))


def _agree(house: Opened, work: Work, person: str | None, yes: bool) -> None:
    """Shows what is sent where and asks: once for a destination and model, each time for a whole week.

    Raises GradingError without a terminal.
    """
    from evalharness.flows.grade import not_acknowledged, require_price, unacknowledged
    from evalharness.flows.llm_consent import acknowledge
    from evalharness.flows.llm_plan import estimate, plan_lines
    from evalharness.flows.opened import utc_now
    from evalharness.workspace.secret import api_key

    require_price(work)
    api_key()
    new = unacknowledged(house, work)
    if not new and not work.beyond:
        return
    print(*plan_lines(house, work, estimate(work)), sep="\n", file=sys.stderr)
    if not yes:
        if not sys.stdin.isatty():
            raise not_acknowledged(house, work)
        if not typer.confirm("Send these calls there?", err=True):
            raise typer.Exit(ExitCode.ERROR)
    for judge in new:
        acknowledge(house, judge, person or login(), utc_now())


def login() -> str:
    """The name the person at the terminal is logged in with."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody at the command line"


def _run(house: Opened, work: Work, as_json: bool) -> int:
    """Grades, says what came of it; the exit code."""
    from evalharness.cli.words import of_outcome
    from evalharness.flows.grade import grade_week, ungraded
    from evalharness.flows.opened import utc_now
    from evalharness.grade.llm.run import Outcome

    outcome = grade_week(house, work, utc_now, Progress().tell) if work.left else Outcome(total=0)
    found = ungraded(house, work.week)
    if as_json:
        print_json({"week": work.week, **vars(outcome), "ungraded": found.by_reason, "grades": found.grades})
    else:
        say(*of_outcome(work.week, outcome))
        reasons = ", ".join(f"{count} {reason}" for reason, count in found.by_reason.items())
        whole = f"  the week   {found.grades} grades by the LLM stand, of this run and the runs before"
        say(whole + (f"; without a value: {reasons}" if reasons else ""))
        say("  They decide nothing on their own: what they may take part in is said by judge trust in the report.")
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.INCOMPLETE if found.by_reason or outcome.incomplete else ExitCode.FINE


class Progress:
    """A line a request that is done, on the screen in one place: how many, money so far and in the end, time left."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def tell(self, outcome: Outcome) -> None:
        """Hears of every request that ends."""
        seconds = (time.monotonic() - self._started) / outcome.done * (outcome.total - outcome.done)
        money = f"${outcome.spent_usd:.6f} spent, about ${outcome.projected_usd:.6f} at the end"
        text = f"{outcome.done} of {outcome.total} requests, {money}, about {seconds:.0f} s left"
        last = outcome.done == outcome.total
        print(
            f"\r{text}   " if sys.stderr.isatty() else text,
            file=sys.stderr,
            flush=True,
            end="\n" if last or not sys.stderr.isatty() else "",
        )
