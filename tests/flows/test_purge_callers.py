"""A caller is found by number, mail or name, word for word too; another spelling of the number gives candidates; how is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import UsageError
from evalharness.flows.collect import collect_paths
from evalharness.flows.purge import purge
from evalharness.flows.purge_callers import due_for_caller, spellings
from evalharness.flows.purge_files import as_shipped
from evalharness.flows.retention import Due, due_for_call
from tests.flows.purging import LATER, make_planted, the_house
from tests.flows.workspaces import make_workspace

Asked = Callable[..., Due]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Collects calls with these fields each, then asks for a caller."""

    def run(typed: str, *calls: dict[str, Any]) -> Due:
        root = tmp_path / "ws"
        make_workspace(root, ())
        file = root / "inbox" / "calls.jsonl"
        file.write_text("\n".join(json.dumps(_call(f"c-{place}", **fields)) for place, fields in enumerate(calls)) + "\n")
        with the_house(root) as house:
            collect_paths(house, [file], "jsonl", LATER)
            return due_for_caller(house, typed)

    return run


def _call(call_id: str, says: str = "Hello.", **fields: Any) -> dict[str, Any]:
    turns = [{"speaker": "caller", "text": says}, {"speaker": "agent", "text": "How can I help?"}]
    start = {"id": call_id, "source": "demo", "agent": "front-desk", "started_at": "2026-11-17T09:00:00Z"}
    return {**start, "status": "completed", "turns": turns, **fields}


def _ids(calls: tuple[tuple[str, str], ...]) -> list[str]:
    return [one for _, one in calls]


@pytest.mark.parametrize("typed", ["Petra Schmidt", "petra  schmidt", "Schmidt, Petra"])
def test_a_name_is_found_where_it_stands(asked: Asked, typed: str) -> None:
    """Said, in metadata, and last name first; Petras and Schmidtke are others. No hash knows the name: nobody calls under it."""
    calls = [
        {"says": "Ich heiße Petra Schmidt."},
        {"metadata": {"customer_name": "Schmidt, Petra"}},
        {"metadata": {"crm": {"ü": ["PETRA SCHMIDT"]}}},
        {"says": "Petra Schmidtke hier."},
        {"says": "Petra bitte, nicht Frau Schmidt."},
    ]
    due = asked(typed, *calls)
    assert (sorted(_ids(due.calls)), due.candidates) == (["c-0", "c-1", "c-2"], ())
    assert due.matched[0] == "0 calls by this caller (keyed hash)"
    assert due.matched[1].startswith("3 more calls in whose text it stands word for word; another person may be called so: c-")


def test_a_mail_is_found_where_it_stands(asked: Asked) -> None:
    """By the hash of the caller and by its pseudonym in another's words."""
    due = asked("Petra@web.de", {"caller": "petra@web.de"}, {"says": "Write to petra@web.de please."}, {"says": "No."})
    assert _ids(due.calls) == ["c-0", "c-1"]


@pytest.mark.parametrize(
    ("typed", "caller"),
    [("0151 23456789", "+49 151 23456789"), ("+49 151 23456789", "0151 23456789"), ("0049 151 23456789", "015123456789")],
)
def test_another_spelling_is_a_candidate(asked: Asked, typed: str, caller: str) -> None:
    """Which country 0151 is of is not known: the call is named and goes only with the candidates, its caller's hash too."""
    due = asked(typed, {"caller": caller}, {"caller": "+49 40 428280"})
    assert (due.calls, due.nothing, _ids(due.candidates)) == ((), True, ["c-0"])
    assert "1 call as a candidate: the caller's number is this one with or without a country code: c-0" in due.matched
    whole = due.with_candidates()
    assert (_ids(whole.calls), whole.candidates, whole.callers[1:]) == (["c-0"], (), due.candidate_callers)
    assert due.without_candidates().with_candidates().nothing


def test_another_spelling_in_a_text_is_a_candidate(asked: Asked) -> None:
    """Redaction left the pseudonym of +49 151 23456789 there."""
    due = asked("0151 23456789", {"says": "My phone number is +49 151 23456789."}, {"caller": "0151 23456789"})
    assert (_ids(due.calls), "c-0" in _ids(due.candidates)) == (["c-1"], True)


def test_spellings() -> None:
    """+49 151 23456789 is 151 23456789 with and without a 0; of 0151 every code is tried; Italy keeps its 0."""
    assert spellings("+49 151 23456789") == {"15123456789", "015123456789"}
    assert {"4915123456789", "4315123456789", "15123456789"} <= spellings("0151 23456789")
    assert "390612345678" in spellings("06 12345678")
    assert "015123456789" not in spellings("0151 23456789")
    assert spellings("12") == set()


def test_nobody_says_what_was_looked_for(asked: Asked) -> None:
    """Not "nobody" alone: in what way, and how a name that stands otherwise is found."""
    with pytest.raises(UsageError, match=r"looked for: the keyed hash, .*these words in this order.*metadata") as refused:
        asked("Petra Schmidt", {"says": "Frau Schmidt hier."})
    assert "typing just that" in str(refused.value.fix)


def test_the_name_is_gone_after_it(tmp_path: Path, asked: Asked) -> None:
    """No file but the log of the inbox held it, which was collected and went."""
    due = asked("Petra Schmidt", {"says": "Ich heiße Petra Schmidt."}, {"says": "Hello."})
    with the_house(tmp_path / "ws") as house:
        receipt = purge(house, due, LATER)
        assert not due_for_nobody(house)
    assert set(receipt.hits) <= {"inbox/calls.jsonl"}


def due_for_nobody(house: Any) -> bool:
    """Whether the name is still found."""
    try:
        return bool(due_for_caller(house, "Petra Schmidt").calls)
    except UsageError:
        return False


def test_what_did_not_hold_the_call_is_not_named(tmp_path: Path) -> None:
    """A call that came after the draw stands in no file of its week; words of a shipped canary stay with the canary."""
    root = make_planted(tmp_path / "ws")
    canary = json.loads((root / "rubrics" / "phone-agent.canaries.jsonl").read_text().splitlines()[0])["call"]
    says = next(turn["text"] for turn in canary["turns"] if turn["speaker"] == "caller")
    late = tmp_path / "late.jsonl"
    late.write_text(json.dumps(_call("c-0", says=says)) + "\n")
    with the_house(root) as house:
        collect_paths(house, [late], "jsonl", LATER)
        receipt = purge(house, due_for_call(house, "c-0"), LATER)
        assert (receipt.named_in, receipt.hits) == ([], {})
        with (root / "rubrics" / "phone-agent.canaries.jsonl").open("a") as file:
            file.write(json.dumps({"call": _call("c-1", says="A text of a caller's own, written here")}) + "\n")
        assert {path.name for path in as_shipped(house)} == _shipped_beside(root)


def _shipped_beside(root: Path) -> set[str]:
    return {path.name for path in (root / "rubrics").iterdir()} - {"phone-agent.canaries.jsonl"}
