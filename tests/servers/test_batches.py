"""The scripted server's batches, through the SDK and raw: what the API takes, what it refuses, what it says when."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from tests.servers.asking import body
from tests.servers.batch_script import FATES, BatchScript
from tests.servers.batches import params_problem
from tests.servers.messages_server import MessagesServer

THREE = [{"custom_id": f"call-{number}", "params": body()} for number in range(3)]


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    """Ends a batch at the second look."""
    with MessagesServer(batches=BatchScript(polls=1)) as running:
        yield running


def sdk(server: MessagesServer) -> anthropic.Anthropic:
    """A client of it."""
    return anthropic.Anthropic(base_url=server.base_url, api_key=server.key, max_retries=0)


def created(server: MessagesServer, requests: Any) -> tuple[int, Any]:
    """Status and body of a raw create."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"x-api-key": server.key, "anthropic-version": "2026-10-21", "content-type": "application/json"}
    connection.request("POST", "/v1/messages/batches", json.dumps(requests), headers)
    reply = connection.getresponse()
    found = reply.status, json.loads(reply.read())
    connection.close()
    return found


def test_a_batch_from_its_making_to_its_results(server: MessagesServer) -> None:
    """Counts are zero until it ends; results are JSONL in another order than sent, each under its custom_id; billed at half."""
    with sdk(server) as client:
        made = client.messages.batches.create(requests=THREE)
        assert (made.processing_status, made.request_counts.processing, made.request_counts.succeeded) == ("in_progress", 3, 0)
        assert made.results_url is None
        assert client.messages.batches.retrieve(made.id).processing_status == "in_progress"
        ended = client.messages.batches.retrieve(made.id)
        assert (ended.processing_status, ended.request_counts.processing, ended.request_counts.succeeded) == ("ended", 0, 3)
        results = list(client.messages.batches.results(made.id))
        live = client.messages.create(**body())
    assert {one.custom_id for one in results} == {"call-0", "call-1", "call-2"}
    assert results[0].result.message.usage.service_tier == "batch"
    assert results[0].result.message.content == live.content
    halves, whole = [one.usd for one in server.batches.requests], server.asked[0].usd
    assert halves == [whole / 2] * 3
    assert server.bill.usd == sum(halves) + whole


def test_results_come_in_another_order() -> None:
    """Of 40 requests hardly one stands where it was sent."""
    many = [{"custom_id": f"call-{number}", "params": body()} for number in range(40)]
    with MessagesServer() as server, sdk(server) as client:
        made = client.messages.batches.create(requests=many)
        client.messages.batches.retrieve(made.id)
        names = [one.custom_id for one in client.messages.batches.results(made.id)]
    assert sorted(names) == sorted(one["custom_id"] for one in many)
    assert sum(name == one["custom_id"] for name, one in zip(names, many, strict=True)) < 10


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [THREE[0], THREE[0]],
        [{"custom_id": "has space", "params": body()}],
        [{"custom_id": "", "params": body()}],
        [{"custom_id": "x" * 65, "params": body()}],
        [{"custom_id": "a", "params": body(max_tokens=0)}],
        [{"custom_id": "a", "params": body(), "more": 1}],
        [{"custom_id": "a"}],
        "text",
    ],
)
def test_what_is_refused_when_it_is_made(server: MessagesServer, requests: Any) -> None:
    """Twice the same custom_id, one that is none, no room for a reply, a key too many or too few: 400 and no batch."""
    status, told = created(server, {"requests": requests})
    assert (status, told["error"]["type"]) == (400, "invalid_request_error")
    assert not server.batches.made


def test_parameters_are_looked_at_only_when_processed(server: MessagesServer) -> None:
    """A removed parameter, a wrong type, an unknown model: the batch is made, these are errored, the good one succeeds."""
    bad = [{**body(), "temperature": 0}, {**body(), "max_tokens": "x"}, {**body(), "model": "claude-none"}, body()]
    status, told = created(server, {"requests": [{"custom_id": f"c{at}", "params": one} for at, one in enumerate(bad)]})
    assert status == 200
    with sdk(server) as client:
        for _ in range(2):
            client.messages.batches.retrieve(told["id"])
        kinds = {one.custom_id: one.result for one in client.messages.batches.results(told["id"])}
    assert [kinds[f"c{at}"].type for at in range(4)] == ["errored", "errored", "errored", "succeeded"]
    assert kinds["c0"].error.error.type == "invalid_request_error"
    assert len([one for one in server.batches.requests if one.usd]) == 1


def test_the_sdks_own_types_decide() -> None:
    """What the SDK would not let through is refused here too; what it sends is taken."""
    assert params_problem(body()) is None
    assert "Extra inputs" in str(params_problem({**body(), "top_k": 1}))
    assert params_problem({**body(), "output_config": {"effort": "huge"}})


@pytest.mark.parametrize("fate", FATES[1:])
def test_a_fate_of_its_own(fate: str) -> None:
    """The second of three; the others succeed; only what a model worked on is billed."""
    with MessagesServer(batches=BatchScript(fates={2: fate})) as server, sdk(server) as client:
        made = client.messages.batches.create(requests=THREE)
        ended = client.messages.batches.retrieve(made.id)
        kinds = {one.custom_id: one.result.type for one in client.messages.batches.results(made.id)}
    told = {"invalid": "errored"}.get(fate, fate)
    assert kinds == {"call-0": "succeeded", "call-2": "succeeded", **({} if fate == "missing" else {"call-1": told})}
    assert len([one for one in server.batches.requests if one.usd]) == (3 if fate == "missing" else 2)
    assert getattr(ended.request_counts, told, 0) == (0 if fate == "missing" else 1)


def test_canceling_and_its_end() -> None:
    """It says canceling, ends at the next look, and bills nothing."""
    with MessagesServer(batches=BatchScript(polls=5)) as server, sdk(server) as client:
        made = client.messages.batches.create(requests=THREE)
        assert client.messages.batches.cancel(made.id).processing_status == "canceling"
        assert client.messages.batches.retrieve(made.id).request_counts.canceled == 3
    assert server.bill.usd == 0


@pytest.mark.parametrize("script", [BatchScript(polls=9), BatchScript(age_days=30)])
def test_results_that_are_not_there(script: BatchScript) -> None:
    """404 before it has ended, and 29 days after."""
    with MessagesServer(batches=script) as server, sdk(server) as client:
        made = client.messages.batches.create(requests=THREE)
        client.messages.batches.retrieve(made.id)
        with pytest.raises((anthropic.NotFoundError, anthropic.AnthropicError)):
            client.messages.batches.results(made.id)


def test_the_newest_is_listed_first_page_by_page(server: MessagesServer) -> None:
    """Five batches in pages of two."""
    with sdk(server) as client:
        made = [client.messages.batches.create(requests=THREE).id for _ in range(5)]
        assert [one.id for one in client.messages.batches.list(limit=2)] == made[::-1]


def test_a_lost_reply_leaves_the_batch() -> None:
    """The connection breaks, the batch is there."""
    with MessagesServer(batches=BatchScript(faults={"create": {1: "lost"}})) as server, sdk(server) as client:
        with pytest.raises(anthropic.APIConnectionError):
            client.messages.batches.create(requests=THREE)
        assert len(list(client.messages.batches.list())) == 1


def test_a_wrong_key_is_refused(server: MessagesServer) -> None:
    """401 as for any request."""
    client = anthropic.Anthropic(base_url=server.base_url, api_key="other", max_retries=0)
    with client, pytest.raises(anthropic.AuthenticationError):
        client.messages.batches.create(requests=THREE)
