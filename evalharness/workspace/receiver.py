"""Whom something is told to: a program or a webhook, as the owner writes it under `alerts` and `notify` of evalharness.yaml."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from evalharness.errors import ConfigError
from evalharness.models.breach import BreachKind
from evalharness.models.noun import Name, Noun, digest_of

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
Occasion = Literal["done", "reported", "verdict", "signed"]


class Receiver(Noun):
    """A program (`run`, an argv list, no shell) or a webhook (`post`), one of the two.

    `headers`: header -> name of the environment variable that holds its whole value. `timeout_s`: how long the program or the
    server has.
    """

    field: ClassVar[str] = ""
    run: tuple[Name, ...] | None = Field(default=None, min_length=1)
    post: Url | None = None
    headers: dict[HeaderName, Variable] = Field(default_factory=dict)
    timeout_s: Seconds = 20

    @model_validator(mode="after")
    def _one_way(self) -> Receiver:
        if (self.run is None) == (self.post is None):
            raise ValueError("`run`, a program and its words, or `post`, an address, stands here; one of the two")
        if self.headers and self.post is None:
            raise ValueError("`headers` go with `post`")
        return self

    @property
    def target(self) -> str:
        """Where it goes, without what may be secret: the program, or the host of the address."""
        return f"run {self.run[0]}" if self.run else f"post {(self.post or '').split('/')[2]}"

    @property
    def key(self) -> str:
        """The address in the ledger: a digest of where it goes. What it is handed there, and when, is not in it."""
        return digest_of(f"{self.run}|{self.post}")[:16]

    def values(self, environment: Mapping[str, str] | None = None) -> dict[str, str]:
        """The headers with the values that the environment holds. Raises ConfigError for a variable that is not set."""
        held = os.environ if environment is None else environment
        for variable in self.headers.values():
            if not held.get(variable):
                where, fix = f"evalharness.yaml, field {self.field}", f"Type: export {variable}=..."
                raise ConfigError(f"the environment variable {variable} is not set", where=where, fix=fix)
        return {header: held[variable] for header, variable in self.headers.items()}


class Alert(Receiver):
    """Whom a breach is told to. `on`: the kinds of breach."""

    field: ClassVar[str] = "alerts"
    on: tuple[BreachKind, ...] = Field(min_length=1)


class Notice(Receiver):
    """Whom summary.md is handed to. `on`: when, each at most once a week: `done` (everybody asked has answered, or the week is
    signed, or the next one is over), `reported` (as soon as it is over), `verdict` (it is another one), `signed`.

    `form`: the short form (at most 4,000 characters) or the whole file; left out, a program gets the whole and a webhook the
    short one. `json_key`: a webhook's body is JSON with the text under this key; null = the Markdown itself.
    """

    field: ClassVar[str] = "notify"
    on: tuple[Occasion, ...] = Field(default=("done",), min_length=1)
    form: Literal["short", "whole"] | None = None
    json_key: Name | None = "text"

    @property
    def short(self) -> bool:
        """Whether the short form goes."""
        return self.form == "short" or (self.form is None and self.post is not None)


def _several(given: Any) -> Any:
    """null = nobody, one mapping = one."""
    return () if given is None else (given,) if isinstance(given, dict) else given


Notify = Annotated[tuple[Notice, ...], BeforeValidator(_several)]
