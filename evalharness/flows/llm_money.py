"""Money before anything is sent: the price file that holds, and what a week's requests would cost, by what they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evalharness import numbers
from evalharness.flows.llm_work import Work
from evalharness.flows.money import price_file
from evalharness.grade.llm.decide import Next
from evalharness.grade.llm.work import Job, request_of, worst_usd
from evalharness.messages.prices import Prices
from evalharness.messages.usage import Usage
from evalharness.models.noun import number_of
from evalharness.workspace.folder import Workspace


def price_list(workspace: Workspace) -> Prices:
    """The workspace's price file, else the one of this version. Raises ConfigError."""
    return price_file(workspace)


@dataclass(frozen=True)
class Expected:
    """What requests would cost in USD; None = a model without a price among them. `batch_usd`: handed over in batches.

    `by_role`: requests and USD by what they are for. `cap_usd`, `spent_usd`: the week's cap, and what counts against it.
    `at_once`: how many of them the cap has room for in batches at their worst case, which is set aside before they go.
    """

    usd: float | None
    batch_usd: float | None
    by_role: dict[str, tuple[int, float | None]]
    cap_usd: float
    spent_usd: float
    at_once: int

    def lines(self, *, live: bool = False) -> list[str]:
        """For a person. `live`: nothing of it can go in a batch."""
        lines = [] if len(self.by_role) < 2 else [_role(name, *found) for name, found in self.by_role.items()]
        if self.usd is None or self.batch_usd is None:
            return lines
        after = self.spent_usd + self.usd
        room = (
            f"{numbers.estimate(after)} of {numbers.cap(self.cap_usd)} after it"
            if after <= self.cap_usd
            else "MORE THAN THE CAP: not all are sent"
        )
        if live:
            return [*lines, f"  projected  {room}"]
        batched = numbers.estimate(self.batch_usd)
        half = f"  in batches about {batched} (--batch: the first of a judge and what is asked twice go live)"
        fits = f"{number_of(self.at_once, 'request')} at a time {'fits' if self.at_once == 1 else 'fit'} it at the worst case"
        return [*lines, half, f"  projected  {room}; in batches {fits}"]


def _role(name: str, requests: int, usd: float | None) -> str:
    return f"             {requests} x {name}: " + ("unknown" if usd is None else f"about {numbers.estimate(usd)}")


def expected(work: Work, jobs: Sequence[Job], used: Sequence[Usage]) -> Expected:
    """What these jobs, which would use that much, cost live and in batches."""
    costs = [work.prices.cost(job.brief.judge.model, usage) for job, usage in zip(jobs, used, strict=True)]
    halves = [work.prices.cost(job.brief.judge.model, usage, batch=True) for job, usage in zip(jobs, used, strict=True)]
    firsts = {job.brief.judge: at for at, job in reversed(list(enumerate(jobs)))}
    live = set(firsts.values())
    mixed = [cost if at in live else half for at, (cost, half) in enumerate(zip(costs, halves, strict=True))]
    counts = Counter(job.row.role for job in jobs)
    by_role: dict[str, tuple[int, float | None]] = {
        role: (count, _sum([cost for job, cost in zip(jobs, costs, strict=True) if job.row.role == role]))
        for role, count in counts.items()
    }
    return Expected(_sum(costs), _sum(mixed), by_role, work.cap_usd, work.spent_usd, _at_once(work, jobs))


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _at_once(work: Work, jobs: Sequence[Job]) -> int:
    """As handing over goes about it: in order, each that still fits."""
    room, count = work.cap_usd - work.spent_usd, 0
    for job in jobs:
        worst = worst_usd(request_of(job, Next(job.questions)), work.prices, batch=True)
        if worst <= room:
            room, count = room - worst, count + 1
    return count
