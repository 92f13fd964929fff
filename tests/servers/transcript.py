"""Finds a call's turns in a grading request, whatever stands around them: JSON objects with a speaker and a text, or lines."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.bill import text_of

NUMBER_NAMES = ("turn", "turn_id", "id", "index", "turn_index", "i", "n", "number")
SPEAKER_NAMES = ("speaker", "role", "who", "from")
TEXT_NAMES = ("text", "said", "words", "content", "says")
SPEAKERS = ("agent", "caller", "human_agent", "system")
AGENTS = {"agent", "assistant", "bot"}
LINE = re.compile(
    r"^\s*\[?\s*(\d+)\s*[\]:.)]?\s*(agent|caller|human_agent|system)\b[^:\n]*:\s*(.+)$", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True)
class FoundTurn:
    """One turn as the prompt shows it: its number there, who speaks, and the text to quote from."""

    number: Any
    speaker: str
    text: str

    @property
    def by_agent(self) -> bool:
        """Whether the graded agent speaks."""
        return self.speaker.lower() in AGENTS


def prompt_texts(body: Mapping[str, Any]) -> list[str]:
    """The user's messages first, then the system text: examples in the system text come last."""
    return [*(text_of(message["content"]) for message in body["messages"]), text_of(body.get("system") or "")]


def find_turns(body: Mapping[str, Any]) -> tuple[FoundTurn, ...]:
    """The longest run of turns in any one text of the request; () when it holds no call."""
    longest: list[FoundTurn] = []
    for run in (run for text in prompt_texts(body) for run in _runs(text)):
        longest = run if len(run) > len(longest) else longest
    return tuple(longest)


def digest_turns(turns: tuple[FoundTurn, ...]) -> str:
    """The same call gives the same sixteen hex digits in every request, whatever nonce stands around it; "" without turns."""
    told = "\n".join(f"{turn.speaker}\t{turn.text}" for turn in turns)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16] if turns else ""


def _runs(text: str) -> Iterator[list[FoundTurn]]:
    loose: list[FoundTurn] = []
    for value in _json_values(text):
        single = _turn(value)
        if single:
            loose.append(single)
        else:
            yield from _lists(value)
    yield loose
    yield [FoundTurn(int(number), speaker, said) for number, speaker, said in LINE.findall(text)]


def _json_values(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    for start in re.finditer(r"[\[{]", text):
        if start.start() < at:
            continue
        try:
            value, at = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        yield value


def _lists(value: Any) -> Iterator[list[FoundTurn]]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _lists(part)
    elif isinstance(value, list):
        turns = [_turn(part, place) for place, part in enumerate(value)]
        found = [turn for turn in turns if turn]
        if found and len(found) == len(value):
            yield found
        else:
            for part in value:
                yield from _lists(part)


def _turn(value: Any, place: int = 0) -> FoundTurn | None:
    if not isinstance(value, dict):
        return None
    keyed = next((name for name in SPEAKERS if isinstance(value.get(name), str) and "turn" in value), None)
    if keyed:
        return FoundTurn(value["turn"], keyed, value[keyed])
    speaker = next((value[name] for name in SPEAKER_NAMES if isinstance(value.get(name), str)), None)
    text = next((value[name] for name in TEXT_NAMES if isinstance(value.get(name), str)), None)
    if speaker is None or text is None:
        return None
    return FoundTurn(next((value[name] for name in NUMBER_NAMES if name in value), place), speaker, text)
