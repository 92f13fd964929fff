"""What the commands print, as lines of text; the figures of a report are worded in report/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from evalharness import numbers
from evalharness.errors import EvalHarnessError, ExitCode, OlderWeekError

if TYPE_CHECKING:
    from pathlib import Path

    from evalharness.flows.draw import Draw
    from evalharness.flows.sheets import SheetState
    from evalharness.flows.week import LoopRun
    from evalharness.grade.llm.run import Outcome
    from evalharness.models.intake import IntakeReport, Rejected
    from evalharness.models.summary import WeekSummary

MOST_REJECTS = 20
_OF_CONFLICTS = (
    "            A call of the log is never replaced, nor taken again once it is purged. Where the other one is right: "
    "docs/intake.md, Conflicts"
)


def of_intakes(reports: Sequence[IntakeReport]) -> list[str]:
    """The five counts of each file, and every row that did not go in (at most 20 a file)."""
    lines = []
    for report in reports:
        counts = ", ".join(
            f"{getattr(report, name)} {name.replace('_', ' ')}"
            for name in ("accepted", "duplicate", "conflict", "other_agent", "rejected")
        )
        rows = "1 row" if report.rows == 1 else f"{report.rows} rows"
        lines.append(f"{report.file}: {rows} read = {counts}")
        lines += of_rejects(report)
        if report.derived_anew:
            count = report.derived_anew
            lines.append(
                f"  derived   {count} of the accepted were stored before: outcome or cost by the rules and prices of now"
            )
        if report.future:
            start = "1 accepted call starts" if report.future == 1 else f"{report.future} accepted calls start"
            lines.append(f"  future    {start} after now: is a date of the log wrong? A week that is not over is not drawn")
        if report.redactions:
            lines.append("  redacted (best effort): " + ", ".join(f"{n} {what}" for what, n in sorted(report.redactions.items())))
    return lines


def of_unread(errors: Iterable[EvalHarnessError]) -> list[str]:
    """Why files could not be read: whole for the first of a kind, in a line each for the others."""
    lines, told = [], set()
    for error in errors:
        kind = error.why, error.fix.partition("\n")[0]
        lines.append(f"{error.what} ({error.where})" if kind in told and error.where else str(error))
        told.add(kind)
    return lines


def of_rejects(report: IntakeReport) -> list[str]:
    """The rows that did not go in, at most 20 of a kind."""
    lines = [f"  rejected  {_place(reject, report.file)}{reject.reason}" for reject in report.rejects[:MOST_REJECTS]]
    if len(report.rejects) > MOST_REJECTS:
        lines.append(f"  ... and {len(report.rejects) - MOST_REJECTS} more; all of them: the same command with --json")
    lines += [f"  conflict  {conflict}" for conflict in report.conflicts[:MOST_REJECTS]]
    return [*lines, *([_OF_CONFLICTS] if report.conflicts else [])]


def _place(reject: Rejected, file: str) -> str:
    """Where a rejected row stands: "line 7, started_at: "; the file where it is the other one of two."""
    parts = [reject.file if reject.file != file else "", f"line {reject.line}" if reject.line else "", reject.field]
    place = ", ".join(part for part in parts if part)
    return f"{place}: " if place else ""


def of_draw(drawn: Draw) -> list[str]:
    """The design and the workload of a draw."""
    sample = drawn.sample
    design = sample.design
    state = "drawn" if drawn.new else "already drawn and frozen"
    lines = [f"{sample.week}: {design.drawn} of {design.population} calls with a transcript {state} (seed {design.seed})"]
    lines += [
        f"  {s.stratum.name}: {s.drawn} of {s.population}" + (f"  ({s.stratum.when})" if s.stratum.when else "")
        for s in design.strata
    ]
    lines.append(f"  {drawn.without_transcript} calls without a transcript cannot be drawn; they are counted")
    if drawn.late_calls:
        lines.append(f"  {drawn.late_calls} calls came after the draw; they are reported and change nothing")
    lines += [f"  {person}: about {numbers.minutes(minutes)} of grading" for person, minutes in drawn.minutes.items()]
    return [*lines, *(f"  note: {note}" for note in drawn.notes), f"  digest {sample.frozen_digest()[:16]}"]


def draw_as_json(drawn: Draw) -> dict[str, Any]:
    """The draw for machines; the calls by identity only."""
    sample = drawn.sample
    return {
        "week": sample.week,
        "new": drawn.new,
        "digest": sample.frozen_digest(),
        "design": sample.design.model_dump(mode="json"),
        "calls": [
            {"position": i.position, "source": i.call.source, "id": i.call.id, "stratum": i.stratum, "probability": i.probability}
            for i in sample.items
        ],
        "minutes": drawn.minutes,
        "without_transcript": drawn.without_transcript,
        "late_calls": drawn.late_calls,
        "notes": list(drawn.notes),
    }


def of_sheets(states: Sequence[SheetState]) -> list[str]:
    """What became of each sheet, and every cell that could not be read."""
    lines = []
    for state in states:
        accepted = f": {state.accepted} grades" if state.accepted else ""
        lines.append(f"{state.person}: {state.state}{accepted}  {state.path}")
        lines += [f"  not taken  {problem}" for problem in state.problems[:MOST_REJECTS]]
        if len(state.problems) > MOST_REJECTS:
            lines.append(f"  ... and {len(state.problems) - MOST_REJECTS} more answers that could not be read")
        if state.missing:
            lines += [f"  {state.missing}", "  to get them back move the file away: a new one is written with the answers so far"]
        lines += [f"  {line}" for line in state.error.splitlines()]
    return lines


def exit_for_sheets(states: Sequence[SheetState]) -> None:
    """Exit code 5 where a cell or a sheet did not go in."""
    if any(state.problems or state.error for state in states):
        raise typer.Exit(ExitCode.INCOMPLETE)


def of_loop(run: LoopRun) -> list[str]:
    """One run of `week`: intake, each week's sheets, alerts, the newest week's screen, where the files are."""
    from evalharness.cli.alert import of_told
    from evalharness.cli.notify import of_handed
    from evalharness.cli.pull import of_pulled
    from evalharness.report.terminal import render

    unread = [*(one.stopped for one in run.pulled if one.stopped), *run.unread]
    lines = [*of_pulled(run.pulled), *of_intakes(run.intakes), *of_unread(unread), *of_sheets(run.typed)]
    for one in run.weeks:
        if one.signed:
            lines.append(f"{one.week}: signed off and left as it is; what is known now: evalharness report --week {one.week}")
        if one.stopped:
            lines += [f"{one.week}: not drawn", str(one.stopped)]
        if one.unwritten:
            lines += [f"{one.week}: report not replaced", str(one.unwritten)]
        if one.draw and one.draw.new:
            lines += of_draw(one.draw)
        if one.judged:
            lines += of_judged(one.week, one.judged)
        lines += of_sheets([s for s in one.sheets if s.state not in ("unchanged", "nothing new") or s.problems or s.missing])
    lines += [line for one in run.weeks for line in of_told(one.told)] + of_handed(run.handed) + _newer_signed(run)
    for one in run.weeks[-1:]:
        if one.summary:
            lines += ["", render(one.summary).rstrip(), "", *of_files(one.files, {}, signed=False)]
    lines += _older(run)
    if not run.weeks and not run.newer_signed:
        lines.append("No complete week has calls yet. Put the logs into the configured paths, or: evalharness collect PATH")
    return lines


def _older(run: LoopRun) -> list[str]:
    """The older weeks that nobody drew or finished, in a line, with what to type."""
    from evalharness.models.week import in_short

    told, older = [], run.older
    if older and older.undrawn:
        one = older.undrawn[-1]
        told.append(
            f"never drawn, before the first week ({older.first}): {in_short(older.undrawn)} (evalharness week --week {one}; "
            f"all of them: first_week: {older.undrawn[0]} in evalharness.yaml)"
        )
    if run.unfinished:
        told.append(f"drawn, not signed off: {in_short(run.unfinished)} (evalharness names what is due)")
    return [f"Older weeks {'; '.join(told)}"] if told else []


def _newer_signed(run: LoopRun) -> list[str]:
    """The signed weeks that are newer than the one shown, or that nothing is left but signed weeks."""
    if not run.newer_signed:
        return []
    first, last = run.newer_signed[0], run.newer_signed[-1]
    if not run.weeks:
        return [f"Every week with calls is signed off, {last} is the newest: evalharness report --week {last}"]
    if first == last:
        named = f"{first} is signed off and stands in reports/{first}"
    else:
        word = "and" if len(run.newer_signed) == 2 else "to"
        named = f"{first} {word} {last} are signed off and stand in reports/{first} {word} reports/{last}"
    return ["", f"{named}; shown is {run.weeks[-1].week}, the newest week that is not signed."]


def of_outcome(week: str, outcome: Outcome) -> list[str]:
    """What one run did, in words."""
    states = sorted(outcome.states.items())
    done = ", ".join(f"{count} {'request' if count == 1 else 'requests'} {state}" for state, count in states) or "nothing to send"
    lines = [f"LLM grading of {week}, this run: {done}; {numbers.bill(outcome.spent_usd)} spent"]
    if outcome.probes:
        lines.append(f"  probes     {outcome.probes} of these asked for something else than grades: evalharness grade --status")
    if outcome.too_long:
        lines.append(f"  too long   {', '.join(outcome.too_long)}: does not fit the model, not sent; a person grades it")
    if outcome.resent:
        lines.append(f"  resent     {', '.join(outcome.resent)} (no reply was kept; the first one may have been billed)")
    if outcome.over_cap:
        lines.append(
            f"  cap        {outcome.over_cap} requests not sent: the cap leaves nothing; more: evalharness grade --max-cost USD"
        )
    if outcome.submitted:
        lines.append(f"  submitted  {outcome.submitted} requests, in batches at half price")
    if outcome.waiting:
        when = "most batches end within an hour, all within a day; the same command goes on"
        lines.append(f"  waiting    {outcome.waiting} requests are in batches that have not ended: {when}")
    if outcome.stopped:
        lines.append(f"  stopped    {outcome.stopped}; {outcome.left} requests are left, the same command goes on")
    elif outcome.left > outcome.waiting:
        lines.append(f"  left       {outcome.left - outcome.waiting} requests go out once the batches have ended")
    return lines


def of_judged(week: str, judged: Outcome | EvalHarnessError) -> list[str]:
    """What the LLM did in a week, or why it did nothing; an older week that nobody asked for, in one line."""
    if isinstance(judged, OlderWeekError):
        return [f"LLM grading: {judged.what}. {judged.fix}"]
    return [str(judged)] if isinstance(judged, EvalHarnessError) else of_outcome(week, judged)


def of_files(files: Sequence[Path], altered: Mapping[Path, str], *, signed: bool) -> list[str]:
    """Where a week's reports are: written now, or as signed; and which signed ones are not as they were signed."""
    from evalharness.flows.report import beside

    lines = [f"{'As signed' if signed else 'Written'}: {path}" for path in files if path not in altered]
    lines += [f"  {why}" for path in files if (why := beside(path))]
    return [*lines, *(f"{state.capitalize()} since it was signed: {path}" for path, state in altered.items())]


