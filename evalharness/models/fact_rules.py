"""When a number that the agent says is compared with what the log knows: words that show a reading back, and a booking."""

from __future__ import annotations

from evalharness.models.noun import Noun

READ_BACK = (
    "so that's", "so that is", "that's correct", "is that right", "is that correct", "correct?", "right?", "you said",
    "did you say", "just to confirm", "to confirm", "let me repeat", "let me read", "i have you as", "i've got", "i have",
    "habe ich richtig", "ich wiederhole", "stimmt das", "ist das richtig", "sie sagten",
)  # fmt: skip
BOOKED = (
    "booked for", "booked", "confirmed for", "set for", "scheduled for", "moved to", "moved you", "rebooked", "rescheduled",
    "reserved for", "you are on", "you're on", "gebucht", "eingetragen", "verschoben",
)  # fmt: skip


class FactRules(Noun):
    """Words, in small letters, that a turn of the agent holds where it reads back what the caller said (`read_back`), or says
    what was booked (`booked`)."""

    read_back: tuple[str, ...] = READ_BACK
    booked: tuple[str, ...] = BOOKED
