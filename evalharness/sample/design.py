"""How many calls each stratum gives to the week's sample. FORMATS: The draw; method: STATISTICS i."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from evalharness.errors import DrawError
from evalharness.models.sample import Design, Stratum, StratumSize

FEWEST_PER_STRATUM = 8
SMALLEST, LARGEST, TAIL_FROM = 20, 50, 35
CORE = Stratum(name="core")


def allocate(populations: Sequence[int], shares: Sequence[float | None], size: int) -> list[int]:
    """Calls to draw from each stratum: n_h from N_h, in stratum order; they sum to min(size, sum N_h).

    Each stratum gets at least min(8, N_h) and at most N_h. One with a share gets round(share * size), moved where the
    others could not keep to these limits; the rest is divided in proportion to N_h by largest remainder (ties by stratum
    order): a stratum whose part is too small is fixed at its least, and what is left is divided again.
    """
    size = min(size, sum(populations))
    fewest = min(FEWEST_PER_STRATUM, size // max(len(populations), 1))
    least, most = [min(fewest, N) for N in populations], list(populations)
    fixed: dict[int, int] = {}
    for h, share in enumerate(shares):
        if share is not None:
            others_least, others_most = sum(least) - least[h], sum(most) - most[h]
            wanted = max(round(share * size), least[h], size - others_most)
            fixed[h] = least[h] = most[h] = min(wanted, most[h], size - others_least)
    while True:
        free = {h: N for h, N in enumerate(populations) if h not in fixed}
        parts = largest_remainder(free, size - sum(fixed.values()))
        short = {h: least[h] for h in free if parts[h] < least[h]}
        if not short:
            return [fixed.get(h, parts.get(h, 0)) for h in range(len(populations))]
        fixed.update(short)


def largest_remainder(populations: Mapping[int, int], seats: int) -> dict[int, int]:
    """`seats` divided in proportion to the populations; integer arithmetic, ties to the earlier stratum."""
    total = sum(populations.values())
    if total == 0:
        return dict.fromkeys(populations, 0)
    parts = {h: seats * N // total for h, N in populations.items()}
    by_remainder = sorted(populations, key=lambda h: (-(seats * populations[h] % total), h))
    for h in by_remainder[: seats - sum(parts.values())]:
        parts[h] += 1
    return parts


def stratified(week: str, seed: str, size: int, counts: Sequence[tuple[Stratum, int, int]], scope: str | None) -> Design:
    """The design for strata given as (stratum, N_h, M_h) in order, `core` last.

    Raises DrawError for more strata than the size carries (2 below 35 calls, 4 from 35 on) or a tail below 35 calls.
    """
    _check_strata([stratum for stratum, _, _ in counts], size)
    drawn = allocate([N for _, N, _ in counts], [stratum.share for stratum, _, _ in counts], size)
    sizes = (StratumSize(stratum=s, population=N, drawn=n, judged=M) for (s, N, M), n in zip(counts, drawn, strict=True))
    return Design(week=week, seed=seed, size=size, strata=tuple(sizes), scope=scope)


def _check_strata(strata: Sequence[Stratum], size: int) -> None:
    most = 4 if size >= TAIL_FROM else 2
    if len(strata) > most:
        raise DrawError(
            f"{len(strata)} strata are too many for {size} calls; at most {most}, `core` counted",
            where="evalharness.yaml, sample.strata",
            why=f"each stratum needs at least {FEWEST_PER_STRATUM} graded calls to say anything about it",
            fix="remove strata" if size >= TAIL_FROM else f"remove strata or set sample.size to {TAIL_FROM} or more",
        )
    if size < TAIL_FROM and any(stratum.share is not None for stratum in strata):
        raise DrawError(
            f"a stratum with a fixed share needs a sample of {TAIL_FROM} calls or more, not {size}",
            where="evalharness.yaml, sample.strata",
            why="an oversampled tail takes precision from every other figure of a small sample",
            fix=f"remove `share`, or set sample.size to {TAIL_FROM} or more",
        )


def shadow(week: str, seed: str, every_nth: int, population: tuple[int, int], scope: str | None) -> Design:
    """The design that takes every k-th call by start time; `population` is (N, M) of the gradable calls."""
    N, M = population
    drawn = len(range(shadow_start(seed, week, every_nth), N, every_nth))
    size = StratumSize(stratum=Stratum(name="all"), population=N, drawn=drawn, judged=M)
    return Design(week=week, seed=seed, size=max(drawn, 1), strata=(size,), every_nth=every_nth, scope=scope)


def shadow_start(seed: str, week: str, every_nth: int) -> int:
    """The first index (from 0) of an every-k-th draw: md5(seed|week) mod k."""
    return int(hashlib.md5(f"{seed}|{week}".encode(), usedforsecurity=False).hexdigest(), 16) % every_nth
