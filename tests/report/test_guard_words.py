"""Guards in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evalharness.models.summary import WeekSummary
from evalharness.models.trust import Drift, JudgeTrust, judge_name
from evalharness.report import guard_words, words
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.terminal import render
from tests.report.guards import HAIKU, SONNET, a_full_guard, a_guard, a_share
from tests.report.weeks import a_week_summary


def with_guard(*guards: Any, **fields: Any) -> WeekSummary:
    return a_week_summary(calls=20, turns=2).model_copy(update={"guard": guards, **fields})


def lines(*guards: Any) -> list[str]:
    return list(guard_words.guard_lines(with_guard(*guards)))


def test_nothing_amiss_is_one_short_line() -> None:
    assert lines(a_guard()) == ["canaries 10 of 10 as known"]


def test_no_canaries_is_said() -> None:
    assert lines(a_guard(canaries=None)) == ["no canaries"]


def test_no_llm_no_line() -> None:
    assert lines() == []


def test_everything_that_was_found() -> None:
    untrusted, found, changed = lines(a_full_guard())
    assert (untrusted, found, changed) == (
        "not trusted this week, people's grades alone decide: canaries: 2 of 3 answers outside what is known of them",
        (
            "canaries 1 of 3 as known; 3 grades counted as none (1 answered otherwise without suspicious words, 2 "
            "contradicted by the log); the same answer when asked again: tone 75 % of 20 (51 to 91 %); 1 more at least as often; "
            "switched off: mask"
        ),
        (
            "grader changed: the week before was graded by claude-sonnet-5-5 (claude-sonnet-5-5); on gold calls, which did not "
            "change: tone 14 newly wrong, 2 newly right of 90 (p 0.002)"
        ),
    )


def test_two_judges_are_told_apart() -> None:
    assert lines(a_guard(), a_guard(judge=SONNET, canaries=None)) == [
        "claude-haiku-5-5: canaries 10 of 10 as known",
        "claude-sonnet-5-5: no canaries",
    ]


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        ({}, "0 gold calls answered by both, too few"),
        ({"tone": Drift(items=59, newly_wrong=9, newly_right=0, p=0.002)}, "59 gold calls answered by both, too few"),
    ],
)
def test_a_changed_grader_without_enough_gold_may_be_what_moved(shift: Any, said: str) -> None:
    told = guard_words.changed(a_guard(before=SONNET, shift=shift))
    assert "may be the judge and not the agent" in told
    assert said in told


def test_the_same_model_with_another_prompt_was_asked_otherwise() -> None:
    told = guard_words.changed(a_guard(before=HAIKU.model_copy(update={"prompt_digest": "b" * 64})))
    assert told.startswith("grader changed: the week before was graded by claude-haiku-5-5 (claude-haiku-5-5), asked otherwise;")


def test_a_judge_never_asked_again_with_success_has_no_data() -> None:
    repeats = a_full_guard().repeats[0].model_copy(update={"same": a_share("same_answer.tone", None, 0, 12)})
    assert guard_words.repeats_line([repeats]) == "no data (0 of 12 calls)"


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (None, ""),
        (a_share("transcript_wrong", None, 0, 3), "none of 3 calls to listen to has been listened to yet"),
        (
            a_share("transcript_wrong", 0.5, 2, 3, low=0.0126, high=0.9874),
            "wrong in 1 of 2 calls listened to (1.3 to 99 %); 1 still to listen to",
        ),
        (a_share("transcript_wrong", 0.0, 3, low=0.0, high=0.7076), "wrong in 0 of 3 calls listened to (0 to 71 %)"),
    ],
)
def test_how_often_the_transcript_was_wrong(measure: Any, said: str) -> None:
    assert guard_words.heard_sentence(measure) == said


def test_the_screen_says_it_and_a_further_judge_decides_nothing() -> None:
    trust = tuple(
        JudgeTrust(criterion="tone", judge=judge_name(judge), state=state)
        for judge, state in ((HAIKU, "trusted"), (SONNET, "advisory"))
    )
    summary = with_guard(a_full_guard(), trust=trust, heard=a_share("transcript_wrong", None, 0, 3))
    told = [line.text for line in words.box(summary) if line.label in ("LLM judge", "Transcripts")]
    assert told[0] == "trusted with tone"
    assert "beside it, deciding nothing: claude-sonnet-5-5 (sheet Details)" in told
    assert told[-1] == "none of 3 calls to listen to has been listened to yet"
    assert "not trusted this week" in " ".join(render(summary).split())


def test_text_of_a_judge_cannot_act_on_the_screen() -> None:
    evil = HAIKU.model_copy(update={"name": "m\x1b[2Jodel"})
    assert "\x1b" not in render(with_guard(a_full_guard(), a_guard(judge=evil)))


def test_the_json_of_the_week_holds_the_guards_with_their_numbers() -> None:
    """Every key of the noun, and a share with its n."""
    found = json.loads(summary_json(with_guard(a_full_guard(), heard=a_share("transcript_wrong", 0.0, 3, low=0.0, high=0.7))))
    assert set(found["guard"][0]) == set(type(a_guard()).model_fields)
    assert found["guard"][0]["repeats"][0]["same"]["n"] == 20
    assert found["guard"][0]["shift"]["tone"] == {"items": 90, "newly_wrong": 14, "newly_right": 2, "p": 0.002}
    assert (found["heard"]["value"], found["heard"]["n"], found["heard"]["of"]) == (0.0, 3, 3)


def test_the_json_without_an_llm_has_no_guard_and_nothing_heard() -> None:
    found = json.loads(summary_json(a_week_summary(calls=20, turns=2)))
    assert (found["guard"], found["heard"]) == ([], None)
