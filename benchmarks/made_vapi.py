"""Made calls in the form of Vapi's API, seeded: what benchmarks/intake.py and the fuzzing read."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TURNS = 20
START = datetime(2026, 11, 16, 7, tzinfo=UTC)
_SAID = (
    "Hi, I need to move my cleaning on {day} to some other time if that is possible.",
    "Could you tell me whether you have anything free in the week after, maybe in the morning?",
    "My phone number is {area}-{three}-{four}, and you can also reach me by mail.",
    "It is {name}.{three}@mail.example, all in lower case letters, thank you very much.",
    "No, the other one, the appointment that I made with the doctor two weeks ago.",
    "Yes, {hour} would be fine for me, as long as it does not take longer than an hour.",
    "I was told it costs {three} dollars, is that still right? My order number is {four}{four}.",
    "Great, that works. Is there anything that I have to bring along, such as my insurance card?",
    "Sorry, I did not get that, the line is really bad, could you please say it again?",
    "All right then, thank you so much for your help, and have a nice day.",
)
_ANSWERED = (
    "Thanks for calling Northside Dental. This call may be recorded. How can I help you today?",
    "Sure, let me have a look at the calendar. Can I take the last name on the booking, please?",
    "Thank you. I see an appointment on {day} at {hour}. Which day would suit you better?",
    "I have {hour} on {day} or half an hour later on the day after. Would either of those work?",
    "Just to be sure that I have the right patient: what is the number that we can reach you at?",
    "Perfect, I have moved it to {day} at {hour}, and you will get a confirmation in a moment.",
    "I am afraid I cannot see the price here, but the front desk will be happy to tell you.",
    "Is there anything else that I can do for you today?",
    "No problem at all, take your time, I will wait until you have found it.",
    "You are welcome. Goodbye, and have a lovely day.",
)
_NAMES = ("okafor", "keller", "garcia", "novak", "silva", "berger", "tanaka", "murphy")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_COSTS = (("transport", 0.0073), ("transcriber", 0.0061), ("model", 0.0092), ("voice", 0.0134), ("vapi", 0.0265))


def a_call(number: int) -> dict[str, Any]:
    """Call `number` (from 0): 20 turns, ten of each side, a tool call, latencies and costs; the same number, the same call."""
    rng = random.Random(number)
    begun = START + timedelta(seconds=(number * 137) % 500_000)
    messages = _messages(rng, begun.timestamp() * 1000)
    latencies = [_latency(rng) for _ in range(TURNS // 2 - 1)]
    return {
        "id": f"019a9000-0000-7000-8000-{number:012x}", "orgId": "org-0000", "type": "inboundPhoneCall", "status": "ended",
        "endedReason": "customer-ended-call", "createdAt": _iso(begun - timedelta(seconds=2)), "startedAt": _iso(begun),
        "endedAt": _iso(begun + timedelta(seconds=TURNS * 6 + 3)), "cost": 0.0625,
        "costs": [{"type": kind, "minutes": 2.05, "cost": cost} for kind, cost in _COSTS], "assistantId": "8a1e0000-0000-4000",
        "phoneCallProvider": "twilio", "customer": {"number": f"+1555{number % 10_000_000:07d}"},
        "analysis": {"summary": "Caller wanted to move a cleaning; moved.", "successEvaluation": "true", "structuredData": {}},
        "artifact": {
            "messages": messages,
            "transcript": "".join(f"{message['role']}: {message.get('message', '')}\n" for message in messages),
            "recordingUrl": f"https://storage.example.com/v/{number}-mono.wav",
            "performanceMetrics": {"turnLatencies": latencies, "turnLatencyAverage": 1240.5, "numUserInterrupted": 0},
            "assistantActivations": [{"assistantName": "Front desk", "assistantId": "8a1e0000-0000-4000"}],
        },
        "messages": messages,
    }  # fmt: skip


def _messages(rng: random.Random, start_ms: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"role": "system", "message": "You are the phone assistant.", "time": start_ms}]
    at_s = 1.0
    for turn in range(TURNS):
        role, texts = ("user", _SAID) if turn % 2 else ("bot", _ANSWERED)
        lasts_s, waits_s = round(rng.uniform(1.5, 5), 2), round(rng.uniform(0.4, 1.8), 2)
        text = texts[turn // 2].format(
            day=rng.choice(_DAYS), name=rng.choice(_NAMES), hour=f"{rng.randint(8, 17)}:30",
            area=rng.randint(200, 989), three=rng.randint(100, 999), four=rng.randint(1000, 9999),
        )  # fmt: skip
        time_ms = start_ms + at_s * 1000
        found.append({
            "role": role, "message": text, "time": time_ms, "endTime": time_ms + lasts_s * 1000,
            "secondsFromStart": round(at_s, 2), "duration": lasts_s * 1000,
        })  # fmt: skip
        at_s += lasts_s + waits_s
        if turn == 3:
            found += _tool_used(start_ms + at_s * 1000, at_s)
    return found


def _tool_used(time_ms: float, at_s: float) -> list[dict[str, Any]]:
    asked = {"id": "call_7Qe", "type": "function", "function": {"name": "find_booking", "arguments": '{"last_name":"Okafor"}'}}
    return [
        {"role": "tool_calls", "message": "", "time": time_ms, "secondsFromStart": round(at_s, 2), "toolCalls": [asked]},
        {"role": "tool_call_result", "toolCallId": "call_7Qe", "name": "find_booking", "result": '{"found":1}',
         "time": time_ms + 240, "secondsFromStart": round(at_s + 0.24, 2)},
    ]  # fmt: skip


def _latency(rng: random.Random) -> dict[str, float]:
    parts = {"modelLatency": rng.randint(300, 900), "voiceLatency": rng.randint(120, 300), "transcriberLatency": 118}
    return {**parts, "endpointingLatency": 531, "turnLatency": sum(parts.values()) + 531}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_calls(path: Path, count: int, first: int = 0) -> Path:
    """A JSONL file of `count` calls."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(first, first + count):
            file.write(json.dumps(a_call(number)) + "\n")
    return path
