"""Which clear failures wait for a person, and which do not."""

from __future__ import annotations

import pytest

from evalharness.aggregate.flagged import flagged, standing
from evalharness.aggregate.found import found_cases
from evalharness.aggregate.inputs import Decided
from evalharness.aggregate.results import call_results
from evalharness.models.grade import Grade
from evalharness.models.summary import Flagged
from tests.aggregate.building import by, by_the_log
from tests.builders import ZONE, a_confirmation, a_grader, a_rubric, a_sample, an_adjudication

RUBRIC = a_rubric()
CHECK = "wrong_information"
JUDGE = a_grader("haiku", "llm", prompt_digest="p")
FLAG = by("haiku", "yes", CHECK, grader=JUDGE)
LOG = by_the_log("yes", CHECK)
YES, NO = by("Anna Keller", "yes", CHECK), by("Anna Keller", "no", CHECK)
AGAINST = by("Ben Ode", "no", CHECK)


def waits(*grades: Grade, decided: Decided | None = None) -> tuple[Flagged, ...]:
    """What waits in a week of one drawn call, c1, with these grades."""
    decided = decided or Decided()
    results = call_results(a_sample(1).items, RUBRIC, grades, {}, ZONE, decided)
    found = found_cases(RUBRIC, {("demo", "c1")}, grades, decided.confirmations)
    return flagged(RUBRIC, results, found, grades)


@pytest.mark.parametrize(
    ("grades", "kind"),
    [
        ((FLAG,), "flag"),
        ((LOG,), "flag"),
        ((FLAG, NO), "flag"),  # people did not see it: somebody looks again
        ((FLAG, YES), "cause"),  # a blind yes is confirmed; what is to be fixed is not named
        ((YES,), "cause"),
        ((by("Anna Keller", "yes", CHECK, lane="assisted"),), "cause"),
        ((FLAG, by("Anna Keller", "no", CHECK, lane="assisted")), None),  # who saw the flag said no
        ((FLAG, YES, AGAINST), None),  # people differ: the adjudicator first
        ((NO,), None),
        ((by("haiku", "no", CHECK, grader=JUDGE),), None),
        ((), None),
    ],
)
def test_what_waits(grades: tuple[Grade, ...], kind: str | None) -> None:
    """A flag nobody looked at, or a failure without tag and cause."""
    assert [one.kind for one in waits(*grades)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("answer", "grades", "kind"),
    [("yes", (FLAG, NO), None), ("no", (FLAG, NO), None), ("yes", (YES,), None), ("no", (YES,), "cause")],
)
def test_an_answered_one_waits_no_more(answer: str, grades: tuple[Grade, ...], kind: str | None) -> None:
    """Either answer to a flag; of a failure that people saw only a yes with its cause."""
    found = waits(*grades, decided=Decided(confirmations=(a_confirmation(answer),)))
    assert [one.kind for one in found] == ([kind] if kind else [])


def test_an_adjudicator_ends_it() -> None:
    """Decided as no: the flag waits for nobody. Decided as yes: its cause is missing."""
    for value, kinds in (("no", []), ("yes", ["cause"])):
        decided = Decided((an_adjudication(value, CHECK),))
        assert [one.kind for one in waits(FLAG, YES, AGAINST, decided=decided)] == kinds


def test_the_flags_are_shown_without_what_people_said() -> None:
    """To confirm: the LLM's and the log's yes; to name a cause: the people's."""
    (one,) = waits(FLAG, LOG, NO)
    assert [grade.grader.kind for grade in one.grades] == ["llm", "measured"]
    (one,) = waits(FLAG, YES)
    assert [grade.grader.name for grade in one.grades] == ["Anna Keller"]


def test_found_cases_come_last_and_an_answer_ends_them() -> None:
    """Outside the draw, a line a check; a confirmed one is heard."""
    outside = [by("haiku", "yes", check, call_id="c7", grader=JUDGE) for check in (CHECK, "unsafe_speech")]
    found = waits(*outside, YES)
    assert [(one.kind, one.position, one.call_id, one.check) for one in found] == [
        ("cause", 1, "c1", CHECK), ("found", None, "c7", CHECK), ("found", None, "c7", "unsafe_speech"),
    ]  # fmt: skip
    heard = Decided(confirmations=(a_confirmation(call_id="c7", drawn=False),))
    assert [one.check for one in waits(*outside, decided=heard)] == ["unsafe_speech"]


def test_the_last_answer_stands() -> None:
    """No, then yes: yes."""
    first, second = a_confirmation("no"), a_confirmation("yes", note="heard again")
    assert standing([first, second]) == (second,)
