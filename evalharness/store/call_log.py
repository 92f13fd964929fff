"""The call log: what was collected, asked through Ibis. Only parts that the ledger registers count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from evalharness.errors import LedgerCorruptError, LedgerError
from evalharness.models.call import Call
from evalharness.models.cost import AgentCost
from evalharness.models.facts import CallFacts, CallMeasures, FactGroup, LatencyPool, Tally
from evalharness.models.finding import Finding, WeekFound
from evalharness.models.later import with_facts
from evalharness.models.rule import Rule
from evalharness.models.sample import Design, DrawnCall, Stratum
from evalharness.models.week import shift
from evalharness.store.duck import Duck
from evalharness.store.intakes import Kind, Part
from evalharness.store.later import LaterFacts
from evalharness.store.ledger import Ledger
from evalharness.store.part_rows import Written, written
from evalharness.store.parts import Parts

if TYPE_CHECKING:
    from evalharness.store.found import FoundFiles

__all__ = ["FOUND_MOST", "CallLog", "Identity", "Part"]
Identity = tuple[str, str]
Measured = tuple[Call, CallMeasures]
FOUND_MOST = 50


class CallLog:
    """The calls of a workspace in `folder`, as registered in `ledger`. Instants are UTC; an identity is (source, id).

    Every reading method raises LedgerCorruptError where a registered part is missing or was changed. What came later for a
    call (supplements) stands over the call's own fields, except in `known`: digests are of what was collected.
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._parts = Parts(folder.absolute(), ledger)
        self._duck = Duck(folder.absolute())
        self._later = LaterFacts(ledger)

    def close(self) -> None:
        """Let go of the engine; the ledger stays open."""
        self._duck.close()

    def write_parts(self, rows: Sequence[Measured], zone: ZoneInfo) -> list[Part]:
        """Write the calls as parts by week (in `zone`) and kind. They count once `add_intake` has registered them.

        The same calls in any order give the same files. Raises ExportError where a file cannot be written.
        """
        return self._parts.write(written(call, measures, zone) for call, measures in rows)

    def write_rows(self, calls: Iterable[Written]) -> list[Part]:
        """As `write_parts`, of calls whose rows are made already."""
        return self._parts.write(calls)

    def discard(self, parts: Sequence[Part]) -> None:
        """Deletes these files of calls that are not taken in after all; one that is registered stays."""
        self._parts.discard(parts)

    def known(self, identities: Sequence[Identity]) -> dict[Identity, str]:
        """The content digest of each of these calls that the log holds."""
        found = self._of("calls", identities, self._parts.weeks(), columns=("source", "id", "digest"))
        return {(row["source"], row["id"]): row["digest"] for row in found}

    def weeks_of(self, identities: Sequence[Identity]) -> dict[Identity, str]:
        """The week of each of these calls that the log holds."""
        found = self._of("calls", identities, self._parts.weeks(), columns=("source", "id", "week"))
        return {(row["source"], row["id"]): row["week"] for row in found}

    def weeks(self) -> list[str]:
        """The weeks with calls, in time order."""
        return self._parts.weeks()

    def facts(self, week: str, scope: Rule | None = None) -> list[CallFacts]:
        """One row a call of the week, by start, source, id."""
        from evalharness.store import parquet

        names = list(CallFacts.model_fields)
        rows = self._week_rows(week, scope, lambda calls: calls.select(*names).order_by("started_at", "source", "id"))
        return [parquet.to_facts(row) for row in rows]

    def tallies(self, weeks: Sequence[str], scope: Rule | None = None, since: datetime | None = None) -> dict[str, Tally]:
        """How the calls of each of these weeks divide, in one query; `since`: only calls that started then or later."""
        from evalharness.store import week_figures

        calls = self._scoped(weeks, scope) if weeks else None
        rows = [] if calls is None else self._duck.rows(week_figures.tallies(week_figures.since(calls, since)))
        return week_figures.to_tallies(rows, weeks)

    def calls(self, identities: Sequence[Identity]) -> list[Call]:
        """The calls, in the order asked. Raises LedgerError for one that the log does not hold."""
        rows = {(row["source"], row["id"]): row for row in self._of("calls", identities, self._parts.weeks())}
        missing = [identity for identity in identities if identity not in rows]
        if missing:
            raise LedgerError(f"the call log does not hold the call {missing[0][1]!r} of {missing[0][0]!r}")
        return self._whole([rows[identity] for identity in identities])

    def _whole(self, rows: Sequence[dict[str, Any]]) -> list[Call]:
        """The calls of these `calls` rows, with their turns."""
        from evalharness.store import parquet

        turns: dict[Identity, list[dict[str, Any]]] = defaultdict(list)
        wanted = [(row["source"], row["id"]) for row in rows]
        for turn in self._of("turns", wanted, {row["week"] for row in rows}):
            turns[turn["source"], turn["call_id"]].append(turn)
        later = self._later.known
        found = [parquet.to_call(row, sorted(turns[row["source"], row["id"]], key=_position)) for row in rows]
        return [with_facts(call, later.get((call.source, call.id), {})) for call in found]

    def named(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """The (source, id) of the calls with these ids, of any source, by source."""
        rows = self._where("id", ids)
        return sorted((row["source"], row["id"]) for row in rows)

    def of_callers(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """source, id, caller_key, started_at and ended_at (None: not known) of the calls of these callers, by start."""
        rows = self._where("caller_key", keys)
        for row in rows:
            row |= {name: row[name] and row[name].replace(tzinfo=UTC) for name in ("started_at", "ended_at")}
        return sorted(rows, key=lambda row: (row["started_at"], row["source"], row["id"]))

    def _where(self, column: str, values: Sequence[str]) -> list[dict[str, Any]]:
        table = self._table("calls", self._parts.weeks()) if values else None
        if table is None:
            return []
        found = table.filter(table[column].isin(sorted(set(values))))
        return self._duck.rows(found.select("source", "id", "caller_key", "started_at", "ended_at"))

    def find(self, id_or_prefix: str) -> list[Call]:
        """The calls with exactly this id, else those whose id begins so (at most 50), by start, source, id."""
        table = self._table("calls", self._parts.weeks())
        if table is None or not id_or_prefix:
            return []
        rows: list[dict[str, Any]] = []
        for chosen in (table.id == id_or_prefix, table.id.startswith(id_or_prefix)):
            found = table.filter(chosen).order_by("started_at", "source", "id").limit(FOUND_MOST)
            rows = rows or self._duck.rows(found)
        return self._whole(rows)

    def measures(self, identities: Sequence[Identity]) -> dict[Identity, CallMeasures]:
        """What was measured in each of these calls that the log holds."""
        from evalharness.store import parquet

        found: dict[Identity, list[dict[str, Any]]] = defaultdict(list)
        for row in self._of("measures", identities, self._parts.weeks()):
            found[row["source"], row["call_id"]].append(row)
        return {identity: parquet.to_measures(sorted(rows, key=_position)) for identity, rows in found.items()}

    def agents(self, week: str, scope: Rule | None = None) -> dict[str, int]:
        """Calls of the week by agent, "" where none is named, by name."""
        rows = self._week_rows(week, scope, lambda calls: calls.group_by(agent=calls.agent.fill_null("")).agg(n=calls.count()))
        return {row["agent"]: row["n"] for row in sorted(rows, key=lambda row: str(row["agent"]))}

    def stratum_counts(self, week: str, strata: Sequence[Stratum], scope: Rule | None = None) -> dict[str, int]:
        """Gradable calls of the week by stratum name: first match wins, one without a rule takes the rest."""
        from evalharness.store import draw

        rows = self._week_rows(week, scope, lambda calls: draw.counts(draw.gradable(calls), strata))
        found = {row["place"]: row["calls"] for row in rows}
        return {stratum.name: found.get(place, 0) for place, stratum in enumerate(strata)}

    def draw(self, design: Design) -> list[DrawnCall]:
        """The calls drawn by the design: by stratum, then key; with `every_nth` by start, source, id."""
        from evalharness.store import draw

        scope = design.scope_rule
        if design.every_nth is not None:
            held = self._week_rows(design.week, scope, lambda calls: draw.minutes(draw.gradable(calls)))
            places = draw.first_places(held, design)
            rows = self._week_rows(design.week, scope, lambda calls: draw.within(draw.gradable(calls), places))
            return draw.every_nth_calls(rows, places, design)
        if design.drawn == 0:
            return []
        rows = self._week_rows(design.week, scope, lambda calls: draw.smallest(draw.gradable(calls), design))
        return draw.smallest_calls(rows, design)

    def latency(self, week: str, scope: Rule | None = None) -> list[LatencyPool]:
        """All turns of the week's calls in one pool a (source, anchor)."""
        from evalharness.store import latency

        measures, calls = self._table("measures", [week]), self._scoped([week], scope)
        if measures is None:
            return []
        rows = latency.held(measures, calls)
        return latency.pools(self._duck.rows(latency.groups(rows)), self._duck.arrow(latency.figures(rows)))

    def fill(self, week: str, scope: Rule | None = None) -> dict[str, float]:
        """Share of the week's calls that have a value, by field; empty for a week without calls."""
        from evalharness.store import completeness

        measures = self._table("measures", [week])
        rows = self._week_rows(week, scope, lambda calls: completeness.filled(completeness.with_unanswered(calls, measures)))
        total = rows[0].pop("of") if rows else 0
        return {name: count / total for name, count in rows[0].items()} if total else {}

    def logged(self, weeks: Sequence[str], scope: Rule | None = None) -> dict[str, dict[str, tuple[int, int]]]:
        """Week -> part of the log -> (calls that have it, calls that could), of those weeks that have calls."""
        from evalharness.store import completeness

        calls, turns = (self._scoped(weeks, scope), self._table("turns", weeks)) if weeks else (None, None)
        if calls is None:
            return {}
        tools = [] if turns is None else self._duck.rows(completeness.of_tools(calls, turns))
        calls = completeness.with_unanswered(calls, self._table("measures", weeks))
        return completeness.to_counts(self._duck.rows(completeness.of_calls(calls)), tools)

    def groups(self, week: str, scope: Rule | None = None) -> list[FactGroup]:
        """The week's calls counted in groups that are alike; the same calls give the same groups in the same order."""
        from evalharness.store import week_figures

        return week_figures.to_groups(self._week_rows(week, scope, week_figures.groups))

    def costs(self, week: str, scope: Rule | None, currency: str) -> AgentCost:
        """What the week's calls cost in `currency`, by component, over calls the log does not show as out of scope."""
        from evalharness.store import costs

        calls = self._scoped([week], scope)
        return AgentCost() if calls is None else costs.to_cost(self._duck.arrow(costs.rows(calls, currency)))

    def repeated(self, week: str, scope: Rule | None = None) -> tuple[list[str], int]:
        """The sources of the week's calls, by name, and how many calls have an id that another call has already."""
        from evalharness.store import week_figures

        rows = self._week_rows(week, scope, week_figures.sources)
        different = self._week_rows(week, scope, week_figures.ids) if len(rows) > 1 else []
        repeats = sum(row["calls"] for row in rows) - different[0]["ids"] if different else 0
        return sorted(row["source"] for row in rows), repeats

    def of_week(self, week: str, scope: Rule | None, identities: Iterable[Identity]) -> set[Identity]:
        """Those of these calls that the week holds, in scope."""
        wanted = sorted(set(identities))
        if not wanted:
            return set()
        rows = self._week_rows(week, scope, lambda calls: _among(calls, self._duck.identities(wanted)).select("source", "id"))
        return {(row["source"], row["id"]) for row in rows}

    def calls_again(self, week: str, calls: Sequence[Call], wait: timedelta, scope: Rule | None = None) -> set[Identity]:
        """Those of these calls of the week whose caller called again for the same intent within `wait` after the end.

        The end is the start where it is not known. Later calls count in scope, in any week, unless the log shows them as out of
        scope; calls without a caller key are never among them. Two calls without an intent have the same one.
        """
        from evalharness.store import week_figures

        keys = [call.caller_key for call in calls if call.caller_key]
        around = [one for one in self._parts.weeks() if week <= one <= shift(week, wait.days // 7 + 1)]
        held = self._scoped(around, scope) if keys else None
        rows = [] if held is None else self._duck.rows(week_figures.of_callers(held, keys))
        return {(call.source, call.id) for call in calls if call.caller_key and week_figures.called_again(call, rows, wait)}

    def each(self, week: str) -> Iterator[Call]:
        """Every call of the week once, with its turns, in the order collected, a few thousand turns in memory at a time.

        Raises LedgerCorruptError where the files of calls and turns are not in the same order.
        """
        from evalharness.store import streaming

        later = self._later.known
        try:
            for call in streaming.calls(self._parts.paths("calls", [week]), self._parts.paths("turns", [week])):
                yield with_facts(call, later.get((call.source, call.id), {}))
        except ValueError as error:
            raise LedgerCorruptError(str(error), where=f"the call log, {week}", fix="Run `evalharness verify`.") from error

    def came_later(self, identity: tuple[str, str]) -> bool:
        """Whether facts of this call came after it was collected."""
        return identity in self._later.known

    def found_files(self, week: str, made_with: str) -> FoundFiles:
        """Where the findings of the week's calls as they are now are kept; `made_with` says by what they are made."""
        from evalharness.store.found import FoundFiles, key_of

        return FoundFiles(self._parts.folder, week, key_of(made_with, self._parts.paths("calls", [week]), self._later.known))

    def found(
        self, files: FoundFiles, scope: Rule | None, figures: Sequence[str], most: int = 5, apart: Sequence[str] = ()
    ) -> WeekFound:
        """What was found in the week's calls in scope that the log does not show as out of scope; `most` places a measure.

        `most` 0: the figures over all calls alone, of those in `apart` by group too. Empty where the files are not there.
        """
        from evalharness.store import found

        calls, paths = self._scoped([files.week], scope), [files.path("figures"), files.path("findings")]
        if calls is None or None in paths:
            return WeekFound()
        calls = calls.filter(calls.outcome != "out_of_scope")
        wide, long = (self._duck.table([path]) for path in paths if path is not None)
        table = self._duck.arrow(found.figures_of(calls, wide, figures))
        if not most:
            return WeekFound((*found.to_tallies(table, figures, ("all",)), *found.to_tallies(table, apart, found.BY[1:])))
        states, places = self._duck.rows(found.states(calls, long)), self._duck.rows(found.places(calls, long, most))
        return found.to_found(found.to_tallies(table, figures), states, places)

    def findings(self, files: FoundFiles, identities: Sequence[Identity]) -> dict[Identity, list[Finding]]:
        """What was found in each of these calls, in order; calls without a finding are left out."""
        from evalharness.store.found import to_finding

        path, held = files.path("findings"), defaultdict[Identity, list[Finding]](list)
        if path is None or not identities:
            return {}
        rows = self._duck.rows(_among(self._duck.table([path]), self._duck.identities(identities), "call_id"))
        for row in sorted(rows, key=_position):
            held[row["source"], row["call_id"]].append(to_finding(row))
        return dict(held)

    def problems(self) -> list[str]:
        """Registered files that are missing or were changed, in words; none = whole."""
        return self._parts.problems()

    def last_start(self, week: str) -> datetime | None:
        """When the last call of the week started; None for a week without calls."""
        rows = self._week_rows(week, None, lambda calls: calls.agg(last=calls.started_at.max()))
        return rows[0]["last"].replace(tzinfo=UTC) if rows else None

    def _table(self, kind: Kind, weeks: Iterable[str]) -> Any:
        """The registered parts as a table expression; None where there are none."""
        paths = self._parts.paths(kind, weeks)
        return self._duck.table(paths) if paths else None

    def _scoped(self, weeks: Iterable[str], scope: Rule | None) -> Any:
        from evalharness.store.later import over
        from evalharness.store.rule_sql import rule_sql

        calls = self._table("calls", weeks)
        if calls is not None and (facts := self._later.rows()):
            calls = over(calls, self._duck.later(facts))
        return calls if calls is None or scope is None else calls.filter(rule_sql(scope, calls))

    def _week_rows(self, week: str, scope: Rule | None, ask: Any) -> list[dict[str, Any]]:
        """What `ask` makes of the week's calls in scope; [] where there is no part."""
        calls = self._scoped([week], scope)
        return [] if calls is None else self._duck.rows(ask(calls))

    def _of(
        self, kind: Kind, identities: Sequence[Identity], weeks: Iterable[str], columns: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """The rows of these calls."""
        table = self._table(kind, weeks) if identities else None
        if table is None:
            return []
        found = _among(table, self._duck.identities(identities), "id" if kind == "calls" else "call_id")
        return self._duck.rows(found.select(*columns) if columns else found)


def _position(row: dict[str, Any]) -> int:
    return int(row["position"])


def _among(rows: Any, wanted: Any, call_id: str = "id") -> Any:
    """The rows of the calls that `wanted` (Duck.identities) names."""
    return rows.semi_join(wanted, ["source", (call_id, "id")])
