"""The scripted server over real HTTP: what it refuses, bills, counts and breaks."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.servers.asking import (
    MODEL,
    TURNS,
    answer_of,
    body,
    closed,
    error_text,
    grading_schema,
    message_of,
    post,
    recording,
)
from tests.servers.bill import price
from tests.servers.messages_server import Fault, MessagesServer, Script
from tests.servers.script import ANSWERS, STATUSES


def test_the_obedient_judge_answers_every_criterion_with_words_the_agent_said():
    """Each answer is one of its enum, each quote stands in the agent's turn it names."""
    with MessagesServer() as server:
        answers = answer_of(server)
    assert {name: found["answer"] for name, found in answers.items()} == {
        "correctness": "4",
        "tone": "4",
        "escalation": "4",
        "wrong_information": "no",
    }
    for found in answers.values():
        (quote,) = found["evidence"]
        speaker, text = TURNS[quote["turn"] - 1]
        assert speaker == "agent"
        assert quote["quote"] in text


def test_a_script_may_wish_for_answers_by_criterion():
    """A wished answer is given, N/A goes without a quote, and the others stay as they are."""
    with MessagesServer(Script(answers={"tone": 2, "escalation": "N/A"}, score=5)) as server:
        answers = answer_of(server)
    assert (answers["tone"]["answer"], answers["escalation"]["answer"], answers["correctness"]["answer"]) == ("2", "N/A", "5")
    assert answers["escalation"]["evidence"] == []


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"x_api_key": "other"}, 401, "x-api-key"),
        ({"x_api_key": None}, 401, "x-api-key"),
        ({"anthropic_version": None}, 400, "header is required"),
        ({"anthropic_version": "2019-01-01"}, 400, "not a valid version"),
        ({"content_type": "text/plain"}, 400, "application/json"),
        ({"x_api_key": None, "authorization": "Bearer test-key"}, 200, ""),
    ],
)
def test_a_request_shows_its_key_and_version(headers, status, words):
    """The key goes in either header; what is missing or wrong costs nothing and is refused in the API's words."""
    with MessagesServer() as server:
        found, _, raw = post(server, **headers)
    assert found == status
    assert status == 200 or (words in error_text(raw) and not server.billed)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{not json", "not valid JSON"),
        (b"[]", "valid dictionary"),
        (body(temperature=0), "temperature: This parameter is no longer supported"),
        (body(grading=True), "grading: Extra inputs are not permitted"),
        (body(max_tokens=None), "max_tokens: Field required"),
        (body(messages=[{"role": "tool", "content": "x"}]), "messages.0.role"),
        (body(output_config={"format": {"type": "json", "schema": {}}}), "Input should be 'json_schema'"),
        (body("x" * 800_000), "prompt is too long"),
    ],
)
def test_a_misshapen_body_is_a_400_and_free(data, words):
    """The error names the parameter; nothing is billed, and the request still counts."""
    with MessagesServer() as server:
        status, _, raw = post(server, data)
    assert (status, server.billed, len(server.asked)) == (400, [], 1)
    assert words in error_text(raw)


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/v1/complete", "POST", 404), ("/v1/messages", "GET", 405), ("/v1/messages", "POST", 200)]
)
def test_only_the_two_routes_are_served(path, method, status):
    """Another route is not found, another method not allowed."""
    with MessagesServer() as server:
        assert post(server, path=path, method=method)[0] == status


def test_an_unknown_model_is_not_found_unless_it_is_given_a_price():
    """A price makes a model known."""
    with MessagesServer() as server:
        status, _, raw = post(server, body(model="house-judge"))
        assert (status, error_text(raw)) == (404, "model: house-judge")
    with MessagesServer(prices={"house-judge": price("1", "1")}) as server:
        assert message_of(server, body(model="house-judge"))["model"] == "house-judge"


