"""What `grade` shows before it sends anything, and what it knows of a week: where to, what, how many, how much."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from evalharness import numbers
from evalharness.flows.grade import price_file
from evalharness.flows.llm_consent import acknowledged
from evalharness.flows.llm_money import Expected, expected
from evalharness.flows.llm_work import Work, was_too_long
from evalharness.flows.opened import Opened
from evalharness.grade.llm.decide import Next
from evalharness.grade.llm.work import Job, Judge, about_tokens, is_too_long, request_of
from evalharness.messages.client import PROVIDER, open_client
from evalharness.messages.usage import Usage

REPLY_TOKENS_A_QUESTION, THINKING_TOKENS = 90, 400


@dataclass(frozen=True)
class Estimate:
    """What is left of a week: requests, tokens, money (None = no price known). `counted`: the server counted the input.

    `roles`: how many of the requests are for what; `too_long`: what is not sent because it does not fit its model, and why.
    """

    requests: int
    roles: dict[str, int]
    too_long: tuple[str, ...]
    input_tokens: int
    output_tokens: int
    usd: float | None
    counted: bool
    money: Expected


def estimate(work: Work, keys: Mapping[str, str] | None = None) -> Estimate:
    """The estimate of what is left. With keys (by destination) the servers count the input of drawn calls; that sends them, so
    after consent."""
    looked_at = {job.row.key: job for job in (*work.left, *filter(was_too_long, work.jobs))}
    built = [(job, request_of(job, Next(job.questions))) for job in looked_at.values()]
    too_long = {job.row.key: _too_long(work, job, request) for job, request in built if is_too_long(request, work.prices)}
    fitting = [(job, request) for job, request in built if job.row.key not in too_long]
    jobs = [job for job, _ in fitting]
    counts = asyncio.run(_counted(fitting, keys)) if keys and not work.beyond else None
    sizes = counts or [about_tokens(request) for _, request in fitting]
    outputs = [THINKING_TOKENS + REPLY_TOKENS_A_QUESTION * len(job.questions) for job in jobs]
    money = expected(work, jobs, [Usage(size, out) for size, out in zip(sizes, outputs, strict=True)])
    roles, told = dict(Counter(str(job.row.role) for job in jobs)), tuple(too_long.values())
    return Estimate(len(jobs), roles, told, sum(sizes), sum(outputs), money.usd, counts is not None, money)


async def _counted(built: Sequence[tuple[Job, dict[str, Any]]], keys: Mapping[str, str]) -> list[int] | None:
    """The servers' counts in this order; None as soon as one does not give one."""
    found: list[int] = []
    async with AsyncExitStack() as open_ones:
        places = dict.fromkeys(job.brief.judge.destination for job, _ in built)
        clients = {place: await open_ones.enter_async_context(open_client(keys[place], place)) for place in places}
        for job, request in built:
            count = await clients[job.brief.judge.destination].count_tokens(request)
            if count is None:
                return None
            found.append(count)
    return found


def plan_lines(house: Opened, work: Work, guess: Estimate) -> list[str]:
    """What is sent where, redacted how, at what cost."""
    redacted = sorted(house.config.redaction)
    how = "counted by the server" if guess.counted else "by length, not counted"
    per = f"{guess.input_tokens} tokens in ({how}), about {guess.output_tokens} out"
    unknown = f"unknown: {_unpriced(work)} in {price_file(house)}" if guess.usd is None else ""
    price = unknown or f"about {numbers.estimate(guess.usd or 0.0)}"
    return [
        f"LLM grading of {work.week}: {guess.requests} of {len(work.jobs)} requests to send, {_what_for(guess)}",
        *_whole_week(work),
        *(f"  too long   {words}" for words in guess.too_long),
        *(line for judge in work.judges for line in _judge(house, work, judge)),
        "  sent       each call's transcript, tool calls, handoff; rubric, policy, success criteria; no id, caller key or rating",
        f"  redacted   {', '.join(redacted)} (when collected, best effort)" if redacted else "  redacted   nothing",
        f"  estimate   {price}; {per}; prices of {work.prices.as_of}",
        f"  cap        {numbers.cap(work.cap_usd)} for the week, of which {numbers.estimate(work.spent_usd)} is spent or may be",
        *guess.money.lines(live=work.wish.live),
    ]


def _what_for(guess: Estimate) -> str:
    """How many of the requests to send are for what."""
    others = (f"{count} {role}" for role, count in sorted(guess.roles.items()) if role != "grade")
    return ", ".join([f"{guess.roles.get('grade', 0)} for grades", *others])


def _too_long(work: Work, job: Job, request: dict[str, Any]) -> str:
    """Why a call is not sent."""
    tokens, window = about_tokens(request), work.prices.context(str(request["model"]))
    held = f"{tokens} tokens and {request['max_tokens']} for the reply; the window of {request['model']} holds {window}"
    return f"{job.call.id}: about {held}: not sent, a person grades it"


def _unpriced(work: Work) -> str:
    names = sorted({judge.model for judge in work.judges if judge.model not in work.prices.models})
    return f"no price for {', '.join(map(repr, names))}"


def _judge(house: Opened, work: Work, judge: Judge) -> list[str]:
    """Where to, which model, and who agreed."""
    ends = getattr(work.prices.models.get(judge.model), "ends", None)
    consent = acknowledged(house, judge)
    return [
        f"  goes to    {judge.destination}{_remark(judge.destination)}",
        f"  model      {judge.model}, effort {judge.effort}" + (f"; it ends on {ends}" if ends else ""),
        f"  agreed     {consent['person']}, {consent['at'][:16]}" if consent else "  agreed     by nobody yet",
    ]


def _whole_week(work: Work) -> list[str]:
    """What grading beyond the draw is good for."""
    if not work.beyond:
        return []
    first = len(work.grades) - work.beyond
    drawn, others = (len({job.call.digest() for job in part}) for part in (work.grades[:first], work.grades[first:]))
    return [
        f"  whole week {drawn} drawn calls first, then the {others} others; what it says of these is in no rate of its own:",
        "             it narrows combined figures where the judge is trusted, and finds failures for a person to hear",
    ]


def _remark(destination: str) -> str:
    """What a person should know of the address."""
    if destination == PROVIDER:
        return "  (the provider's default)"
    return "  (not encrypted on the way)" if destination.startswith("http://") else ""
