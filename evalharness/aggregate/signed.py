"""A signed week beside the same week as computed now: which figures differ."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.act import ChangedFigure, SignedFigure, SignOff
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
        )
        for check in summary.checks
    )


def changed(signed: SignOff, summary: WeekSummary) -> tuple[ChangedFigure, ...]:
    """The checks whose verdict, value or count is another now than when it was signed, in the order signed."""
    return tuple(_changed(signed, {figure.check: figure for figure in figures(summary)}))


def _changed(signed: SignOff, now: dict[str, SignedFigure]) -> Iterator[ChangedFigure]:
    for figure in signed.figures:
        if now.get(figure.check) != figure:
            yield ChangedFigure(check=figure.check, signed=figure, now=now.get(figure.check))
    known = {figure.check for figure in signed.figures}
    for check, figure in now.items():
        if check not in known:
            yield ChangedFigure(check=check, signed=None, now=figure)
