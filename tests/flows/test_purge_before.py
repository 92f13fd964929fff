"""A purge of what is purged already: nothing is known to look for, so files that were left standing are looked at again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalharness.flows.keep import verify
from evalharness.flows.purge import STATE, finish, purge, settle
from evalharness.flows.purge_receipt import Receipt
from evalharness.flows.retention import due_for_call
from tests.flows.purging import LATER, make_planted, the_house
from tests.flows.workspaces import copy_of


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn, not graded."""
    return make_planted(tmp_path_factory.mktemp("before") / "ws", graded=False)


@pytest.fixture
def root(planted: Path, tmp_path: Path) -> Path:
    """A copy in which the platform's log lies in inbox/ once more, with half a line behind it that was not collected."""
    root = copy_of(planted, tmp_path / "ws")
    (root / "inbox" / "copy.jsonl").write_text((root / "inbox" / "week.jsonl").read_text() + '{"id": ')
    return root


def purged(root: Path, call_id: str = "a-3") -> Receipt:
    """The receipt of one more purge of this call."""
    with the_house(root) as house:
        receipt = purge(house, due_for_call(house, call_id), LATER)
        assert verify(house)[0] == []
    assert json.loads((root / receipt.path).read_text())["hits"] == receipt.hits
    return receipt


def test_a_file_that_is_the_same_still_holds_it(root: Path) -> None:
    """Second and third time 0 texts are known, and the copy is named with the texts of the first time; renamed too."""
    first = purged(root)
    assert list(first.hits) == ["inbox/copy.jsonl"]
    assert (first.before, list(first.held)) == ([], ["inbox/copy.jsonl"])
    second = purged(root)
    assert (second.counts["texts looked for"], second.hits) == (0, first.hits)
    assert second.before == ["purge-0001 of 2026-11-24"]
    (root / "inbox" / "copy.jsonl").rename(root / "mine.jsonl")
    assert purged(root).hits == {"mine.jsonl": first.hits["inbox/copy.jsonl"]}


def test_a_file_that_changed_holds_it_while_it_names_the_call(root: Path) -> None:
    """A line more: still there. Without the line of the call (and the broken one): none. Put back: there again."""
    copy = root / "inbox" / "copy.jsonl"
    whole = copy.read_text()
    first = purged(root)
    copy.write_text(whole + "{}\n")
    assert purged(root).hits == first.hits
    copy.write_text("".join(line for line in whole.splitlines(keepends=True) if '"a-3"' not in line))
    assert purged(root).clean
    copy.write_text(whole)
    assert purged(root).hits == first.hits


def test_a_file_that_is_gone(root: Path) -> None:
    """Nothing stands any more, and the receipt names the earlier purge."""
    purged(root)
    (root / "inbox" / "copy.jsonl").unlink()
    again = purged(root)
    assert (again.clean, len(again.before)) == (True, 1)


def test_another_call_has_nothing_to_do_with_it(root: Path) -> None:
    """Of b-5, which was never purged, nothing earlier is told; the copy holds its own texts."""
    purged(root)
    other = purged(root, "b-5")
    assert (other.before, other.counts["texts looked for"] > 0, list(other.hits)) == ([], True, ["inbox/copy.jsonl"])


def test_what_was_lost_behind_the_cut_is_never_made_good(root: Path) -> None:
    """The notes went after the texts had left the log: no later purge of the call says that nothing is left."""

    def step(name: str) -> None:
        if name == "ledger cut":
            raise KeyboardInterrupt

    with the_house(root) as house:
        with pytest.raises(KeyboardInterrupt):
            purge(house, due_for_call(house, "a-3"), LATER, step)
        (root / STATE).unlink()
        assert "no scan can look for it" in finish(house, LATER).unreached[0]
    assert purged(root).hits == {STATE: 0}
    assert purged(root).hits == {STATE: 0}


def test_receipts_have_running_numbers(root: Path) -> None:
    """1, 2, 3, however many rows of the trail lie between; the newest is written again under its own name."""
    assert [purged(root, one).path for one in ("a-3", "b-5", "a-4")] == [f"receipts/purge-000{n}.json" for n in (1, 2, 3)]
    (root / "receipts" / "purge-0003.json").unlink()
    with the_house(root) as house:
        again = settle(house)
    assert again is not None
    assert (again.path, again.number) == ("receipts/purge-0003.json", 3)


def test_receipts_that_were_named_by_their_row_keep_their_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two purges as the version before wrote them: the third writes over none, and calls them by their names."""
    with monkeypatch.context() as patched:
        patched.setattr("evalharness.flows.purge.running_number", lambda *_: 0)
        first, second = purged(root), purged(root)
    assert [one.path for one in (first, second)] == [f"receipts/purge-{one.purge}.json" for one in (first, second)]
    kept = {path: path.read_bytes() for path in (root / "receipts").iterdir()}
    third = purged(root)
    assert (third.path, third.before) == (
        "receipts/purge-0003.json",
        [f"purge-{one.purge} of 2026-11-24" for one in (first, second)],
    )
    assert {path: path.read_bytes() for path in kept} == kept
