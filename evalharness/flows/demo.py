"""The whole loop on the shipped samples: no key, no network, no LLM. The people's grades in it are simulated and say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from evalharness.errors import WorkspaceError
from evalharness.flows.collect import collect_configured
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.note import note
from evalharness.flows.opened import Opened, opened
from evalharness.flows.simulated import GRADERS, OWNER, answers
from evalharness.flows.typed import fill_sheet
from evalharness.flows.unsigned import unsigned_weeks
from evalharness.flows.week import LoopRun, WeekRun, hand_out, run_week
from evalharness.models.intake import IntakeReport
from evalharness.models.noun import Noun
from evalharness.models.rubric import Rubric
from evalharness.report.terminal import render
from evalharness.store.files import write_whole
from evalharness.workspace.folder import Workspace, shipped
from evalharness.workspace.yaml_file import parse_yaml, read_text

FIRST_WEEK = "2026-W42"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""Monday morning after the last week of the samples; the demo does not look at the clock."""

SUCCESS_CRITERIA = (
    "Answers the phone of a dental practice: books, moves and cancels appointments and answers questions on hours, insurance "
    "and bills for at least 6 of 10 callers without a person; anything clinical, and every caller who asks, goes to the desk."
)


@dataclass(frozen=True)
class Demo:
    """What the demo made: the workspace and the lines to print at the end."""

    root: Path
    lines: tuple[str, ...]


def demo(root: Path, say: Callable[..., None]) -> Demo:
    """Makes a workspace in `root`, collects, draws, fills the sheets as the simulated graders would, reports.

    Raises WorkspaceError where `root` holds anything already.
    """
    if root.exists() and any(root.iterdir()):
        raise WorkspaceError(
            f"{root} is not empty",
            where=str(root.absolute()),
            why="the demo never touches what is yours",
            fix="evalharness demo OTHER-FOLDER",
        )
    say(
        "The week of a made-up dental practice: six weeks of synthetic calls, graded by simulated people. Nothing here is real.",
        "",
    )
    answers_given = InitAnswers(
        agent="Front Desk", owner=OWNER, timezone="Europe/Berlin", success_criteria=SUCCESS_CRITERIA, people=tuple(GRADERS),
        sources=("inbox/*.jsonl",),
    )  # fmt: skip
    init(root, answers_given)
    settings = Workspace.at(root).config_path
    write_whole(settings, settings.read_bytes() + f"\nfirst_week: {FIRST_WEEK}\n".encode())
    for file in sorted((shipped("samples") / "calls").glob("*.jsonl")):
        write_whole(Workspace.at(root).inbox / file.name, file.read_bytes())
    with opened(Workspace.at(root), write=True) as house:
        _note_changes(house)
        intakes, _ = collect_configured(house, NOW)
        say(_collected(intakes))
        handed_out = [hand_out(house, week, NOW) for week in unsigned_weeks(house, NOW)]
        say(_drawn(handed_out))
        filled = _fill_sheets(house, handed_out)
        run = run_week(house, NOW)
        say(f"graded     {filled} sheets filled in by the simulated graders and read back: {_accepted(run)} grades")
        return Demo(root, tuple(_closing(root, run)))


class _Changes(Noun):
    """What samples/changes.yaml lists."""

    changes: tuple[dict[str, str], ...]


def _note_changes(house: Opened) -> None:
    path = shipped("samples") / "changes.yaml"
    for change in parse_yaml("changes:\n" + read_text(path), path.name, _Changes).changes:
        note(house, change["label"], change["at"], change["kind"], NOW)


def _collected(intakes: Sequence[IntakeReport]) -> str:
    rows, accepted = sum(report.rows for report in intakes), sum(report.accepted for report in intakes)
    return f"collected  {rows} rows of {len(intakes)} files, {accepted} calls accepted; callers hashed, numbers redacted"


def _drawn(runs: Sequence[WeekRun]) -> str:
    designs = [run.draw.sample.design for run in runs if run.draw]
    drawn, population = sum(design.drawn for design in designs), sum(design.population for design in designs)
    return f"drawn      {drawn} of {population} calls with a transcript, over {len(designs)} weeks"


def _accepted(run: LoopRun) -> int:
    return sum(state.accepted for one in run.weeks for state in one.sheets)


def _fill_sheets(house: Opened, runs: Sequence[WeekRun]) -> int:
    """Types each simulated person's answers into their sheet, as a spreadsheet program would save them."""
    truth = {row["id"]: row for row in _truth()}
    rubric = house.rubric()
    sheets = [(one.draw.sample, state) for one in runs if one.draw for state in one.sheets]
    for sample, state in sheets:
        given = partial(_answers, truth, state.person, rubric)
        write_whole(state.path, fill_sheet(state.path.read_bytes(), sample, given))
    return len(sheets)


def _answers(truth: dict[str, dict[str, Any]], person: str, rubric: Rubric, call_id: str) -> dict[str, int | str]:
    return answers(truth[call_id], person, rubric)


def _truth() -> Iterator[dict[str, Any]]:
    for line in (shipped("samples") / "truth.jsonl").read_text().splitlines():
        yield json.loads(line)


def _closing(root: Path, run: LoopRun) -> Iterator[str]:
    """The newest week's screen, the verdicts of all weeks, and where to look."""
    newest = run.weeks[-1]
    if newest.summary is not None:
        yield from render(newest.summary).rstrip().splitlines()
    yield ""
    yield "All weeks"
    yield from (f"  {one.week}  {one.summary.verdict}" for one in run.weeks if one.summary)
    yield ""
    yield f"Workbook  {root / 'reports' / newest.week / 'week.xlsx'}"
    yield f"Page      {root / 'reports' / newest.week / 'report.html'}"
    yield f"Index     {root / 'reports' / 'index.html'}"
    yield f"Sheets    {root / 'sheets' / newest.week}"
    yield f"Next      cd {root}; evalharness gate --week 2026-W46   (the week of a planted regression)"
