"""Judged measures by people, by the LLM and by both: what may count, and when it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from evalharness.aggregate.combined import RARE, combined
from evalharness.aggregate.frame import Row
from evalharness.aggregate.inputs import PastWeek, Undrawn
from evalharness.aggregate.melding import Question, Scaled, together
from evalharness.aggregate.summary import summarise
from evalharness.models.grade import Grade
from evalharness.models.summary import Population
from evalharness.models.trust import Combined, JudgeTrust, TrustState, judge_name
from evalharness.stats.agreement import agreement
from evalharness.stats.share import weighted_share
from tests.aggregate.building import BAR, a_result, a_week
from tests.aggregate.histories import JUDGE, Said, a_past_week, grades_of, near
from tests.builders import a_measure, some_thresholds, ungraded

DRAWN, READ, WEEK_CALLS = 50, 35, 300
CRITERIA = ("outcome", "correctness", "greeted", "wrong_information", "unsafe_speech")


def truths(n: int, seed: int = 3) -> list[dict[str, Any]]:
    """Calls of which 60 % are resolved, with levels 1 to 5 about a mean of 3.75 and no automatic fail."""
    rng = np.random.default_rng(seed)
    return [
        {
            "outcome": str(rng.choice(("resolved", "unresolved"), p=(0.6, 0.4))),
            "correctness": int(rng.choice((2, 3, 4, 5), p=(0.15, 0.2, 0.35, 0.3))),
            "greeted": "yes",
            "wrong_information": "no",
            "unsafe_speech": "no",
        }
        for _ in range(n)
    ]


def judged(truth: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A good judge: 95 % of outcomes, 85 % of levels, the rest a level off."""
    other = {"resolved": "unresolved", "unresolved": "resolved"}
    outcome = truth["outcome"] if rng.random() < 0.95 else other.get(truth["outcome"], "resolved")
    return {**truth, "outcome": outcome, "correctness": max(near(rng, truth["correctness"], 0.85), 2)}


def a_combined_week(read: int = READ, change: Any = None, **fields: Any) -> tuple[PastWeek, list[Grade], list[Undrawn]]:
    """50 of 300 calls drawn, `read` of them by Anna, all 300 by the judge; `change(place, said)` alters what was said."""
    rng, said = np.random.default_rng(4), []
    calls = truths(WEEK_CALLS)
    for place, truth in enumerate(calls):
        one: dict[str, Any] = {"judge": judged(truth, rng)}
        if place < read:
            one = {"Anna Keller": truth, **one}
        said.append(change(place, one) if change else one)
    week = a_past_week(said[:DRAWN], population=WEEK_CALLS, **fields)
    outside = [Undrawn("demo", f"u{place}", "core") for place in range(DRAWN, WEEK_CALLS)]
    grades = [grade for one in outside for grade in grades_of(one.call_id, said[int(one.call_id[1:])], week=week.week)]
    return week, grades, outside


def trusted(state: TrustState = "trusted", *, only: Sequence[str] = CRITERIA) -> list[JudgeTrust]:
    """The judge's state under each criterion; trusted where not named."""
    return [JudgeTrust(criterion=name, judge=judge_name(JUDGE), state=state if name in only else "trusted") for name in CRITERIA]


def of(name: str, found: Sequence[Combined]) -> Combined:
    """The measure of that name."""
    return next(one for one in found if one.people.name == name)


def test_three_figures_of_each_measure() -> None:
    """Rates of the week, shares of levels and of yes, means of levels and calls; the LLM alone has no limits."""
    found = combined(*_given(a_combined_week()))
    assert [one.people.name for one in found] == [
        "resolution_rate", "clear_failure_rate", "share_4_5.correctness", "share_yes.greeted", "share_yes.wrong_information",
        "share_yes.unsafe_speech", "correctness", "call_score",
    ]  # fmt: skip
    assert {(one.llm.note, one.llm.low, one.llm.high) for one in found} == {("not used for the verdict", None, None)}
    assert {one.people.n for one in found} == {READ}
    assert {one.llm.n for one in found[:-1]} == {WEEK_CALLS}


def _given(made: tuple[PastWeek, list[Grade], list[Undrawn]], trust: Sequence[JudgeTrust] | None = None) -> Any:
    week, grades, outside = made
    return week, grades, trusted() if trust is None else trust, outside


