"""A signed week beside the same week as computed now: which figures differ."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.act import ChangedFigure, SignedFigure, SignedSince, SignOff
from evalharness.models.measure import Since
from evalharness.models.summary import WeekSummary


def figures(summary: WeekSummary) -> tuple[SignedFigure, ...]:
    """The checks of a week as a sign-off keeps them."""
    return tuple(
        SignedFigure(
            check=check.threshold.id,
            measure=check.threshold.measure,
            verdict=check.verdict,
            value=check.measure.value,
            unanswered=check.measure.unanswered,
            unit=check.measure.unit,
            currency=check.measure.currency,
            n=check.measure.n,
            of=check.measure.of,
            since=_since(check.since),
        )
        for check in summary.checks
    )


def _since(since: Since | None) -> SignedSince | None:
    return SignedSince(week=since.week, hits=since.hits, n=since.n, verdict=since.verdict) if since else None


def changed(signed: SignOff, summary: WeekSummary) -> tuple[ChangedFigure, ...]:
    """The checks whose verdict, value or count is another now than when it was signed, in the order signed."""
    return tuple(_changed(signed, {figure.check: figure for figure in figures(summary)}))


def beside(signed: SignOff, summary: WeekSummary) -> tuple[str, ...]:
    """The checks that are as signed while what is known of their rate since an earlier week is not: a start declared later,
    an earlier week graded on."""
    now = {figure.check: figure for figure in figures(summary)}
    same = [figure for figure in signed.figures if _alone(now.get(figure.check)) == _alone(figure)]
    return tuple(one.check for one in same if one.since is not None and now[one.check].since != one.since)


def _alone(figure: SignedFigure | None) -> SignedFigure | None:
    """The figure of the week itself."""
    return figure and figure.model_copy(update={"since": None})


def _changed(signed: SignOff, now: dict[str, SignedFigure]) -> Iterator[ChangedFigure]:
    for figure in signed.figures:
        if _alone(now.get(figure.check)) != _alone(figure):
            yield ChangedFigure(check=figure.check, signed=figure, now=now.get(figure.check))
    known = {figure.check for figure in signed.figures}
    for check, figure in now.items():
        if check not in known:
            yield ChangedFigure(check=check, signed=None, now=figure)
