"""Two rubrics: what means something else, what does not, and which lines break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evalharness.aggregate.rubric_diff import compare
from evalharness.models.improvement import RubricDiff
from evalharness.models.rubric import Rubric
from tests.builders import a_rubric, rubric_form

Form = dict[str, Any]


def _diff(change: Callable[[Form], object]) -> RubricDiff:
    form = rubric_form()
    change(form)
    return compare(a_rubric(), Rubric.model_validate(form, strict=False), ("2026-W47", "new.yaml"))


def _criterion(form: Form, name: str) -> dict[str, Any]:
    return next(section["criteria"][0] for section in form["sections"] if section["id"] == name)


def _text(form: Form) -> None:
    _criterion(form, "correctness")["levels"][4] = {"text": "Right, with one flaw."}


def _broken(found: RubricDiff) -> set[str]:
    return {line.measure for line in found.lines}


def test_nothing_changed() -> None:
    """Every criterion as it was, no line breaks."""
    found = _diff(lambda form: None)
    assert {one.kind for one in found.criteria} == {"same"}
    assert (found.lines, found.policy) == ((), ())
    assert "correctness" in found.kept


def test_a_level_text_is_another_meaning() -> None:
    """The criterion has another digest; its line and the totals break, the others go on."""
    found = _diff(_text)
    change = next(one for one in found.criteria if one.criterion == "correctness")
    assert found.kind("correctness") == "meaning"
    assert [(f.field, f.before, f.after) for f in change.fields] == [
        ("level 4", "What level 4 looks like.", "Right, with one flaw.")
    ]
    assert change.before != change.after
    assert _broken(found) == {"call_score", "automatic_fails", "correctness"}
    assert {"clear_failure_rate", "resolution_rate", "greeted"} <= set(found.kept)


def test_a_weight_is_no_meaning_and_breaks_the_totals() -> None:
    """60 to 50 and 25 to 35: the same digests, another call score."""

    def change(form: Form) -> None:
        _criterion(form, "correctness")["weight"], _criterion(form, "greeted")["weight"] = 50, 35

    found = _diff(change)
    assert found.kind("correctness") == found.kind("greeted") == "editorial"
    assert _broken(found) == {"call_score", "automatic_fails"}
    assert found.lines[0].because == ("the weights or sections of the rubric changed",)


def test_who_grades_is_no_meaning() -> None:
    """The question stays; no line breaks."""
    found = _diff(lambda form: _criterion(form, "greeted").update(graded_by=["human"]))
    assert (found.kind("greeted"), found.lines) == ("editorial", ())


def test_the_policy_enters_every_judged_criterion() -> None:
    """All of them, by the policy alone; what is measured goes on."""
    found = _diff(lambda form: form.update(policy=form["policy"] + "\nNothing is free."))
    kinds = {one.criterion: (one.kind, one.by_policy) for one in found.criteria}
    assert kinds["greeted"] == ("meaning", True)
    assert kinds["latency"] == ("same", False)
    assert found.policy == ("+ Nothing is free.",)
    assert {"resolution_rate", "clear_failure_rate", "greeted"} <= _broken(found)
    assert "latency" in found.kept


def test_new_and_gone() -> None:
    """A criterion that is renamed is one gone and one new; the old one's line ends."""

    def change(form: Form) -> None:
        _criterion(form, "greeted")["id"] = "said_name"

    found = _diff(change)
    assert (found.kind("said_name"), found.kind("greeted")) == ("added", "removed")
    because = {line.measure: line.because for line in found.lines}
    assert because["greeted"] == ("the criterion is gone: its line ends",)
    assert because["said_name"] == ("the criterion said_name is new",)


def test_a_change_of_signs_alone_is_said_to_be_one() -> None:
    """The digest is another one all the same."""
    found = _diff(lambda form: _criterion(form, "greeted").update(question="Did the agent say its name"))
    change = next(one for one in found.criteria if one.criterion == "greeted")
    assert (change.kind, change.fields[0].wording) == ("meaning", False)


def test_which_is_which() -> None:
    """Name, version, digest and where each was read."""
    found = _diff(lambda form: form.update(version=2))
    assert (found.before.where, found.before.version, found.after.where, found.after.version) == ("2026-W47", 1, "new.yaml", 2)
    assert found.before.sha256 == a_rubric().digest()


def test_an_unknown_criterion() -> None:
    """KeyError."""
    with pytest.raises(KeyError):
        _diff(_text).kind("mood")
