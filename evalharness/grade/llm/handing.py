"""Handing requests over in a batch: each is kept as sent, with its custom_id, before a byte of it leaves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evalharness.grade.llm.batch import Post, again, keep, patiently, submitted
from evalharness.grade.llm.decide import Next
from evalharness.grade.llm.work import Job, request_of, worst_usd
from evalharness.messages.batches import STRANGE, Batch, portions
from evalharness.messages.cap import Cap
from evalharness.messages.failure import Failure
from evalharness.store.llm import InBatch, LlmEvent

UNSURE = (408, 409, 500, 502, 503, 504, 529)
"""Statuses after which the batch may exist all the same: it is looked for before anything is sent again."""


@dataclass(frozen=True)
class Due:
    """A request that is due: the job, what it asks now, the parameters, and whether its schema stands in words."""

    job: Job
    step: Next
    request: Mapping[str, Any]
    in_words: bool

    @classmethod
    def of(cls, job: Job, step: Next, *, in_words: bool) -> Due:
        """With the parameters built."""
        return cls(job, step, request_of(job, step, in_words=in_words), in_words)


@dataclass
class Handed:
    """What handing over came to: requests in batches of this run, those the cap has no room for, calls sent again."""

    submitted: int = 0
    unsure: int = 0
    no_room: list[Due] = field(default_factory=list)
    resent: list[str] = field(default_factory=list)
    stopped: str = ""


async def hand_over(due: Sequence[Due], post: Post, cap: Cap) -> Handed:
    """Hands over what fits the cap at its worst case and half price, in as few batches as there can be.

    Stops at the first batch that the server does not take.
    """
    handed = Handed()
    fitting, room = {}, cap.limit - cap.spent
    for one in due:
        worst = worst_usd(one.request, post.prices, batch=True)
        if worst > room:
            handed.no_room.append(one)
            continue
        room -= worst
        fitting[str(one.job.row.id)] = (one, worst)
    for names in portions({name: one.request for name, (one, _) in fitting.items()}):
        await _portion([fitting[name] for name in names], post, handed)
        if handed.stopped:
            break
    return handed


async def _portion(part: Sequence[tuple[Due, float]], post: Post, handed: Handed) -> None:
    """One batch: kept as sent, handed over, kept as submitted."""
    handing = secrets.token_hex(8)
    group, events = [], []
    for one, worst in part:
        waiting, event = _sent(one, worst, handing, post)
        group.append(waiting)
        events.append(event)
    keep(post, events)
    requests = {waiting.custom_id: one.request for waiting, (one, _) in zip(group, part, strict=True)}
    answer = await patiently(lambda: _create(post, requests), post.pace)
    handed.resent += [one.job.call.id for (one, _), event in zip(part, events, strict=True) if "resent" in event.details]
    if isinstance(answer, Batch):
        keep(post, submitted(group, answer.id))
        handed.submitted += len(group)
    elif answer.lost:
        handed.unsure += len(group)
        handed.stopped = f"nobody knows whether the batch arrived ({answer}); the next run looks for it"
    else:
        keep(post, again(group, f"its batch was not taken: {answer}", lost=False))
        handed.stopped = answer.stops or f"the batch was not taken: {answer}"


async def _create(post: Post, requests: Mapping[str, Mapping[str, Any]]) -> Batch | Failure:
    """One attempt. What may have made the batch is lost, not tried again: nothing is handed over twice unseen."""
    answer = await post.batches.create(requests)
    if isinstance(answer, Failure) and (answer.lost or answer.status in UNSURE or answer is STRANGE):
        return replace(answer, again=False, lost=True)
    return answer


def _sent(one: Due, worst: float, handing: str, post: Post) -> tuple[InBatch, LlmEvent]:
    job, at = one.job, post.clock()
    attempt = max((event.attempt for event in job.events), default=0) + 1
    custom_id = f"{handing}-{job.row.id}-{attempt}"
    details: dict[str, Any] = {
        "asked": [question.key for question in one.step.questions],
        "again": one.step.again,
        **({"in_words": True} if one.in_words else {}),
        "worst_usd": worst,
        "custom_id": custom_id,
        "handing": handing,
        "sent_at": at.isoformat(),
    }
    doubts = job.in_doubt()
    if doubts:
        details["resent"] = doubts
    waiting = InBatch(job.row, attempt, custom_id, handing, "", at)
    return waiting, LlmEvent(job.row.id, "sent", attempt, details=details)
