"""CPU of a full scorecard over a large week: `python -m benchmarks.scorecard [--calls 100000] [--turns 15] [--folder KEPT]`.

A made week (seeded) of so many logged calls with so many turns each, 50 of them drawn and graded by one person. A process of
its own first makes the scorecard of a week of 60 calls, which loads all that is ever imported; then the large one, whose calls
were measured before, is timed: the summary, with its questions to the call log apart, and the tables of the report
(summary.json, summary.md, scores.csv, the screen). Printed: CPU seconds, the median of the runs. With --folder the made week is
kept and used again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evalharness.flows.draw import draw
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.measure import measured
from evalharness.flows.opened import Opened, opened
from evalharness.flows.simulated import GRADERS, OWNER, answers
from evalharness.flows.summary import week_summary
from evalharness.models.call import Call, Cost, Handoff, Turn
from evalharness.models.facts import AnchorLatency, CallMeasures
from evalharness.models.grade import Grader, Scored
from evalharness.models.rubric import Rubric
from evalharness.report.exports.forms import scores_csv
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import summary_markdown
from evalharness.report.terminal import render
from evalharness.store.call_log import CallLog
from evalharness.store.records import add_grades, add_intake, load_rubric, load_sample
from evalharness.workspace.folder import Workspace
from tests.builders import a_turn, an_intake

WEEK, MONDAY = "2026-W47", datetime(2026, 11, 16, tzinfo=UTC)
LATER = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
CHUNK = 10_000
GOAL_S = 3.0
PARTS = (
    "calls",
    "groups",
    "facts",
    "latency",
    "fill",
    "costs",
    "measures",
    "calls_again",
    "repeated",
    "stratum_counts",
    "found",
    "findings",
    "logged",
)
OUTCOMES = ("resolved", "resolved", "resolved", "unknown", "transferred", "abandoned", "follow_up", "failed_technical")
Timed = dict[str, float]


def main() -> None:
    """Makes the week, where it is not there yet, and times its scorecard in processes of their own."""
    given = _options().parse_args()
    if given.child:
        _child(given.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = given.folder or Path(folder)
        for name, calls in (("small", 60), ("large", given.calls)):
            if not (root / name).exists():
                started = time.process_time()
                made(root / name, calls, given.turns)
                print(f"made a week of {calls} calls with {given.turns} turns: {time.process_time() - started:.1f} CPU s")
        runs = [_run(root) for _ in range(given.runs)]
    for part in runs[0]:
        print(f"{part:44} {statistics.median(run.get(part, 0.0) for run in runs):7.3f} CPU s")
    print(f"goal {GOAL_S} CPU s for the whole")


def _run(root: Path) -> Timed:
    command = [sys.executable, "-m", "benchmarks.scorecard", "--child", str(root)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: float(seconds) for name, seconds in (line.rsplit("\t", 1) for line in lines)}


def _child(root: Path) -> None:
    with opened(Workspace.at(root / "small")) as house:
        first = _spent(lambda: scorecard(house))
    parts: Timed = defaultdict(float)
    with opened(Workspace.at(root / "large")) as house:
        measured(house, WEEK)  # once a week: benchmarks/measuring.py
        _watch(house.calls, parts)
        whole = _spent(lambda: parts.update(scorecard(house)))
    asked = {f"  call log: {name}": seconds for name, seconds in parts.items() if name in PARTS}
    made_of = {f"  {name}": seconds for name, seconds in parts.items() if name not in PARTS}
    for name, seconds in {"scorecard": whole, **made_of, **asked, "first, of 60 calls, imports in": first}.items():
        print(f"{name}\t{seconds}")


def scorecard(house: Opened) -> Timed:
    """The summary and the tables of the report; seconds of CPU of each."""
    found: list[Any] = []
    spent = {"summary": _spent(lambda: found.append(week_summary(house, WEEK)))}
    tables = (summary_json, summary_markdown, scores_csv, render)
    return spent | {"tables": sum(_spent(lambda make=make: make(found[0])) for make in tables)}


def _spent(step: Callable[[], object]) -> float:
    started = time.process_time()
    step()
    return time.process_time() - started


def _watch(log: CallLog, parts: Timed) -> None:
    """Every question to the call log adds its seconds to its part."""
    for name in PARTS:
        asked = getattr(log, name, None)
        if asked is not None:
            setattr(log, name, _timed(name, asked, parts))


def _timed(name: str, asked: Callable[..., Any], parts: Timed) -> Callable[..., Any]:
    def ask(*given: Any, **named: Any) -> Any:
        found: list[Any] = []
        parts[name] += _spent(lambda: found.append(asked(*given, **named)))
        return found[0]

    return ask


def made(root: Path, calls: int, turns: int) -> None:
    """A workspace with the week collected, 50 calls drawn and graded by the owner."""
    init(root, InitAnswers("Front Desk", OWNER, "Europe/Berlin"))
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("size: 35", "size: 50"))
    with opened(Workspace.at(root), write=True) as house:
        for first in range(0, calls, CHUNK):
            rows = list(made_calls(first, min(first + CHUNK, calls), turns))
            parts = house.calls.write_parts(rows, house.config.zone)
            with house.ledger.transaction() as tx:
                add_intake(tx, an_intake(len(rows), file=f"inbox/{first}.jsonl"), parts, LATER)
        draw(house, WEEK, LATER)
        graded(house, WEEK, lambda _place, _rubric: {})


def made_calls(first: int, last: int, turns: int) -> Iterator[tuple[Call, CallMeasures]]:
    """Calls `first` to `last` - 1 of the week, the same every time; their turns are one of 200 dialogues."""
    dialogues = [_dialogue(random.Random(number), turns) for number in range(200)]
    for number in range(first, last):
        chance = random.Random(number)
        yield _call(number, chance, dialogues[number % 200]), _measures(number, chance, turns)


def _dialogue(chance: random.Random, turns: int) -> tuple[Turn, ...]:
    texts = {"agent": "Thank you, your appointment is moved to Friday at ten.", "caller": "Friday at ten, in the morning?"}
    speakers = ["agent" if place % 2 == 0 else "caller" for place in range(turns)]
    return tuple(
        a_turn(who, texts[who], 6000 * place + chance.randint(300, 2500), 6000 * place + 5000, index=place)
        for place, who in enumerate(speakers)
    )


def _call(number: int, chance: random.Random, dialogue: tuple[Turn, ...]) -> Call:
    outcome = chance.choice(OUTCOMES)
    started = MONDAY + timedelta(seconds=chance.randrange(7 * 86_400 - 4_000))
    return Call(
        id=f"call-{number:07d}",
        source="phone",
        agent="front-desk",
        version=chance.choice(("v1", "v2")),
        started_at=started,
        ended_at=started + timedelta(seconds=chance.randint(30, 600)),
        intent=chance.choice(("booking", "billing", "hours", None)),
        caller_key=f"{chance.randrange(60_000):064x}",
        outcome=outcome,
        handoff=Handoff() if outcome == "transferred" else None,
        csat=float(chance.randint(1, 5)) if chance.random() < 0.2 else None,
        cost=Cost(components={name: round(chance.uniform(0.01, 0.1), 4) for name in ("stt", "llm", "tts", "telephony")}),
        turns=dialogue,
        metadata={"line": chance.randint(1, 4)},
    )


def _measures(number: int, chance: random.Random, turns: int) -> CallMeasures:
    values = tuple(round(chance.lognormvariate(6.3, 0.4), 3) for _ in range(turns))
    replies = AnchorLatency(
        anchor="reported", values_ms=values, plain_ms=values, changes=turns, unanswered=int(chance.random() < 0.01)
    )
    found = (replies,) if turns else ()
    return CallMeasures(source="phone", call_id=f"call-{number:07d}", latencies=found, p50_ms=values[0], p99_ms=max(values))


def graded(house: Opened, week: str, amiss: Callable[[int, Rubric], Mapping[str, Any]]) -> None:
    """Every drawn call of the week graded by the owner, noisily, nothing amiss but what `amiss` says of it."""
    sample = load_sample(house.ledger, week)
    assert sample is not None
    rubric, grades = load_rubric(house.ledger, sample.rubric_digest), []
    levels = {criterion.id: 5 for criterion in rubric.criteria() if criterion.type == "ordinal"}
    fine = {"failures": [], "outcome": "resolved", "human_needed": "not_needed", **levels}
    grader = Grader(kind="human", name=next(iter(GRADERS)))
    for place, item in enumerate(sample.items):
        truth = {**fine, "id": item.call.id, **amiss(place, rubric)}
        same = {"week": week, "source": item.call.source, "call_id": item.call.id, "at": LATER}
        for name, value in answers(truth, OWNER, rubric).items():
            digest = sample.criterion_digests[name]
            grades.append(Scored(**same, criterion=name, value=value, grader=grader, criterion_digest=digest))
    with house.ledger.transaction() as tx:
        add_grades(tx, grades)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the made week is kept")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
