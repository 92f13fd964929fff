"""Credentials that platforms leave in their dumps: keys such as access_token, signed addresses, bearer's words."""

from __future__ import annotations

import operator
import re
from typing import Any

from evalharness.collect.privacy.assigned import held, may_be_assigned, without_assigned
from evalharness.collect.privacy.gathered import gathered
from evalharness.collect.privacy.json_secrets import without_pairs
from evalharness.models.call import Call, ToolCall, Turn

_SIGNED = re.compile(
    r"(?:[?&#;]|u0026)(?:X-(?:Amz|Goog)-[\w-]+|Signature|sig|hmac|auth|jwt|token|access_token|id_token|api_?key|key|secret|client_secret|password|pwd|Key-Pair-Id"
    r"|Expires)=", re.IGNORECASE
)  # fmt: skip
_LOGIN = re.compile(r"://[^/\s@?#:]*:[^/\s@?#]+@")
_NAMES = (
    "token", "secret", "passw", "passphrase", "pwd", "key", "jwt", "bearer", "auth", "cookie", "credential", "signature", "url", "://",
)  # fmt: skip
"""Of these one stands in every JSON that holds a credential."""
_BEARER = re.compile(r"\b(Bearer)\s+(?=[\w.~+/-]*[0-9])[\w.~+/-]{12,}=*", re.IGNORECASE)
_OF_CALL = ("metadata", "recording_url", "agent", "version", "channel", "language", "intent", "end_reason")
_ADDRESS = re.compile(r"://[^\s\"'<>]+")


def _is_secret(key: str, value: Any) -> bool:
    """Whether this entry of an object is a credential."""
    what = held(key)
    one_of = value if isinstance(value, list) else (value,)
    return what == "any" or (what == "text" and any(isinstance(one, str) for one in one_of))


def without_signature(text: str) -> str:
    """The text without the secrets an address carries: the query or fragment of a signed one, a user and a password before @."""
    return _ADDRESS.sub(_plain_address, text) if "://" in text and ("=" in text or "@" in text) else text


def _plain_address(match: re.Match[str]) -> str:
    login = _LOGIN.match(match[0])
    found = f"://{match[0][login.end() :]}" if login else match[0]
    return re.split(r"[?#]", found, maxsplit=1)[0] if _SIGNED.search(found) else found


def plain_text(text: str) -> str:
    """The text without credentials: of addresses, of a bearer's word, behind their names, and of all JSON that it holds."""
    if _may_be_json(text, _folded(text)):
        text = without_pairs(text, drop_credentials)
    text = without_signature(text)
    folded = _folded(text)
    text = _BEARER.sub(r"\1 [secret]", text) if "bearer" in folded else text
    return without_assigned(text) if may_be_assigned(text, folded) else text


def _folded(text: str) -> str:
    """In small letters, a dotless i and the like as the letters that expressions take them for."""
    return text.lower() if text.isascii() else text.casefold().replace("ı", "i").replace("\u0307", "")


def _may_be_json(text: str, folded: str) -> bool:
    """Whether the text, which is given in small letters too, may hold JSON with a credential: a quick look."""
    return ('"' in text or "{" in text) and any(map(folded.__contains__, _NAMES))


def drop_credentials(value: Any) -> tuple[Any, int]:
    """The JSON value without credentials, and how many were dropped; the same value where there are none."""
    return (value, 0) if _is_clean([value]) else _dropped(value)


def _is_clean(values: list[Any]) -> bool:
    """Whether there is surely no credential in JSON values: one quick look, without a copy of them."""
    texts, keys = gathered(values)
    return not (any(map(held, keys)) or _may_hold("\n".join(texts)))


def _may_hold(text: str) -> bool:
    """Whether `plain_text` may change the text, or one of the lines that it consists of: a quick look at it."""
    folded = _folded(text)
    if "=" in text or "bearer" in folded or may_be_assigned(text, folded) or _may_be_json(text, folded):
        return True
    return "://" in text and "@" in text and _LOGIN.search(text) is not None


def _dropped(value: Any) -> tuple[Any, int]:
    if isinstance(value, dict):
        kept = {name: _dropped(inner) for name, inner in value.items() if not _is_secret(name, inner)}
        dropped = len(value) - len(kept) + sum(count for _, count in kept.values())
        return {plain_text(name): inner for name, (inner, _) in kept.items()}, dropped + sum(
            plain_text(name) != name for name in kept
        )
    if isinstance(value, list):
        pairs = [_dropped(inner) for inner in value]
        return [inner for inner, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, str):
        plain = plain_text(value)
        return plain, int(plain != value)
    return value, 0


def without_credentials(call: Call) -> tuple[Call, int]:
    """The call without credentials wherever a platform may have left one, and how many were dropped. Its id stays as it is."""
    return (call, 0) if _is_clean_call(call) else _without(call)


def _is_clean_call(call: Call) -> bool:
    """Whether there is surely none: three looks, because an address tells nothing alone, but beside JSON it does."""
    if _may_hold("\n".join([turn.text for turn in call.turns])) or (call.recording_url and _may_hold(call.recording_url)):
        return False
    tools = [(tool.name, tool.arguments, tool.result) for turn in call.turns for tool in turn.tool_calls]
    summary = call.handoff.context_summary if call.handoff else None
    plain = (call.agent, call.version, call.channel, call.language, call.intent, call.end_reason)
    return _is_clean([call.metadata, tools, call.errors, plain, summary])


def _without(call: Call) -> tuple[Call, int]:
    """As `without_credentials`, field by field."""
    changed: dict[str, Any] = {}
    count = 0
    for name in _OF_CALL:
        value = getattr(call, name)
        plain, dropped = drop_credentials(value) if value else (value, 0)
        if dropped:
            changed[name], count = plain, count + dropped
    errors = tuple([plain_text(error) for error in call.errors])
    turns = _turns(call.turns)
    count += sum(map(operator.ne, errors, call.errors)) + sum(map(operator.is_not, turns, call.turns))
    changed |= {"errors": errors, "turns": turns} if count else {}
    summary = call.handoff.context_summary if call.handoff else None
    if call.handoff and summary and plain_text(summary) != summary:
        count += 1
        changed["handoff"] = call.handoff.model_copy(update={"context_summary": plain_text(summary)})
    return (call.model_copy(update=changed), count) if count else (call, 0)


def _turns(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same turns where there is nothing to drop: one look at all that was said together."""
    said = _may_hold("\n".join([turn.text for turn in turns]))
    kept = [_turn(turn) if said or turn.tool_calls else turn for turn in turns]
    return turns if all(map(operator.is_, kept, turns)) else tuple(kept)


def _turn(turn: Turn) -> Turn:
    """The same turn where there is nothing to drop."""
    text = plain_text(turn.text)
    if text == turn.text and not turn.tool_calls:
        return turn
    tools = tuple(_tool(tool) for tool in turn.tool_calls)
    if text == turn.text and all(one is other for one, other in zip(tools, turn.tool_calls, strict=True)):
        return turn
    return turn.model_copy(update={"text": text, "tool_calls": tools})


def _tool(tool: ToolCall) -> ToolCall:
    found = {name: drop_credentials(getattr(tool, name)) for name in ("name", "arguments", "result")}
    changed = {name: value for name, (value, dropped) in found.items() if dropped}
    return tool.model_copy(update=changed) if changed else tool
