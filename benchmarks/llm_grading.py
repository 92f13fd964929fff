"""LLM grading of 200 calls x 20 turns x 4 criteria at 0.2 s a reply: `python -m benchmarks.llm_grading [--runs 3]`.

The scripted server of the tests runs in a process of its own; nothing is judged. Beside it, where the folder is there, a
minimal script on the provider's SDK (one request a call, a line of JSON a call as its only record) grades the same calls.
Once more without the detector of injected words, to show what that defence costs. Printed, the quickest run by wall time (for
others may use the machine): seconds of the whole process, of the grading after imports, and at the server from the first request
to the last reply; CPU of the process; peak memory; requests, the most in flight, USD billed, values kept.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalharness.cli import ends_soon

if TYPE_CHECKING:  # the process that is measured loads what grading loads
    from evalharness.models.call import Call
    from evalharness.models.rubric import Rubric
    from tests.servers.process import ServerProcess

NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
WEEK, MODEL, CRITERIA = "2026-W47", "claude-sonnet-4-6", ("correctness", "tone", "escalation", "latency")
PEERS = Path(__file__).resolve().parents[2] / "shared" / "bench" / "peers"
LIMIT, CPU_LIMIT, MB_LIMIT = 1.2, 1.4, 120
AGENT = (
    "Thank you, {name}. I have your {thing} on the screen; it is booked for {day} and nothing has been charged so far.",
    "I am sorry that this happened. Let me look at what was noted on {day} before I promise anything to you.",
    "I can move the {thing} to {day}, without a fee. Shall I do that for you now?",
    "That is done. You will get a message with the new time in a few minutes, reference {number}.",
    "I will pass you on to a colleague now and tell them what we have tried so far.",
)
CALLER = (
    "Yes, this is {name}, I am calling about the {thing}, the one that was moved twice without anybody telling me.",
    "No, the letter says {day}, and it has the number {number} at the top of the page.",
    "Could you say that again please? The line is rather bad today and I only heard half of it.",
    "Then let us take {day}, in the morning if that is possible at all.",
    "I would rather talk to a person about this, I have explained it three times by now.",
)
LEVELS = {
    5: "Nothing is wrong with it in any turn of the call.",
    4: "One flaw on the way that changes nothing for the caller.",
    3: "The main point was met, something beside it was not.",
    2: "The main point was missed, without consequence for the caller.",
    1: "Wrong with consequence: it costs the caller money, time or an appointment.",
}


@dataclass(frozen=True)
class Run:
    """One process measured: seconds of wall and CPU, peak resident MB, what it said of itself, and the server's bill."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    said: dict[str, Any]
    bill: dict[str, Any]


def main() -> None:
    """Runs ours and the peer in turn and prints the table."""
    given = _options().parse_args()
    if given.child:
        ends_soon()
        print(json.dumps(grade(given.child)))
        return
    server = ["--latency", str(given.latency), *(word for chance in given.chance for word in ("--chance", chance))]
    runs: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        calls = list(made_calls(given.calls, given.turns))
        for number in range(given.runs):
            runs.setdefault("evalharness", []).append(ours(_made(folder, f"ours-{number}"), calls, server, given.concurrency))
            bare = ours(_made(folder, f"bare-{number}"), calls, server, given.concurrency, ", defences: {mask: false}")
            runs.setdefault("no detector", []).append(bare)
            if (PEERS / "reference_peer.py").exists():
                runs.setdefault("peer", []).append(peer(_made(folder, f"peer-{number}"), calls, server, given.concurrency))
    _print(runs, given.calls * given.latency / given.concurrency, given.calls * len(CRITERIA))


def made_calls(n: int, turns: int) -> Iterator[Call]:
    """n calls of about 2,000 characters in 20 turns, the same every time."""
    from tests.builders import a_call

    for number in range(n):
        chance = random.Random(number)
        words = {
            "name": chance.choice(("Mara Lind", "Tom Berger", "Ines Roth")),
            "thing": chance.choice(("appointment", "delivery", "repair", "booking")),
            "day": chance.choice(("Monday", "Tuesday", "the 14th")),
            "number": chance.randint(1000, 9999),
        }
        spoken = [
            (("agent", chance.choice(AGENT)) if place % 2 == 0 else ("caller", chance.choice(CALLER))) for place in range(turns)
        ]
        yield a_call(
            [(who, text.format(**words), 6000 * place, 6000 * place + 5500) for place, (who, text) in enumerate(spoken)],
            id=f"call-{number:04d}",
        )


