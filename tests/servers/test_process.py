"""The scripted server as a process: it outlives its clients, and its bill is always whole on disk."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.servers.asking import body
from tests.servers.process import options, script_of, server_process
from tests.servers.script import Fault

ASKS = """
import json, sys, urllib.request
headers = {"x-api-key": "test-key", "anthropic-version": "2026-10-21", "content-type": "application/json"}
while True:
    print("asking", flush=True)
    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/v1/messages", sys.argv[2].encode(), headers)).read()
"""


def ask(server):
    """One request, its status."""
    headers = {"x-api-key": server.key, "anthropic-version": "2026-10-21", "content-type": "application/json"}
    request = urllib.request.Request(server.base_url + "/v1/messages", json.dumps(body()).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        return reply.status


def test_the_bill_is_on_disk_before_the_reply_arrives(tmp_path):
    """After each reply the file already has it; it starts at nothing."""
    with server_process(tmp_path) as server:
        assert (server.bill()["requests"], server.bill()["bill_usd"]) == (0, "0")
        for number in (1, 2, 3):
            assert ask(server) == 200
            found = server.bill()
            assert (found["requests"], found["billed"], len(found["entries"])) == (number, number, number)
            assert found["entries"][-1]["outcome"] == "answered"
        live = json.loads(urllib.request.urlopen(server.base_url + "/_bill", timeout=10).read())
    assert live == {name: value for name, value in server.bill().items() if name != "entries"}


def test_the_server_outlives_a_killed_client(tmp_path):
    """SIGKILL with a request under way: it is billed as not delivered, and the next client is served."""
    with server_process(tmp_path, "--latency", "0.4") as server:
        command = [sys.executable, "-c", ASKS, server.base_url, json.dumps(body())]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as asking:
            assert asking.stdout is not None
            assert asking.stdout.readline() == b"asking\n"
            _until(lambda: _live(server)["requests"] == 1)
            asking.send_signal(signal.SIGKILL)
        _until(lambda: server.bill()["billed"] == 1)
        _until(lambda: len(server.bill()["entries"]) == 1)
        assert ask(server) == 200
        _until(lambda: server.bill()["entries"][-1]["delivered"])
        assert [entry["delivered"] for entry in server.bill()["entries"]] == [False, True]


def test_the_bill_file_is_never_seen_half(tmp_path):
    """A reader that looks all the time while 60 requests are billed always finds whole JSON, never fewer than before."""
    with server_process(tmp_path) as server:
        command = [sys.executable, "-c", ASKS, server.base_url, json.dumps(body())]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as asking:
            seen = 0
            until = time.monotonic() + 20
            while seen < 60:
                assert time.monotonic() < until
                now = server.bill()["billed"]
                assert now >= seen
                seen = now
            asking.kill()


def test_the_options_make_the_script(tmp_path):
    """Faults by number, chances, what always happens, and the judge by name."""
    files = ["--port-file", str(tmp_path / "p"), "--bill-file", str(tmp_path / "b")]
    faults = ["--fault", "2=429", "--fault", "5=slow", "--retry-after", "1.5", "--fault-seconds", "3"]
    given = options().parse_args(
        [*files, *faults, "--chance", "529=0.5", "--always", "refusal", "--judge", "lazy", "--seed", "9"]
    )
    script = script_of(given)
    assert script.faults == {2: Fault("429", 1.5, 3.0), 5: Fault("slow", 1.5, 3.0)}
    assert (script.chances, script.always, script.seed) == ({"529": 0.5}, Fault("refusal", 1.5, 3.0), 9)
    assert script.judged_by().__name__ == "lazy"


def test_a_server_that_cannot_start_says_so(tmp_path, capfd):
    """An unknown option ends the process; the context raises instead of waiting for a port."""
    with pytest.raises(RuntimeError, match="did not start"), server_process(tmp_path, "--nonsense"):
        pass
    assert "--nonsense" in capfd.readouterr().err


def _live(server):
    with urllib.request.urlopen(server.base_url + "/_bill", timeout=10) as reply:
        return json.loads(reply.read())


def _until(condition, seconds=10.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)
