"""What the agent's own usage costs where a log gives tokens, characters or seconds and no money: dated prices, set by people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from evalharness.models.call import Call, Cost
from evalharness.models.noun import Amount, Name, Noun

ANY = "any"
"""The entry of a price table that holds for every model without a line of its own."""
RECKONED = "cost_reckoned"
"""The entry of a call's metadata that says its cost was reckoned: {as_of, total}; it holds while the cost is that total."""
CACHED = ("cached_input_tokens", "input_cached_tokens", "cached_tokens")
"""Names of the input tokens that were read from a cache; they are part of the input tokens."""
USAGE = "usage"
"""The entry of a call's metadata with what the call used."""
Component = Literal["llm", "tts", "stt", "telephony"]


def _day(given: object) -> object:
    return date.fromisoformat(given) if isinstance(given, str) else given


Day = Annotated[date, BeforeValidator(_day)]


class TokenPrice(Noun):
    """Money per 1,000 tokens from `as_of` on; `cached`: of input read from a cache (None = no price of its own)."""

    as_of: Day
    input: Amount
    output: Amount
    cached: Amount | None = None

    def of(self, sent: float, received: float, cached: float = 0.0) -> float:
        """The price of so many tokens in and out; `cached` of those in were read from a cache."""
        read = self.input if self.cached is None else self.cached
        return ((sent - cached) * self.input + cached * read + received * self.output) / 1000


class CharacterPrice(Noun):
    """Money per 1,000 characters of synthesised speech from `as_of` on."""

    as_of: Day
    per_1k_characters: Amount


class TimePrice(Noun):
    """Money per minute, or per second, from `as_of` on."""

    as_of: Day
    per_minute: Amount | None = None
    per_second: Amount | None = None

    @model_validator(mode="after")
    def _one(self) -> TimePrice:
        if (self.per_minute is None) == (self.per_second is None):
            raise ValueError("a price is per_minute or per_second, one of the two")
        return self

    def of(self, seconds: float) -> float:
        """The price of so many seconds."""
        return seconds * (self.per_second if self.per_second is not None else (self.per_minute or 0.0) / 60)


P = TypeVar("P", TokenPrice, CharacterPrice, TimePrice)
Table = dict[Name, Annotated[tuple[P, ...], Field(min_length=1)]]


class AgentPrices(Noun):
    """Prices by model (or `any`), each line dated; of several the newest not after the call's day holds, else the oldest."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    llm: Table[TokenPrice] = Field(default_factory=dict)
    tts: Table[CharacterPrice] = Field(default_factory=dict)
    stt: Table[TimePrice] = Field(default_factory=dict)
    telephony: Table[TimePrice] = Field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing has a price."""
        return not (self.llm or self.tts or self.stt or self.telephony)


@dataclass(frozen=True)
class Used:
    """One thing a call used: tokens of a model (`cached_tokens` of the input), characters spoken, seconds heard or connected."""

    component: Component
    model: str = ""
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    cached_tokens: float = 0.0
    characters: float = 0.0
    seconds: float = 0.0


def reckoned(call: Call, prices: AgentPrices) -> Call:
    """The call with a cost from its usage and the prices of its day, inferred and dated; the call itself where it has a cost,
    no usage, or a part of its usage has no price: what is not known stays unknown. The line of a phone call is priced by its
    duration, where telephony has a price and no usage of it is given."""
    if call.cost is not None or prices.empty:
        return call
    used = usage_of(call) or []
    by_phone = used and prices.telephony and call.channel == "phone" and all(one.component != "telephony" for one in used)
    if by_phone and not call.duration_s:
        return call
    if by_phone:
        used.append(Used("telephony", seconds=call.duration_s or 0.0))
    found = [_priced(one, prices, call.started_at.date()) for one in used]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return call
    components: dict[str, float] = {}
    for component, amount, _ in known:
        components[component] = round(components.get(component, 0.0) + amount, 10)
    cost = Cost(components=components, currency=prices.currency)
    mark: dict[str, Any] = {"as_of": min(as_of for _, _, as_of in known).isoformat(), "total": cost.total}
    plain = sum(one.cached_tokens for one in used if one.cached_tokens and _plain_cached(one, prices, call.started_at.date()))
    if plain:
        mark["cached_as_input"] = plain
    update = {"cost": cost, "metadata": {**call.metadata, RECKONED: mark}, "inferred": (*call.inferred, "cost")}
    return call.model_copy(update=update)


