"""What reports say of files and of rows that did not go in: redacted like the calls, always in all categories on by default."""

from __future__ import annotations

import re

from evalharness.collect.privacy.redact import Redactor
from evalharness.models.intake import Rejected

_CATEGORIES = frozenset({"card", "account", "phone", "email", "dob", "ssn"})
_JOINED = re.compile(r"[_-](?=[(+]?\d)|(?<=[^\W\d_])(?=\d{9})")
_LONG = re.compile(r"\d(?:\D{0,3}\d){6}|@")


def masking(key: bytes) -> Redactor:
    """The redactor for such texts: what a rejected row quotes was never checked, so the workspace's choice does not count."""
    return Redactor(key, _CATEGORIES)


def masked(row: Rejected, redactor: Redactor) -> Rejected:
    """The rejected row with its file, field and reason redacted."""
    redactor.reset()
    found = {"file": masked_name(row.file, redactor), "field": redactor.text(row.field), "reason": redactor.text(row.reason)}
    return row.model_copy(update=found)


def masked_name(name: str, redactor: Redactor) -> str:
    """The name of a file without the number or the mail address of the person whose calls are in it.

    Behind an underscore or a hyphen a number is looked for too, and one of nine digits and more behind a letter; dates, weeks and
    short numbers stay as they are.
    """
    if not _LONG.search(name):
        return name
    changed = redactor.text(name)
    if changed != name:
        return changed
    words = _JOINED.sub(" ", name)
    spoken = redactor.text(words)
    return name if spoken == words else spoken
