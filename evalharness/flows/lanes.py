"""The lanes of a week: which calls a person grades beside an LLM's answers, and in which lane a grade of theirs stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from evalharness.flows.guards import suspicious_calls
from evalharness.grade.llm.facts import conflicts
from evalharness.grade.llm.mask import contests
from evalharness.models.grade import Grade, Lane, Ungraded
from evalharness.models.sample import WeeklySample
from evalharness.sample.lanes import Identity, Known, assisted_calls, chosen_by_answers
from evalharness.sample.picks import picked_items, positions_of
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import assisted_since, load_grades, load_picks, probes, shown
from evalharness.workspace.settings import Graders

Slot = tuple[str, str, str, int | None]
"""(source, id, criterion, turn) of an answer."""
Lists = Mapping[str, Sequence[int]]
"""Person -> queue positions on their list."""


@dataclass(frozen=True)
class Lanes:
    """A person's assisted calls of a week, in queue order; of each the LLM's answers that may be shown, in ledger order.

    `shown`: the calls of which they have been shown an answer; a grade of theirs of one of these is assisted. Whoever shows
    an answer commits `store.shown.add_shown` of `unseen` first.
    """

    person: str
    assisted: tuple[Identity, ...] = ()
    shown: frozenset[Identity] = frozenset()
    answers: Mapping[Identity, tuple[Grade, ...]] = field(default_factory=dict)

    @property
    def unseen(self) -> tuple[Identity, ...]:
        """The assisted calls that are not yet kept as shown."""
        return tuple(identity for identity in self.assisted if identity not in self.shown)

    def lane(self, identity: Identity) -> Lane:
        """The lane of a grade that the person gives of the call now."""
        return lane_of(self.shown, identity)


def lane_of(shown_to_person: Collection[Identity], identity: Identity) -> Lane:
    """Assisted where the person has been shown an LLM's answer of the call, for all its criteria; else blind.

    For grades given from now on: what was given blind before stays as it is.
    """
    return "assisted" if identity in shown_to_person else "blind"


def lanes(ledger: Ledger | Transaction, sample: WeeklySample, graders: Graders, person: str) -> Lanes:
    """The person's lanes as ledger and configuration stand now. With the LLM switched off nothing new is assisted."""
    grades = load_grades(ledger, sample.week)
    seen = shown(ledger, sample.week).get(person, frozenset())
    answers = llm_answers(ledger, sample, grades, graders.llm.model)
    known = Known(answers if graders.llm.enabled else (), begun_blind(grades, person), seen)
    whole, lists = with_lists(ledger, sample)
    found = assisted_calls(whole, lists, person, graders.blind_first, known)
    return Lanes(person, found, seen, {identity: answers.get(identity, ()) for identity in found})


def out_of_rates(ledger: Ledger | Transaction, sample: WeeklySample, grades: Sequence[Grade]) -> frozenset[Identity]:
    """The drawn calls that were blind only for want of an LLM's answer, in a week in which others were graded assisted: in no
    rate. `grades`: the week's, in ledger order.

    What people answered before the LLM's first answer counts as ever, and so does what they had written on a sheet before any
    answer was shown. The desk shows an answer as soon as there is one: what it kept blind after that had none to show.
    """
    known = assisted_since(ledger, sample.week)
    if known is None:
        return frozenset()
    blind_first, shown_at = known
    first = min((grade.at for grade in grades if grade.grader.kind == "llm"), default=shown_at)
    people = [grade for grade in grades if _answered_blind(grade)]
    before = {one.identity for one in people if one.at < (shown_at if one.seconds is None else min(first, shown_at))}
    return chosen_by_answers(sample, blind_first, before)


def with_lists(ledger: Ledger | Transaction, sample: WeeklySample) -> tuple[WeeklySample, Lists]:
    """The sample with the calls picked by hand behind it, and person -> positions on their list, these included."""
    picks = load_picks(ledger, sample.week)
    picked = picked_items(sample, picks)
    lists = {person: (*given, *positions_of(person, picked, picks)) for person, given in sample.design.asked.items()}
    return sample.model_copy(update={"picked": picked}), lists


def begun_blind(grades: Sequence[Grade], person: str) -> frozenset[Identity]:
    """The calls of which the person has answered anything blind."""
    return frozenset(grade.identity for grade in grades if grade.grader.name == person and _answered_blind(grade))


def _answered_blind(grade: Grade) -> bool:
    return grade.grader.kind == "human" and grade.lane == "blind" and not isinstance(grade, Ungraded)


def llm_answers(
    ledger: Ledger | Transaction, sample: WeeklySample, grades: Sequence[Grade], model: str
) -> Mapping[Identity, tuple[Grade, ...]]:
    """Of each call the newest answers of this judge by the week's rubric that may be shown: a value or N/A.

    None without a checked quote, none that changed once suspicious spans were masked, none that the log contradicts. `grades`: in
    ledger order.
    """
    newest: dict[Slot, Grade] = {}
    for grade in grades:
        if grade.grader.kind == "llm" and grade.grader.name == model:
            newest[_slot(grade)] = grade
    doubted = _doubted(ledger, sample, [*newest.values()])
    found: dict[Identity, list[Grade]] = defaultdict(list)
    for slot, grade in newest.items():
        current = grade.criterion_digest == sample.criterion_digests.get(grade.criterion)
        if current and slot not in doubted and not isinstance(grade, Ungraded):
            found[grade.identity].append(grade)
    return {identity: tuple(own) for identity, own in found.items()}


def _doubted(ledger: Ledger | Transaction, sample: WeeklySample, grades: Sequence[Grade]) -> frozenset[Slot]:
    """The answers that nothing confirmed once suspicious spans were masked, and those that the log contradicts."""
    masks = probes(ledger, [sample.week], {"mask"})
    found = contests(grades, masks, suspicious=suspicious_calls(ledger, sample.week))
    doubted = {(one.source, one.call_id, one.criterion, one.turn) for one in found}
    against = {one.key for one in conflicts(grades, [item.call for item in sample.items])}
    return frozenset(doubted | {_slot(grade) for grade in grades if (*grade.identity, grade.criterion) in against})


def _slot(grade: Grade) -> Slot:
    return grade.source, grade.call_id, grade.criterion, grade.turn
