"""What adjudicate, dispute and confirm print, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from evalharness import numbers

if TYPE_CHECKING:
    from evalharness.flows.waiting import Listed, Said, Waiting
    from evalharness.models.act import Adjudication, Confirmation, Dispute
    from evalharness.models.grade import Evidence

_TITLES = {
    "disagreement": "People differ: nothing counts until somebody decides",
    "dispute": "Disputed grades: each stands until somebody decides",
    "flag": "Flagged as a clear failure, not yet confirmed by a person",
    "cause": "Clear failures that people saw: error tag and cause are missing",
    "found": "Flagged outside the draw: in no rate",
}
_MOST_FOUND = 20


def of_listed(week: str, found: Listed) -> list[str]:
    """What waits, a heading a kind; then the words to choose from, and what is held back."""
    lines = []
    for kind, title in _TITLES.items():
        own = [one for one in found.items if one.kind == kind]
        if own:
            lines += ["", f"{title} ({len(own)})"]
        for one in own[:_MOST_FOUND] if kind == "found" else own:
            lines += _item(one)
        if kind == "found" and len(own) > _MOST_FOUND:
            lines.append(f"  ... and {len(own) - _MOST_FOUND} more: evalharness adjudicate --week {week} --json")
    count = len(found.items)
    lines = [f"{week}: {count or 'nothing'} {'wait' if count > 1 else 'waits'} for a decision", *lines]
    if any(one.kind in ("flag", "cause", "found") for one in found.items):
        lines += ["", *_choices()]
    if found.held_back:
        people = ", ".join(f"{name} ({count})" for name, count in sorted(found.held_back.items()))
        lines += ["", f"Held back: what waits on calls still to be graded blind by {people}. To list it all the same: --ungraded"]
    return lines


def _choices() -> list[str]:
    from evalharness.flows.confirm import CAUSES, TAGS

    return [f"TAG    one of {', '.join(TAGS)}", f"CAUSE  one of {', '.join(CAUSES)}"]


def _flat(text: str) -> str:
    """A text somebody typed or said, as part of one line: no line of its own passes for one of ours."""
    return " ".join(text.split())


def _item(one: Waiting) -> Iterator[str]:
    place = f"#{one.position} {_flat(one.call_id)}" if one.position else _flat(one.call_id)
    turn = "" if one.turn is None else f", turn {one.turn}"
    yield f"  {place}  {one.criterion}{turn}: {_flat(one.question)}"
    if one.gone:
        yield f"    {one.gone}: nobody can hear or read the call any more; decide on the grades, or leave it"
    for said in one.said:
        yield from _said(said)
    for dispute in one.disputes:
        yield f"    disputed by {_flat(dispute.by)}: {_flat(dispute.reason)}"
    yield f"    {one.command}"


def _said(said: Said) -> Iterator[str]:
    lane = " (assisted)" if said.lane == "assisted" else ""
    advisory = " (LLM, decides nothing)" if said.kind == "llm" else ""
    level = f" = {_flat(said.level)}" if said.level else ""
    yield f"    {said.grader}{advisory}: {said.value}{level}{lane}" + (f": {_flat(said.why)}" if said.why else "")
    yield from (f"      {_quote(one)}" for one in said.evidence)


def _quote(one: Evidence) -> str:
    where = f"turn {one.turn}" if one.turn is not None else f"at {numbers.clock(one.at_ms or 0)}"
    return f'{where}: "{_flat(one.quote)}"' if one.quote else where


def listed_as_json(found: Listed) -> dict[str, Any]:
    """What waits, for machines."""
    items = [
        {
            **asdict(one),
            "said": [{**vars(said), "evidence": [part.model_dump() for part in said.evidence]} for said in one.said],
            "disputes": [dispute.model_dump(mode="json") for dispute in one.disputes],
        }
        for one in found.items
    ]
    return {"waiting": items, "held_back": found.held_back}


def of_ruling(ruled: Adjudication) -> list[str]:
    """What was decided, and what of it is special."""
    turn = "" if ruled.turn is None else f", turn {ruled.turn}"
    value = "N/A" if ruled.value is None else ruled.value
    lines = [f"Decided: {_flat(ruled.call_id)}, {ruled.criterion}{turn}: {value}, by {ruled.by}: {_flat(ruled.reason)}"]
    if ruled.supersedes is not None:
        lines.append("  it supersedes an earlier decision, which is kept")
    if ruled.own_grade:
        lines.append(f"  {ruled.by} had graded it too; the record says so")
    if ruled.lane == "assisted":
        lines.append("  an LLM's value had been seen: it gives the call's score and enters no rate")
    return lines


def of_dispute(week: str, found: Dispute) -> list[str]:
    """What is disputed, and what becomes of it."""
    return [
        f"Disputed: {_flat(found.call_id)}, {found.criterion}, by {found.by}: {_flat(found.reason)}",
        "  the grade stands until somebody decides; until then the verdict is computed with and without this call",
        f"  to decide: evalharness adjudicate --week {week}",
    ]


def of_confirmation(found: Confirmation) -> list[str]:
    """What was answered to a flag, and what it is good for."""
    named = f" ({found.tag}, cause: {found.cause})" if found.answer == "yes" else ""
    word = "a clear failure" if found.answer == "yes" else "no clear failure"
    where = "" if found.drawn else "; it lies outside the draw"
    return [
        f"{_flat(found.call_id)}, {found.check}: {word}{named}, by {found.by}",
        f"  it saw a flag, so it enters no rate: rates count what people answered blind{where}"
        if found.flagged_by
        else f"  kept{where}",
    ]
