"""The true rates of each week as a Markdown table, computed from the files as they are."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

_SHARES = ("resolved", "transferred", "follow_up", "abandoned", "failures")
_HEAD = (
    "week", "calls", "in scope", "transcripts", "resolved", "transferred", "follow-up", "abandoned", "clear failures",
    "of them technical", "human needed", "missed", "unneeded", "p50 ms", "p99 ms", "unanswered", "USD a call",
)  # fmt: skip


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(folder: Path) -> str:
    """The table; see README.md for what each column means."""
    truths = {row["id"]: row for row in read(folder / "truth.jsonl")}
    rows = [_row(path.stem, read(path), truths) for path in sorted((folder / "calls").glob("*.jsonl"))]
    lines = [" | ".join(cells) for cells in (_HEAD, ("---",) * len(_HEAD), *rows)]
    return "\n".join(f"| {line} |" for line in lines)


def _row(week: str, calls: list[dict[str, Any]], truths: dict[str, Any]) -> tuple[str, ...]:
    figures = rates(calls, truths)
    return (
        week, *(str(figures[name]) for name in ("calls", "in_scope", "transcripts")),
        *(f"{figures[name]} ({100 * figures[name] / figures['in_scope']:.1f} %)" for name in _SHARES),
        *(str(figures[name]) for name in ("technical", "needed", "missed", "unneeded")),
        f"{figures['p50']:.0f}", "unanswered" if math.isinf(figures["p99"]) else f"{figures['p99']:.0f}",
        str(figures["unanswered"]), f"{figures['cost']:.3f}",
    )  # fmt: skip


def rates(calls: list[dict[str, Any]], truths: dict[str, Any]) -> dict[str, Any]:
    """Counts and figures of one week. Shares are of in-scope calls; the cost is their mean; latency is of all turns."""
    pairs = [(call, truths[call["id"]]) for call in calls]
    scope = [(call, true) for call, true in pairs if true["outcome"] != "out_of_scope"]
    handed = {call["id"] for call in calls if call.get("handoff", {}).get("status") == "connected"}
    needed = {true["id"] for _, true in scope if true["human_needed"] == "needed"}
    replies, silent = latencies(calls)
    ranked = sorted(replies) + [math.inf] * silent
    counted = {name: sum(true["outcome"] == name for _, true in scope) for name in _SHARES[:-1]}
    return {
        **counted, "calls": len(calls), "in_scope": len(scope), "transcripts": sum(bool(call["turns"]) for call in calls),
        "failures": sum(bool(true["failures"]) for _, true in scope),
        "technical": sum(true["outcome"] == "failed_technical" for _, true in scope),
        "needed": len(needed), "missed": len(needed - handed), "unneeded": len(handed - needed),
        "unanswered": silent, "replies": len(replies),
        "p50": _between(ranked), "p99": ranked[math.ceil(0.99 * (len(ranked) - 1))],
        "cost": sum(sum(call["cost"].values()) for call, _ in scope) / len(scope),
    }  # fmt: skip


def latencies(calls: list[dict[str, Any]]) -> tuple[list[int], int]:
    """(reported latencies of all turns, caller's turns that nobody answered for 3 s or more)."""
    turns = [turn for call in calls for turn in call["turns"]]
    pairs = [pair for call in calls for pair in zip(call["turns"], call["turns"][1:], strict=False)]
    silent = sum(a["speaker"] == b["speaker"] == "caller" and b["start_ms"] - a["end_ms"] >= 3000 for a, b in pairs)
    return [turn["latency_ms"] for turn in turns if "latency_ms" in turn], silent


def _between(ranked: list[float]) -> float:
    """The median, linearly between the two middle values."""
    middle = (len(ranked) - 1) / 2
    low, high = ranked[math.floor(middle)], ranked[math.ceil(middle)]
    return (low + high) / 2
