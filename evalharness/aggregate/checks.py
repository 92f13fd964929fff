"""The scorecard: each measure against its bar, and the week's verdict. Compared unrounded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness import numbers
from evalharness.aggregate import latency
from evalharness.aggregate.bars import claim, exact, verdict_of
from evalharness.aggregate.csat import CsatGap
from evalharness.aggregate.estimate import Estimate
from evalharness.aggregate.judged import WeekRate
from evalharness.aggregate.population import ENOUGH_COVERAGE
from evalharness.models.facts import LatencyPool
from evalharness.models.measure import Check, Measure, Verdict, WeekVerdict
from evalharness.models.threshold import Direction, Threshold
from evalharness.models.trust import Combined
from evalharness.stats.verdict import calls_needed, verdict_from_bounds


@dataclass(frozen=True)
class Known:
    """Everything a check can be held against. `rates`: estimates of the whole week; `shares`: of the judged calls."""

    pools: Sequence[LatencyPool]
    rates: Mapping[str, WeekRate]
    shares: Mapping[str, tuple[Measure, Estimate]]
    exact: Mapping[str, Measure]
    signed: bool = False
    gap: CsatGap | None = None
    combined: tuple[Combined, ...] = ()


def check(threshold: Threshold, known: Known) -> Check:
    """One line of the scorecard."""
    name = threshold.measure
    if name in latency.QUANTILES:
        found = latency.against(known.pools, threshold)
        return Check(threshold=threshold, measure=found.measure, verdict=found.verdict, reason=found.reason)
    if name in known.rates or name in known.shares:
        return _of_judged(threshold, known)
    if name == "csat_gap_points" and known.gap is not None:
        return _of_gap(threshold, known.gap)
    if name == "owner_reviewed_calls":
        return _of_review(threshold, known.exact[name], signed=known.signed)
    measure = known.exact.get(name)
    return _unknown(threshold) if measure is None else _of_exact(threshold, measure)


def _unknown(threshold: Threshold) -> Check:
    missing = Measure(name=threshold.measure, unit="share", note="the rubric of this week has no such criterion")
    return Check(threshold=threshold, measure=missing, verdict="not_measured", reason=missing.note)


def _of_exact(threshold: Threshold, measure: Measure) -> Check:
    """A figure over all calls describes the week exactly; below 90 % coverage the best and worst case decide."""
    if measure.value is None:
        return Check(threshold=threshold, measure=measure, verdict="not_measured", reason=measure.note or "no data")
    covered = measure.n / measure.of if measure.of else 0.0
    verdict: Verdict = "met" if threshold.holds(measure.value) else "missed"
    if covered < ENOUGH_COVERAGE:
        least = measure.value * covered  # every missing call cost nothing, or was not contained
        most = float(exact(least + 1 - covered)) if measure.unit == "share" else math.inf
        verdict = verdict if threshold.holds(least) == threshold.holds(most) else "not_proven"
        decide = f"below {numbers.exactly(ENOUGH_COVERAGE, 'share')} the best and worst case decide"
        reason = f"only {measure.n} of {measure.of} calls report it; {decide}"
        return Check(threshold=threshold, measure=measure, verdict=verdict, reason=reason)
    return Check(threshold=threshold, measure=measure, verdict=verdict, low=measure.value, high=measure.value)


def _of_gap(threshold: Threshold, gap: CsatGap) -> Check:
    """Baseline and agent have their own n: the one-sided 95 % bounds of the difference decide."""
    if gap.measure.value is None:
        return Check(threshold=threshold, measure=gap.measure, verdict="not_measured", reason=gap.measure.note)
    low, high = gap.bounds
    verdict = verdict_from_bounds(low, high, threshold.value, threshold.direction)
    return Check(threshold=threshold, measure=gap.measure, verdict=verdict, low=low, high=high, reason=gap.reason)


def _of_review(threshold: Threshold, measure: Measure, *, signed: bool) -> Check:
    """Below the bar the owner may still be reading: not measured until the week is signed off, then missed."""
    if threshold.holds(float(measure.n)):
        return Check(threshold=threshold, measure=measure, verdict="met")
    reason = f"{measure.n} of {numbers.plain(threshold.value)} calls reviewed so far"
    return Check(threshold=threshold, measure=measure, verdict="missed" if signed else "not_measured", reason=reason)


def _of_judged(threshold: Threshold, known: Known) -> Check:
    """By people's grades alone, or by both graders' together where that is used: then the figure and bounds are of both."""
    name = threshold.measure
    found = _of_rate(threshold, known.rates[name]) if name in known.rates else _of_share(threshold, *known.shares[name])
    both = next((one for one in known.combined if one.people.name == name and one.used), None)
    if both is None or both.combined is None or both.bounds is None or found.reason == LOG_ALONE:
        return found
    low, high = both.bounds
    verdict = verdict_of(low, high, threshold)
    update = {"measure": both.combined, "low": low, "high": high, "verdict": verdict, "reason": both.why, "calls_needed": None}
    return found.model_copy(update=update)


LOG_ALONE = "the log alone shows it"
NOTHING_AGAINST = "nothing against it"


def _of_share(threshold: Threshold, measure: Measure, found: Estimate) -> Check:
    if measure.value is None:
        return Check(threshold=threshold, measure=measure, verdict="not_measured", reason="nothing graded")
    low, high = found.bounds
    verdict = _verdict(low, high, threshold, complete=found.complete)
    wanted = claim(threshold, measure.value)
    needed = _needed(wanted, found, threshold.value, found.of) if verdict == "not_proven" else None
    return Check(
        threshold=threshold, measure=measure, verdict=verdict, low=low, high=high, calls_needed=needed, reason=_why(found)
    )


def _of_rate(threshold: Threshold, rate: WeekRate) -> Check:
    """What the log alone proves needs no grade: two known failures of 150 calls are over 1 % whatever people read."""
    low, high = rate.bounds
    if not rate.measured or not rate.estimate.complete:
        least, most = rate.from_log
        if rate.total > 0 and _verdict(least, most, threshold, complete=True) == "missed":
            return _missed_by_log(threshold, rate)
    if not rate.measured:
        return Check(threshold=threshold, measure=rate.measure, verdict="not_measured", reason="nothing graded")
    verdict = _verdict(low, high, threshold, complete=rate.estimate.complete)
    needed = None
    if verdict == "not_proven" and rate.measure.value is not None and rate.judged:
        wanted = claim(threshold, rate.measure.value)
        needed = _needed_of_week(wanted, rate, threshold.value)
    return Check(
        threshold=threshold,
        measure=rate.measure,
        verdict=verdict,
        low=low,
        high=high,
        calls_needed=needed,
        reason=_why(rate.estimate),
    )


def _missed_by_log(threshold: Threshold, rate: WeekRate) -> Check:
    least, most = rate.from_log
    note = f"at least {numbers.plain(rate.fixed, 1)} of {numbers.plain(rate.total, 1)} calls"
    measure = rate.measure if rate.measured else rate.measure.model_copy(update={"note": note})
    return Check(threshold=threshold, measure=measure, verdict="missed", low=least, high=most, reason=LOG_ALONE)


def _verdict(low: float, high: float, threshold: Threshold, *, complete: bool) -> Verdict:
    return verdict_of(low, high, threshold) if complete else "not_proven"


def _needed(claim: Direction, found: Estimate, bar: float, population: int) -> int | None:
    """Graded calls in all that would settle it if the rate stays as seen; None where even all calls would not."""
    if found.value is None or not 0 < bar < 1:
        return None
    worth = found.n_eff / found.n if found.n and 0 < found.n_eff <= found.n else 1.0
    needed = calls_needed(found.value * found.n, found.n, bar, claim, population=population)
    return None if needed is None else min(math.ceil(needed / worth), population)


def _needed_of_week(claim: Direction, rate: WeekRate, bar: float) -> int | None:
    """The same for a rate of the week, with as many judged calls out of scope as is worst for the claim. All of them, where
    only the exact share out of scope would do."""
    down = claim in ("below", "at_most")
    unseen, all_calls = (rate.unseen if down else 0.0), round(rate.judged)
    worst = [rate.bar_of_judged(bar, unseen, judged) for judged in rate.ends if judged]
    needed = _needed(claim, rate.estimate, min(worst) if down else max(worst), all_calls)
    if needed is not None or rate.ends[0] == rate.ends[1]:
        return needed
    seen, bar_as_seen = rate.estimate.value or 0.0, rate.bar_of_judged(bar, unseen, rate.judged)
    return all_calls if (seen < bar_as_seen if down else seen > bar_as_seen) else None


def _why(found: Estimate) -> str:
    parts = []
    if not found.complete:
        parts.append("a stratum has no graded call yet")
    if found.missing:
        calls = "call" if found.missing == 1 else "calls"
        parts.append(f"{found.missing} {calls} passed over or left open, taken both ways")
    return "; ".join(parts)


def week_verdict(checks: Sequence[Check]) -> tuple[WeekVerdict, str]:
    """Good enough if every check is met, not good enough if any is missed, else not proven yet and which way it leans."""
    verdicts = {one.verdict for one in checks}
    if "missed" in verdicts:
        return "not good enough", ""
    if verdicts == {"met"}:
        return "good enough", ""
    leaning = [one.threshold.id.replace("_", " ") for one in checks if one.verdict == "not_proven" and _looks_bad(one)]
    return "not proven yet", f"leaning to a miss ({', '.join(leaning)})" if leaning else NOTHING_AGAINST


def _looks_bad(one: Check) -> bool:
    """Whether the value as seen lies on the wrong side; an unanswered percentile lies above every bar."""
    value = math.inf if one.measure.unanswered else one.measure.value
    return value is not None and not one.threshold.holds(value)
