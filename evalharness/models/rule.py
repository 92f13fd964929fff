"""Rules: `field op value` joined by not > and > or and parentheses. Parsed here, answered here and, as SQL, in store/.

A comparison with a missing value is false and its `not` is true; there is no third answer. Bare words are strings.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from evalharness.models.call import Direction, Outcome, Status

Value = str | float | bool
TEXT_FIELDS = ("outcome", "status", "intent", "direction", "channel", "language", "agent", "version")
NUMBER_FIELDS = ("hour", "weekday", "duration_s", "turns", "csat", "cost_usd", "p50_ms", "p99_ms", "error_count")
FLAG_FIELDS = ("handed_off",)
CLOSED: Mapping[str, tuple[str, ...]] = {
    "outcome": get_args(Outcome),
    "status": get_args(Status),
    "direction": get_args(Direction),
}
"""Fields with a closed list of words: another word is a mistake, not a rule that never holds."""
FIELDS = TEXT_FIELDS + NUMBER_FIELDS + FLAG_FIELDS
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, options: value in options,
}
MOST_GROUPS = 100
_TOKEN = re.compile(
    r"""\s*(?:(?P<op>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],])|"(?P<dq>[^"]*)"|'(?P<sq>[^']*)'|(?P<word>[^\s()\[\],=!<>"']+))"""
)


@dataclass(frozen=True)
class Comparison:
    """One `field op value`; for `in` the value is a tuple."""

    field: str
    op: str
    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class Not:
    """The opposite of a rule."""

    rule: Rule


@dataclass(frozen=True)
class Both:
    """All of the rules (`and`)."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Either:
    """Any of the rules (`or`)."""

    rules: tuple[Rule, ...]


Rule = Comparison | Not | Both | Either


def parse_rule(text: str) -> Rule:
    """The rule written as `text`. Raises ValueError that names the offending word and what may stand there."""
    tokens = _tokens(text)
    if sum(token.text in ("(", "not") for token in tokens) > MOST_GROUPS:
        raise ValueError(f"a rule has at most {MOST_GROUPS} parentheses and nots")
    parser = _Parser(tokens)
    rule = parser.either()
    parser.expect_end()
    return rule


def matches(rule: Rule, facts: Mapping[str, Any]) -> bool:
    """Whether the rule holds for the facts (field name -> value or None; `metadata` -> mapping)."""
    match rule:
        case Comparison():
            return _compare(rule, fact(facts, rule.field))
        case Not():
            return not matches(rule.rule, facts)
        case Both():
            return all(matches(part, facts) for part in rule.rules)
        case Either():
            return any(matches(part, facts) for part in rule.rules)


def fact(facts: Mapping[str, Any], field: str) -> Any:
    """What the facts hold of a rule's field, `metadata.NAME` included; None where it is missing."""
    if field.startswith("metadata."):
        return (facts.get("metadata") or {}).get(field.removeprefix("metadata."))
    return facts.get(field)


def _compare(rule: Comparison, value: Any) -> bool:
    wanted = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    if value is None or not all(_kind(value) == _kind(option) for option in wanted):
        return False
    return OPERATORS[rule.op](value, rule.value)


def _kind(value: Any) -> str:
    """Numbers compare with numbers, words with words, flags with flags; anything else with nothing."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"


@dataclass(frozen=True)
class _Token:
    kind: str  # op, mark, string, word
    text: str


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"cannot read {text[position:].strip()[:20]!r} in the rule")
        kind = match.lastgroup or ""
        found.append(_Token("string" if kind in ("dq", "sq") else kind, match[kind]))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens; one method a level of binding."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.position = tokens, 0

    def either(self) -> Rule:
        rules = [self.both()]
        while self.take("word", "or"):
            rules.append(self.both())
        return rules[0] if len(rules) == 1 else Either(tuple(rules))

    def both(self) -> Rule:
        rules = [self.single()]
        while self.take("word", "and"):
            rules.append(self.single())
        return rules[0] if len(rules) == 1 else Both(tuple(rules))

    def single(self) -> Rule:
        if self.take("word", "not"):
            return Not(self.single())
        if self.take("mark", "("):
            rule = self.either()
            self.need("mark", ")")
            return rule
        return self.comparison()

    def comparison(self) -> Comparison:
        field = self.next("a field").text
        if field not in FIELDS and not (field.startswith("metadata.") and len(field) > 9):
            raise ValueError(f"unknown field {field!r}; known: {', '.join(FIELDS)}, metadata.NAME")
        token = self.next("an operator")
        if token.text not in OPERATORS or token.kind not in ("op", "word"):
            raise ValueError(f"{token.text!r} after {field!r} is not one of {' '.join(OPERATORS)}")
        value: Value | tuple[Value, ...] = self.options() if token.text == "in" else self.value()
        _check_type(field, token.text, value)
        return Comparison(field, token.text, value)

    def options(self) -> tuple[Value, ...]:
        self.need("mark", "[")
        values = [self.value()]
        while self.take("mark", ","):
            values.append(self.value())
        self.need("mark", "]")
        return tuple(values)

    def value(self) -> Value:
        token = self.next("a value")
        if token.kind in ("op", "mark"):
            raise ValueError(f"{token.text!r} stands where a value is expected")
        return token.text if token.kind == "string" else _literal(token.text)

    def next(self, wanted: str) -> _Token:
        if self.position == len(self.tokens):
            raise ValueError(f"the rule ends where {wanted} is expected")
        self.position += 1
        return self.tokens[self.position - 1]

    def take(self, kind: str, text: str) -> bool:
        found = self.position < len(self.tokens) and self.tokens[self.position] == _Token(kind, text)
        self.position += found
        return found

    def need(self, kind: str, text: str) -> None:
        if not self.take(kind, text):
            raise ValueError(f"{text!r} is missing in the rule")

    def expect_end(self) -> None:
        if self.position < len(self.tokens):
            raise ValueError(f"{self.tokens[self.position].text!r} is left over; join comparisons by and, or")


def _literal(word: str) -> Value:
    if word in ("true", "false"):
        return word == "true"
    return float(word) if re.fullmatch(r"-?\d+(\.\d+)?", word) else word


def _check_type(field: str, op: str, value: Value | tuple[Value, ...]) -> None:
    known = CLOSED.get(field, ())
    for option in value if isinstance(value, tuple) else (value,):
        kind, word = _kind(option), _written(option)
        if field in NUMBER_FIELDS and kind != "number":
            raise ValueError(f"{field} is a number; {word!r} is not")
        if field in FLAG_FIELDS and kind != "flag":
            raise ValueError(f"{field} is true or false; {word!r} is neither")
        if known and option not in known:
            raise ValueError(f"{field} is never {str(option)!r}; known: {', '.join(known)}")
        if field in TEXT_FIELDS and kind != "text":
            raise ValueError(f"{field} is text; write {word!r} in quotes")
        if kind != "number" and op in ("<", "<=", ">", ">="):
            raise ValueError(f"{op} compares numbers; {word!r} is not one")


def _written(value: Value) -> str:
    """A value as people write it in a rule."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else repr(value).removesuffix(".0")
