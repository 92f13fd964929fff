"""The lanes of a week out of ledger and configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalharness.flows.lanes import Lanes, lane_of, lanes, out_of_rates
from evalharness.models.grade import Grade
from evalharness.models.probe import Probe, ProbeAnswer
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_grades, add_shown, freeze_sample, load_grades, shown
from evalharness.workspace.settings import Graders, LlmGrader, Person
from tests.builders import WEEK, a_call, a_grade, a_grader, a_sample, not_applicable, ungraded

ANNA, BEN, JUDGE = "Anna Keller", "Ben Ode", "haiku"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PLAIN = a_sample(6)
SAMPLE = PLAIN.model_copy(update={"design": PLAIN.design.model_copy(update={"asked": {ANNA: (1, 2, 3, 4), BEN: (4, 5, 6)}})})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The week drawn: calls 1 to 4 for Anna, 4 to 6 for Ben."""
    with Ledger.open(tmp_path / "ledger.db", create=True) as one:
        with one.transaction() as tx:
            freeze_sample(tx, SAMPLE, NOW)
        yield one


def keep(ledger: Ledger, *grades: Grade) -> None:
    with ledger.transaction() as tx:
        add_grades(tx, grades)


def graders(blind_first: int = 1, *, enabled: bool = True) -> Graders:
    people = (Person(name=ANNA), Person(name=BEN))
    return Graders(people=people, blind_first=blind_first, llm=LlmGrader(enabled=enabled, model=JUDGE))


def judged(call: str, value: int = 4, **fields: object) -> Grade:
    digest = SAMPLE.criterion_digests["correctness"]
    given = {"grader": a_grader(JUDGE, "llm"), "criterion_digest": digest, **fields}
    return a_grade(value, call_id=call, **given)


def found(ledger: Ledger, person: str = ANNA, **settings: object) -> Lanes:
    return lanes(ledger, SAMPLE, graders(**settings), person)


def assisted(ledger: Ledger, person: str = ANNA, **settings: object) -> list[str]:
    return [call for _, call in found(ledger, person, **settings).assisted]


def test_calls_behind_the_blind_ones_with_an_answer_are_assisted(ledger: Ledger) -> None:
    """Anna's list is 1 | 2 3 4, and 4 is Ben's too; of 3 the LLM says nothing."""
    keep(ledger, *(judged(call) for call in ("c1", "c2", "c4", "c6")))
    assert assisted(ledger) == ["c2"]
    assert assisted(ledger, BEN) == ["c6"]
    assert assisted(ledger, blind_first=0) == ["c1", "c2"]
    assert found(ledger).unseen == (("demo", "c2"),)


def test_with_the_llm_switched_off_nothing_new_is_assisted(ledger: Ledger) -> None:
    keep(ledger, judged("c2"), judged("c3"))
    with ledger.transaction() as tx:
        add_shown(tx, WEEK, ANNA, [("demo", "c3")], NOW)
    assert assisted(ledger, enabled=False) == ["c3"]
    assert assisted(ledger) == ["c2", "c3"]


def test_only_answers_of_this_judge_by_this_rubric_count(ledger: Ledger) -> None:
    """Another model, another meaning of the criterion, an unverified quote, "cannot tell": nothing to show. N/A is an answer."""
    judge = a_grader(JUDGE, "llm")
    current = {"criterion_digest": SAMPLE.criterion_digests["greeted"], "grader": judge}
    keep(
        ledger,
        judged("c1", grader=a_grader("opus", "llm")),
        judged("c2", criterion_digest="of an older rubric"),
        ungraded("unverified", "greeted", call_id="c3", **current),
    )
    assert assisted(ledger, blind_first=0) == []
    keep(ledger, not_applicable("greeted", call_id="c3", **current))
    assert assisted(ledger, blind_first=0) == ["c3"]


def test_the_newest_answer_stands(ledger: Ledger) -> None:
    """Graded 4, then 2, then the quote was not found: nothing is left to show."""
    keep(ledger, judged("c2", 4), judged("c2", 2))
    assert [grade.value for grade in found(ledger).answers["demo", "c2"]] == [2]
    keep(
        ledger,
        ungraded(
            "unverified",
            call_id="c2",
            grader=a_grader(JUDGE, "llm"),
            criterion_digest=SAMPLE.criterion_digests["correctness"],
        ),
    )
    assert assisted(ledger) == []


