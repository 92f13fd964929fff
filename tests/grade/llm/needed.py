"""What each pattern of the detector needs in a text, worked out from the pattern: `python -m tests.grade.llm.needed` writes it.

A need is a set of short letter groups: wherever the pattern matches, some word (between white space) holds one of them. Ways are
the branches of a pattern; it can only match where all needs of one way are met. Every step below keeps what must be there and
forgets what only may be; how common a group is decides which needs are kept, never whether one holds.
"""

from __future__ import annotations

import json
import re
import re._constants as code
import re._parser as parser
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import fsum
from pathlib import Path
from typing import Any

from evalharness.grade.llm.sieve import EDGES, KEPT, LONGEST, MARK, key_of
from evalharness.grade.llm.signs import PATTERNS

MOST = 400
"""Strings that a piece of a pattern may stand for before it counts as anything at all."""
COMMON = 0.9
"""A need that this share of calls may meet tells nothing."""
BEST = 4
Need = frozenset[str]
NOTHING = frozenset([""])
EDGE = "\0"
"""Where a word begins or ends, in a string of a pattern."""
_EDGES = ("(AT, AT_BOUNDARY)", "(ASSERT_NOT, (-1, [(IN, [(CATEGORY, CATEGORY_WORD)])]))")
_SAMPLES = Path(__file__).parents[3] / "samples" / "calls"


@dataclass(frozen=True)
class Piece:
    """`exact`: every string that it matches (None = too many); `needs`: of each, one stands in whatever it matches."""

    exact: frozenset[str] | None
    needs: frozenset[Need] = frozenset()

    @property
    def all_needs(self) -> frozenset[Need]:
        """Its needs, what it matches exactly among them."""
        return self.needs if self.exact is None or "" in self.exact else self.needs | {self.exact}


ANYTHING = Piece(None)


def ways(pattern: str) -> list[list[list[str]]]:
    """Of each way in which a pattern (lower case, no flag but DOTALL) can match, its needs; [] where some way needs nothing."""
    found = [_telling(piece) for piece in _branches(list(parser.parse(pattern)))]
    return [list(way) for way in dict.fromkeys(tuple(map(tuple, way)) for way in found)] if all(found) else []  # type: ignore[arg-type]


def _telling(piece: Piece) -> list[list[str]]:
    """The rarest needs of a way, the most telling first."""
    grams = {_reduced(map(_gram, need)) for need in piece.all_needs}
    rated = sorted((rate(need), sorted(need)) for need in grams if "" not in need)
    kept: list[list[str]] = []
    for share, need in rated:
        implied = any(all(any(group in more for group in need) for more in other) for other in kept)
        kept += [need] if share < COMMON and not implied else []
    return kept[:BEST]


def _branches(nodes: Sequence[Any], start: str = "") -> list[Piece]:
    """The pieces of a pattern that is nothing but branches; else itself."""
    wide = [node for node in nodes if node[0] is not code.AT]
    start = EDGE if nodes and str(nodes[0]) in _EDGES else start
    if len(wide) == 1 and wide[0][0] is code.SUBPATTERN:
        return _branches(list(wide[0][1][-1]), start)
    if len(wide) == 1 and wide[0][0] is code.BRANCH:
        return [piece for one in wide[0][1][1] for piece in _branches(list(one), start)]
    return [_sequence(nodes, start)]


def rate(need: Iterable[str]) -> float:
    """Which share of some sample calls meets it, and a little more for short groups."""
    groups = set(need)
    if "" in groups:
        return 1.0
    calls = frozenset[int]().union(*map(_calls_with, groups))
    return len(calls) / len(_corpus()) + fsum(0.01 * 0.5 ** len(group) for group in groups)


def _rarity(gram: str) -> float:
    return rate([gram])


@cache
def _calls_with(gram: str) -> frozenset[int]:
    return frozenset(number for number, words in enumerate(_corpus()) if gram in words)


@cache
def _corpus() -> list[str]:
    """The words of some sample calls, marked, a text a call."""
    lines = [line for path in sorted(_SAMPLES.rglob("*.jsonl")) for line in path.read_text().splitlines()][::40]
    return [EDGES.sub(MARK, " ".join(turn["text"] for turn in json.loads(line).get("turns", ())).lower()) for line in lines]


