"""The forms that are known by name: chat messages and the platforms. Each is one small file, loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.collect.events import Events
from evalharness.collect.platforms.payload import Draft, calls_in
from evalharness.models.intake import OwnForm

NAMES: dict[OwnForm, str] = {
    "vapi": "has the fields of a Vapi call or end-of-call-report",
    "retell": "has the fields of a Retell call or webhook",
    "elevenlabs": "has the fields of an ElevenLabs conversation or post-call webhook",
    "livekit": "has the fields of a LiveKit session report",
    "pipecat": "has the logs of a Pipecat run",
    "otel": "has OpenTelemetry spans (OTLP JSON)",
    "bland": "has the fields of a Bland call",
    "twilio": "has the fields of a Twilio Intelligence transcript with its sentences",
    "vcon": "has the fields of a vCon",
    "chat": "has an id and messages with role and content",
}
"""Name -> what a value of this form looks like. The first that recognises a value decides."""


@dataclass(frozen=True)
class NamedForm:
    """A form: how one of its values is known, how it becomes a call in our form, and which events complete others.

    `zoned`: it has times of its own to count from, so that its `draft` takes the zone of times without an offset too. `split`:
    one value of a file -> the calls in it.
    """

    name: str
    recognises: Callable[[Any], bool]
    draft: Callable[..., Draft]
    events: Events | None = None
    zoned: bool = False
    split: Callable[[Any], list[Any]] = calls_in

    def read(self, value: Any, naive: ZoneInfo | None) -> Draft:
        """One value in our form. Raises FieldError. `naive`: the declared zone of times without an offset."""
        return self.draft(value, naive) if self.zoned else self.draft(value)


@cache
def named_form(name: OwnForm) -> NamedForm:
    """The form of that name. Raises KeyError for a name that is not in NAMES."""
    NAMES[name]
    module = import_module(f"evalharness.collect.platforms.{name}")
    events, zoned = getattr(module, "EVENTS", None), getattr(module, "ZONED", False)
    return NamedForm(name, module.recognises, module.draft, events, zoned, getattr(module, "split", calls_in))


def form_like(value: Any) -> OwnForm | None:
    """The name of the form this JSON value has; None where none recognises it."""
    return next((name for name in NAMES if named_form(name).recognises(value)), None)
