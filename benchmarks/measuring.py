"""CPU and memory of measuring a week: `python -m benchmarks.measuring [--calls 1000 10000 100000] [--turns 15] [--folder KEPT]`.

A made week of so many calls (dialogues of the samples, cut or joined to so many turns, no text of one call in another) is
measured in a process of its own: reading the calls, the detectors, writing the figures. Printed: CPU seconds,
peak memory of the process, and by part (reading, detectors, the rest, which is writing); then what each detector takes. Limits:
60 CPU s and 1 GiB for 100,000 calls with 15 turns. With --folder the made weeks are kept and used again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.scorecard import CHUNK, LATER, WEEK, made_calls
from evalharness.cli import ends_soon
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.flows import measure
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.grade.measured.detectors import DETECTORS
from evalharness.models.call import Turn
from evalharness.store.records import add_intake
from evalharness.workspace.folder import Workspace
from tests.builders import an_intake

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "calls"
SYLLABLES = ("ka", "lo", "mi", "ru", "te", "sa", "vo", "ne", "pi", "du")
LIMIT_S, LIMIT_MIB = 60.0, 1024.0


def main() -> None:
    """Measures each size in a process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--turns", type=int, default=15)
    options.add_argument("--folder", type=Path)
    options.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        _child(given.child)
        return
    print(
        f"{'calls':>8}{'turns':>10}{'CPU s':>9}{'peak MiB':>10}{'reading':>9}{'detectors':>11}{'the rest':>10}{'us a turn':>11}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for calls in given.calls:
            root = (given.folder or Path(folder)) / f"{calls}x{given.turns}"
            if not root.exists():
                made(root, calls, given.turns)
            command = [sys.executable, "-m", "benchmarks.measuring", "--child", str(root)]
            line = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            whole, peak, reading, detectors = map(float, line)
            turns = calls * given.turns
            parts = f"{reading:9.1f}{detectors:11.1f}{whole - reading - detectors:10.1f}{1e6 * whole / turns:11.1f}"
            print(f"{calls:8}{turns:10}{whole:9.1f}{peak:10.0f}{parts}", flush=True)
        _each_detector(root)
    print(f"limits for 100,000 calls with 15 turns: {LIMIT_S:.0f} CPU s, {LIMIT_MIB:.0f} MiB")


def made(root: Path, calls: int, turns: int) -> None:
    """A workspace with the week collected; every call has one of the samples' dialogues."""
    said = [one for one in _dialogues(turns) if len(one) == turns]
    init(root, InitAnswers("Front Desk", "Anna Keller", "Europe/Berlin"))
    with opened(Workspace.at(root), write=True) as house:
        for first in range(0, calls, CHUNK):
            rows = [
                (call.model_copy(update={"turns": _own(said[at % len(said)], at)}), measures)
                for at, (call, measures) in enumerate(made_calls(first, min(first + CHUNK, calls), turns), start=first)
            ]
            parts = house.calls.write_parts(rows, house.config.zone)
            with house.ledger.transaction() as tx:
                add_intake(tx, an_intake(len(rows), file=f"inbox/{first}.jsonl"), parts, LATER)


def _own(turns: tuple[Turn, ...], at: int) -> tuple[Turn, ...]:
    """The dialogue with a name of the call's own in every turn: in no log do calls share all of their texts."""
    name = "".join(SYLLABLES[int(digit)] for digit in f"{at:06}").capitalize()
    return tuple(turn.model_copy(update={"text": f"{turn.text} {name}."}) for turn in turns)


def _dialogues(turns: int) -> Iterator[tuple[Turn, ...]]:
    """The samples' turns in a row, cut into dialogues; a call that goes on in the next one begins where the one before ended."""
    joined: list[Turn] = []
    for path in sorted(SAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            after = max((turn.end_ms or 0.0 for turn in joined), default=0.0)
            for turn in call_from(json.loads(line), RowDefaults("samples", lambda key: key)).turns:
                times = {
                    name: None if ms is None else ms + after
                    for name, ms in (("start_ms", turn.start_ms), ("end_ms", turn.end_ms))
                }
                joined.append(turn.model_copy(update={"index": len(joined), **times}))
                if len(joined) == turns:
                    yield tuple(joined)
                    joined = []
                    break


def _each_detector(root: Path, most: int = 2_000) -> None:
    """Microseconds a turn of each detector alone, with the reading of words that several share, over the first calls of the last
    week."""
    ends_soon()  # as every command begins
    with opened(Workspace.at(root)) as house:
        some, settings = list(islice(house.calls.each(WEEK), most)), house.config.measures
    turns = sum(len(call.turns) for call in some)
    for name, detect in DETECTORS.items():
        for call in some[:200]:
            detect(call, settings)
        started = time.process_time()
        for call in some:
            detect(call, settings)
        print(f"  {name:20}{1e6 * (time.process_time() - started) / turns:6.1f} us a turn")


def _child(root: Path) -> None:
    """Prints CPU seconds, peak MiB, seconds of reading calls and of the detectors."""
    ends_soon()  # as every command begins
    spent = {"reading": 0.0, "detectors": 0.0}
    with opened(Workspace.at(root)) as house:
        for path in (root / "calls" / "found").rglob("*.parquet"):
            path.unlink()
        each = house.calls.each
        house.calls.each = lambda week: _timed(each(week), spent)  # type: ignore[method-assign]
        measure.findings_in = _detecting(measure.findings_in, spent)
        started = time.process_time()
        measure.measured(house, WEEK)
        whole = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(whole, peak, spent["reading"], spent["detectors"])


def _timed(calls: Iterator[Any], spent: dict[str, float]) -> Iterator[Any]:
    while True:
        started = time.process_time()
        call = next(calls, None)
        spent["reading"] += time.process_time() - started
        if call is None:
            return
        yield call


def _detecting(findings_in: Callable[..., Iterator[Any]], spent: dict[str, float]) -> Callable[..., Iterator[Any]]:
    """Reading is timed where the detectors ask for calls, and is none of theirs."""

    def timed(*given: Any) -> Iterator[Any]:
        found = findings_in(*given)
        while True:
            started, reading = time.process_time(), spent["reading"]
            one = next(found, None)
            spent["detectors"] += time.process_time() - started - (spent["reading"] - reading)
            if one is None:
                return
            yield one

    return timed


if __name__ == "__main__":
    main()
