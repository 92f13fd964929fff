"""Required words, opt-outs, and identity before personal data."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from evalharness.grade.measured.required_words import is_said, likeness
from evalharness.grade.measured.voice_words import words_of
from evalharness.models.measuring import Measuring
from evalharness.models.noun import tuples
from tests.grade.measured.audited import found_in, places, said, shown, timed, tool, using

PHRASE = "this call is recorded for quality purposes"


def _required(**fields: Any) -> dict[str, Any]:
    limits = {} if {"within_turns", "within_s"} & set(fields) else {"within_turns": 2}
    return {"disclosure": [{"name": "recording", "phrases": [PHRASE], **limits, **fields}]}


def _counts(found) -> tuple[float | None, ...]:
    return tuple(found.values.get(f"disclosures_{name}") for name in ("required", "missing", "late"))


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ((f"A Hello, {PHRASE}.", "C Hi.", "A Yes?"), (1, 0, 0)),
        (("A Hello.", "C Hi.", f"A {PHRASE}."), (1, 0, 0)),  # the agent's second turn
        (("A Hello.", "C Hi.", "A Yes?", "C So?", f"A {PHRASE}."), (1, 0, 1)),
        (("A Hello.", "C Hi.", "A Yes?"), (1, 1, 0)),
        (("A Hello.", f"C {PHRASE}", "A Yes?"), (1, 1, 0)),  # the caller's words do not count
        (("A Hello.", "C Bye."), (None, None, None)),  # the second turn never came
        (("C Hello?",), (None, None, None)),
        (("A Hello.", "C Hi.", "A Yes?", f"H {PHRASE}"), (1, 1, 0)),
    ],
)
def test_within_the_first_turns_of_the_agent(lines: tuple[str, ...], counts: tuple[float | None, ...]) -> None:
    """(required, missing, late)."""
    assert _counts(found_in(said(*lines), **_required())) == counts


def test_what_is_missing_or_late_is_named() -> None:
    """By the configured name, at the agent's first turn or where it was said."""
    missing = found_in(said("C Hi?", "A Hello.", "C Yes.", "A So?"), **_required())
    (one,) = shown(missing, "disclosures_missing")
    assert (one.turns, one.state, one.note) == ((1,), "missing", "recording")
    late = found_in(said("A Hello.", "C Yes.", "A So?", "C No.", f"A {PHRASE}"), **_required())
    assert places(late, "disclosures_late") == [((4,), "late")]


def test_each_required_phrase_is_told_by_its_name() -> None:
    """Two phrases: one said in time by the second agent turn, one never; the turn is where it was said, or the agent's first."""
    wanted = [
        {"name": name, "phrases": [words], "within_turns": 2} for name, words in (("recording", PHRASE), ("ai", "i am a robot"))
    ]
    found = found_in(said("A Hello.", "C Hi.", f"A {PHRASE}."), disclosure=wanted)
    told = {one.note: (one.state, one.turns) for one in shown(found, "disclosures_required")}
    assert told == {"recording": ("said", (2,)), "ai": ("missing", (0,))}
    assert _counts(found) == (2, 1, 0)


@pytest.mark.parametrize(
    ("start", "seconds", "counts"),
    [
        (15.0, 60, (1, 0, 0)),  # begun at the last moment
        (15.1, 60, (1, 0, 1)),
        (None, 60, (1, 1, 0)),  # never said in a minute
        (None, 10, (None, None, None)),  # ended before the 15 s were over
    ],
)
def test_within_the_first_seconds(start: float | None, seconds: float, counts: tuple[float | None, ...]) -> None:
    """The start of the agent's turn decides; the call's last turn shows how long it went on."""
    words = [] if start is None else [("A", start, start + 3, PHRASE)]
    call = timed(("A", 0, 1, "Hello."), *words, ("C", seconds, seconds + 1, "Bye."))
    assert _counts(found_in(call, **_required(within_s=15.0))) == counts


