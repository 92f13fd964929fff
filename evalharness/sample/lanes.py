"""Which calls of a person's list are graded assisted: an LLM's answers beside the question. DOMAIN: Two lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evalharness.models.sample import WeeklySample

Identity = tuple[str, str]
"""(source, id) of a call."""


@dataclass(frozen=True)
class Known:
    """What decides beside the place in the list. `answered`: calls with an answer of the LLM to show; `begun`: calls of which
    the person has answered anything without having seen one; `shown`: calls of which they have been shown one."""

    answered: Collection[Identity] = ()
    begun: Collection[Identity] = ()
    shown: Collection[Identity] = ()


def assisted_calls(
    sample: WeeklySample, lists: Mapping[str, Sequence[int]], person: str, blind_first: int, known: Known
) -> tuple[Identity, ...]:
    """The calls of the person's list that are graded assisted, in queue order; all others are blind.

    `lists`: person -> queue positions, calls picked by hand included. Blind are the first `blind_first` of the list, what
    anybody else has on theirs too (agreement needs it), what has no answer to show, and what was begun blind. Whoever has been
    shown an answer stays assisted for that call, whatever `blind_first` says by now. Calls that nobody has been shown depend on
    places alone, never on what was answered, but for the want of an answer.
    Raises ValueError for a negative `blind_first`.
    """
    if blind_first < 0:
        raise ValueError(f"{blind_first} blind calls")
    calls = {item.position: item.identity for item in sample.on_sheets}
    readers = Counter(position for positions in lists.values() for position in set(positions))
    own = [position for position in sorted(set(lists.get(person, ()))) if position in calls]
    later = {calls[position] for position in own[blind_first:] if readers[position] == 1}
    free = (later & set(known.answered)) - set(known.begun)
    return tuple(identity for position in own if (identity := calls[position]) in free or identity in known.shown)
