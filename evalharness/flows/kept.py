"""Figures of weeks kept from one run to the next: a year of weeks is worked out once, and a week again when it may be another.

A file is good for one key. The key covers all that the figures of its week rest on: the program, the configuration, the bar,
the rubric, the ledger up to that week, its calls and those of the three weeks behind, what came later for these calls, and how
far the log goes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evalharness.aggregate.verified import WAIT
from evalharness.errors import EvalHarnessError
from evalharness.flows.opened import Opened
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.week import bounds, shift
from evalharness.models.weekly import WeekFigures
from evalharness.store.files import write_whole
from evalharness.store.records import changes
from evalharness.store.standing import CALLS_AHEAD, of_weeks, standing
from evalharness.workspace.installed import program_mark

_LOOKED_AHEAD = WAIT + timedelta(days=7)
"""After a week's end no later call says more of who called again: the wait, and as long as a call may last, generously."""
_PASSING = ("desk remark",)
"""Actions of the audit trail that no figure rests on and that come many times a week."""


@dataclass(frozen=True)
class Kept:
    """The figures that are kept of a workspace. What it knows of the ledger is as of its first question."""

    house: Opened

    def load(self, week: str) -> WeekFigures | None:
        """The figures of the week as they would be worked out now; None where none are kept, or anything behind them changed."""
        path = self._path(week)
        try:
            digest, _, body = path.read_text("utf-8").partition("\n")
            return WeekFigures.model_validate_json(body) if digest == self._seal(week, body) else None
        except (OSError, UnicodeDecodeError, ValidationError):
            return None

    def keep(self, figures: WeekFigures) -> None:
        """Keep them, whole or not at all; where nothing can be written, they are worked out again next time."""
        week, body = figures.week.week, figures.model_dump_json(exclude_defaults=True)
        with suppress(EvalHarnessError, OSError):
            write_whole(self._path(week), f"{self._seal(week, body)}\n{body}".encode())

    def _path(self, week: str) -> Path:
        return self.house.workspace.calls_path / "found" / f"week={week}" / "trend.json"

    def _seal(self, week: str, body: str) -> str:
        return digest_of(f"{self.key(week)}\n{body}")

    def key(self, week: str) -> str:
        """What the figures of the week rest on, in one digest."""
        house, ahead = self.house, {name: shift(week, weeks) for name, weeks in CALLS_AHEAD.items()}
        end = bounds(week, house.config.zone)[1]
        noted = [change.model_dump(mode="json") for change in changes(house.ledger) if change.at < end]
        later = [row for known, row in self._later if known <= ahead["parts"]]
        trail = of_weeks(self._trail, week)
        known = None if self._newest is None else min(self._newest, end + _LOOKED_AHEAD).isoformat()
        return digest_of(canonical_json([self._settings, standing(self._links, week, ahead), noted, later, trail, known]))

    @cached_property
    def _newest(self) -> datetime | None:
        """When the newest call of the log started: until then it is known who called again."""
        weeks = self.house.calls.weeks()
        return self.house.calls.last_start(weeks[-1]) if weeks else None

    @cached_property
    def _links(self) -> Any:
        return self.house.ledger.links()

    @cached_property
    def _trail(self) -> list[dict[str, Any]]:
        return [row for row in self.house.ledger.rows("audit") if row["action"] not in _PASSING]

    @cached_property
    def _later(self) -> list[tuple[str, str]]:
        """(week of the call, hash of the row) of each later fact; of a call that the log does not hold the first week."""
        rows = self.house.ledger.stored("supplements")
        weeks = self.house.calls.weeks_of([(row["source"], row["call_id"]) for row in rows])
        return [(weeks.get((row["source"], row["call_id"]), ""), row["sha256"]) for row in rows]

    @cached_property
    def _settings(self) -> list[str]:
        """The program and the files of the workspace that say how to count."""
        space = self.house.workspace
        texts = [path.read_text("utf-8") for path in (space.config_path, space.thresholds_path, space.rubric_path)]
        return [program_mark(), *map(digest_of, texts)]
