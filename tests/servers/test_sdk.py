"""The scripted server as the provider's own SDK meets it: a reply parses, each fault is the exception it should be."""

from __future__ import annotations

import asyncio

import pytest

from tests.servers.asking import body
from tests.servers.messages_server import Fault, MessagesServer, Script
from tests.servers.params import COUNTED, REMOVED, TAKEN

anthropic = pytest.importorskip("anthropic")


def client(server, **more):
    """The SDK's client, without its own retries."""
    return anthropic.Anthropic(base_url=server.base_url, api_key=server.key, **{"max_retries": 0, **more})


def test_a_reply_is_a_message_of_the_sdk():
    """Stop reason, usage and request id are where the SDK looks for them."""
    with MessagesServer() as server, client(server) as sdk:
        found = sdk.messages.create(**body())
    assert (found.stop_reason, found.model, found._request_id) == ("end_turn", "claude-haiku-5-5", "req_00000001")
    assert (found.usage.input_tokens, found.usage.output_tokens) == tuple(
        server.billed[0][name] for name in ("input_tokens", "output_tokens")
    )
    assert server.requests[0].headers["authorization"] == "Bearer test-key"


def test_the_sdks_own_schema_of_a_model_is_taken():
    """What transform_schema makes of limits and optional fields passes, the untransformed model does not."""
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Grade", score=(int, pydantic.Field(ge=1, le=5)), note=(str | None, None))
    plain = {"format": {"type": "json_schema", "schema": model.model_json_schema()}}
    with MessagesServer() as server, client(server) as sdk:
        found = sdk.messages.parse(**body(output_config=None), output_format=model)
        assert found.parsed_output.score == 4
        with pytest.raises(anthropic.BadRequestError, match="additionalProperties"):
            sdk.messages.create(**body(output_config=plain))


def test_tokens_are_counted():
    """The free count is the bill's figure."""
    asked = {key: value for key, value in body().items() if key != "max_tokens"}
    with MessagesServer() as server, client(server) as sdk:
        counted = sdk.messages.count_tokens(**asked).input_tokens
        assert sdk.messages.create(**body()).usage.input_tokens == counted


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("400", "BadRequestError"),
        ("401", "AuthenticationError"),
        ("403", "PermissionDeniedError"),
        ("404", "NotFoundError"),
        ("429", "RateLimitError"),
        ("500", "InternalServerError"),
        ("529", "OverloadedError"),
        ("reset_before", "APIConnectionError"),
        ("reset_mid_body", "APIConnectionError"),
        ("hang_up", "APIConnectionError"),
    ],
)
def test_a_fault_is_the_sdks_exception(kind, name):
    """And the client goes on working."""
    with MessagesServer(Script(faults={1: kind})) as server, client(server) as sdk:
        with pytest.raises(getattr(anthropic, name, anthropic.APIStatusError)) as caught:
            sdk.messages.create(**body())
        assert type(caught.value).__name__ == name
        assert sdk.messages.create(**body()).stop_reason == "end_turn"


def test_a_reply_too_slow_is_a_timeout():
    """0.2 s of patience against 5 s; asked once."""
    server = MessagesServer(Script(faults={1: Fault("slow", seconds=5)}))
    with server, client(server, timeout=0.2) as sdk, pytest.raises(anthropic.APITimeoutError):
        sdk.messages.create(**body())
    assert [request.outcome for request in server.requests] == ["slow"]


def test_the_sdks_retries_honour_retry_after():
    """Two refusals, then an answer: three requests, one bill."""
    script = Script(faults={1: Fault("429", retry_after=0.1), 2: "529"})
    with MessagesServer(script) as server, client(server, max_retries=5) as sdk:
        assert sdk.messages.create(**body()).stop_reason == "end_turn"
    assert [request.outcome for request in server.requests] == ["429", "529", "answered"]
    assert len(server.billed) == 1


def test_an_async_run_keeps_twenty_in_flight():
    """40 requests under a semaphore of 20 reach 20 and no more, over kept connections."""

    async def run(server):
        gate = asyncio.Semaphore(20)
        async with anthropic.AsyncAnthropic(base_url=server.base_url, api_key=server.key, max_retries=0) as sdk:

            async def one():
                async with gate:
                    return await sdk.messages.create(**body())

            return await asyncio.gather(*(one() for _ in range(40)))

    with MessagesServer(latency_s=0.8) as server:
        assert len(asyncio.run(run(server))) == 40
    assert server.max_in_flight == 20


def test_the_server_takes_what_the_sdk_can_send_and_nothing_else():
    """Names of parameters, of a text block, of cache_control and of output_config: those of the SDK's own types."""
    from typing import get_type_hints

    from anthropic.types import CacheControlEphemeralParam, OutputConfigParam, TextBlockParam
    from anthropic.types.message_count_tokens_params import MessageCountTokensParams
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

    assert {*TAKEN, "stream"} == set(get_type_hints(MessageCreateParamsNonStreaming))
    assert set(COUNTED) == set(get_type_hints(MessageCountTokensParams))
    assert not set(REMOVED) & set(get_type_hints(MessageCreateParamsNonStreaming))
    assert set(get_type_hints(CacheControlEphemeralParam)) == {"type", "ttl"}
    assert set(get_type_hints(OutputConfigParam)) == {"effort", "format"}
    assert set(get_type_hints(TextBlockParam)) == {"type", "text", "cache_control", "citations"}


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_a_removed_parameter_cannot_be_sent(name):
    """The SDK has no such argument; past it, the server answers 400."""
    with MessagesServer() as server, client(server) as sdk:
        with pytest.raises(TypeError):
            sdk.messages.create(**body(), **{name: 0})
        with pytest.raises(anthropic.BadRequestError, match="no longer supported"):
            sdk.messages.create(**body(), extra_body={name: 0})
        assert server.billed == []
