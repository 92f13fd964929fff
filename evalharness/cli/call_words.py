"""What `calls show` and `calls list` print, as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalharness import numbers

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from evalharness.flows.show import ShownCall
    from evalharness.models.call import Call, ToolCall, Turn
    from evalharness.models.facts import CallFacts
    from evalharness.models.finding import Finding

MOST_LISTED = 50
"""Calls that `calls list` prints for people."""
_LOOSE = "latency_not_tied_to_turns_ms"
_UNTIED = "transcript_not_tied_to_speakers"


def of_list(calls: Sequence[CallFacts], zone: ZoneInfo, held: Mapping[str, int]) -> list[str]:
    """Id, start, length, outcome and source of each call, at most 50. `held`: week -> its calls, of the weeks asked for."""
    if not calls:
        return ["No call is in the log for this. Put logs into the configured paths, or: evalharness collect PATH"]
    shown = calls[:MOST_LISTED]
    wide = max(len("id"), *(len(one.id) for one in shown))
    lines = [
        f"{one.id:{wide}}  {one.started_at.astimezone(zone):%Y-%m-%d %H:%M}  {_length(one)}  {one.outcome}  {one.source}"
        for one in shown
    ]
    total = sum(held.values())
    if total > len(shown):
        one_week = f" Of one week: --week {max(held)}." if len(held) > 1 else ""
        lines.append(f"{numbers.count_of(len(shown), total)} calls.{one_week} All of them: --json")
    return [f"{'id':{wide}}  {'start':16}  {'length':>7}  outcome  source", *lines]


def list_as_json(calls: Sequence[CallFacts]) -> list[dict[str, Any]]:
    """The same for machines; a length that is not known is null."""
    names = {"id", "source", "started_at", "duration_s", "outcome"}
    return [one.model_dump(mode="json", include=names) for one in calls]


def _length(one: CallFacts) -> str:
    return f"{'?' if one.duration_s is None else numbers.plain(one.duration_s, 0) + ' s':>7}"


def of_call(shown: ShownCall) -> list[str]:
    """A call for reading."""
    return [*_head(shown), "", *_said(shown), *_found(shown), *_grades(shown)]


def _head(shown: ShownCall) -> list[str]:
    """What is known of the whole call; what the log does not say is left out."""
    from evalharness.collect.platforms.outcomes import derived_by
    from evalharness.report.words import local

    call = shown.call
    facts = (
        ("source", call.source), ("agent", call.agent), ("version", call.version), ("direction", call.direction),
        ("channel", call.channel), ("language", call.language), ("intent", call.intent),
        ("outcome", f"{call.outcome} (derived by {derived})" if (derived := derived_by(call)) else call.outcome),
        ("status", call.status), ("end reason", call.end_reason), ("errors", "; ".join(call.errors)),
        ("seconds", call.duration_s),
        ("handoff", call.handoff and f"{call.handoff.destination}, {call.handoff.status}"),
        ("cost", _cost(call)), ("csat", call.csat), ("week", shown.week), ("latency", _loose(call)),
        ("inferred", ", ".join(name for name in call.inferred if name not in ("outcome", "cost"))),
    )  # fmt: skip
    lines = [f"{call.id}  {local(call.started_at, shown.timezone)} ({shown.timezone})"]
    return [*lines, *(f"  {name}: {value}" for name, value in facts if value not in (None, ""))]


def _cost(call: Call) -> str:
    """The cost, its parts where there are several, and by which prices it was reckoned."""
    if call.cost is None:
        return ""
    from evalharness.models.agent_prices import cached_as_input, reckoned_as_of

    unit = call.cost.currency
    parts = call.cost.components
    each = "" if len(parts) == 1 else ", ".join(f"{name} {numbers.figure(one, 'money', unit)}" for name, one in parts.items())
    as_of, plain = reckoned_as_of(call), cached_as_input(call)
    cached = f", {numbers.count(plain)} tokens from a cache priced as plain input" if plain else ""
    reckoned = f" (reckoned from usage by prices of {as_of}{cached})" if as_of else ""
    return f"{numbers.figure(call.cost.total, 'money', unit)}{reckoned}{f': {each}' if each else ''}"


def _loose(call: Call) -> str:
    """Latencies that the platform reports without the turns they belong to."""
    given = call.metadata.get(_LOOSE)
    values = [one for one in given if isinstance(one, int | float)] if isinstance(given, list) else []
    each = ", ".join(numbers.figure(float(one), "ms") for one in values)
    return f"reported by the platform, not tied to turns: {each}" if values else ""


def _said(shown: ShownCall) -> list[str]:
    """The transcript with the tools; where the log has words and not whose they are, these."""
    call, lines = shown.call, list[str]()
    for turn in call.turns:
        lines.append(f"{turn.index:3} {turn.speaker:11} {turn.text}{_waited(turn, dict(shown.replies))}")
        lines += [f"    {_tool(tool)}" for tool in turn.tool_calls]
    if not call.turns:
        untied = call.metadata.get(_UNTIED)
        lines.append(f"The log does not say who said what: {untied}" if untied else "The log has no word of what was said.")
    return lines


def _tool(tool: ToolCall) -> str:
    failed = " (failed)" if tool.error else ""
    arguments = "" if tool.arguments is None else tool.arguments
    return f"tool {tool.name}({arguments}) -> {'no result in the log' if tool.result is None else tool.result}{failed}"


def _waited(turn: Turn, replies: dict[int, float]) -> str:
    """The reply's latency; where the log has only parts of it, these; else what the times of the turns say."""
    whole = turn.latency.voice_to_voice_ms if turn.latency else None
    if whole is not None:
        return f"  [{numbers.figure(whole, 'ms')}]"
    if turn.latency and turn.latency.components:
        said = ", ".join(f"{name} {numbers.figure(ms, 'ms')}" for name, ms in turn.latency.components.items())
        return f"  [parts: {said}]"
    return f"  [{numbers.figure(replies[turn.index], 'ms')} by the times of the turns]" if turn.index in replies else ""


def _found(shown: ShownCall) -> list[str]:
    """Slow replies, and what was found without judging."""
    from evalharness.report.measured_words import found, places_of

    lines = []
    if shown.slow:
        slow = ", ".join(f"turn {turn} after {numbers.figure(ms, 'ms')}" for turn, ms in shown.slow)
        lines += ["", f"Slow replies, above 1.5 s: {slow}"]
    if shown.findings:
        lines += ["", "Found without judging:"]
        lines += [f"  {places_of(one)}{_at(shown.call, one)}: {found(one)}" for one in shown.findings]
    return lines


def _at(call: Call, one: Finding) -> str:
    """When the first of its turns began, in minutes and seconds of the call, where the log says so."""
    times = [turn.start_ms for turn in call.turns if turn.index in one.turns and turn.start_ms is not None]
    return f" at {int(times[0] // 60_000)}:{int(times[0] // 1000 % 60):02}" if times and times[0] >= 0 else ""


def _grades(shown: ShownCall) -> list[str]:
    """Each grade with its evidence; whose are held back."""
    lines = [""] if shown.grades else []
    for grade in shown.grades:
        value = getattr(grade, "value", getattr(grade, "reason", "N/A"))
        where = f" (turn {grade.turn})" if grade.turn is not None else ""
        why = f": {grade.rationale}" if grade.rationale else ""
        lines.append(f"{grade.criterion}{where}: {value}  by {grade.grader.name}, {grade.lane}{why}")
    if shown.held_back:
        names = ", ".join(shown.held_back)
        lines += ["", f"Grades held back: {names} still to grade it blind. To see them all the same: --ungraded"]
    return lines
