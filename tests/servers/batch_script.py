"""What the scripted server does with batches: when they end, what becomes of each request, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

OPERATIONS = ("create", "retrieve", "results", "list", "cancel")
FATES = ("succeeded", "errored", "invalid", "canceled", "expired", "missing")
"""`errored` is the server's own error, `invalid` one of the request; `missing` stands in no line of the results."""

FAULTS = ("lost", "cut", "cut_line", "gone", "html", "reset")
"""`lost`: done, but the connection breaks before the reply. `cut`: half of the body, as if it were whole;
`cut_line`: half of its lines. `gone`: 404.
`reset`: broken before anything was done. A number is an error status."""

Fates = Mapping[int, str] | Callable[[int], str | None]
RESULTS_DAYS = 29


@dataclass(frozen=True)
class BatchScript:
    """The server's part with batches.

    `polls`: looks at a batch that find it unended. `fates`: of the nth batched request of this server, counted from 1 in order
    of arrival (a mapping or a function); the rest succeed. `faults`: operation -> number of its request, from 1, -> a fault.
    `age_days`: how old every batch says it is; after 29 days its results are gone. `holding`: batches, by number from 1, that do
    not end as long as they are in it. `supported`: False for a server without batches.
    """

    polls: int = 0
    fates: Fates = field(default_factory=dict)
    faults: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    age_days: float = 0.0
    seed: int = 1
    supported: bool = True
    holding: Container[int] = ()

    def fate(self, number: int) -> str:
        """What becomes of the nth batched request."""
        named = self.fates(number) if callable(self.fates) else self.fates.get(number)
        found = named or "succeeded"
        if found not in FATES:
            raise ValueError(f"no such fate: {found}")
        return found

    def fault(self, operation: str, number: int) -> str:
        """What goes wrong with the nth request of this operation; "" for nothing."""
        return self.faults.get(operation, {}).get(number, "")
