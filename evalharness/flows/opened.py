"""An opened workspace: its configuration, ledger and call log together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evalharness.errors import ConfigError, UsageError
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from evalharness.models.threshold import Thresholds
from evalharness.models.week import monday, newest_complete
from evalharness.store.call_log import CallLog
from evalharness.store.files import exclusive_lock, remove_leftovers
from evalharness.store.ledger import Ledger
from evalharness.store.rubrics import load_rubric
from evalharness.workspace.config import Config
from evalharness.workspace.folder import Workspace
from evalharness.workspace.yaml_words import nearest

if TYPE_CHECKING:
    from evalharness.aggregate.inputs import PastWeek


@dataclass(frozen=True)
class Opened:
    """What a flow works with. `memo`: drawn weeks worked out already, by (week, head of the ledger)."""

    workspace: Workspace
    config: Config
    ledger: Ledger
    calls: CallLog
    memo: dict[tuple[str, str], PastWeek] = field(default_factory=dict, compare=False, repr=False)

    @property
    def people(self) -> list[str]:
        """Who grades: the configured people, or the owner alone."""
        return list(self.config.people)

    def rubric(self) -> Rubric:
        """The rubric the next draw takes."""
        return self.workspace.rubric()

    def thresholds(self) -> Thresholds:
        """The bar as it stands now."""
        return self.workspace.thresholds()


@contextmanager
def opened(workspace: Workspace, *, write: bool = False, checked: bool | None = None) -> Iterator[Opened]:
    """The workspace with its ledger open; `write` holds the workspace's lock for the length of the block.

    `checked`: rows and chain of the ledger are verified first (not the call log's files); None = where it is written.
    Raises ConfigError, LedgerError (LedgerCorruptError where the check fails), WorkspaceError where another process writes.
    """
    config = workspace.config
    known_figures(config)
    workspace.require_private()
    if write:
        with exclusive_lock(workspace.lock_path):
            remove_leftovers(workspace.root)
            yield from _with_ledger(workspace, config, checked=checked is not False)
    else:
        yield from _with_ledger(workspace, config, checked=bool(checked))


def known_figures(config: Config) -> None:
    """Raises ConfigError where a figure is switched off that does not exist: it would go on being measured."""
    if not config.measures.off:
        return
    from evalharness.grade.measured.detectors import FIGURES

    for name in config.measures.off:
        if name not in FIGURES:
            raise ConfigError(
                f"{name!r} is no figure that is measured",
                where="evalharness.yaml, measures.off",
                why=nearest(name, tuple(FIGURES)).partition(" known: ")[0],
                fix="Write its name as docs/measured.md has it, or take the line out.",
            )


def _with_ledger(workspace: Workspace, config: Config, *, checked: bool) -> Iterator[Opened]:
    ledger = Ledger.open(workspace.ledger_path, create=True)
    calls = CallLog(workspace.calls_path, ledger)
    try:
        if checked:
            ledger.check()
        yield Opened(workspace, config, ledger, calls)
    finally:
        calls.close()
        ledger.close()


def chosen_week(house: Opened, week: str | None, now: datetime) -> str:
    """The week asked for, else the newest complete week that has calls.

    Raises UsageError for a week that does not exist, and for one of which the call log has no calls.
    """
    known = house.calls.weeks()
    newest = newest_complete(now, house.config.zone)
    complete = [one for one in known if one <= newest]
    if week is None and complete:
        return complete[-1]
    if week is None or existing_week(week) not in known:
        earlier = f" and {len(known) - 5} earlier" if len(known) > 5 else ""
        week = week or f"{newest}, the newest complete week, or before"
        raise UsageError(
            f"the call log has no calls of {week}",
            where="--week",
            why=f"it has calls of {', '.join(known[-5:])}{earlier}" if known else "it is empty",
            fix="name one of these weeks, or collect the week's logs: evalharness collect PATH",
        )
    return week


def frozen_rubric(house: Opened, sample: WeeklySample) -> Rubric:
    """The rubric as it was at the draw."""
    return load_rubric(house.ledger, sample.rubric_digest)


def existing_week(week: str) -> str:
    """The week as given. Raises UsageError for one that no calendar has, such as 2025-W53."""
    try:
        monday(week)
    except ValueError as error:
        said = f"{week!r} is no week"
        said += "" if repr(week) in str(error) else f": {error}"
        raise UsageError(said, where="--week", fix="write a week such as 2026-W47") from None
    return week


def utc_now() -> datetime:
    """The clock, read once at the edge and handed on."""
    return datetime.now(UTC)
