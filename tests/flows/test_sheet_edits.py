"""Random edit sequences on sheets: no score and no note is lost or overwritten, and every cell that is not taken is named."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.flows.sheet_edits import Desk, prepared

STEPS = ("work", "work", "work", "answer_at_the_desk", "anew")
SEQUENCES = st.lists(st.sampled_from(STEPS), min_size=2, max_size=7)
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three calls drawn for Anna; copied for each sequence."""
    return prepared(tmp_path_factory.mktemp("edits"))


def run(template: Path, steps: list[str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(template, Path(folder), seed)
        try:
            for step in steps:
                getattr(desk, step)()
        finally:
            desk.ledger.close()


BRIEF = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@BRIEF
@given(SEQUENCES, SEEDS)
def test_nothing_typed_is_lost_or_overwritten(template: Path, steps: list[str], seed: int) -> None:
    """20 sequences of sorting, renaming, deleting, typing, merging, saving and importing, with the desk in between."""
    run(template, steps, seed)


@pytest.mark.long
@settings(BRIEF, max_examples=600, report_multiple_bugs=False)
@given(SEQUENCES, SEEDS)
def test_nothing_typed_is_lost_or_overwritten_in_600_sequences(template: Path, steps: list[str], seed: int) -> None:
    """The same at length."""
    run(template, steps, seed)
