"""The tables of latency and of cost, over all calls of the week."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.measure import Measure
from evalharness.models.summary import LatencyRow, WeekSummary
from evalharness.report.exports.table import CURRENCY, SOURCE, WEEK, Column, Row, Table, or_none

PERCENTILES = ("p50", "p95", "p99")
_SPLIT = "told of all turns together only"


def latency_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a percentile of all turns under one (source, anchor), then of its kinds of turn and groups of calls."""
    for one in summary.latency:
        same = {"week": summary.week, "source": one.source, "anchor": one.anchor}
        for name in PERCENTILES:
            process = one.process.get(name)
            limits = {"process_low_ms": process.low if process else None, "process_high_ms": process.high if process else None}
            all_turns = {"by": "all", "name": None, "percentile": name}
            yield {**same, **all_turns, **_value(getattr(one, name)), **_counts(one), **limits}
        for split in one.details.splits:
            for name in PERCENTILES:
                group = {"by": split.by, "name": or_none(split.name), "percentile": name}
                yield {**dict.fromkeys(LATENCY.names), **same, **group, **_value(getattr(split, name))}


def _value(measure: Measure) -> Row:
    return {"value_ms": measure.value, "unanswered": measure.unanswered, "n": measure.n, "of": measure.of}


def _counts(row: LatencyRow) -> Row:
    names = ("calls", "overlaps", "rejected", "missing", "coverage")
    return {"unanswered_turns": row.unanswered, **{name: getattr(row, name) for name in names}}


def cost_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a component, and `total`."""
    for one in summary.cost:
        part = summary.costing.agent.part(one.component) if summary.costing else None
        mean = one.mean
        figures = {"total": one.total, "mean": mean.value, "n": mean.n, "of": mean.of, "missing": mean.missing}
        rest = {"per_minute": part.per_minute if part else None, "currency": mean.currency}
        yield {"week": summary.week, "component": one.component, **figures, **rest}


LATENCY = Table(
    "latency",
    "a percentile of the voice-to-voice latency of all turns under one (source, anchor), or of a part of them",
    ("week", "source", "anchor", "by", "name", "percentile"),
    (
        WEEK, SOURCE,
        Column("anchor", "word", "how it was measured; never mixed"),
        Column("by", "word", "all turns, a kind of turn, or the calls of one group",
               among=("all", "turn", "version", "intent", "hour")),
        Column("name", "word", "which kind or group", missing="all turns, or the log names none"),
        Column("percentile", "word", "which one", among=PERCENTILES),
        Column("value_ms", "number", "exact for the week", "ms", "nothing measured; or unanswered"),
        Column("unanswered", "boolean", "it touches an unanswered turn, above every bar"),
        Column("n", "integer", "turns measured or unanswered", "turns"),
        Column("of", "integer", "turn changes", "turns"),
        Column("calls", "integer", "calls with any", "calls", _SPLIT),
        Column("unanswered_turns", "integer", "caller turns without a reply", "turns", _SPLIT),
        Column("overlaps", "integer", "replies that began before the caller ended", "turns", _SPLIT),
        Column("rejected", "integer", "values above 60 s", "turns", _SPLIT),
        Column("missing", "integer", "turn changes without a value", "turns", _SPLIT),
        Column("coverage", "number", "share of turn changes that were measured or unanswered", "share",
               f"no turn changes; {_SPLIT}"),
        Column("process_low_ms", "number", "lower 95 % limit for the process behind the week", "ms", "no such limit"),
        Column("process_high_ms", "number", "upper 95 % limit for the process behind the week", "ms", "no such limit"),
    ),
    latency_rows,
)  # fmt: skip
COST = Table(
    "cost",
    "a component of the cost of the in-scope calls, and `total`",
    ("week", "component"),
    (
        WEEK,
        Column("component", "word", "telephony, stt, llm, tts, platform, other or total"),
        Column("total", "number", "sum over the calls that report it", "as `currency` says", "no call reports it"),
        Column("mean", "number", "mean over the calls that report it", "as `currency` says", "no call reports it"),
        Column("n", "integer", "calls that report it", "calls"),
        Column("of", "integer", "calls in scope", "calls"),
        Column("missing", "integer", "calls that do not", "calls"),
        Column("per_minute", "number", "per minute of the calls of known length", "as `currency` says",
               "no such call, or not reckoned"),
        CURRENCY,
    ),
    cost_rows,
)  # fmt: skip