def rubric() -> Rubric:
    """Four ordinal criteria of five levels, graded by the LLM, evidence from the agent; no checks, no outcome."""
    from evalharness.models.rubric import Rubric

    levels = {value: {"text": text} for value, text in LEVELS.items()}
    each = {"weight": 25, "levels": levels, "evidence": "agent", "graded_by": ["human", "llm"]}
    sections = [{"id": name, "criteria": [{"id": name, "question": f"How good was the {name}?", **each}]} for name in CRITERIA]
    form = {"id": "four", "version": 1, "policy": "Say only what a tool confirmed.", "sections": sections}
    return Rubric.model_validate(form, strict=False)


def ours(folder: Path, calls: Sequence[Call], server: Sequence[str], concurrency: int, more: str = "") -> Run:
    """A workspace with all calls drawn, graded by a process of its own."""
    from tests.servers.process import server_process

    with server_process(folder, *server) as running:
        root = folder / "workspace"
        prepare(root, calls, running, f"concurrency: {concurrency}{more}")
        command = [sys.executable, "-m", "benchmarks.llm_grading", "--child", str(root)]
        return _measured(command, {"ANTHROPIC_API_KEY": running.key}, running)


def prepare(root: Path, calls: Sequence[Call], server: ServerProcess, more: str) -> None:
    """The workspace: LLM switched on, destination agreed to, the sample frozen whatever its size."""
    from evalharness.flows.grade import week_work
    from evalharness.flows.init import InitAnswers, init
    from evalharness.flows.llm_consent import acknowledge
    from evalharness.flows.opened import opened
    from evalharness.store.records import freeze_rubric, freeze_sample
    from evalharness.workspace.folder import Workspace
    from tests.builders import a_sample

    init(root, InitAnswers("Front Desk", "Anna Keller", "Europe/Berlin"))
    settings = root / "evalharness.yaml"
    told = f"enabled: true, model: {MODEL}, base_url: {server.base_url}, {more}, max_cost_usd: 1000"
    settings.write_text(settings.read_text().replace("graders:\n", f"graders:\n  llm: {{{told}}}\n"))
    form = rubric()
    with opened(Workspace.at(root), write=True) as house:
        with house.ledger.transaction() as tx:
            freeze_rubric(tx, form, NOW)
            freeze_sample(tx, a_sample(calls=calls, population=len(calls), rubric=form, week=WEEK), NOW)
        acknowledge(house, week_work(house, WEEK).brief.judge, "Anna Keller", NOW)


def grade(root: Path) -> dict[str, Any]:
    """In the process measured: imports first, then the week's grading; its seconds and what came of it."""
    from evalharness.flows.grade import grade_week, ungraded, week_work
    from evalharness.flows.opened import opened, utc_now
    from evalharness.workspace.folder import Workspace

    importlib.import_module("anthropic.resources.messages")  # all that the first request would load
    started, cpu = time.perf_counter(), time.process_time()
    with opened(Workspace.at(root), write=True) as house:
        work = week_work(house, WEEK, masked=False)
        planned = time.perf_counter()
        outcome = grade_week(house, work, utc_now, lambda _: None)
        ended, spent = time.perf_counter(), time.process_time()
        found = ungraded(house, WEEK)
    return {
        "after_imports_s": ended - started,
        "reading_s": planned - started,
        "cpu_after_imports_s": spent - cpu,
        "scored": found.grades - sum(found.by_reason.values()),
        "usd": outcome.spent_usd,
    }


