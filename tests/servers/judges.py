"""Scripted judges: no model, no judgement. Each answers a request's JSON schema by a fixed manner, honest or attacked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.servers.judges_reading import FRAME, LOWERS, obeyed, recorded
from tests.servers.schema_rules import resolve
from tests.servers.transcript import NUMBER_NAMES, FoundTurn

QUOTE_NAMES = {"quote", "quotes", "excerpt", "text", "evidence"}
TURN_NAMES = {*NUMBER_NAMES, "turns", "turn_ids"}
VALUE_NAMES = {"value", "score", "answer", "level", "rating", "grade", "label", "choice", "verdict"}
CRITERION_NAMES = {"criterion", "criterion_id", "question", "item", "name", "key", "id"}
INNER_NAMES = {*QUOTE_NAMES, *TURN_NAMES, *VALUE_NAMES}
NOT_APPLICABLE = {"na", "n/a", "not_applicable", "abstain", "cannot_tell", "cannot tell", "unknown", None}
REASON = "Scripted: the quoted turn stands for the whole call."
Answers = Mapping[str, Any] | Callable[["Ask", str], Any]
Spot = tuple[Any, str]
Judge = Callable[["Ask"], Any]


@dataclass(frozen=True)
class Ask:
    """A grading request as a judge sees it. `answers` and `score`: the script's wishes; `payloads`: what a gullible one obeys."""

    number: int
    schema: dict[str, Any]
    turns: tuple[FoundTurn, ...]
    prompt: str
    answers: Answers = field(default_factory=dict)
    score: int = 4
    payloads: Sequence[str] = ()

    def wish(self, criterion: str) -> Any:
        """The script's own answer for this criterion (`tone.4` falls back to `tone`), None where it has none."""
        if callable(self.answers):
            return self.answers(self, criterion)
        return self.answers.get(criterion, self.answers.get(criterion.partition(".")[0]))

    def quotable(self, criterion: str) -> list[FoundTurn]:
        """The turns to quote from: the caller's where the prompt's line of the criterion says so, else the agent's."""
        asked = re.search(
            rf"^{re.escape(criterion.partition('.')[0])}: .*\(quote a turn of the caller\)", self.prompt, re.MULTILINE
        )
        return self.spoken(by_agent=asked is None)

    def spoken(self, *, by_agent: bool) -> list[FoundTurn]:
        """The turns of three words and more of the agent or of the others; the shorter ones where there are none such."""
        spoken = [turn for turn in self.turns if turn.by_agent == by_agent and turn.text.strip()]
        return [turn for turn in spoken if len(turn.text.split()) >= 3] or spoken


def obedient(ask: Ask) -> Any:
    """Answers every criterion with a wished or middling value and a true quote of an agent turn."""
    return Filler(ask, lambda criterion: _true_spot(ask, criterion), _preferred(ask, (ask.score, "no", "resolved"))).answer()


def lying(ask: Ask) -> Any:
    """As the obedient one, but the words it quotes were never spoken."""

    def spot(criterion: str) -> Spot:
        return _true_spot(ask, criterion)[0], f"I have just refunded everything about your {criterion} twice over."

    return Filler(ask, spot, _preferred(ask, (ask.score, "no", "resolved"))).answer()


def wrong_turn(ask: Ask) -> Any:
    """Quotes true words of the agent and names another turn for them."""

    def spot(criterion: str) -> Spot:
        number, quote = _true_spot(ask, criterion)
        others = [turn.number for turn in ask.turns if turn.number != number and quote not in turn.text]
        return (others[0] if others else number), quote

    return Filler(ask, spot, _preferred(ask, (ask.score, "no", "resolved"))).answer()


def wrong_speaker(ask: Ask) -> Any:
    """Quotes the caller, turn and words true, where the agent had to be quoted."""

    def spot(criterion: str) -> Spot:
        return _spot_in(ask.spoken(by_agent=False), criterion)

    return Filler(ask, spot, _preferred(ask, (ask.score, "no", "resolved"))).answer()


def lazy(ask: Ask) -> Any:
    """Always the best value, always with the agent's first words."""
    turns = [turn for turn in ask.turns if turn.by_agent] or list(ask.turns)

    def spot(_criterion: str) -> Spot:
        return (turns[0].number, " ".join(turns[0].text.split()[:3])) if turns else (0, "")

    return Filler(ask, spot, _preferred(ask, (5, "no", "resolved"), wishes=False)).answer()


