"""The detectors: one small pure function an idea, and their table. What each finds is kept for every call of a week.

A detector takes a call and the settings and gives a Found: `values` for figures it can tell of this call (absent = no data,
never 0 for missing), `findings` with the turns that show it. It reads nothing else, keeps nothing, and does not raise for any
call; findings name turns that exist. FIGURES declares every figure with its unit, so that a figure nobody declared is an error.
A change of what a detector finds raises VERSION: weeks are then measured again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import get_args

from evalharness.grade.measured import disclosure, escalation, facts_spoken, handlers, tools, voice
from evalharness.grade.measured.found import TOGETHER, Detector, Figure, Found, Unit
from evalharness.models.call import Call
from evalharness.models.escalating import Part
from evalharness.models.finding import CallFindings, Finding
from evalharness.models.measuring import Measuring
from evalharness.models.removed import removed

__all__ = ["DETECTORS", "FIGURES", "VERSION", "Detector", "Figure", "Found", "Unit", "findings_in", "findings_of"]
VERSION = "7"
DETECTORS: Mapping[str, Detector] = {
    "voice": voice.detect,
    "escalation": escalation.detect,
    "disclosure": disclosure.detect,
    "handlers": handlers.detect,
    "facts": facts_spoken.detect,
    "tools": tools.detect,
}
"""Name -> detector, in the order they run."""

FIGURES: Mapping[str, Figure] = {
    **voice.FIGURES,
    **escalation.FIGURES,
    **disclosure.FIGURES,
    **handlers.FIGURES,
    **facts_spoken.FIGURES,
    **tools.FIGURES,
}
"""Figure -> what it is. Every name in `Found.values` and `Finding.measure` stands here."""


def off_by_default() -> tuple[str, ...]:
    """Figures that the shipped settings leave out, because too few of their findings were right where that was tried."""
    return _switched_off(Measuring())


def unmeasured(settings: Measuring) -> tuple[str, ...]:
    """Figures that these settings do not measure: switched off, or nothing is configured that they could look for."""
    outbound = settings.outbound
    absent = {
        "disclosures_required": not settings.disclosure,
        "disclosures_missing": not settings.disclosure,
        "disclosures_late": not settings.disclosure,
        "consent_missing": outbound.consent is None,
        "outside_calling_hours": outbound.hours is None,
        "data_before_identity": settings.identity is None,
    }
    return (*_switched_off(settings), *(name for name, missing in absent.items() if missing))


def _switched_off(settings: Measuring) -> tuple[str, ...]:
    parts = tuple(f"handoff_{part}" for part in get_args(Part) if part not in settings.escalation.context.parts)
    audio = () if settings.handlers.bad_audio.enabled else tuple(name for name in FIGURES if name.startswith("bad_audio"))
    return (*settings.off, *parts, *audio)


def findings_of(call: Call, settings: Measuring) -> CallFindings:
    """Everything the detectors say of the call. Raises KeyError for a figure that is not declared: a programmer's mistake."""
    return next(findings_in([call], settings))


def findings_in(calls: Iterable[Call], settings: Measuring) -> Iterator[CallFindings]:
    """What `findings_of` gives of each of these calls. A detector reads some dozens of them before the next one does, so that
    what it needs stays near the processor: over 3,000 calls that took a tenth less. Raises KeyError as `findings_of`."""
    rest = iter(calls)
    while block := list(islice(rest, TOGETHER)):
        told = [call for call in block if not removed(call)]  # of a call without its text nothing is told: not looked for either
        by_detector = [[detect(call, settings) for call in told] for detect in DETECTORS.values()]
        found = dict(zip(map(id, told), zip(*by_detector, strict=True), strict=True))
        for call in block:
            yield _whole(call, found.get(id(call), ()), settings.off)


def _whole(call: Call, parts: Sequence[Found], off: Sequence[str]) -> CallFindings:
    """What all detectors say of one call, but for the figures that are switched off."""
    values: dict[str, float] = {}
    findings: list[Finding] = []
    for part in parts:
        values |= part.values
        findings += part.findings
    measures = {finding.measure for finding in findings}
    if not (values.keys() <= FIGURES.keys() and measures <= FIGURES.keys()):
        raise KeyError(*sorted((values.keys() | measures) - FIGURES.keys()))
    for name in off:
        values.pop(name, None)
    shown = tuple([finding for finding in findings if finding.measure not in off])
    return CallFindings.model_construct(source=call.source, call_id=call.id, values=values, findings=shown)  # checked: above
