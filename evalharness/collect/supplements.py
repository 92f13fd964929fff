"""Files with facts that come later for calls already collected: CSAT answers, CRM outcomes, versions, costs, consent.

CSV with a header, or JSONL, one fact a row. It names its call by `call_id` (and `source`, where ids alone are not unique),
or by `caller` and `at`; `known_at` says since when it is known (missing: since it is collected).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from evalharness.collect.csv_cells import number_of
from evalharness.collect.file_checks import check_file
from evalharness.collect.inputs import cannot_read
from evalharness.collect.privacy.masked import masked, masking
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.reading import json_lines
from evalharness.collect.reasons import FieldError, check_keys, in_words, kind_of, shown, wrong_kind
from evalharness.collect.rows import Limits, RawRow
from evalharness.collect.tables import csv_rows, is_csv
from evalharness.collect.units import instant_of
from evalharness.models.call import COST_COMPONENTS, OUTCOMES, Cost
from evalharness.models.intake import Rejected

Kind = Literal["csat", "outcome", "version", "cost", "consent"]
Join = Literal["call_id", "caller_time"]
KINDS: tuple[Kind, ...] = ("csat", "outcome", "version", "cost", "consent")
JOINS: tuple[Join, ...] = ("call_id", "caller_time")
_COSTS = tuple(f"cost.{name}" for name in COST_COMPONENTS)
_VALUES: dict[str, tuple[str, ...]] = {"cost": ("cost", *_COSTS, "currency")}
_NAMES: dict[str, tuple[str, ...]] = {"call_id": ("call_id", "source"), "caller_time": ("caller", "at")}
_CONSENT = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class LaterRules:
    """How a file of later facts is read. `key`: the workspace's, for callers; `currency`: of costs that name none."""

    kind: Kind
    join: Join
    key: bytes
    limits: Limits = field(default_factory=Limits)
    currency: str = "USD"


@dataclass(frozen=True)
class LaterRow:
    """One fact and how it names its call: by id (and source), or by the caller's key and a time."""

    line: int | None
    value: Any
    known_at: datetime | None
    call_id: str = ""
    source: str | None = None
    caller_key: str = ""
    at: datetime | None = None


def read_later(path: Path, rules: LaterRules) -> Iterator[LaterRow | Rejected]:
    """The facts of a file in order; a row that cannot be one is rejected with field and reason. Raises InputError."""
    check_file(path, rules.limits.file_mb)
    caller_key = Redactor(rules.key, frozenset()).caller_key
    of_rejected = masking(rules.key)
    try:
        for row in csv_rows(path, rules.limits) if is_csv(path) else json_lines(path, rules.limits):
            found = row if isinstance(row, Rejected) else _checked(row, path.name, rules, caller_key)
            if isinstance(found, Rejected):
                found = masked(found, of_rejected)
            yield found
    except OSError as error:
        raise cannot_read(path, error) from None


def _checked(row: RawRow, file: str, rules: LaterRules, caller_key: Callable[[str], str | None]) -> LaterRow | Rejected:
    try:
        return _row(row, rules, caller_key)
    except FieldError as error:
        return Rejected(file=file, line=row.line, field=error.field, reason=error.reason)


def _row(row: RawRow, rules: LaterRules, caller_key: Callable[[str], str | None]) -> LaterRow:
    raw = row.raw
    if not isinstance(raw, dict):
        raise FieldError("", wrong_kind("an object", raw))
    check_keys(raw, frozenset((*_NAMES[rules.join], *_VALUES.get(rules.kind, (rules.kind,)), "known_at")))
    known_at = instant_of(raw["known_at"], "known_at") if raw.get("known_at") is not None else None
    value = _value(rules.kind, raw, rules.currency)
    if rules.join == "call_id":
        source = _text(raw, "source") if raw.get("source") is not None else None
        return LaterRow(row.line, value, known_at, call_id=_text(raw, "call_id"), source=source)
    key = caller_key(_text(raw, "caller"))
    if key is None:
        raise FieldError("caller", "is withheld, so nothing can be joined on it")
    return LaterRow(row.line, value, known_at, caller_key=key, at=instant_of(_text(raw, "at"), "at"))


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or value == "":
        raise FieldError(name, "is missing")
    if not isinstance(value, str):
        raise FieldError(name, f"must be text, not {kind_of(value)}")
    return value


def _value(kind: Kind, raw: dict[str, Any], currency: str) -> Any:
    """The fact as a supplement keeps it."""
    if kind == "cost":
        return _cost(raw, currency)
    if raw.get(kind) is None:
        raise FieldError(kind, "is missing")
    return {"csat": _csat, "outcome": _outcome, "version": _version, "consent": _consent}[kind](raw[kind])


def _amount(value: Any, field: str) -> float:
    found = number_of(value, field) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise FieldError(field, wrong_kind("a number", found))
    return float(found)


def _csat(value: Any) -> float:
    found = _amount(value, "csat")
    if not 1 <= found <= 5:
        raise FieldError("csat", f"must be from 1 to 5; it is {shown(value)}")
    return found


def _outcome(value: Any) -> str:
    if value not in OUTCOMES:
        raise FieldError("outcome", f"must be one of {', '.join(OUTCOMES)}; it is {shown(value)}")
    return str(value)


def _version(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise FieldError("version", "must be text of at most 200 characters")
    return value


def _consent(value: Any) -> bool:
    found = value if isinstance(value, bool) else _CONSENT.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise FieldError("consent", f"must be true or false (yes or no); it is {shown(value)}")
    return found


def _cost(raw: dict[str, Any], currency: str) -> dict[str, Any]:
    """A Cost as JSON. Raises FieldError for an unknown component, a negative amount, a currency that is none."""
    try:
        cost = Cost(components=_amounts(raw), currency=raw.get("currency") or currency)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise FieldError("currency" if "currency" in first["loc"] else "cost", in_words(first)) from None
    return cost.model_dump(mode="json")


def _amounts(raw: dict[str, Any]) -> dict[str, float]:
    """Amounts by component (cost.llm ...); one amount without a component is `other`. Raises FieldError where there is none."""
    whole = raw.get("cost")
    given = dict(whole) if isinstance(whole, dict) else {} if whole is None else {"other": whole}
    given |= {name.removeprefix("cost."): raw[name] for name in _COSTS if raw.get(name) is not None}
    if not given:
        raise FieldError("cost", "is missing")
    return {name: _amount(value, f"cost.{name}") for name, value in given.items()}
