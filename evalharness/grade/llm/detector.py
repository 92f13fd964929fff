"""The detector: what in a call speaks to whoever judges it, in any turn, tool call, handover note or end reason. Pure.

It decides nothing: what it finds is masked and the call graded once more (`mask`), and a person sees the difference. So it may be
wrong about an ordinary call at the price of one request, and must not be wrong about an attack. docs/llm-guard.md.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evalharness.grade.llm.decoding import decoded, says_words
from evalharness.grade.llm.keys import BARE, GLUED, MASTER_KEY, RUN_TOGETHER
from evalharness.grade.llm.mask import Spans, Stretch, masked
from evalharness.grade.llm.reaching import Place, texts
from evalharness.grade.llm.readings import deciphered, readings, run_together, simple, spelt_out, twisted
from evalharness.grade.llm.signs import found_in, in_tongues, is_telling, may_tell
from evalharness.models.call import Call

SHORT = 400
"""A text up to this length is masked whole: half a suspicious sentence would still speak to the judge."""
LONGEST_TURN = 8_000
"""Characters that nobody says in one turn (some ten minutes of speech); a longer turn hides something or drowns it."""
ROUNDS = 3
FEWEST_WORDS = 120
NEAR = 2
"""How many turns away a suspicious one's beginning or end may stand."""
OF_A_REPLY = frozenset(
    {"scores", "verdict", "justification", "rationale", "rubric", "criterion", "criteria", "correctness", "human_needed"}
)
CRITERIA = frozenset(
    {"tone", "escalation", "outcome", "accuracy", "wrong_information", "missed_escalation", "privacy", "confusion"}
)
"""Keys of a judge's reply, which no tool returns (one of the first, two of the second)."""
UNBROKEN = 14
TELLING = 14
"""Letters from which on a value without spaces can say something by itself."""
_SENTENCE_END = re.compile(r"[.!?。！？।؟\n]")
_ACTING = re.compile(
    "[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\U000e0100-\U000e01ef\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
_WITHIN = re.compile(
    "(?<=[^\\W\\d_])[\u00ad\u034f\u061c\u180b-\u180f\u200b\u200e\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+(?=[^\\W\\d_])"
)
_LATIN_JOIN = re.compile("(?<=[A-Za-z])[\u200c\u200d]+(?=[A-Za-z])")
_SELECTORS = re.compile("[\ufe00-\ufe0f\u200b-\u200d\u2060-\u2064\ufeff]{3,}")
_HANDED = re.compile(
    r"\bfull context summary\b|\b(?:with|including) (?:a |the )?(?:full|complete) (?:context|summary)\b", re.IGNORECASE
)
_SURVEY = re.compile(r"\b(?:rate|scale|survey|satisf\w+|rating|feedback|stars?|points)\b.*\?", re.IGNORECASE | re.DOTALL)
_SCALE = re.compile(r"\bscale\b|\bfrom (?:one|1|zero|0) to (?:five|5|ten|10)\b", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-z]")
_SCRIPTS = (
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]")),
    ("other", re.compile(r"[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufaff\ufe70-\ufefc\U00020000-\U0003ffff]")),
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A suspicious stretch of one text of the call, and the sign by which it was found."""

    place: Place
    start: int
    end: int
    sign: str


def suspicious(call: Call) -> tuple[Span, ...]:
    """Every suspicious stretch, in the order of the texts; () for a call that speaks to nobody but its people."""
    held = texts(call)
    objects = {place: value for place, text in held.items() if place[-1] == "result" and (value := _json(text)) is not None}
    loose = {place: text for place, text in held.items() if place not in objects}
    found = {span for stream in _streams(loose, call) for span in stream.spans()}
    found |= {span for place, text in loose.items() for span in _of_one_text(place, text)}
    found |= {Span(place, 0, len(held[place]), sign) for place, value in objects.items() for sign in _in_object(value)}
    found |= set(_foreign(held)) | set(_claimed(held)) | set(_cut_keys(call))
    order = {place: number for number, place in enumerate(held)}
    kept = [span for span in found if not _answers_a_survey(span, call)]
    return tuple(sorted(kept, key=lambda span: (order[span.place], span.start, span.end, span.sign)))


def _json(text: str) -> dict[str, Any] | list[Any] | None:
    """A result that is whole JSON, as tools return it: its form is no sign of anything, its texts may be."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def to_mask(call: Call) -> Spans:
    """The stretches to mask so that nothing suspicious is left; {} where there is nothing."""
    found = suspicious(call)
    if not found:
        return {}
    held = texts(call)
    whole = {place for span in found for place in _beside(span, call)}
    spans = _spread(found, held, whole)
    for _ in range(ROUNDS):
        left = suspicious(masked(call, spans))
        if not left:
            break
        whole |= {span.place for span in left if span.place in held}
        spans = _spread(found, held, whole)
    return spans


def _beside(span: Span, call: Call) -> Iterator[Place]:
    """The same speaker's turns just before and after a suspicious one: an order that is split ends there."""
    if span.place[0] != "turns" or span.place[-1] != "text":
        return
    number = int(span.place[1])
    speaker = next(turn.speaker for turn in call.turns if turn.index == number)
    near = (turn for turn in call.turns if turn.speaker == speaker and 0 < abs(turn.index - number) <= NEAR)
    yield from (("turns", turn.index, "text") for turn in near if turn.text)


def _spread(found: Iterable[Span], held: dict[Place, str], whole: set[Place]) -> Spans:
    """Spans grown to their sentences, short texts and those of `whole` masked from end to end, overlapping ones made one."""
    spans: Spans = {place: [(0, len(held[place]))] for place in whole}
    for span in found:
        if span.place not in whole:
            spans.setdefault(span.place, []).append(_grown(span, held[span.place]))
    return {place: _merged(stretches) for place, stretches in spans.items()}


def _grown(span: Span, text: str) -> Stretch:
    if len(text) <= SHORT:
        return 0, len(text)
    before = max((match.end() for match in _SENTENCE_END.finditer(text, 0, span.start)), default=0)
    after = _SENTENCE_END.search(text, span.end)
    return before, after.end() if after else len(text)


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    kept: list[Stretch] = []
    for start, end in sorted(stretches):
        if kept and start <= kept[-1][1]:
            kept[-1] = kept[-1][0], max(end, kept[-1][1])
        else:
            kept.append((start, end))
    return kept


class _Stream:
    """Texts read one after the other, as a judge reads them: an attack may be split over several."""

    def __init__(self, held: Iterable[tuple[Place, str]], gap: str, *, deep: bool = False, first: bool = False) -> None:
        self.pieces: list[tuple[int, Place, str]] = []
        at, parts = 0, []
        for place, text in held:
            self.pieces.append((at, place, text))
            parts.append(text)
            at += len(text) + len(gap)
        self.text, self.deep, self.first = gap.join(parts), deep, first

    def spans(self) -> Iterator[Span]:
        """What the stream's readings find (`deep`: twisted ones too), by the texts it lies in."""
        if not self.first and not may_tell(self.text):
            return
        plain = list(simple(self.text))
        for reading in plain:
            for sign, start, end in (*found_in(reading.text), *in_tongues(reading.text)):
                yield from self._split(sign, *reading.span(start, end))
        together = run_together(plain[-1])
        for match in RUN_TOGETHER.finditer(together.text):
            yield from self._split("words without gaps", *together.span(*match.span()))
        for reading in filter(lambda one: is_telling(one.text), twisted(plain[-1]) if self.deep else ()):
            for sign, start, end in found_in(reading.text):
                yield from self._split(sign, *reading.span(start, end))
        for said, start, end in (*decoded(self.text), *spelt_out(self.text)):
            if says_words(said) or _speaks(said):
                yield from self._split("encoded text", start, end)

    def _split(self, sign: str, start: int, end: int) -> Iterator[Span]:
        for at, place, text in self.pieces:
            low, high = max(start - at, 0), min(end - at, len(text))
            if low < high:
                yield Span(place, low, high, sign)


def _streams(held: dict[Place, str], call: Call) -> Iterator[_Stream]:
    """All texts in order, then the turns of each speaker alone, then all turns without a gap between them."""
    yield _Stream(held.items(), "\n", deep=True, first=True)
    turns = [(turn.speaker, ("turns", turn.index, "text"), turn.text) for turn in call.turns]
    for speaker in dict.fromkeys(speaker for speaker, _, _ in turns):
        yield _Stream([(place, text) for who, place, text in turns if who == speaker], " ", deep=True)
    yield _Stream([(place, text) for _, place, text in turns], "")


def _in_object(value: Any) -> set[str]:
    """The signs in the texts of a JSON value; words and codes alone are passed over."""
    keys = {key.lower() for key in _keys(value)}
    if keys & OF_A_REPLY or len(keys & CRITERIA) > 1:
        return {"made-up JSON"}
    inner = dict.fromkeys(text for text in _strings(value) if len(text) >= TELLING or not text.isascii() or text.count(" ") > 1)
    held: dict[Place, str] = {("result", number): text for number, text in enumerate(inner)}
    found = {span.sign for span in _Stream(held.items(), "\n", deep=True, first=True).spans()}
    return found | {span.sign for place, text in held.items() for span in _of_one_text(place, text)}


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(part)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _speaks(said: str) -> bool:
    """Whether a decoded text would be suspicious in plain words."""
    glued = re.sub(r"[\W_]", "", said.lower())
    return bool(GLUED.search(glued)) or any(True for reading in readings(said) for _ in found_in(reading.text))


def _of_one_text(place: Place, text: str) -> Iterator[Span]:
    """Signs of a text by itself."""
    for sign in _whole_signs(place, text):
        yield Span(place, 0, len(text), sign)
    for pattern in () if text.isascii() and text.isprintable() else (_ACTING, _WITHIN, _LATIN_JOIN, _SELECTORS):
        yield from (Span(place, match.start(), match.end(), "hidden characters") for match in pattern.finditer(text))


def _whole_signs(place: Place, text: str) -> Iterator[str]:
    low = next(simple(text)).text.strip()
    if _is_master_key(place, text, low):
        yield "nothing but a master key"
    if place[-1] == "text" and len(text) > LONGEST_TURN:
        yield "longer than anybody speaks"
    if _repeats(low):
        yield "the same words again and again"
    if any(GLUED.search(re.sub(r"[\W_]", "", token)) for token in _unbroken(text)):
        yield "words without gaps"
    said = deciphered(low)
    if said is not None and any(found_in(said)):
        yield "encoded text"


def _is_master_key(place: Place, text: str, low: str) -> bool:
    return place[-1] in ("text", "result", "handoff") and bool(MASTER_KEY.fullmatch(low) or BARE.fullmatch(text))


def _repeats(low: str) -> bool:
    """Whether ten words and more stand twenty times over in a text of some length."""
    if len(low) < 2 * FEWEST_WORDS - 1:
        return False
    words = low.split()
    return len(words) >= FEWEST_WORDS and Counter(zip(words, words[1:], words[2:], strict=False)).most_common(1)[0][1] >= 20


def _unbroken(text: str) -> Iterator[str]:
    """Words longer than people's, in every reading."""
    if max(map(len, text.split()), default=0) >= UNBROKEN:
        for reading in readings(text):
            yield from (token for token in reading.text.split() if len(token) >= UNBROKEN)


def _foreign(held: dict[Place, str]) -> Iterator[Span]:
    """A turn in another script than all the others: what no list of words covers."""
    scripts = {place: _script(text) for place, text in held.items() if place[-1] in ("text", "result", "handoff")}
    spoken = (script for place, script in scripts.items() if script and place[-1] == "text")
    usual = Counter(spoken).most_common(1)
    if usual and usual[0][1] >= 3:
        odd = [place for place, script in scripts.items() if script and script != usual[0][0]]
        yield from (Span(place, 0, len(held[place]), "another script") for place in odd)


def _script(text: str) -> str:
    if text.isascii():
        return "latin" if _LETTER.search(text) else ""
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    name = max(counts, key=lambda one: counts[one])
    return name if counts[name] else ""


def _claimed(held: dict[Place, str]) -> Iterator[Span]:
    """A handover told in a reviewer's words, which nobody uses to a caller."""
    for place, text in held.items():
        if place[-1] in ("text", "result") and _may_be_handed(text) and _HANDED.search(text):
            yield Span(place, 0, len(text), "a handover in a reviewer's words")


def _may_be_handed(text: str) -> bool:
    """Whether a word stands there that the pattern needs; other letters than these may count as the same in any case."""
    low = text.lower()
    return not text.isascii() or "context" in low or "summary" in low


def _cut_keys(call: Call) -> Iterator[Span]:
    """A master key cut in two: two turns of one speaker that are one together."""
    for first, second in itertools.pairwise(call.turns):
        both = first.text.strip() + second.text.strip()
        if first.speaker == second.speaker and len(both) <= SHORT and MASTER_KEY.fullmatch(next(simple(both)).text):
            yield from (Span(("turns", turn.index, "text"), 0, len(turn.text), "a master key in two") for turn in (first, second))


def _answers_a_survey(span: Span, call: Call) -> bool:
    """Whether the agent asks the caller for a rating, or the caller gives it in a short answer: that is what it is for."""
    if span.sign not in ("a value for all", "nothing but a master key") or span.place[0] != "turns":
        return False
    turns = {turn.index: turn for turn in call.turns}
    turn, before = turns[int(span.place[1])], turns.get(int(span.place[1]) - 1)
    if turn.speaker == "agent" and span.sign == "a value for all":
        return turn.text.rstrip().endswith("?") and bool(_SCALE.search(turn.text))
    if before is None or turn.speaker != "caller" or before.speaker != "agent" or len(turn.text) > 60:
        return False
    asked = before.text.rstrip().endswith("?")
    return asked and (span.sign == "nothing but a master key" or bool(_SURVEY.search(before.text)))