@pytest.mark.parametrize("name", ["resolution_rate", "share_4_5.correctness", "correctness"])
def test_a_trusted_judge_of_the_whole_week_narrows_common_measures(name: str) -> None:
    """35 of people's grades and 300 of the LLM's: narrower than people only, and it holds the truth of the 300 calls."""
    one = of(name, combined(*_given(a_combined_week())))
    assert one.used
    assert one.combined is not None
    assert one.bounds is not None
    assert one.narrowed is not None
    assert one.narrowed > 0.1
    values = {
        "resolution_rate": [float(truth["outcome"] == "resolved") for truth in truths(WEEK_CALLS)],
        "share_4_5.correctness": [float(truth["correctness"] >= 4) for truth in truths(WEEK_CALLS)],
        "correctness": [(truth["correctness"] - 1) * 25.0 for truth in truths(WEEK_CALLS)],
    }[name]
    low, high = one.combined.low or 0.0, one.combined.high or 0.0
    assert low < one.bounds[0] <= sum(values) / WEEK_CALLS <= one.bounds[1] < high  # one-sided bounds lie within
    why, _, apart = one.why.partition("; ")
    assert why == "a trusted judge graded 300 calls of the whole week, people 35 of the drawn ones"
    alone = sorted((one.people.value or 0.0, one.llm.value or 0.0))
    assert bool(apart) == (not alone[0] <= (one.combined.value or 0.0) <= alone[1])


@pytest.mark.parametrize("state", ["advisory", "untested"])
def test_a_judge_that_is_not_trusted_is_shown_and_not_used(state: TrustState) -> None:
    """The figures stand there, `used` is false and the reason names the criterion."""
    one = of("resolution_rate", combined(*_given(a_combined_week(), trusted(state, only=("outcome",)))))
    assert (one.used, one.trust, one.combined is not None) == (False, state, True)
    assert one.why == "the judge is not trusted with outcome"


def test_every_criterion_behind_a_measure_must_be_trusted() -> None:
    """The call score rests on correctness and greeted; of another judge nothing is known."""
    found = combined(*_given(a_combined_week(), trusted("untested", only=("greeted",))))
    assert (of("call_score", found).used, of("correctness", found).used) == (False, True)
    other = [one.model_copy(update={"judge": "another"}) for one in trusted()]
    assert not any(one.used for one in combined(*_given(a_combined_week(), other)))


def test_a_judge_nobody_trusts_changes_no_verdict() -> None:
    """Anna's 30 calls with and without a judge that fails everything: the same checks to the last digit, the same verdict.

    It is advisory: of 30 calls graded by both its levels lie three below Anna's.
    """
    fields: dict[str, Any] = {"judged": 300, "drawn": 50, "graded": 30, "thresholds": some_thresholds(*BAR)}
    alone = a_week(**fields)
    worst = {"correctness": 1, "outcome": "unresolved", "wrong_information": "yes", "unsafe_speech": "yes", "greeted": "no"}
    against = [grade for place in range(1, 51) for grade in grades_of(f"c{place}", {"judge": worst})]
    beside = a_week(**fields)
    beside = type(beside)(**{**vars(beside), "grades": [*beside.grades, *against]})
    first, second = summarise(alone), summarise(beside)
    assert first.checks == second.checks
    assert (first.verdict, first.leaning, first.call_score) == (second.verdict, second.leaning, second.call_score)


def test_clear_failures_are_people_only() -> None:
    """Also where the judge is trusted and its verdicts are mixed."""
    one = of("clear_failure_rate", combined(*_given(a_combined_week())))
    assert (one.combined, one.used, one.why) == (None, False, RARE)


def test_verdicts_that_are_nearly_all_alike_are_not_combined() -> None:
    """Everybody was greeted: the LLM sorts nothing."""
    one = of("share_yes.greeted", combined(*_given(a_combined_week())))
    assert (one.combined, one.used) == (None, False)
    assert "same verdict" in one.why


def test_a_week_with_a_gap_has_two_phases() -> None:
    """One undrawn call that the LLM was never asked about: the rest would not be there by chance, so the drawn calls count."""
    week, grades, outside = a_combined_week()
    gap = [grade for grade in grades if grade.call_id != "u299"]
    one = of("resolution_rate", combined(week, gap, trusted(), outside))
    assert (one.llm.n, one.llm.of, one.used) == (DRAWN, WEEK_CALLS, True)
    assert of("resolution_rate", combined(week, grades, trusted(), outside[:-1])).llm.n == DRAWN  # the log has changed


def test_calls_the_llm_failed_on_are_a_cell_of_their_own() -> None:
    """It failed on every tenth call: 270 verdicts, 30 missing, all 300 in the frame; the interval is wider for it."""

    def failed(place: int, said: dict[str, Any]) -> Said:
        return said if place % 10 else {name: value for name, value in said.items() if name != "judge"}

    week, grades, outside = a_combined_week(change=failed)
    silent = JUDGE.model_copy(update={"version": None})
    none = [
        ungraded("refused", name, one.call_id, grader=silent, week=week.week, criterion_digest=digest)
        for one in outside if int(one.call_id[1:]) % 10 == 0
        for name, digest in week.rubric.digests().items()
    ]  # fmt: skip
    one = of("resolution_rate", combined(week, [*grades, *none], trusted(), outside))
    assert (one.llm.n, one.llm.missing, one.llm.of) == (270, 30, WEEK_CALLS)
    whole = of("resolution_rate", combined(*_given(a_combined_week())))
    assert one.combined is not None
    assert whole.combined is not None
    assert _width(one) > _width(whole)


