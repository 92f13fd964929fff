"""`doctor`: everything that can be checked of a workspace without changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from evalharness.errors import EvalHarnessError
from evalharness.flows.callers_key import check_key
from evalharness.flows.opened import known_figures
from evalharness.store.files import digest_file
from evalharness.workspace.config import Config
from evalharness.workspace.finding import Finding, fine, from_error, warning, wrong
from evalharness.workspace.folder import Workspace
from evalharness.workspace.health import folder_findings
from evalharness.workspace.installed import installed_findings
from evalharness.workspace.timing import config_findings

if TYPE_CHECKING:
    from evalharness.models.intake import IntakeReport
    from evalharness.store.ledger import Ledger

__all__ = ["Finding", "doctor"]

ENDING_DAYS = 30
"""So long before the end of a model it is named."""

_RESTORE = "Restore it from the newest backup; `evalharness doctor` again says whether all is there."


def doctor(workspace: Workspace, now: datetime) -> list[Finding]:
    """What is well and what is not, at the aware instant `now`. What cannot be checked is an error, never left out."""
    checks: list[Callable[[], Iterable[Finding]]] = [
        installed_findings,
        lambda: folder_findings(workspace),
        lambda: _key(workspace),
        lambda: _config(workspace.config, now),
        lambda: _models(workspace, now),
        lambda: _rubric(workspace),
        lambda: _thresholds(workspace),
        lambda: _kept(workspace),
        lambda: _inbox(workspace),
    ]
    return list(dict.fromkeys(finding for check in checks for finding in _caught(check)))


def _caught(check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except EvalHarnessError as error:
        yield from_error(error)
    except OSError as error:
        fix = "Check who may read it, and whether the disk is still there."
        yield wrong(f"{error.filename or 'a file'} cannot be read ({error.strerror})", "It could not be checked.", fix)


def _key(workspace: Workspace) -> Iterator[Finding]:
    yield fine(f"Key: {len(workspace.key)} bytes, private")


def _config(config: Config, now: datetime) -> Iterator[Finding]:
    known_figures(config)
    yield fine(f"Configuration: valid, agent {config.agent.name!r}")
    yield from config_findings(config, now)


def _models(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """Whether every model that is asked has a price and answers for another 30 days. Nothing where the LLM is off."""
    llm = workspace.config.graders.llm
    if not llm.enabled:
        return
    from evalharness.flows.llm_money import price_list

    prices, today = price_list(workspace), now.astimezone(workspace.config.zone).date()
    for model in dict.fromkeys([llm.model, *(judge.model for judge in llm.judges)]):
        price = prices.models.get(model)
        if price is None:
            why = "No estimate can be made, and grading needs --max-cost each time."
            yield warning(f"no price is known for the model {model!r}", why, "Add it to prices.yaml in the workspace.")
        elif price.ends and (left := (price.ends - today).days) <= ENDING_DAYS:
            when = f"ends on {price.ends}, in {left} days" if left >= 0 else f"ended on {price.ends}"
            why = "After it no request is answered; another model is another judge and needs its own record against people."
            fix = "Try its successor beside it first (docs/judge-trust.md), then change graders.llm.model."
            yield warning(f"the model {model!r} {when}", why, fix)
        else:
            yield fine(f"Model: {model}, prices of {prices.as_of}" + (f", ends on {price.ends}" if price.ends else ""))


def _rubric(workspace: Workspace) -> Iterator[Finding]:
    from evalharness.grade.rubric_lint import lint

    rubric = workspace.rubric()
    found = lint(rubric)
    for finding in found:
        make = wrong if finding.severity == "error" else warning
        yield make(
            f"rubric {rubric.id}, {finding.where}: {finding.what}", "People and machines would read it differently.", finding.fix
        )
    if not found:
        yield fine(
            f"Rubric: {rubric.id} version {rubric.version}, {sum(1 for _ in rubric.criteria())} questions, nothing to mend"
        )


def _thresholds(workspace: Workspace) -> Iterator[Finding]:
    bar = workspace.thresholds()
    off = [check.id for check in bar.checks if not check.enabled]
    yield fine(
        f"Thresholds: {bar.profile}, {len(bar.checks) - len(off)} checks" + (f"; switched off: {', '.join(off)}" if off else "")
    )
    if len(off) == len(bar.checks):
        yield warning(
            "every check is switched off", "No week can be good enough, or fail to be.", "Set `enabled: true` where you mean it."
        )


def _kept(workspace: Workspace) -> Iterator[Finding]:
    """The ledger's chain, the call log's files against what the ledger says of them, and the key against its callers'."""
    from evalharness.store.ledger import Ledger

    if not workspace.ledger_path.exists():
        yield fine("Ledger: none yet; the first `evalharness week` makes it")
        return
    with Ledger.open(workspace.ledger_path) as ledger:
        problems = ledger.verify()
        for problem in problems:
            yield wrong(f"ledger: {problem}", "A row that does not match its hash is not used for any figure.", _RESTORE)
        if problems:
            return
        yield fine(f"Ledger: whole, schema {ledger.schema_version}, head {ledger.head()[:16] or 'empty'}")
        yield from _parts(workspace, ledger)
        check_key(workspace, ledger)


def _inbox(workspace: Workspace) -> Iterator[Finding]:
    """Files in inbox/ that no source names, and files of sources that nothing can be read from."""
    from evalharness.flows.inbox import unknown, unnamed
    from evalharness.store.ledger import Ledger
    from evalharness.store.records import intakes

    reports: list[IntakeReport] = []
    if workspace.ledger_path.exists():
        with Ledger.open(workspace.ledger_path) as ledger:
            reports = list(intakes(ledger))
    left = unnamed(workspace, reports)
    for error in [*([left] if left else []), *unknown(workspace, reports)]:
        yield warning(error.what, error.why, error.fix)


def _parts(workspace: Workspace, ledger: Ledger) -> Iterator[Finding]:
    """The registered files, and strays beside them; what store/found.py keeps is a cache and in no register."""
    from evalharness.store.intakes import KINDS, parts

    registered = {workspace.root / part.path: part.digest for part in parts(ledger)}
    bad = [path for path, digest in registered.items() if not path.is_file() or digest_file(path) != digest]
    for path in bad:
        state = "was changed after it was written" if path.is_file() else "is gone"
        yield wrong(f"{workspace.relative(path)} {state}", "Every figure of its week would be wrong without a word.", _RESTORE)
    held = {path for kind in KINDS for path in workspace.calls_path.glob(f"{kind}/week=*/*.parquet")}
    for path in sorted(held - set(registered)):
        why = "The ledger does not know it, so it does not count; a killed command may have left it."
        yield warning(f"{workspace.relative(path)} is not registered", why, "Collect the file again, or delete the part.")
    if not bad:
        yield fine(f"Call log: {len(registered)} files, all as they were written")
