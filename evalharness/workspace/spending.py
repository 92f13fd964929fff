"""The key `costs` of evalharness.yaml: budgets and the price file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evalharness.models.cost import Budget
from evalharness.models.noun import Noun
from evalharness.workspace.settings import InsidePath


def _half() -> Budget:
    return {"total": 0.50}


class Costs(Noun):
    """Currency, price file and budgets; money in `currency`.

    A budget is one amount, or amounts by component (telephony, stt, llm, tts, platform, other, total). `budget_per_call`: of the
    mean in-scope call; `budget_per_week`: of the sum of the week.
    """

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    prices: InsidePath = "prices.yaml"
    budget_per_call: Budget | None = Field(default_factory=_half)
    budget_per_week: Budget | None = None
