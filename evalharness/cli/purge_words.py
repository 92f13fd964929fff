"""What `purge` prints of a receipt, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evalharness import numbers

if TYPE_CHECKING:
    from evalharness.flows.purge_receipt import Receipt


def of_receipt(receipt: Receipt) -> Iterator[str]:
    """What was taken out and changed, what was deleted, what is still there, and what nobody can tell."""
    yield _taken(receipt)
    changed = list(_changed(receipt.counts))
    if changed:
        yield f"  changed  {', '.join(changed)}"
    skipped = receipt.counts.get("not graded any more", 0)
    if skipped:
        are = "is" if skipped == 1 else "are"
        yield f"  {numbers.counted(skipped, 'call')} {are} not graded any more by those who still had to"
    yield from (f"  deleted  {path}" for path in receipt.deleted)
    yield from (f"  had the call  {one['path']}" for one in receipt.named_in if one["path"] not in receipt.deleted)
    if receipt.before:
        yield f"Already purged: {', '.join(receipt.before)}. What went then is not known any more and cannot be looked for again;"
        yield "a file that held some of it then is named again where it is the same, or changed and still names the call."
    yield from _scanned(receipt)
    yield from ("Not reached:", *(f"  - {line}" for line in receipt.unreached))
    yield f"Receipt: {receipt.path}. Ledger head: {receipt.head}"


def _taken(receipt: Receipt) -> str:
    """What went, in a line."""
    if receipt.kind == "lost":
        return "A purge that was interrupted is ended; its notes are gone, so what it took out cannot be told."
    calls = numbers.counted(receipt.counts.get("calls", 0), "call")
    if receipt.before and not any(_changed(receipt.counts)):
        return f"Nothing was left in the log to take out {receipt.why} of {calls}"
    return f"Taken out {receipt.why}{f': what was said in {calls}' if receipt.counts.get('calls') else ''}"


def _changed(counts: dict[str, int]) -> Iterator[str]:
    """Rows of the ledger by what they are to people, and files of the call log."""
    from evalharness.flows.audit import counted
    from evalharness.store.schema import KEPT

    yield from (counted(name, count) for name, count in counts.items() if name in KEPT and name != "parts" and count)
    if counts.get("parts"):
        yield f"{numbers.counted(counts['parts'], 'file')} of the call log"


def _scanned(receipt: Receipt) -> Iterator[str]:
    """What was looked through for how many texts, and which files hold any."""
    looked, held = receipt.counts.get("texts looked for", 0), len(receipt.hits)
    files, size = receipt.scanned.get("files", 0), numbers.size(receipt.scanned.get("bytes", 0))
    through = f"Looked through {numbers.counted(files, 'file')}, {size}"
    if looked:
        found = (
            f"{numbers.counted(held, 'file')} {'holds' if held == 1 else 'hold'} any of it" if held else "none holds any of it"
        )
        yield f"{through}, for {numbers.counted(looked, 'text')}: {found}"
    elif receipt.scanned:
        yield f"{through}: no text is known that could be looked for"
    for path, count in receipt.hits.items():
        yield f"  STILL THERE  {path}: {numbers.counted(count, 'text')}" if count else f"  CANNOT BE TOLD  {path} is gone"
    if any(path.startswith("inbox/") for path in receipt.hits):
        yield "A file of inbox/ goes where all of it is in the log just as it stands; any other may hold what is nowhere else."
        yield "Delete it, or take the call out of it, and purge again. Collected again it does not bring the call back."