def test_a_call_begun_blind_stays_blind_and_a_shown_one_assisted(ledger: Ledger) -> None:
    """Anna has answered 2 blind; 3 was shown to her. A skipped call was not answered."""
    keep(ledger, judged("c2"), judged("c3"), a_grade(3, call_id="c2"), ungraded("skipped", call_id="c3"))
    assert assisted(ledger) == ["c3"]
    with ledger.transaction() as tx:
        add_shown(tx, WEEK, ANNA, [("demo", "c2")], NOW)
    one = found(ledger)
    assert [one.lane(("demo", call)) for call in ("c1", "c2", "c3")] == ["blind", "assisted", "blind"]
    assert lane_of(one.shown, ("demo", "c2")) == "assisted"
    assert found(ledger, BEN).shown == frozenset()


def test_what_the_log_contradicts_is_not_shown(ledger: Ledger) -> None:
    """The log of call 2 ends it as a technical failure: an LLM that calls it resolved is wrong; its other answer may be shown."""
    failed = a_call(id="c2", outcome="failed_technical", status="error", errors=("dropped",))
    items = tuple(item.model_copy(update={"call": failed}) if item.call.id == "c2" else item for item in SAMPLE.items)
    sample = SAMPLE.model_copy(update={"items": items})
    outcome = judged("c2", criterion="outcome", criterion_digest=SAMPLE.criterion_digests["outcome"]).model_copy(
        update={"value": "resolved"}
    )
    keep(ledger, outcome, judged("c2"))
    shown = lanes(ledger, sample, graders(), ANNA).answers["demo", "c2"]
    assert [grade.criterion for grade in shown] == ["correctness"]


def test_what_the_mask_changed_is_not_shown(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again without the suspicious words the judge says 2 instead of 4 of call 2, and 4 again of call 3."""
    keep(ledger, judged("c2"), judged("c3"))
    digests, judge = {"correctness": SAMPLE.criterion_digests["correctness"]}, a_grader(JUDGE, "llm")
    answered = [
        Probe(
            role="mask",
            week=WEEK,
            source="demo",
            call_id=call,
            judge=judge,
            digests=digests,
            answers=(ProbeAnswer(criterion="correctness", value=value),),
            at=NOW,
        )
        for call, value in (("c2", 2), ("c3", 4))
    ]
    monkeypatch.setattr("evalharness.flows.lanes.probes", lambda *_: answered)
    assert assisted(ledger) == ["c3"]


def by(person: str, call: str, at: datetime, **fields: object) -> Grade:
    return a_grade(3, call_id=call, grader=a_grader(person), at=at, **fields)


def test_what_a_sheet_held_before_any_answer_was_shown_counts(ledger: Ledger) -> None:
    """Anna's sheet was filled before the LLM ran, and read after it: 3 counts. At the desk 3 would have been assisted, had it had
    an answer: there 4 is both's, and of 2 and 3 neither counts."""
    later = NOW + timedelta(hours=1)
    keep(ledger, judged("c2", at=NOW), by(ANNA, "c3", later), by(ANNA, "c2", later, seconds=9.0))
    with ledger.transaction() as tx:
        add_shown(tx, WEEK, BEN, [("demo", "c5")], later + timedelta(hours=1), 1)
    assert aside(ledger) == ["c2", "c5", "c6"]


def aside(ledger: Ledger) -> list[str]:
    return sorted(call for _, call in out_of_rates(ledger, SAMPLE, load_grades(ledger, WEEK)))


def test_blind_for_want_of_an_answer_is_in_no_rate_once_others_are_assisted(ledger: Ledger) -> None:
    """Anna's list is 1 | 2 3 4, Ben's 4 | 5 6, call 4 is both's. The LLM answers 2 and 5; 6 was graded before it began."""
    early, late = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    keep(ledger, by(BEN, "c6", early, seconds=9.0), judged("c2", at=NOW), judged("c5", at=NOW), by(ANNA, "c3", late))
    assert aside(ledger) == [], "nobody has been shown anything: all is blind by its place"
    with ledger.transaction() as tx:
        add_shown(tx, WEEK, ANNA, [("demo", "c2")], NOW)
    assert aside(ledger) == [], "it was shown for a decision, not for grading"
    with ledger.transaction() as tx:
        add_shown(tx, "2026-W46", ANNA, [("demo", "c2")], NOW, 0)
        add_shown(tx, WEEK, ANNA, [("demo", "c2")], NOW, 1)
    assert aside(ledger) == ["c2", "c3", "c5"]
    assert shown(ledger, "2026-W46") == {ANNA: {("demo", "c2")}}
    assert shown(ledger, "2026-W45") == {}
    with ledger.transaction() as tx:
        add_shown(tx, WEEK, BEN, [("demo", "c5")], NOW, 0)
    assert aside(ledger) == ["c1", "c2", "c3", "c5"], "the fewest blind calls of the week count"
