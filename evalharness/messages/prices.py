"""What tokens cost: a dated price file, and the cost of a reply from the usage the server states."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from evalharness.messages.usage import Usage
from evalharness.models.agent_prices import AgentPrices
from evalharness.models.noun import Amount, Name, Noun

SHIPPED = Path(__file__).with_name("prices.yaml")
"""The price file of this version; a workspace's own takes its place."""

CACHE_WRITE, CACHE_WRITE_HOUR, CACHE_READ = 1.25, 2.0, 0.1
"""Factors on the input price: writing to the five-minute cache, to the cache of an hour, and reading from either."""

BATCH = 0.5
"""Factor on every price of a request that went in a batch."""

_MILLION = 1_000_000


class Price(Noun):
    """USD per million tokens. Above `long_from` input tokens the long pair holds for the whole request.

    `ends`: the last day the model answers. `context`: tokens of its window, request and reply together.
    """

    input: Amount
    output: Amount
    long_from: int | None = Field(default=None, ge=1)
    long_input: Amount | None = None
    long_output: Amount | None = None
    ends: date | None = None
    context: int = Field(default=200_000, ge=1)

    @field_validator("ends", mode="before")
    @classmethod
    def _day(cls, given: object) -> object:
        return date.fromisoformat(given) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _long_as_a_whole(self) -> Price:
        if len({value is None for value in (self.long_from, self.long_input, self.long_output)}) > 1:
            raise ValueError("long_from, long_input and long_output stand together or not at all")
        return self

    def usd(self, usage: Usage, *, batch: bool = False) -> float:
        """The price of one reply; half of it where it came in a batch."""
        long = self.long_from is not None and usage.all_input > self.long_from
        per_in, per_out = (self.long_input or 0.0, self.long_output or 0.0) if long else (self.input, self.output)
        hour = usage.cache_hour_input_tokens
        written = CACHE_WRITE * (usage.cache_creation_input_tokens - hour) + CACHE_WRITE_HOUR * hour
        weighed = usage.input_tokens + written + CACHE_READ * usage.cache_read_input_tokens
        return (weighed * per_in + usage.output_tokens * per_out) / _MILLION * (BATCH if batch else 1.0)


class Prices(Noun):
    """The prices of a day, by model id. `agent`: dated prices of what the evaluated agent itself uses.

    A file with `agent` alone has no models of its own: `models` is empty until those of another file take their place.
    """

    as_of: Name = "agent"
    models: dict[Name, Price] = Field(default_factory=dict)
    agent: AgentPrices = AgentPrices()

    @model_validator(mode="after")
    def _some(self) -> Prices:
        if bool(self.models) != ("as_of" in self.model_fields_set) or (not self.models and self.agent.empty):
            raise ValueError("`as_of` and `models` (grading by LLM) stand together; a file without them has prices under `agent`")
        return self

    def cost(self, model: str, usage: Usage | None, *, batch: bool = False) -> float | None:
        """What a reply of the model cost in USD; None where the model or its usage is unknown: never 0 for unknown."""
        price = self.models.get(model)
        return None if price is None or usage is None else price.usd(usage, batch=batch)

    def context(self, model: str) -> int:
        """Tokens that a request to the model and its reply may have together; a model unknown here counts as the smallest."""
        known = self.models.get(model)
        return known.context if known else min(price.context for price in self.models.values())

    def dearest(self) -> Price:
        """The price a model without one is taken at, where somebody has set a cap for it."""
        return max(self.models.values(), key=lambda price: price.long_output or price.output)

    def charge(self, model: str, usage: Usage, *, batch: bool = False) -> float:
        """What counts against a cap: the cost, or the dearest known price for a model that has none."""
        return self.models.get(model, self.dearest()).usd(usage, batch=batch)
