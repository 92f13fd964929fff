"""Credentials that platforms leave in their dumps: keys such as access_token, and signed addresses."""

from __future__ import annotations

import re
from typing import Any

_KEY = re.compile(
    r"(?:^|_)(?:access_?token|refresh_?token|auth_?token|id_?token|bearer|authorization|api_?key|client_?secret|secret|password"
    r"|passwd|private_?key|cookie|set_?cookie|session_?token|credentials?|control_?url|listen_?url|signature|token)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNED = re.compile(
    r"[?&](?:X-(?:Amz|Goog)-[\w-]+|Signature|sig|token|access_token|api_key|Key-Pair-Id|Expires)=", re.IGNORECASE
)
_ADDRESS = re.compile(r"(https?|wss?)://[^\s\"'<>]+", re.IGNORECASE)


def is_credential(key: str) -> bool:
    """Whether values under this key are credentials."""
    return _KEY.search(_CAMEL.sub("_", key).replace("-", "_")) is not None


def without_signature(text: str) -> str:
    """The text with the query of every signed address cut off."""
    if "?" not in text:
        return text
    return _ADDRESS.sub(lambda match: match[0].partition("?")[0] if _SIGNED.search(match[0]) else match[0], text)


def drop_credentials(value: Any) -> tuple[Any, int]:
    """The JSON value without credentials, and how many were dropped."""
    if isinstance(value, dict):
        kept = {name: drop_credentials(inner) for name, inner in value.items() if not is_credential(name)}
        return {name: inner for name, (inner, _) in kept.items()}, len(value) - len(kept) + sum(
            count for _, count in kept.values()
        )
    if isinstance(value, list):
        pairs = [drop_credentials(inner) for inner in value]
        return [inner for inner, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, str):
        plain = without_signature(value)
        return plain, int(plain != value)
    return value, 0
