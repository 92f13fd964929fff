"""Judged measures three ways: people only, LLM only (decides nothing), and both together. STATISTICS e; docs/judge-trust.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalharness.aggregate import melding, scoring
from evalharness.aggregate.asked import questions, scorings
from evalharness.aggregate.frame import Rows, rows_of_week
from evalharness.aggregate.inputs import PastWeek, Undrawn
from evalharness.aggregate.judges import newest_judge
from evalharness.aggregate.melding import Question, Together
from evalharness.aggregate.scoring import Scoring
from evalharness.models.grade import Grade
from evalharness.models.measure import Measure
from evalharness.models.trust import Combined, JudgeTrust, TrustState

RARE = "people only: the LLM's grades buy nothing for a claim below 1 %"
_WORST: tuple[TrustState, ...] = ("advisory", "untested", "trusted")
_NAMED = 3


def combined(
    now: PastWeek, grades: Sequence[Grade], trust: Sequence[JudgeTrust], undrawn: Sequence[Undrawn] = ()
) -> tuple[Combined, ...]:
    """Every judged measure that the LLM graded too, three ways; () where it graded none.

    grades: all of the week, in ledger order, of calls outside the draw too; trust: of the judges that graded the week, the one
    that may take part first: no other's grades enter; undrawn:
    the judged calls outside the draw, which count where the LLM was asked about each of them (else the drawn calls stand for the
    week, in two phases). `used`: the judge is trusted with every criterion behind the measure, graded more calls than
    people, and `use_combination` allows it. What people found enters that choice through trust alone.
    """
    judge = trust[0].judge if trust else newest_judge([now])
    if judge is None:
        return ()
    states = {one.criterion: one.state for one in trust if one.judge == judge}
    week = _Week(judge, rows_of_week(now, grades, undrawn, judge), states)
    asked: list[Question | Scoring] = [*questions(now, judge), *scorings(now, judge)]
    return tuple(found for one in asked if (found := week.shown(one)).llm.n)


@dataclass(frozen=True)
class _Week:
    """The week's judged calls, the judge of them, and its state by criterion."""

    judge: str
    rows: Rows
    states: Mapping[str, TrustState]

    def shown(self, asked: Question | Scoring) -> Combined:
        """The measure three ways, and whether the verdict rests on the third."""
        found = self._together(asked)
        states = [self.states.get(name, "untested") for name in asked.criteria]
        trust = min(states, key=_WORST.index)
        used = found.measure is not None and trust == "trusted"
        why = self._why(found) if used else self._why_not(asked, found)
        return Combined(
            judge=self.judge,
            trust=trust,
            people=asked.people,
            llm=found.llm,
            combined=found.measure,
            bounds=found.bounds,
            narrowed=_narrowed(asked.people, found.measure),
            used=used,
            why="; ".join(part for part in (why, found.apart) if part),
        )

    def _together(self, asked: Question | Scoring) -> Together:
        if isinstance(asked, Scoring):
            return scoring.together(asked, self.rows.behind((*asked.criteria, *asked.measured)), self.rows.sizes)
        found = melding.together(asked, self.rows.behind(asked.criteria), self.rows.sizes)
        rare = asked.people.name == "clear_failure_rate"
        return replace(found, measure=None, bounds=None, why=RARE) if rare else found

    def _why(self, found: Together) -> str:
        """How many calls the figure rests on; the LLM's may be of the whole week, people's are drawn ones."""
        whole = " of the whole week" if found.verdicts > len(self.rows.drawn) else ""
        return f"a trusted judge graded {found.verdicts} calls{whole}, people {found.answers} of the drawn ones"

    def _why_not(self, asked: Question | Scoring, found: Together) -> str:
        names = [name.replace("_", " ") for name in asked.criteria if self.states.get(name, "untested") != "trusted"]
        if not names:
            return found.why
        rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        not_trusted = f"the judge is not trusted with {', '.join(names[:_NAMED])}{rest}"
        return f"{not_trusted}; {found.why}" if found.why else not_trusted


def _narrowed(people: Measure, both: Measure | None) -> float | None:
    """By which part the interval is narrower than that of people only; None where either has none."""
    if both is None or both.low is None or both.high is None or people.low is None or people.high is None:
        return None
    width = people.high - people.low
    return 1 - (both.high - both.low) / width if width > 0 else None
