"""A person's name as a file name: readable, and never a way out of the folder."""

from __future__ import annotations

import unicodedata

from evalharness.models.noun import digest_of

MAX_LETTERS = 48
"""48 characters of up to 4 bytes leave room for `.~lock.` and `.xlsx#` in the 255 bytes of a file name."""

_WINDOWS = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}


def safe_name(name: str) -> str:
    """The name in NFC with letters, digits, spaces, `-`, `_` and inner dots; all else becomes `_`.

    No path separator, no leading or trailing dot or space, no device name of Windows. Never empty: a name of which
    nothing is left becomes `grader-` and eight characters of its digest.
    """
    kept = "".join(letter if _fine(letter) else "_" for letter in unicodedata.normalize("NFC", name))
    short = kept.strip(". ")[:MAX_LETTERS].strip(". ")
    if not any(letter.isalnum() for letter in short):
        return f"grader-{digest_of(name.encode('utf-8', 'replace').decode())[:8]}"
    return f"_{short}" if short.split(".")[0].strip().upper() in _WINDOWS else short


def file_key(name: str) -> str:
    """What two names share that would share a file, also where the disk does not tell upper from lower case."""
    return unicodedata.normalize("NFC", safe_name(name).casefold())


def _fine(letter: str) -> bool:
    return letter in " -_." or letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc")
