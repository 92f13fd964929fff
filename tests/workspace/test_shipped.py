"""The files that come with the package are read by the readers they are made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.models.rubric import Rubric
from evalharness.models.threshold import Thresholds
from evalharness.workspace.config import Config
from evalharness.workspace.folder import shipped
from evalharness.workspace.scaffold import create
from evalharness.workspace.template import InitAnswers
from evalharness.workspace.yaml_file import load_yaml


@pytest.mark.parametrize("name", ["phone-agent.yaml", "simple.yaml"])
def test_a_shipped_rubric_is_read(name: str) -> None:
    """Its weights sum to 100."""
    rubric = load_yaml(shipped("rubrics") / name, Rubric)
    assert sum(criterion.weight or 0 for _, criterion in rubric.scored()) == pytest.approx(100)


def test_the_shipped_thresholds_are_read() -> None:
    """The seven bars of the default profile are switched on."""
    bar = load_yaml(shipped("rubrics") / "good-enough.yaml", Thresholds)
    assert sum(check.enabled for check in bar.checks) == 7


def test_the_defaults_name_shipped_files() -> None:
    """`rubric` and `thresholds` of a configuration that says nothing."""
    for key in ("rubric", "thresholds"):
        name = Path(Config.model_fields[key].default).name
        assert (shipped("rubrics") / name).is_file()


def test_a_new_workspace_holds_copies_of_them(tmp_path: Path) -> None:
    """Byte for byte, and the workspace's own copy is the one that is read."""
    workspace = create(tmp_path / "desk", InitAnswers(agent="a", owner="Anna", timezone="UTC"))
    for path in shipped("rubrics").glob("*.yaml"):
        assert (workspace.root / "rubrics" / path.name).read_bytes() == path.read_bytes()
    assert workspace.rubric_path.is_relative_to(workspace.root)
    assert workspace.rubric().digest() == load_yaml(shipped("rubrics") / "phone-agent.yaml", Rubric).digest()
