"""CPU seconds to write and to read a grading sheet of 50 calls of 25 turns, half of them assisted: python -m benchmarks.sheet."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import TypeVar

from evalharness.grade.human.layout import asked_of_people
from evalharness.grade.human.sheet import Own, grades_from, read_sheet, write_sheet
from evalharness.models.grade import Evidence, Grade, Grader, Scored
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from evalharness.workspace.folder import shipped
from evalharness.workspace.yaml_file import load_yaml
from tests.builders import a_call, a_sample

CALLS, TURNS, TIMES = 50, 25, 5
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SAID = "I could offer you Friday the twenty-seventh at ten fifteen with Doctor Vogt, would that suit you? " * 2
Made = TypeVar("Made")


def sample_of(rubric: Rubric) -> WeeklySample:
    """50 calls of 25 turns of about 35 words."""
    turns = [("agent" if at % 2 else "caller", f"{SAID}({at})", at * 4_000.0, at * 4_000.0 + 3_000) for at in range(TURNS)]
    return a_sample(calls=[a_call(turns, id=f"call-{number}") for number in range(CALLS)], rubric=rubric)  # type: ignore[arg-type]


def answers(sample: WeeklySample, rubric: Rubric) -> list[list[Grade]]:
    """Of each call an LLM's answer to every question."""
    judge = Grader(kind="llm", name="haiku", version="1", prompt_digest="p")
    return [
        [
            Scored(
                week=sample.week,
                source=item.call.source,
                call_id=item.call.id,
                criterion=one.id,
                grader=judge,
                criterion_digest=sample.criterion_digests[one.id],
                rationale=SAID,
                evidence=(Evidence(turn=1, quote=SAID),),
                at=NOW,
                value=one.answers[0],
            )
            for one in asked_of_people(rubric, "call")
            if one.type != "text"
        ]
        for item in sample.items
    ]


def timed(name: str, step: Callable[[], Made]) -> Made:
    """Runs the step five times and prints the median of its CPU seconds."""
    spent = []
    for _ in range(TIMES):
        start = time.process_time()
        made = step()
        spent.append(time.process_time() - start)
    print(f"{name:48} {median(spent):5.2f} s CPU")
    return made


def main() -> None:
    """A blind sheet and one of which 30 rows are assisted: written, read, turned into grades."""
    rubric = load_yaml(shipped("rubrics") / "phone-agent.yaml", Rubric)
    sample = sample_of(rubric)
    found = answers(sample, rubric)
    positions = range(1, CALLS + 1)
    beside = {item.identity: own for item, own in zip(sample.items[20:], found[20:], strict=True)}
    for name, own in (("blind", Own()), ("30 of 50 assisted", Own(answers=beside))):
        data = timed(f"written, {name}", lambda own=own: write_sheet(sample, rubric, grader="Anna", positions=positions, own=own))
        reading = timed(f"read, {name}", lambda data=data: read_sheet(data, "Anna.xlsx"))
        timed(f"turned into grades, {name}", lambda own=own, it=reading: grades_from(it, sample, rubric, own, at=NOW))


if __name__ == "__main__":
    main()
