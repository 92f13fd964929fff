"""What stands beside a week's figure, in words: the rate since its epoch, and the verdict without contested calls. Pure text."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.measure import Check, Since, Variant
from evalharness.models.threshold import Threshold
from evalharness.report.text import short
from evalharness.report.verdicts import VERDICT_WORDS

_VERSION = "declared version: "
_LONGEST = 60
FEWEST_CALLS = 20
"""From so many calls on it is said how many more would settle it; with fewer the rate may still be anything."""
_WITHIN_REACH = 10
"""Times the calls so far, up to which a number of further calls is worth naming."""
_READ = {"resolution_rate": "resolved", "verified_resolution_rate": "resolved", "clear_failure_rate": "failed"}
_SAME = 1e-9


def start(since: Since) -> str:
    """Where the counting begins and why: "since 2026-W42 (first week)", "since version v2.0.1 (2026-W46)"."""
    why = since.why.strip().rstrip(".")
    if why.startswith(_VERSION):
        return f"since version {short(why.removeprefix(_VERSION).partition(':')[0], _LONGEST)} ({since.week})"
    return f"since {since.week} ({short(why.removeprefix('the '), _LONGEST)})"


def seen(since: Since, threshold: Threshold) -> str:
    """What people found in the calls they read, and the rate: "12 of 197 read calls failed, 6.1 % (3 to 11 %)".

    Where the log's technical failures are in the rate, it is another one than that of the calls read, and that is said.
    """
    if not since.n:
        return "no call counts yet"
    what = _READ.get(threshold.measure, "at 4 or 5")
    told = f"{numbers.count_of(since.hits, since.n)} read {'call' if since.n == 1 else 'calls'} {what}"
    if since.open:
        told += f", {numbers.count(since.open)} still open"
    shown, limits = numbers.figure(since.value, "share") if since.value else "", bounds(since, threshold)
    answered = since.n - since.open
    if since.value is not None and answered and abs(since.value - since.hits / answered) > _SAME:
        return f"{told}; with the technical failures of the log {shown} ({limits})"
    return f"{told}, {shown} ({limits})" if shown else f"{told} ({limits})"


def bounds(since: Since, threshold: Threshold) -> str:
    """The one-sided 95 % bound that decided, or those between which the rate may lie: "up to 3.1 %"; "" without a call."""
    if not since.n:
        return ""
    low, high = (numbers.shown(limit, threshold) for limit in (since.low, since.high))
    falling = threshold.direction in ("below", "at_most")
    decided = {"met": falling, "missed": not falling}.get(since.verdict)
    if decided if decided is not None else not since.low:
        return f"up to {high}"
    if decided is not None or since.high >= 1:
        return f"at least {low}"
    return numbers.span(since.low, since.high, "share", threshold=threshold)


def settles(since: Since, threshold: Threshold) -> str:
    """What would decide it: "180 more calls drawn alike would show it met if the rate stays as it is"; "" where it is decided.

    No number from fewer than 20 calls, and none beyond ten times the calls so far.
    """
    if since.verdict != "not_proven" or not since.n:
        return ""
    if since.n < FEWEST_CALLS:
        return "too few to say what would settle it"
    if since.value is None or since.calls_needed is None or since.calls_needed <= since.n:
        return ""
    more = since.calls_needed - since.n
    if more > _WITHIN_REACH * since.n:
        return "more calls alone will hardly settle it"
    way = VERDICT_WORDS["met" if threshold.holds(since.value) else "missed"]
    return f"{numbers.counted(more, 'more call')} drawn alike would show it {way} if the rate stays as it is"


def counted(since: Since, threshold: Threshold) -> str:
    """What was counted and what it shows: "0 of 197 read calls failed (up to 3.1 %), not proven"."""
    parts = (seen(since, threshold), VERDICT_WORDS[since.verdict] if since.n else "")
    return ", ".join(part for part in parts if part)


def sentence(since: Since, threshold: Threshold) -> str:
    """The rate since its epoch with what would settle it."""
    told = f"{start(since)}: {counted(since, threshold)}"
    return "; ".join(part for part in (told, settles(since, threshold)) if part)


def beside(check: Check) -> str:
    """What stands beside this week's figure: since its epoch, and since the last declared version where that is later.

    Where this week decides and the weeks prove nothing, that alone, in brackets: the figures stand in Details.
    """
    if check.since and check.since.verdict == "not_proven" and check.verdict in ("met", "missed"):
        return f"({start(check.since)}: not proven, this week decides)"
    parts = []
    if check.since:
        parts.append(sentence(check.since, check.threshold))
    if check.since_version:
        parts.append(f"{start(check.since_version)}: {counted(check.since_version, check.threshold)}")
    return "; ".join(parts)


def without(variant: Variant) -> str:
    """What is left out, and of how many calls: "without 2 contested calls (graders differ)"."""
    name, opened, rest = variant.left_out.strip().partition(" (")
    if not variant.calls:
        return f"without {name}{opened}{rest} of earlier weeks"
    if name.endswith(" calls"):
        return f"without {numbers.counted(variant.calls, name.removesuffix('s'))}{opened}{rest}"
    return f"without {name}{opened}{rest} ({numbers.counted(variant.calls, 'call')})"


def contested(check: Check) -> str:
    """Where an undecided check would be decided without something: "without 2 contested calls it would be missed".

    Nothing of what the check's own reason says already.
    """
    if check.verdict != "not_proven":
        return ""
    decided = [variant for variant in check.variants if variant.verdict in ("met", "missed")]
    differing = [variant for variant in decided if f"without {variant.left_out}" not in check.reason]
    return "; ".join(f"{without(variant)} it would be {VERDICT_WORDS[variant.verdict]}" for variant in differing)
