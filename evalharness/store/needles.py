"""Many texts looked for at once in bytes, in every way they may be written there.

A text of up to 32 letters is looked for whole, a longer one in overlapping pieces of 24, so that a part that was quoted (32
letters or more), or cut by the page of a database, is found too. Each is looked for as UTF-8, UTF-16 of both orders, escaped once
and twice as JSON has it, as HTML, and as CSV. Shorter than 8 bytes: not looked for.

The anchor of a pattern is 8 bytes of it. All windows of 8 bytes of the haystack go through a table of 2^22 hashes, and only what
is in the table is compared in full (Rabin and Karp 1987, with eight shifted views of the bytes in place of a rolling hash).
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST = 8
WHOLE, PIECE, STEP = 32, 24, 8
MOST = 100_000
"""So many pieces are looked for; of more an even part."""
_WORD = re.compile(r"[a-z_\-]{1,24}")
_BITS = 22
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def pieces(texts: Iterable[str]) -> list[str]:
    """The texts as they are looked for, each once, in the order given."""
    found: dict[str, None] = {}
    for text in texts:
        if len(text) <= WHOLE:
            found[text] = None
        else:
            starts = [*range(0, len(text) - PIECE, STEP), len(text) - PIECE]
            found.update(dict.fromkeys(text[start : start + PIECE] for start in starts))
    return [one for one in found if len(one.strip().encode("utf-8", "surrogatepass")) >= SHORTEST and not _WORD.fullmatch(one)]


def forms(text: str) -> set[bytes]:
    """Every way the text may be written."""
    once = {json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]}
    twice = {json.dumps(one, ensure_ascii=False)[1:-1] for one in once}
    page = html.escape(text)
    pages = {page, html.escape(text, quote=False), page.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")}
    found = {one.encode("utf-8", "surrogatepass") for one in {text, text.replace('"', '""'), *pages, *once, *twice}}
    return found | {text.encode(code, "surrogatepass") for code in ("utf-16-le", "utf-16-be")}


class Needles:
    """The pieces and where they are. Memory: about 1 KB a piece."""

    def __init__(self, given: Sequence[str]) -> None:
        step = -(-len(given) // MOST) if given else 1
        self.pieces, self.of = list(given[::step]), len(given)
        self.longest = SHORTEST
        self._at: dict[int, list[tuple[bytes, int, int]]] = defaultdict(list)
        for number, piece in enumerate(self.pieces):
            for form in forms(piece):
                self._add(form, number)
        anchors = np.fromiter(self._at, dtype=np.uint64, count=len(self._at))
        self._table = np.zeros(1 << _BITS, dtype=bool)
        self._table[_hashes(anchors)] = True

    def _add(self, form: bytes, number: int) -> None:
        place = (len(form) - SHORTEST) // 2
        self._at[int.from_bytes(form[place : place + SHORTEST], "little")].append((form, place, number))
        self.longest = max(self.longest, len(form))

    def without(self, numbers: set[int]) -> Needles:
        """The same without these pieces."""
        return Needles([piece for number, piece in enumerate(self.pieces) if number not in numbers])

    def find(self, data: bytes) -> Iterator[tuple[int, int]]:
        """(number of the piece, place) of every occurrence."""
        for shift in range(min(SHORTEST, max(len(data) - SHORTEST + 1, 0))) if self.pieces else ():
            count = (len(data) - shift) // SHORTEST
            windows = np.frombuffer(data, dtype="<u8", count=count, offset=shift)
            for index in np.flatnonzero(self._table[_hashes(windows)]):
                yield from self._compared(data, int(windows[index]), shift + SHORTEST * int(index))

    def _compared(self, data: bytes, anchor: int, at: int) -> Iterator[tuple[int, int]]:
        for form, place, number in self._at.get(anchor, ()):
            if at >= place and data.startswith(form, at - place):
                yield number, at - place

    def within(self, texts: Sequence[str | None]) -> set[int]:
        """The places in the list of the texts that hold any piece."""
        held = [(text or "").encode("utf-8", "surrogatepass") for text in texts]
        starts = np.cumsum([0, *(len(one) + SHORTEST for one in held)])
        data = (b"\x00" * SHORTEST).join(held)
        return {int(np.searchsorted(starts, at, side="right")) - 1 for _, at in self.find(data)}


def _hashes(windows: NDArray[np.uint64]) -> NDArray[np.uint64]:
    found: NDArray[np.uint64] = (windows * _FACTOR) >> np.uint64(64 - _BITS)
    return found