def _plain_cached(used: Used, prices: AgentPrices, day: date) -> bool:
    price = _of_day(prices.llm, used.model, day)
    return price is not None and price.cached is None


def cached_as_input(call: Call) -> int:
    """How many tokens read from a cache were priced as plain input, because the price list has none for them: the cost is then
    too high rather than too low. 0 where the cost was not reckoned."""
    mark = call.metadata.get(RECKONED)
    plain = mark.get("cached_as_input", 0) if isinstance(mark, dict) and reckoned_as_of(call) else 0
    return int(plain) if isinstance(plain, int | float) else 0


def reckoned_as_of(call: Call) -> str | None:
    """The date of the prices a call's cost was reckoned by; None where the log gave it, or something better came later."""
    mark = call.metadata.get(RECKONED)
    holds = call.cost is not None and isinstance(mark, dict) and mark.get("total") == call.cost.total
    return str(mark["as_of"]) if holds and isinstance(mark, dict) else None


def usage_of(call: Call) -> list[Used] | None:
    """What `metadata.usage` says: an object (llm, tts_characters, stt_seconds, telephony_seconds) or a list of entries with a
    `type` such as llm_usage. None where there is none, or where a part of it cannot be understood."""
    given = call.metadata.get(USAGE)
    try:
        found = list(_listed(given) if isinstance(given, list) else _named(given) if isinstance(given, dict) else ())
    except (TypeError, ValueError, KeyError):
        return None
    return found or None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise TypeError("no amount")
    return float(value)


def _tokens(given: Mapping[str, Any]) -> Used:
    sent, received = _number(given["input_tokens"]), _number(given["output_tokens"])
    cached = next((_number(given[name]) for name in CACHED if given.get(name) is not None), 0.0)
    if cached > sent:
        raise ValueError("more tokens were read from a cache than were read at all")
    return Used("llm", str(given.get("model") or ""), sent, received, cached)


_NAMED = ("llm", "tts_characters", "tts_model", "stt_seconds", "stt_model", "telephony_seconds")


def _named(given: Mapping[str, Any]) -> Iterator[Used]:
    """Raises ValueError where an amount stands under another name: it may cost what nobody can tell."""
    if any(name not in _NAMED and not isinstance(value, str | None) and value for name, value in given.items()):
        raise ValueError("a usage that has no price here")
    llm = given.get("llm", [])
    for one in llm if isinstance(llm, list) else [llm]:
        yield _tokens(one)
    if "tts_characters" in given:
        yield Used("tts", str(given.get("tts_model") or ""), characters=_number(given["tts_characters"]))
    if "stt_seconds" in given:
        yield Used("stt", str(given.get("stt_model") or ""), seconds=_number(given["stt_seconds"]))
    if "telephony_seconds" in given:
        yield Used("telephony", seconds=_number(given["telephony_seconds"]))


def _listed(given: Sequence[Any]) -> Iterator[Used]:
    for one in given:
        kind, model = str(one["type"]), str(one.get("model") or "")
        if kind == "llm_usage":
            yield _tokens(one)
        elif kind == "tts_usage":
            yield Used("tts", model, characters=_number(one["characters_count"]))
        elif kind == "stt_usage":
            yield Used("stt", model, seconds=_number(one["audio_duration"]))
        else:
            raise ValueError("a kind of usage that has no price here")


def _priced(used: Used, prices: AgentPrices, day: date) -> tuple[Component, float, date] | None:
    """Component, amount and the date of the price; None without a price. Nobody has to price what cost no unit."""
    match used.component:
        case "llm":
            tokens = _of_day(prices.llm, used.model, day)
            return (
                None
                if tokens is None
                else ("llm", tokens.of(used.input_tokens, used.output_tokens, used.cached_tokens), tokens.as_of)
            )
        case "tts":
            spoken = _of_day(prices.tts, used.model, day)
            return None if spoken is None else ("tts", used.characters * spoken.per_1k_characters / 1000, spoken.as_of)
        case "stt":
            heard = _of_day(prices.stt, used.model, day)
            return None if heard is None else ("stt", heard.of(used.seconds), heard.as_of)
        case "telephony":
            line = _of_day(prices.telephony, used.model, day)
            return None if line is None else ("telephony", line.of(used.seconds), line.as_of)


def _of_day(table: Mapping[str, Sequence[P]], model: str, day: date) -> P | None:
    """The price that held on that day."""
    lines = sorted(table.get(model) or table.get(ANY) or (), key=lambda line: line.as_of)
    held = [line for line in lines if line.as_of <= day]
    return held[-1] if held else next(iter(lines), None)
