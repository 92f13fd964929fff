"""Voice-to-voice latency of a call: one value a caller-to-agent change, each under its anchor. DOMAIN: Latency, rules 1 to 7."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field

from evalharness.grade.measured.turns import Change, exchange_of, known
from evalharness.models.call import Anchor, Call, Turn
from evalharness.models.facts import PARTS, AnchorLatency, CallMeasures
from evalharness.stats.call_quantile import UNANSWERED, call_quantile

LONGEST_MS = 60_000.0
_LARGEST = sys.float_info.max
_OURS = frozenset(PARTS)
_ANCHORS: tuple[Anchor, ...] = ("acoustic", "reported", "transcript", "components")


@dataclass(slots=True)
class _Found:
    """What was found under one anchor so far."""

    values_ms: list[float] = field(default_factory=list)
    tool_ms: list[float] = field(default_factory=list)
    plain_ms: list[float] = field(default_factory=list)
    replies: list[Change] = field(default_factory=list)
    overlaps: int = 0
    rejected: int = 0

    @property
    def changes(self) -> int:
        return len(self.values_ms) + self.overlaps + self.rejected

    def take(self, ms: float, change: Change) -> None:
        if ms < 0:
            self.overlaps += 1
        elif ms > LONGEST_MS:
            self.rejected += 1
        else:
            self.values_ms.append(ms)
            if change.tools:
                self.tool_ms.append(ms)
            if change.reply.heard_filler:
                self.plain_ms += _answered_ms(change, ms)
            else:
                self.plain_ms.append(ms)
            self.replies.append(change)

    def parts_ms(self) -> dict[str, tuple[float, ...]]:
        """Each part that any reply reports, over all replies."""
        replies = list(zip(self.replies, self.values_ms, strict=True))
        parts = [_parts(change, ms) if change.tool_ms else _given(change) for change, ms in replies]
        named, found = set[str]().union(*parts), dict[str, tuple[float, ...]]()
        if not _OURS.issuperset(named):
            parts = [_parts(change, ms) for change, ms in replies]
            named = set[str]().union(*parts)
        for name in PARTS:
            if name in named:
                column = tuple([part.get(name) or 0.0 for part in parts])
                if any(column):
                    found[name] = column
        return found


def measure_call(call: Call) -> CallMeasures:
    """Every reply of the call by anchor, what else became of its turns, and the call's own p50 and p99.

    A change stands under the anchor it was measured by; changes without a value (missing) and unanswered turns stand
    under the call's commonest anchor, which comes first in `latencies` (None where nothing was measured). p50 and p99
    are taken over that anchor alone: anchors are never mixed.
    """
    exchange, missing = exchange_of(call), 0
    found: dict[Anchor, _Found] = defaultdict(_Found)
    for change in exchange.changes:
        anchor, ms = _measured(change)
        if anchor is None or ms is None:
            missing += 1
            continue
        found[anchor].take(ms, change)
    anchors = [anchor for anchor in _ANCHORS if anchor in found]
    common = max(anchors, key=lambda anchor: found[anchor].changes, default=None)
    first = _under(common, found[common], missing, exchange.unanswered) if common else _blank(missing, exchange.unanswered)
    others = [_under(anchor, found[anchor]) for anchor in anchors if anchor != common]
    p50 = call_quantile(first.values_ms, first.unanswered, 0.50)
    p99 = call_quantile(first.values_ms, first.unanswered, 0.99, higher=True)
    return CallMeasures(
        source=call.source,
        call_id=call.id,
        latencies=(first, *others) if first.changes or first.unanswered else (),
        p50_ms=p50 if isinstance(p50, float) else None,
        p99_ms=p99 if isinstance(p99, float) else None,
        p50_unanswered=p50 == UNANSWERED,
        greeting_ms=_greeting_ms(exchange.greeting),
    )


def slow_replies(call: Call, above_ms: float) -> list[tuple[int, float]]:
    """The replies that took longer, as (turn, ms), the slowest first; by whatever anchor each is measured."""
    timed = ((change.reply.index, _measured(change)[1]) for change in exchange_of(call).changes)
    return sorted(((turn, ms) for turn, ms in timed if ms and above_ms < ms <= LONGEST_MS), key=lambda one: -one[1])


def _measured(change: Change) -> tuple[Anchor | None, float | None]:
    """The anchor and milliseconds of a change: the log's own figure, else turn times, else the sum of known components.

    A figure of 0 means "not detected", never "at once": such a change is missing, whatever else is known of it.
    """
    latency = change.reply.latency
    if latency is not None and latency.voice_to_voice_ms is not None:
        return latency.anchor, latency.voice_to_voice_ms or None
    gap = _gap_ms(change)
    if gap is not None:
        return "transcript", gap or None
    parts = sum(latency.components.values()) if latency is not None else 0.0
    return "components", parts or None


def _given(change: Change) -> dict[str, float]:
    latency = change.reply.latency
    return latency.components if latency is not None else {}


def _parts(change: Change, ms: float) -> dict[str, float]:
    """The parts of a reply that are known. Tools count as long as they ran, where the log has no figure and they fit in."""
    parts: dict[str, float] = {}
    for name, part in _given(change).items():
        if part:
            ours = name if name in _OURS else "other"
            parts[ours] = min(parts.get(ours, 0.0) + part, _LARGEST)  # a sum may be infinite, which no noun takes
    if "tool" not in parts and 0 < change.tool_ms <= ms:
        parts["tool"] = change.tool_ms
    return parts


def _answered_ms(change: Change, ms: float) -> list[float]:
    """Milliseconds from the caller's words to the first that are no filler, behind one: as much later as the answer began; []
    where no answer came before the caller spoke again, or where the log does not say when."""
    filler, answer = known(change.reply.start_ms), known(change.answer.start_ms) if change.answer is not None else None
    later = answer - filler if filler is not None and answer is not None else -1.0
    return [ms + later] if later >= 0 and ms + later <= LONGEST_MS else []


def _gap_ms(change: Change) -> float | None:
    """Start of the reply minus end of the caller's speech; None without both times.

    Where the agent was still speaking when the caller ended, and went on only after that speech, it never gave up the
    floor: an overlap, told by a negative gap, not a latency.
    """
    start, end = known(change.reply.start_ms), known(change.caller.end_ms)
    if start is None or end is None:
        return None
    floor = change.floor_ms
    return end - floor if floor is not None and end < floor <= start else start - end


def _under(anchor: Anchor, found: _Found, missing: int = 0, unanswered: int = 0) -> AnchorLatency:
    """As the noun makes it of these fields, all that it has in its order, but not checked once more: what a call
    says was checked, what is taken of it lies between 0 and a minute, and no sum of parts is infinite."""
    fields = {
        "anchor": anchor,
        "values_ms": tuple(found.values_ms),
        "tool_ms": tuple(found.tool_ms),
        "plain_ms": tuple(found.plain_ms),
        "parts_ms": found.parts_ms(),
        "changes": found.changes + missing,
        "unanswered": unanswered,
        "overlaps": found.overlaps,
        "rejected": found.rejected,
        "missing": missing,
    }
    made, put = AnchorLatency.__new__(AnchorLatency), object.__setattr__
    put(made, "__dict__", fields)
    put(made, "__pydantic_fields_set__", set(fields))
    put(made, "__pydantic_extra__", None)
    put(made, "__pydantic_private__", None)
    return made


def _blank(missing: int, unanswered: int) -> AnchorLatency:
    return AnchorLatency(anchor=None, changes=missing, unanswered=unanswered, missing=missing)


def _greeting_ms(greeting: Turn | None) -> float | None:
    """Time to the first agent speech; 0 is "not detected"."""
    return (known(greeting.start_ms) or None) if greeting is not None else None
