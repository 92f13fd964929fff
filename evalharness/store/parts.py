"""The Parquet files under the call log's folder: written whole, registered in the ledger, checked before they are read."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evalharness.errors import LedgerCorruptError
from evalharness.store.files import digest_file, write_whole
from evalharness.store.intakes import KINDS, Kind, Part
from evalharness.store.intakes import parts as registered
from evalharness.store.ledger import Ledger
from evalharness.store.part_rows import Written


class Parts:
    """The parts in `folder` (absolute) that `ledger` registers, at `KIND/week=WEEK/part-DIGEST.parquet`."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder, self._ledger = folder, ledger
        self._checked: dict[Path, tuple[int, int, int]] = {}

    def write(self, calls: Iterable[Written]) -> list[Part]:
        """Write the calls as parts by week and kind, not yet registered; all of them or none. Raises ExportError."""
        weeks: dict[str, list[Written]] = defaultdict(list)
        for call in sorted(calls, key=lambda call: (call.started_at, call.source, call.id)):
            weeks[call.week].append(call)
        parts: list[Part] = []
        try:
            for week in sorted(weeks):
                parts.extend(self._write_week(week, weeks[week]))  # those written before a failure are in it, too
        except BaseException:
            self.discard(parts)
            raise
        return parts

    def _write_week(self, week: str, calls: Sequence[Written]) -> Iterator[Part]:
        from evalharness.store import parquet

        for kind in KINDS:
            rows = sum(call.rows[kind] for call in calls)
            if rows:
                data = parquet.to_bytes(kind, [call.lines[kind] for call in calls if call.rows[kind]])
                yield self._write_part(kind, week, data, rows)

    def _write_part(self, kind: Kind, week: str, data: bytes, rows: int) -> Part:
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(kind, week, digest)
        write_whole(path, data)
        return Part(kind, week, path.relative_to(self.folder.parent).as_posix(), digest, rows)

    def discard(self, parts: Sequence[Part]) -> None:
        """Delete those of these files that are not registered."""
        held = {part.digest for part in registered(self._ledger)}
        for part in parts:
            if part.digest not in held:
                self._path(part.kind, part.week, part.digest).unlink(missing_ok=True)

    def _path(self, kind: str, week: str, digest: str) -> Path:
        return self.folder / kind / f"week={week}" / f"part-{digest}.parquet"

    def paths(self, kind: Kind, weeks: Iterable[str] | None = None) -> list[Path]:
        """The registered parts of a kind, of these weeks only if given, each checked against its digest.

        A file is read for its digest once, and again when its size or time has changed. Raises LedgerCorruptError.
        """
        wanted = None if weeks is None else set(weeks)
        found = [part for part in registered(self._ledger, kind=kind) if wanted is None or part.week in wanted]
        return [self._sound(part) for part in found]

    def _sound(self, part: Part) -> Path:
        path = self._path(part.kind, part.week, part.digest)
        try:
            status = path.stat()
            mark = (status.st_size, status.st_mtime_ns, status.st_ino)
            if self._checked.get(path) != mark and digest_file(path) != part.digest:
                raise _unsound(part, "was changed after it was written")
        except OSError as error:
            raise _unsound(part, f"cannot be read ({error.strerror})") from error
        self._checked[path] = mark
        return path

    def problems(self) -> list[str]:
        """Every registered part that is missing or was changed, in words."""
        found = []
        for part in registered(self._ledger):
            try:
                self._sound(part)
            except LedgerCorruptError as error:
                found.append(f"{error.where}: {error.what}")
        return found

    def weeks(self) -> list[str]:
        """The weeks with calls, in time order."""
        return sorted({part.week for part in registered(self._ledger, kind="calls")})


def _unsound(part: Part, how: str) -> LedgerCorruptError:
    why = "Every figure of its week would be wrong without a word."
    return LedgerCorruptError(f"a file of the call log {how}", where=part.path, why=why, fix="Restore it from the newest backup.")
