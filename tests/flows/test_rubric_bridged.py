"""A trend across a bridged change: the lines stay apart, and the shift stands at the break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import Opened, opened
from evalharness.flows.rubric_bridged import RESULT, bridges
from evalharness.flows.trend import trend
from evalharness.models.bridge import Bridge, BridgedCriterion
from evalharness.models.improvement import RubricVersion
from evalharness.models.measure import Measure
from evalharness.models.rubric import Rubric
from evalharness.store.records import add_audit, freeze_rubric, load_rubric, load_sample
from evalharness.workspace.folder import Workspace, shipped
from evalharness.workspace.yaml_file import load_yaml
from tests.flows.bridging import ANNA, BEN, NOW, WEEKS, grade_all, new_rubric, usual
from tests.flows.workspaces import copy_of, make_workspace


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W46 drawn and graded under the shipped rubric, W47 under another text of tone 4."""
    root = make_workspace(tmp_path_factory.mktemp("bridged") / "ws", WEEKS, people=(ANNA, BEN))
    settings = root / "evalharness.yaml"
    for week in WEEKS:
        with opened(Workspace.at(root), write=True) as house:
            collect_configured(house, NOW)
            draw(house, week, NOW)
            grade_all(house, week, usual)
        new_rubric(root)
        settings.write_text(settings.read_text().replace("rubric: rubrics/phone-agent.yaml", "rubric: new.yaml"))
    return root


@pytest.fixture
def house(changed: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy."""
    with opened(Workspace.at(copy_of(changed, tmp_path / "ws")), write=True) as found:
        yield found


def _record(house: Opened, calls: int = 20, *, turned: bool = False) -> Bridge:
    """A bridge by the LLM between the rubrics of the two weeks; `turned`: the other way round."""
    digests = [sample.rubric_digest for week in WEEKS if (sample := load_sample(house.ledger, week))]
    rubrics = [load_rubric(house.ledger, digest) for digest in (digests[::-1] if turned else digests)]
    before, after = (RubricVersion(id=one.id, version=one.version, sha256=one.digest()) for one in rubrics)
    shift = Measure(name="shift", unit="levels", value=-0.5, n=calls, of=calls, low=-0.74, high=-0.26, basis="ledger")
    tone = BridgedCriterion(criterion="tone", type="ordinal", kind="meaning", calls=calls, shift=shift)
    found = Bridge(
        plan="b", before=before, after=after, by="llm", who=("judge",), weeks=WEEKS, calls=calls, answered=calls, criteria=(tone,)
    )
    with house.ledger.transaction() as tx:
        add_audit(tx, RESULT, found.model_dump(mode="json"), NOW)
    return found


def _breaks(house: Opened) -> dict[str, str]:
    return {one.name: point.breaks for one in trend(house).trends for point in one.points if point.breaks}


def test_without_a_bridge_the_break_stands_alone(house: Opened) -> None:
    """Tone and the totals break, nothing is said of a shift."""
    found = _breaks(house)
    assert found["tone"] == "the criterion tone changed"
    assert "correctness" not in found


def test_the_shift_stands_at_the_break(house: Opened) -> None:
    """With calls, who and interval; of the criterion's own line alone."""
    assert bridges(house) == []
    bridge = _record(house)
    found = _breaks(house)
    assert bridges(house) == [bridge]
    assert found["tone"] == (
        "the criterion tone changed; bridged on 20 calls by the LLM: new minus old -0.5 levels (-0.74 to -0.26)"
    )
    assert "bridged" not in found["call_score"]


def test_no_figure_moves(house: Opened) -> None:
    """Every measure of every week is what it was."""
    before = [point.measure for one in trend(house).trends for point in one.points]
    _record(house)
    assert [point.measure for one in trend(house).trends for point in one.points] == before


def test_a_bridge_of_another_change_is_not_this_one(house: Opened) -> None:
    """From new to old, or with too few calls: nothing is said."""
    _record(house, turned=True)
    _record(house, 19)
    assert _breaks(house)["tone"] == "the criterion tone changed"


def test_a_bridge_between_other_rubrics_changes_nothing(house: Opened) -> None:
    """Its criteria are not those of these weeks."""
    other = load_yaml(shipped("rubrics") / "simple.yaml", Rubric)
    with house.ledger.transaction() as tx:
        freeze_rubric(tx, other, NOW)
        version = RubricVersion(id=other.id, version=1, sha256=other.digest())
        bridge = Bridge(
            plan="c", before=version, after=version, by="people", who=(ANNA,), weeks=WEEKS, calls=20, answered=20, criteria=()
        )
        add_audit(tx, RESULT, bridge.model_dump(mode="json"), NOW)
    assert _breaks(house)["tone"] == "the criterion tone changed"
