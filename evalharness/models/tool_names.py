"""What the words in the name of a tool say of whom it hands a call to."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HUMAN = re.compile(
    r" (?:humans?|representatives?|live agents?|operators?|(?:support|service) persons?"
    r"|escalat(?:e|ed|es|ing|ion) (?:\w+ ){0,6}persons?) "
)


def spaced(name: str) -> str:
    """Its words in small letters between blanks: transferToHuman and TRANSFER_TO_HUMAN are " transfer to human "."""
    return f" {' '.join(_WORD.findall(name))} ".lower()


def names_a_human(name: str) -> bool:
    """Whether a word of the name is a human who takes calls (representative, live agent), whatever else it is about.

    Not a bare `person`, to whom money goes too (wire_transfer_to_person), unless it is one to whom something is escalated.
    """
    return bool(_HUMAN.search(spaced(name)))
