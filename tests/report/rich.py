"""A week in which everything is known: its epoch, contested calls, an LLM judge, picked calls, verified resolution, CSAT."""

from __future__ import annotations

from typing import Any

from evalharness.models.measure import Check, Measure, Since, Variant
from evalharness.models.summary import CallResult, Nonresponse, WeekSummary
from evalharness.models.trust import Agreement, Combined, Drift, JudgeTrust
from tests.report.weeks import ANNA, BEN, a_number, a_result, a_week_summary, some_checks

JUDGE = "claude-haiku-5-5, prompt 3"
FIRST = "2026-W42"


def a_since(hits: int = 0, n: int = 197, **fields: Any) -> Since:
    """0 of 197 calls since the first week, up to 3.1 %; 377 in all, 180 more, would settle it."""
    ordinary = {"week": FIRST, "why": "the first week", "weeks": 6, "hits": hits, "n": n, "value": hits / n if n else None}
    return Since(**{**ordinary, "low": 0.0, "high": 0.031, "calls_needed": 377, **fields})


def by_version(**fields: Any) -> Since:
    """The same since the last declared version, a week ago."""
    ordinary = {"week": "2026-W46", "why": "declared version: v2.0.1: old model again, prompt repaired", "weeks": 2, "n": 69}
    return a_since(**{**ordinary, "value": 0.0, "high": 0.088, "calls_needed": 390, **fields})


def rich_checks() -> tuple[Check, ...]:
    """Resolution met since the first week; clear failures open in both; tone hangs on two contested calls."""
    resolved, *others, failed, cost, reviewed = some_checks()
    since = a_since(136, low=0.612, high=0.757, verdict="met", calls_needed=None)
    resolved = resolved.model_copy(
        update={"verdict": "met", "this_week": "not_proven", "by_since": True, "since": since, "calls_needed": None}
    )
    failed = failed.model_copy(update={"this_week": "not_proven", "since": a_since(), "since_version": by_version()})
    hangs = (
        Variant(left_out="contested calls (graders differ, disputed)", calls=2, verdict="missed"),
        Variant(left_out=f"grades of {BEN}, who needs calibration", calls=35, verdict="not_proven"),
    )
    tone = a_number("share_4_5.tone", 0.71, low=0.53, high=0.86, n=33, of=143, missing=2, basis="sample")
    threshold = resolved.threshold.model_copy(update={"id": "tone", "measure": "share_4_5.tone", "at_least": 0.8})
    why = "declared version: v2.0.1: old model again, prompt repaired"
    version = a_since(49, 69, low=0.58, high=0.82, week="2026-W46", why=why, weeks=2, calls_needed=240)
    open_tone = Check(
        threshold=threshold,
        measure=tone,
        verdict="not_proven",
        low=0.55,
        high=0.84,
        calls_needed=180,
        since=version,
        variants=hangs,
    )
    return (resolved, *others, failed, open_tone, cost, reviewed)


def an_agreement(
    criterion: str = "tone", pairs: int = 62, first: str = JUDGE, second: str = "people", **fields: Any
) -> Agreement:
    """Alpha .62 (.41 to .78) over 62 pairs, every other figure beside it."""

    def of(name: str, value: float, low: float, high: float, unit: str = "coefficient", n: int = pairs) -> Measure:
        return a_number(name, value, unit=unit, n=n, of=n, low=low, high=high, basis="sample")

    ordinary = {
        "alpha": of("alpha", 0.62, 0.41, 0.78),
        "kappa": of("kappa", 0.6, 0.38, 0.77),
        "ac": of("ac", 0.81, 0.7, 0.9),
        "exact": of("exact", 0.66, 0.53, 0.77, "share"),
        "within_one": of("within_one", 0.97, 0.89, 0.996, "share"),
        "bias": of("bias", 0.12, -0.08, 0.33, "levels"),
        "sensitivity": of("sensitivity", 0.875, 0.47, 0.997, "share", 8),
        "specificity": of("specificity", 0.963, 0.87, 0.995, "share", 54),
    }
    return Agreement(**{"criterion": criterion, "first": first, "second": second, "pairs": pairs, **ordinary, **fields})


