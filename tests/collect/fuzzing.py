"""Mutated payloads: what a real or made payload becomes by accident or by intent, seeded; and what intake may say of it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalharness.collect.file_checks import check_file
from evalharness.collect.named_forms import NAMES, form_like
from evalharness.collect.reading import read_rows
from evalharness.collect.recognise import explained
from evalharness.collect.rows import Candidate
from evalharness.errors import InputError
from evalharness.flows.side_by_side import to_write
from evalharness.models.intake import Rejected
from tests.collect.files import a_row, a_turn_row, rules
from tests.collect.payloads import PAYLOADS, a_retell_call, a_vapi_call

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, -0.0, 1e308, -1e308, 1e-320, 2**63, -(2**63) - 1, 10**299, 1763377200, 1763377200000,
    "", " ", "\0", "\ud83d\ude00", "\u202e", "=1+1", "NaN", "-1", "1e999", "2026-11-16T09:00:00Z", "2026-02-30T00:00:00Z",
    "2026-11-16", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00-14:00", "10000 Jahre", "x" * 5000, "+1 415 555 0132",
    "anna@mail.example", [], {}, [None], [[]], {"": None}, {"id": {}}, ["a", 1, None, {}], {"a": {"b": {"c": []}}},
)  # fmt: skip


def seeds() -> list[list[Any]]:
    """Every payload that lies beside the project, a list of values a file, and small made ones of several forms."""
    found: list[Any] = [a_vapi_call(), a_retell_call(), {"event": "call_ended", "call": a_retell_call()}, [a_vapi_call(id="v2")]]
    tool = {"name": "find", "arguments": {"q": 1}, "result": "", "duration_ms": 5}
    spoken = [a_turn_row("agent", "Hello.", latency_ms=900.0, components={"llm": 300.0}), a_turn_row(tool_calls=[tool])]
    handed = {"at_ms": 5.0, "kind": "warm", "destination": "human", "status": "connected"}
    found += [a_row(turns=spoken, handoff=handed, cost={"llm": 0.1}, caller="+15550100042", metadata={"a": [1, {"b": None}]})]
    chat = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [{"type": "text", "text": "Yes?"}]}]
    found += [{"id": "m1", "created_at": "2026-11-16T09:00:00Z", "messages": chat}]
    files = [[value] for value in found]
    for path in sorted(PAYLOADS.glob("*/*")) if PAYLOADS.is_dir() else ():
        if path.suffix in (".json", ".vcon", ".jsonl"):
            text = path.read_text(encoding="utf-8")
            files.append([json.loads(one) for one in (text.splitlines() if path.suffix == ".jsonl" else [text]) if one.strip()])
    return files


def mutated(value: Any, rng: random.Random) -> Any:
    """A copy with one to four changes: a value replaced, dropped, doubled, renamed, wrapped, or moved to another place."""
    value = copy.deepcopy(value)
    for _ in range(rng.randint(1, 4)):
        places = list(_places(value))
        if not places:
            return rng.choice(_ODD)
        holder, key = rng.choice(places)
        _change(holder, key, rng, places)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything in it, breadth first."""
    waiting = [value]
    for inner in waiting:
        keys = list(inner) if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else ()
        for key in keys:
            yield inner, key
            waiting.append(inner[key])
        if len(waiting) > 3000:
            return


def _change(holder: Any, key: Any, rng: random.Random, places: list[tuple[Any, Any]]) -> None:
    if key not in (holder if isinstance(holder, dict) else range(len(holder))):
        return
    what = rng.randrange(8)
    if what <= 3:
        holder[key] = copy.deepcopy(rng.choice(_ODD))
    elif what == 4:
        del holder[key]
    elif what == 5:
        holder[key] = rng.choice([[holder[key]], {"value": holder[key]}, json.dumps(holder[key])])
    elif what == 6:
        other, place = rng.choice(places)
        if isinstance(other, dict) and place in other:
            holder[key] = copy.deepcopy(other[place])
    elif isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[rng.choice(["id", "call_id", "time", "role", "Id ", "", "message"])] = holder.pop(key)


def damaged(text: bytes, rng: random.Random) -> bytes:
    """In one case of eight the text itself is changed: bytes flipped, cut, doubled."""
    if rng.randrange(8):
        return text
    data = bytearray(text)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data)) if data else 0
        match rng.randrange(4):
            case 0 if data:
                data[at] = rng.randrange(256)
            case 1:
                data[at:at] = rng.choice([b'"', b"{", b"]", b"\xff", b"\n", b"\\ud800", b"NaN", b"1e999", b"\xef\xbb\xbf"])
            case 2:
                del data[at : at + rng.randint(1, 40)]
            case _:
                data[at:at] = data[at : at + rng.randint(1, 40)]
    return bytes(data)


def taken(path: Path, form: str) -> int:
    """Reads the file in this form as `collect` does, up to what is written of each call; how many calls it gave.

    Raises AssertionError where a row has no reason or nothing is written of a call; InputError is an answer like another.
    """
    by = rules(form=form, source=form)
    calls = 0
    try:
        check_file(path, 10)
        for row in read_rows(path, by):
            calls += isinstance(row, Candidate)
            _check(bool(row.reason if isinstance(row, Rejected) else to_write(row, by).lines["calls"]), row)
    except InputError as error:
        _check(bool(error.what and error.fix), error)
    return calls


def _check(holds: bool, told: object) -> None:
    if not holds:
        raise AssertionError(told)


def fuzz(folder: Path, cases: int, seed: int) -> tuple[int, int]:
    """So many mutated payloads, each as a line or a document, in the form it is taken for and in a random one: (files, calls)."""
    rng, found, calls = random.Random(seed), seeds(), 0
    forms = ["jsonl", *NAMES]
    for _ in range(cases):
        value = rng.choice(rng.choice(found))
        changed = mutated(value, rng)
        lines = rng.randrange(2)
        path = folder / ("x.jsonl" if lines else "x.json")
        path.write_bytes(damaged(json.dumps(changed, ensure_ascii=bool(rng.randrange(2))).encode("utf-8", "surrogatepass"), rng))
        try:
            explained(path)
        except InputError as error:
            _check(bool(error.fix), error)
        calls += taken(path, form_like(value) or "jsonl" if rng.randrange(4) else rng.choice(forms))
        path.unlink()
    return cases, calls
