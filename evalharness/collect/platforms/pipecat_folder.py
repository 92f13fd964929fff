"""A folder of a Pipecat run -> one JSON value. Pipecat has no export of its own: these files are what observers log.

Read are transcript.jsonl (what was said), pipecat_logs.jsonl (frames), response_latencies.json (user to bot),
pipecat_metrics.jsonl, result.json, audit_log.json (tools) and elevenlabs_events.jsonl (the clock of the sound); any of the
first two makes a run, the others add to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalharness.collect.platforms.payload import Json, inner, objects
from evalharness.collect.reasons import FieldError
from evalharness.collect.strict_json import StrictJsonError, parse_json

if TYPE_CHECKING:
    from evalharness.collect.rows import Limits

RUN = "pipecat_run"
_SAID, _LOGGED = "transcript.jsonl", "pipecat_logs.jsonl"
_BESIDE = ("pipecat_metrics.jsonl", "response_latencies.json", "result.json")
_SOUND, _TOOLS = "elevenlabs_events.jsonl", "audit_log.json"
_FILES = (_SAID, _LOGGED, *_BESIDE, _SOUND, _TOOLS)
_TOOL_KINDS = ("tool_call", "tool_response", "llm_call")


def is_folder(path: Path) -> bool:
    """Whether the folder is one run: Pipecat's log, or a transcript with one of the files beside it."""
    if not path.is_dir():
        return False
    return (path / _LOGGED).is_file() or ((path / _SAID).is_file() and any((path / name).is_file() for name in _BESIDE))


def whole(path: Path) -> Path:
    """The folder of the run that a file is part of; any other path is itself."""
    return path.parent if path.name in _FILES and is_folder(path.parent) else path


def read_folder(path: Path, limits: Limits) -> Json:
    """The run as one value. Raises FieldError with the file that is too long or no JSON, OSError where one cannot be read.

    What is not needed of a file (prompts, the words that are one frame each, events other than sound) is left out.
    """
    events = (row for row in _lines(path, _SOUND, limits) if row.get("event_type") in ("audio_start", "audio_end"))
    audit = objects(inner(_document(path, _TOOLS, limits), "transcript"))
    run = {
        "folder": path.resolve().name,
        "transcript": _lines(path, _SAID, limits),
        "logs": _lines(path, _LOGGED, limits),
        "metrics": _lines(path, "pipecat_metrics.jsonl", limits),
        "latencies": inner(_document(path, "response_latencies.json", limits), "latencies"),
        "result": _document(path, "result.json", limits),
        "audit": [entry for entry in audit if entry.get("message_type") in _TOOL_KINDS],
        "sound": list(events),
    }
    return {RUN: run}


def _bytes(path: Path, name: str, limits: Limits) -> bytes:
    """The file's bytes; none where there is no such file."""
    file = path / name
    if not file.is_file():
        return b""
    if file.stat().st_size > limits.call_kb * 1024:
        raise FieldError(name, f"is longer than {limits.call_kb} kB; collect.limits.call_kb sets how much one call may have")
    return file.read_bytes()


def _document(path: Path, name: str, limits: Limits) -> Any:
    data = _bytes(path, name, limits)
    return _parsed(data, name, whole=True) if data.strip() else None


def _lines(path: Path, name: str, limits: Limits) -> list[Json]:
    data = _bytes(path, name, limits)
    lines = data.splitlines(keepends=True)
    values = [_parsed(line, f"{name} line {at}", whole=line.endswith(b"\n")) for at, line in enumerate(lines, 1) if line.strip()]
    return objects(values)


def _parsed(data: bytes, place: str, *, whole: bool) -> Any:
    try:
        return parse_json(data)
    except StrictJsonError as error:
        cut = "" if whole else "the file ends in the middle of a line; is it still being written? "
        raise FieldError(place, f"{cut}not JSON: {error.reason}") from None
