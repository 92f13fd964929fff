"""Labelled calls: one JSON object a line in tests/data/detectors/GROUP.jsonl, written apart from the rules.

    {"call": {"turns": [{"speaker": "agent", "text": "..."}, ...]}, "expected": {"FIGURE": WHAT}, "measures": {...}, "note": ""}

`call`: our form of a call; `id` and `started_at` may be left out. `measures`: settings of the detectors for this call, where they
are not the shipped ones. WHAT a person sees in the call, by figure:
    [3, 7]                    the turns that show it; [] = nothing shows it
    {"3": "handled"}          the turns that show it, each with the state it must have
    2 or 0                    the figure's value, within 1 % and one hundredth; 0 = looked for and not there
    null                      the log has no data for it: the figure must be absent
A figure that is not named is not labelled in this call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.models.call import Call
from evalharness.models.measuring import Measuring
from evalharness.models.noun import tuples

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "data" / "detectors"
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
Planted = Callable[[dict[str, Any]], bool]
TRUTH: dict[str, Planted] = {
    "escalation_missed": lambda row: row["human_needed"] == "needed" and row["outcome"] != "transferred",
    "escalation_needed": lambda row: row["human_needed"] == "needed",
    "numbers_contradicted": lambda row: "wrong_information" in row["failures"],
    "agent_loops": lambda row: "confusion" in row["failures"],
}
"""Figure -> whether a row of samples/truth.jsonl says that it is above 0. A planted failure may show itself otherwise, too: a
confused agent need not loop, and most needs of a human are for graders to see. So recall here is of what the figure is nearest
to."""


@dataclass(frozen=True)
class Label:
    """A call and what a person marked in it; `where`: file and line."""

    where: str
    call: Call
    expected: dict[str, Any]
    settings: Measuring = field(default_factory=Measuring)


def groups() -> list[str]:
    """The files of labels, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def labels(group: str) -> Iterator[Label]:
    """The labelled calls of one file. Raises ValueError that names file and line for a label that cannot be read."""
    path = FOLDER / f"{group}.jsonl"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            raw = json.loads(line)
            given = {"id": f"{group}-{number}", "started_at": "2026-11-16T09:00:00Z", **raw["call"]}
            call = call_from(given, RowDefaults("labels", lambda key: key))
            settings = Measuring.model_validate(tuples(raw.get("measures", {})))
            yield Label(where, call, _checked(raw["expected"], call), settings)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{where}: {error}") from error


def _checked(expected: dict[str, Any], call: Call) -> dict[str, Any]:
    for figure, what in expected.items():
        turns = [int(turn) for turn in what] if isinstance(what, list | dict) else []
        if any(not 0 <= turn < len(call.turns) for turn in turns):
            raise ValueError(f"{figure}: a turn of {turns} is not in the call of {len(call.turns)} turns")
    return expected


def of_samples() -> Iterator[Label]:
    """The sample calls with what their generator planted, for the figures of TRUTH."""
    truth = {row["id"]: row for row in map(json.loads, (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines())}
    for path in sorted((SAMPLES / "calls").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            call = call_from(json.loads(line), RowDefaults("samples", lambda key: key))
            if call.id in truth:
                yield Label(
                    f"{path.name}:{call.id}", call, {name: "some" if is_(truth[call.id]) else 0 for name, is_ in TRUTH.items()}
                )
