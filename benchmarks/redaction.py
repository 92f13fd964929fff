"""`python -m benchmarks.redaction [--half dev|held_out|all] [--wrong] [--speed]`: what redaction finds and misses.

The items are the labelled lines of tests/collect/privacy/spoken_lines.txt, which were written before the rules and apart from
them. Half of them, by a hash of the line (`dev`), may be looked at while the rules are worked on; the rest is `held_out`.
Each item goes through redact_call as a call of its own, and what would be stored is judged:

  recall       labelled spans of which no word is left (words such as "uh" and "then" apart) / labelled spans
  named        of the spans that are gone, those under the right category
  precision    replacements that touch a labelled span / replacements
  false alarms clean items in which anything was replaced / clean items

--speed: microseconds a turn in calls of 20 turns, made of the clean items and of the others (the median of some rounds).
"""

from __future__ import annotations

import argparse
import hashlib
import re
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from evalharness.collect.privacy.findings import ALL_CATEGORIES
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.privacy.redact_call import redact_call
from evalharness.collect.privacy.words import listed
from evalharness.collect.rows import CATEGORIES
from evalharness.models.call import Call, Speaker, Turn

LINES = Path(__file__).resolve().parents[1] / "tests" / "collect" / "privacy" / "spoken_lines.txt"
NUMBERS = ("phone", "card", "account", "ssn", "dob")
CORE = (*NUMBERS, "email")
_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")
_PSEUDONYM = re.compile(r"\[(\w+)-[0-9a-f]{4}[^\]]*\]")
_IDLE = listed("uh um er äh ähm and then und dann dash okay ok no nein wait moment sorry hang on hold the of am der like minus")
"""Words within a span that tell nothing."""


class Span(NamedTuple):
    """text[start:end] of turn `turn` is personal, or was replaced."""

    turn: int
    start: int
    end: int
    category: str


@dataclass(frozen=True)
class Item:
    """A labelled exchange: who said what, and what of it is personal."""

    language: str
    half: str
    turns: tuple[tuple[str, str], ...]
    spans: tuple[Span, ...]


def items(half: str = "all") -> Iterator[Item]:
    """The labelled items of a half ("dev", "held_out") or of both ("all")."""
    for line in LINES.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        found = "dev" if hashlib.sha256(line.encode()).digest()[0] % 2 else "held_out"
        if half in (found, "all"):
            yield _item(line, found)


def _item(line: str, half: str) -> Item:
    language, _, said = line.partition(" ")
    turns, spans = [], []
    for index, turn in enumerate(said.split(" // ")):
        speaker, _, marked = turn.partition(": ")
        text, position = "", 0
        for mark in _MARK.finditer(marked):
            text += marked[position : mark.start()]
            spans.append(Span(index, len(text), len(text) + len(mark[2]), mark[1]))
            text, position = text + mark[2], mark.end()
        turns.append((speaker, text + marked[position:]))
    return Item(language, half, tuple(turns), tuple(spans))


def call_of(item: Item) -> Call:
    """The item as a call."""
    turns = tuple(Turn(index=i, speaker=_speaker(speaker), text=text) for i, (speaker, text) in enumerate(item.turns))
    return Call(id="c1", source="demo", started_at=datetime(2026, 11, 16, 9, tzinfo=UTC), turns=turns, language=item.language)


def _speaker(name: str) -> Speaker:
    return "caller" if name == "caller" else "agent"


def replaced(item: Item, redactor: Redactor) -> list[Span]:
    """What redact_call replaces in the item, seen from the stored text alone."""
    kept = redact_call(call_of(item), redactor)
    redactor.reset()
    return [span for i, turn in enumerate(kept.turns) for span in _replaced(i, item.turns[i][1], turn.text)]


def _replaced(index: int, before: str, after: str) -> Iterator[Span]:
    marks = list(_PSEUDONYM.finditer(after))
    if not marks:
        assert before == after, "text was changed that is no pseudonym"
        return
    literals = re.split(r"\[\w+-[0-9a-f]{4}[^\]]*\]", after)
    match = re.fullmatch("(.+?)".join(map(re.escape, literals)), before, re.DOTALL)
    assert match, "text was changed that is no pseudonym"
    for group, mark in enumerate(marks, 1):
        yield Span(index, *match.span(group), mark[1])


def gone(item: Item, span: Span, found: Iterable[Span]) -> bool:
    """Whether no telling word of the span is left."""
    text = item.turns[span.turn][1]
    hit = [one for one in found if one.turn == span.turn]
    words = [match for match in re.finditer(r"[^\W_]+", text) if span.start <= match.start() < span.end]
    return all(
        word[0].lower() in _IDLE or any(one.start <= word.start() and word.end() <= one.end for one in hit) for word in words
    )


