"""The agent's tool calls: errors and their kind, retries, the same call again, and results the agent passes over.

A call of which the log has neither an error flag nor a result might have failed: then no figure of the call is told, unless that
tool ends or transfers the call. Not for judging which tool was right: that needs the rubric.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalharness.grade.measured.audit import audit_of
from evalharness.grade.measured.found import Figure, Found
from evalharness.grade.measured.tool_claims import claims_success
from evalharness.grade.measured.tool_results import FAILURES, Outcome, gives_result
from evalharness.models.call import Call, ToolCall
from evalharness.models.finding import Finding
from evalharness.models.measuring import Measuring

FIGURES: Mapping[str, Figure] = {
    "tool_calls": Figure("count", "tools the agent called", bad=False, among="calls with tools"),
    "tool_errors": Figure("count", "tool calls that failed, made good later or not", within="tool_calls"),
    "tool_schema_errors": Figure("count", "failed tool calls that had not the tool's form", within="tool_calls"),
    "tool_argument_errors": Figure("count", "failed tool calls where a value was refused", within="tool_calls"),
    "tool_retries": Figure("count", "the same tool again after it failed", within="tool_calls"),
    "tool_repeats": Figure("count", "the same tool with the same arguments again though it had worked", within="tool_calls"),
    "tool_results_ignored": Figure("count", "the agent says it is done after the tool failed", within="tool_calls"),
}
_JSON = json.JSONEncoder(sort_keys=True, default=str)
_BY_KIND = {"schema": "tool_schema_errors", "argument": "tool_argument_errors"}


@dataclass(slots=True)
class _Run:
    """One tool call of a turn and how it went; `arguments` as text, of tools that are called more than once."""

    turn: int
    tool: ToolCall
    outcome: Outcome
    arguments: str


def detect(call: Call, settings: Measuring) -> Found:
    """The figures and findings of this call; nothing where no tool stands in the log."""
    used = audit_of(call, settings.escalation.transfer_tools).tools
    if not used:
        return Found()
    names = dict[str, int]()
    for one in used:
        names[one.tool.name] = names.get(one.tool.name, 0) + 1
    runs = [_Run(one.turn, one.tool, one.outcome, _written(one.tool) if names[one.tool.name] > 1 else "") for one in used]
    found = Found({"tool_calls": float(len(runs))})
    if any(run.outcome == "unknown" and gives_result(run.tool) for run in runs):
        return found
    found.findings = sorted([*_errors(runs), *_again(runs), *_ignored(call, runs)], key=lambda finding: finding.turns[-1])
    measures = [finding.measure for finding in found.findings]
    found.values |= {name: float(measures.count(name)) for name in FIGURES if name != "tool_calls"}
    for name in _untold(runs, names):
        del found.values[name]
    found.findings = [one for one in found.findings if one.measure in found.values]
    return found


def _untold(runs: list[_Run], names: Mapping[str, int]) -> Iterator[str]:
    """Figures that the log does not tell: repeats without arguments to compare, kinds of errors of which it keeps no words."""
    if any(run.tool.arguments is None and names[run.tool.name] > 1 for run in runs):
        yield "tool_repeats"
    if any(run.outcome == "failed" and run.tool.result is None for run in runs):
        yield from _BY_KIND.values()


def _written(tool: ToolCall) -> str:
    return _JSON.encode(tool.arguments)


def _failed(run: _Run) -> bool:
    return run.outcome in FAILURES


def _errors(runs: list[_Run]) -> list[Finding]:
    failed = [run for run in runs if _failed(run)]
    kinds = [(run, _BY_KIND[run.outcome]) for run in failed if run.outcome in _BY_KIND]
    return [Finding(measure=name, turns=(run.turn,)) for run, name in [*((run, "tool_errors") for run in failed), *kinds]]


def _again(runs: list[_Run]) -> list[Finding]:
    """Retries (the last call of the tool failed), and repeats: nothing but this tool ran since the same call worked."""
    last: dict[str, _Run] = {}
    since: dict[str, int] = {}
    found: list[Finding] = []
    name = ""
    for run in runs:
        if run.tool.name != name:
            since, name = {}, run.tool.name
        before = last.get(name)
        if before is not None and _failed(before):
            same = "same" if before.arguments == run.arguments else "changed"
            found.append(Finding(measure="tool_retries", turns=_turns(before.turn, run.turn), state=same))
        elif run.arguments in since:
            found.append(Finding(measure="tool_repeats", turns=_turns(since[run.arguments], run.turn)))
        last[name] = run
        if run.outcome == "worked" and run.tool.arguments not in (None, {}, [], ""):
            since[run.arguments] = run.turn
    return found


def _ignored(call: Call, runs: list[_Run]) -> list[Finding]:
    """Failed calls of a reply after which nothing worked and the agent says that it is done. A turn's tools run first."""
    by_turn: dict[int, list[_Run]] = {}
    if not any(map(_failed, runs)):
        return []
    for run in runs:
        by_turn.setdefault(run.turn, []).append(run)
    failed: int | None = None
    found: list[Finding] = []
    for turn in call.turns:
        if turn.speaker == "caller":
            failed = None
        for run in by_turn.pop(turn.index, ()):
            failed = run.turn if _failed(run) else None if run.outcome == "worked" else failed
        if failed is not None and turn.speaker == "agent" and claims_success(turn.text):
            found.append(Finding(measure="tool_results_ignored", turns=_turns(failed, turn.index)))
            failed = None
    return found


def _turns(*indices: int) -> tuple[int, ...]:
    return tuple(sorted(set(indices)))
