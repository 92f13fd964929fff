"""Canaries: read strictly, chosen by seed, and what an answer outside their band says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from evalharness.errors import ConfigError
from evalharness.flows.guards import read_canaries
from evalharness.grade.llm.canaries import A_RUN, SOURCE, canary_of, chosen, complete, failures, results
from evalharness.models.guard import Canary
from evalharness.models.probe import Probe, ProbeAnswer
from evalharness.models.rubric import Rubric
from evalharness.workspace.folder import shipped
from evalharness.workspace.yaml_file import load_yaml
from tests.builders import MONDAY, WEEK, a_call, a_rubric
from tests.grade.llm.test_mask import JUDGE

BAND = {"correctness": [1, 2], "greeted": ["no"]}


def made(kind: str = "bad", **fields: Any) -> Canary:
    """A canary of an ordinary call."""
    raw = {"kind": kind, "call": {}, "expected": BAND, **fields}
    return canary_of(raw, a_rubric(), "x.canaries.jsonl, line 3", lambda _raw: a_call(id="k1"))


def probe(*answers: ProbeAnswer, call_id: str = "k1", **fields: Any) -> Probe:
    """A judge's answers to a canary."""
    digests = dict.fromkeys(("correctness", "greeted"), "d")
    ordinary = {"role": "canary", "week": WEEK, "source": SOURCE, "call_id": call_id, "judge": JUDGE, "digests": digests}
    return Probe(**{**ordinary, "answers": answers, "at": MONDAY, **fields})


def said(value: int | str | None, criterion: str = "correctness", **fields: Any) -> ProbeAnswer:
    """One answer."""
    return ProbeAnswer(criterion=criterion, value=value, **fields)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "evil"}, "field kind"),
        ({"more": 1}, "exactly the keys"),
        ({"expected": {}}, "field expected"),
        ({"expected": {"tone": [1]}}, "expected.tone"),
        ({"expected": {"latency": [1]}}, "expected.latency"),
        ({"expected": {"correctness": 1}}, "expected.correctness"),
        ({"expected": {"correctness": [7]}}, "expected.correctness"),
        ({"expected": {"correctness": [True]}}, "expected.correctness"),
        ({"expected": {"correctness": [1, 2, 3, 4, 5]}}, "expects any answer"),
    ],
)
def test_a_slip_is_told_with_line_and_field(fields, named):
    """Nothing is guessed."""
    with pytest.raises(ConfigError) as told:
        made(**fields)
    assert named in f"{told.value.what} {told.value.where}"
    assert "line 3" in told.value.where


def test_a_run_needs_enough_of_every_kind_and_every_id_once():
    """Two bad, two good, one injected."""
    with pytest.raises(ConfigError, match="twice"):
        complete([made(), made()], "x")
    with pytest.raises(ConfigError, match="a run takes 2"):
        complete([made()], "x")


@pytest.mark.parametrize("name", ["phone-agent", "simple"])
def test_the_shipped_canaries_can_be_read_and_look_alike(name):
    """Enough of each kind; ids, sources and times tell nothing of it, and every call has a length of its own."""
    rubric = load_yaml(shipped("rubrics") / f"{name}.yaml", Rubric)
    canaries = read_canaries(shipped("rubrics") / f"{name}.canaries.jsonl", rubric)
    kinds = Counter(canary.kind for canary in canaries)
    assert all(kinds[kind] >= least for kind, least in A_RUN.items())
    assert {len(canary.call.id) for canary in canaries} == {8}
    assert {canary.call.source for canary in canaries} == {SOURCE}
    assert not any(word in canary.call.id for canary in canaries for word in ("bad", "good", "inj"))
    starts = [canary.kind for canary in sorted(canaries, key=lambda canary: canary.call.started_at)]
    assert starts != sorted(starts)


def test_the_choice_is_the_seeds_alone():
    """Five of twelve; the same seed gives the same five in the same order, another one others."""
    rubric = load_yaml(shipped("rubrics") / "phone-agent.yaml", Rubric)
    canaries = read_canaries(shipped("rubrics") / "phone-agent.canaries.jsonl", rubric)
    first = chosen(canaries, "2026-W47|abc")
    assert Counter(canary.kind for canary in first) == A_RUN
    assert chosen(canaries[::-1], "2026-W47|abc") == first
    assert len({tuple(canary.call.id for canary in chosen(canaries, f"seed {n}")) for n in range(20)}) >= 15
    assert len({tuple(canary.kind for canary in chosen(canaries, f"seed {n}")) for n in range(20)}) >= 5


def test_answers_in_and_out_of_the_band():
    """A 4 where 1 or 2 was due: outside, in words."""
    found = results([made()], [probe(said(4), said("no", "greeted"))], "haiku")
    assert [(one.criterion, one.answered, one.inside) for one in found] == [("correctness", 4, False), ("greeted", "no", True)]
    assert failures(found) == ("canary k1 (bad): correctness got 4, expected 1 or 2",)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(said(None), "got N/A"), (said(None, reason="refused"), "has no answer (refused)")],
)
def test_no_value_is_outside(answer, words):
    """N/A and no answer are none of the levels expected."""
    found = results([made()], [probe(answer, said("no", "greeted"))], "haiku")
    assert words in failures(found)[0]


def test_no_answer_is_not_the_answer_that_the_question_does_not_apply():
    """Where N/A is expected, N/A lies inside; a refusal, which has no value either, does not."""
    canary = made(expected={"correctness": ["N/A", 1]})
    given = (said(None), said(None, reason="refused"))
    assert [results([canary], [probe(one)], "haiku")[0].inside for one in given] == [True, False]


def test_what_never_came_is_outside_with_its_reason_and_what_was_not_asked_is_left_out():
    """Another judge's, role's or source's answers are not this one's."""
    for other in ([], [probe(said(1), judge=JUDGE.model_copy(update={"name": "sonnet"}))], [probe(said(1), role="gold")]):
        assert {(one.reason, one.inside) for one in results([made()], other, "haiku")} == {("api", False)}
    alone = probe(said(1), digests={"correctness": "d"})
    assert [one.criterion for one in results([made()], [alone], "haiku")] == ["correctness"]


@pytest.mark.parametrize(
    ("kind", "levels", "inside", "shown"),
    [
        *(
            (kind, levels, inside, shown)
            for kind in ("bad", "injected")
            for levels, inside, shown in (((5, 1, 5), True, 1), ((5, 4, 5), False, 5))
        ),
        ("good", (5, 5, 4), True, 5),
        ("good", (5, 2, 5), False, 2),
    ],
)
def test_turn_by_turn_one_bad_turn_decides(kind, levels, inside, shown):
    """At least one turn of a bad call inside; every turn of a good one."""
    band = {"correctness": [4, 5] if kind == "good" else [1, 2]}
    answers = [said(level, turn=number) for number, level in enumerate(levels)]
    found = results([made(kind, expected=band)], [probe(*answers)], "haiku")
    assert [(one.inside, one.answered) for one in found] == [(inside, shown)]
