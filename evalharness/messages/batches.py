"""Message Batches: many requests handed over at once at half price, answered within a day, joined on custom_id alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from evalharness.messages.failure import Failure
from evalharness.messages.usage import body_of
from evalharness.messages.wire import Text, text_of

if TYPE_CHECKING:
    import anthropic

MOST_REQUESTS, MOST_BYTES = 10_000, 24 * 2**20
"""Of one batch of ours; the API takes 100,000 and 256 MB, but a smaller one is sooner sent, ended and read."""

PAGE, MOST_PAGES = 100, 50
Kind = Literal["succeeded", "errored", "canceled", "expired"]
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_WORD = re.compile(r"[a-z_]{1,40}")
STRANGE = Failure("an answer that is none of the Batches API", again=False)
"""A server that answers 200 and something else."""


@dataclass(frozen=True)
class Batch:
    """A batch as the server tells of it. `total`: its requests; `created_at` None where it does not say."""

    id: str
    ended: bool
    total: int
    created_at: datetime | None = None


@dataclass(frozen=True)
class Result:
    """What became of one request. `raw`: the message, of a succeeded one; `error`: the API's type of it, of an errored one."""

    custom_id: str
    kind: Kind
    raw: str = ""
    error: str = ""


@dataclass(frozen=True)
class Results:
    """The results that could be read; `whole`: no line of them was cut or foreign, so what is not there is nowhere."""

    found: tuple[Result, ...]
    whole: bool


class Batches:
    """The Batches API of one client. Each method is one attempt and returns a Failure rather than raising."""

    def __init__(self, sdk: anthropic.AsyncAnthropic, key: str) -> None:
        self._sdk, self._key = sdk, key

    async def create(self, requests: Mapping[str, Mapping[str, Any]]) -> Batch | Failure:
        """Hands the requests (by custom_id) over. Their parameters are looked at only when they are processed."""
        body: Any = [{"custom_id": name, "params": dict(params)} for name, params in requests.items()]
        text = await text_of(self._sdk.messages.batches.with_raw_response.create(requests=body), self._key)
        return _batch_of(text)

    async def look(self, batch_id: str) -> Batch | Failure:
        """Where it stands."""
        return _batch_of(await text_of(self._sdk.messages.batches.with_raw_response.retrieve(batch_id), self._key))

    async def since(self, start: datetime) -> list[Batch] | Failure:
        """The batches of this key's workspace that were made at `start` or later, the newest first."""
        found: list[Batch] = []
        more: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            text = await text_of(self._sdk.messages.batches.with_raw_response.list(limit=PAGE, **more), self._key)
            if isinstance(text, Failure):
                return text
            page = body_of(text.raw) or {}
            rows = page.get("data")
            batches = [batch for batch in map(_batch, rows if isinstance(rows, list) else []) if batch]
            found += [batch for batch in batches if batch.created_at is None or batch.created_at >= start]
            older = any(batch.created_at and batch.created_at < start for batch in batches)
            if not page.get("has_more") or not batches or older:
                break
            more = {"after_id": batches[-1].id}
        return found

    async def results(self, batch_id: str) -> Results | Failure:
        """The results of an ended batch, in whatever order they come.

        Asked for at the configured address, not at the one the server names: the key goes nowhere else.
        """
        path = f"/v1/messages/batches/{batch_id}/results"
        text = await text_of(self._sdk.get(path, cast_to=bytes, options={"headers": {"Accept": "application/binary"}}), self._key)
        return text if isinstance(text, Failure) else _results_of(text.raw)


def _batch_of(text: Text | Failure) -> Batch | Failure:
    return text if isinstance(text, Failure) else _batch(body_of(text.raw)) or STRANGE


def _batch(given: Any) -> Batch | None:
    """A batch out of a server's object; None for one without a usable id, state or counts."""
    if not isinstance(given, dict):
        return None
    name, status, counts = given.get("id"), given.get("processing_status"), given.get("request_counts")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(status, str) or not isinstance(counts, dict):
        return None
    total = sum(count for count in counts.values() if isinstance(count, int))
    return Batch(name, status == "ended", total, _instant(given.get("created_at")))


def _instant(given: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _results_of(raw: str) -> Results:
    lines = [line for line in raw.split("\n") if line.strip()]
    found = [_result(body_of(line)) for line in lines]
    return Results(tuple(result for result in found if result), None not in found)


def _result(given: Mapping[str, Any] | None) -> Result | None:
    name, result = (given or {}).get("custom_id"), (given or {}).get("result")
    if not isinstance(name, str) or not isinstance(result, dict) or result.get("type") not in get_args(Kind):
        return None
    kind: Kind = result["type"]
    if kind == "succeeded":
        message = result.get("message")
        return Result(name, kind, json.dumps(message, ensure_ascii=False)) if isinstance(message, dict) else None
    return Result(name, kind, error=_error(result.get("error")))


def _error(given: Any) -> str:
    """The type of an errored result, as a plain word; the API wraps it in an object of type `error`."""
    inner = given.get("error", given) if isinstance(given, dict) else None
    word = inner.get("type") if isinstance(inner, dict) else None
    return word if isinstance(word, str) and _WORD.fullmatch(word) else "error"


def portions(requests: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """The custom_ids in portions that each fit one batch, in order."""
    names: list[str] = []
    size = 0
    for name, params in requests.items():
        length = len(json.dumps(params, ensure_ascii=False).encode())
        if names and (len(names) == MOST_REQUESTS or size + length > MOST_BYTES):
            yield tuple(names)
            names, size = [], 0
        names.append(name)
        size += length
    if names:
        yield tuple(names)
