"""Files -> call log: every row ends as accepted, duplicate, conflict, other_agent or rejected, and none vanishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from evalharness.collect.csv_form import turns_beside
from evalharness.collect.field_map import FieldMap
from evalharness.collect.intake import Intake, IntakeRules, Limits, digest_of_input, form_of, read_rows
from evalharness.errors import EvalHarnessError, InputError, UsageError
from evalharness.flows.opened import Opened
from evalharness.grade.measured.latency import measure_call
from evalharness.models.intake import IntakeReport
from evalharness.models.noun import canonical_json, digest_of
from evalharness.store.records import Part, add_intake, intake_digests
from evalharness.workspace.config import OWN_FORMS
from evalharness.workspace.yaml_words import nearest

Taken = tuple[list[IntakeReport], list[EvalHarnessError]]
"""The reports of the files that were read, and why others could not be."""


def collect_configured(house: Opened, at: datetime) -> Taken:
    """Takes in the files that `collect.sources` names and whose content was not taken in before by the same rules."""
    known = intake_digests(house.ledger)
    reports: list[IntakeReport] = []
    unread: list[EvalHarnessError] = []
    for source in house.config.collect.sources:
        for path in _matches(house.workspace.root, source.path):
            try:
                rules = _rules(house, path, source.source)
                if (_digest(path, rules), rules.source) not in known:
                    reports.append(_take(house, path, rules, at))
            except InputError as error:
                unread.append(error)
    return reports, unread


def collect_paths(house: Opened, paths: Sequence[Path], source: str | None, at: datetime) -> Taken:
    """Takes in these files, read before or not. A file that cannot be read does not stop the others."""
    reports: list[IntakeReport] = []
    unread: list[EvalHarnessError] = []
    for path in paths:
        try:
            reports.append(_take(house, path, _rules(house, path, source), at))
        except InputError as error:
            unread.append(error)
    return reports, unread


def _matches(root: Path, pattern: str) -> Iterable[Path]:
    """The files of a source in name order; a turns.csv comes in with its calls.csv, not by itself."""
    found = sorted(path for path in root.glob(pattern) if path.is_file())
    beside = {turns_beside(path) for path in found if path.match("calls*.csv")}
    return [path for path in found if path not in beside]


def _rules(house: Opened, path: Path, source: str | None) -> IntakeRules:
    """How the file is read. Raises InputError for an unknown form, ConfigError for a wrong map."""
    config = house.config
    form = _form(house, path, source)
    return IntakeRules(
        source=source or (form.name if isinstance(form, FieldMap) else form),
        form=form,
        key=house.workspace.key,
        zone=config.zone,
        scope=config.scope_rule,
        redact=config.redaction,
        limits=Limits(config.collect.limits.file_mb, config.collect.limits.call_kb, config.collect.limits.turns),
        currency=config.costs.currency,
    )


def _form(house: Opened, path: Path, source: str | None) -> FieldMap | Literal["jsonl", "csv"]:
    maps = house.config.collect.maps
    if source is None:
        return form_of(path)
    if source in maps:
        return FieldMap.parse(source, maps[source])
    if source in OWN_FORMS:
        return "jsonl" if source == "jsonl" else "csv"
    raise UsageError(
        f"{source!r} is neither a form nor a field map",
        where="--source",
        why=nearest(source, (*OWN_FORMS, *maps)),
        fix="write jsonl, csv, or the name of a map under collect.maps in evalharness.yaml",
    )


def _digest(path: Path, rules: IntakeRules) -> str:
    """Of the file and of how it is read: after a change of map, scope or limits its rows are looked at again."""
    form = rules.form.model_dump(mode="json") if isinstance(rules.form, FieldMap) else rules.form
    return digest_of(canonical_json([digest_of_input(path, rules), form, repr(rules.scope), vars(rules.limits)]))


def _take(house: Opened, path: Path, rules: IntakeRules, at: datetime) -> IntakeReport:
    """One file, in one transaction at its end: a run that is killed before has taken in nothing of it."""
    intake = Intake(rules, house.calls.known, file=path.name, file_digest=_digest(path, rules))
    parts: list[Part] = []
    for calls in intake.decide(read_rows(path, rules)):
        parts += house.calls.write_parts([(call, measure_call(call)) for call in calls], house.config.zone)
    report = intake.report
    with house.ledger.transaction() as tx:
        add_intake(tx, report, parts, at)
    return report
