"""What the words in the name of a tool say of whom it hands a call to."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HUMAN = re.compile(
    r" (?:humans?|representatives?|live agents?|operators?|(?:support|service) persons?"
    r"|escalat(?:e|ed|es|ing|ion) (?:\w+ ){0,6}persons?) "
)

_OTHERWISE = re.compile(r" (?:not|dont|no|never|check|can|is|cancel|abort|availability|available) ")
_MONEY = r"(?:money|cash|funds?|savings|balances?|credits?|payments?|amounts?|points|miles)"
_MOVES = re.compile(
    rf" (?:wire|bank|{_MONEY}) transfers? | transfer(?:s|red|ring)? (?:(?!to )\w+ ){{0,3}}?{_MONEY} | person to person "
)
NOT_THE_CALL = (
    "fund", "money", "bank", "payment", "amount", "balance", "credit", "points", "miles", "ticket", "case", "issue",
    "prescription", "ownership", "registration", "title", "domain", "file", "booking", "reservation",
    "savings", "wire_transfer", "wiretransfer", "person_to_person", "persontoperson",
)  # fmt: skip
"""In the name of a tool that names no human, they say that something else than the call is transferred or escalated."""


def spaced(name: str) -> str:
    """Its words in small letters between blanks: transferToHuman and TRANSFER_TO_HUMAN are " transfer to human "."""
    return f" {' '.join(_WORD.findall(name))} ".lower()


def names_a_human(name: str) -> bool:
    """Whether a word of the name is a human who takes calls (representative, live agent), whatever else it is about.

    Not a bare `person`, to whom money goes too (wire_transfer_to_person), unless it is one to whom something is escalated.
    """
    return bool(_HUMAN.search(spaced(name)))


def moves_a_thing(name: str) -> bool:
    """Whether money, a ticket, a file or the like is transferred or escalated, and no call: transfer_ticket_to_person.

    A name with a human in it who takes calls moves the call, whatever it is about (escalate_ticket_to_human).
    """
    if names_a_human(name):
        return False
    return bool(_MOVES.search(spaced(name))) or any(one in name.lower() for one in NOT_THE_CALL)


def only_asks(name: str) -> bool:
    """Whether the tool asks if it could, takes it back or forbids it (check_human_transfer_availability)."""
    return bool(_OTHERWISE.search(spaced(name)))
