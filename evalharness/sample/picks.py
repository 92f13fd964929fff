"""Calls picked by hand as they stand behind the queue: graded like any other, in no estimate."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.models.sample import Pick, SampleItem, WeeklySample

PICKED = "picked"
"""The stratum of a call picked by hand; it has no probability."""


def picked_items(sample: WeeklySample, picks: Sequence[Pick]) -> tuple[SampleItem, ...]:
    """The picked calls that this draw does not hold, each once, numbered on behind the queue in the order they were picked.

    `picks`: in ledger order. A call picked before a redraw that then drew it is an ordinary drawn call. Numbers only grow as
    long as the draw stands, so those on written sheets stay.
    """
    drawn = {item.identity for item in sample.items}
    calls = {pick.identity: pick.call for pick in reversed(picks) if pick.identity not in drawn}
    first = {identity: calls[identity] for pick in picks if (identity := pick.identity) in calls}
    return tuple(
        SampleItem(position=position, stratum=PICKED, key="", probability=None, call=call)
        for position, call in enumerate(first.values(), len(sample.items) + 1)
    )


def reasons_of(picked: Sequence[SampleItem], picks: Sequence[Pick]) -> dict[str, str]:
    """Of each picked call, as "SOURCE:ID", why: everybody's reasons in the order given, each once."""
    return {
        f"{item.call.source}:{item.call.id}": "; ".join(
            dict.fromkeys(pick.reason for pick in picks if pick.identity == item.identity)
        )
        for item in picked
    }


def positions_of(person: str, picked: Sequence[SampleItem], picks: Sequence[Pick]) -> tuple[int, ...]:
    """Which of the picked calls stand on this person's sheet."""
    theirs = {pick.identity for pick in picks if pick.person == person}
    return tuple(item.position for item in picked if item.identity in theirs)
