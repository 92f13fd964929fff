"""Two processes write at once; processes die at any moment; the disk is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from evalharness.errors import LedgerError
from evalharness.store.call_log import CallLog
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_intake, intakes, parts
from tests.builders import WEEK, ZONE, an_intake, some_calls
from tests.store.logs import AT, a_ledger, a_log, no_measures

WRITER = """
import sys
from pathlib import Path
from evalharness.store.ledger import Ledger
with Ledger.open(Path(sys.argv[1]), create=True) as ledger:
    for n in range(int(sys.argv[2])):
        with ledger.transaction() as tx:
            before = len(tx.stored("audit"))
            tx.append("audit", {"action": sys.argv[3], "details": {"n": n}, "at": ""})
            assert len(tx.stored("audit")) == before + 1
        print(n, flush=True)
"""
COLLECTOR = """
import sys, time
from pathlib import Path
from evalharness.store.call_log import CallLog
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_intake
from tests.builders import ZONE, an_intake, some_calls
from tests.store.logs import AT, no_measures
ledger = Ledger.open(Path(sys.argv[1]) / "ledger.db", create=True)
log = CallLog(Path(sys.argv[1]) / "calls", ledger)
parts = log.write_parts([(call, no_measures(call)) for call in some_calls(20)], ZONE)
with ledger.transaction() as tx:
    add_intake(tx, an_intake(20), parts, AT)
    print("written", flush=True)
    time.sleep(60)
"""


def _start(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def test_two_writers_never_fail(tmp_path):
    """Two processes, 60 read-then-write transactions each, started together on no ledger: 120 rows, one whole chain."""
    writers = [_start(WRITER, tmp_path / "ledger.db", 60, name) for name in ("a", "b")]
    outputs = [writer.communicate(timeout=120)[0] for writer in writers]
    assert [(writer.returncode, len(output.split())) for writer, output in zip(writers, outputs, strict=True)] == [(0, 60)] * 2
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert [len(ledger.rows("audit", action=name)) for name in ("a", "b")] == [60, 60]
        assert ledger.verify() == []


@pytest.mark.parametrize("acknowledged", [1, 7, 20])
def test_a_kill_loses_no_acknowledged_row(tmp_path, acknowledged):
    """kill -9 after n acknowledgements: at least n rows are there, the chain is whole, and writing goes on."""
    with _start(WRITER, tmp_path / "ledger.db", 10_000, "x") as writer:
        for _ in range(acknowledged):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        rows = ledger.rows("audit")
        assert len(rows) >= acknowledged
        assert [row["details"]["n"] for row in rows] == list(range(len(rows)))
        assert ledger.verify() == []


def test_a_kill_between_writing_and_registering_leaves_nothing_counted(tmp_path):
    """The parts lie on the disk, but the registration was not committed: no week, no call; collecting again gives both."""
    with _start(COLLECTOR, tmp_path) as collector:
        assert collector.stdout.readline() == "written\n"
        os.kill(collector.pid, signal.SIGKILL)
    assert len(list((tmp_path / "calls").rglob("*.parquet"))) == 3
    calls = some_calls(20)
    with a_log(tmp_path) as log:
        assert (log.weeks(), log.facts(WEEK), log.find("c1"), log.known([("demo", "c1")])) == ([], [], [], {})
    with a_log(tmp_path, calls) as log:
        assert len(log.facts(WEEK)) == 20
    assert len(list((tmp_path / "calls").rglob("*.parquet"))) == 3


def test_nobody_waits_for_a_reader(tmp_path):
    """A reader in the middle of its rows holds up no writer, and keeps seeing what it began with."""
    with a_ledger(tmp_path) as ledger, ledger._reading() as connection:
        count = "SELECT count(*) FROM audit"
        assert connection.exec_driver_sql(count).scalar() == 0
        begun = time.monotonic()
        with ledger.transaction() as tx:
            tx.append("audit", {"action": "x", "details": {}, "at": AT})
        assert time.monotonic() - begun < 5
        assert connection.exec_driver_sql(count).scalar() == 0


def test_a_full_disk_keeps_what_was_acknowledged(tmp_path):
    """A writer that may write 200 kB a file stops with an error in words; every acknowledged row is there."""
    limited = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n" + WRITER
    code = limited.replace('{"n": n}', '{"n": n, "text": "x" * 3000}')
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "ledger.db"), "1000", "x"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as writer:  # fmt: skip
        output, errors = writer.communicate(timeout=60)
    assert writer.returncode == 1
    assert "LedgerError" in errors
    assert "disk" in errors
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert len(ledger.rows("audit")) >= len(output.split()) > 0
        assert ledger.verify() == []


def test_another_writer_is_named_as_the_reason(tmp_path, monkeypatch):
    """When the wait is over the error says that another process is writing."""
    monkeypatch.setattr("evalharness.store.sqlite.PRAGMAS", ("PRAGMA busy_timeout = 50",))
    with a_ledger(tmp_path) as one, a_ledger(tmp_path) as two, one.transaction():
        waiting = two.transaction()
        with pytest.raises(LedgerError, match="another process is writing"):
            waiting.__enter__()


def _register_and_stop(tx, parts):
    add_intake(tx, an_intake(2), parts, AT)
    raise KeyboardInterrupt


def test_the_intake_and_its_parts_are_one_step(tmp_path):
    """An interruption while registering leaves neither the intake nor its parts."""
    with a_ledger(tmp_path) as ledger:
        log = CallLog(tmp_path / "calls", ledger)
        written = log.write_parts([(call, no_measures(call)) for call in some_calls(2)], ZONE)
        with pytest.raises(KeyboardInterrupt), ledger.transaction() as tx:
            _register_and_stop(tx, written)
        assert (intakes(ledger), parts(ledger), log.weeks()) == ([], [], [])
