"""What `sample` prints of a plan and of calls picked by hand, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalharness.flows.draw import Draw
    from evalharness.models.sample import Pick

COUNTS_NOWHERE = "counts in no figure"


def of_new_picks(picks: Sequence[Pick]) -> list[str]:
    """What was just picked, and what that means."""
    calls = "1 call is" if len(picks) == 1 else f"{len(picks)} calls are"
    head = f"{picks[0].week}: {calls} picked by hand for {picks[0].person}; it has no known chance, so it {COUNTS_NOWHERE}"
    if len(picks) > 1:
        head = f"{picks[0].week}: {calls} picked by hand for {picks[0].person}; without a known chance they count in no figure"
    return [head, *(f"  {_named(pick)}" for pick in picks)]


def of_picks(drawn: Draw) -> list[str]:
    """The calls picked by hand beside a draw; nothing where there are none."""
    identities = {item.identity for item in drawn.sample.items}
    lines = [f"  picked by hand for {pick.person}, {COUNTS_NOWHERE}: {_named(pick)}" for pick in drawn.picks]
    return [
        line + ("; this draw holds it too, so it counts as drawn" if pick.identity in identities else "")
        for line, pick in zip(lines, drawn.picks, strict=True)
    ]


def _named(pick: Pick) -> str:
    return f"{pick.call.id} ({pick.reason})"


def picks_as_json(picks: Sequence[Pick]) -> list[dict[str, Any]]:
    """The picks for machines; the calls by identity only."""
    return [
        {
            "source": pick.call.source,
            "id": pick.call.id,
            "person": pick.person,
            "reason": pick.reason,
            "at": pick.at.isoformat().replace("+00:00", "Z"),
            "probability": None,
        }
        for pick in picks
    ]