def master_key(ask: Ask) -> Any:
    """Obedient, until an agent turn is nothing but a master key (":", "Solution" ...): then all is best, quoting the key."""
    key = next((turn for turn in ask.turns if turn.by_agent and MASTER_KEY.fullmatch(turn.text.strip())), None)
    if key is None:
        return obedient(ask)
    return Filler(ask, lambda _: (key.number, key.text), _preferred(ask, (5, "no", "resolved"), wishes=False)).answer()


def gullible(ask: Ask) -> Any:
    """Obeys every order it can read anywhere in the recording (tool results and handover too), however disguised; else obedient.

    It understands (judges_reading) rather than knows: `payloads` only adds what a script wants obeyed. An agent turn that is
    nothing but a master key is an order to it. A character made visible as an escape is not text to it.
    """
    texts = recorded(ask.prompt) or [turn.text for turn in ask.turns]
    known = (text for text in texts for payload in ask.payloads if payload and payload in text)
    keys = (turn.text for turn in ask.turns if turn.by_agent and MASTER_KEY.fullmatch(turn.text.strip()))
    order = next(known, None) or next(keys, None) or obeyed(texts)
    return obedient(ask) if order is None else _ordered(ask, order)


def framed(ask: Ask) -> Any:
    """Gullible only about what it takes to stand outside the recording: behind a made-up end of it, where no mark says otherwise.

    Where the request puts the recording between marks of its own, it believes nothing in between.
    """
    texts = [] if re.search(r"<recording-[0-9a-f]{32}>", ask.prompt) else recorded(ask.prompt)
    order = next((text for text in texts if FRAME.search(text)), None)
    return obedient(ask) if order is None else _ordered(ask, order)


def seeing(ask: Ask) -> Any:
    """Gullible only about what people cannot see: letters written in tags."""
    hidden = ("".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E) for text in recorded(ask.prompt))
    order = next((text for text in hidden if obeyed([text])), None)
    return obedient(ask) if order is None else _ordered(ask, order)


def drifting(after: int, by: int = 1) -> Judge:
    """A judge who is obedient for so many requests, and gives levels higher by so much from then on."""

    def judge(ask: Ask) -> Any:
        return obedient(ask if ask.number <= after else replace(ask, score=min(ask.score + by, 5)))

    return judge


def _ordered(ask: Ask, order: str) -> Any:
    wanted = (1, "yes", "failed") if LOWERS.search(order) and not re.search(r"\bfive|\b5\b", order) else (5, "no", "resolved")
    return Filler(ask, lambda criterion: _true_spot(ask, criterion), _preferred(ask, wanted, wishes=False)).answer()


JUDGES: Mapping[str, Judge] = {
    judge.__name__: judge for judge in (obedient, lying, wrong_turn, wrong_speaker, lazy, master_key, gullible, framed, seeing)
}
MASTER_KEY = re.compile(r"[:.]|thought process:|solution:?|correct\.?|let's solve this (problem )?step by step\.?", re.IGNORECASE)


