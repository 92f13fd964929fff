"""One request on its way through the states of the ledger, each committed before the next step; the cap and its probes too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evalharness.grade.llm.decide import Exchange, Next, Verdicts, decide, state_of
from evalharness.grade.llm.grades import About, grades_of, probe_of, without
from evalharness.grade.llm.outcome import Bench, Outcome
from evalharness.grade.llm.reply import model_of
from evalharness.grade.llm.work import Job, about_tokens, is_too_long, request_of
from evalharness.messages.cap import OverCapError
from evalharness.messages.client import Reply
from evalharness.messages.delivery import StoppedError
from evalharness.messages.failure import Failure
from evalharness.models.grade import Grade, Grader, Reason
from evalharness.store.grades import add_grades
from evalharness.store.ledger import Transaction
from evalharness.store.llm import LlmEvent, State, add_llm_event, cost_of

TOO_LONG = (
    "the call does not fit the model and was not sent: about {tokens} tokens and {room} for the reply, its window holds {window}"
)


class Runner:
    """One job. A job for grades ends with grades; any other with a probe in its final event, and writes no grade at all."""

    def __init__(self, job: Job, bench: Bench, outcome: Outcome) -> None:
        self.job, self.bench, self.outcome = job, bench, outcome
        self.delivery = bench.deliveries[job.brief.judge]
        self.events = list(job.events)

    async def run(self) -> None:
        """To its end, or to where the run ends first."""
        try:
            await self._judge()
        except StoppedError:
            return
        except OverCapError:
            self.outcome.over_cap += 1
            await self._keep(self._ungraded("budget"), None)
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
                await self._without("api", {"reason": "api", "failure": reply.as_row()}, self._ungraded("api"))
                return
            if not diary.in_words:
                enforced.learn(judge, reply.raw, step.questions)
            exchanges.append(Exchange(diary.asked, reply.raw))
        costs = [event.cost_usd for event in self.events if event.state == "received"]
        about = self._about(model_of(exchanges[-1].raw), None if None in costs else cost_of(self.events))
        grades = grades_of(job.questions, step, about) if job.row.role == "grade" else []
        await self._end(state_of(step), grades, {**_reasons(step), **self._probe(step, about)})

    async def _does_not_fit(self, request: Mapping[str, Any]) -> None:
        """Nothing is sent and nothing cut: a person grades the call."""
        tokens, window = about_tokens(request), self.bench.prices.context(str(request["model"]))
        words = TOO_LONG.format(tokens=tokens, room=request["max_tokens"], window=window)
        grades = [grade.model_copy(update={"rationale": words}) for grade in self._ungraded("truncated")]
        self.outcome.too_long.append(self.job.call.id)
        await self._without("truncated", {"reason": "too long", "tokens": tokens, "window": window}, grades)

    async def _without(self, reason: Reason, details: dict[str, Any], grades: list[Grade]) -> None:
        """The end of a job that brought nothing to read."""
        unread: Verdicts = dict.fromkeys((question.key for question in self.job.questions), reason)
        await self._end("failed", grades, {**details, **self._probe(unread, self._about("", None))})

    def _probe(self, verdicts: Verdicts, about: About) -> dict[str, Any]:
        """What a request that asked for no grades brought, as its final event keeps it."""
        row = self.job.row
        if row.role == "grade":
            return {}
        return {"probe": probe_of(self.job.questions, verdicts, about, (row.role, row.repeat)).model_dump(mode="json")}

    def _ungraded(self, reason: Reason) -> list[Grade]:
        """No grade, said once; a failure takes no earlier grade away."""
        if self.job.row.role != "grade":
            return []
        grades = without(self.job.questions, reason, self._about("", None))
        return [grade for grade in grades if grade.slot not in self.bench.standing]

    def _about(self, version: str, cost_usd: float | None) -> About:
        brief = self.job.brief
        grader = Grader(kind="llm", name=brief.judge.model, version=version or None, prompt_digest=brief.judge.asking())
        return About(self.job.row.week, self.job.call, brief.digests, grader, self.bench.clock(), cost_usd)

    async def _end(self, state: str, grades: list[Grade], details: dict[str, Any]) -> None:
        last = max((event.attempt for event in self.events), default=0)
        await self._keep(grades, LlmEvent(self.job.row.id, _final(state), last, details=details))
        self.outcome.states[state] = self.outcome.states.get(state, 0) + 1
        self.outcome.probes += self.job.row.role != "grade"
        self.bench.tell(self.outcome)

    async def _keep(self, grades: list[Grade], event: LlmEvent | None) -> None:
        """Grades and final state in one transaction: a grade is shown only after it."""
        at = self.bench.clock()

        def write(tx: Transaction) -> None:
            add_grades(tx, grades)
            if event is not None:
                add_llm_event(tx, event, at)

        await self.bench.journal.keep(write)

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


def _final(state: str) -> State:
    known: dict[str, State] = {"graded": "graded", "unverified": "unverified", "refused": "refused"}
    return known.get(state, "failed")


def _reasons(verdicts: Verdicts) -> dict[str, Any]:
    found = {key: verdict for key, verdict in verdicts.items() if isinstance(verdict, str)}
    return {"ungraded": found} if found else {}
