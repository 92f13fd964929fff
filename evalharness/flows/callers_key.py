"""Whether the workspace's key is the one its callers were hashed with: by another one nobody would be known again."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from evalharness.errors import WorkspaceError
from evalharness.flows.opened import Opened
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_audit
from evalharness.store.standing import KEY_KEPT
from evalharness.workspace.folder import KEY_NAME, Workspace

_CHECKED = b"evalharness key check"


def keep_key(house: Opened, at: datetime) -> None:
    """Keep what tells the key from another, and nothing of it, where nothing is kept yet.

    Raises WorkspaceError as `check_key` does.
    """
    if not check_key(house.workspace, house.ledger):
        with house.ledger.transaction() as tx:
            add_audit(tx, KEY_KEPT, {"check": _check(house.workspace.key)}, at)


def check_key(workspace: Workspace, ledger: Ledger) -> bool:
    """Whether the key is known to be the right one; False where nothing is kept of it yet, as before its first use.

    Raises WorkspaceError where there is no key, it cannot be used, or it is another one than calls were taken in with.
    """
    check, kept = _check(workspace.key), ledger.rows("audit", action=KEY_KEPT)
    if kept and not hmac.compare_digest(kept[0]["details"]["check"], check):
        raise WorkspaceError(
            "the key is not the one that the callers of this workspace were hashed with",
            where=str(workspace.root / KEY_NAME),
            why="With it callers would not be known again, nor found, and their pseudonyms would be others than before.",
            fix=f"Put the {KEY_NAME} of a backup of this workspace back; it is in every one. Without it: a new workspace.",
        )
    return bool(kept)


def _check(key: bytes) -> str:
    """HMAC-SHA256 of fixed words with the key, in hexadecimal."""
    return hmac.new(key, _CHECKED, hashlib.sha256).hexdigest()
