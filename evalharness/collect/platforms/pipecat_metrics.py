"""Pipecat's own measurements of a run: latencies, times to the first byte, and what was used.

Values in s, times of metrics in s from the start. A time to the first byte of 0 (the records at the start) is none.
"""

from __future__ import annotations

from evalharness.collect.platforms import payload
from evalharness.collect.platforms.payload import Json, inner, number, objects, text
from evalharness.collect.units import milliseconds
from evalharness.models.agent_prices import USAGE

_PARTS = {"stt": "STT", "llm": "LLM", "tts": "TTS"}
_TOKENS = {
    "input_tokens": "prompt_tokens", "output_tokens": "completion_tokens", "cached_input_tokens": "cache_read_input_tokens",
}  # fmt: skip
_USAGES = {"TTSUsageMetricsData": "tts_usage", "LLMUsageMetricsData": "llm_usage"}


def with_latencies(turns: list[Json], run: Json, metadata: Json) -> list[str]:
    """The run's own latencies (s) where there is one for each reply, else they stay in the metadata; TTFB by their time."""
    metrics = [row for row in objects(run.get("metrics")) if row.get("type") == "TTFBMetricsData"]
    spoken = [turn for turn in turns if turn["speaker"] == "agent" and turn["text"]]
    for before, turn in zip([None, *spoken], spoken, strict=False):
        turn["components"] = _parts(metrics, before["start_ms"] if before else -1.0, turn["start_ms"])
    given = run["latencies"] if isinstance(run.get("latencies"), list) else []
    values = [payload.reported_ms(value) for value in given]
    if payload.attach(turns, [{"latency_ms": ms} for ms in values]):
        return ["turns.latency_ms"]
    if not values:
        return []
    metadata["latency_not_tied_to_turns_ms"] = values
    return ["latency_not_tied_to_turns"]


def _parts(metrics: list[Json], after: float, until: float) -> dict[str, float]:
    """The last time to first byte of each service in that time, in ms; the records of 0 at the start are none."""
    found: dict[str, float] = {}
    for row in metrics:
        at, ms = milliseconds(number(row.get("timestamp")), "s"), payload.reported_ms(row.get("value"))
        name = next((ours for ours, mark in _PARTS.items() if mark in str(row.get("processor"))), None)
        if name and at is not None and ms is not None and after < at <= until:
            found[name] = ms
    return found


def used(metrics: list[Json], turns: list[Json]) -> Json:
    """Usage for the metadata. Metrics that stop before the last reply do not tell what the call used: then it stands apart, so
    that no cost is reckoned from it."""
    counted = [row for row in metrics if str(row.get("type")) in _USAGES]
    last = max((milliseconds(number(row.get("timestamp")), "s") or 0.0 for row in counted), default=0.0)
    replied = [turn["start_ms"] for turn in turns if turn["speaker"] == "agent" and turn["text"]][-2:-1]
    return {USAGE if not replied or last > replied[0] else "usage_in_part": _usage(counted)}


def _usage(metrics: list[Json]) -> list[Json]:
    """Tokens and characters by model."""
    found: dict[tuple[str, str], Json] = {}
    for row in metrics:
        kind, model, value = _USAGES[str(row.get("type"))], text(row.get("model")) or "", row.get("value")
        amounts = {"characters_count": number(value)}
        if kind == "llm_usage":
            amounts = {ours: number(inner(value, theirs)) for ours, theirs in _TOKENS.items()}
        entry = found.setdefault((kind, model), {"type": kind, "model": model})
        for name, amount in amounts.items():
            entry[name] = entry.get(name, 0) + (amount or 0)
    return list(found.values())
