"""What `sample` prints of a plan and of calls picked by hand, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evalharness import numbers

if TYPE_CHECKING:
    from evalharness.flows.draw import Draw
    from evalharness.models.plan import PlannedCheck, PlanSize, SamplePlan
    from evalharness.models.sample import Pick

_LABEL, _COLUMN = 34, 16
_THIS_WEEK = (
    "This week alone decides it: in so many of 100 weeks like this one the verdict is met or missed without other weeks "
    "(one-sided 95 % bounds of these calls, the same rate in every group)."
)
_ALL_SINCE = (
    "All since a week decide it in: the first week in which all calls from that week on settle it, by bounds that hold at every "
    "look, if the rate goes on as planned; in brackets how many weeks that is from now on. A rate on its bar is never decided."
)
COUNTS_NOWHERE = "counts in no figure"


def of_new_picks(picks: Sequence[Pick]) -> list[str]:
    """What was just picked, and what that means."""
    calls = "1 call is" if len(picks) == 1 else f"{len(picks)} calls are"
    head = f"{picks[0].week}: {calls} picked by hand for {picks[0].person}; it has no known chance, so it {COUNTS_NOWHERE}"
    if len(picks) > 1:
        head = f"{picks[0].week}: {calls} picked by hand for {picks[0].person}; without a known chance they count in no figure"
    return [head, *(f"  {_named(pick)}" for pick in picks)]


def of_picks(drawn: Draw) -> list[str]:
    """The calls picked by hand beside a draw; nothing where there are none."""
    identities = {item.identity for item in drawn.sample.items}
    lines = [f"  picked by hand for {pick.person}, {COUNTS_NOWHERE}: {_named(pick)}" for pick in drawn.picks]
    return [
        line + ("; this draw holds it too, so it counts as drawn" if pick.identity in identities else "")
        for line, pick in zip(lines, drawn.picks, strict=True)
    ]


def _named(pick: Pick) -> str:
    return f"{pick.call.id} ({pick.reason})"


def picks_as_json(picks: Sequence[Pick]) -> list[dict[str, Any]]:
    """The picks for machines; the calls by identity only."""
    return [
        {
            "source": pick.call.source,
            "id": pick.call.id,
            "person": pick.person,
            "reason": pick.reason,
            "at": pick.at.isoformat().replace("+00:00", "Z"),
            "probability": None,
        }
        for pick in picks
    ]


def of_plan(plan: SamplePlan) -> list[str]:
    """The plan as a table, a column a sample size, with what each block rests on. At most 100 columns wide."""
    from evalharness.numbers import counted

    sizes = [counted(one.drawn, "call") + ("*" if one.size == plan.size and len(plan.sizes) > 1 else "") for one in plan.sizes]
    configured = "* = sample.size, what `evalharness sample` draws" if any(size.endswith("*") for size in sizes) else ""
    return [
        f"{plan.week}: what grading can show, before anyone grades. Nothing is drawn by this.",
        *(f"  note: {line}" for note in plan.notes for line in _wrapped(note, 2)),
        "",
        _row("", sizes),
        *_strata(plan),
        *(line for check in range(len(plan.sizes[0].checks)) for line in _check([one.checks[check] for one in plan.sizes])),
        *_people(plan),
        "",
        *([configured] if configured else []),
        *_foot(plan),
    ]


def _row(label: str, cells: Sequence[str]) -> str:
    return f"{label:<{_LABEL}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)


def _strata(plan: SamplePlan) -> list[str]:
    from evalharness.numbers import count_of

    def cell(size: PlanSize, name: str) -> str:
        return count_of(size.strata[name], size.population[name]) if name in size.strata else "in core"

    lines = ["Calls drawn"]
    lines += [_row(f"  {stratum.name}"[: _LABEL - 1], [cell(one, stratum.name) for one in plan.sizes]) for stratum in plan.strata]
    if any(one.worth < 0.95 * one.drawn for one in plan.sizes):
        lines.append(_row("  worth as many drawn alike", [numbers.plain(one.worth, 0) for one in plan.sizes]))
    return lines


def _check(checks: Sequence[PlannedCheck]) -> list[str]:
    from evalharness.numbers import bar, figure, shown, span
    from evalharness.report.phrases import title

    first = checks[0]
    name, planned = title(first.threshold.measure), shown(first.assumed, first.threshold)
    return [
        "",
        *_wrapped(f"{name[0].upper()}{name[1:]}, {bar(first.threshold)}. Planned with {planned} ({first.assumption})", 0),
        _row("  graded calls it rests on", [str(one.graded) for one in checks]),
        _row("  expected 95 % interval", [span(one.low, one.high, "share") for one in checks]),
        _row("  its width, in points", [numbers.plain(100 * one.width, 0) for one in checks]),
        _row("  this week alone decides it", [_chance(one, figure(one.chance, "share")) for one in checks]),
        _row(f"  all since {first.since} decide it in", [_when(one) for one in checks]),
    ]


def _chance(check: PlannedCheck, share: str) -> str:
    if check.chance < 0.001:
        return "never" if check.chance == 0 else "under 0.1 %"
    sure = ">99 %" if check.chance > 0.99 and check.chance < 1 else share
    return f"{sure} {'met' if check.met >= check.chance / 2 else 'missed'}"


def _when(check: PlannedCheck) -> str:
    if check.weeks is None:
        return f"not in {check.horizon} wks"
    if check.weeks == 0:
        return "already"
    return f"{check.week} ({check.weeks})"


def _people(plan: SamplePlan) -> list[str]:
    lines = ["", "Grading: calls and minutes"]
    for person in plan.sizes[0].reads:
        cells = [f"{one.reads[person]}, {numbers.minutes(one.minutes[person])}" for one in plan.sizes]
        lines.append(_row(f"  {person}"[: _LABEL - 1], cells))
    totals = [f"{sum(one.reads.values())}, {numbers.minutes(sum(one.minutes.values()))}" for one in plan.sizes]
    return [*lines, *([_row("  together", totals)] if len(plan.sizes[0].reads) > 1 else [])]


def _foot(plan: SamplePlan) -> list[str]:
    """How to read the table, what it rests on, and what it leaves out."""
    from evalharness.report.phrases import title

    named = ", ".join(title(one.measure) for one in plan.decided if one.measure != "owner_reviewed_calls")
    review = [numbers.plain(one.value) for one in plan.decided if one.measure == "owner_reviewed_calls"]
    left_out = sorted({name for one in plan.sizes for name in one.left_out})
    texts = [
        *((_THIS_WEEK, _ALL_SINCE) if plan.sizes[0].checks else ()),
        f"Minutes: {plan.minutes_from}; calls that two people read count for both.",
        f"Measured over all calls, no grading needed: {named}." if named else "",
        f"Owner review: at least {review[0]} calls read by the owner or the deputy." if review else "",
        f"In core below 35 calls: {', '.join(left_out)}. So small a sample carries two groups and no tail." if left_out else "",
    ]
    return [line for text in texts if text for line in _wrapped(text, 0)]


def _wrapped(text: str, indent: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 98 - indent, subsequent_indent="  ")
