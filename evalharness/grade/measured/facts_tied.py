"""Whether an agent's number is said of what the tools gave: by the words around it in its sentence.

A number that stands nowhere is a contradiction of what the tools gave only where it is said to be that. "It costs $40" is; a
fee, a deadline, a difference, opening hours, a guess are other things, unless the tools speak of them by that word, too.
"""

from __future__ import annotations

import re

from evalharness.grade.measured.spoken_numbers import sentence_of
from evalharness.grade.measured.spoken_reader import Fact

_IS = "is|are|was|it's|that's|it’s|that’s"
_START = r"^\W*(?:yes|ja|sure|okay|ok)?"
_TIED = {
    "amount": re.compile(
        rf"(?:\b(?:{_IS}|be|costs?|cost you|price|totals?|balance|fare|rate|bill|amount|to|for|at|of|you|pays?|paid|owes?|due|"
        r"charged?|refund(?:ed)?|kostet|kosten|macht|beträgt|sind|ist)(?: (?:a|the|only|just|now|currently|nur))?|^)\W*$"
    ),
    "time": re.compile(
        rf"(?:\b(?:{_IS}|at|until|till|for|by|from|have|has|got|offer|or|and|leaves?|departs?|departing|arrives?|arriving|starts?|"
        rf"begins?|um|ab|bis|on|to|your|time|day)|{_START})\W*$"
    ),
    "date": re.compile(rf"(?:\b(?:{_IS}|on|for|due|from|to|by|am|vom|zum|and|or|\w{{3,9}}day|the|of)|{_START})\W*$"),
}
"""Words that end right before a number that is said of a thing."""
_ELSE = {
    "amount": re.compile(
        r"\b(fee|fees|deposit|discount|save[ds]?|saving|taxe?s?|tip|credit|voucher|per|each|extra|additional|more|less|higher|lower|"
        r"cheaper|differences?|over|under|above|below|up to|at least|at most|minimum|maximum|about|around|roughly|approximately|"
        r"typically|usually|normally|plus|instead|off|penalty|reinstatement|waive[ds]?|insurance|gebühr|rabatt|mehr|weniger|etwa|"
        r"ungefähr|pro|bis zu|anzahlung|percent)\b"
    ),
    "time": re.compile(
        r"\b(clos\w*|open\w*|hours|check-?\s?in|check-?\s?out|boards?|boarding|reminders?|delay\w*|estimated|updated|in the|"
        r"which is|local time|eastern|central|pacific|mountain|utc|gmt|about|around|approximately|before|after|between|instead|"
        r"call\w*|business|desk|office|lounge|gate|at the latest|no later|or later|or earlier|öffn\w*|schließ\w*|etwa|gegen)\b"
    ),
    "date": re.compile(
        r"\b(until|till|cancel\w*|latest|deadline|expires?|expiry|valid|within|refunds?|takes|placed|ordered|created|opened|made|"
        r"born|bring|before|after|between|bis|spätestens|gültig|next|last|today|tomorrow|instead)\b"
    ),
}
"""Words by which a number in the sentence is of something else."""
_OPEN = ("clos", "open", "hour", "öffn", "schl")
_HOURS = re.compile(r"(?<!\w)(?:clos|open|hour|öffn|schließ)|(?<![\d:-])\d{1,2}(?::\d\d)? ?(?:am|pm)?-\d{1,2}(?![\d-])")
_NO_DIGITS = re.compile(r"\D*")
_ZONE = re.compile(r"^,? (?:in [a-z]|local\b|[ecmp][sd]?t\b)")
_OURS = re.compile(r"\b(?:us|our|hotline|office|desk|uns|unser\w*)\b")
_THEIRS = re.compile(r"customer|caller|patient|user|guest|passenger|member|client|kunde")
_MOVED = re.compile(
    r"\b(?:later|earlier|before|after|wait|instead|minus|plus|half an hour|hours?|days?|weeks?|next|another|more|less|actually|"
    r"später|früher|stunden?|tage?|wochen?|doch)\b"
)


def tied(fact: Fact, text: str, language: str | None, told: str) -> bool:
    """Whether the fact of this text is said of the one thing that the tools told of: `told` is what they were asked and gave."""
    before, after = sentence_of(text, language, fact)
    lead = _NO_DIGITS.match(fact.said.lower())
    leads = (before[-40:], before[-40:] + (lead[0] if lead and fact.kind == "time" else ""))
    if not any(_TIED[fact.kind].search(words) for words in leads) or (fact.kind == "time" and _ZONE.match(after)):
        return False
    other = {match[1][:4] for match in _ELSE[fact.kind].finditer(f"{before} | {after}")}
    return all(_speak_of(told, word) for word in other)


def _speak_of(told: str, word: str) -> bool:
    """Whether the tools use a word that begins so; opening hours are also known by their form, "8-18"."""
    if word in _OPEN:
        return _HOURS.search(told) is not None
    return re.search(rf"(?<!\w){re.escape(word)}", told) is not None


def of_the_house(said: str, told: str) -> bool:
    """Whether the agent speaks of a number of its own side while the tools told of the caller's."""
    return _OURS.search(said) is not None and _THEIRS.search(told) is not None


def worked_out(words: str) -> bool:
    """Whether these words of the caller tell a value by how far it is from another one."""
    return _MOVED.search(words.lower()) is not None