def of_head(head: str) -> str:
    """The ledger's newest hash. Kept elsewhere, it shows later that nothing before it was changed or cut off."""
    return f"Ledger head: {head}  (keep it elsewhere; evalharness verify --head HASH proves what came before)"


def loop_as_json(run: LoopRun) -> dict[str, Any]:
    """One run of `week` for machines."""
    from evalharness.cli.pull import as_data

    return {
        "pulled": [as_data(one) for one in run.pulled],
        "intakes": [report.model_dump(mode="json") for report in run.intakes],
        "unread": [list(error.lines()) for error in run.unread],
        "newer_signed": list(run.newer_signed),
        "never_drawn": list(run.older.undrawn) if run.older else [],
        "unfinished": run.unfinished,
        "handed": [handed.as_json() for handed in run.handed],
        "weeks": [
            {
                "week": one.week,
                "stopped": str(one.stopped) if one.stopped else None,
                "signed": one.signed,
                "llm": _judged_as_json(one.judged),
                "verdict": one.summary.verdict if one.summary else None,
                "sheets": [
                    {"person": s.person, "state": s.state, "accepted": s.accepted, "problems": [str(p) for p in s.problems]}
                    for s in one.sheets
                ],
                "files": [str(path) for path in one.files],
                "alerts": [told.as_json() for told in one.told],
            }
            for one in run.weeks
        ],
    }


def _judged_as_json(judged: Outcome | EvalHarnessError | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    return {"error": list(judged.lines())} if isinstance(judged, EvalHarnessError) else dict(vars(judged))


def of_gate(summary: WeekSummary, code: int) -> list[str]:
    """The verdict and each check in a line."""
    from evalharness.report.words import check_lines, so_far

    return [
        f"{summary.agent}, {summary.week}: {summary.verdict} (exit {code})",
        *(f"  {line.label}: {line.text}" for line in so_far(summary)),
        *(f"  {line.label}: {line.text}" for line in check_lines(summary)),
    ]


def gate_as_json(summary: WeekSummary, code: int) -> dict[str, Any]:
    """The verdict for machines."""
    return {
        "week": summary.week,
        "verdict": summary.verdict,
        "exit": code,
        "checks": [
            {
                "id": c.threshold.id,
                "verdict": c.verdict,
                "value": c.measure.value,
                "n": c.measure.n,
                "of": c.measure.of,
                "calls_needed": c.calls_needed,
            }
            for c in summary.checks
        ],
    }
