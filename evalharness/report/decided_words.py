"""What people decided and disputed of a week's grades, and which flags they answered, a line each; why stands in the workbook."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.act import Confirmation
from evalharness.models.summary import Disagreement, WeekSummary
from evalharness.report import phrases
from evalharness.report.text import short

HEADING = "Decided, disputed, confirmed"


def lines(summary: WeekSummary) -> list[str]:
    """Decisions and disputes in queue order, then answers to flagged clear failures; nothing where nobody did any of it.

    Without the reasons, which may quote a caller, as in summary.json.
    """
    told = [_acted(one) for one in summary.disagreements if one.decision or one.disputes]
    return [*told, *map(_confirmed, summary.confirmations)]


def _acted(one: Disagreement) -> str:
    turn = "" if one.turn is None else f", turn {one.turn}"
    place = f"call {one.position}, {short(one.call_id)}, {phrases.plain(one.criterion)}{turn}"
    return f"{place}: {'; '.join((*_decided(one), *_disputed(one)))}"


def _decided(one: Disagreement) -> Iterator[str]:
    if one.decision is not None:
        value = "N/A" if one.decision.value is None else phrases.plain(str(one.decision.value))
        own = ", who had graded it too" if one.decision.own_grade else ""
        seen = "; an LLM's value seen: in no rate" if one.decision.lane == "assisted" else ""
        yield f"{value}, decided by {one.decision.by}{own}{seen}"


def _disputed(one: Disagreement) -> Iterator[str]:
    for dispute in one.disputes:
        yield f"disputed by {dispute.by}, {'decided' if dispute.decided else 'not decided yet'}"


def _confirmed(one: Confirmation) -> str:
    named = f"a clear failure ({phrases.plain(str(one.tag))}, to fix: {one.cause})" if one.answer == "yes" else "no clear failure"
    outside = "" if one.drawn else ", outside the draw"
    return f"{short(one.call_id)}{outside}, {phrases.plain(one.check)}: {named}, answered by {one.by}"