def some_trust() -> tuple[JudgeTrust, ...]:
    """Trusted with tone, advisory with correctness, untested with two more."""
    low = an_agreement("correctness").model_copy(
        update={"alpha": a_number("alpha", 0.31, unit="coefficient", n=62, of=62, low=0.08, high=0.5)}
    )
    people = an_agreement("tone", 41, ANNA, BEN, sensitivity=None, specificity=None)
    drift = Drift(items=120, newly_wrong=3, newly_right=1, p=0.3125)
    few = an_agreement("escalation", 12)
    return (
        JudgeTrust(criterion="tone", judge=JUDGE, state="trusted", with_people=an_agreement(), among_people=people, drift=drift),
        JudgeTrust(criterion="correctness", judge=JUDGE, state="advisory", with_people=low, reasons=("alpha .31, needs .40",)),
        JudgeTrust(criterion="escalation", judge=JUDGE, state="untested", with_people=few, reasons=("12 pairs, needs 20",)),
        JudgeTrust(criterion="clear_language", judge=JUDGE, state="untested", reasons=("no call is graded by both",)),
    )


def some_combined() -> tuple[Combined, ...]:
    """Tone 24 % narrower and used; correctness wider, not used; a third that cannot be made."""
    sample = {"of": 143, "basis": "sample"}
    people = a_number("share_4_5.tone", 0.71, low=0.53, high=0.86, n=33, **sample)
    llm = a_number("share_4_5.tone", 0.78, low=0.7, high=0.84, n=143, **sample)
    both = a_number("share_4_5.tone", 0.72, low=0.58, high=0.83, n=143, **sample)
    right = {"name": "share_4_5.correctness"}
    return (
        Combined(
            judge=JUDGE, trust="trusted", people=people, llm=llm, combined=both, bounds=(0.6, 0.815), narrowed=0.24, used=True,
            why="the judge is trusted with tone and graded 143 calls, people 33",
        ),
        Combined(
            judge=JUDGE, trust="advisory", people=people.model_copy(update=right), llm=llm.model_copy(update=right),
            combined=both.model_copy(update={**right, "low": 0.5, "high": 0.9}), narrowed=-0.12,
            why="the judge is advisory with correctness",
        ),
        Combined(
            judge=JUDGE, trust="untested", people=people.model_copy(update={"name": "share_4_5.escalation"}),
            llm=llm.model_copy(update={"name": "share_4_5.escalation"}), why="fewer than 20 calls graded by people",
        ),
    )  # fmt: skip


def a_picked(position: int = 36, **fields: Any) -> CallResult:
    """A call somebody added by hand: behind the queue, without a probability."""
    result = a_result(position, 4)
    return result.model_copy(update={"stratum": "picked", "probability": None, "clear_failure": "yes", **fields})


def more_measures() -> tuple[Measure, ...]:
    """Verified resolution and CSAT beside what the golden week has."""
    return (
        a_number(
            "verified_resolution_rate",
            0.57,
            low=0.4,
            high=0.71,
            n=33,
            of=143,
            basis="sample",
            note="resolved, and no call again within 7 days; provisional until 2026-11-29",
        ),
        a_number("csat_share", 0.74, low=0.56, high=0.87, n=31, of=148),
        a_number("csat_response_rate", 0.21, n=31, of=148),
        a_number("csat_transferred", 0.58, n=12, of=27),
    )


def some_process() -> dict[str, Measure]:
    """Limits of the process behind: both at p50 and p95; from 146 calls the p99 has no upper one."""
    limits = {"p50": (560.0, 641.0), "p95": (1010.0, 1490.0), "p99": (1480.0, None)}
    return {
        name: a_number(
            f"latency_{name}_ms",
            None,
            unit="ms",
            n=1240,
            of=1300,
            unanswered=name == "p99",
            low=low,
            high=high,
            note="turns of 146 calls",
        )
        for name, (low, high) in limits.items()
    }


def some_nonresponse() -> Nonresponse:
    """35 drawn: 29 in full, 1 open, 2 skipped, 1 wrong transcript, 1 passed over, 1 not reached."""
    reasons = {"no sound": 1, "other language": 1}
    return Nonresponse(drawn=35, graded=29, open=1, skipped=2, transcript=1, ungraded=1, not_reached=1, reasons=reasons)


def a_rich_summary(**fields: Any) -> WeekSummary:
    """The golden week with all of it."""
    ordinary = a_week_summary(
        checks=rich_checks(),
        nonresponse=some_nonresponse(),
        combined=some_combined(),
        trust=some_trust(),
        among_people=(an_agreement("correctness", 41, ANNA, BEN, sensitivity=None, specificity=None),),
        picked=(a_picked(), a_picked(37)),
    )
    known, unknown = ordinary.latency
    latency = (known.model_copy(update={"process": some_process()}), unknown)
    ordinary = ordinary.model_copy(update={"latency": latency})
    return ordinary.model_copy(update={"measures": (*ordinary.measures, *more_measures()), **fields})
