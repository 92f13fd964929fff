"""`rubric bridge`: past calls under an old and a new rubric, by the LLM or by people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evalharness import numbers
from evalharness.cli.grade_options import usd
from evalharness.cli.options import JsonOption, WorkspaceOption, complain, find, print_json, say
from evalharness.cli.rubric import rubric
from evalharness.errors import ExitCode, GradingError

if TYPE_CHECKING:
    from evalharness.flows.opened import Opened
    from evalharness.flows.rubric_bridge import Bridging
    from evalharness.flows.rubric_bridge_llm import BridgeWork
    from evalharness.models.bridge import Bridge


def register() -> None:
    """Adds `bridge` to the commands of the rubric."""
    rubric.command("bridge")(bridge)


def bridge(
    new: Annotated[Path, typer.Argument(help="The new rubric's file.", metavar="NEW.yaml")],
    workspace: WorkspaceOption = None,
    by: Annotated[Literal["llm", "people"], typer.Option("--by", help="Who grades the calls again.")] = "llm",
    calls: Annotated[int, typer.Option("--calls", help="How many past calls, 20 or more.", metavar="N")] = 20,
    estimate: Annotated[bool, typer.Option("--estimate", help="Show what the LLM would be sent and what it costs.")] = False,
    max_cost: Annotated[float | None, typer.Option(help="Spend at most this.", parser=usd, metavar="USD")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="I have seen what is sent where, and agree.")] = False,
    person: Annotated[str | None, typer.Option(help="Who agrees; default: the login name.", metavar="NAME")] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask about past calls again under another rubric, and show how far the answers shift. No week is changed by it."""
    from evalharness.flows.opened import opened, utc_now
    from evalharness.flows.rubric_bridge import bridging

    with opened(find(workspace), write=not estimate) as house:
        one = bridging(house, new, by, calls, utc_now())
        if by == "people":
            _by_people(house, one, as_json)
            return
        from evalharness.flows.rubric_bridge_llm import bridge_work

        work = bridge_work(house, one, max_cost, utc_now())
        if estimate:
            _estimate(house, work, as_json)
            return
        code = _by_llm(house, work, (person, yes, max_cost), as_json)
    if code:
        raise typer.Exit(code)


def _by_people(house: Opened, one: Bridging, as_json: bool) -> None:
    """Sheets out and in; the result so far."""
    from evalharness.flows.opened import utc_now
    from evalharness.flows.rubric_bridge_people import exchange_bridge_sheets, people_result
    from evalharness.report.bridge_words import sheet_lines

    sheets = exchange_bridge_sheets(house, one, utc_now())
    found = people_result(house, one, utc_now())
    if as_json:
        print_json({"sheets": [vars(sheet) for sheet in sheets], "bridge": found.model_dump(mode="json")})
        return
    say(*sheet_lines([(s.person, s.path, s.state, s.calls, s.answered, s.problems) for s in sheets]))
    _say(found)


def _estimate(house: Opened, found: BridgeWork, as_json: bool) -> None:
    from evalharness.flows.llm_plan import estimate

    if as_json:
        guess = estimate(found.work)
        print_json({**vars(guess), "money": vars(guess.money)})
    else:
        say(*_lines(house, found))


def _lines(house: Opened, found: BridgeWork) -> list[str]:
    """What is sent where, at what cost."""
    from evalharness.flows.llm_plan import estimate, plan_lines

    return plan_lines(house, found.work, estimate(found.work))


def _by_llm(house: Opened, found: BridgeWork, agreed: tuple[str | None, bool, float | None], as_json: bool) -> int:
    """Sends what is left, shows the shift; the exit code."""
    from evalharness.cli.machine import Progress
    from evalharness.flows.grade import settings
    from evalharness.flows.opened import utc_now
    from evalharness.flows.rubric_bridge_llm import bridge_result, bridge_work, run_bridge

    settings(house)
    person, yes, max_cost = agreed
    if found.work.left:
        _agree(house, found, person, yes)
    outcome = run_bridge(house, found, utc_now, Progress().tell)
    result = bridge_result(house, bridge_work(house, found.bridging, max_cost, utc_now()), utc_now())
    if as_json:
        print_json({"run": vars(outcome), "bridge": result.model_dump(mode="json")})
    else:
        if outcome.total:
            say(f"Sent: {outcome.done} of {outcome.total} requests ended, {numbers.bill(outcome.spent_usd)}")
        _say(result)
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.INCOMPLETE if outcome.incomplete or result.answered < result.calls else ExitCode.FINE


def _agree(house: Opened, found: BridgeWork, person: str | None, yes: bool) -> None:
    """Shows what is sent where, each time; asks once for a destination and model. Raises GradingError without a terminal."""
    from evalharness.cli.machine import login
    from evalharness.flows.grade import require_price, unacknowledged
    from evalharness.flows.llm_consent import acknowledge
    from evalharness.flows.llm_keys import keys_of
    from evalharness.flows.opened import utc_now

    require_price(found.work)
    keys_of(house, (job.brief.judge.destination for job in found.work.left))
    new = unacknowledged(house, found.work)
    complain(*_lines(house, found))
    if new and not yes:
        if not sys.stdin.isatty():
            raise GradingError(
                f"nobody has agreed yet that calls are sent to {new[0].destination} (model {new[0].model})",
                where="rubric bridge",
                why="The first time, a person looks at what is sent where, and at what cost; without a terminal nobody is asked.",
                fix="Read what --estimate shows, and type the same command with --yes instead.",
            )
        if not typer.confirm("Send these calls there?", err=True):
            raise typer.Exit(ExitCode.ERROR)
    for judge in new:
        acknowledge(house, judge, person or login(), utc_now())


def _say(found: Bridge) -> None:
    from evalharness.report.bridge_words import bridge_lines

    say(*bridge_lines(found))
