"""What needs no judgement, in every call of a week: made when first asked for, and again when calls or settings change."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.flows.opened import Opened
from evalharness.grade.measured.detectors import FIGURES, VERSION, findings_of
from evalharness.models.finding import Finding, WeekFound
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.rule import parse_rule
from evalharness.store.found import FoundFiles
from evalharness.store.records import load_sample


def week_found(house: Opened, week: str) -> WeekFound:
    """What the detectors found in the week's calls in scope. The scope of a drawn week is that of its draw."""
    sample = load_sample(house.ledger, week)
    scope = house.config.scope_rule
    if sample is not None:
        scope = None if sample.design.scope is None else parse_rule(sample.design.scope)
    return house.calls.found(measured(house, week), scope, tuple(FIGURES))


def call_findings(house: Opened, week: str, identities: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Finding]]:
    """What was found in each of these calls of the week."""
    return house.calls.findings(measured(house, week), identities)


def measured(house: Opened, week: str) -> FoundFiles:
    """The files of the week's findings, made now if they are not there. Raises ExportError where they cannot be written."""
    settings = house.config.measures
    files = house.calls.found_files(week, digest_of(canonical_json([VERSION, list(FIGURES), settings.digest()])))
    if files.path("figures") is None or files.path("findings") is None:
        files.write((findings_of(call, settings) for call in house.calls.each(week)), tuple(FIGURES))
    return files