def _gram(text: str) -> str:
    """The rarest word of a string, cut short, with marks where a word is known to begin or end."""
    plain = text.replace(EDGE, "")
    marked = re.sub(r"(?<=\w)(?=[^\w])|(?<=[^\w])(?=\w)", MARK, plain)
    before = MARK if text.startswith(EDGE) and re.match(r"\w", plain) else ""
    behind = MARK if text.endswith(EDGE) and re.search(r"\w\Z", plain) else ""
    words = f"{before}{marked}{behind}".split()
    return min((word[:LONGEST] for word in words), key=_rarity, default="")


def _reduced(grams: Iterable[str]) -> Need:
    """Without those that hold another one."""
    given = set(grams)
    return frozenset(gram for gram in given if not any(other in gram for other in given - {gram}))


def _sequence(nodes: Iterable[Any], start: str = "") -> Piece:
    """`start`: EDGE where a word that begins here is known to begin."""
    run, found, whole = frozenset([start]), set[Need](), True
    for node in nodes:
        piece = _piece(node, EDGE if all(map(_ends_apart, run)) else "")
        if piece.exact is not None and len(run) * len(piece.exact) <= MOST:
            found |= {piece.exact} if "" not in piece.exact else set()
            run = frozenset(first + second for first, second in product(run, piece.exact))
            continue
        found |= {run} if "" not in run else set()
        found |= piece.all_needs
        run, whole = NOTHING, False
    if whole:
        return Piece(run, frozenset(found))
    return Piece(None, frozenset(found | ({run} if "" not in run else set())))


def _ends_apart(text: str) -> bool:
    """Whether a letter behind this would begin a word."""
    return text.endswith(EDGE) or bool(re.search(r"[^\w]\Z", text))


def _piece(node: tuple[Any, Any], start: str) -> Piece:
    kind, value = node
    if str(node) in _EDGES:
        return Piece(frozenset([EDGE]))
    if kind in (code.AT, code.ASSERT, code.ASSERT_NOT):
        return Piece(NOTHING)
    if kind in (code.LITERAL, code.IN):
        return _class([node] if kind is code.LITERAL else value)
    if kind is code.BRANCH:
        return _branch([_sequence(nodes, start) for nodes in value[1]])
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT):
        return _repeat(*value[:2], _sequence(value[2], start if value[1] == 1 else ""))
    return _sequence(value[-1], start) if kind is code.SUBPATTERN else ANYTHING


def _class(members: Iterable[tuple[Any, Any]]) -> Piece:
    given = list(members)
    if any(kind not in (code.LITERAL, code.RANGE) for kind, _ in given):
        return ANYTHING
    spread = (range(value, value + 1) if kind is code.LITERAL else range(value[0], value[1] + 1) for kind, value in given)
    letters = frozenset(chr(one) for part in spread for one in part)
    return Piece(letters) if len(letters) <= 12 else ANYTHING


def _branch(pieces: list[Piece]) -> Piece:
    if all(piece.exact is not None for piece in pieces):
        return Piece(frozenset().union(*(piece.exact or () for piece in pieces)))
    each = [piece.all_needs for piece in pieces]
    if not all(each):
        return ANYTHING
    common = frozenset.intersection(*each)
    best: Need = frozenset().union(*(min(found, key=_of_need) for found in each))
    return Piece(None, common | {best})


def _of_need(need: Need) -> tuple[float, list[str]]:
    return rate(set(map(_gram, need))), sorted(need)


def _repeat(least: int, most: int, piece: Piece) -> Piece:
    if (least, most) == (1, 1):
        return piece
    if (least, most) == (0, 1) and piece.exact is not None:
        return Piece(piece.exact | NOTHING)
    return Piece(None, piece.all_needs) if least else ANYTHING


def table() -> dict[str, list[list[str]]]:
    """Pattern's key -> its ways, the needs of each as words."""
    found = {key_of(pattern): [[" ".join(need) for need in way] for way in ways(pattern)] for pattern in PATTERNS}
    return {key: held for key, held in sorted(found.items()) if held}


def text() -> str:
    """The table as the file holds it, a pattern a line."""
    lines = (f"{json.dumps(key)}:{json.dumps(held, ensure_ascii=False, separators=(',', ':'))}" for key, held in table().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    KEPT.write_text(text(), encoding="utf-8")
    print(f"{KEPT.name}: {len(table())} of {len(PATTERNS)} patterns")
