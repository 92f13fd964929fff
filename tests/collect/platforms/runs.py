"""Made folders of a Pipecat run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.collect.files import write_rows
from tests.collect.payloads import write_json

START = 1763377200  # 2025-11-17T11:00:00Z


def a_frame(kind: str, at_s: float, frame: str = "Frame#0", **data: Any) -> dict[str, Any]:
    """A record of the log."""
    return {"type": kind, "data": {"frame": frame, **data}, "timestamp": round((START + at_s) * 1000), "conversation_id": "p1"}


def a_line(role: str, at_s: float, content: str = "Words.") -> dict[str, Any]:
    """A line of the transcript."""
    return {"role": role, "content": content, "timestamp": f"2025-11-17T11:00:{at_s:06.3f}Z"}


LOGS = [
    a_frame("turn_start", 0, "StartFrame#0"),
    a_frame("user_started_speaking", 4),
    a_frame("user_stopped_speaking", 6),
    a_frame("user_started_speaking", 12, "UserStartedSpeakingFrame#1"),
    a_frame("turn_end", 12, "UserStartedSpeakingFrame#1", was_interrupted=True),
    a_frame("user_stopped_speaking", 14),
    a_frame("turn_end", 30, "EndFrame#0", was_interrupted=True),
]
SAID = [
    a_line("assistant", 1, "Hello."),
    a_line("user", 4.5, " I need"),
    a_line("user", 5.5, " a slot. "),
    a_line("assistant", 8, "Which day?"),
    a_line("user", 13, "Monday."),
    a_line("assistant", 16, "Done."),
]


def a_run(folder: Path, **files: Any) -> Path:
    """A folder with these files beside a transcript and a log: lists are JSONL. `None`: without the file."""
    given = {"transcript.jsonl": SAID, "pipecat_logs.jsonl": LOGS, "response_latencies.json": {"latencies": [1.5, 2.0]}}
    folder.mkdir(exist_ok=True)
    for name, value in {**given, **files}.items():
        if value is not None:
            (write_rows if name.endswith("jsonl") else write_json)(folder / name, value)
    return folder