def _width(one: Combined) -> float:
    assert one.combined is not None
    return (one.combined.high or 0.0) - (one.combined.low or 0.0)


def test_people_who_stopped_have_no_open_calls() -> None:
    """25 read: those behind are not missing. A call passed over among them is taken both ways."""
    stopped = of("resolution_rate", combined(*_given(a_combined_week(read=25))))
    assert stopped.combined is not None
    assert (stopped.combined.n, stopped.combined.missing) == (25, 0)

    def passed_over(place: int, said: dict[str, Any]) -> Said:
        return {"judge": said["judge"]} if place == 5 else said

    open_ = of("resolution_rate", combined(*_given(a_combined_week(read=26, change=passed_over))))
    assert open_.combined is not None
    assert (open_.combined.n, open_.combined.missing) == (25, 1)
    assert _width(open_) > _width(stopped)


@pytest.mark.parametrize(("out", "made"), [(0, True), (1, True), (3, False)])
def test_calls_out_of_scope(out: int, made: bool) -> None:
    """3 of 35 calls out of scope by people and LLM: 8.6 %, people only; up to 3 % are taken both ways."""

    def outside(place: int, said: dict[str, Any]) -> Said:
        return {name: {**one, "outcome": "out_of_scope"} for name, one in said.items()} if place < out else said

    one = of("resolution_rate", combined(*_given(a_combined_week(change=outside))))
    assert (one.combined is not None, one.used) == (made, made)
    assert made or one.why == "people left 3 of 35 calls out (N/A or out of scope), more than 3 %"


def test_which_is_used_never_depends_on_what_people_found() -> None:
    """All of people's answers turned round: the same measures are combined and used."""
    turned = {"resolved": "unresolved", "unresolved": "resolved"}

    def opposite(_place: int, said: dict[str, Any]) -> Said:
        return {name: {**one, "outcome": turned[one["outcome"]]} if name != "judge" else one for name, one in said.items()}

    first, second = (combined(*_given(a_combined_week(change=change))) for change in (None, opposite))
    whys = [[(one.used, one.why.partition("; the LLM alone has ")[0]) for one in found[:6]] for found in (first, second)]
    assert whys[0] == whys[1]


def test_assisted_grades_are_no_part_of_it() -> None:
    """Anna saw the LLM's value each time: people have graded nothing, and nothing is combined."""
    week, grades, outside = a_combined_week(read=0)
    shown = [
        grade for place, truth in enumerate(truths(READ), 1)
        for grade in grades_of(f"w1-c{place}", {"Anna Keller": truth}, lane="assisted", week=week.week)
    ]  # fmt: skip
    rng = np.random.default_rng(4)
    said = [{"judge": judged(truth, rng)} for truth in truths(WEEK_CALLS)[:DRAWN]]
    found = combined(a_past_week(said, population=WEEK_CALLS, more=shown), grades, trusted(), outside)
    assert {one.people.n for one in found} == {0}
    assert all(one.combined is None for one in found)


def test_an_llm_that_graded_only_what_people_did_adds_nothing() -> None:
    """50 drawn, 50 read by both."""
    week, _, _ = a_combined_week(read=DRAWN)
    found = combined(week, [], trusted())
    assert {one.why for one in found} <= {"the LLM graded no more calls than people", RARE}


def test_without_llm_grades_there_is_nothing_to_combine() -> None:
    """Anna's grades alone."""
    week = a_past_week([{"Anna Keller": truth} for truth in truths(20)])
    assert combined(week, [], []) == ()


def test_from_the_judged_calls_to_the_week() -> None:
    """T = 10 technical failures, M = 300 judged, U = 40 unseen; resolution fixed 0.

    low .5 -> 150/350; high .7 -> (210 + 40)/350. Value .6 of hits, .1 out: 180 / (350 - 30).
    """
    scaled = Scaled(300, 0, 40, 350)
    assert scaled.limits(0.5, 0.7) == pytest.approx((150 / 350, 250 / 350))
    assert scaled.value(0.6, 0.1) == pytest.approx(180 / 320)
    assert Scaled(300).limits(0.5, 0.7) == (0.5, 0.7)
    assert Scaled(0.0, total=5).value(0.0, 0.0) == 0.0
    assert (Scaled(0.0).limits(0.0, 1.0), Scaled(0.0).value(0.0, 0.0)) == ((0.0, 1.0), 0.0)  # no call at all


