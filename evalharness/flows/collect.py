"""Files -> call log: every row ends as accepted, duplicate, conflict, other_agent or rejected, and none vanishes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from evalharness.collect.arrived import arrived, as_file
from evalharness.collect.csv_form import turns_beside
from evalharness.collect.derive import Deriving
from evalharness.collect.events import Once, SeveralEventsError
from evalharness.collect.field_map import FieldMap
from evalharness.collect.intake import Intake, IntakeRules, Later, Limits, digest_of_file, digest_of_input, form_of
from evalharness.collect.privacy.masked import masked_name, masking
from evalharness.collect.recognise import explained
from evalharness.collect.rows import Row
from evalharness.collect.supplements import JOINS, KINDS, Join, Kind, LaterRules
from evalharness.errors import EvalHarnessError, InputError, LedgerError, UsageError
from evalharness.flows.callers_key import keep_key
from evalharness.flows.inbox import files_of, unnamed
from evalharness.flows.money import agent_prices
from evalharness.flows.opened import Opened
from evalharness.flows.side_by_side import rows_of, to_write
from evalharness.flows.supplements import Identity, take_supplements
from evalharness.models.call import Call
from evalharness.models.intake import IntakeReport, OwnForm
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.removed import removed
from evalharness.store.records import Part, add_audit, add_intake, add_supplements, intake_digests, intakes
from evalharness.workspace.collecting import Source
from evalharness.workspace.config import AUTO, OWN_FORMS
from evalharness.workspace.yaml_words import nearest

RULES_READ = "rules of deriving"
"""The audit action that says by which rules outcomes and costs were last derived."""
_NO_RULES = digest_of(canonical_json([]))
Taken = tuple[list[IntakeReport], list[EvalHarnessError]]
"""The reports of the files that were read, and why others could not be."""


def collect_configured(house: Opened, at: datetime) -> Taken:
    """Takes in the files that `collect.sources` names and whose content was not taken in before by the same rules.

    Calls come first, then the facts about them. A file of later facts with rows that named no call is read again once more
    calls are there.
    """
    keep_key(house, at)
    sources = house.config.collect.sources
    left = unnamed(house.workspace, intakes(house.ledger))
    deriving = _deriving(house)
    digest = digest_of(canonical_json(deriving.digested))
    before = [row["details"]["rules"] for row in house.ledger.rows("audit", action=RULES_READ)]
    again = (before or [_NO_RULES])[-1] != digest
    reports, unread = _calls(house, sources, at, again=again)
    if again:
        with house.ledger.transaction() as tx:
            add_audit(tx, RULES_READ, {"rules": digest}, at)
    done = _done(intakes(house.ledger))
    for source, paths in files_of(house.workspace.root, sources):
        for path in paths if source.kind not in (None, "calls") else ():
            with _listed(unread):
                rules = later_rules(house, str(source.kind), source.join)
                digest = _later_digest(path, rules)
                if (digest, rules.kind) not in done:
                    reports.append(take_supplements(house, path, rules, digest, at))
    return reports, [*unread, *([left] if left else [])]


def _calls(house: Opened, sources: Sequence[Source], at: datetime, *, again: bool) -> Taken:
    """`again`: files are read that were read before; the rules by which outcomes and costs are derived have changed since."""
    known = set() if again else intake_digests(house.ledger)
    reports: list[IntakeReport] = []
    unread: list[EvalHarnessError] = []
    for source, paths in files_of(house.workspace.root, sources):
        for path in paths if source.kind in (None, "calls") else ():
            with _listed(unread), as_file(path, house.workspace.root, _limits(house)) as file:
                rules = _rules(house, file, source.source)
                digest = _digest(file, rules)
                if (digest, rules.source) not in known:
                    reports.append(_take(house, file, rules, digest, at))
    return reports, unread


@contextmanager
def _listed(unread: list[EvalHarnessError]) -> Iterator[None]:
    """A file that cannot be read is listed and stops no other."""
    try:
        yield
    except InputError as error:
        unread.append(error)


def _done(reports: Sequence[IntakeReport]) -> set[tuple[str, str]]:
    """(file digest, source) of the files of later facts that need not be read again."""
    newest_calls = max((at for at, one in enumerate(reports) if one.accepted and one.source not in KINDS), default=-1)
    last = {(one.file_digest, one.source): (at, one) for at, one in enumerate(reports)}
    return {name for name, (at, one) in last.items() if not one.rejected or at > newest_calls}


def collect_paths(
    house: Opened, given: Sequence[str | Path], source: str | None, at: datetime, tell: Callable[[str], None] = lambda _: None
) -> Taken:
    """Takes in what is named (files, folders, `-`, addresses), read before or not. What cannot be read stops nothing else.

    `tell` is called with a line for each file whose form is recognised, before it is read.
    """

    def take(path: Path) -> IntakeReport:
        for line in how_read([path], source):
            tell(line)
        rules = _rules(house, path, source)
        return _take(house, path, rules, _digest(path, rules), at)

    keep_key(house, at)
    return _each(house, given, take)


def collect_later(house: Opened, given: Sequence[str | Path], rules: LaterRules, at: datetime) -> Taken:
    """Takes in these files of later facts, read before or not."""
    keep_key(house, at)
    return _each(house, given, lambda path: take_supplements(house, path, rules, _later_digest(path, rules), at))


def _each(house: Opened, given: Sequence[str | Path], take: Callable[[Path], IntakeReport]) -> Taken:
    reports: list[IntakeReport] = []
    unread: list[EvalHarnessError] = []
    for one in given:
        with _listed(unread), arrived(one, house.workspace.root, _limits(house).file_mb) as paths:
            for path in paths:
                with _listed(unread), as_file(path, house.workspace.root, _limits(house)) as file:
                    reports.append(take(file))
    return reports, unread


def later_rules(house: Opened, kind: str, join: str | None) -> LaterRules:
    """How files of later facts are read. Raises UsageError for a kind or a join that does not exist."""
    found: Kind | None = next((one for one in KINDS if one == kind), None)
    by: Join | None = next((one for one in JOINS if one == (join or JOINS[0])), None)
    if found is None or by is None:
        wrong, known, option = (kind, KINDS, "--as") if found is None else (str(join), JOINS, "--join")
        raise UsageError(f"{wrong!r} is not known", where=option, why=nearest(wrong, known), fix=f"write {', '.join(known)}")
    return LaterRules(found, by, house.workspace.key, _limits(house), house.config.costs.currency)


def how_read(paths: Sequence[Path], source: str | None) -> list[str]:
    """A line for each file whose form is recognised: which, and by what."""
    if source not in (None, AUTO):
        return []
    lines = []
    for path in paths:
        with _listed([]):
            form, why = explained(path)
            lines += [f"{path.name}: read as {form}, for {why}"] if form else []
    return lines


def _rules(house: Opened, path: Path, source: str | None) -> IntakeRules:
    """How the file is read. Raises InputError for an unknown form, ConfigError for a wrong map."""
    named = None if source == AUTO else source
    form = _form(house, path, named)
    return intake_rules(house, named or (form.name if isinstance(form, FieldMap) else form), form)


def intake_rules(house: Opened, source: str, form: FieldMap | OwnForm) -> IntakeRules:
    """How rows of that form are read in this workspace; `source` of those that name none."""
    config = house.config
    return IntakeRules(
        source=source,
        form=form,
        key=house.workspace.key,
        zone=config.zone,
        scope=config.scope_rule,
        redact=config.redaction,
        limits=_limits(house),
        currency=config.costs.currency,
        deriving=_deriving(house),
        naive=_naive(house, form),
    )


def _naive(house: Opened, form: FieldMap | OwnForm) -> ZoneInfo | None:
    zone = None if isinstance(form, FieldMap) else house.config.collect.timezones.get(form)
    return None if zone is None else ZoneInfo(zone)


def _deriving(house: Opened) -> Deriving:
    return Deriving(house.config.collect.outcomes, agent_prices(house.workspace))


def _limits(house: Opened) -> Limits:
    limits = house.config.collect.limits
    return Limits(limits.file_mb, limits.call_kb, limits.turns)


def _form(house: Opened, path: Path, source: str | None) -> FieldMap | OwnForm:
    maps = house.config.collect.maps
    if source is None:
        return form_of(path)
    if source in maps:
        return FieldMap.parse(source, maps[source])
    own: OwnForm | None = next((form for form in get_args(OwnForm) if form == source), None)
    if own is not None:
        return own
    raise UsageError(
        f"{source!r} is neither a form nor a field map",
        where="--source",
        why=nearest(source, (*OWN_FORMS, *maps)),
        fix=f"write {', '.join(OWN_FORMS)}, or the name of a map under collect.maps in evalharness.yaml",
    )


def _digest(path: Path, rules: IntakeRules) -> str:
    """Of the file and of how it is read: after a change of map, scope or limits its rows are looked at again."""
    how = [repr(rules.form), repr(rules.scope), vars(rules.limits), *rules.deriving.digested]
    how += [] if rules.naive is None else [rules.naive.key]
    return digest_of(canonical_json([digest_of_input(path, rules), *how]))


def known_as(house: Opened, path: Path, sources: Iterable[str]) -> Iterator[tuple[str, str, tuple[Path, ...]]]:
    """(digest, source, files read for it) by which the ledger knows the file if it was read as it stands, by what is configured
    now: in the form that it is recognised in, and as each of these sources. Nothing for what it cannot be read as."""
    for source in (None, *sources):
        with suppress(EvalHarnessError):
            if source in KINDS:
                for join in JOINS:
                    yield _later_digest(path, later_rules(house, source, join)), source, (path,)
            else:
                rules = _rules(house, path, source)
                beside = (turns_beside(path),) if rules.form == "csv" else ()
                yield _digest(path, rules), rules.source, (path, *beside)


def _later_digest(path: Path, rules: LaterRules) -> str:
    """Of the file and of how it is read and joined."""
    how = [rules.kind, rules.join, vars(rules.limits), rules.currency]
    return digest_of(canonical_json([digest_of_file(path, file_mb=rules.limits.file_mb), *how]))


def _take(house: Opened, path: Path, rules: IntakeRules, digest: str, at: datetime) -> IntakeReport:
    """One file, in one transaction at its end: a run that is killed before has taken in nothing of it.

    It is read as if each call had one event in it, and anew where one has more.
    """
    file = masked_name(path.name, masking(rules.key)), digest
    try:
        return take_rows(house, rows_of(path, rules, once=Once()), file, rules, at)
    except SeveralEventsError:
        return take_rows(house, rows_of(path, rules), file, rules, at)


def take_rows(house: Opened, rows: Iterable[Row], file: tuple[str, str], rules: IntakeRules, at: datetime) -> IntakeReport:
    """Decides over these rows and keeps what became of them, in one transaction. `file`: its name and digest.

    Raises LedgerError where a row is not accounted for.
    """

    def stored(identity: Identity) -> Call | None:
        found = next(iter(house.calls.calls([identity])), None)
        return None if found is None or removed(found) else found  # what was purged is not filled up again

    later = Later(stored, at, house.calls.came_later)
    intake = Intake(rules, house.calls.known, file=file[0], file_digest=file[1], later=later)
    parts: list[Part] = []
    future = 0
    try:
        for taken in intake.decide(rows):
            parts += house.calls.write_rows(to_write(row, rules) for row in taken)
            future += sum(row.started_at > at for row in taken)
    except BaseException:
        house.calls.discard(parts)  # they hold what was said, and nobody would look for it there
        raise
    report = intake.report.model_copy(update={"future": future})
    if not report.adds_up():
        raise LedgerError(
            f"{report.rows} rows were read and not all of them are accounted for",
            where=file[0],
            why="nothing of the file was taken in: a row that vanishes is a defect of this program",
            fix="report it, with the first lines of the file",
        )
    with house.ledger.transaction() as tx:
        add_intake(tx, report, parts, at)
        add_supplements(tx, intake.supplements, at)
    return report
