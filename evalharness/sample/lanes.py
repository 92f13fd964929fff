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
    calls = {item.position: item.identity for item in sample.on_sheets}
    own = [position for position in sorted(set(lists.get(person, ()))) if position in calls]
    later = {calls[position] for position in _later(lists, own, blind_first)}
    free = (later & set(known.answered)) - set(known.begun)
    return tuple(identity for position in own if (identity := calls[position]) in free or identity in known.shown)


def chosen_by_answers(sample: WeeklySample, blind_first: int, before: Collection[Identity]) -> frozenset[Identity]:
    """The drawn calls whose lane an LLM's answers decided, in a week in which calls were graded assisted.

    All calls behind the first `blind_first` of their only list, but those of `before`: begun while none could be shown. Such a
    call was graded blind because the LLM had no answer for it, so how it is, and no place, chose it: in a rate it would speak
    for calls unlike it. Without them the calls that count are chosen by places and time alone. Their grades stay blind.
    """
    calls = {item.position: item.identity for item in sample.items}
    lists = sample.design.asked
    found = {calls[place] for given in lists.values() for place in _later(lists, sorted(set(given) & set(calls)), blind_first)}
    return frozenset(found - set(before))


def _later(lists: Mapping[str, Sequence[int]], own: Sequence[int], blind_first: int) -> list[int]:
    """The places of one's own list, in order, that lie behind the blind ones and that nobody else grades."""
    if blind_first < 0:
        raise ValueError(f"{blind_first} blind calls")
    readers = Counter(position for positions in lists.values() for position in set(positions))
    return [position for position in own[blind_first:] if readers[position] == 1]
