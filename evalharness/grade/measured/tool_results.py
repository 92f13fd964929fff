"""What became of a tool call: worked, failed and how, or not in the log."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Literal

from evalharness.models.call import ToolCall

Outcome = Literal["worked", "schema", "argument", "failed", "unknown"]
FAILURES: tuple[Outcome, ...] = ("schema", "argument", "failed")
LONGEST = 100_000
_FAILED = re.compile(
    r"\s*(?:(?:error|fehler|exception)\b(?:\s*:| [45]\d\d\b|\s*-|\s*$| occurred)|\w{1,40}(?:error|exception)\s*:|traceback \(|"
    r"http(?:/\d(?:\.\d)?)? [45]\d\d\b|unknown tool\b|bad request\b|invalid (?:request|argument)|time ?out\b|timed out\b|"
    r"internal server error|service unavailable)",
    re.IGNORECASE,
)
_SCHEMA = re.compile(
    r"missing required|required (?:argument|parameter|field|property)|unexpected (?:argument|keyword|parameter|property)|"
    r"validation ?error|schema|must be an? (?:string|number|integer|boolean|array|object)|unknown (?:tool|function)|"
    r"no such (?:tool|function)|could not parse|invalid json|malformed|is not of type"
)
_ARGUMENT = re.compile(
    r"not found|\binvalid\b|does(?:n't| not) exist|\bno such\b|not available|do(?:es)?(?:n't| not) (?:match|add up)|\balready\b|"
    r"out of range|not allowed|\b(?:400|404|409|422)\b|nicht gefunden|ungültig|nicht verfügbar"
)
_ENDS = re.compile(r"(?<![a-z])(?:end|hang|hangup|transfer|hand_?off|hand_?over|forward)(?![a-z])")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BAD_STATES = ("error", "failed", "failure")


def outcome_of(tool: ToolCall) -> Outcome:
    """How the call went by its error flag or a result that says so. `schema`: it had not the tool's form; `argument`: a value in
    it was refused. `unknown`: neither flag nor result; an empty result without a flag has worked."""
    if _no_json(tool.arguments):
        return "schema"
    said = _error_text(tool.result)
    if said is None and not tool.error:
        return "unknown" if tool.error is None and tool.result is None else "worked"
    text = (said if said is not None else tool.result or "")[:500].lower()
    return "schema" if _SCHEMA.search(text) else "argument" if _ARGUMENT.search(text) else "failed"


def gives_result(tool: ToolCall) -> bool:
    """Whether a result is to be expected at all: ending or transferring a call often leaves none. Whole words of the name count:
    `change_booking` does not end anything."""
    return tool.result is not None or not _ends(tool.name)


@lru_cache(maxsize=4096)
def _ends(name: str) -> bool:
    return _ENDS.search(_HUMP.sub("_", name).lower()) is not None


def _no_json(arguments: Any) -> bool:
    """Whether the arguments are a text that was meant as JSON and is none."""
    if not isinstance(arguments, str) or not arguments.lstrip().startswith(("{", "[")) or len(arguments) > LONGEST:
        return False
    return _parsed(arguments) is None


def _error_text(result: str | None) -> str | None:
    """What the result says of an error; None where it says none."""
    if not result:
        return None
    if _FAILED.match(result):
        return result
    body = _parsed(result) if result.lstrip().startswith("{") and len(result) <= LONGEST else None
    if not isinstance(body, dict):
        return None
    state, code = body.get("status"), body.get("statusCode", body.get("status_code"))
    bad = bool(body.get("error")) or bool(body.get("errors")) or body.get("isError") is True
    bad = bad or body.get("success") is False or body.get("ok") is False
    bad = bad or (isinstance(state, str) and state.lower() in _BAD_STATES)
    bad = bad or any(isinstance(number, int) and not isinstance(number, bool) and 400 <= number < 600 for number in (state, code))
    return result if bad else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
