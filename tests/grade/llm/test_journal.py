"""Commits of many tasks at once: whoever waited has it on disk; a failed commit fails everybody in it and keeps nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from evalharness.errors import LedgerError
from evalharness.grade.llm.journal import Journal
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import add_audit
from tests.builders import MONDAY


def audit(number: int) -> object:
    """A write of one audit row."""

    def write(tx: Transaction) -> None:
        add_audit(tx, "note", {"n": number}, MONDAY)

    return write


def test_what_was_waited_for_is_there(tmp_path: Path) -> None:
    """50 tasks, 4 writes each: after each wait the own row is read back by another connection; far fewer commits than rows."""

    async def scene() -> int:
        with Ledger.open(tmp_path / "ledger.db", create=True) as ledger, Ledger.open(tmp_path / "ledger.db") as other:
            journal, commits = Journal(ledger), []
            plain = journal._commit
            journal._commit = lambda writes: (commits.append(len(writes)), plain(writes))  # type: ignore[method-assign,assignment,return-value]

            async def task(number: int) -> None:
                for step in range(4):
                    mine = number * 4 + step
                    await journal.keep(audit(mine))  # type: ignore[arg-type]
                    if step == 3:
                        assert mine in [row["details"]["n"] for row in other.rows("audit")]

            await asyncio.gather(*(task(number) for number in range(50)))
            await journal.close()
            assert sum(commits) == 200
            assert ledger.verify() == []
            return len(commits)

    assert asyncio.run(scene()) < 60


def test_a_failed_commit_keeps_nothing_of_it(tmp_path: Path) -> None:
    """Two writes in one commit, one of them wrong: both hear of it, neither is kept; the next one goes through."""

    async def scene() -> None:
        with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
            journal = Journal(ledger)

            def broken(tx: Transaction) -> None:
                raise LedgerError("the disk is full")

            ended = await asyncio.gather(journal.keep(audit(1)), journal.keep(broken), return_exceptions=True)  # type: ignore[arg-type]
            assert [type(end) for end in ended] == [LedgerError, LedgerError]
            assert ledger.rows("audit") == []
            await journal.keep(audit(2))  # type: ignore[arg-type]
            await journal.close()
            assert [row["details"] for row in ledger.rows("audit")] == [{"n": 2}]

    asyncio.run(scene())


def test_what_a_request_waits_for_goes_first(tmp_path: Path) -> None:
    """Twenty ends handed over before a single state: the state is on the disk before them; they follow, eight at a time."""

    async def scene() -> None:
        with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
            journal, commits = Journal(ledger), []
            plain = journal._commit
            journal._commit = lambda writes: (commits.append(len(writes)), plain(writes))  # type: ignore[method-assign,assignment,return-value]
            ends = [asyncio.create_task(journal.keep(audit(number), soon=False)) for number in range(20)]  # type: ignore[arg-type]
            await asyncio.sleep(0)
            await journal.keep(audit(99))  # type: ignore[arg-type]
            await asyncio.gather(*ends)
            await journal.close()
            assert [row["details"]["n"] for row in ledger.rows("audit")] == [99, *range(20)]
            assert commits == [1, 8, 8, 4]

    asyncio.run(scene())


def test_a_cancelled_task_does_not_spoil_the_commit(tmp_path: Path) -> None:
    """What was handed over is committed although nobody waits for it any more."""

    async def scene() -> None:
        with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
            journal = Journal(ledger)
            task = asyncio.create_task(journal.keep(audit(1)))  # type: ignore[arg-type]
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await journal.close()
            assert len(ledger.rows("audit")) == 1

    asyncio.run(scene())
