"""Whether the agent says that something worked: a whole sentence that claims it, no question, no condition, no failure told."""

from __future__ import annotations

import re

LONGEST = 5_000
_DONE = (
    "booked|confirmed|cancell?ed|scheduled|rescheduled|processed|updated|changed|completed|submitted|refunded|sent|moved|added|"
    "placed|reserved|issued|paid"
)
_CLAIM = re.compile(
    r"\byou(?:'re| are) (?:now )?(?:all set|booked|confirmed)|\bwent through\b|\ball (?:done|set)\b|"
    rf"\b(?:is|are|has been|have been|was|it's|that's|i've|i have) (?:now |just |successfully )?(?:{_DONE})\b|"
    r"\b(?:ist|sind|wurde|wurden|habe)\b[^.?!]{0,40}\b(?:gebucht|storniert|bestätigt|verschoben|geändert|eingetragen|gesendet|"
    r"verschickt|erledigt)\b"
)
_FAILURE = re.compile(
    r"sorry|unfortunately|unable|not able|couldn't|could not|can't|cannot|wasn't|was not|isn't|is not|hasn't|has not|didn't|"
    r"did not|error|issue|problem|trouble|fail|declined|try again|afraid|leider|nicht|fehler"
)
_IF = re.compile(r"\b(?:once|when|if|after|before|until|will be|as soon as|would be|sobald|wenn|sollen|shall|should)\b")
_SENTENCES = re.compile(r"(?<=[.!?])\s")


def claims_success(text: str) -> bool:
    """Whether the text says that it is done and nothing of a failure."""
    small = text[:LONGEST].lower().replace("’", "'")
    if _FAILURE.search(small) or not _CLAIM.search(small):
        return False
    return any(
        _CLAIM.search(sentence) and not sentence.rstrip().endswith("?") and not _IF.search(sentence)
        for sentence in _SENTENCES.split(small)
    )
