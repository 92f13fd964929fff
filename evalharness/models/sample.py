"""The weekly sample: its design, its frozen calls in draw order, their inclusion probabilities, and what people added."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from pydantic import Field, model_validator

from evalharness.models.call import Call
from evalharness.models.noun import CallId, Count, Instant, Name, Noun, canonical_json
from evalharness.models.rule import Rule, parse_rule
from evalharness.models.week import Week


class Stratum(Noun):
    """A disjoint group of the week's calls: first match wins; `when` None is the rest (`core`). `share` fixes its part."""

    name: Name
    when: str | None = None
    share: Annotated[float, Field(gt=0, lt=1)] | None = None


class StratumSize(Noun):
    """How many gradable calls a stratum holds in the week (N_h), how many of them are drawn (n_h), and `judged` (M_h):
    those of N_h that the log itself shows neither as failed_technical nor as out_of_scope."""

    stratum: Stratum
    population: Count
    drawn: Count
    judged: Count

    @model_validator(mode="after")
    def _within(self) -> StratumSize:
        if max(self.drawn, self.judged) > self.population:
            raise ValueError(f"stratum {self.stratum.name!r}: {self.drawn} drawn, {self.judged} judged, of {self.population}")
        return self


class Design(Noun):
    """How the draw is made. `seed` is the configured seed, with ".r" behind it for redraw r. `every_nth` replaces strata.

    `asked`: person -> queue positions on their sheet; frozen with the draw, whoever joins or leaves later.
    """

    week: Week
    seed: str
    size: Annotated[int, Field(ge=1)]
    strata: tuple[StratumSize, ...]
    every_nth: int | None = Field(default=None, ge=1)
    scope: str | None = None
    asked: dict[str, tuple[int, ...]] = Field(default_factory=dict)

    @property
    def scope_rule(self) -> Rule | None:
        """Which calls were this agent's own at the draw; None = all. A drawn week's figures count these, whatever comes later."""
        return None if self.scope is None else parse_rule(self.scope)

    @property
    def population(self) -> int:
        """Gradable calls of the week (N)."""
        return sum(stratum.population for stratum in self.strata)

    @property
    def drawn(self) -> int:
        """Calls drawn (n)."""
        return sum(stratum.drawn for stratum in self.strata)


class DrawnCall(Noun):
    """What the engine returns for a drawn call: its stratum and its key (lower-case hex MD5 of seed|week|source|id)."""

    stratum: Name
    key: str
    source: Name
    call_id: CallId


class SampleItem(Noun):
    """A drawn call, frozen. `position` counts from 1 in queue order; `probability` is n_h / N_h of its stratum.

    `probability` None: picked by hand. Nobody knows its chance, so it enters no estimate; its place is behind the queue.
    """

    position: Annotated[int, Field(ge=1)]
    stratum: Name
    key: str
    probability: Annotated[float, Field(gt=0, le=1)] | None
    call: Call

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of the call."""
        return self.call.source, self.call.id


class Pick(Noun):
    """A call that a person added to the week's grading by hand, frozen when it was picked: on whose sheet, why, when."""

    week: Week
    call: Call
    person: Name
    reason: Annotated[str, Field(min_length=1)]
    at: Instant

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of the call."""
        return self.call.source, self.call.id


class WeeklySample(Noun):
    """The calls of a week to be graded. Frozen once drawn; redrawn only with a reason while nothing is graded.

    `picked`: calls that people added by hand, behind the queue. They are no part of the draw: neither frozen with it nor in its
    digest, and in no figure; they stand here only where sheets are written and read. `frozen`: the digest that the draw was
    frozen under, where texts of its calls were purged since.
    """

    week: Week
    redraw: Count = 0
    reason: str | None = None
    design: Design
    rubric_digest: str
    criterion_digests: dict[str, str]
    items: tuple[SampleItem, ...]
    picked: tuple[SampleItem, ...] = ()
    frozen: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _drawn_or_picked(self) -> WeeklySample:
        if any(item.probability is None for item in self.items) or any(item.probability is not None for item in self.picked):
            raise ValueError("a drawn call has a probability, a picked one has none")
        return self

    @property
    def on_sheets(self) -> tuple[SampleItem, ...]:
        """Drawn calls in queue order, then those picked by hand."""
        return self.items + self.picked

    def frozen_digest(self) -> str:
        """The digest that names this draw on every sheet and report; a draw from before `asked` was kept has its old one.

        That of `canonical` without `picked`, call by call, so that no second copy of all calls is made on the way.
        """
        if self.frozen:
            return self.frozen
        fields = self.model_dump(mode="json", exclude={"items", "picked"})
        if not self.design.asked:
            del fields["design"]["asked"]
        before, key, behind = canonical_json({**fields, "items": []}).rpartition('"items":[')
        found = sha256(f"{before}{key}".encode())
        for number, item in enumerate(self.items):
            found.update(f"{',' if number else ''}{item.canonical()}".encode())
        found.update(behind.encode())
        return found.hexdigest()
