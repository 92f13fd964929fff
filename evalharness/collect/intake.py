"""What becomes of every row: accepted, duplicate, conflict, another agent's, or rejected. The five counts add up.

rules = IntakeRules(source="jsonl", form="jsonl", key=key, zone=zone)
intake = Intake(rules, call_log.known, file="calls.jsonl", file_digest=digest_of_input(path, rules))
for rows in intake.decide(read_rows(path, rules)):
    ...                                   # a batch of accepted Candidates, each with its call
intake.report                             # complete after the last batch
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalharness.collect.csv_form import turns_beside
from evalharness.collect.derive import derived_anew
from evalharness.collect.inputs import digest_of_file
from evalharness.collect.late import Later, later_facts
from evalharness.collect.reading import read_rows
from evalharness.collect.reasons import printable
from evalharness.collect.recognise import form_of, recognise
from evalharness.collect.rows import Candidate, IntakeRules, Limits, Row
from evalharness.models.call import Supplement
from evalharness.models.intake import IntakeReport, Rejected

__all__ = [
    "Identity",
    "Intake",
    "IntakeRules",
    "Known",
    "Later",
    "Limits",
    "digest_of_file",
    "digest_of_input",
    "form_of",
    "read_rows",
    "recognise",
]

Identity = tuple[str, str]
Known = Callable[[Sequence[Identity]], Mapping[Identity, str]]
LISTED = 1000
"""So many rejected rows and conflicts a file are named; all are counted."""
_BATCH_BYTES = 16_000_000


def digest_of_input(path: Path, rules: IntakeRules) -> str:
    """SHA-256 of what is read (unpacked); for calls.csv of both files. Raises InputError where one cannot be read."""
    return digest_of_file(path, *([turns_beside(path)] if rules.form == "csv" else []), file_mb=rules.limits.file_mb)


class Intake:
    """The decisions over the rows of one file. `known`: content digest by identity of calls already in the call log.

    A duplicate has an identity and a content digest seen before, in the log or in this file; a conflict has the same
    identity and other content: the first one is kept and the other one named. What was seen in this file is remembered
    by hashes (about 200 bytes a call).

    Rows of one call that were merged (events.py) share its fate, but those that brought nothing new are duplicates of an
    accepted one. Where `later` is given, an event of a call that is stored is no conflict: it brings `supplements`.
    """

    def __init__(
        self, rules: IntakeRules, known: Known, *, file: str, file_digest: str, batch: int = 1000, later: Later | None = None
    ) -> None:
        self.rules, self.known, self.file, self.file_digest, self.batch = rules, known, file, file_digest, batch
        self.later = later
        self.supplements: list[Supplement] = []
        self._counts: Counter[str] = Counter()
        self._redactions: Counter[str] = Counter()
        self._filled: Counter[tuple[str, ...]] = Counter()
        self._rejects: list[Rejected] = []
        self._conflicts: list[str] = []
        self._seen: dict[bytes, bytes] = {}

    def decide(self, rows: Iterable[Row]) -> Iterator[tuple[Candidate, ...]]:
        """The accepted calls in batches, in the order of the rows."""
        waiting: list[Candidate] = []
        size = 0
        for row in rows:
            self._counts["rows"] += 1 if isinstance(row, Rejected) else row.rows
            if isinstance(row, Rejected):
                self._reject(row)
            elif not (self.rules.takes(row.call) if row.taken is None else row.taken):
                self._counts["other_agent"] += row.rows
            else:
                waiting.append(row)
                size += row.size
            if len(waiting) >= self.batch or size >= _BATCH_BYTES:
                yield from self._settle(waiting)
                waiting, size = [], 0
        yield from self._settle(waiting)

    @property
    def report(self) -> IntakeReport:
        """The counts so far; complete once `decide` is exhausted."""
        counts = {name: self._counts[name] for name in ("rows", "accepted", "duplicate", "conflict", "other_agent", "rejected")}
        return IntakeReport(
            file=self.file,
            file_digest=self.file_digest,
            source=self.rules.source,
            rejects=tuple(self._rejects),
            conflicts=tuple(self._conflicts),
            redactions=dict(sorted(self._redactions.items())),
            fill=self._fill(),
            derived_anew=self._counts["derived_anew"],
            **counts,
        )

    def _reject(self, row: Rejected) -> None:
        self._counts["rejected"] += 1
        if len(self._rejects) < LISTED:
            self._rejects.append(row)

    def _settle(self, waiting: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
        """Decides a batch against the log and what this file had before; yields what is new, if anything."""
        if not waiting:
            return
        known = self.known(list(dict.fromkeys(row.identity for row in waiting)))
        accepted = tuple(row for row in waiting if self._is_new(row, known.get(row.identity)))
        if accepted:
            yield accepted

    def _is_new(self, row: Candidate, logged: str | None) -> bool:
        key, digest = _hashed(row.identity), row.digest
        before = bytes.fromhex(logged) if logged is not None else self._seen.get(key)
        if before is None:
            self._seen[key] = bytes.fromhex(digest)
            self._accept(row)
        elif before == bytes.fromhex(digest):
            if logged is None or not self._derived_back(row):
                self._counts["duplicate"] += row.rows
        elif logged is None or not (self._derives(row) or self._completes(row)):
            self._conflict(row, logged is not None)
        return before is None

    def _completes(self, row: Candidate) -> bool:
        """Whether the row is an event of the stored call: what it adds becomes supplements, else it is a duplicate."""
        stored = self.later.stored(row.identity) if self.later and row.completes else None
        return self._supplements(row, later_facts(stored, row.call, row.completes) if stored is not None else None)

    def _derives(self, row: Candidate) -> bool:
        """Whether the row is the stored call, under other rules of the workspace for what is derived."""
        stored = self.later.stored(row.identity) if self.later and not row.completes else None
        facts = derived_anew(stored, row.call) if stored is not None else None
        self._counts["derived_anew"] += row.rows if facts else 0
        return self._supplements(row, facts)

    def _derived_back(self, row: Candidate) -> bool:
        """As `_derives`, for a row as it was stored: other rules may have changed the call since, which hold no more."""
        return self.later is not None and self.later.changed(row.identity) and self._derives(row)

    def _supplements(self, row: Candidate, facts: Mapping[Any, Any] | None) -> bool:
        """Keeps what the row adds to the stored call; False where there is none, or the two contradict."""
        if self.later is None or facts is None:
            return False
        self._counts["accepted" if facts else "duplicate"] += row.rows
        self.supplements += [
            Supplement(source=row.call.source, call_id=row.call.id, field=field, value=value, known_at=self.later.at)
            for field, value in facts.items()
        ]
        return True

    def _accept(self, row: Candidate) -> None:
        self._counts["accepted"] += 1 + row.adding
        self._counts["duplicate"] += row.idle
        for category, count in row.redactions.items():
            self._redactions[category] += count
        self._filled[row.filled] += 1

    def _fill(self) -> dict[str, int]:
        """How many accepted calls have each field; most calls of a file have the same ones."""
        fill = Counter({"latency": 0} if self._filled else {})
        for names, calls in self._filled.items():
            fill.update(dict.fromkeys(names, calls))
        return dict(fill)

    def _conflict(self, row: Candidate, logged: bool) -> None:
        self._counts["conflict"] += row.rows
        if len(self._conflicts) < LISTED:
            source, call_id = map(printable, row.identity)
            place = self.file if row.line is None else f"{self.file} line {row.line}"
            first = "the call log" if logged else "an earlier row of this file"
            self._conflicts.append(f"{source}/{call_id}: {place} differs from {first}; the first one is kept")


def _hashed(identity: Identity) -> bytes:
    return hashlib.blake2b("\x00".join(identity).encode("utf-8", "surrogatepass"), digest_size=16).digest()
