"""Planted personal data through a whole intake into a workspace: none of it stands in any file afterwards."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.cli.words import of_intakes
from evalharness.collect.privacy.redact_call import redact_call
from evalharness.flows.collect import collect_paths
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.store.needles import Needles
from evalharness.store.purge_scan import files_of, scanned
from evalharness.workspace.folder import Workspace
from tests.collect.files import a_row, a_turn_row, redactor, the_call, write_rows

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
DRESSES = (
    "+1 415 555 {0:04d}", "(415) 555-{0:04d}", "415-555-{0:04d}", "415.555.{0:04d}", "anna.{0:04d}@example.com",
    "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "078-05-1120",
)  # fmt: skip


def planted(number: int) -> str:
    """Personal data that nothing has to explain, another one for each number (cards, IBAN and SSN apart)."""
    return DRESSES[number % len(DRESSES)].format(number)


class _Planting:
    """Gives one canary after the other and keeps them all."""

    def __init__(self, first: int) -> None:
        self.number, self.all = first, list[str]()

    def __call__(self, around: str = "see {} please") -> str:
        self.number += 1
        self.all.append(planted(self.number))
        return around.format(self.all[-1])


def _row(plant: _Planting, at: int) -> dict[str, Any]:
    tool = {
        "name": plant("dial {}"),
        "arguments": {plant("{}"): plant(), "deep": [{"note": plant()}], "json": plant('{{"a": "{}"}}')},
        "result": plant('{{"callback": "{}"}}'),
    }
    return a_row(
        id=f"c{at}",
        turns=[
            a_turn_row("agent", plant("I have {} here.")),
            a_turn_row("caller", plant("It's {}.")),
            a_turn_row("agent", None, tool_calls=[tool]),
        ],
        handoff={"context_summary": plant()},
        errors=[plant("sms to {} failed")],
        end_reason=plant("forwarded to {}"),
        intent=plant("call {} back"),
        version=plant("v1 for {}"),
        channel=plant("line {}"),
        recording_url=f"https://x.example/a.wav?to={plant('{}').replace(' ', '%20')}",
        metadata={plant("{}"): plant(), "list": [plant()], "deep": {"deeper": plant()}},
        caller=plant("{}"),
    )


def _rejected(plant: _Planting, at: int) -> list[dict[str, Any]]:
    return [
        {**a_row(id=f"r{at}"), plant("{}"): 1},
        {**a_row(id=f"s{at}"), "csat": plant()},
        {**a_row(id=f"t{at}"), "started_at": plant()},
        {**a_row(id=f"u{at}"), "outcome": plant()},
        {**a_row(id=f"v{at}"), "turns": [{"speaker": plant(), "text": "x"}]},
    ]


def test_no_canary_in_any_file(tmp_path, caplog, capsys):
    """8 calls with 18 canaries each and 40 rows that are rejected: 0 hits, raw, in UTF-16, inflated and in decoded columns."""
    caplog.set_level(logging.DEBUG)
    root = tmp_path / "desk"
    init(root, InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    plant = _Planting(100)
    rows = [row for at in range(8) for row in (_row(plant, at), *_rejected(plant, at))]
    name = planted(9)
    path = write_rows(tmp_path / f"calls_{name}.jsonl", rows)
    with opened(Workspace.at(root), write=True) as house:
        reports, unread = collect_paths(house, [path], None, AT)
    assert ([(report.accepted, report.rejected) for report in reports], unread) == ([(8, 40)], [])
    needles = Needles(sorted({*plant.all, name}))
    found, seen = scanned(files_of(root), needles)
    assert {str(where.relative_to(root)): [needles.pieces[i] for i in hits] for where, hits in found.items()} == {}
    assert seen["files"] > 3
    said = capsys.readouterr()
    words = "\n".join([*of_intakes(reports), caplog.text, said.out, said.err])
    assert [one for one in plant.all if one in words] == []


def test_the_scan_finds_what_is_planted(tmp_path):
    """The same scan over the file that was read has every canary: a scan that finds nothing would pass everything."""
    plant = _Planting(100)
    write_rows(tmp_path / "calls.jsonl", [_row(plant, 1)])
    needles = Needles(sorted(set(plant.all)))
    found, _ = scanned(files_of(tmp_path), needles)
    assert len(next(iter(found.values()))) >= len(set(plant.all)) - 2


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.text(max_size=20).filter(lambda text: not any(sign.isalnum() for sign in text)))
@pytest.mark.parametrize("place", ["turn", "tool", "key", "summary", "error", "metadata"])
def test_wherever_it_stands(place, number, around):
    """Between any signs, in any place of a call."""
    what = planted(number)
    said = f"please {what} {around}"
    fields: dict[str, Any] = {
        "turn": {"turns": [a_turn_row("caller", said)]},
        "tool": {"turns": [a_turn_row("agent", None, tool_calls=[{"name": "f", "result": said}])]},
        "key": {"metadata": {said: 1}},
        "summary": {"handoff": {"context_summary": said}},
        "error": {"errors": [said]},
        "metadata": {"metadata": {"a": [{"b": said}]}},
    }[place]
    kept = redact_call(the_call(**fields), redactor())
    assert what not in kept.model_dump_json()