def test_said_at_an_unknown_time_is_not_told() -> None:
    """Without times nobody knows whether it was within 15 s, nor whether the call lasted so long."""
    assert _counts(found_in(said(f"A {PHRASE}", "C Hi."), **_required(within_s=15.0))) == (None, None, None)
    assert _counts(found_in(said("A Hello.", "C Hi."), **_required(within_s=15.0))) == (None, None, None)


@pytest.mark.parametrize(
    ("rule", "fields", "asked"),
    [
        ("direction == outbound", {"direction": "outbound"}, True),
        ("direction == outbound", {"direction": "inbound"}, False),
        ("direction == outbound", {}, False),
        ("metadata.jurisdiction in [CA, NY]", {"metadata": {"jurisdiction": "NY"}}, True),
        ("metadata.jurisdiction in [CA, NY]", {"metadata": {"jurisdiction": "TX"}}, False),
        ("language == en and not handed_off == true", {}, True),
    ],
)
def test_only_where_the_rule_holds(rule: str, fields: dict[str, Any], asked: bool) -> None:
    """Elsewhere nothing is required, so nothing is missing."""
    found = found_in(said("A Hello.", "C Hi.", "A Yes?", **fields), **_required(when=rule))
    assert _counts(found) == ((1, 1, 0) if asked else (None, None, None))


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Hi! This call is recorded, for quality purposes.", True),
        ("this call is being recorded for quality purpose", True),
        ("quality", False),  # a word of the phrase is not the phrase
        ("this call is for you", False),
        ("we record nothing, this is a call about quality", False),
    ],
)
def test_near_enough(text: str, near: bool) -> None:
    """At 85 of 100, with at least 7 of 10 words of the phrase."""
    assert is_said([PHRASE], words_of(text), 85) is near


def test_likeness_of_nothing_is_nothing() -> None:
    """No phrase and no words; the phrase itself is 100."""
    assert (likeness([], ("a",)), likeness(["..."], ("a",)), likeness([PHRASE], ())) == (0, 0, 0)
    assert likeness([PHRASE], words_of(PHRASE)) == 100


