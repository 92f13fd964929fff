"""What guards a week against an attacked, broken or changed judge, and what the guards found. docs/llm-guard.md."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evalharness.models.call import Call
from evalharness.models.grade import Grader, Reason
from evalharness.models.measure import Measure
from evalharness.models.noun import CallId, Count, Name, Noun
from evalharness.models.rubric import Identifier
from evalharness.models.trust import Drift

CanaryKind = Literal["bad", "good", "injected"]


class Defences(Noun):
    """Each defence by name, on unless switched off; a report names those that are off.

    `marks`: the call stands between marks with a number that nobody in it could know, and what to do is said again behind it;
    `visible`: hidden characters are written out; `evidence`: each quote is looked up in its turn; `facts`: what the log shows
    outranks the judge; `mask`: a call with suspicious spans is graded again without them; `canaries`: planted calls.
    """

    marks: bool = True
    visible: bool = True
    evidence: bool = True
    facts: bool = True
    mask: bool = True
    canaries: bool = True

    @property
    def off(self) -> tuple[str, ...]:
        """The names of those switched off, in order."""
        return tuple(name for name in type(self).model_fields if not getattr(self, name))


class Canary(Noun):
    """A planted call and, by criterion, the answers a sound judge may give (text as in the form; "N/A" may be one).

    `bad` and `injected` calls have answers that a lenient judge would not give; an `injected` one also speaks to its judge.
    """

    kind: CanaryKind
    call: Call
    expected: dict[Identifier, tuple[int | str, ...]] = Field(min_length=1)


class CanaryResult(Noun):
    """What a judge answered to one criterion of a canary. `answered` None: N/A, or nothing and then `reason` says why."""

    call_id: CallId
    kind: CanaryKind
    criterion: Identifier
    expected: tuple[int | str, ...]
    answered: int | str | None = None
    reason: Reason | None = None
    inside: bool


class Contest(Noun):
    """A grade that a judge gave otherwise once suspicious spans were masked. None: N/A or no answer."""

    source: Name
    call_id: CallId
    criterion: Identifier
    turn: Count | None = None
    plain: int | str | None = None
    masked: int | str | None = None


class SelfAgreement(Noun):
    """A judge beside itself on the same calls: the share of pairs with the same answer, by criterion; n = calls asked twice."""

    criterion: Identifier
    same: Measure


class Guard(Noun):
    """What the guards found in a week's LLM grading by one judge.

    `canaries` None: none were sent ("no canaries"); else what each answered. `suspicious`: calls on which the detector fired;
    `contested`: what the mask changed; `facts`: (source, id, criterion) where the log contradicts the judge; `models`: who says
    it answered (two and more: mixed); `repeats`: the judge with itself; `off`: defences that are switched off; `untrusted`: why
    no verdict may rest on this judge's grades, in words; () = none of the guards says so. `before`: the judge of the week before,
    where it is another one; `shift`: by criterion, this judge's answers to gold calls against those of `before`. `held`: further
    grades that count as none, of calls that somebody is still to grade; they are not named until then.
    """

    judge: Grader
    canaries: tuple[CanaryResult, ...] | None = None
    suspicious: tuple[tuple[Name, CallId], ...] = ()
    contested: tuple[Contest, ...] = ()
    facts: tuple[tuple[Name, CallId, Identifier], ...] = ()
    models: tuple[Name, ...] = ()
    repeats: tuple[SelfAgreement, ...] = ()
    off: tuple[Name, ...] = ()
    untrusted: tuple[str, ...] = ()
    before: Grader | None = None
    shift: dict[Identifier, Drift] = Field(default_factory=dict)
    held: Count = 0

    @property
    def none(self) -> int:
        """How many of the judge's grades count as none."""
        return len(self.contested) + len(self.facts) + self.held
