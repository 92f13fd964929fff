"""One request on its way through the states of the ledger, each committed before the next step; the cap and its probes too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evalharness.grade.llm.decide import Exchange, Next, Verdicts, decide
from evalharness.grade.llm.ended import End, end_of
from evalharness.grade.llm.outcome import Bench, Outcome
from evalharness.grade.llm.reply import model_of
from evalharness.grade.llm.work import Job, about_tokens, is_too_long, request_of
from evalharness.messages.cap import OverCapError
from evalharness.messages.client import Reply
from evalharness.messages.delivery import StoppedError
from evalharness.messages.failure import Failure
from evalharness.models.grade import Grade, Reason
from evalharness.store.grades import add_grades
from evalharness.store.ledger import Transaction
from evalharness.store.llm import LlmEvent, State, add_llm_event, plan_llm_calls

UNDER_WAY: tuple[State, ...] = ("sent", "received", "retry")
"""What must be on the disk before the next byte leaves; an end can be worked out again from it."""
TOO_LONG = (
    "the call does not fit the model and was not sent: about {tokens} tokens and {room} for the reply, its window holds {window}"
)


class Runner:
    """One job. A job for grades ends with grades; any other with a probe in its final event, and writes no grade at all."""

    def __init__(self, job: Job, bench: Bench, outcome: Outcome) -> None:
        self.job, self.bench, self.outcome = job, bench, outcome
        self.delivery = bench.deliveries[job.brief.judge]
        self.events = list(job.events)
        self.following: Sequence[Job] = ()

    async def run(self) -> None:
        """To its end, or to where the run ends first."""
        try:
            await self._judge()
        except StoppedError:
            return
        except OverCapError:
            self.outcome.over_cap += 1
            await self._keep(self._unread("budget", {}).grades, None)
        except Exception:
            self.bench.stop("an error")
            raise

    async def _judge(self) -> None:
        exchanges, job, enforced = self.job.exchanges(), self.job, self.bench.enforced
        judge = job.brief.judge
        while isinstance(step := decide(job.questions, job.call, exchanges, judge.reading()), Next):
            diary = _Diary(self, step, in_words=enforced.in_words(judge))
            request = request_of(job, step, in_words=diary.in_words)
            if is_too_long(request, self.bench.prices):
                await self._does_not_fit(request)
                return
            reply = await self.delivery.deliver(request, diary)
            if isinstance(reply, Failure):
                await self._without("api", {"reason": "api", "failure": reply.as_row()})
                return
            if not diary.in_words:
                enforced.learn(judge, reply.raw, step.questions)
            exchanges.append(Exchange(diary.asked, reply.raw))
        await self._end(end_of(job, self.events, step, self.bench.clock()))

    async def _does_not_fit(self, request: Mapping[str, Any]) -> None:
        """Nothing is sent and nothing cut: a person grades the call."""
        tokens, window = about_tokens(request), self.bench.prices.context(str(request["model"]))
        self.outcome.too_long.append(self.job.call.id)
        words = TOO_LONG.format(tokens=tokens, room=request["max_tokens"], window=window)
        await self._without("truncated", {"reason": "too long", "tokens": tokens, "window": window}, words)

    async def _without(self, reason: Reason, details: dict[str, Any], words: str = "") -> None:
        """The end of a job that brought nothing to read."""
        end = self._unread(reason, details)
        grades = [grade.model_copy(update={"rationale": words}) for grade in end.grades] if words else end.grades
        await self._end(replace(end, grades=grades))

    def _unread(self, reason: Reason, details: dict[str, Any]) -> End:
        """No answer, said once; a failure takes no earlier grade away."""
        verdicts: Verdicts = dict.fromkeys((question.key for question in self.job.questions), reason)
        end = end_of(self.job, (), verdicts, self.bench.clock(), details)
        return replace(
            end,
            grades=[grade for grade in end.grades if grade.slot not in self.bench.standing],
            event=replace(end.event, attempt=max((event.attempt for event in self.events), default=0)),
        )

    async def _end(self, end: End) -> None:
        """What follows is planned with the end itself: no grade is kept whose mask nobody knows of."""
        self.following = self.bench.follow(self.job)
        await self._keep(end.grades, end.event)
        self.outcome.total += len(self.following)
        self.outcome.states[end.event.state] = self.outcome.states.get(end.event.state, 0) + 1
        self.outcome.probes += self.job.row.role != "grade"
        self.bench.tell(self.outcome)

    async def _keep(self, grades: list[Grade], event: LlmEvent | None) -> None:
        """Grades and final state in one transaction: a grade is shown only after it."""
        at = self.bench.clock()

        def write(tx: Transaction) -> None:
            add_grades(tx, grades)
            if event is not None:
                add_llm_event(tx, event, at)
            if self.following:
                rows = plan_llm_calls(tx, [job.row for job in self.following], at)
                self.following = [replace(job, row=row) for job, row in zip(self.following, rows, strict=True)]

        await self.bench.journal.keep(write, soon=event is not None and event.state in UNDER_WAY)

    async def note(self, event: LlmEvent) -> None:
        """Commits one event."""
        await self._keep([], event)
        self.events.append(event)


class _Diary:
    """Writes down the attempts of one step of one call."""

    def __init__(self, runner: Runner, step: Next, *, in_words: bool) -> None:
        self._runner, self._step, self.in_words = runner, step, in_words
        self.asked = tuple(question.key for question in step.questions)

    @property
    def _attempt(self) -> int:
        return max((event.attempt for event in self._runner.events), default=0)

    async def sent(self, worst_usd: float) -> None:
        runner = self._runner
        doubts = replace(runner.job, events=tuple(runner.events)).in_doubt()
        details: dict[str, Any] = {"asked": list(self.asked), "again": self._step.again, "worst_usd": worst_usd}
        if self.in_words:
            details["in_words"] = True
        if doubts:
            details["resent"] = doubts
            runner.outcome.resent.append(runner.job.call.id)
        await runner.note(LlmEvent(runner.job.row.id, "sent", self._attempt + 1, details=details))

    async def received(self, reply: Reply) -> None:
        runner, usage = self._runner, reply.usage
        model = model_of(reply.raw)
        prices = runner.bench.prices
        known = prices.cost(model if model in prices.models else runner.job.brief.judge.model, usage)
        row = None if usage is None else usage.as_row()
        details = {"request_id": reply.request_id, "seconds": round(reply.seconds, 3), "model": model}
        await runner.note(LlmEvent(runner.job.row.id, "received", self._attempt, reply.raw, row, known, details))
        runner.outcome.spent_usd += known or 0.0

    async def failed(self, failure: Failure) -> None:
        runner = self._runner
        await runner.note(LlmEvent(runner.job.row.id, "retry", self._attempt, details=failure.as_row()))
