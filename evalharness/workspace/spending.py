"""The keys `costs` and `alerts` of evalharness.yaml: budgets, the price file, and whom a breach is told to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from evalharness.errors import ConfigError
from evalharness.models.breach import BreachKind
from evalharness.models.cost import Budget
from evalharness.models.noun import Name, Noun, digest_of
from evalharness.workspace.settings import InsidePath

_URL, _VARIABLE = re.compile(r"https?://[^@\s/]+(/\S*)?"), re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _url(given: str) -> str:
    if not _URL.fullmatch(given):
        raise ValueError("this is no address such as https://host/path; a password or key goes in a header")
    return given


def _variable(given: str) -> str:
    if not _VARIABLE.fullmatch(given):
        raise ValueError("the name of an environment variable stands here, never the secret itself")
    return given


Url = Annotated[str, AfterValidator(_url)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
Variable = Annotated[str, AfterValidator(_variable)]
Seconds = Annotated[int, Field(ge=1, le=300)]


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


class Alert(Noun):
    """Whom a breach is told to: a program (`run`, an argv list, no shell) or a webhook (`post`), one of the two.

    `on`: the kinds of breach. `headers`: header -> name of the environment variable that holds its whole value.
    `timeout_s`: how long the program or the server has.
    """

    on: tuple[BreachKind, ...] = Field(min_length=1)
    run: tuple[Name, ...] | None = Field(default=None, min_length=1)
    post: Url | None = None
    headers: dict[HeaderName, Variable] = Field(default_factory=dict)
    timeout_s: Seconds = 20

    @model_validator(mode="after")
    def _one_way(self) -> Alert:
        if (self.run is None) == (self.post is None):
            raise ValueError("an alert has `run`, a program and its words, or `post`, an address; one of the two")
        if self.headers and self.post is None:
            raise ValueError("`headers` go with `post`")
        return self

    @property
    def target(self) -> str:
        """Where it goes, without what may be secret: the program, or the host of the address."""
        return f"run {self.run[0]}" if self.run else f"post {(self.post or '').split('/')[2]}"

    @property
    def key(self) -> str:
        """What tells this alert from others in the ledger: a digest of where it goes."""
        return digest_of(f"{self.run}|{self.post}")[:16]

    def values(self, environment: Mapping[str, str] | None = None) -> dict[str, str]:
        """The headers with the values that the environment holds. Raises ConfigError for a variable that is not set."""
        held = os.environ if environment is None else environment
        for variable in self.headers.values():
            if not held.get(variable):
                where, fix = "evalharness.yaml, field alerts", f"Type: export {variable}=..."
                raise ConfigError(f"the environment variable {variable} is not set", where=where, fix=fix)
        return {header: held[variable] for header, variable in self.headers.items()}
