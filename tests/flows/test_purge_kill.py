"""A purge that dies at any rename, deletion or commit is finished by the next run, with nothing left and everything whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evalharness.flows.keep import verify
from evalharness.flows.purge import STATE, unfinished
from tests.flows.purge_killing import KILLED, forkserver
from tests.flows.purging import canaries, make_planted, the_house
from tests.flows.test_purge import hits
from tests.flows.workspaces import copy_of

APART = 37
"""Every so manieth point in a usual run; all of them with `-m long`."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each kill gets a copy."""
    return make_planted(tmp_path_factory.mktemp("kill") / "ws")


def killed_at(planted: Path, folder: Path, apart: int) -> int:
    """Dies at the first point and every so manieth after it, runs again, and looks; how many deaths there were."""
    with forkserver() as die:
        code, points = die(copy_of(planted, folder / "whole"), 0)
        assert (code, points > 100) == (0, True)
        chosen = range(1, points + 1, apart)
        for point in chosen:
            root = copy_of(planted, folder / "ws")
            assert die(root, point)[0] == KILLED, point
            assert die(root, 0)[0] == 0, point
            with the_house(root) as house:
                assert verify(house)[0] == [], point
                assert unfinished(house) is None, point
            assert hits(root, canaries("A")[::5]) == {}, point
            assert not (root / STATE).exists(), point
            assert len(list((root / "receipts").glob("*.json"))) == 1, point
            assert not list(root.rglob("*.tmp")), point
            shutil.rmtree(root)
    return len(chosen)


def test_killed_here_and_there(planted: Path, tmp_path: Path) -> None:
    """A few points."""
    assert killed_at(planted, tmp_path, APART) >= 3


@pytest.mark.long
def test_killed_everywhere(planted: Path, tmp_path: Path) -> None:
    """Every point."""
    assert killed_at(planted, tmp_path, 1) >= 100