def test_technical_failures_and_unseen_calls_enter_the_rate() -> None:
    """The same week with 30 technical failures and 20 calls nobody could read: 300 of 350 were judged."""
    week, grades, outside = a_combined_week()
    plain = of("resolution_rate", combined(week, grades, trusted(), outside))
    people = Population(calls=350, out_of_scope=0, technical=30, judged=300, unseen=20, gradable=300, without_transcript=50)
    wide = PastWeek(week.week, week.design, week.rubric, week.results, people)
    one = of("resolution_rate", combined(wide, grades, trusted(), outside))
    assert plain.combined is not None
    assert one.combined is not None
    assert one.combined.value == pytest.approx((plain.combined.value or 0) * 300 / 350)
    assert one.combined.low == pytest.approx((plain.combined.low or 0) * 300 / 350)
    assert one.combined.high == pytest.approx(((plain.combined.high or 0) * 300 + 20) / 350)


RUNS, OUT = 400, 0.015


@pytest.mark.parametrize("sensitivity", [0.95, 0.5])
def test_limits_hold_the_share_within_the_domain(sensitivity: float) -> None:
    """400 weeks of 300 calls, 30 % hits, 1.5 % out of the domain, 35 of 50 drawn calls read: the 95 % limits hold H / (M - O).

    Chance error of a coverage of .95 over 400 weeks: sd .011; below .92 is no chance. A good judge and a useless one.
    """
    rng = np.random.default_rng(7)
    rows = [Row("core", a_result(position), {}) for position in range(1, DRAWN + 1)]
    rows += [Row("core", None, {}) for _ in range(WEEK_CALLS - DRAWN)]
    held, made = 0, 0
    for _ in range(RUNS):
        out = rng.random(WEEK_CALLS) < OUT
        hit = rng.random(WEEK_CALLS) < 0.3
        right = rng.random(WEEK_CALLS) < sensitivity
        people = ["out" if o else "hit" if h else "no" for o, h in zip(out, hit, strict=True)]
        llm = iter(["hit" if h == r else "no" for h, r in zip(hit, right, strict=True)])
        question = Question(
            a_measure(None), ("outcome",), Scaled(WEEK_CALLS), lambda results: results[:READ],
            lambda result, people=people: people[result.position - 1], lambda _row, llm=llm: next(llm),  # type: ignore[misc,return-value]
        )  # fmt: skip
        found = together(question, rows, {"core": WEEK_CALLS})
        if found.measure is not None:
            made += 1
            share = float((hit & ~out).sum() / (~out).sum())
            held += (found.measure.low or 0.0) <= share <= (found.measure.high or 0.0)
    assert made > RUNS / 2
    assert held / made >= 0.92


def test_the_chosen_figure_holds_where_trust_rests_on_the_same_calls() -> None:
    """250 weeks of 300 calls, 60 % hits, 35 read; combined where alpha over these 35 reaches .4, else people only.

    A coverage of .95 has a chance error of .014 over 250 weeks: below .91 is no chance. Both ways occur.
    """
    rng, rows = (
        np.random.default_rng(5),
        [Row("core", a_result(place + 1) if place < DRAWN else None, {}) for place in range(WEEK_CALLS)],
    )
    held = used = 0
    for _ in range(250):
        hit = rng.random(WEEK_CALLS) < 0.6
        said = np.where(rng.random(WEEK_CALLS) < 0.93, hit, ~hit)
        columns = said[:READ].astype(float), hit[:READ].astype(float)
        alpha = agreement(*columns, (0.0, 1.0), kind="yes_no", rng=rng).alpha
        found = together(_asking(hit, said), rows, {"core": WEEK_CALLS})
        trusted_now = alpha.low >= 0.4 and found.measure is not None
        people = weighted_share(columns[1], None, ["core"] * READ, {"core": WEEK_CALLS})
        low, high = (found.measure.low, found.measure.high) if trusted_now and found.measure else (people.low, people.high)
        used += trusted_now
        held += (low or 0.0) <= float(hit.mean()) <= (high or 0.0)
    assert 25 < used < 225
    assert held / 250 >= 0.91


def _asking(hit: Any, said: Any) -> Question:
    """People say what is true, and the LLM what it says, of the calls in order."""
    words: dict[bool, Any] = {True: "hit", False: "no"}
    llm = iter([words[bool(one)] for one in said])
    return Question(
        a_measure(None), ("outcome",), Scaled(WEEK_CALLS), lambda results: results[:READ],
        lambda result: words[bool(hit[result.position - 1])], lambda _row: next(llm),
    )  # fmt: skip
