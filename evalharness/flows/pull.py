"""`pull`: the week's calls from the platforms' own servers, as far as the log does not have them.

What came is in the log after each hundred calls, so a pull that is broken off goes on where it stopped: it asks for what
is missing. A week that has ended, with no call still going on, is done and is not asked for again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evalharness.collect.pull.calls import Page, pages
from evalharness.collect.pull.platforms import PLATFORMS
from evalharness.collect.pull.server import open_server
from evalharness.collect.reading import read_held
from evalharness.errors import EvalHarnessError, InputError, UsageError
from evalharness.flows.callers_key import keep_key
from evalharness.flows.collect import intake_rules, take_rows
from evalharness.flows.opened import Opened
from evalharness.flows.unsigned import first_week
from evalharness.models.intake import IntakeReport
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.week import bounds, newest_complete, shift, week_of
from evalharness.store.records import add_audit, signed_off
from evalharness.store.standing import PULLED
from evalharness.workspace.collecting import PullFrom
from evalharness.workspace.secret import secret

"""The audit action of a pull that came to its end."""
WEEKS_BACK = 4
"""So many complete weeks `week` looks at; an older one is pulled by name."""


@dataclass
class Pulled:
    """What one pull of a week did. `known`: in the log already; `going`: not over; `gone`: listed, and not there any more.

    `asked`: the server gave a list; `done`: nothing is left to ask for; `stopped`: why it ended before its end.
    """

    source: str
    week: str
    reports: list[IntakeReport] = field(default_factory=list)
    known: int = 0
    going: int = 0
    gone: int = 0
    asked: bool = False
    done: bool = False
    stopped: EvalHarnessError | None = None

    def count(self, page: Page) -> None:
        """Adds what a page left out."""
        self.asked = True
        self.known, self.going, self.gone = self.known + page.known, self.going + page.going, self.gone + page.gone

    @property
    def incomplete(self) -> bool:
        """Whether something did not come in."""
        return self.stopped is not None or any(report.rejected or report.conflict for report in self.reports)


def pull(house: Opened, week: str, now: datetime, *, source: str | None = None, again: bool = False) -> list[Pulled]:
    """Asks each configured platform (or the one called `source`) for the calls of the week.

    `again`: also for those the log has, so that what was analysed later comes in. A server that fails stops no other. Raises
    UsageError where nothing is configured.
    """
    chosen = [one for one in house.config.collect.pull if source in (None, one.source)]
    if not chosen:
        raise _not_configured(source)
    if bounds(week, house.config.zone)[0] > now:
        raise UsageError(
            f"{week} has not begun", where="--week", fix=f"evalharness pull --week {week_of(now, house.config.zone)}"
        )
    return [_pulled(house, one, week, now, again=again) for one in chosen]


def _not_configured(source: str | None) -> UsageError:
    known = ", ".join(PLATFORMS)
    if source is not None and source not in PLATFORMS:
        fix = f"evalharness pull --source NAME   (known: {known}); others: export the calls and collect the file"
        return UsageError(f"the server of {source} cannot be asked for calls", where="--source", fix=fix)
    return UsageError(
        f"no server of {source} is configured" if source else "no platform is configured to be asked for calls",
        where="evalharness.yaml, collect.pull",
        why="nothing is asked of any server that this file does not name",
        fix=f"add to evalharness.yaml:  collect: {{pull: [{{source: {source or 'vapi'}}}]}}   (known: {known})",
    )


def pull_due(house: Opened, now: datetime) -> list[Pulled]:
    """The complete weeks of late that are not signed off, as far as their calls are not all here."""
    newest = newest_complete(now, house.config.zone)
    first = first_week(house, now, keep=False)
    weeks = [week for week in (shift(newest, -back) for back in reversed(range(WEEKS_BACK))) if week >= first]
    open_ones = [week for week in weeks if not signed_off(house.ledger, week)]
    return [
        _pulled(house, one, week, now, again=False)
        for week in open_ones
        for one in house.config.collect.pull
        if not _done(house, one, week)
    ]


def _done(house: Opened, asked: PullFrom, week: str) -> bool:
    rows = house.ledger.rows("audit", action=PULLED)
    return any(row["details"]["done"] for row in rows if _named(row["details"]) == (asked.source, list(asked.agents), week))


def _named(details: dict[str, object]) -> tuple[object, object, object]:
    return details["source"], details["agents"], details["week"]


def _pulled(house: Opened, asked: PullFrom, week: str, now: datetime, *, again: bool) -> Pulled:
    keep_key(house, now)
    found = Pulled(asked.source, week)
    try:
        for page in _pages(house, asked, week, again=again):
            found.count(page)
            if page.calls:
                found.reports.append(_take(house, page.calls, found, now))
    except InputError as error:
        found.stopped = error
        return found
    ended = bounds(week, house.config.zone)[1] <= now
    found.done = ended and not found.going
    details = {"source": asked.source, "agents": list(asked.agents), "week": week, "done": found.done}
    counts = {"came": sum(one.rows for one in found.reports), "known": found.known, "going": found.going}
    with house.ledger.transaction() as tx:
        add_audit(tx, PULLED, {**details, **counts, "gone": found.gone}, now)
    return found


def _pages(house: Opened, asked: PullFrom, week: str, *, again: bool) -> Iterator[Page]:
    platform = PLATFORMS[asked.source]
    name = asked.key_env or platform.key_env
    key = secret(name)
    if not key:
        raise InputError(
            f"the key of {asked.source} is not set",
            where=f"environment variable {name}",
            why="its server gives calls to the holder of the account's key alone",
            fix=f"export {name}=...   (or name another variable as key_env under collect.pull)",
        )

    def known(ids: Sequence[str]) -> Collection[str]:
        return () if again else {call_id for _, call_id in house.calls.known([(asked.source, one) for one in ids])}

    with open_server(asked.base_url or platform.base_url, platform.headers(key), name) as server:
        yield from pages(platform, server, bounds(week, house.config.zone), asked.agents, known)


def _take(house: Opened, calls: Sequence[object], so_far: Pulled, now: datetime) -> IntakeReport:
    """These calls in one transaction, as if they had been a file."""
    rules = intake_rules(house, so_far.source, so_far.source)  # type: ignore[arg-type]
    name = f"{so_far.source} {so_far.week}, part {len(so_far.reports) + 1}"
    digest = digest_of(canonical_json([calls, *rules.deriving.digested]))
    return take_rows(house, read_held(calls, name, rules), (name, digest), rules, now)
