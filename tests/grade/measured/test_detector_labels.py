"""The reader of labelled calls and the counts of recall and precision."""

from __future__ import annotations

import json

import pytest

from benchmarks.detectors import labels as reading
from benchmarks.detectors.scoring import Score, compared, together
from evalharness.models.finding import CallFindings, Finding

TURNS = [{"speaker": "agent", "text": "Hello"}, {"speaker": "caller", "text": "Hi"}]


def found(values=None, *findings):
    """What detectors say of a call."""
    return CallFindings(source="s", call_id="c", values=values or {}, findings=findings)


def at(*turns, state=None):
    """A finding of the figure `loops` in these turns."""
    return Finding(measure="loops", turns=turns, state=state)


def test_every_committed_label_can_be_read():
    """A label that names a turn its call does not have, or a call that is none, would make a wrong figure."""
    for group in reading.groups():
        assert list(reading.labels(group)), f"{group}.jsonl has no label"


def test_a_turn_that_is_not_there_is_named(tmp_path, monkeypatch):
    """File and line stand in the message."""
    line = {"call": {"turns": TURNS}, "expected": {"loops": [2]}}
    (tmp_path / "voice.jsonl").write_text("\n" + json.dumps(line) + "\n")
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"voice\.jsonl:2: loops: a turn of \[2\] is not in the call of 2 turns"):
        list(reading.labels("voice"))


def test_a_label_gives_the_call_in_our_form(tmp_path, monkeypatch):
    """Id and start may be left out; empty lines are passed over."""
    (tmp_path / "voice.jsonl").write_text(json.dumps({"call": {"turns": TURNS}, "expected": {"loops": []}}) + "\n\n")
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    (label,) = reading.labels("voice")
    assert (label.call.id, len(label.call.turns), label.expected) == ("voice-1", 2, {"loops": []})


@pytest.mark.parametrize(
    ("what", "given", "counts"),
    [
        ([3, 7], found({}, at(3), at(5)), (2, 1, 2, 1)),  # 7 missed, 5 too many
        ([3, 7], found({}, at(3, 7)), (2, 2, 1, 1)),  # one finding shows both
        ([], found({}, at(3)), (0, 0, 1, 0)),
        ({"3": "handled"}, found({}, at(3, state="partly")), (1, 0, 1, 0)),
        ({"3": "handled"}, found({}, at(3, state="handled")), (1, 1, 1, 1)),
        (2, found({"loops": 2.0}), (1, 1, 1, 1)),
        (2, found({"loops": 3.0}), (1, 0, 1, 0)),
        (0, found({"loops": 0.0}), (0, 0, 0, 0)),
        (0, found({"loops": 1.0}), (0, 0, 1, 0)),
        (2, found({}), (1, 0, 0, 0)),
        (None, found({}), (0, 0, 0, 0)),
        (None, found({"loops": 0.0}), (0, 0, 1, 0)),  # a 0 for what nobody could tell is a mistake
    ],
)
def test_what_a_call_adds(what, given, counts):
    """(labelled, recalled, found, right) as the comments count them."""
    assert compared("loops", what, given) == counts


def test_the_row_has_exact_limits():
    """9 of 10: Clopper-Pearson 0.555 to 0.997; nothing found has no precision."""
    score = Score("loops")
    score.add(10, 9, 0, 0, "voice.jsonl:1")
    assert "0.900 (0.555 to 0.997)" in score.text()
    assert score.text().rstrip().endswith("none")
    assert score.wrong == ["voice.jsonl:1: 1 missed, 0 too many"]


def test_the_samples_are_labelled_by_what_was_planted():
    """895 calls of six weeks; 107 of them need a human, 4 were told something wrong."""
    found = list(reading.of_samples())
    planted = {name: sum(label.expected[name] != 0 for label in found) for name in reading.TRUTH}
    assert (len(found), planted["escalation_needed"], planted["numbers_contradicted"]) == (895, 107, 4)


def test_groups_of_labels_add_up():
    """7 of 8 in one file and 20 of 20 in another: 27 of 28 in all."""
    first, second = Score("loops", 20, 10, 7, 8, 7), Score("loops", 40, 20, 20, 20, 20)
    whole = together([first, second, Score("other")])
    assert (whole["loops"].calls, whole["loops"].found, whole["loops"].right) == (60, 28, 27)
    assert set(whole) == {"loops", "other"}