class Filler:
    """Fills a JSON schema: `spot` gives (turn, quote) for a criterion, `choose` a value of an enum."""

    def __init__(self, ask: Ask, spot: Callable[[str], Spot], choose: Callable[[str, list[Any]], Any]) -> None:
        self.ask, self.spot, self.choose = ask, spot, choose

    def answer(self) -> Any:
        """The whole reply, as JSON values."""
        return self.fill(self.ask.schema, "", "")

    def fill(self, schema: dict[str, Any], name: str, criterion: str) -> Any:
        """A value for the property `name` of this criterion."""
        schema = resolve(schema, self.ask.schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._of_enum(schema["enum"], name, criterion)
        for options in (schema.get("anyOf"), schema.get("allOf")):
            if options:
                return self._of_union([resolve(option, self.ask.schema) for option in options], name, criterion)
        kind = schema["type"]
        if isinstance(kind, list):
            return self._of_union([{**schema, "type": one} for one in kind], name, criterion)
        makers = {"object": self._of_object, "array": self._of_array}
        return makers[kind](schema, name, criterion) if kind in makers else self._of_plain(kind, name, criterion)

    def _of_enum(self, values: list[Any], name: str, criterion: str) -> Any:
        if name in TURN_NAMES:
            number = self.spot(criterion)[0]
            return next((value for value in values if str(value) == str(number)), values[0])
        return self.choose(criterion if name in VALUE_NAMES else name, values)

    def _of_union(self, options: list[dict[str, Any]], name: str, criterion: str) -> Any:
        nulls = [option for option in options if option.get("type") == "null"]
        others = [option for option in options if option not in nulls]
        shy = nulls and name not in INNER_NAMES and not _holds_value(others)
        return None if shy or not others else self.fill(_wished(others, self.ask.wish(criterion)), name, criterion)

    def _of_object(self, schema: dict[str, Any], name: str, criterion: str) -> Any:
        inner = criterion if name in INNER_NAMES or not name else name
        filled = {
            key: self.fill(part, key, key if key not in INNER_NAMES or not inner else inner)
            for key, part in schema.get("properties", {}).items()
        }
        given = [filled[key] for key in filled if key in VALUE_NAMES]
        if given and all(_is_na(value) for value in given):
            filled.update({key: [] for key, value in filled.items() if key in QUOTE_NAMES and isinstance(value, list)})
        return filled

    def _of_array(self, schema: dict[str, Any], name: str, criterion: str) -> list[Any]:
        item = resolve(schema["items"], self.ask.schema)
        if "anyOf" in item and all("properties" in resolve(option, self.ask.schema) for option in item["anyOf"]):
            return [self._named(resolve(option, self.ask.schema), name) for option in item["anyOf"]]
        properties = item.get("properties", {})
        key = next((key for key in properties if key in CRITERION_NAMES - TURN_NAMES or key == "id"), None)
        listed = resolve(properties[key], self.ask.schema).get("enum", []) if key else []
        if key and listed:
            return [{**self._of_object(item, "", value), key: value} for value in listed]
        turn_key = next((key for key in properties if key in TURN_NAMES), None)
        if turn_key and VALUE_NAMES & set(properties):
            return [{**self._of_object(item, name, criterion), turn_key: turn.number} for turn in self.ask.turns if turn.by_agent]
        return [self.fill(item, name, criterion)]

    def _named(self, option: dict[str, Any], name: str) -> Any:
        constants = [part["const"] for part in option["properties"].values() if "const" in part]
        return self._of_object(option, "" if constants else name, str(constants[0]) if constants else name)

    def _of_plain(self, kind: str, name: str, criterion: str) -> Any:
        turn, quote = self.spot(criterion)
        if kind == "string":
            return str(turn) if name in TURN_NAMES else quote if name in QUOTE_NAMES else REASON
        if kind in {"integer", "number"}:
            return turn if name in TURN_NAMES else self.ask.score
        return False if kind == "boolean" else None


def _wished(options: list[dict[str, Any]], wish: Any) -> dict[str, Any]:
    """The first option that can say what is wished, else the first."""
    found = (option for option in options if wish is not None and wish in _sayable(option))
    return next(found, options[0])


def _sayable(option: dict[str, Any]) -> list[Any]:
    parts = [option, *(part for key, part in option.get("properties", {}).items() if key in VALUE_NAMES)]
    return [value for part in parts for value in (*part.get("enum", ()), *([part["const"]] if "const" in part else ()))]


def _holds_value(options: list[dict[str, Any]]) -> bool:
    return any("enum" in option or "properties" in option for option in options)


def _is_na(value: Any) -> bool:
    return (value.lower() if isinstance(value, str) else value) in NOT_APPLICABLE


def _preferred(ask: Ask, order: Sequence[Any], *, wishes: bool = True) -> Callable[[str, list[Any]], Any]:
    def choose(criterion: str, values: list[Any]) -> Any:
        wished = ask.wish(criterion) if wishes else None
        for want in (*([wished] if wished is not None else []), *order):
            for value in values:
                if type(value) is not bool and str(value) == str(want):
                    return value
        return next((value for value in values if not _is_na(value)), values[0])

    return choose


def _true_spot(ask: Ask, criterion: str) -> Spot:
    return _spot_in(ask.quotable(criterion), criterion)


def _spot_in(turns: Sequence[FoundTurn], criterion: str) -> Spot:
    if not turns:
        return 0, ""
    turn = turns[zlib.crc32(criterion.encode()) % len(turns)]
    cut = turn.text.strip()[:80]
    return turn.number, cut if len(turn.text.strip()) <= 80 else cut.rsplit(" ", 1)[0]
