"""A reply is taken strictly or not at all, and nothing in it raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.grade.llm.reply import Said, model_of, read, was_too_long
from tests.grade.llm.building import asked, body, entry, good, question

ASKED = asked("correctness", "greeted")
NAMES = st.sampled_from(["content", "stop_reason", "usage", "model", "type", "text"])
PLAIN = st.none() | st.booleans() | st.floats() | st.text(max_size=5)
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner))


def one(**changes: Any) -> str:
    """A good reply with something changed in the answer on correctness."""
    return good(correctness={**entry(), **changes})


def test_a_good_reply() -> None:
    """Both answers with justification and evidence."""
    found = read(good(), ASKED)
    assert isinstance(found, dict)
    assert {key: said.answer for key, said in found.items()} == {"correctness": "4", "greeted": "yes"}
    assert found["correctness"].justification == "As turn 2 shows."
    assert [(quote.turn, quote.quote) for quote in found["correctness"].evidence] == [(2, "Friday at ten is free.")]


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("refusal", "refused"), ("max_tokens", "truncated"), ("model_context_window_exceeded", "truncated"),
        ("pause_turn", "invalid"), ("tool_use", "invalid"), ("stop_sequence", "invalid"), (None, "invalid"), ("new", "invalid"),
    ],
)  # fmt: skip
def test_why_it_stopped_decides_first(stop: str | None, reason: str) -> None:
    """A whole answer under another stop reason is not an answer."""
    raw = good()
    assert read(json.dumps({**json.loads(raw), "stop_reason": stop}), ASKED) == reason


@pytest.mark.parametrize(
    "text",
    [
        "I would give it a 4.",
        'Here is my grade:\n```json\n{"a": 1}\n```',
        "",
        "null",
        "[]",
        "[" * 200_000,
        '{"correctness": {}}',
        json.dumps({"correctness": entry()}),
        json.dumps({"correctness": entry(), "greeted": entry("yes"), "tone": entry()}),
        json.dumps({"correctness": entry(), "greeted": entry("yes")}) + " Done.",
        json.dumps({"correctness": entry(), "greeted": entry("yes")}).replace('"4"', "NaN"),
        '{"greeted": 1, ' + json.dumps({"correctness": entry(), "greeted": entry("yes")})[1:],
    ],
)
def test_anything_around_beside_or_missing_is_invalid(text: str) -> None:
    """Prose, a preamble, a key too few or too many, a key twice, NaN, endless nesting."""
    assert read(body(text), ASKED) == "invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"answer": 4}, {"answer": "6"}, {"answer": "4.0"}, {"answer": ""}, {"answer": None}, {"answer": "n/a"}, {"score": 4},
        {"justification": 5}, {"justification": None}, {"evidence": "none"}, {"evidence": None}, {"evidence": ["x"]},
        {"evidence": [{"turn": 2}]}, {"evidence": [{"turn": "2", "quote": "x"}]}, {"evidence": [{"turn": 2.0, "quote": "x"}]},
        {"evidence": [{"turn": True, "quote": "x"}]}, {"evidence": [{"turn": -1, "quote": "x"}]},
        {"evidence": [{"turn": 2, "quote": 7}]}, {"evidence": [{"turn": 2, "quote": "x", "speaker": "agent"}]},
        {"evidence": [{"turn": 10**30, "quote": "x"}]}, {"evidence": [{"turn": 2, "quote": "x" * 2001}]},
        {"evidence": [{"turn": 2, "quote": "x"}] * 21},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_outside_the_form_is_invalid(change: dict[str, Any]) -> None:
    """Numbers for words, levels that are none, evidence of another shape: the whole reply is refused."""
    assert read(one(**change), ASKED) == "invalid"


def test_a_fence_around_the_whole_answer_is_no_other_answer() -> None:
    """Servers without structured output fence their JSON; a fence and nothing else is taken off."""
    text = json.dumps({"correctness": entry(), "greeted": entry("no")})
    assert isinstance(read(body(f"```json\n{text}\n```"), ASKED), dict)
    assert isinstance(read(body(f"```\n{text}\n```\n"), ASKED), dict)
    assert read(body(f"```json\n{text}\n```\nAll good!"), ASKED) == "invalid"


def test_thinking_blocks_are_no_answer() -> None:
    """Blocks are taken by their type."""
    content = [{"type": "thinking", "thinking": "hm"}, *json.loads(good())["content"]]
    assert isinstance(read(json.dumps({**json.loads(good()), "content": content}), ASKED), dict)
    assert read(json.dumps({**json.loads(good()), "content": content[:1]}), ASKED) == "invalid"


@pytest.mark.parametrize("content", [None, "text", [], ["text"], [{"type": "text"}], [{"type": "text", "text": 4}], {}])
def test_content_of_another_shape(content: Any) -> None:
    """Invalid, not a crash."""
    assert read(json.dumps({**json.loads(good()), "content": content}), ASKED) == "invalid"


@given(st.text())
def test_no_text_raises(raw: str) -> None:
    """As a body and as the text inside one."""
    assert read(raw, ASKED) == "invalid"
    assert read(body(raw), ASKED) == "invalid"


@given(JSON)
def test_no_json_raises(value: Any) -> None:
    """Every JSON value is read to a reason."""
    assert read(json.dumps(value), ASKED) in ("invalid", "refused", "truncated")


def test_what_the_judge_writes_is_kept_visible_and_short() -> None:
    """Escape sequences and half characters of its text cannot act on a terminal or break the ledger."""
    found = read(one(justification="\u001b[2J\ud800" + "x" * 5000), ASKED)
    assert isinstance(found, dict)
    assert found["correctness"].justification.startswith("\\u{001B}[2J\\u{D800}xxx")
    assert len(found["correctness"].justification) == 1000


def test_free_text_is_taken_as_it_is() -> None:
    """A text criterion has no levels."""
    free = question("correctness", type="text", levels=())
    found = read(body({"correctness": entry("Anything at all.")}), (free,))
    assert isinstance(found, dict)
    assert isinstance(found["correctness"], Said)
    assert found["correctness"].answer == "Anything at all."


def test_which_model_says_it_answered() -> None:
    """A short visible name; "" where there is none."""
    assert model_of(good()) == "claude-haiku-5-5"
    assert model_of(body("x", model="\x1bmodel" + "y" * 200)).startswith("\\u{001B}model")
    assert len(model_of(body("x", model="y" * 200))) == 100
    assert [model_of(raw) for raw in ("<html>", body("x", model=5), "{}")] == ["", "", ""]


def test_a_call_too_long_for_the_model() -> None:
    """Told from a reply that was only cut off."""
    assert was_too_long(body("x", stop_reason="model_context_window_exceeded"))
    assert not was_too_long(body("x", stop_reason="max_tokens"))
