"""Every text that reaches the judge has a place, and only those."""

from __future__ import annotations

import re

from evalharness.grade.llm.prompt import Ask, build
from evalharness.grade.llm.reaching import KEY, rebuilt, texts
from evalharness.models.call import Call, Handoff, ToolCall, Turn
from tests.builders import MONDAY
from tests.grade.llm.building import asked


def marked_call() -> Call:
    """A call in which every text there is holds a mark of its own."""
    arguments = {"mark05": ["mark06", {"deep": "mark07"}], "n": 1}
    tool = ToolCall(name="mark04", arguments=arguments, result="mark08", error=False)
    turns = (Turn(index=0, speaker="caller", text="mark02"), Turn(index=1, speaker="agent", text="mark03", tool_calls=(tool,)))
    return Call(
        id="mark90",
        source="mark91",
        agent="mark92",
        version="mark93",
        started_at=MONDAY,
        intent="mark94",
        caller_key="mark95",
        errors=("mark96",),
        end_reason="mark00",
        handoff=Handoff(context_summary="mark01"),
        turns=turns,
        recording_url="mark97",
        metadata={"mark98": "mark99"},
    )


def test_what_the_prompt_shows_is_what_has_a_place():
    """The marks in the request and the marks in the texts are the same ones: a new field in one must come into the other."""
    call = marked_call()
    prompt = build(Ask(asked(), "policy", "purpose"), call, "nonce")
    shown = set(re.findall(r"mark\d\d", prompt.shared + prompt.own))
    assert shown == set(re.findall(r"mark\d\d", " ".join(texts(call).values())))
    assert shown == {f"mark{number:02}" for number in range(9)}


def test_the_same_call_where_nothing_changes():
    """No copy is made of an untouched call."""
    call = marked_call()
    assert rebuilt(call, lambda text, _place: text) is call


def test_one_place_is_changed_alone():
    """An argument's name is a place of its own."""
    place = ("turns", 1, "tools", 0, "arguments", "mark05", KEY)
    other = rebuilt(marked_call(), lambda text, where: "new" if where == place else text)
    assert other.turns[1].tool_calls[0].arguments == {"new": ["mark06", {"deep": "mark07"}], "n": 1}
    assert len(set(texts(other).values()) ^ set(texts(marked_call()).values())) == 2
