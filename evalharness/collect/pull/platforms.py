"""How each platform lists the calls of a time and gives one whole: paths, parameters and paging after their own SDKs.

Vapi: GET /call with createdAtGe/createdAtLe and limit, newest first, calls whole. Retell: POST /v3/list-calls with a range of
start_timestamp (epoch ms) and pagination_key, calls in short; GET /v2/get-call/ID. ElevenLabs: GET /v1/convai/conversations
with call_start_after_unix/call_start_before_unix (s) and cursor, in short; GET /v1/convai/conversations/ID.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from evalharness.collect.platforms.payload import Json, inner, number, objects, text
from evalharness.collect.pull.server import Server
from evalharness.collect.reasons import FieldError
from evalharness.collect.units import instant_of, instant_of_number

MOST_PAGES = 10_000
_VAPI_PAGE, _RETELL_PAGE, _ELEVENLABS_PAGE = 1000, 1000, 100
_BEFORE = timedelta(days=1)
"""A call that is created before the week may begin in it."""
Times = tuple[datetime, datetime]
"""From (included) to (excluded), aware."""


@dataclass(frozen=True)
class Platform:
    """`listed` gives the pages of a time, for some agents or all; `whole` one call of a page as the platform gives it whole, None
    where it is gone; `began` when it started, None where it did not; `over` whether it has ended."""

    base_url: str
    key_env: str
    headers: Callable[[str], Mapping[str, str]]
    listed: Callable[[Server, Times, Sequence[str]], Iterator[list[Json]]]
    id_of: Callable[[Json], str | None]
    began: Callable[[Json], datetime | None]
    over: Callable[[Json], bool]
    whole: Callable[[Server, Json], Any]


def _vapi(server: Server, times: Times, agents: Sequence[str]) -> Iterator[list[Json]]:
    """Newest first; the next page begins at the creation of the last call, which it holds again."""
    for agent in agents or ("",):
        seen: set[str] = set()
        asked: Json = {"limit": _VAPI_PAGE, "createdAtGe": _iso(times[0] - _BEFORE), "createdAtLt": _iso(times[1])}
        asked |= {"assistantId": agent} if agent else {}
        for _ in range(MOST_PAGES):
            page = _list_of(server, "/call", server.get("/call", asked))
            fresh = [call for call in page if str(call.get("id")) not in seen]
            seen |= {str(call.get("id")) for call in fresh}
            yield fresh
            last = text(page[-1].get("createdAt")) if page else None
            if len(page) < _VAPI_PAGE:
                break
            if last is None or not fresh:
                raise server.refusal("/call", f"more than {_VAPI_PAGE} calls were created at one time", "name some of the agents")
            asked = {**{name: value for name, value in asked.items() if name != "createdAtLt"}, "createdAtLe": last}


def _retell(server: Server, times: Times, agents: Sequence[str]) -> Iterator[list[Json]]:
    path = "/v3/list-calls"
    within: Json = {"type": "range", "op": "bt", "value": [_ms(times[0]), _ms(times[1]) - 1]}
    criteria = {"start_timestamp": within} | ({"agent": [{"agent_id": agent} for agent in agents]} if agents else {})
    asked: Json = {"filter_criteria": criteria, "limit": _RETELL_PAGE, "sort_order": "ascending"}

    def ask(cursor: str) -> Any:
        return server.post(path, asked | ({"pagination_key": cursor} if cursor else {}))

    for answer in _to_the_end(server, path, ask, "pagination_key"):
        yield _list_of(server, path, inner(answer, "items"))


def _elevenlabs(server: Server, times: Times, agents: Sequence[str]) -> Iterator[list[Json]]:
    path = "/v1/convai/conversations"
    begin, end = int(times[0].timestamp()) - 1, int(times[1].timestamp())
    asked: Json = {"page_size": _ELEVENLABS_PAGE, "call_start_after_unix": begin, "call_start_before_unix": end}
    for agent in agents or ("",):
        given = asked | ({"agent_id": agent} if agent else {})

        def ask(cursor: str, given: Json = given) -> Any:
            return server.get(path, given | ({"cursor": cursor} if cursor else {}))

        for answer in _to_the_end(server, path, ask, "next_cursor"):
            yield _list_of(server, path, inner(answer, "conversations"))


def _to_the_end(server: Server, path: str, ask: Callable[[str], Any], named: str) -> Iterator[Any]:
    """The answers of a list that names its next page, until there is none. Raises InputError where a page is named twice."""
    cursor, seen = "", {""}
    for _ in range(MOST_PAGES):
        answer = ask(cursor)
        yield answer
        cursor = str(inner(answer, named) or "")
        if inner(answer, "has_more") is False or not cursor:
            return
        if cursor in seen:
            break
        seen.add(cursor)
    raise server.refusal(path, "its list does not end: it names the same page twice", "try again later")


def _list_of(server: Server, path: str, value: Any) -> list[Json]:
    if not isinstance(value, list):
        raise server.refusal(path, "its answer holds no list of calls", "look at base_url of collect.pull in evalharness.yaml")
    return objects(value)


def _detail(path: str, name: str) -> Callable[[Server, Json], Any]:
    return lambda server, call: server.get(path + quote(str(call.get(name)), safe=""))


def _bearer(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _text_time(call: Json) -> datetime | None:
    """When a Vapi call began, or was created where it never did."""
    given = text(call.get("startedAt")) or text(call.get("createdAt"))
    try:
        return None if given is None else instant_of(given, "startedAt")
    except FieldError:
        return None


def _number_time(name: str, unit: str) -> Callable[[Json], datetime | None]:
    def began(call: Json) -> datetime | None:
        try:
            return instant_of_number(number(call.get(name)), unit, name)
        except FieldError:
            return None

    return began


PLATFORMS: Mapping[str, Platform] = {
    "vapi": Platform(
        base_url="https://api.vapi.ai",
        key_env="VAPI_API_KEY",
        headers=_bearer,
        listed=_vapi,
        id_of=lambda call: text(call.get("id")),
        began=_text_time,
        over=lambda call: text(call.get("status")) in (None, "ended"),
        whole=lambda _server, call: call,
    ),
    "retell": Platform(
        base_url="https://api.retellai.com",
        key_env="RETELL_API_KEY",
        headers=_bearer,
        listed=_retell,
        id_of=lambda call: text(call.get("call_id")),
        began=_number_time("start_timestamp", "epoch_ms"),
        over=lambda call: text(call.get("call_status")) not in ("registered", "ongoing"),
        whole=_detail("/v2/get-call/", "call_id"),
    ),
    "elevenlabs": Platform(
        base_url="https://api.elevenlabs.io",
        key_env="ELEVENLABS_API_KEY",
        headers=lambda key: {"xi-api-key": key},
        listed=_elevenlabs,
        id_of=lambda call: text(call.get("conversation_id")),
        began=_number_time("start_time_unix_secs", "epoch_s"),
        over=lambda call: text(call.get("status")) not in ("initiated", "in-progress", "processing"),
        whole=_detail("/v1/convai/conversations/", "conversation_id"),
    ),
}
