"""What the platforms' files share: reading their JSON without trust, and what may be said of it in our form.

A platform's own file (vapi.py, retell.py) takes one payload apart with these and gives a Draft: the fields of our form,
not checked yet (our_form.py does that), and the names of those that were concluded and not given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from evalharness.collect.reasons import FieldError, wrong_kind
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.collect.units import DURATIONS, after, amount, instant_of, instant_of_number, to_the_microsecond

Json = dict[str, Any]
LISTS = ("results", "items", "data", "calls")
"""Keys under which a page of calls holds them."""
UNTOLD = "transcript_not_tied_to_speakers"
"""In the metadata: what was said, and nobody can tell by whom. `inferred` names it."""
_MS_OF_A_SECOND = DURATIONS["s"]
_BEGINS_JSON, _BLANKS = frozenset('{["-0123456789tfn'), " \t\n\r\ufeff"


@dataclass(frozen=True)
class Draft:
    """One call in our form, unchecked. `inferred`: fields that were concluded from others, beside those our form names."""

    raw: Json
    inferred: tuple[str, ...] = ()


def calls_in(value: Any) -> list[Any]:
    """The calls of one JSON value: of an array, of a page that holds one (results, items, data, calls), or the value itself."""
    if isinstance(value, list):
        return value
    held = [value[name] for name in LISTS if isinstance(value, dict) and isinstance(value.get(name), list)]
    return held[0] if held and all(isinstance(entry, dict) for entry in held[0]) else [value]


def number(value: Any) -> float | None:
    """The finite number, else None: true, text and lists are no numbers here."""
    if type(value) is float:  # asked of a hundred values a call
        return value if isfinite(value) else None
    return float(value) if type(value) is int else None


def text(value: Any) -> str | None:
    """The text where it says something, else None."""
    return value if isinstance(value, str) and value.strip() else None


def inner(value: Any, *path: str) -> Any:
    """What stands behind these keys, None where there is no such object."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> list[Json]:
    """The objects of a list; [] for anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def needed(value: Any, field: str) -> Json:
    """The object a payload must be. Raises FieldError for anything else."""
    if not isinstance(value, dict):
        raise FieldError(field, wrong_kind("an object", value))
    return value


def present(values: Mapping[str, Any]) -> Json:
    """Without what says nothing: None, empty texts, empty lists and objects."""
    return {name: value for name, value in values.items() if value or (value is not None and value not in ("", [], {}))}


def epoch_ms(value: Any, field: str) -> str | None:
    """Milliseconds since 1970 as ISO 8601 in UTC. Raises FieldError outside the years 1990 to 2099."""
    found = instant_of_number(number(value), "epoch_ms", field)
    return None if found is None else found.isoformat()


def seconds_as_ms(value: Any) -> float | None:
    """Seconds from the start of the call as milliseconds, to the microsecond."""
    found = number(value)
    return None if found is None else to_the_microsecond(found * _MS_OF_A_SECOND)


def reported_ms(seconds: Any) -> float | None:
    """A latency in seconds as milliseconds; None for 0 (not detected) and for -1 (there was none)."""
    found = seconds_as_ms(seconds)
    return found if found is not None and found > 0 else None


def later(start: str | None, value: Any, unit: str, field: str) -> str | None:
    """The instant a length of time in `unit` (`field`) after the start, as ISO 8601; None where one of them is missing.

    Raises FieldError for a start that is no time, and for an end that is no plausible one.
    """
    end = None if start is None else after(instant_of(start, "started_at"), value, unit, field)
    return None if end is None else end.isoformat()


def money(value: Any, unit: str) -> float | None:
    """An amount in the currency's own unit; None where there is none, and for one below 0."""
    found = amount(value, unit)
    return found if found is not None and found >= 0 else None


def from_json_text(value: Any) -> Any:
    """What the JSON text says; text that is not JSON, and anything else, stays as it is."""
    if not isinstance(value, str) or value.lstrip(_BLANKS)[:1] not in _BEGINS_JSON:
        return value
    try:
        return parse_json(value)
    except StrictJsonError:
        return value


def costs(parts: Iterable[tuple[str, float | None]], total: float | None) -> dict[str, float] | None:
    """Amounts by component; what the total has beyond its parts is `other`. None where nothing is known, never 0.

    A total below the sum of its parts is not used: the parts are what was charged.
    """
    found: dict[str, float] = {}
    for component, part in parts:
        if part is not None:
            found[component] = round(found.get(component, 0.0) + part, 10)
    beyond = None if total is None else round(total - sum(found.values()), 10)
    if beyond is not None and (beyond > 0 or not found):
        found["other"] = round(found.get("other", 0.0) + beyond, 10)
    return found or None


def replies(turns: Sequence[Json]) -> list[Json]:
    """The agent's turns that answer the caller, in order, up to a human taking over: one a caller-to-agent change."""
    found, waiting = [], False
    for turn in turns:
        speaker = turn["speaker"]
        if speaker == "human_agent":
            break
        if speaker in ("caller", "agent") and turn.get("text"):
            if waiting and speaker == "agent":
                found.append(turn)
            waiting = speaker == "caller"
    return found


def attach(turns: Sequence[Json], latencies: Sequence[Json]) -> bool:
    """Gives the replies these latencies (`latency_ms`, `components`) in order, but only where there is one for each reply.

    A platform's list is not tied to turns; with other counts any pairing would be made up. False: nothing was attached.
    """
    answering = replies(turns)
    if not latencies or len(answering) != len(latencies):
        return False
    for turn, latency in zip(answering, latencies, strict=True):
        turn.update(latency)
        turn["latency_anchor"] = "reported"
    return True


def untold(said: Iterable[tuple[str, str, str | None]]) -> str | None:
    """The lines of those who are not known, each with what was said before it: the question that it may answer.

    `said`: in order, the role as it is written, the words, and the speaker where this version knows it. Before a line stands what
    the agent said last, and what the caller said since; nothing stands there twice. One line each; None where all are known.
    """
    kept: list[str] = []
    before: list[str] = []
    asking = False
    for role, words, speaker in said:
        asks = speaker not in (None, "caller")
        if asks and not asking:
            before = []
        name, asking = speaker or role, asks
        before.append(f"{name}: {' '.join(words.split())}" if name else words)
        if speaker is None:
            kept += before
            before = []
    return "\n".join(kept) or None


def heard_caller(turns: Sequence[Json]) -> bool:
    """Whether the caller said anything."""
    return any(turn["speaker"] == "caller" and turn.get("text") for turn in turns)
