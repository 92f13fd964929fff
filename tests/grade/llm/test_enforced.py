"""Which servers keep to a schema: what one reply proves, and what an earlier run found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalharness.grade.llm.enforced import Enforced
from evalharness.grade.llm.work import Brief, Job, Judge, Sending, planned
from evalharness.store.llm import LlmEvent
from tests.builders import POLICY, WEEK, a_rubric
from tests.grade.llm.building import CALL, asked, body, entry, good

JUDGE = Judge("claude-haiku-5-5", "low", "http://127.0.0.1:8080")
OTHER = replace(JUDGE, model="claude-opus-5-5")
ASKED = asked("correctness", "greeted")


def a_job(judge: Judge, *events: LlmEvent) -> Job:
    """A job of this judge with this history."""
    brief = Brief(judge, POLICY, "Books.", a_rubric().digests())
    return Job(planned(WEEK, CALL, ASKED, brief, Sending("seed")), CALL, ASKED, brief, events)


def test_nothing_is_known_at_first() -> None:
    """The schema is sent beside the text."""
    assert not Enforced().in_words(JUDGE)


@pytest.mark.parametrize("text", ["I liked the call.", '{"correctness": 4}', "[]", ""])
def test_a_whole_reply_in_another_form_shows_that_no_schema_is_kept(text: str) -> None:
    """Of that judge alone; a reply in the form proves the contrary, and no later one takes it back."""
    known = Enforced()
    known.learn(JUDGE, body(text), ASKED)
    assert known.in_words(JUDGE)
    assert not known.in_words(OTHER)
    known.learn(JUDGE, good(), ASKED)
    assert not known.in_words(JUDGE)
    known.learn(JUDGE, body(text), ASKED)
    assert not known.in_words(JUDGE)


@pytest.mark.parametrize("raw", ["<html></html>", body("{", stop_reason="max_tokens"), body("", stop_reason="refusal")])
def test_a_reply_that_was_not_spoken_to_its_end_shows_nothing(raw: str) -> None:
    """A proxy's page, a cut reply and a refusal are no free text."""
    known = Enforced()
    known.learn(JUDGE, raw, ASKED)
    assert not known.in_words(JUDGE)


def test_a_single_question_is_read_in_its_own_form() -> None:
    """The object itself is the answer: with it the server keeps to the schema, with a map of questions it does not."""
    single, known = replace(JUDGE, per_criterion=True), Enforced()
    known.learn(single, good("correctness"), ASKED[:1])
    assert known.in_words(single)
    known.learn(single, body(entry("4")), ASKED[:1])
    assert not known.in_words(single)


def test_what_an_earlier_run_found_is_kept() -> None:
    """From the ledger: asked in words once is asked so again; graded by the schema is proof that one bad reply does not shake."""
    sent = LlmEvent(1, "sent", 1, details={"asked": ["correctness"], "in_words": True})
    assert Enforced.known([a_job(JUDGE, sent)]).in_words(JUDGE)
    graded = (LlmEvent(1, "sent", 1, details={"asked": ["correctness"]}), LlmEvent(1, "graded", 1))
    known = Enforced.known([a_job(OTHER, *graded), a_job(JUDGE)])
    known.learn(OTHER, body("Nice."), ASKED)
    known.learn(JUDGE, body("Nice."), ASKED)
    assert (known.in_words(OTHER), known.in_words(JUDGE)) == (False, True)
