"""What follows from the replies so far: at most one more request, and never one for an answer that stands."""

from __future__ import annotations

import pytest

from evalharness.grade.llm.decide import Exchange, Next, Reading, decide, state_of
from tests.grade.llm.building import CALL, INVENTED, asked, body, entry, good, keys, said

ASKED = asked("correctness", "greeted")
BOTH = keys(ASKED)


def after(*replies: str, of: tuple[tuple[str, ...], ...] = ()) -> object:
    """The decision after these replies to all questions (or to those named)."""
    named = of or (BOTH,) * len(replies)
    return decide(ASKED, CALL, [Exchange(which, raw) for which, raw in zip(named, replies, strict=True)])


def test_before_the_first_reply() -> None:
    """Everything is asked."""
    assert after() == Next(ASKED, "")


def test_a_reply_that_stands_ends_it() -> None:
    """Both answers are verdicts; the state is graded."""
    found = after(good())
    assert isinstance(found, dict)
    assert {key: verdict.answer for key, verdict in found.items()} == {"correctness": "4", "greeted": "yes"}  # type: ignore[union-attr]
    assert state_of(found) == "graded"


def test_only_what_does_not_stand_is_asked_again() -> None:
    """An invented quote for one of two: the second request is about that one alone; the first answer stays."""
    first = good(correctness=entry("5", INVENTED))
    step = after(first)
    assert step == Next(ASKED[:1], "unverified")
    found = after(first, good("correctness"), of=(BOTH, ("correctness",)))
    assert isinstance(found, dict)
    assert found["correctness"].answer == "4"  # type: ignore[union-attr]
    assert found["greeted"].answer == "yes"  # type: ignore[union-attr]


def test_a_judge_that_lies_twice_has_said_nothing() -> None:
    """Two replies, no third request; the true answer beside it counts."""
    lie = entry("5", INVENTED)
    found = after(good(correctness=lie), body({"correctness": lie}), of=(BOTH, ("correctness",)))
    assert isinstance(found, dict)
    assert found["correctness"] == "unverified"
    assert state_of(found) == "unverified"


@pytest.mark.parametrize(
    ("raw", "again"), [("<html>", "invalid"), (body("prose"), "invalid"), (body("{", stop_reason="max_tokens"), "truncated")]
)
def test_one_more_try_for_a_bad_reply(raw: str, again: str) -> None:
    """Invalid or cut off: asked once more, with more room if it was cut; twice: no value, with that reason."""
    step = after(raw)
    assert step == Next(ASKED, again)
    assert isinstance(step, Next)
    assert step.larger is (again == "truncated")
    assert after(raw, raw) == dict.fromkeys(BOTH, again)
    assert state_of(dict.fromkeys(BOTH, again)) == "failed"  # type: ignore[arg-type]
    assert isinstance(after(raw, good()), dict)


def test_a_refusal_and_a_call_that_does_not_fit_are_not_asked_again() -> None:
    """The same bytes would bring the same: no second payment."""
    assert after(body("", stop_reason="refusal")) == dict.fromkeys(BOTH, "refused")
    assert after(body("", stop_reason="model_context_window_exceeded")) == dict.fromkeys(BOTH, "truncated")
    assert state_of({"correctness": "refused", "greeted": said()}) == "refused"


def test_the_last_reason_is_the_reason() -> None:
    """Cut off first, then refused."""
    assert after(body("{", stop_reason="max_tokens"), body("", stop_reason="refusal")) == dict.fromkeys(BOTH, "refused")


def test_it_is_the_same_after_a_restart() -> None:
    """The decision depends on the stored replies alone: asked twice, the same answer."""
    first = good(correctness=entry("5", INVENTED))
    assert after(first) == after(first)


def test_without_the_look_at_evidence_an_invented_quote_stands() -> None:
    """The defence is switched off: nothing is asked again."""
    found = decide(ASKED, CALL, [Exchange(BOTH, good(correctness=entry("5", INVENTED)))], Reading(evidence=False))
    assert isinstance(found, dict)
    assert found["correctness"].answer == "5"  # type: ignore[union-attr]


def test_a_single_question_is_the_whole_object() -> None:
    """The entry itself answers it; a map of questions does not."""
    alone = [Exchange(("correctness",), body(entry("4")))]
    found = decide(ASKED[:1], CALL, alone, Reading(single=True))
    assert isinstance(found, dict)
    assert found["correctness"].answer == "4"  # type: ignore[union-attr]
    assert decide(ASKED[:1], CALL, [Exchange(("correctness",), good("correctness"))], Reading(single=True)) == Next(
        ASKED[:1], "invalid"
    )


@pytest.mark.parametrize(("raw", "reason"), [(body("Nice."), "invalid"), (good(correctness=entry("5", INVENTED)), "unverified")])
def test_after_the_last_reply_nothing_more_is_asked(raw: str, reason: str) -> None:
    """Replies that are read again: what does not stand has no answer, for the reason why."""
    found = decide(ASKED, CALL, [Exchange(BOTH, raw)], Reading(most=1))
    assert isinstance(found, dict)
    assert found["correctness"] == reason
