"""Reads samples/ as it is committed, and runs its generator without leaving caches in the folder."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
WEEKS = tuple(f"2026-W{number}" for number in range(42, 48))
ORDINARY = tuple(week for week in WEEKS if week != "2026-W46")
CHECKS = {"wrong_information", "wrong_action", "privacy", "missed_escalation", "confusion", "technical_fault", "unsafe_speech"}


@cache
def calls(week: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (SAMPLES / "calls" / f"{week}.jsonl").read_text(encoding="utf-8").splitlines())


@cache
def truths() -> dict[str, dict[str, Any]]:
    lines = (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def all_calls() -> list[dict[str, Any]]:
    return [call for week in WEEKS for call in calls(week)]


def scoped(week: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(call, truth) of the in-scope calls of a week."""
    pairs = [(call, truths()[call["id"]]) for call in calls(week)]
    return [(call, true) for call, true in pairs if true["outcome"] != "out_of_scope"]


def generate(*arguments: str) -> str:
    command = [sys.executable, "-B", str(SAMPLES / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
