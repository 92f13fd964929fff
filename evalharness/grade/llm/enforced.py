"""Which servers keep to a JSON schema. One that does not is found out by its first reply, and is asked in words from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evalharness.grade.llm.questions import Question
from evalharness.grade.llm.reply import ignores_schema, read
from evalharness.grade.llm.work import Job, Judge


class Enforced:
    """What the replies of each judge have shown so far: nothing, that its server keeps to schemas, or that it does not."""

    def __init__(self) -> None:
        self._keeps: set[Judge] = set()
        self._ignores: set[Judge] = set()

    @classmethod
    def known(cls, jobs: Iterable[Job]) -> Enforced:
        """As earlier runs found it."""
        found = cls()
        for job in jobs:
            words = [event.details.get("in_words", False) for event in job.events if event.state == "sent"]
            if any(words):
                found._ignores.add(job.brief.judge)
            elif words and job.events[-1].state == "graded":
                found._keeps.add(job.brief.judge)
        found._keeps -= found._ignores
        return found

    def in_words(self, judge: Judge) -> bool:
        """Whether the schema has to stand in the text."""
        return judge in self._ignores

    def learn(self, judge: Judge, raw: str, asked: Sequence[Question]) -> None:
        """What a reply to a request with a schema shows. One reply in the form proves that the server keeps to it."""
        if judge in self._keeps:
            return
        if ignores_schema(raw, asked, single=judge.per_criterion):
            self._ignores.add(judge)
        elif not isinstance(read(raw, asked, single=judge.per_criterion), str):
            self._keeps.add(judge)
            self._ignores.discard(judge)
