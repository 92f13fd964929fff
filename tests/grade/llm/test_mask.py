"""The masked call, and what counts as another answer."""

from __future__ import annotations

import pytest

from evalharness.grade.llm.mask import contests, masked
from evalharness.models.grade import Grade, Grader, NotApplicable, Scored, Ungraded
from evalharness.models.probe import Probe, ProbeAnswer
from tests.builders import MONDAY, WEEK, a_call

JUDGE = Grader(kind="llm", name="haiku", version="1", prompt_digest="p")
CALL = ("demo", "c1")


def grade(value: int | str | None = 5, criterion: str = "tone", **fields) -> Grade:
    """A judge's grade of c1; None is N/A."""
    common = {
        "week": WEEK,
        "source": "demo",
        "call_id": "c1",
        "criterion": criterion,
        "grader": JUDGE,
        "criterion_digest": "d",
        "at": MONDAY,
        **fields,
    }
    return NotApplicable(**common) if value is None else Scored(**common, value=value)


def probe(*answers: ProbeAnswer, **fields) -> Probe:
    """The same judge's answers with the spans masked."""
    digests = {answer.criterion: "d" for answer in answers}
    ordinary = {"role": "mask", "week": WEEK, "source": "demo", "call_id": "c1", "judge": JUDGE, "digests": digests, "at": MONDAY}
    return Probe(**{**ordinary, "answers": answers, **fields})


def answer(value: int | str | None, criterion: str = "tone", **fields) -> ProbeAnswer:
    """One answer."""
    return ProbeAnswer(criterion=criterion, value=value, **fields)


def test_a_stretch_becomes_its_length():
    """Two stretches of one text, from behind; ids, turns and other texts stay."""
    call = a_call([("caller", "abcdefghij"), ("agent", "ok")])
    place = ("turns", 0, "text")
    other = masked(call, {place: [(1, 3), (5, 9)]})
    assert [turn.text for turn in other.turns] == ["a[masked 2 chars]de[masked 4 chars]j", "ok"]
    assert (other.id, other.source) == (call.id, call.source)
    assert masked(call, {}) is call


@pytest.mark.parametrize(
    ("plain", "other", "contested"),
    [
        (5, answer(5), False),
        (5, answer(4), True),
        (4, answer(5), True),
        ("yes", answer("no"), True),
        ("yes", answer("yes"), False),
        ("needed", answer("not_needed"), True),
        (None, answer(3), True),
        (None, answer(None), False),
        (3, answer(None), True),
        (3, answer(None, reason="transcript"), True),
        (None, answer(None, reason="unverified"), True),
    ],
)
def test_what_is_contested(plain, other, contested):
    """A level apart, another word, N/A against a value, or an answer that can no longer be given."""
    found = contests([grade(plain)], [probe(other)])
    assert bool(found) == contested
    if contested:
        assert (found[0].call_id, found[0].plain, found[0].masked) == ("c1", plain, other.value)


@pytest.mark.parametrize(
    "other",
    [
        probe(answer(1), role="repeat"),
        probe(answer(1), call_id="c2"),
        probe(answer(1), judge=JUDGE.model_copy(update={"name": "sonnet"})),
        probe(answer(1), digests={"tone": "another meaning"}),
        probe(answer(1, criterion="correctness")),
        probe(answer(1, turn=4)),
    ],
)
def test_what_says_nothing_about_a_grade(other):
    """Another role, call, judge, meaning, criterion or turn."""
    assert contests([grade(5)], [other]) == ()


def test_people_free_texts_and_no_grades_are_not_contested():
    """Only a judge's values can be."""
    human = grade(5, grader=Grader(kind="human", name="Anna"))
    nothing = Ungraded(**grade(5).model_dump(exclude={"state", "value", "measured_value"}), reason="api")
    assert contests([human, nothing], [probe(answer(1))]) == ()
    assert contests([grade("so", criterion="notes")], [probe(answer("other", criterion="notes"))], {"notes"}) == ()


def test_the_newest_answer_counts_and_a_call_may_be_asked_in_parts():
    """Where the judge is asked one question at a time, each probe brings one answer."""
    parts = [probe(answer(1)), probe(answer("no", criterion="privacy")), probe(answer(5))]
    found = contests([grade(5), grade("yes", criterion="privacy")], parts)
    assert [one.criterion for one in found] == ["privacy"]


def test_a_suspicious_call_that_nothing_confirms_is_contested():
    """The detector fired, and no answer without the spans came."""
    assert [one.masked for one in contests([grade(5)], [], (), {CALL})] == [None]
    assert contests([grade(5)], [probe(answer(5))], (), {CALL}) == ()
