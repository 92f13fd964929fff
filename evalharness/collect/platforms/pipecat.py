"""Pipecat: the folder of logs of a run (pipecat_folder.py) is one call -> our form.

Latencies and TTFB in s, times in the log in epoch ms, those of metrics in s from the start; a TTFB of 0 is none. The caller's
words come in fragments: those between two replies are one turn. Only what the transcript has was spoken: what the model wrote
while the caller went on is no turn. The clock of the sound gives the times of turns where it has one speech for each.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evalharness.collect.platforms import outcomes, payload, pipecat_metrics, tools
from evalharness.collect.platforms.payload import Draft, Json, inner, number, objects, present, text
from evalharness.collect.platforms.pipecat_folder import RUN, is_folder, read_folder, whole
from evalharness.collect.reasons import FieldError
from evalharness.collect.units import from_start, instant_of, instant_of_number, number_of

__all__ = ["draft", "is_folder", "read_folder", "recognises", "whole"]
_SPEAKERS = {"user": "caller", "assistant": "agent"}
_ENDS = ("EndFrame", "CancelFrame", "StopFrame")
Said = tuple[str, str, datetime]
"""Speaker, words and time of what was spoken."""
_SIDES = {"caller": "elevenlabs_user", "agent": "framework_agent"}


def recognises(value: Any) -> bool:
    """What read_folder gives."""
    return isinstance(inner(value, RUN), dict)


def draft(given: Any) -> Draft:
    """One run. Raises FieldError for one that is not over, and for times that are none."""
    run = payload.needed(payload.needed(given, "").get(RUN), RUN)
    logs, result = objects(run.get("logs")), run["result"] if isinstance(run.get("result"), dict) else {}
    said = _said(run, logs)
    start, end, concluded = _span(logs, said, result)
    turns = _turns(said, logs, run, start)
    metadata = _metadata(run, result, turns)
    concluded += pipecat_metrics.with_latencies(turns, run, metadata)
    concluded += ["turns.start_ms"] if _by_sound(turns, objects(run.get("sound")), start) else []
    reason, error = text(result.get("conversation_ended_reason")), text(result.get("error"))
    signs = outcomes.Signs(reason or "", True, bool(said), payload.heard_caller(turns), error is not None)
    ending = outcomes.ending("pipecat", signs)
    if "errors" in ending and error:
        ending["errors"] = [error]
    call_id = next((name for row in logs if (name := text(row.get("conversation_id")))), None) or text(result.get("record_id"))
    raw = {
        "id": call_id or run.get("folder"),
        "agent": next((name for row in objects(run.get("audit")) if (name := text(inner(row, "value", "agent")))), None),
        "started_at": start.isoformat(),
        "ended_at": end.isoformat(),
        "end_reason": reason,
        "handoff": tools.handing(turns),
        "turns": turns,
        **ending,
        "metadata": {**metadata, **ending["metadata"]},
    }
    return Draft(raw, (*([] if call_id else ["id"]), *concluded, *(["outcome"] if "outcome" in ending else [])))


def _at(row: Json) -> datetime | None:
    """The time of a record: epoch ms in logs, ISO 8601 in transcripts."""
    value = row.get("timestamp")
    if number_of(value) is None and text(value):
        return instant_of(value, "timestamp")
    return instant_of_number(value, "epoch_ms", "timestamp")


def _said(run: Json, logs: list[Json]) -> list[Said]:
    """Speaker, words and time of what was spoken, in order: by the transcript, else by the frames of the log."""
    rows = [(row.get("role"), row.get("content"), row) for row in objects(run.get("transcript"))] or _of_frames(logs)
    found: list[Said] = []
    for role, words, row in rows:
        speaker, spoken, at = _SPEAKERS.get(str(role)), (text(words) or "").strip(), _at(row)
        if speaker is None or not spoken or at is None:
            continue
        if speaker == "caller" and found and found[-1][0] == speaker:
            found[-1] = (speaker, f"{found[-1][1]} {spoken}", found[-1][2])
        else:
            found.append((speaker, spoken, at))
    return found


def _of_frames(logs: list[Json]) -> list[tuple[str, str, Json]]:
    """The words that were synthesised, up to the next thing heard, and the fragments that were transcribed."""
    found: list[tuple[str, str, Json]] = []
    for row in logs:
        words = text(inner(row, "data", "frame"))
        if row.get("type") == "transcript" and words:
            found.append(("user", words, row))
        elif row.get("type") == "tts_text" and words:
            if found and found[-1][0] == "assistant":
                found[-1] = ("assistant", f"{found[-1][1]} {words}", found[-1][2])
            else:
                found.append(("assistant", words, row))
    return found


def _span(logs: list[Json], said: list[Said], result: Json) -> tuple[datetime, datetime, list[str]]:
    """Start and end, and which of them was concluded: from the first and the last record where no frame says it.

    A run that was cancelled ended when it was torn down; when the line ended before that is not told.
    """
    first = next((row for row in logs if _frame(row).startswith("StartFrame")), None)
    last = next((row for row in reversed(logs) if _frame(row).startswith(_ENDS)), None)
    if logs and last is None and not result:
        raise FieldError("pipecat_logs.jsonl", "has no end of the run yet: it is not over; collect it once it is")
    times = [at for row in logs if (at := _at(row))] + [at for _, _, at in said]
    if not times:
        raise FieldError("timestamp", "is in no record of the run")
    start, end = (None if row is None else _at(row) for row in (first, last))
    ended = end is not None and last is not None and _frame(last).startswith("EndFrame")
    concluded = [*([] if start else ["started_at"]), *([] if ended else ["ended_at"])]
    return start or min(times), end or max(times), concluded


def _frame(row: Json) -> str:
    return text(inner(row, "data", "frame")) or ""


def _turns(said: list[Said], logs: list[Json], run: Json, start: datetime) -> list[Json]:
    """The turns with the times of the log; a tool stands before the reply that came after it."""
    marks = [(from_start(at, start), row) for row in logs if (at := _at(row))]
    times = [from_start(at, start) for _, _, at in said]
    turns = []
    for place, (speaker, words, _) in enumerate(said):
        after, until = times[place - 1] if place else -1.0, times[place + 1] if place + 1 < len(said) else float("inf")
        turn: Json = {"speaker": speaker, "text": words}
        if speaker == "caller":
            turn |= _heard([(ms, row) for ms, row in marks if after < ms < until])
        else:
            ends = [row for ms, row in marks if times[place] < ms <= until and row.get("type") == "turn_end"]
            turn |= {"start_ms": times[place], "interrupted": _interrupted(ends)}
        turns.append(turn)
    return _with_tools(turns, _tools(objects(run.get("audit")), start))


def _heard(marks: list[tuple[float, Json]]) -> Json:
    """When the caller began and ended, by the log's own detection."""
    begins = [ms for ms, row in marks if row.get("type") == "user_started_speaking"]
    ends = [ms for ms, row in marks if row.get("type") == "user_stopped_speaking"]
    start, end = min(begins, default=None), max(ends, default=None)
    return {"start_ms": start, "end_ms": end if end is not None and start is not None and end >= start else None}


