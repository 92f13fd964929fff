"""What holds for every detector and any call: turns exist, figures are declared, nothing of a caller stands in a note."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings

from evalharness.grade.measured.detectors import DETECTORS, FIGURES, findings_in, findings_of, off_by_default, unmeasured
from evalharness.models.call import Handoff
from evalharness.models.finding import CallFindings
from evalharness.models.measuring import Measuring
from evalharness.models.removed import UNDER_RETENTION, Removal
from tests.builders import a_call
from tests.store.logs import calls

SHIPPED = Measuring()
LONG = 8
"""Signs of a turn's text from which it would be seen in a note."""


@settings(max_examples=150, deadline=None)
@given(calls)
def test_every_finding_names_turns_that_exist_and_a_declared_figure(call):
    """Whatever a log holds; values are finite, no caller's text stands in a note, and the same call gives the same."""
    found = findings_of(call, SHIPPED)
    turns = {turn.index for turn in call.turns}
    assert set(found.values) <= set(FIGURES)
    assert all(math.isfinite(value) for value in found.values.values())
    for finding in found.findings:
        assert finding.measure in FIGURES
        assert set(finding.turns) <= turns
        assert not [turn.text for turn in call.turns if len(turn.text) >= LONG and turn.text in finding.note]
    assert findings_of(call, SHIPPED) == found


@pytest.mark.parametrize("turns", [(), [("agent", "Hello")], [("system", "joined")], [("caller", "")]])
def test_a_call_in_which_hardly_anything_was_said_is_measured(turns):
    """None raises."""
    assert isinstance(findings_of(a_call(turns), SHIPPED), CallFindings)


@pytest.mark.parametrize("name", list(FIGURES))
def test_every_figure_says_what_it_is(name):
    """In words that fit a line of a report and do not end like a sentence."""
    words = FIGURES[name].words
    assert 5 <= len(words) <= 120
    assert words.strip() == words
    assert not words.endswith(".")


def test_what_is_switched_off_is_not_told():
    """Neither as a figure nor as a finding; the others stay."""
    call = a_call([("agent", "We open at nine."), ("caller", "What?"), ("agent", "We open at nine.")])
    everything = findings_of(call, SHIPPED)
    for name in everything.values:
        found = findings_of(call, SHIPPED.model_copy(update={"off": (*SHIPPED.off, name)}))
        assert set(found.values) == set(everything.values) - {name}
        assert name not in {finding.measure for finding in found.findings}


def test_what_ships_off_is_not_measured():
    """Exactly the figures whose precision is not shown to be 0.9; with their settings on they are told."""
    off = {"handoff_who", "handoff_outcome", "handoff_reason", "bad_audio", "bad_audio_handled"}
    assert set(off_by_default()) == off
    handoff = Handoff(context_summary="Mr Smith wants a refund because the bill is wrong.")
    call = a_call(
        [("caller", "The line is breaking up, I can't hear you."), ("agent", "Hold on.")], language="en", handoff=handoff
    )
    assert not off & set(findings_of(call, SHIPPED).values)
    parts = {"parts": ("who", "intent", "facts", "tried", "outcome", "reason")}
    on = Measuring.model_validate({"handlers": {"bad_audio": {"enabled": True}}, "escalation": {"context": parts}})
    assert off <= set(findings_of(call, on).values)


def test_what_is_not_configured_is_not_measured():
    """It is on no report, where it would read "no data" as if the log were to blame; each call leaves these figures out."""
    words = {"name": "recording", "phrases": ("this call is recorded",), "within_turns": 2}
    hours = {"hours": {"start": "08:00", "end": "20:00", "timezone": "UTC"}, "consent": "consent"}
    identity = {"data_tools": ("get_balance",), "check_tools": ("verify",)}
    given = Measuring.model_validate({"disclosure": (words,), "outbound": hours, "identity": identity})
    assert set(unmeasured(given)) == set(off_by_default())
    assert set(unmeasured(SHIPPED)) - set(off_by_default()) == {
        *("disclosures_required", "disclosures_missing", "disclosures_late"),
        *("consent_missing", "outside_calling_hours", "data_before_identity"),
    }
    assert not set(unmeasured(SHIPPED)) & set(findings_of(a_call(direction="outbound"), SHIPPED).values)


def test_every_detector_runs():
    """The table is not empty, and each entry is a function of call and settings."""
    assert DETECTORS
    assert all(callable(detect) for detect in DETECTORS.values())


def test_the_page_names_every_figure():
    """With its unit and what it says and cannot say; a figure nobody declares any more is not on it."""
    page = (Path(__file__).parents[3] / "docs" / "measured.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| `")]
    assert {row[0].strip("`"): row[1] for row in rows} == {name: figure.unit for name, figure in FIGURES.items()}
    assert all(len(row) == 4 and row[2] and row[3] for row in rows)


def test_many_calls_are_told_as_each_alone():
    """More calls than a detector reads at a time, the fourth without its text, the last one the first again: in their order."""
    said = [a_call([("agent", f"It costs ${number}."), ("caller", "A human, please.")], id=f"c{number}") for number in range(60)]
    gone = Removal("2026-11-23", UNDER_RETENTION).call(said[3])
    week = [*said[:3], gone, *said[4:], said[0]]
    found = list(findings_in(iter(week), SHIPPED))
    assert found == [findings_of(call, SHIPPED) for call in week]
    assert [one.call_id for one in found] == [call.id for call in week]
    assert (found[3].values, found[-1]) == ({}, found[0])
    assert found[0].values