def test_the_bill_is_characters_by_four_times_the_price():
    """Free text: 8 + 5 characters in are 4 tokens; the reply of n characters is n/4 rounded up; 1 and 5 USD a million."""
    plain = body("Hello", output_config=None, system="Be terse", model="claude-haiku-4-5")
    with MessagesServer() as server:
        text = message_of(server, plain)["content"][0]["text"]
    (usage,) = server.billed
    out = -(-len(text) // 4)
    assert (usage["input_tokens"], usage["output_tokens"], usage["model"]) == (4, out, "claude-haiku-4-5")
    assert server.bill.usd == Decimal(4 * 1 + out * 5) / 1_000_000
    assert server.bill_usd == float(server.bill.usd)


def test_the_schema_is_billed_as_input_and_counted_the_same_free_of_charge():
    """count_tokens gives the figure of the bill, and costs nothing itself."""
    whole = body()
    shape = json.dumps(whole["output_config"]["format"], separators=(",", ":"))
    characters = len(whole["system"]) + len(whole["messages"][0]["content"]) + len(shape)
    asked = {key: value for key, value in whole.items() if key != "max_tokens"}
    with MessagesServer() as server:
        counted = json.loads(post(server, asked, path="/v1/messages/count_tokens")[2])
        assert counted == {"input_tokens": -(-characters // 4)}
        assert (server.billed, len(server.requests), len(server.asked)) == ([], 1, 0)
        assert message_of(server)["usage"]["input_tokens"] == counted["input_tokens"]
        assert post(server, whole, path="/v1/messages/count_tokens")[0] == 400


def test_every_request_is_kept_as_it_came():
    """Headers, bytes and parsed body; the same call under another nonce has the same digest."""
    with MessagesServer() as server:
        first, second = message_of(server), message_of(server, body(recording(nonce="0c1d")))
        message_of(server, body(recording((("agent", "Good morning to you."),))))
    one, two, other = server.requests
    assert (one.number, two.number, one.headers["x-api-key"], one.outcome, one.delivered) == (1, 2, "test-key", "answered", True)
    assert one.body == body() == json.loads(one.raw)
    assert one.call == two.call != other.call
    assert first["id"] != second["id"]


def test_one_connection_carries_many_requests():
    """Keep-alive: two requests and an error between them on one socket."""
    headers = {"x-api-key": "test-key", "anthropic-version": "2026-10-21", "content-type": "application/json"}
    with MessagesServer() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        statuses = []
        for data in (body(), body(top_k=3), body()):
            connection.request("POST", "/v1/messages", json.dumps(data), headers)
            reply = connection.getresponse()
            reply.read()
            statuses.append((reply.status, connection.sock is not None))
        connection.close()
    assert statuses == [(200, True), (400, True), (200, True)]


def test_what_is_no_http_of_ours_is_answered_and_hung_up():
    """A chunked body has no length: 411, then the end of the connection."""
    with MessagesServer() as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(b"POST /v1/messages HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")
        found = b""
        while piece := raw.recv(4096):
            found += piece
    assert found.startswith(b"HTTP/1.1 411 ")


def test_the_most_requests_open_at_once_are_measured():
    """Eight threads against a reply of 0.8 s are eight in flight; one after the other is one."""
    with MessagesServer(latency_s=0.8) as server, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: message_of(server), range(8)))
        assert server.max_in_flight == 8
    with MessagesServer() as server:
        message_of(server)
        message_of(server)
        assert server.max_in_flight == 1


def test_the_latency_may_differ_by_request():
    """A function of the number: the second request takes 0.3 s."""
    asked = []
    with MessagesServer(latency_s=lambda number: asked.append(number) or 0.3 * (number == 2)) as server:
        message_of(server)
        started = time.monotonic()
        message_of(server)
        assert time.monotonic() - started >= 0.3
    assert asked == [1, 2]


@pytest.mark.parametrize("kind", STATUSES)
def test_an_error_status_comes_in_the_apis_json_and_is_free(kind):
    """The type belongs to the status; the request after it is answered."""
    with MessagesServer(Script(faults={1: kind})) as server:
        status, headers, raw = post(server)
        assert (status, json.loads(raw)["error"]["type"]) == (int(kind), STATUSES[kind])
        assert headers["request-id"] == json.loads(raw)["request_id"]
        assert "retry-after" not in headers
        assert not server.billed
        message_of(server)
    assert [request.outcome for request in server.requests] == [kind, "answered"]


def test_retry_after_is_said_where_the_script_gives_it():
    """On a fault of its own, or for every fault named by its kind."""
    with MessagesServer(Script(faults={1: Fault("429", retry_after=0.5), 2: "529"}, retry_after=3)) as server:
        assert [post(server)[1]["retry-after"] for _ in range(2)] == ["0.5", "3"]


def test_a_reset_before_the_reply_costs_nothing():
    """The connection breaks with no byte; the next request is served."""
    with MessagesServer(Script(faults={1: "reset_before"})) as server:
        with pytest.raises(ConnectionError):
            post(server)
        assert message_of(server)
    assert [request.usage is not None for request in server.requests] == [False, True]


def test_a_reset_in_the_middle_of_a_reply_is_paid_for_all_the_same():
    """Half a body, then a reset: billed, not delivered."""
    with (
        MessagesServer(Script(faults={1: "reset_mid_body"})) as server,
        pytest.raises((ConnectionError, http.client.HTTPException)),
    ):
        post(server)
    (request,) = server.requests
    assert (request.usage is not None, request.delivered, len(server.billed)) == (True, False, 1)


def test_a_client_that_leaves_before_its_reply_has_it_on_the_bill():
    """The reply of 0.3 s is billed after the client hung up, and known as not delivered."""
    with MessagesServer(latency_s=0.3) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            data = json.dumps(body()).encode()
            head = "POST /v1/messages HTTP/1.1\r\nx-api-key: test-key\r\nanthropic-version: 2026-10-21\r\n"
            raw.sendall(f"{head}content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data)
            _until(lambda: server.requests)
        _until(lambda: server.billed)
        _until(lambda: server.in_flight == 0)
        assert [request.delivered for request in server.requests] == [False]


def test_hanging_up_slow_and_dripping_replies_take_their_seconds():
    """0.3 s more each: a dead connection, a late reply and one that comes in pieces."""
    faults = {number: Fault(kind, seconds=0.3) for number, kind in enumerate(("hang_up", "slow", "drip"), 1)}
    with MessagesServer(Script(faults=faults)) as server:
        started = time.monotonic()
        with pytest.raises(http.client.RemoteDisconnected):
            post(server)
        assert [message_of(server)["stop_reason"] for _ in range(2)] == ["end_turn"] * 2
        assert time.monotonic() - started >= 0.9
    assert len(server.billed) == 2


STOPS = {"truncated": "max_tokens", "refusal": "refusal", "context_window": "model_context_window_exceeded"}


@pytest.mark.parametrize("kind", [kind for kind in ANSWERS if kind not in {"html", "cut_body"}])
def test_an_answer_gone_wrong_is_a_message_that_is_billed(kind):
    """Each has the stop reason of its kind and a bill; only some can be read as what was asked for."""
    with MessagesServer(Script(always=kind)) as server:
        found = message_of(server)
    assert found["stop_reason"] == {**STOPS, "pause_turn": "pause_turn"}.get(kind, "end_turn")
    assert ("usage" in found, len(server.billed)) == (kind != "no_usage", 1)
    assert _fits(found) == (kind in {"other_model", "thinking", "no_usage"})
    assert (found["model"] == MODEL) == (kind != "other_model")
    assert (found["stop_details"] is not None) == (kind == "refusal")
    assert [block["type"] for block in found["content"]] == {
        "thinking": ["thinking", "text"],
        "refusal": [],
        "empty": [],
    }.get(kind, ["text"])


def test_a_fenced_answer_holds_the_json_and_free_text_none():
    """What stands between the fences is the obedient answer."""
    with MessagesServer(Script(faults={1: "fenced_json", 2: "free_text"})) as server:
        fenced, prose = (message_of(server)["content"][0]["text"] for _ in range(2))
        assert json.loads(fenced.split("```json\n")[1].split("\n```")[0]) == answer_of(server)
    assert "{" not in prose


def test_a_page_and_a_cut_body_come_with_status_200():
    """The page is a proxy's and free; the cut JSON was paid for."""
    with MessagesServer(Script(faults={1: "html", 2: "cut_body", 3: "redirect"})) as server:
        status, headers, raw = post(server)
        assert (status, headers["content-type"], raw[:6]) == (200, "text/html", b"<html>")
        assert server.billed == []
        status, _, raw = post(server)
        with pytest.raises(json.JSONDecodeError):
            json.loads(raw)
        assert (status, len(server.billed)) == (200, 1)
        assert post(server)[0] == 307
    assert len(server.billed) == 1


def test_a_reply_is_cut_at_max_tokens_by_itself():
    """50 tokens are 200 characters, and 50 are billed; with enough room the same call is answered."""
    with MessagesServer() as server:
        short = message_of(server, body(max_tokens=50))
        assert (short["stop_reason"], len(short["content"][0]["text"]), short["usage"]["output_tokens"]) == (
            "max_tokens",
            200,
            50,
        )
        assert message_of(server)["stop_reason"] == "end_turn"
        assert message_of(server, body(max_tokens=0))["content"] == []


def test_chances_follow_the_seed_and_the_number_alone():
    """Of 2,000 requests about a tenth (200, standard error 13) fail, the same ones each time; another seed, others."""
    script, again, other = (Script(chances={"429": 0.06, "500": 0.04}, seed=seed) for seed in (7, 7, 8))
    drawn = [[fault.kind if (fault := one.fault(number)) else "" for number in range(1, 2001)] for one in (script, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert 150 < sum(map(bool, drawn[0])) < 250
    assert 80 < drawn[0].count("429") < 165


def test_a_named_fault_comes_before_a_chance_and_before_always():
    """Number 1 by name, the others always."""
    script = Script(faults={1: "500"}, always="refusal")
    assert [script.fault(number) for number in (1, 2)] == [Fault("500"), Fault("refusal")]
    odd = Script(faults=lambda number: "529" if number % 2 else None)
    assert [odd.fault(number) for number in (1, 2)] == [Fault("529"), None]


def test_an_unknown_fault_names_the_known_ones():
    """A typing error in a script is no silent success."""
    with pytest.raises(ValueError, match=r"no such fault: 430; known: 400, 401"):
        Fault("430")


def test_a_defect_of_a_tests_own_judge_fails_the_test():
    """The connection is dropped, and leaving raises what went wrong."""

    def broken(_ask):
        raise LookupError("my own judge")

    server = MessagesServer(Script(judge=broken))
    with pytest.raises(LookupError, match="my own judge"), server, pytest.raises(http.client.RemoteDisconnected):
        post(server)


def test_a_judge_of_the_tests_own_sees_the_call():
    """It is given turns, schema and number; what it returns is the reply's text as JSON."""
    with MessagesServer(Script(judge=lambda ask: {"n": ask.number, "turns": len(ask.turns), "keys": len(ask.schema)})) as server:
        assert answer_of(server, body(schema=closed(n={"type": "integer"}))) == {"n": 1, "turns": 5, "keys": 4}


def test_many_threads_are_all_billed_once():
    """200 requests of 20 threads: 200 numbers, 200 bills, one sum."""
    with MessagesServer() as server, ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: message_of(server), range(200)))
    assert sorted(request.number for request in server.requests) == list(range(1, 201))
    assert server.bill.usd == sum(request.usd for request in server.requests)
    assert len(server.billed) == 200
    assert server.bill.summary()["requests"] == 200


def test_leaving_ends_its_thread_and_its_port():
    """Nothing is left behind, even with a request under way."""
    before = threading.active_count()
    with MessagesServer(latency_s=30) as server, socket.create_connection(("127.0.0.1", server.port)):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port)).close()


def _fits(found):
    """Whether the message is a whole answer of the grading schema: its keys, and only values of its enums."""
    try:
        answers = json.loads(found["content"][-1]["text"])
        expected = grading_schema()["properties"]
        return set(answers) == set(expected) and all(
            found["answer"] in expected[name]["properties"]["answer"]["enum"] for name, found in answers.items()
        )
    except (IndexError, ValueError):
        return False


def _until(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)
