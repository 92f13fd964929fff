"""Redaction before anything is stored: card, account, phone, email, dob, ssn become pseudonyms such as [phone-7f3a].

Best effort, and never called safe: what it finds and what it misses is measured on tests/collect/redaction_cases.jsonl.
The pseudonym is keyed (HMAC-SHA256) on the value's normal form: the same number looks the same in every text of a
workspace and cannot be computed without its key. Keys of JSON objects and the ids of calls are left as they are.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from evalharness.collect.birth import asks_for_birth, find_births
from evalharness.collect.context import last_kind
from evalharness.collect.credentials import drop_credentials, without_signature
from evalharness.collect.findings import Finding, digits_of, luhn, phone_value
from evalharness.collect.numbers import find_numbers
from evalharness.collect.spoken import find_spoken_mail, find_spoken_numbers
from evalharness.models.call import Call, Handoff, ToolCall, Turn

_MAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_WITHHELD = frozenset({"", "anonymous", "unknown", "private", "restricted", "unavailable", "blocked", "withheld", "none", "null"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SENSITIVE_KEYS = ("card", "account", "phone", "ssn")


class Redactor:
    """Replaces personal data in texts and calls of one workspace. `counts`: replacements by category since `reset`."""

    def __init__(self, key: bytes, categories: frozenset[str]) -> None:
        self.key, self.categories = key, categories
        self.counts: Counter[str] = Counter()

    def reset(self) -> Counter[str]:
        """The counts so far; counting starts again from nothing."""
        counts, self.counts = self.counts, Counter()
        return counts

    def caller_key(self, caller: str) -> str | None:
        """The keyed hash of a caller's number, mail or name (32 hexadecimal digits); None where it is withheld."""
        value = caller.strip().lower()
        value = value.removeprefix("tel:").removeprefix("sip:")
        if value.partition("@")[0].lstrip("+").isdecimal():
            value = value.partition("@")[0]
        digits = digits_of(value)
        if digits and not any(sign.isalpha() for sign in value):
            value = phone_value(digits)
        return None if value in _WITHHELD else self._digest(value)[:32]

    def text(self, text: str, question: str = "") -> str:
        """The text with pseudonyms. `question`: what was said before it, or the key under which it stands."""
        found = [finding for finding in _findings(text, question) if finding.category in self.categories]
        if not found:
            return text
        parts, position = [], 0
        for finding in sorted(found, key=lambda one: one.start):
            if finding.start < position:
                continue
            parts += [text[position : finding.start], self._in_place(text, finding)]
            position = finding.end
            self.counts[finding.category] += 1
        return "".join([*parts, text[position:]])

    def value(self, value: Any, key: str = "") -> Any:
        """A JSON value with every text redacted; a number becomes a pseudonym where its key or its check digit tells."""
        if isinstance(value, str):
            return self.text(value, key)
        if isinstance(value, dict):
            return {name: self.value(inner, _CAMEL.sub(" ", name)) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, key) for inner in value]
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1_000_000:
            return self._integer(value, key)
        return value

    def call(self, call: Call) -> Call:
        """The call as it may be kept: redacted texts, no credentials in metadata, no signed recording address."""
        metadata, dropped = drop_credentials(call.metadata)
        address = without_signature(call.recording_url) if call.recording_url else call.recording_url
        self.counts["secret"] += dropped + (address != call.recording_url)
        self.counts += Counter()
        changes: dict[str, Any] = {
            "turns": self._turns(call.turns),
            "errors": tuple(map(self.text, call.errors)),
            "end_reason": self._optional(call.end_reason),
            "metadata": self.value(metadata),
            "handoff": self._handoff(call.handoff),
            "recording_url": address,
        }
        return call.model_copy(update=changes)

    def _integer(self, value: int, key: str) -> int | str:
        digits = str(value)
        kind = last_kind(key)
        if kind in _SENSITIVE_KEYS or (13 <= len(digits) <= 19 and kind != "other" and luhn(digits)):
            redacted = self.text(digits, key)
            return value if redacted == digits else redacted
        return value

    def _turns(self, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        kept, question = [], ""
        for turn in turns:
            text = self.text(turn.text, question)
            tools = tuple(map(self._tool, turn.tool_calls))
            same = text == turn.text and tools == turn.tool_calls
            kept.append(turn if same else turn.model_copy(update={"text": text, "tool_calls": tools}))
            question = turn.text[-160:] if turn.text and turn.speaker != "caller" else question
        return tuple(kept)

    def _tool(self, tool: ToolCall) -> ToolCall:
        arguments, result = self.value(tool.arguments), self._optional(tool.result)
        if arguments == tool.arguments and result == tool.result:
            return tool
        return tool.model_copy(update={"arguments": arguments, "result": result})

    def _handoff(self, handoff: Handoff | None) -> Handoff | None:
        if handoff is None or not handoff.context_summary:
            return handoff
        return handoff.model_copy(update={"context_summary": self.text(handoff.context_summary)})

    def _optional(self, text: str | None) -> str | None:
        return self.text(text) if text else text

    def _digest(self, value: str) -> str:
        return hmac.new(self.key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _in_place(self, text: str, finding: Finding) -> str:
        """The pseudonym, in quotes where the number stood bare as a value of JSON text."""
        pseudonym = f"[{finding.category}-{self._digest(finding.value)[:4]}]"
        before = text[max(0, finding.start - 4) : finding.start].rstrip()
        after = text[finding.end : finding.end + 1]
        if before.endswith('":') and after in (",", "}", "]", " ", "\n", ""):
            quote = '\\"' if before.endswith('\\":') else '"'
            return f"{quote}{pseudonym}{quote}"
        return pseudonym


def _findings(text: str, question: str) -> Iterator[Finding]:
    """All findings, the surest kinds first. `question` matters only where the text itself says nothing."""
    if "@" in text:
        for match in _MAIL.finditer(text):
            yield Finding(match.start(), match.end(), "email", match[0].lower())
    yield from find_spoken_mail(text)
    for match in _IBAN.finditer(text):
        if _iban(match[0]):
            yield Finding(match.start(), match.end(), "account", match[0].replace(" ", "").lower())
    yield from find_births(text, asked=bool(question) and asks_for_birth(question))
    yield from find_numbers(text, question)
    yield from find_spoken_numbers(text, question)


def _iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616: remainder 1 modulo 97)."""
    plain = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1