def test_rapidfuzz_is_loaded_only_where_phrases_are_configured() -> None:
    """A call without required words is measured without it."""
    code = (
        "import sys\n"
        "from evalharness.grade.measured.detectors import findings_of\n"
        "from evalharness.models.measuring import Measuring\n"
        "from tests.builders import a_call\n"
        "findings_of(a_call(), Measuring())\n"
        "assert not [name for name in sys.modules if name.startswith('rapidfuzz')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("measures", "complaint"),
    [
        ({"disclosure": [{"name": "x", "phrases": ["y"]}]}, "within_turns or within_s"),
        ({"disclosure": [{"name": "x", "phrases": ["y"], "within_turns": 1, "within_s": 1.0}]}, "within_turns or within_s"),
        ({"disclosure": [{"name": "x", "phrases": [], "within_turns": 1}]}, "at least 1"),
        ({"disclosure": [{"name": "x", "phrases": ["y"], "within_turns": 1, "when": "hour < 9"}]}, "hour cannot be asked here"),
        ({"disclosure": [{"name": "x", "phrases": ["y"], "within_turns": 1, "when": "mood == good"}]}, "unknown field"),
        ({"outbound": {"hours": {"timezone": "Mars/Olympus"}}}, "not a time zone"),
        ({"outbound": {"hours": {"timezone": "UTC", "start": "20:00", "end": "08:00"}}}, "not after they start"),
        ({"outbound": {"hours": {"timezone": "UTC", "start": "25:00"}}}, "pattern"),
        ({"identity": {"check_phrases": ["dob"]}}, "personal data"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(measures: dict[str, Any], complaint: str) -> None:
    """What is wrong, and what may stand there."""
    with pytest.raises(ValidationError, match=complaint):
        Measuring.model_validate(tuples(measures))


@pytest.mark.parametrize(
    ("answer", "state"),
    [("You won't hear from us again.", "honoured"), ("But the offer ends today!", "ignored")],
)
def test_an_opt_out_is_honoured_or_ignored(answer: str, state: str) -> None:
    """By what the agent says afterwards."""
    found = found_in(said("A Hi.", "C Stop calling me!", f"A {answer}"))
    assert places(found, "opt_outs") == [((1,), state)]
    assert (found.values["opt_outs"], found.values["opt_outs_ignored"]) == (1, state == "ignored")


def test_an_opt_out_may_be_honoured_by_a_tool() -> None:
    """If it worked; what was agreed to before it was asked does not count."""
    call = said("A I removed the item.", "C Take me off your list.", "A Okay.")
    assert found_in(call).values["opt_outs_ignored"] == 1
    assert found_in(using(call, 2, tool("set_do_not_call"))).values["opt_outs_ignored"] == 0
    assert found_in(using(call, 2, tool("do_not_call", error=True))).values["opt_outs_ignored"] == 1


def test_without_an_opt_out_none_is_ignored() -> None:
    """0 asked; "ignored" has no case to tell of."""
    values = found_in(said("A Hi.", "C Call me tomorrow.")).values
    assert (values["opt_outs"], values.get("opt_outs_ignored")) == (0, None)


IDENTITY = {"identity": {"check_phrases": ["date of birth"], "check_tools": ["verify"], "data_tools": ["read_file"]}}


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        ("verify", "read_file", 0),
        ("read_file", "verify", 1),
        ("read_file", "read_file", 1),
        ("verify", "verify", None),
        ("book", "book", None),
    ],
)
def test_personal_data_comes_after_a_check(first: str, second: str, before: float | None) -> None:
    """The first of the two decides; without data there is nothing to tell."""
    call = using(using(said("A One.", "C Yes.", "A Two."), 0, tool(first)), 2, tool(second))
    found = found_in(call, **IDENTITY)
    assert found.values.get("data_before_identity") == before
    assert places(found, "data_before_identity") == ([((0,), None)] if before else [])


def test_a_check_asked_in_words_counts_and_a_failed_tool_does_not() -> None:
    """Asked in turn 0, read in turn 2; the failed check of the other call is none."""
    asked = using(said("A Your date of birth?", "C May.", "A Thanks."), 2, tool("read_file"))
    assert found_in(asked, **IDENTITY).values["data_before_identity"] == 0
    failed = using(said("A Hi."), 0, tool("verify", error=True), tool("read_file"))
    assert found_in(failed, **IDENTITY).values["data_before_identity"] == 1


def test_identity_only_where_the_rule_holds() -> None:
    """Outbound calls only: an inbound one is not looked at."""
    rules = {"identity": {**IDENTITY["identity"], "when": "direction == outbound"}}
    call = using(said("A Hi."), 0, tool("read_file"))
    assert "data_before_identity" not in found_in(call, **rules).values
    assert found_in(call.model_copy(update={"direction": "outbound"}), **rules).values["data_before_identity"] == 1


@pytest.mark.parametrize(
    "answer",
    ["I'm sorry, I cannot remove you from the list.", "I'm afraid you won't be removed.", "We have not got a do not call list."],
)
def test_a_refusal_honours_nothing(answer: str) -> None:
    """Words of agreement behind a "not" agree to nothing."""
    call = said("A Hello.", "C Please stop calling me.", f"A {answer}")
    assert found_in(call).values["opt_outs_ignored"] == 1


def test_a_check_in_words_that_are_gone_is_not_called_missing() -> None:
    """The agent's texts are empty: it may have asked in them; where only tools check, they tell."""
    call = using(said("A ", "C May."), 0, tool("read_file"))
    assert "data_before_identity" not in found_in(call, **IDENTITY).values
    by_tool = {"identity": {"check_tools": ["verify"], "data_tools": ["read_file"]}}
    assert found_in(call, **by_tool).values["data_before_identity"] == 1
