"""OTLP JSON -> spans of one trace: typed attribute values, times in ns written as text, ids in hex, who stands under whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evalharness.collect.platforms.payload import Json, calls_in, inner, number, objects, text
from evalharness.collect.units import from_start, instant_of_number, number_of

_ERRORS = (2, "2", "STATUS_CODE_ERROR")


@dataclass(frozen=True)
class Span:
    """One span. `start`, `end`: None where it has none (0 in OTLP). `error`: its status says so."""

    id: str
    parent: str
    name: str
    start: datetime | None
    end: datetime | None
    error: bool
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """The first of these attributes that says something; a number as text is none."""
        return next((found for name in names if (found := text(self.attributes.get(name)))), None)

    def number(self, name: str) -> float | None:
        """The attribute's finite number."""
        return number(self.attributes.get(name))

    @property
    def lasted_ms(self) -> float | None:
        """Milliseconds from start to end; None where one is missing, or the end lies before the start."""
        known = self.start is not None and self.end is not None and self.end >= self.start
        return from_start(self.end, self.start) if known and self.end and self.start else None


class Trace:
    """The spans of one call by start, under its root: the span that lasts as long as the call."""

    def __init__(self, spans: list[Span], root: Span, start: datetime) -> None:
        self.root, self.start = root, start
        self.spans = sorted((span for span in spans if span.start), key=lambda span: (span.start or start, span.id))
        self._under: dict[str, list[int]] = {}
        for at, span in enumerate(self.spans):
            self._under.setdefault(span.parent, []).append(at)

    def named(self, *names: str) -> list[Span]:
        """The spans of these names."""
        return [span for span in self.spans if span.name in names]

    def below(self, top: Span) -> list[Span]:
        """The spans under one, at any depth, by start; not one of its own name, nor what is under that."""
        found, due = set[int](), [top.id] if top.id else []
        while due:
            for at in self._under.get(due.pop(), ()):
                span = self.spans[at]
                if at not in found and span.id != top.id and span.name != top.name:
                    found.add(at)
                    due += [span.id] if span.id else []
        return [self.spans[at] for at in sorted(found)]

    def ms(self, at: datetime | None) -> float | None:
        """Milliseconds from the start of the call."""
        return None if at is None else from_start(at, self.start)


def groups_of(value: Any) -> Iterator[tuple[Json, list[Json]]]:
    """Each resource with its spans, as they stand in the JSON."""
    for group in objects(inner(value, "resourceSpans")):
        yield group, [span for scope in objects(group.get("scopeSpans")) for span in objects(scope.get("spans"))]


def trace_id(span: Json) -> str:
    """The id of its trace; "" where it has none."""
    return text(span.get("traceId")) or ""


def traces_in(value: Any) -> list[Any]:
    """One value for each trace in it; a value with one, or none, is left as it is."""
    found: list[Any] = []
    for given in calls_in(value):
        traces: dict[str, list[Json]] = {}
        for group, spans in groups_of(given):
            here: dict[str, list[Json]] = {}
            for span in spans:
                here.setdefault(trace_id(span), []).append(span)
            for name, of_trace in here.items():
                traces.setdefault(name, []).append({"resource": group.get("resource"), "scopeSpans": [{"spans": of_trace}]})
        found += [{"resourceSpans": groups} for groups in traces.values()] if len(traces) > 1 else [given]
    return found


def joined(parts: Sequence[Any]) -> tuple[Any, list[bool]]:
    """One trace of its parts: of each the spans that none before it has; and of all but the first whether it has such spans."""
    known = _ids(parts[0])
    groups, new = list(parts[0]["resourceSpans"]), []
    for part in parts[1:]:
        added = []
        for group, spans in groups_of(part):
            unknown = [span for span in spans if text(span.get("spanId")) not in known]
            added += [{"resource": group.get("resource"), "scopeSpans": [{"spans": unknown}]}] if unknown else []
        known |= _ids(part)
        groups += added
        new.append(bool(added))
    return {**parts[0], "resourceSpans": groups}, new


def _ids(value: Any) -> set[str | None]:
    return {text(span.get("spanId")) for _, spans in groups_of(value) for span in spans}


def spans_of(value: Any) -> list[Span]:
    """The spans of one trace. Raises FieldError for times outside the years 1990 to 2099."""
    return [_span(span) for _, spans in groups_of(value) for span in spans]


def resource_of(value: Any) -> dict[str, Any]:
    """The attributes of the first resource."""
    return next((_attributes(inner(group, "resource", "attributes")) for group, _ in groups_of(value)), {})


def _span(span: Json) -> Span:
    return Span(
        id=text(span.get("spanId")) or "",
        parent=text(span.get("parentSpanId")) or "",
        name=text(span.get("name")) or "",
        start=_instant(span, "startTimeUnixNano"),
        end=_instant(span, "endTimeUnixNano"),
        error=inner(span, "status", "code") in _ERRORS,
        attributes=_attributes(span.get("attributes")),
    )


def _instant(span: Json, name: str) -> datetime | None:
    return instant_of_number(span.get(name), "epoch_ns", name) if number_of(span.get(name)) else None


def _attributes(given: Any) -> dict[str, Any]:
    return {key: _value(entry.get("value")) for entry in objects(given) if (key := text(entry.get("key")))}


def _value(given: Any) -> Any:
    """The value behind its type; whole numbers come as text."""
    if not isinstance(given, dict):
        return None
    if "intValue" in given:
        return number_of(given["intValue"])
    if "doubleValue" in given:
        return number_of(given["doubleValue"])
    if "arrayValue" in given:
        return [_value(one) for one in objects(inner(given, "arrayValue", "values"))]
    return next((given[name] for name in ("stringValue", "boolValue") if name in given), None)
