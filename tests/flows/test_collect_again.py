"""Calls collected again by a version that says more of them than the one that stored them: never a conflict, never a loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evalharness.collect.named_forms import named_form
from evalharness.collect.platforms import retell, twilio, vapi
from evalharness.collect.platforms.payload import UNTOLD, Draft
from evalharness.flows.collect import collect_paths
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import Opened, opened
from evalharness.models.call import HANDOFF_NOT_IN_LOG
from evalharness.workspace.folder import Workspace
from tests.collect.files import counts, write_rows
from tests.collect.payloads import a_message, a_retell_call, a_vapi_call, an_utterance
from tests.collect.platforms.test_twilio import a_sentence, a_transcript

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Opened]:
    """A new workspace."""
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    with opened(Workspace.at(tmp_path / "desk"), write=True) as one:
        yield one


@contextmanager
def before(platform: Any, name: str) -> Iterator[None]:
    """As if the platform's file did not know this word yet, neither in `inferred` nor in the metadata."""
    read: Callable[[Any], Draft] = platform.draft

    def without(given: Any) -> Draft:
        found = read(given)
        metadata = {key: value for key, value in found.raw["metadata"].items() if key != name}
        return Draft({**found.raw, "metadata": metadata}, tuple(one for one in found.inferred if one != name))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platform, "draft", without)
        named_form.cache_clear()
        yield
    named_form.cache_clear()


@pytest.mark.parametrize("same", [True, False])
def test_a_mark_of_what_was_concluded_is_no_conflict(house: Opened, tmp_path: Path, *, same: bool) -> None:
    """The call of before is a duplicate, in the file it came in and in another; with another sentence it is a conflict."""
    first = write_rows(tmp_path / "first.jsonl", [a_transcript()])
    second = tmp_path / "second.json"
    second.write_text(json.dumps(a_transcript(*([] if same else [a_sentence(said="Other words.")])), indent=1))
    with before(twilio, HANDOFF_NOT_IN_LOG):
        assert [counts(one) for one in collect_paths(house, [first], "twilio", AT)[0]] == [(1, 0, 0, 0, 0)]
    again = collect_paths(house, [first, second], "twilio", AT)[0]
    assert [counts(one) for one in again] == [(0, 1, 0, 0, 0), (0, 1, 0, 0, 0) if same else (0, 0, 1, 0, 0)]


@pytest.mark.parametrize(
    ("platform", "row"),
    [
        (vapi, a_vapi_call(artifact={"messages": [a_message("bot", 1), a_message("user", 3), a_message("coach", 5, "Calm.")]})),
        (retell, a_retell_call(transcript_object=[an_utterance("user"), an_utterance("coach", text="Calm.")])),
    ],
    ids=["vapi", "retell"],
)
def test_words_that_were_left_out_are_gained(house: Opened, tmp_path: Path, platform: Any, row: dict[str, Any]) -> None:
    """Read again, the stored call has what somebody unknown said; a third time nothing is new."""
    path, form = write_rows(tmp_path / "log.jsonl", [row]), platform.__name__.rpartition(".")[2]
    with before(platform, UNTOLD):
        assert [counts(one) for one in collect_paths(house, [path], form, AT)[0]] == [(1, 0, 0, 0, 0)]
    again = [counts(collect_paths(house, [path], form, AT)[0][0]) for _ in range(2)]
    assert again == [(1, 0, 0, 0, 0), (0, 1, 0, 0, 0)]
    (call,) = house.calls.facts("2025-W47")
    assert call.metadata[UNTOLD].endswith("caller: Words.\ncoach: Calm.")


def test_words_that_are_gained_are_redacted_as_a_dialogue(house: Opened, tmp_path: Path) -> None:
    """As in a call that had them from the first: the date of birth that only the question tells is not in the supplement."""
    roles = (("bot", "What is your date of birth?"), ("customer", "It's the third of May eighty two"))
    said = [a_message(role, at, words) for at, (role, words) in enumerate(roles)]
    path = write_rows(tmp_path / "log.jsonl", [a_vapi_call(artifact={"messages": said})])
    with before(vapi, UNTOLD):
        collect_paths(house, [path], "vapi", AT)
    collect_paths(house, [path], "vapi", AT)
    (call,) = house.calls.facts("2025-W47")
    assert call.metadata[UNTOLD].startswith("agent: What is your date of birth?\ncustomer: It's the [dob-")
    kept = b"".join(one.read_bytes() for one in house.workspace.root.rglob("*") if one.is_file())
    assert (b"customer: It's the [dob-" in kept, b"eighty" in kept) == (True, False)
