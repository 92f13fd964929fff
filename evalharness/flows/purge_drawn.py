"""Drawn calls whose text goes: nobody is asked to grade them any more, and every report says why."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import datetime

from evalharness.flows.lanes import with_lists
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.unfinished import unfinished
from evalharness.grade.human.layout import asked_of_people, row_id
from evalharness.models.grade import Grader, Ungraded
from evalharness.models.sample import SampleItem, WeeklySample
from evalharness.store.records import load_grades, load_sample, samples

Identity = tuple[str, str]
_METADATA = re.compile(r"\bmetadata\.([\w.\-]+)")


def _weeks(house: Opened, gone: Collection[Identity]) -> Iterator[tuple[WeeklySample, list[SampleItem]]]:
    """Each drawn week that holds any of these calls, drawn or picked, with their items."""
    for week in samples(house.ledger) if gone else ():
        sample = load_sample(house.ledger, week)
        if sample is not None:
            whole, _ = with_lists(house.ledger, sample)
            items = [item for item in whole.on_sheets if item.identity in gone]
            if items:
                yield sample, items


def excluded(house: Opened, gone: Collection[Identity], mark: str, at: datetime) -> list[Ungraded]:
    """Grades without a value: each person who is still to grade one of these calls skips it, for the reason that `mark` gives."""
    found: list[Ungraded] = []
    for sample, items in _weeks(house, gone):
        rubric, waiting = frozen_rubric(house, sample), unfinished(house, sample)
        given = {(g.grader.name, g.identity, g.criterion) for g in load_grades(house.ledger, sample.week) if g.turn is None}
        for person, calls in waiting.items():
            for item in (item for item in items if item.identity in calls):
                found += [
                    Ungraded(
                        week=sample.week,
                        source=item.call.source,
                        call_id=item.call.id,
                        criterion=criterion.id,
                        grader=Grader(kind="human", name=person),
                        criterion_digest=sample.criterion_digests.get(criterion.id, ""),
                        rationale=mark,
                        at=at,
                        reason="skipped",
                    )
                    for criterion in asked_of_people(rubric, "call")
                    if (person, item.identity, criterion.id) not in given
                ]
    return found


def drafts_of(house: Opened, gone: Collection[Identity]) -> set[tuple[str, str]]:
    """(week, row of the form) under which the desk keeps remarks on these calls."""
    found = set()
    for sample, items in _weeks(house, gone):
        digest = sample.frozen_digest()
        for item in items:
            turns = [None, *(turn.index for turn in item.call.turns)]
            found |= {(sample.week, row_id(digest, item.call, turn)) for turn in turns}
    return found


def text_questions(house: Opened) -> frozenset[str]:
    """The criteria of any frozen rubric whose value is a text."""
    found = set()
    for row in house.ledger.stored("rubrics"):
        for section in json.loads(row["rubric"])["sections"]:
            found |= {one["id"] for one in section["criteria"] if one["type"] == "text"}
    return frozenset(found)


def rule_metadata(house: Opened) -> frozenset[str]:
    """The entries of metadata that a rule names: of the configuration, of a rubric, or of the design of a draw."""
    named = set(_METADATA.findall(rules_of(house)))
    return frozenset(named | {name.partition(".")[0] for name in named})


def rules_of(house: Opened) -> str:
    """The configuration, every rubric and the design of every draw, as text: what stands there is nobody's in particular."""
    space = house.workspace
    texts = [path.read_text("utf-8") for path in (space.config_path, space.rubric_path)]
    texts += [row["rubric"] for row in house.ledger.stored("rubrics")]
    texts += [row["design"] for row in house.ledger.stored("samples")]
    return "\n".join(texts)
