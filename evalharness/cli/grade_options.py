"""The options of `grade`, each a question of its own: what is shown, what is asked, what it may cost, who agrees."""

from __future__ import annotations

from typing import Annotated

import typer

EstimateOption = Annotated[bool, typer.Option("--estimate", help="Show what would be sent and what it costs; grade nothing.")]
StatusOption = Annotated[bool, typer.Option("--status", help="Show where the week's requests stand, and the money.")]
CostsOption = Annotated[bool, typer.Option("--costs", help="Show what grading cost: by week, role, judge, criterion, call.")]
RereadOption = Annotated[
    bool, typer.Option("--reread", help="Read the kept replies again with today's parser; send and pay nothing.")
]
WholeWeekOption = Annotated[
    bool, typer.Option("--whole-week", help="Grade every call of the week that has a transcript, the drawn ones first.")
]
BatchOption = Annotated[
    bool, typer.Option("--batch", help="Hand the requests over at half price; answered within a day. Run again to go on.")
]
PerCriterionOption = Annotated[
    bool, typer.Option("--per-criterion", help="One question a request, the transcript read from the provider's cache.")
]
BesideOption = Annotated[
    str, typer.Option(help="Ask another model about past calls that people graded, and compare the two.", metavar="MODEL")
]


def usd(typed: str) -> float:
    """The typed amount. Raises BadParameter for what is no amount of money from 0 on."""
    try:
        found = float(typed)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise typer.BadParameter(f"{typed!r} is no amount in USD, such as 2.50")
    return found


MaxCostOption = Annotated[float | None, typer.Option(help="Spend at most this on the week.", parser=usd, metavar="USD")]
YesOption = Annotated[bool, typer.Option("--yes", help="I have seen what is sent where, and agree.")]
AgreesOption = Annotated[str | None, typer.Option(help="Who agrees; default: the name you are logged in with.", metavar="NAME")]
