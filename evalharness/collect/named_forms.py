"""The forms that are known by name: chat messages and the platforms. Each is one small file, loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from evalharness.collect.events import Events
from evalharness.collect.platforms.payload import Draft
from evalharness.models.intake import OwnForm

NAMES: dict[OwnForm, str] = {
    "vapi": "has the fields of a Vapi call or end-of-call-report",
    "retell": "has the fields of a Retell call or webhook",
    "chat": "has an id and messages with role and content",
}
"""Name -> what a value of this form looks like. The first that recognises a value decides."""


@dataclass(frozen=True)
class NamedForm:
    """A form: how one of its values is known, how it becomes a call in our form, and which events complete others."""

    name: str
    recognises: Callable[[Any], bool]
    draft: Callable[[Any], Draft]
    events: Events | None = None


@cache
def named_form(name: OwnForm) -> NamedForm:
    """The form of that name. Raises KeyError for a name that is not in NAMES."""
    NAMES[name]
    module = import_module(f"evalharness.collect.platforms.{name}")
    return NamedForm(name, module.recognises, module.draft, getattr(module, "EVENTS", None))


def form_like(value: Any) -> OwnForm | None:
    """The name of the form this JSON value has; None where none recognises it."""
    return next((name for name in NAMES if named_form(name).recognises(value)), None)
