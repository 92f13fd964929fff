"""`init --from FILE`: which form the file has, or a field map proposed for it, and three of its calls as they are understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from zoneinfo import ZoneInfo

from evalharness import numbers
from evalharness.collect.arrived import as_file
from evalharness.collect.field_map import FieldMap
from evalharness.collect.intake import IntakeRules, read_rows
from evalharness.collect.propose import UNKNOWN, map_yaml, missing, proposal
from evalharness.collect.recognise import explained, first_rows
from evalharness.collect.rows import Candidate, Limits
from evalharness.models.call import Call
from evalharness.models.intake import OwnForm, Rejected
from evalharness.workspace.config import AUTO, OWN_FORMS

_SHOWN_CALLS, _SHOWN_TURNS, _SHOWN_TEXT, _LOOKED_AT = 3, 3, 90, 200
_NEEDED = ("id", "turns.each", "turns.speaker", "turns.text")
_SOME_TIME = {"const": "2000-01-01T00:00:00Z"}
"""Stands for a start that is missing in the map, so that the rest of a call can be shown; it is never written."""
_NO_KEY = bytes(32)
"""The calls are shown, not kept: their caller keys are of no use."""


@dataclass(frozen=True)
class Understood:
    """What `init` writes and says: `example` and `maps` of InitAnswers, and the lines to show."""

    example: tuple[str, str] | None
    maps: str
    lines: tuple[str, ...]


def understand(path: Path, zone: ZoneInfo) -> Understood:
    """Looks at the file, or the folder that is one call; nothing of it is kept. Raises InputError where it cannot be read."""
    with as_file(path, Path(gettempdir()), Limits()) as file:
        form, why = explained(file)
        if form is not None:
            found = [f"{path.name} is read as {form}: {why}.", *_calls(file, form, form, zone)]
            return Understood((_pattern(path, form), form), "", tuple(found))
        return _proposed(file, why, zone)


def _proposed(path: Path, why: str, zone: ZoneInfo) -> Understood:
    """A field map for a file in no form we know, or why none could be made."""
    proposed = proposal(first_rows(path), zone.key, path.name)
    open_keys = missing(proposed)
    lacking = [key for key in _NEEDED if key in open_keys]
    first = f"{path.name} is in no form we know: {why}."
    if lacking:
        named = f"No field map could be proposed: nothing in it looks like {', '.join(lacking)}."
        return Understood(None, "", (first, named, "Write one by hand (docs/field-map.md) under collect.maps."))
    known = {key: value for key, value in proposed.items() if value != UNKNOWN}
    name = _name(path)
    lines = [first, f"Proposed the field map {name!r} from the names of its keys; check it in evalharness.yaml."]
    lines += [f"Missing in it: {key}; no key looks like one. Calls need it: write its path into the map." for key in open_keys]
    lines += _calls(path, FieldMap.parse(name, {"started_at": _SOME_TIME, **known}), name, zone)
    return Understood((_pattern(path, name), name), map_yaml(known, name), tuple(lines))


def _name(path: Path) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:40]
    return f"{plain or 'my'}-map" if plain in ("", AUTO, *OWN_FORMS) or not plain[0].isalpha() else plain


def _pattern(path: Path, source: str) -> str:
    """Which files of the inbox are read alike: those with the same ending; for a folder all of it."""
    if path.is_dir():
        return "inbox/*"
    ending = path.suffix if re.fullmatch(r"\.\w{1,12}", path.suffix, re.ASCII) else ".json"
    return f"inbox/calls*{ending}" if source == "csv" else f"inbox/*{ending}"


def _calls(path: Path, form: OwnForm | FieldMap, source: str, zone: ZoneInfo) -> Iterator[str]:
    """The first calls as they would be kept, and why others would not be."""
    rules = IntakeRules(source=source, form=form, key=_NO_KEY, zone=zone)
    calls: list[Call] = []
    reasons: dict[str, Rejected] = {}
    rows = 0
    for row in read_rows(path, rules):
        rows += 1
        if isinstance(row, Candidate):
            calls.append(row.call)
        else:
            reasons.setdefault(f"{row.field}: {row.reason}" if row.field else row.reason, row)
        if len(calls) >= _SHOWN_CALLS or rows >= _LOOKED_AT:
            break
    yield (
        f"As understood, {_counted(len(calls), 'call')} of the first {_counted(rows, 'row')}:"
        if calls
        else f"No call yet in the first {_counted(rows, 'row')}:"
    )
    for call in calls:
        yield from _shown(call, zone)
    for why, row in list(reasons.items())[:_SHOWN_CALLS]:
        yield "  not taken: " + (f"line {row.line}, " if row.line else "") + why


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _shown(call: Call, zone: ZoneInfo) -> Iterator[str]:
    spoken = [turn for turn in call.turns if turn.text.strip()]
    derived = " (derived)" if "outcome" in call.inferred else ""
    unknown = call.started_at.isoformat() == "2000-01-01T00:00:00+00:00"
    facts: Mapping[str, Any] = {
        "began": "?"
        if unknown
        else f"{call.started_at.astimezone(zone):%Y-%m-%d %H:%M}" + (" (inferred)" if "started_at" in call.inferred else ""),
        "turns": len(call.turns),
        "outcome": f"{call.outcome}{derived}",
        "latency": f"{sum(turn.latency is not None for turn in call.turns)} replies with a figure",
        "cost": numbers.figure(call.cost.total, "money", call.cost.currency) if call.cost else "not known",
    }
    yield f"  {_cut(call.id)}  " + ", ".join(f"{name} {value}" for name, value in facts.items())
    for turn in spoken[:_SHOWN_TURNS]:
        yield f"    {turn.speaker}: {_cut(turn.text)}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_TEXT else line[: _SHOWN_TEXT - 1] + "…"