def touches(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.turn == other.turn and one.start < other.end and other.start < one.end


@dataclass
class Tally:
    """Counts of one category in one language."""

    spans: int = 0
    gone: int = 0
    named: int = 0
    replaced: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        """gone / spans; only where there are spans."""
        return self.gone / self.spans


class Score(NamedTuple):
    """`tallies`: by (category, language). `wrong`: what went wrong, in words."""

    tallies: dict[tuple[str, str], Tally]
    clean: int
    touched: int
    wrong: list[str]

    def recall(self, *categories: str) -> float:
        """Over all spans of these categories in all languages."""
        rows = [row for (category, _), row in self.tallies.items() if category in categories]
        return sum(row.gone for row in rows) / sum(row.spans for row in rows)

    @property
    def precision(self) -> float:
        """Over all replacements."""
        return sum(row.right for row in self.tallies.values()) / sum(row.replaced for row in self.tallies.values())


def scored(found: Iterable[Item], redactor: Redactor) -> Score:
    """The figures of these items under this redactor."""
    tallies: dict[tuple[str, str], Tally] = {}
    wrong: list[str] = []
    clean = touched = 0
    for item in found:
        hits = replaced(item, redactor)
        clean += not item.spans
        touched += bool(hits) and not item.spans
        wrong += _take(item, hits, tallies)
    return Score(tallies, clean, touched, wrong)


def _take(item: Item, hits: list[Span], tallies: dict[tuple[str, str], Tally]) -> Iterator[str]:
    for span in item.spans:
        row = tallies.setdefault((span.category, item.language), Tally())
        is_gone = gone(item, span, hits)
        is_named = is_gone and any(hit.category == span.category and touches(hit, span) for hit in hits)
        row.spans, row.gone, row.named = row.spans + 1, row.gone + is_gone, row.named + is_named
        if not is_gone:
            yield f"missed {span.category}: {_shown(item, hits)}"
        elif not is_named:
            yield f"misnamed {span.category}: {_shown(item, hits)}"
    for hit in hits:
        row = tallies.setdefault((hit.category, item.language), Tally())
        right = any(touches(hit, span) for span in item.spans)
        row.replaced, row.right = row.replaced + 1, row.right + right
        if not right:
            yield f"taken as {hit.category}: {_shown(item, hits)}"


def _shown(item: Item, hits: list[Span]) -> str:
    parts = []
    for index, (speaker, text) in enumerate(item.turns):
        shown = text
        for hit in sorted((one for one in hits if one.turn == index), reverse=True):
            shown = f"{shown[: hit.start]}[{hit.category}: {shown[hit.start : hit.end]}]{shown[hit.end :]}"
        parts.append(f"{speaker}: {shown}")
    return " // ".join(parts)


def table(score: Score) -> Iterator[str]:
    """The figures as lines."""
    yield f"  {'category':9}{'language':>9}{'spans':>7}{'recall':>8}{'named':>7}{'replaced':>10}{'precision':>11}"
    for (category, language), row in sorted(score.tallies.items()):
        recall = f"{row.recall:.2f}" if row.spans else "-"
        named = f"{row.named / row.gone:.2f}" if row.gone else "-"
        precision = f"{row.right / row.replaced:.2f}" if row.replaced else "-"
        yield f"  {category:9}{language:>9}{row.spans:7}{recall:>8}{named:>7}{row.replaced:10}{precision:>11}"
    yield f"  numbers and email: recall {score.recall(*CORE):.3f}; all kinds: recall {score.recall(*ALL_CATEGORIES):.3f}"
    share = score.touched / score.clean
    yield f"  precision {score.precision:.3f}; clean items touched: {score.touched} of {score.clean} = {share:.1%}"


def _speed(redactor: Redactor, rounds: int = 15) -> Iterator[str]:
    for name, clean in (("clean", True), ("with personal data", False)):
        turns = [turn for item in items() if bool(item.spans) != clean for turn in item.turns]
        calls = [call_of(Item("en", "all", tuple(turns[i : i + 20]), ())) for i in range(0, len(turns) - 19, 20)]
        times = []
        for _ in range(rounds):
            start = time.process_time()
            for call in calls:
                redact_call(call, redactor)
                redactor.reset()
            times.append(time.process_time() - start)
        yield f"  {name}: {statistics.median(times) / len(calls) / 20 * 1e6:.1f} us a turn ({len(calls)} calls of 20 turns)"


def main() -> int:
    """Prints the figures of the categories on by default, and of all of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--half", choices=("dev", "held_out", "all"), default="all")
    options.add_argument("--wrong", action="store_true", help="print every item that went wrong")
    options.add_argument("--speed", action="store_true", help="print what a turn costs too")
    given = options.parse_args()
    for name, categories in (("on by default", CATEGORIES), ("with name and address", ALL_CATEGORIES)):
        redactor = Redactor(b"k" * 32, frozenset(categories))
        score = scored(items(given.half), redactor)
        lines = [f"{name}: {', '.join(categories)} ({given.half})", *table(score)]
        lines += [f"    {line}" for line in score.wrong if given.wrong]
        print("\n".join([*lines, *(_speed(redactor) if given.speed else ()), ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
