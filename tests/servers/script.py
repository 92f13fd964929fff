"""What the server does with a request: a judge's manner, and faults by request number or by a seeded chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.servers.judges import JUDGES, Answers, Judge, obedient

STATUSES = {
    "400": "invalid_request_error",
    "401": "authentication_error",
    "402": "billing_error",
    "403": "permission_error",
    "404": "not_found_error",
    "408": "timeout_error",
    "413": "request_too_large",
    "429": "rate_limit_error",
    "500": "api_error",
    "503": "api_error",
    "504": "timeout_error",
    "529": "overloaded_error",
}
BROKEN = ("reset_before", "reset_mid_body", "hang_up")
"""No whole reply: a reset before any byte or halfway through the body; the connection closed without a word."""
ANSWERS = (
    *("truncated", "refusal", "context_window", "pause_turn", "empty", "other_model", "thinking"),
    *("invalid_json", "fenced_json", "free_text", "wrong_enum", "extra_key", "missing_key", "no_usage", "html", "cut_body"),
)
"""Whole replies with status 200 that are not what was asked; `slow` and `drip` are good replies that take long."""
KINDS = (*STATUSES, *BROKEN, *ANSWERS, "redirect", "slow", "drip")
UNBILLED = {*STATUSES, "reset_before", "hang_up", "redirect", "html"}


@dataclass(frozen=True)
class Fault:
    """One deviation of KINDS; `retry_after` seconds as an error's header; `seconds` more to take (slow, drip, hang_up)."""

    kind: str
    retry_after: float | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; known: {', '.join(KINDS)}")

    @property
    def billed(self) -> bool:
        """Whether a model worked: error statuses, dropped connections and a proxy's page cost nothing."""
        return self.kind not in UNBILLED


Schedule = Mapping[int, Fault | str] | Callable[[int], Fault | str | None]


@dataclass(frozen=True)
class Script:
    """The server's part. Requests to /v1/messages count from 1 in order of arrival, refused ones included.

    `faults` names them by number (a mapping or a function); else `chances` draws one by probability from (seed, number);
    else `always`; else the judge answers. `answers` gives a value by criterion id, or a function of (ask, criterion).
    """

    judge: Judge | str = obedient
    faults: Schedule = field(default_factory=dict)
    chances: Mapping[str, float] = field(default_factory=dict)
    always: Fault | str | None = None
    seed: int = 1
    retry_after: float | None = None
    answers: Answers = field(default_factory=dict)
    score: int = 4
    payloads: Sequence[str] = ()
    model: str = "claude-other-1"

    def fault(self, number: int) -> Fault | None:
        """What happens to this request; None when it is answered as asked."""
        named = self.faults(number) if callable(self.faults) else self.faults.get(number)
        found = named or self._by_chance(number) or self.always
        return Fault(found, self.retry_after) if isinstance(found, str) else found

    def judged_by(self) -> Judge:
        """The judge, looked up by name where a name was given."""
        return JUDGES[self.judge] if isinstance(self.judge, str) else self.judge

    def _by_chance(self, number: int) -> str | None:
        left = random.Random(f"{self.seed}:{number}").random()
        for kind, share in self.chances.items():
            if left < share:
                return kind
            left -= share
        return None
