"""Which LLM judges graded, and which one of them may take part in figures: the first one. docs/judge-trust.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalharness.aggregate.inputs import PastWeek
from evalharness.models.grade import Grade, Grader, Ungraded
from evalharness.models.trust import judge_name

Key = tuple[str, str | None]
"""A judge whatever version answers: its model and its prompt."""


@dataclass(frozen=True)
class Panel:
    """The configured judges by model: `first` may take part in figures ("": whoever graded last), `beside` never do."""

    first: str = ""
    beside: frozenset[str] = frozenset()


def key_of(judge: Grader) -> Key:
    """The judge, whatever version answered."""
    return judge.name, judge.prompt_digest


def judges_of(history: Sequence[PastWeek], panel: Panel | None = None) -> tuple[Grader, ...]:
    """The judges of the newest week that any graded, each once: the one that may take part, then who graded last.

    It is the configured first model where that one graded, else one that is not configured as a further one (the first model
    of those days). A version that answered, or a prompt, of its own is a judge of its own. () where no LLM has graded.
    """
    panel = panel or Panel()
    for week in reversed(history):
        given = [g for result in week.results for g in result.grades if g.grader.kind == "llm" and not isinstance(g, Ungraded)]
        if given:
            return tuple(sorted(_by_last(given), key=lambda judge: _rank(judge, panel)))
    return ()


def newest_judge(history: Sequence[PastWeek], panel: Panel | None = None) -> str | None:
    """The judge that may take part in the newest week. Grades of any other say nothing of it."""
    found = judges_of(history, panel)
    return judge_name(found[0]) if found else None


def judge_before(history: Sequence[PastWeek], now: Grader, panel: Panel | None = None) -> Grader | None:
    """The judge that took part in the newest earlier week that an LLM graded, where it is another one than now; else None.

    history: the weeks before this one, oldest first.
    """
    earlier = judges_of(history, panel)
    return earlier[0] if earlier and judge_name(earlier[0]) != judge_name(now) else None


def _by_last(given: Iterable[Grade]) -> list[Grader]:
    """Each judge once, the one that gave the last grade first."""
    found: dict[str, Grader] = {}
    for grade in sorted(given, key=lambda grade: grade.at, reverse=True):
        found.setdefault(judge_name(grade.grader), grade.grader)
    return list(found.values())


def _rank(judge: Grader, panel: Panel) -> int:
    return 0 if judge.name == panel.first else 2 if judge.name in panel.beside else 1
