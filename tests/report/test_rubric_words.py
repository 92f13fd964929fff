"""A rubric's use, holes and changes in words: every figure with its n, and no text of a call that acts."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.rubric_diff import compare
from evalharness.models.grade import Evidence
from evalharness.models.improvement import (
    Confused,
    CriterionDisagreements,
    CriterionUse,
    DifferingCall,
    RubricDisagreements,
    Side,
)
from evalharness.models.measure import Measure
from evalharness.models.rubric import Rubric
from evalharness.report.rubric_words import diff_lines, disagreement_lines, finding_lines, flat, rubric_lines, span, use_lines
from tests.builders import a_rubric, rubric_form

HOSTILE = '\x1b[31mAll calls pass.\n2026-W47: nothing waits \u202e "5"'


def _call(number: int = 1, why: str = "It read nothing back.") -> DifferingCall:
    quote = (Evidence(turn=4, quote="Booked."),)
    sides = (
        Side(who="Anna Keller", kind="human", answer="3", why=why, evidence=quote),
        Side(who="judge-1", kind="llm", answer="4", evidence=quote),
    )
    return DifferingCall(week="2026-W47", source="demo", call_id=f"c{number}", sides=sides)


def _confused(**fields: Any) -> Confused:
    ordinary = {"one": "3", "other": "4", "one_first": 5, "other_first": 1, "steps": 1, "calls": (_call(),)}
    return Confused(**{**ordinary, "texts": {"3": "One thing missing.", "4": "One flaw."}, **fields})


def _one(**fields: Any) -> CriterionDisagreements:
    share = Measure(name="differing", unit="share", value=0.3, n=20, of=20, low=0.12, high=0.54, basis="ledger")
    ordinary = {"criterion": "correctness", "question": "Was it right?", "between": "people_and_llm", "first": "people"}
    counts = {"second": "judge-1", "calls": 20, "pairs": 20, "differing": 6, "share": share}
    table = {"answers": ("3", "4", "5"), "table": ((0, 5, 0), (1, 14, 0), (0, 0, 0)), "confused": (_confused(),)}
    return CriterionDisagreements(**{**ordinary, **counts, **table, **fields})


def _lines(*criteria: CriterionDisagreements, most: int = 3) -> list[str]:
    weeks, people = ("2026-W46", "2026-W47"), ("Anna Keller",)
    return list(disagreement_lines(RubricDisagreements(weeks=weeks, people=people, judge="judge-1", criteria=criteria), most))


def test_a_disagreement_with_its_table_texts_and_both_sides() -> None:
    """Share with interval and n; people in rows; both level texts; both reasons and quotes."""
    assert _lines(_one())[2:14] == [
        "",
        "correctness, people and LLM: 6 of 20 calls differ, 30 % (12 to 54 %)",
        "  Was it right?",
        "  rows: people, columns: LLM",
        "       3   4",
        "    3  .   5",
        "    4  1  14",
        "  people 3, LLM 4: 5 calls; people 4, LLM 3: 1 call",
        "    3 = One thing missing.",
        "    4 = One flaw.",
        "    c1 (2026-W47)",
        '      Anna Keller: 3: It read nothing back.; turn 4 "Booked."',
    ]


def test_too_few_calls_have_no_share() -> None:
    """Said plainly; the calls are listed all the same."""
    text = "\n".join(_lines(_one(share=None, calls=6, pairs=6)))
    assert "6 of 6 calls differ; too few to say how often they do (from 20 calls on)" in text
    assert "c1 (2026-W47)" in text
    assert "%" not in text


def test_what_a_caller_said_acts_on_nothing_and_makes_no_line() -> None:
    """Control characters stand there by their number, and a line end is a blank."""
    call = _call(why=HOSTILE)
    lines = _lines(_one(confused=(_confused(calls=(call,)),)))
    assert any("\\u{1b}[31mAll calls pass. 2026-W47: nothing waits \\u{202e}" in line for line in lines)
    assert not any("\x1b" in line or "\u202e" in line or "\n" in line for line in lines)
    assert not any(line.startswith("2026-W47") for line in lines)


def test_more_calls_and_pairs_than_are_shown() -> None:
    """How many, and what to type; calls that are held back are counted."""
    calls = tuple(_call(number) for number in range(1, 6))
    pairs = tuple(_confused(one=str(level), held_back=2, calls=calls) for level in (1, 2, 3, 5))
    text = "\n".join(_lines(_one(confused=pairs), _one(criterion="tone"), most=2))
    assert "... and 3 more calls: --calls 5" in text
    assert "2 calls held back: somebody is still to grade them blind (--ungraded)" in text
    assert "... and 1 more pair of answers, met 6 times: --criterion correctness" in text
    once = (*pairs[:3], _confused(one="5", one_first=1, other_first=0))
    assert "1 more pair of answers, met 1 time:" in "\n".join(_lines(_one(confused=once), _one(criterion="tone"), most=2))


def test_people_of_whom_nobody_is_first() -> None:
    """The pair, and how often; three graders of a call are three pairs."""
    one = _one(between="people", first="people", second="people", pairs=24)
    text = "\n".join(_lines(one))
    assert "correctness, people among themselves: 6 of 20 calls (24 pairs) differ" in text
    assert "rows: the lower answer, columns: the higher one" in text
    assert "3 against 4: 6 times" in text


def test_alike_on_every_call_takes_one_line() -> None:
    """With the calls."""
    lines = _lines(_one(differing=0, confused=()), _one(criterion="tone", differing=0, confused=()))
    assert lines[-1] == "Every answer alike, people and LLM (calls): correctness 20, tone 20"


def test_nothing_to_compare() -> None:
    """One sentence."""
    assert _lines()[-1] == "No call has been answered by two; there is nothing to compare. Shown from 20 such calls on."


def test_the_form_as_graders_see_it() -> None:
    """Policy, question, answers with what fails, yes and no with the good one, and every digest."""
    lines = list(rubric_lines(a_rubric()))
    text = "\n".join(lines)
    digest = a_rubric().digests()["greeted"][:12]
    assert lines[0].startswith("small, version 1  (digest ")
    assert "A nurse is needed for anything clinical." in text
    assert f"greeted (yes_no, weight 25; graded by human, llm; digest {digest})" in text
    assert "  1: What level 1 looks like. [fails the call]" in text
    assert "  yes, no (good: yes)" in text
    assert "  5: <600" in text


def test_a_diff_says_what_breaks() -> None:
    """Old and new text, digests, the lines that start anew and those that go on."""
    form = rubric_form()
    form["sections"][0]["criteria"][0]["levels"][4] = {"text": "Right, with one flaw."}
    form["sections"][1]["criteria"][0]["graded_by"] = ["human"]
    text = "\n".join(diff_lines(compare(a_rubric(), Rubric.model_validate(form, strict=False), ("a.yaml", "b.yaml"))))
    assert "a.yaml: small, version 1" in text
    assert "  correctness: changed  " in text
    assert "    level 4\n      - What level 4 looks like.\n      + Right, with one flaw." in text
    assert "Same meaning, written or counted otherwise: 1\n  greeted: same meaning" in text
    assert "  correctness: the criterion correctness changed" in text
    assert "Lines that go on: " in text


def test_a_diff_of_the_same() -> None:
    """No line breaks, and no other version is asked for."""
    text = "\n".join(diff_lines(compare(a_rubric(), a_rubric())))
    assert "Another meaning: none" in text
    assert "No line of the trend would break." in text
    assert "raise it" not in text


def test_two_texts_with_one_version_are_remarked() -> None:
    """Version 1 both times, though the policy changed: it should be 2; with another version nothing is said."""
    changed = a_rubric(policy="Nothing is promised.")
    assert "Two texts, one version: raise it to 2" in "\n".join(diff_lines(compare(a_rubric(), changed)))
    raised = a_rubric(policy="Nothing is promised.", version=2)
    assert "Two texts" not in "\n".join(diff_lines(compare(a_rubric(), raised)))


def test_a_diff_of_signs_alone_says_so() -> None:
    """The line breaks all the same."""
    form = rubric_form()
    form["sections"][1]["criteria"][0]["question"] = "did the agent say its name"
    text = "\n".join(diff_lines(compare(a_rubric(), Rubric.model_validate(form, strict=False))))
    assert "question (only spaces, capitals or signs; the line breaks all the same)" in text


def test_a_policy_that_changed() -> None:
    """Its lines, and that every judged criterion means something else."""
    text = "\n".join(diff_lines(compare(a_rubric(), a_rubric(policy="Nothing is promised."))))
    assert "The policy changed, and with it what every judged criterion means" in text
    assert "  + Nothing is promised." in text
    assert "greeted: changed, by the policy alone" in text


@pytest.mark.parametrize(
    ("weeks", "words"),
    [((), "no drawn week"), (("2026-W47",), "2026-W47"), (("2026-W42", "2026-W47"), "2 drawn weeks, 2026-W42 to 2026-W47")],
)
def test_weeks_in_words(weeks: tuple[str, ...], words: str) -> None:
    """First and last."""
    assert span(weeks) == words


def test_what_use_rests_on() -> None:
    """Weeks and calls; which criteria have too few; nothing where no week is drawn."""
    use = [
        CriterionUse(criterion=name, type="ordinal", answered=n, answers={}, not_applicable=0, pairs=0, apart=0)
        for name, n in (("tone", 40), ("empathy", 3))
    ]
    weeks = ("2026-W47",)
    assert list(use_lines(weeks, use, ("empathy",))) == [
        "Use: 2026-W47, blind grades by people of up to 40 calls a criterion",
        "  too few calls (from 20 on): empathy 3",
    ]
    assert "too few calls of every criterion" in list(use_lines(weeks, use, ("tone", "empathy")))[1]
    assert list(use_lines((), (), ())) == ["Use: no week is drawn yet; only the form was looked at."]


def test_findings_in_two_lines() -> None:
    """What, and what to do."""
    assert list(finding_lines([("warning", "criterion tone", "nobody gave 1", "keep it")])) == [
        "WARNING  criterion tone: nobody gave 1",
        "         keep it",
    ]


def test_flat_is_one_line() -> None:
    """Whatever stands in it."""
    assert flat("a\n b\tc\x07") == "a b c\\u{7}"
