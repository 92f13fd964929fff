"""The requests of a week: who judges, what each call is asked, what is planned, and what its events leave to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalharness.grade.llm.decide import Exchange, Next, Reading
from evalharness.grade.llm.prompt import Ask, Manner, Prompt, build, nonce_for, prompt_digest
from evalharness.grade.llm.questions import Asked
from evalharness.messages.prices import Prices
from evalharness.messages.usage import Usage
from evalharness.models.call import Call
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.probe import Role
from evalharness.store.llm import LlmCall, LlmEvent, unanswered

HEADROOM: Mapping[str, int] = {"low": 4_096, "medium": 8_192, "high": 12_288, "xhigh": 16_384, "max": 16_384}
"""Tokens for thinking, which count as output, by effort."""

TOKENS_A_QUESTION = 200
LETTERS_A_TOKEN = 3.2
"""English text in the newer tokenizer; an approximation that is said to be one."""
_AskKey = tuple[tuple[tuple[int, int | None], ...], str, bool]
MOST_ASKS = 16
"""So many are at hand; where questions are about turns, hardly two calls share one."""
OVERHEAD_TOKENS = 1_000
"""What a server may add to our bytes: message frames and the instruction that carries the schema."""


@dataclass(frozen=True)
class Judge:
    """Who is asked and how: a model at a destination, with an effort; one question a request where `per_criterion`.

    `off`: defences of the request and its reading that are switched off (marks, visible, evidence).
    """

    model: str
    effort: str
    destination: str
    per_criterion: bool = False
    off: tuple[str, ...] = ()

    def asking(self) -> str:
        """The digest of how it is asked: the prompt's words, and what is not as usual. Another one is another grader."""
        unusual = [*(["per_criterion"] if self.per_criterion else []), *(f"no {name}" for name in self.off)]
        return digest_of(canonical_json([prompt_digest(), unusual])) if unusual else prompt_digest()

    def digest(self) -> str:
        """The digest of all that makes it answer as it does, the words of the prompt included."""
        return digest_of(canonical_json([self.model, self.effort, self.destination, self.asking()]))

    def reading(self) -> Reading:
        """How its replies are read."""
        return Reading(single=self.per_criterion, evidence="evidence" not in self.off)


@dataclass(frozen=True)
class Brief:
    """What a request carries beside the call: who judges, and by which rubric. Jobs of one run may have different ones.

    `digests`: criterion -> digest of its meaning in the rubric that is asked by. `answers`: every answer that some question of
    the rubric has, where a judge is asked one question at a time (() = free text among them). `asks`: those at hand.
    """

    judge: Judge
    policy: str
    purpose: str
    digests: Mapping[str, str]
    answers: tuple[str, ...] = ()
    asks: dict[_AskKey, Ask] = field(default_factory=dict, compare=False, repr=False)

    def criteria_digest(self, asked: Asked) -> str:
        """The digest of what is asked: each question's meaning (the policy is in it) and the agent's purpose."""
        meanings = {question.key: self.digests[question.criterion.id] for question in asked}
        return digest_of(canonical_json([meanings, self.purpose]))

    def ask(self, step: Next, *, in_words: bool = False) -> Ask:
        """What the prompt is built of: the same one for all calls of which the same is asked."""
        key = tuple((id(one.criterion), one.turn) for one in step.questions), step.again, in_words
        if key not in self.asks:
            judge = self.judge
            manner = Manner("marks" not in judge.off, "visible" not in judge.off, judge.per_criterion, in_words, self.answers)
            if len(self.asks) == MOST_ASKS:
                self.asks.clear()
            self.asks[key] = Ask(step.questions, self.policy, self.purpose, step.again, manner)
        return self.asks[key]


@dataclass(frozen=True)
class Sending:
    """What a request is for. `seed`: the run's random one. `repeat`: which one of several that ask the same (grades: 0)."""

    seed: str
    role: Role = "grade"
    repeat: int = 0


@dataclass(frozen=True)
class Job:
    """One call to be judged: its planned request, who judges it by what, and what has happened to it."""

    row: LlmCall
    call: Call
    questions: Asked
    brief: Brief
    events: tuple[LlmEvent, ...] = ()

    def exchanges(self) -> list[Exchange]:
        """The replies that were paid for, read or not."""
        asked = {event.attempt: tuple(event.details["asked"]) for event in self.events if event.state == "sent"}
        return [Exchange(asked[event.attempt], event.raw or "") for event in self.events if event.state == "received"]

    def in_doubt(self) -> list[int]:
        """The attempts whose end nobody knows."""
        return [event.attempt for event in unanswered(self.events)]


