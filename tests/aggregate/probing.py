"""Probes as a judge would have answered them."""

from __future__ import annotations

from typing import Any

from evalharness.models.probe import Probe, ProbeAnswer, Role
from tests.aggregate.histories import JUDGE
from tests.builders import MONDAY, WEEK, a_rubric


def a_probe(role: Role = "repeat", call_id: str = "c1", said: dict[str, Any] | None = None, **fields: Any) -> Probe:
    """What the judge said to these criteria of the small rubric: a value, None for N/A, or "!reason" for none."""
    digests = a_rubric().digests()
    answers = tuple(_answer(name, value) for name, value in (said or {}).items())
    ordinary = {"role": role, "week": WEEK, "source": "demo", "call_id": call_id, "judge": JUDGE, "at": MONDAY}
    return Probe(**{**ordinary, "answers": answers, "digests": {name: digests[name] for name in said or {}}, **fields})


def _answer(criterion: str, value: Any) -> ProbeAnswer:
    if isinstance(value, str) and value.startswith("!"):
        return ProbeAnswer.model_validate({"criterion": criterion, "reason": value[1:]})
    return ProbeAnswer(criterion=criterion, value=value)
