r"""The same pattern in a form that the engine finds sooner: it skips to a first letter, and can do so only where one comes first.

`\b(?:give|grade|mark)\b` looks at every place of a text for the beginning of a word and then tries each word in turn; as
`(?:g(?<!\w.)(?:ive|rade)|m(?<!\w.)(?:ark))\b` it finds the same and takes half the time or less.
"""

from __future__ import annotations

from itertools import groupby

_QUANTIFIERS = tuple("?*+{")
_APART = r"(?<!\w.)"
"""Behind a letter: it began a word. Needs DOTALL."""


def quick(pattern: str) -> str:
    """The pattern with each branch that begins at a word, whose letter is known, beginning with that letter."""
    return "|".join(map(_branch, _branches(pattern)))


def _branch(text: str) -> str:
    if not text.startswith(r"\b"):
        return text
    rest = text[2:]
    if _begins(rest):
        return f"{rest[0]}{_APART}{rest[1:]}"
    end = _end_of_group(rest) if rest.startswith("(?:") else 0
    words = _branches(rest[3 : end - 1]) if end else []
    if not all(map(_begins, words)) or not words or rest.startswith(_QUANTIFIERS, end):
        return text
    alike = groupby(sorted(words, key=lambda word: word[0]), key=lambda word: word[0])  # sorted keeps the order of equals
    found = (f"{first}{_APART}(?:{'|'.join(word[1:] for word in same)})" for first, same in alike)
    return f"(?:{'|'.join(found)}){rest[end:]}"


def _begins(text: str) -> bool:
    """Whether a letter or figure stands first, once."""
    return text[:1].isalnum() and text.isascii() and not text.startswith(_QUANTIFIERS, 1)


def _branches(text: str) -> list[str]:
    """The branches of a pattern, outermost ones only."""
    found, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "|":
            found.append(text[start:at])
            start = at + 1
        at = _next(text, at)
    return [*found, text[start:]]


def _end_of_group(text: str) -> int:
    """Where the group ends that the text begins with."""
    at = 1
    while text[at] != ")":
        at = _next(text, at)
    return at + 1


def _next(text: str, at: int) -> int:
    """The place behind what stands here: an escape, a set, a group or a sign."""
    if text[at] == "\\":
        return at + 2
    if text[at] == "[":
        at += 2 if text[at + 1] == "^" else 1
        while text[at] != "]":
            at += 2 if text[at] == "\\" else 1
        return at + 1
    return at + _end_of_group(text[at:]) if text[at] == "(" else at + 1
