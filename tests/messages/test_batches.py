"""The client's batches: each method one attempt, an answer or a Failure; hostile answers are strange, never a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evalharness.messages import batches as room
from evalharness.messages.batches import STRANGE, Batch, Batches, Results, portions
from evalharness.messages.client import open_client
from evalharness.messages.failure import LOST, Failure
from tests.servers.asking import body
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import MessagesServer

KEY = "sk-canary-0a1b2c3d"
TWO = {"a-1": body(), "b-2": body()}


def with_batches(server: MessagesServer, act: Callable[[Batches], Awaitable[Any]]) -> Any:
    """What `act` brings, with a client of this server."""

    async def run() -> Any:
        async with open_client(server.key, server.base_url) as client:
            return await act(client.batches)

    return asyncio.run(run())


def test_made_looked_at_and_read() -> None:
    """Two requests; each result under its custom_id with the message as it came."""

    async def act(batches: Batches) -> Any:
        made = await batches.create(TWO)
        assert isinstance(made, Batch)
        return made, await batches.look(made.id), await batches.results(made.id)

    with MessagesServer(key=KEY) as server:
        made, ended, results = with_batches(server, act)
    assert (made.ended, made.total, ended.ended, ended.total) == (False, 2, True, 2)
    assert results.whole
    assert {one.custom_id for one in results.found} == set(TWO)
    assert all('"end_turn"' in one.raw for one in results.found)


@pytest.mark.parametrize("operation", ["create", "retrieve", "list", "results"])
@pytest.mark.parametrize(("fault", "kind"), [("500", "server error"), ("401", "the key is not accepted"), ("lost", LOST.kind)])
def test_a_fault_is_a_failure(operation: str, fault: str, kind: str) -> None:
    """Whatever is asked for."""

    async def act(batches: Batches) -> Any:
        start = datetime.now(UTC) - timedelta(hours=1)
        asks = {
            "create": lambda: batches.create(TWO),
            "retrieve": lambda: batches.look("msgbatch_1"),
            "list": lambda: batches.since(start),
            "results": lambda: batches.results("msgbatch_1"),
        }
        return await asks[operation]()

    with MessagesServer(key=KEY, batches=BatchScript(faults={operation: {1: fault}})) as server:
        found = with_batches(server, act)
    assert isinstance(found, Failure)
    assert found.kind == kind


def test_a_page_of_html_is_strange_and_cut_results_are_not_whole() -> None:
    """HTML with status 200 is no batch; half of three results are the first and no more."""

    async def act(batches: Batches) -> Any:
        made = await batches.create({**TWO, "c-3": body()})
        strange = await batches.look("msgbatch_00000001")
        await batches.look("msgbatch_00000001")
        return made, strange, await batches.results("msgbatch_00000001")

    faults = {"retrieve": {1: "html"}, "results": {1: "cut"}}
    with MessagesServer(key=KEY, batches=BatchScript(faults=faults)) as server:
        _, strange, cut = with_batches(server, act)
    assert strange == STRANGE
    assert isinstance(cut, Results)
    assert (len(cut.found), cut.whole) == (1, False)


def test_all_pages_of_the_list_that_are_young_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five batches in pages of two; none where all are older."""
    monkeypatch.setattr(room, "PAGE", 2)

    async def act(batches: Batches) -> Any:
        for _ in range(5):
            await batches.create(TWO)
        now = datetime.now(UTC)
        return await batches.since(now - timedelta(hours=1)), await batches.since(now + timedelta(hours=1))

    with MessagesServer(key=KEY) as server:
        young, none = with_batches(server, act)
    assert len({one.id for one in young}) == 5
    assert none == []


def test_portions_fit_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number: 7 in threes. By size: each of 60 bytes and more, two to 150 bytes; a single one that is larger goes alone."""
    seven = {f"r{at}": {"model": "x" * 49} for at in range(7)}
    monkeypatch.setattr(room, "MOST_REQUESTS", 3)
    assert [len(part) for part in portions(seven)] == [3, 3, 1]
    monkeypatch.setattr(room, "MOST_BYTES", 150)
    assert [len(part) for part in portions(seven)] == [2, 2, 2, 1]
    assert [len(part) for part in portions({"large": {"model": "x" * 500}, **seven})] == [1, 2, 2, 2, 1]
    assert list(portions({})) == []


@pytest.mark.parametrize(
    "line",
    ["[]", '{"custom_id": 5}', '{"custom_id": "a", "result": {"type": "other"}}', "[" * 9000,
     '{"custom_id": "a", "result": {"type": "succeeded", "message": "text"}}'],
)  # fmt: skip
def test_a_hostile_line_is_no_result(line: str) -> None:
    """It is left out, and the results are not whole."""
    good = '{"custom_id": "b", "result": {"type": "errored", "error": {"type": "<script>"}}}'
    found = room._results_of(f"{line}\n{good}\n")
    assert not found.whole
    assert [(one.custom_id, one.error) for one in found.found] == [("b", "error")]


def test_the_key_is_blotted_out_of_results() -> None:
    """A server that repeats it in a message."""

    async def act(batches: Batches) -> Any:
        made = await batches.create({"a": body(text=f"The key is {KEY}.")})
        await batches.look(made.id)
        return await batches.results(made.id)

    with MessagesServer(key=KEY) as server:
        found = with_batches(server, act)
    assert all(KEY not in one.raw for one in found.found)
