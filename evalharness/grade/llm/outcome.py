"""What a run works with, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evalharness.grade.llm.enforced import Enforced
from evalharness.grade.llm.journal import Journal
from evalharness.grade.llm.work import Job, Judge
from evalharness.messages.delivery import Delivery
from evalharness.messages.failure import NOT_REACHED, STOPS
from evalharness.messages.prices import Prices

INTERRUPTED = "interrupted"


@dataclass
class Outcome:
    """What one run did. `states`: how many requests ended how; `left`: sent by nobody yet; `resent`: calls asked again.

    `probes`: how many of those that ended asked for something else than grades. `total` counts all. `submitted`: requests this
    run handed over in a batch; `waiting`: those of any run in a batch that has not ended. They are among those left.
    `too_long`: calls that do not fit the model and were not sent.
    """

    total: int
    states: dict[str, int] = field(default_factory=dict)
    left: int = 0
    over_cap: int = 0
    spent_usd: float = 0.0
    resent: list[str] = field(default_factory=list)
    stopped: str = ""
    probes: int = 0
    submitted: int = 0
    waiting: int = 0
    too_long: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Requests that came to an end in this run."""
        return sum(self.states.values())

    @property
    def projected_usd(self) -> float:
        """What this run will have spent at its end if the rest costs as much as what is done."""
        return self.spent_usd / self.done * self.total if self.done else 0.0

    @property
    def incomplete(self) -> bool:
        """Whether the same command has something left to do or to look at."""
        return bool(self.left or self.over_cap or self.stopped or self.states.get("failed"))

    def take(self, part: Outcome) -> None:
        """Adds what a part of this run did."""
        for state, count in part.states.items():
            self.states[state] = self.states.get(state, 0) + count
        self.over_cap += part.over_cap
        self.spent_usd += part.spent_usd
        self.resent += part.resent
        self.probes += part.probes
        self.too_long += part.too_long
        self.stopped = self.stopped or part.stopped
        self.left = self.total - self.done - self.over_cap

    @property
    def interrupted(self) -> bool:
        """Whether a person stopped it."""
        return self.stopped == INTERRUPTED


def _where(why: str, judge: Judge) -> str:
    """The reason with the address, where it is the address that did not answer or did not take the key."""
    if why.endswith(str(NOT_REACHED)):
        return f"{why} to {judge.destination}: is it running? check graders.llm.base_url"
    return f"{why} by {judge.destination}" if why == STOPS[401] else why


def no_more(_job: Job) -> Sequence[Job]:
    """Nothing follows a job."""
    return ()


@dataclass(frozen=True)
class Bench:
    """What a run works with. `standing`: the slots that hold a grade; `tell` hears of every request that ends.

    `enforced`: what is known of the servers; `at_once`: calls under way together where a call takes several requests.
    `follow`: the new jobs that a job brings about, asked for at its end and planned together with it.
    """

    prices: Prices
    deliveries: Mapping[Judge, Delivery]
    journal: Journal
    clock: Callable[[], datetime]
    standing: Container[tuple[object, ...]]
    tell: Callable[[Outcome], None]
    enforced: Enforced = field(default_factory=Enforced)
    at_once: int = 20
    follow: Callable[[Job], Sequence[Job]] = no_more

    def stop(self, why: str) -> None:
        """Nothing more is sent to anybody."""
        for delivery in self.deliveries.values():
            delivery.stop.now(why)

    @property
    def stopped(self) -> str:
        """Why something was not sent, each reason once; that a person stopped it outdoes all others."""
        whys = list(
            dict.fromkeys(_where(delivery.stop.why, judge) for judge, delivery in self.deliveries.items() if delivery.stop)
        )
        return INTERRUPTED if INTERRUPTED in whys else "; ".join(whys)
