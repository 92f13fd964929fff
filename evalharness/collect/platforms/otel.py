"""To come: recognises nothing yet."""

from __future__ import annotations

from typing import Any

from evalharness.collect.platforms.payload import Draft
from evalharness.collect.reasons import FieldError


def recognises(value: Any) -> bool:
    """Nothing yet."""
    return False


def draft(given: Any) -> Draft:
    """Raises FieldError."""
    raise FieldError("", "cannot be read yet")