def _with_tools(turns: list[Json], ran: list[Json]) -> list[Json]:
    """Each tool before the first reply that began after it, else at the end."""
    for tool in ran:
        later = (
            at
            for at, turn in enumerate(turns)
            if turn["speaker"] == "agent" and turn["text"] and turn["start_ms"] >= tool["start_ms"]
        )
        turns.insert(next(later, len(turns)), tool)
    return turns


def _interrupted(ends: list[Json]) -> bool | None:
    """Whether the caller's speech ended the agent's turn; the end of the run is no interruption."""
    said = [inner(row, "data", "was_interrupted") for row in ends if _frame(row).startswith("UserStartedSpeaking")]
    return said[0] if said and isinstance(said[0], bool) else None


def _tools(audit: list[Json], start: datetime) -> list[Json]:
    """A turn for each tool, at its time; its response is the next of the same name."""
    found = []
    for place, row in enumerate(audit):
        at = _at(row)
        if row.get("message_type") != "tool_call" or at is None:
            continue
        name = text(inner(row, "value", "tool")) or "unknown"
        same = (
            one for one in audit[place:] if one.get("message_type") == "tool_response" and inner(one, "value", "tool") == name
        )
        answer = next(same, {})
        response, ended = inner(answer, "value", "response"), _at(answer)
        tool = {
            "name": name,
            "arguments": inner(row, "value", "parameters"),
            "result": tools.result_text(response),
            "error": tools.failed(response),
            "duration_ms": None if ended is None or ended <= at else from_start(ended, at),
        }
        found.append({"speaker": "agent", "text": None, "start_ms": from_start(at, start), "tool_calls": [tool]})
    return found


def _by_sound(turns: list[Json], sound: list[Json], start: datetime) -> bool:
    """Gives turns the times at which sound was heard, but only where each side has one speech for each of its turns."""
    spoken = {side: [turn for turn in turns if turn["speaker"] == side and turn["text"]] for side in _SIDES}
    heard = {side: _speeches([row for row in sound if row.get("user") == name], start) for side, name in _SIDES.items()}
    if not sound or any(len(spoken[side]) != len(heard[side]) for side in _SIDES):
        return False
    for side, found in spoken.items():
        for turn, (begin, end) in zip(found, heard[side], strict=True):
            turn |= {"start_ms": begin, "end_ms": end}
    return True


def _speeches(sound: list[Json], start: datetime) -> list[tuple[float, float]]:
    """Start and end of each speech in ms, by audio_timestamp in epoch s."""
    found, begun = [], None
    for row in sound:
        at = instant_of_number(number(row.get("audio_timestamp")), "epoch_s", "audio_timestamp")
        if row.get("event_type") == "audio_start":
            begun = at
        elif begun is not None and at is not None and at >= begun:
            found.append((from_start(begun, start), from_start(at, start)))
            begun = None
    return found


def _metadata(run: Json, result: Json, turns: list[Json]) -> Json:
    """What the run says of itself, without places of files and times without an offset; and what it used."""
    kept = {name: value for name, value in result.items() if not name.endswith(("_path", "_dir", "_at"))}
    return present({**kept, **pipecat_metrics.used(objects(run.get("metrics")), turns)})
