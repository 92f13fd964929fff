"""Keys of servers: from the environment alone, never from a file, an option or the ledger."""

from __future__ import annotations

import os
from collections.abc import Mapping

from evalharness.errors import GradingError

KEY_VARIABLE = "ANTHROPIC_API_KEY"


def api_key(environment: Mapping[str, str] | None = None, name: str = KEY_VARIABLE) -> str:
    """The key in this variable. Raises GradingError where there is none; a key alone never switches anything on."""
    key = secret(name, environment)
    if not key:
        raise GradingError(
            f"{name} is not set",
            where="the environment of this command",
            why="The server takes no request without a key, and it is read from nowhere else.",
            fix=f"Type: export {name}=...   (for a server of your own that asks for none, any word)",
        )
    return key


def secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """What the variable holds; "" where it is not set."""
    return (os.environ if environment is None else environment).get(name, "").strip()
