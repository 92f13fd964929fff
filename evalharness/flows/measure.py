"""What needs no judgement, in every call of a week: made when first asked for, and again when calls or settings change."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from evalharness.aggregate.inputs import MeasuredInputs
from evalharness.aggregate.measured import BEFORE
from evalharness.flows.opened import Opened
from evalharness.flows.scoped import scope_of
from evalharness.grade.measured.detectors import FIGURES, VERSION, findings_in, unmeasured
from evalharness.models.finding import FigureTally, WeekFound
from evalharness.models.measured import Meaning
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.sample import SampleItem
from evalharness.models.week import shift
from evalharness.store.found import FoundFiles

PLACES = 5
"""Places of each measure and state that reports list."""


def week_measured(house: Opened, week: str, items: Sequence[SampleItem]) -> MeasuredInputs:
    """What needs no judgement in the week's calls in scope, beside the week before, with the findings of these drawn calls. The
    scope of a drawn week is that of its draw."""
    if week not in house.calls.weeks():
        return MeasuredInputs()
    earlier = [shift(week, -ago) for ago in range(1, BEFORE + 1)]
    return MeasuredInputs(
        meanings=meanings(unmeasured(house.config.measures)),
        found=week_found(house, week),
        before=week_found(house, earlier[0], most=0),
        findings=house.calls.findings(measured(house, week), [item.identity for item in items]),
        logged=house.calls.logged([*earlier, week], scope_of(house, week)),
    )


def week_found(house: Opened, week: str, most: int = PLACES, apart: Sequence[str] = ()) -> WeekFound:
    """What the detectors found in the week's calls in scope; `most` places of each measure (0: the figures alone, of those in
    `apart` by group too)."""
    if week not in house.calls.weeks():
        return WeekFound()
    bases = tuple({FIGURES[name].within for name in apart} - {"", *apart})
    found = house.calls.found(measured(house, week), scope_of(house, week), tuple(FIGURES), most, (*apart, *bases))
    return replace(found, tallies=_within(found.tallies))


def _within(tallies: Sequence[FigureTally]) -> tuple[FigureTally, ...]:
    """The tallies, each of a figure that arises in some calls alone over the calls in which it can: calls without a tool lack no
    tool error."""
    told = {(one.figure, one.by, one.group): one.n for one in tallies}
    base = ((one, told.get((FIGURES[one.figure].within, one.by, one.group), 0)) for one in tallies)
    return tuple(replace(one, calls=calls) if FIGURES[one.figure].within and calls >= one.n else one for one, calls in base)


def meanings(off: Sequence[str] = ()) -> tuple[Meaning, ...]:
    """What each figure is but these that are not measured, in the order declared."""
    told = {name: one for name, one in FIGURES.items() if name not in off}
    return tuple(
        Meaning(figure=name, unit=f.unit, words=f.words, bad=f.bad, among=f.among, shown_by=f.shown_by)
        for name, f in told.items()
    )


def measured(house: Opened, week: str) -> FoundFiles:
    """The files of the week's findings, made now if they are not there. Raises ExportError where they cannot be written."""
    settings, files = house.config.measures, found_files(house, week)
    if files.path("figures") is None or files.path("findings") is None:
        with _collecting_seldom():
            files.write(findings_in(house.calls.each(week), settings), tuple(FIGURES))
    return files


def found_files(house: Opened, week: str) -> FoundFiles:
    """Where the week's findings are kept as its calls and the settings are now, whether they are there or not."""
    return house.calls.found_files(week, digest_of(canonical_json([VERSION, list(FIGURES), house.config.measures.digest()])))


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Calls hold no cycles, and looking for some takes half the time of reading them: here it is done a hundredth as often."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100 * (usual[0] or 700), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
