"""What machines grade: grade."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from evalharness import numbers
from evalharness.cli.grade_options import (
    AgreesOption,
    BatchOption,
    BesideOption,
    CostsOption,
    EstimateOption,
    MaxCostOption,
    PerCriterionOption,
    RereadOption,
    StatusOption,
    WholeWeekOption,
    YesOption,
)
from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, complain, find, print_json, say
from evalharness.errors import ExitCode

if TYPE_CHECKING:
    from evalharness.flows.llm_work import Wish, Work
    from evalharness.flows.opened import Opened
    from evalharness.grade.llm.run import Outcome


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(grade)


def grade(
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    estimate: EstimateOption = False,
    status: StatusOption = False,
    costs: CostsOption = False,
    reread: RereadOption = False,
    whole_week: WholeWeekOption = False,
    batch: BatchOption = False,
    per_criterion: PerCriterionOption = False,
    beside: BesideOption = "",
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    person: AgreesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the LLM grade the drawn calls, where it is switched on. Run again, it pays only for what is missing."""
    from evalharness.flows.llm_work import Wish
    from evalharness.flows.opened import chosen_week, opened, utc_now

    code = 0
    with opened(find(workspace), write=not (estimate or status or costs)) as house:
        chosen = chosen_week(house, week, utc_now())
        if costs:
            _costs(house, chosen if week else None, as_json)
        elif status:
            _status(house, chosen, as_json)
        else:
            work = _work(house, chosen, Wish(max_cost, whole_week, batch, per_criterion, beside), sends=not (estimate or reread))
            if reread:
                _reread(house, work, as_json)
            elif estimate:
                _estimate(house, work, as_json)
            else:
                code = _send(house, work, (person, yes), as_json)
    if code:
        raise typer.Exit(code)


def _work(house: Opened, week: str, wish: Wish, *, sends: bool) -> Work:
    """What there is to do; where something is to be sent the LLM must be switched on. Raises GradingError, UsageError."""
    from evalharness.flows.grade import settings, week_work

    if sends:
        settings(house)
    work = week_work(house, week, wish, masked=not sends or bool(wish.beside))
    if not wish.beside:
        return work
    from evalharness.flows.beside import only_beside

    return only_beside(work)


def _send(house: Opened, work: Work, agreeing: tuple[str | None, bool], as_json: bool) -> int:
    """Asks a person where nobody has agreed yet, and sends; the exit code."""
    _bills(house, work)
    if work.left:
        _agree(house, work, *agreeing)
    return _beside(house, work, as_json) if work.wish.beside else _run(house, work, as_json)


def _bills(house: Opened, work: Work) -> None:
    """Reads batches that this run would leave behind, and says what they cost."""
    from evalharness.flows.batch_bills import find_bills, left_behind
    from evalharness.flows.opened import utc_now

    if left := left_behind(house, work):
        complain(*find_bills(house, left, utc_now).lines())


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
    if outcome is not None and outcome.waiting:
        complain(f"{outcome.waiting} requests wait in batches and are not in it yet; the same command goes on")
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
    from evalharness.flows.llm_keys import keys_of
    from evalharness.flows.llm_plan import estimate, plan_lines

    keys = None
    if house.config.graders.llm.enabled and not unacknowledged(house, work):
        with suppress(GradingError):
            keys = keys_of(house, (job.brief.judge.destination for job in work.left))
    guess = estimate(work, keys)
    if as_json:
        print_json({**vars(guess), "money": vars(guess.money)})
    else:
        say(*plan_lines(house, work, guess))


def _agree(house: Opened, work: Work, person: str | None, yes: bool) -> None:
    """Shows what is sent where and asks: once for a destination and model, each time for a whole week.

    Raises GradingError without a terminal.
    """
    from evalharness.flows.grade import not_acknowledged, require_price, unacknowledged, whole
    from evalharness.flows.llm_consent import acknowledge
    from evalharness.flows.llm_keys import keys_of
    from evalharness.flows.llm_plan import estimate, plan_lines
    from evalharness.flows.opened import utc_now

    require_price(work)
    keys_of(house, (job.brief.judge.destination for job in work.left))
    new = unacknowledged(house, work)
    if not new and not work.beyond:
        return
    shown = whole(house, work)
    print(*plan_lines(house, shown, estimate(shown)), sep="\n", file=sys.stderr)
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
    from evalharness.models.noun import number_of

    outcome = grade_week(house, work, utc_now, Progress().tell) if work.left else Outcome(total=0)
    found = ungraded(house, work.week)
    if as_json:
        print_json({"week": work.week, **vars(outcome), "ungraded": found.by_reason, "grades": found.grades})
    else:
        say(*of_outcome(work.week, outcome), *_key_advice(house, outcome))
        reasons = ", ".join(f"{count} {reason}" for reason, count in found.by_reason.items())
        empty = sum(found.by_reason.values())
        whole = f"  the week   {number_of(found.grades - empty, 'grade')} by the LLM, of this run and the runs before"
        say(whole + (f"; {empty} without a value ({reasons})" if reasons else ""))
        say("  They decide nothing on their own: what they may take part in is said by judge trust in the report.")
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.INCOMPLETE if found.by_reason or outcome.incomplete else ExitCode.FINE


def _key_advice(house: Opened, outcome: Outcome) -> list[str]:
    """Which environment variable holds the key that was not accepted."""
    from evalharness.flows.llm_keys import key_names
    from evalharness.messages.failure import STOPS

    names = {place: name for place, name in key_names(house).items() if f"{STOPS[401]} by {place}" in outcome.stopped}
    return [f"  the key    of {place} is in the environment variable {name}: check it" for place, name in names.items()]


class Progress:
    """A line a request that is done, on the screen in one place: how many, money so far and in the end, time left."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def tell(self, outcome: Outcome) -> None:
        """Hears of every request that ends, and of each pause while batches are open."""
        if outcome.waiting:
            print(f"waiting for {outcome.waiting} requests in batches; Ctrl-C loses nothing", file=sys.stderr, flush=True)
            return
        seconds = (time.monotonic() - self._started) / outcome.done * (outcome.total - outcome.done)
        money = f"{numbers.bill(outcome.spent_usd)} spent, about {numbers.bill(outcome.projected_usd)} at the end"
        text = f"{outcome.done} of {outcome.total} requests, {money}, about {numbers.count(round(seconds))} s left"
        last = outcome.done == outcome.total
        print(
            f"\r{text}   " if sys.stderr.isatty() else text,
            file=sys.stderr,
            flush=True,
            end="\n" if last or not sys.stderr.isatty() else "",
        )
