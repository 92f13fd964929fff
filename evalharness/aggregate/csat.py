"""CSAT of the calls that the agent kept, and its gap to calls that people handled. DOMAIN: CSAT."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness import numbers
from evalharness.models.csat import Baseline
from evalharness.models.facts import FactGroup
from evalharness.models.measure import Measure
from evalharness.models.noun import number_of
from evalharness.stats.difference import melded_difference

ONE_SIDED, TWO_SIDED = 0.05, 0.025


@dataclass(frozen=True)
class CsatGap:
    """The gap in points, baseline - agent (positive: callers were less content with the agent). `bounds`: its one-sided 95 %
    bounds in points; `reason`: what the figure leaves out, in words, whatever the verdict."""

    measure: Measure
    bounds: tuple[float, float] = (-100.0, 100.0)
    reason: str = ""


def shares(facts: Sequence[FactGroup]) -> tuple[Measure, ...]:
    """CSAT % of the calls that the agent kept, who answered, and CSAT % of the calls that reached a person (it rates them).

    CSAT % is the share of 4 or 5 on 1-5 among those who answered: exact for them, and nothing is known of the others.
    """
    kept, passed = _kept(facts), [group for group in facts if group.in_scope and group.to_a_person]
    answers, of = _answers(kept), _calls_of(kept)
    return (
        _share("csat_share", kept, "4 or 5 of 5, of the callers who answered; calls that reached a person are apart"),
        _response(answers, of) if _answers(facts) else Measure(name="csat_response_rate", unit="share", of=of, note=_NOT_ASKED),
        _share("csat_transferred", passed, "rates the person as well as the agent"),
    )


_WHO = "calls in scope that did not reach a person"
_NOT_ASKED = "no call of the week has a CSAT answer: callers may not have been asked"


def _response(answers: int, of: int) -> Measure:
    return Measure(name="csat_response_rate", unit="share", value=answers / of if of else None, n=of, of=of, note=_WHO)


def csat_gap(facts: Sequence[FactGroup], baseline: Baseline | None) -> CsatGap:
    """The agent's CSAT against that of calls people handled, in points, with an interval: both have their own n.

    With `by_intent` the baseline is weighted to the intents of the answering callers; an intent it does not know takes its
    overall value. Where an intent's own n is not given, nobody knows what its percent is worth: no interval, nothing proven.
    """
    if baseline is None:
        return CsatGap(_without_baseline(facts))
    kept = _kept(facts)
    n, of = _answers(kept), _calls_of(kept)
    if not n:
        note = f"no caller answered: {number_of(of, 'call')} in scope did not reach a person, none has a CSAT answer"
        return CsatGap(Measure(name="csat_gap_points", unit="points", of=of, missing=of, note=note))
    percent, worth = _baseline(kept, baseline)
    content = sum(group.content for group in kept)
    known = f"{numbers.figure(percent, 'score')} % of {baseline.n} answers ({baseline.period})"
    made = f"{content} of {n} answers are 4 or 5; baseline {known}"
    measure = Measure(
        name="csat_gap_points",
        unit="points",
        value=percent - 100 * content / n,
        n=n,
        of=of,
        missing=of - n,
        note="; ".join((made, *_how(kept, baseline, worth))),
    )
    who = f"only callers who answered are in it: {n} of {of} ({numbers.figure(n / of, 'share')})"
    if worth is None:
        return CsatGap(measure, reason=f"{who}; {_NO_N}")
    wide, one_sided = (melded_difference(percent / 100 * worth, worth, content, n, tail) for tail in (TWO_SIDED, ONE_SIDED))
    limits = {"low": 100 * wide.low, "high": 100 * wide.high}
    return CsatGap(measure.model_copy(update=limits), (100 * one_sided.low, 100 * one_sided.high), who)


_NO_N = "the baseline does not say how many answers each intent has (by_intent: {NAME: {value: 88, n: 130}})"


def _baseline(kept: Sequence[FactGroup], baseline: Baseline) -> tuple[float, float | None]:
    """The baseline in percent for the intents of the answering callers, and how many answers of one mix it is worth.

    With w_i the share of an intent among these answers, p_i its baseline of n_i answers and p = sum w_i p_i: at most n, Kish's
    1 / sum(w_i^2 / n_i), and p (1 - p) over the variance sum(w_i^2 p_i (1 - p_i) / n_i), whichever is least. An intent that the
    baseline does not know: n_i = w_i n of its overall value. None where it knows an intent without its n.
    """
    if not baseline.by_intent:
        return baseline.value, float(baseline.n)
    n, parts = _answers(kept), []
    for intent in sorted({group.intent or "" for group in kept if group.answers}):
        weight = sum(group.answers for group in kept if (group.intent or "") == intent) / n
        percent, own = baseline.of(intent)
        parts.append((weight, percent / 100, baseline.n * weight if intent not in baseline.by_intent else own))
    p = math.fsum(weight * share for weight, share, _ in parts)
    counted = [(weight, share, own) for weight, share, own in parts if own is not None]
    if len(counted) < len(parts):
        return 100 * p, None
    variance = math.fsum(weight**2 * share * (1 - share) / own for weight, share, own in counted)
    kish = 1 / math.fsum(weight**2 / own for weight, _, own in counted)
    return 100 * p, min(baseline.n, kish, p * (1 - p) / variance if variance else math.inf)


def _how(kept: Sequence[FactGroup], baseline: Baseline, worth: float | None) -> Iterator[str]:
    """How the baseline was made, in words."""
    if not baseline.by_intent:
        yield "raw: not by intent"
        return
    yield "weighted to the intents of these answers"
    others = sum(group.answers for group in kept if (group.intent or "") not in baseline.by_intent)
    if others:
        yield f"{others} of an intent it does not know {'takes' if others == 1 else 'take'} its overall value"
    if worth is not None and round(worth) < baseline.n:
        yield f"worth {numbers.plain(worth, 0)} of its answers"


def _without_baseline(facts: Sequence[FactGroup]) -> Measure:
    answers, of = _answers(facts), _calls_of(facts)
    have = "has" if answers == 1 else "have"
    note = (
        f"no baseline is set (csat.baseline); {number_of(answers, 'call')} {have} a CSAT answer; "
        "without a baseline, switch the check off in the thresholds file (enabled: false): the report names it"
    )
    return Measure(name="csat_gap_points", unit="points", n=0, of=of, missing=of - answers, note=note)


def _kept(facts: Sequence[FactGroup]) -> list[FactGroup]:
    """The calls in scope that did not reach a person."""
    return [group for group in facts if group.in_scope and not group.to_a_person]


def _share(name: Literal["csat_share", "csat_transferred"], groups: Sequence[FactGroup], note: str) -> Measure:
    n, of = _answers(groups), _calls_of(groups)
    value = sum(group.content for group in groups) / n if n else None
    return Measure(name=name, unit="share", value=value, n=n, of=of, missing=of - n, note=note)


def _answers(groups: Sequence[FactGroup]) -> int:
    return sum(group.answers for group in groups)


def _calls_of(groups: Sequence[FactGroup]) -> int:
    return sum(group.calls for group in groups)
