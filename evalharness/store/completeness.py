"""How many calls of a week have each field, and how many of each week each part of a log, counted by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PARTS = ("transcript", "duration", "status", "error_reason", "tool_payloads", "latency", "cost")
FILLED = (
    "agent", "version", "ended_at", "direction", "channel", "language", "intent", "caller_key", "status", "outcome",
    "end_reason", "csat", "cost", "turns", "recording_url", "metadata", "p50_ms",
)  # fmt: skip
"""The fields of `filled`; `outcome` counts where it is not unknown, `turns` where there is a transcript, `cost` where the log has
it."""


def with_unanswered(calls: Any, measures: Any | None) -> Any:
    """The calls with `p50_unanswered`: half of the replies or more never came, so that the median is no time but known."""
    import ibis

    if measures is None:
        return calls.mutate(p50_unanswered=ibis.literal(False))
    named = measures.filter(measures.p50_unanswered).select("source", id="call_id").distinct()
    return calls.mutate(p50_unanswered=_key(calls).isin(_key(named)))


def _key(rows: Any) -> Any:
    return rows.source.length().cast("string") + "|" + rows.source + "|" + rows.id


def filled(calls: Any) -> Any:
    """Expression of one row: how many calls have a value, by field, and of how many (`of`). calls: `with_unanswered`."""
    has = {name: calls[name].notnull() for name in FILLED}
    has |= {
        "cost": _given_cost(calls),
        "outcome": calls.outcome != "unknown",
        "turns": calls.has_transcript,
        "metadata": calls.metadata != "{}",
        "p50_ms": _timed(calls),
    }
    return calls.agg(of=calls.count(), **{name: value.sum() for name, value in has.items()})


def of_calls(calls: Any) -> Any:
    """Expression with a row a week: `week`, and of each part but `tool_payloads` PART|has and PART|of. calls: `with_unanswered`.

    `error_reason`: of calls with the status error or that failed technically, those with an error or an end reason; `latency`:
    of calls with a transcript, those with a median latency; `duration`: an end that was not guessed; `cost`: one that the log or
    a bill gives: what was reckoned from usage is no part of the log.
    """
    failed = (calls.status == "error").fill_null(False) | (calls.outcome == "failed_technical")
    every = calls.source.notnull()
    parts = {
        "transcript": (every, calls.has_transcript),
        "duration": (every, calls.ended_at.notnull() & ~calls.inferred.fill_null("").contains('"ended_at"')),
        "status": (every, calls.status.notnull()),
        "error_reason": (failed, (calls.error_count > 0) | calls.end_reason.notnull()),
        "latency": (calls.has_transcript, _timed(calls)),
        "cost": (every, _given_cost(calls)),
    }
    asked = {f"{part}|of": could.sum() for part, (could, _) in parts.items()}
    asked |= {f"{part}|has": (could & has).sum() for part, (could, has) in parts.items()}
    return calls.group_by("week").agg(**asked)


def _timed(calls: Any) -> Any:
    """Whether the log says how long replies took: a median, or one that lies among turns nobody answered."""
    return calls.p50_ms.notnull() | calls.p50_unanswered


def _given_cost(calls: Any) -> Any:
    """Whether a call has a cost that was not reckoned: the mark of a reckoned one holds while the cost is its total."""
    from evalharness.store.engine_functions import json_text

    mark = json_text(calls.metadata, "/cost_reckoned/total").try_cast("float64")
    return calls.cost.notnull() & (mark != calls.cost_usd).fill_null(True)


def of_tools(calls: Any, turns: Any) -> Any:
    """Expression with a row a week: of the calls in which a tool was called, those whose every tool call has its arguments and
    its result, as `tool_payloads|has` and `tool_payloads|of`."""
    from evalharness.store.engine_functions import json_texts, known_in

    called = turns.filter(turns.tool_calls.notnull())
    arguments, results = (json_texts(called.tool_calls, f"$[*].{name}") for name in ("arguments", "result"))
    whole = (known_in(arguments) == arguments.length()) & (known_in(results) == results.length())
    by_turn = called.mutate(whole=whole).semi_join(calls.select("source", call_id="id"), ["source", "call_id"])
    by_call = by_turn.group_by("week", "source", "call_id").agg(whole=by_turn.whole.all())
    return by_call.group_by("week").agg(**{"tool_payloads|has": by_call.whole.sum(), "tool_payloads|of": by_call.count()})


def to_counts(calls: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]) -> dict[str, dict[str, tuple[int, int]]]:
    """Week -> part -> (calls that have it, calls that could), parts in the order of PARTS."""
    rows: dict[str, dict[str, Any]] = {row["week"]: dict(row) for row in calls}
    for row in tools:
        rows[row["week"]] |= row
    return {
        week: {part: (int(row.get(f"{part}|has") or 0), int(row.get(f"{part}|of") or 0)) for part in PARTS}
        for week, row in sorted(rows.items())
    }