def peer(folder: Path, calls: Sequence[Call], server: Sequence[str], concurrency: int) -> Run:
    """The script of the benchmark folder beside this checkout, on the same calls."""
    from tests.servers.process import server_process

    path = folder / "calls.jsonl"
    path.write_text("".join(f"{json.dumps(_peer_call(call))}\n" for call in calls))
    with server_process(folder, *server) as running:
        environment = {"ANTHROPIC_BASE_URL": running.base_url, "ANTHROPIC_API_KEY": running.key, "BENCH_CALLS": str(path)}
        more = {"BENCH_OUT": str(folder), "BENCH_CONC": str(concurrency), "BENCH_MODEL": MODEL}
        return _measured([sys.executable, str(PEERS / "reference_peer.py")], {**environment, **more}, running)


def _peer_call(call: Call) -> dict[str, Any]:
    turns = [{"turn": turn.index + 1, "role": turn.speaker, "text": turn.text} for turn in call.turns]
    return {"call_id": call.id, "turns": turns}


def _measured(command: list[str], environment: dict[str, str], server: ServerProcess) -> Run:
    """Runs it to its end. The last line it prints is JSON, behind the word RESULT or alone.

    Its peak memory is read from outside while it runs: what wait4 tells includes this process, from which it was forked.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**kept, **environment}) as running:
        assert running.stdout is not None
        peaks: list[float] = []
        watching = threading.Thread(target=_watch, args=(running.pid, peaks))
        watching.start()
        lines = running.stdout.read().splitlines()
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - started
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{command} ended with {running.returncode}")
    said = json.loads(lines[-1].removeprefix("RESULT "))
    watching.join()
    return Run(wall, _cpu(used), max(peaks), said, server.bill())


def _watch(pid: int, peaks: list[float]) -> None:
    """The highest resident memory of the process so far, in MB, until it ends."""
    status = Path(f"/proc/{pid}/status")
    while True:
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except (FileNotFoundError, ProcessLookupError):
            return
        if "VmHWM" in told and "python" in told["Name"]:
            peaks.append(int(told["VmHWM"].split()[0]) / 1024)
        if told["State"].strip().startswith("Z"):
            return
        time.sleep(0.05)


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _print(runs: dict[str, list[Run]], ideal_s: float, wanted: int) -> None:
    names = ("wall s", "after imports", "at server", "CPU s", "peak MB", "requests", "in flight", "USD", "values")
    print(f"{'':12}" + "".join(f"{name:>14}" for name in names))
    for name, found in runs.items():
        run = min(found, key=lambda one: one.wall_s)
        own, bill = run.said.get("after_imports_s"), run.bill
        cells = (f"{run.wall_s:.2f}", "" if own is None else f"{own:.2f}", f"{bill['span_s']:.2f}", f"{run.cpu_s:.2f}")
        more = (f"{run.peak_mb:.0f}", bill["requests"], bill["max_in_flight"], f"{float(bill['bill_usd']):.4f}")
        print(f"{name:12}" + "".join(f"{cell:>14}" for cell in (*cells, *more, f"{run.said['scored']}/{wanted}")))
    print(f"limit: {ideal_s:.2f} s = calls x latency / concurrency; load {os.getloadavg()[0]:.1f}")
    floor = min((run.cpu_s for run in runs.get("peer", ())), default=0.0)
    for name in ("evalharness", "no detector"):
        own, cpu, peak = (min(values) for values in zip(*map(_own, runs[name]), strict=True))
        beside = f"; CPU {cpu:.2f} s is {cpu / floor:.2f} x the peer's (goal {CPU_LIMIT})" if floor else ""
        print(
            f"{name}: {own / ideal_s:.2f} x the limit after imports (goal {LIMIT}){beside}; peak {peak:.0f} MB (goal {MB_LIMIT})"
        )
    for run in runs["evalharness"]:
        paid = run.said["usd"] - float(run.bill["bill_usd"])
        print(
            f"evalharness: {run.said['after_imports_s']:.2f} s after imports (reading the week {run.said['reading_s']:.2f} s);"
            f" CPU after imports {run.said['cpu_after_imports_s']:.2f} s; ledger less bill {paid:+.9f} USD"
        )


def _own(run: Run) -> tuple[float, float, float]:
    return run.said["after_imports_s"], run.cpu_s, run.peak_mb


def _made(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--concurrency", type=int, default=20)
    parser.add_argument("--chance", action="append", default=[], metavar="KIND=SHARE", help="a fault of the server")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
