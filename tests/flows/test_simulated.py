"""The simulated graders err exactly as often as they say."""

from typing import Any

import pytest
from scipy.stats import binomtest

from evalharness.flows.simulated import GRADERS, NEEDED_RIGHT, NEIGHBOURS, OUTCOME_RIGHT, OWNER, answers, level_shares
from evalharness.models.rubric import Rubric
from tests.samples.reading import CHECKS, all_calls, truths

LEVELS = {level: str(level) for level in range(1, 6)}
RUBRIC = Rubric.model_validate(
    {
        "id": "phone",
        "version": 1,
        "sections": [
            {
                "id": "all",
                "criteria": [
                    *({"id": name, "levels": LEVELS, "weight": 30.0} for name in ("correctness", "tone", "escalation")),
                    {
                        "id": "latency",
                        "type": "measured",
                        "measure": "p50_ms",
                        "bands": {5: "<600"},
                        "weight": 10.0,
                        "graded_by": ("measured",),
                    },
                    {"id": "human_needed", "type": "category", "levels": {"needed": "", "not_needed": ""}},
                    {"id": "remarks", "type": "text"},
                ],
            }
        ],
        "checks": [{"id": name} for name in sorted(CHECKS)],
        "outcome": {},
    }
)
SPOKEN = [truths()[call["id"]] for call in all_calls() if call["turns"]]


def likely(hits: int, of: int, share: float) -> bool:
    """Whether the count is one that the share gives: two-sided exact binomial test at 1 in 10,000."""
    return bool(binomtest(hits, of, share).pvalue > 1e-4)


def a_truth(**fields: Any) -> dict[str, Any]:
    ordinary = {"id": "c1", "outcome": "resolved", "human_needed": "not_needed", "failures": []}
    return {**ordinary, "correctness": 5, "tone": 4, "escalation": 5, **fields}


@pytest.mark.parametrize("grader", GRADERS)
def test_levels_are_as_often_right_and_wrong_as_said(grader: str) -> None:
    """Over all calls with a transcript, each true level and each answer within exact binomial limits."""
    for criterion in ("correctness", "tone", "escalation"):
        for true in range(1, 6):
            given = [answers(row, grader, RUBRIC)[criterion] for row in SPOKEN if row[criterion] == true]
            shares = level_shares(true, range(1, 6), GRADERS[grader].strict)
            assert all(likely(given.count(level), len(given), share) for level, share in shares.items() if given)
            assert set(given) <= {level for level, share in shares.items() if share > 0}


def test_shares_of_a_middle_level_are_the_documented_ones() -> None:
    """Strict .7: below 3 come .02 x .7 and .20 x .7, above .20 x .3 and .02 x .3."""
    assert level_shares(3, range(1, 6), 0.7) == pytest.approx({1: 0.014, 2: 0.14, 3: 0.78, 4: 0.06, 5: 0.006})


def test_steps_beyond_the_scale_stay_at_its_end() -> None:
    """At 5 with strict .5: .78 + .10 + .01 stay at 5, .10 fall to 4, .01 to 3."""
    assert level_shares(5, range(1, 6), 0.5) == pytest.approx({1: 0, 2: 0, 3: 0.01, 4: 0.10, 5: 0.89})


@pytest.mark.parametrize("grader", GRADERS)
def test_failures_are_overlooked_as_often_as_said_and_never_invented(grader: str) -> None:
    """Counted over 4,000 made-up failed calls, since the samples hold few; and over all clean calls none is invented."""
    failed = [a_truth(id=f"f{i}", failures=["confusion"]) for i in range(4000)]
    overlooked = [answers(row, grader, RUBRIC)["confusion"] for row in failed].count("no")
    assert likely(overlooked, len(failed), GRADERS[grader].overlooks)
    clean = [answers(row, grader, RUBRIC) for row in SPOKEN if not row["failures"]]
    assert {given[name] for given in clean for name in CHECKS} == {"no"}


@pytest.mark.parametrize("grader", GRADERS)
def test_outcomes_are_mistaken_for_neighbours_only(grader: str) -> None:
    """95 % right where there is a neighbour; always right elsewhere; nobody invents a transfer."""
    pairs = [(row["outcome"], answers(row, grader, RUBRIC)["outcome"]) for row in SPOKEN]
    assert all(given in (true, *NEIGHBOURS.get(true, ())) for true, given in pairs)
    open_ones = [true == given for true, given in pairs if true in NEIGHBOURS]
    assert likely(sum(open_ones), len(open_ones), OUTCOME_RIGHT)
    assert len(open_ones) < len(pairs)


def test_both_neighbours_of_partly_resolved_are_as_frequent() -> None:
    """Of 10,000 partly resolved calls about 250 are called resolved and 250 unresolved."""
    given = [answers(a_truth(id=f"p{i}", outcome="partly_resolved"), OWNER, RUBRIC)["outcome"] for i in range(10_000)]
    assert likely(given.count("resolved"), 10_000, 0.025)
    assert likely(given.count("unresolved"), 10_000, 0.025)


@pytest.mark.parametrize("grader", GRADERS)
def test_whether_a_human_was_needed_is_seen_as_often_as_said(grader: str) -> None:
    """Over all calls with a transcript, 95 % within exact binomial limits."""
    right = [answers(row, grader, RUBRIC)["human_needed"] == row["human_needed"] for row in SPOKEN]
    assert likely(sum(right), len(right), NEEDED_RIGHT)


def test_a_yes_no_question_on_the_need_is_answered_in_its_words() -> None:
    """The same question as yes/no: "needed" is yes."""
    criteria = [{"id": "human_needed", "type": "yes_no"}]
    rubric = Rubric.model_validate({"id": "r", "version": 1, "sections": [{"id": "s", "criteria": criteria}]})
    given = [answers(a_truth(id=f"n{i}", human_needed="needed"), OWNER, rubric)["human_needed"] for i in range(200)]
    assert given.count("yes") > 170
    assert given.count("yes") + given.count("no") == 200


def test_answers_cover_what_people_are_asked_and_the_truth_knows() -> None:
    """Not the measured latency, not the free text; and without levels in the truth none are made up."""
    judged = {"correctness", "tone", "escalation", "human_needed", "outcome", *CHECKS}
    assert set(answers(a_truth(), OWNER, RUBRIC)) == judged
    bare = {"id": "c1", "outcome": "abandoned", "human_needed": "not_needed", "failures": []}
    assert set(answers(bare, OWNER, RUBRIC)) == judged - {"correctness", "tone", "escalation"}


def test_answers_are_the_same_every_time_and_differ_between_graders() -> None:
    """Three graders over 100 calls: equal to themselves, not to each other."""
    given = {grader: [answers(row, grader, RUBRIC) for row in SPOKEN[:100]] for grader in GRADERS}
    assert given == {grader: [answers(row, grader, RUBRIC) for row in SPOKEN[:100]] for grader in GRADERS}
    assert all(given[a] != given[b] for a in GRADERS for b in GRADERS if a != b)


def test_a_strict_grader_is_below_a_lenient_one() -> None:
    """Mean of all levels: Cora above Anna above Ben."""
    names = ("Cora Lind (simulated)", OWNER, "Ben Ode (simulated)")
    means = [sum(int(answers(row, name, RUBRIC)["tone"]) for row in SPOKEN) for name in names]
    assert means == sorted(means, reverse=True)
    assert len(set(means)) == 3


def test_an_unknown_grader_is_refused() -> None:
    """Only the three simulated people have a known noise."""
    with pytest.raises(KeyError):
        answers(a_truth(), "Anna Keller", RUBRIC)
