"""A rule as an Ibis expression that answers exactly as `models.rule.matches`: never NULL, a missing value compares false."""

from __future__ import annotations

import functools
import operator
from typing import Any

import ibis

from evalharness.models.rule import FLAG_FIELDS, NUMBER_FIELDS, OPERATORS, TEXT_FIELDS, Both, Comparison, Either, Not, Rule, Value
from evalharness.store.engine_functions import json_text, json_type

_KINDS = {
    **dict.fromkeys(TEXT_FIELDS, "text"),
    **dict.fromkeys(NUMBER_FIELDS, "number"),
    **dict.fromkeys(FLAG_FIELDS, "flag"),
}
_JSON_KINDS = {"text": ("VARCHAR",), "number": ("BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"), "flag": ("BOOLEAN",)}


def rule_sql(rule: Rule, table: Any) -> Any:
    """The rule over the `calls` table as a boolean expression, true or false for every row."""
    match rule:
        case Comparison():
            return _comparison(rule, table)
        case Not():
            return ~rule_sql(rule.rule, table)
        case Both():
            return functools.reduce(operator.and_, (rule_sql(part, table) for part in rule.rules), ibis.literal(True))
        case Either():
            return functools.reduce(operator.or_, (rule_sql(part, table) for part in rule.rules), ibis.literal(False))


def _comparison(rule: Comparison, table: Any) -> Any:
    wanted = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    kinds = {_kind(option) for option in wanted}
    if len(kinds) != 1:
        return ibis.literal(False)
    value = _value(rule.field, kinds.pop(), table)
    if value is None:
        return ibis.literal(False)
    answer = value.isin(wanted) if rule.op == "in" else OPERATORS[rule.op](value, rule.value)
    return ibis.coalesce(answer, False)


def _value(field: str, kind: str, table: Any) -> Any:
    """The column, or the metadata's entry where it is of this kind (else NULL); None for a column of another kind."""
    if not field.startswith("metadata."):
        return table[field] if _KINDS.get(field) == kind else None
    key = field.removeprefix("metadata.").replace("~", "~0").replace("/", "~1")
    found = json_text(table.rule_metadata, f"/{key}")
    typed = found if kind == "text" else found.try_cast("float64" if kind == "number" else "boolean")
    return json_type(table.rule_metadata, f"/{key}").isin(_JSON_KINDS[kind]).ifelse(typed, ibis.null(typed.type()))


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"