def planned(week: str, call: Call, asked: Asked, brief: Brief, sending: Sending) -> LlmCall:
    """The row of a request. The nonce comes from the kept seed: a resumed run marks the call the same way.

    So do the requests about the call's single questions, which share its recording. Raises ValueError for several questions to
    a judge that is asked one at a time: its one answer would be taken for all of them.
    """
    if brief.judge.per_criterion and len(asked) != 1:
        raise ValueError(f"{len(asked)} questions to a judge that is asked one at a time")
    prompt, judge = build(brief.ask(Next(asked)), call, ""), brief.judge
    call_digest = call.digest()
    key = call_digest, brief.criteria_digest(asked), judge.digest(), sending.repeat
    request = {
        "role": sending.role,
        "model": judge.model,
        "effort": judge.effort,
        "destination": judge.destination,
        "prompt": prompt.digest(),
        "run_seed": sending.seed,
        "nonce_seed": digest_of(canonical_json([sending.seed, call_digest, judge.digest(), sending.repeat])),
        "hidden_characters": prompt.hidden,
    }
    return LlmCall(week, call.source, call.id, *key, request)


def shuffled(row: LlmCall) -> str:
    """Where a request stands among those of its run: by the run's seed, not by what it is for."""
    seed = row.request.get("run_seed", row.request["nonce_seed"])
    return digest_of(canonical_json(["order", seed, *row.key]))


def request_of(job: Job, step: Next, *, in_words: bool = False) -> dict[str, Any]:
    """The parameters of `messages.create`. No temperature: the API has none. `in_words`: the server enforces no schema."""
    judge = job.brief.judge
    ask = job.brief.ask(step, in_words=in_words)
    text = ask.recording(job.call)
    nonce = nonce_for(job.call, str(job.row.request["nonce_seed"]), job.row.call_digest, text)
    prompt = build(ask, job.call, nonce, text)
    room = HEADROOM[judge.effort] + TOKENS_A_QUESTION * len(step.questions)
    return parameters(prompt, judge, room * 2 if step.larger else room)


def parameters(prompt: Prompt, judge: Judge, max_tokens: int) -> dict[str, Any]:
    """A prompt as the API takes it. A shared part is marked for the cache, so that the call's next question reads it there."""
    form = {} if prompt.in_words else {"format": {"type": "json_schema", "schema": prompt.schema}}
    content: Any = prompt.own
    if prompt.shared:
        cached = {"type": "text", "text": prompt.shared, "cache_control": {"type": "ephemeral"}}
        content = [cached, {"type": "text", "text": prompt.own}]
    return {
        "model": judge.model,
        "max_tokens": max_tokens,
        "system": prompt.system,
        "messages": [{"role": "user", "content": content}],
        "output_config": {"effort": judge.effort, **form},
    }


def about_tokens(request: Mapping[str, Any]) -> int:
    """How many tokens it takes in, by its length: an approximation, low for languages of many tokens a letter."""
    content = request["messages"][0]["content"]
    texts = [content] if isinstance(content, str) else [block["text"] for block in content]
    form = json.dumps(request["output_config"].get("format", ""), ensure_ascii=False)
    return round(sum(map(len, (request["system"], form, *texts))) / LETTERS_A_TOKEN)


def is_too_long(request: Mapping[str, Any], prices: Prices) -> bool:
    """Whether request and reply would not fit the model's window, by that approximation. It is then not sent, and never cut."""
    return about_tokens(request) + int(request["max_tokens"]) > prices.context(str(request["model"]))


def most_tokens(request: Mapping[str, Any]) -> Usage:
    """The most a request can bill: no token is shorter than a byte, and the reply may fill its room.

    A request that asks for a cache may write all of it there, for as long as it asks.
    """
    written = json.dumps(request, ensure_ascii=False)
    most, room = len(written.encode()) + OVERHEAD_TOKENS, int(request["max_tokens"])
    if '"cache_control"' not in written:
        return Usage(most, room)
    return Usage(0, room, most, 0, most if '"1h"' in written else 0)


def worst_usd(request: Mapping[str, Any], prices: Prices, *, batch: bool = False) -> float:
    """The most a request can cost, live or in a batch."""
    return prices.charge(str(request["model"]), most_tokens(request), batch=batch)


def spent_usd(events: Sequence[LlmEvent], model: str, prices: Prices) -> float:
    """What counts against the cap: replies at their cost, lost attempts and replies without usage at their worst case.

    A reply counts at the dearer of the model that was asked and the one that says it answered.
    """
    worst = {event.attempt: float(event.details.get("worst_usd", 0.0)) for event in events if event.state == "sent"}
    total = sum(worst[event.attempt] for event in unanswered(events))
    for event in events:
        if event.state == "received":
            batch = "batch" in event.details
            known = event.cost_usd if event.usage is None else prices.charge(model, Usage(**event.usage), batch=batch)
            total += worst.get(event.attempt, 0.0) if known is None else max(known, event.cost_usd or 0.0)
    return total
