"""The calls of a time from one platform, page by page, each whole; what is in the log already is not asked for again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from evalharness.collect.platforms.payload import Json
from evalharness.collect.pull.platforms import Platform, Times
from evalharness.collect.pull.server import Server

AT_ONCE = 4
"""So many single calls are asked for together."""
_TOGETHER = 100
"""So many whole calls are given on at once: what was given on is kept, whatever happens to the rest."""


@dataclass(frozen=True)
class Page:
    """Some calls as the platform gives them whole; `known`: left out, for the log has them; `going`: not over yet;
    `gone`: listed, and not there when asked for; `outside`: of another time."""

    calls: Sequence[Json]
    known: int = 0
    going: int = 0
    gone: int = 0
    outside: int = 0


def pages(
    platform: Platform, server: Server, times: Times, agents: Sequence[str], known: Callable[[Sequence[str]], Collection[str]]
) -> Iterator[Page]:
    """The calls that began in these times. `known`: which of these ids the log has. Raises InputError after what came."""
    for listed in platform.listed(server, times, agents):
        within = [call for call in listed if _within(platform, call, times)]
        over = [call for call in within if platform.over(call)]
        ids = [name for call in over if (name := platform.id_of(call))]
        have = set(known(ids))
        wanted = [call for call in over if platform.id_of(call) not in have]
        yield Page([], len(over) - len(wanted), len(within) - len(over), outside=len(listed) - len(within))
        for first in range(0, len(wanted), _TOGETHER):
            some = wanted[first : first + _TOGETHER]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                found = [call for call in pool.map(lambda call: platform.whole(server, call), some) if call is not None]
            yield Page(found, gone=len(some) - len(found))


def _within(platform: Platform, call: Json, times: Times) -> bool:
    """A call without a time is taken: the intake says what is wrong with it."""
    began = platform.began(call)
    return began is None or times[0] <= began < times[1]
