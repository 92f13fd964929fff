"""The CSAT of calls that people handled, against which the agent's is held."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from evalharness.models.noun import Name, Noun


def _no_share(value: float) -> float:
    """A percent typed as a share would make every gap a large one in the agent's favour."""
    if 0 < value <= 1:
        raise ValueError(f"{value:g} is read as {value:g} percent; did you mean {100 * value:g}?")
    return value


Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_no_share)]


class IntentBaseline(Noun):
    """The baseline of one intent: percent of its own `n` answers."""

    value: Percent
    n: Annotated[int, Field(ge=1)]


def _form(given: Any) -> str:
    """Which form a value has, so that a mistake in it is said of that form alone."""
    return "counted" if isinstance(given, dict | IntentBaseline) else "percent"


OfIntent = Annotated[Annotated[Percent, Tag("percent")] | Annotated[IntentBaseline, Tag("counted")], Discriminator(_form)]


class Baseline(Noun):
    """CSAT of calls that people handled (`csat.baseline` of evalharness.yaml): which part of its `n` answers was 4 or 5 of 5.

    `value` in percent (84, not 0.84: above 0 up to 1 is refused); `period` and `question`: when and what was asked, in the
    owner's words; `by_intent`: intent of the log -> percent, or percent and number of answers, for the intents where it is known.
    """

    value: Percent
    n: Annotated[int, Field(ge=1)]
    period: Name
    question: str = ""
    by_intent: dict[str, OfIntent] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _within(self) -> Baseline:
        answers = sum(one.n for one in self.by_intent.values() if isinstance(one, IntentBaseline))
        if answers > self.n:
            raise ValueError(f"the intents have {answers} answers together, the whole baseline {self.n}")
        return self

    def of(self, intent: str | None) -> tuple[float, int | None]:
        """Percent and number of answers (None: not known) of an intent; the overall percent for one it does not know."""
        known = self.by_intent.get(intent or "", self.value)
        return (known.value, known.n) if isinstance(known, IntentBaseline) else (known, None)
