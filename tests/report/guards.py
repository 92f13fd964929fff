"""Guards for reports: one with everything to say, one with nothing."""

from __future__ import annotations

from typing import Any

from evalharness.models.grade import Grader
from evalharness.models.guard import CanaryResult, Contest, Guard, SelfAgreement
from evalharness.models.measure import Measure
from evalharness.models.trust import Drift

HAIKU = Grader(kind="llm", name="claude-haiku-5-5", version="claude-haiku-5-5", prompt_digest="a" * 64)
SONNET = Grader(kind="llm", name="claude-sonnet-5-5", version="claude-sonnet-5-5", prompt_digest="a" * 64)


def a_share(name: str, value: float | None, n: int, of: int | None = None, **limits: Any) -> Measure:
    of = n if of is None else of
    return Measure(name=name, unit="share", value=value, n=n, of=of, missing=of - n, basis="ledger", **limits)


def a_canary(**fields: Any) -> CanaryResult:
    ordinary = {"call_id": "bad-1", "kind": "bad", "criterion": "tone", "expected": (1, 2), "answered": 1, "inside": True}
    return CanaryResult(**{**ordinary, **fields})


def a_guard(**fields: Any) -> Guard:
    """Ten canaries as known, one model, nothing else."""
    return Guard(**{"judge": HAIKU, "canaries": (a_canary(),) * 10, "models": (HAIKU.name,), **fields})


def a_full_guard(**fields: Any) -> Guard:
    """A canary outside, a contest, two contradictions, repeats, a defence off, another judge the week before."""
    return a_guard(
        canaries=(a_canary(), a_canary(kind="injected", answered=5, inside=False), a_canary(reason="refused", inside=False)),
        contested=(Contest(source="demo", call_id="call-7", criterion="tone", turn=4, plain=5, masked=None),),
        facts=(("demo", "call-8", "outcome"), ("demo", "call-9", "outcome")),
        repeats=(
            SelfAgreement(criterion="tone", same=a_share("same_answer.tone", 0.75, 20, 21, low=0.51, high=0.91)),
            SelfAgreement(criterion="outcome", same=a_share("same_answer.outcome", 0.95, 20, low=0.75, high=0.999)),
        ),
        off=("mask",),
        untrusted=("canaries: 2 of 3 answers outside what is known of them",),
        before=SONNET,
        shift={"tone": Drift(items=90, newly_wrong=14, newly_right=2, p=0.002)},
        **fields,
    )
