"""Numbers the agent speaks against what the log knows: tool results and arguments so far, and the words of the others.

`matched`: it stands there. `derived`: it follows from a few amounts that do (a sum, a difference, a small multiple): nobody
checked that it was meant so. `contradicted`: it stands nowhere, and (a) it is said of the one thing of which the tools of this
very reply told another value, and none that the turn says, (b) it is read back and differs from the caller's one value of the
kind, (c) a code of the same length differs in one character or in two neighbours changed about; or, wherever it stands, (d) it is
said to be booked and the tools of the reply were given one other value.
`unsupported`: nowhere in the log; what an agent knows from its instructions is not in the log either, so that this is no mistake
by itself. A value counts once a call. None of the four, since it may be right: a time where the tools tell clocks of UTC or
seconds, a clear number where a pseudonym may stand for it. Where a tool call has no result or no arguments in the log, nothing is
compared: what is missing might hold it. Of the call's own day the date is known, of its metadata nothing. Not for languages other
than English and German: nothing is read there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from evalharness.grade.measured.facts_codes import plain
from evalharness.grade.measured.facts_hidden import alike, hidden_in, is_hidden
from evalharness.grade.measured.facts_known import FEW, Known
from evalharness.grade.measured.facts_source import Source
from evalharness.grade.measured.facts_tied import of_the_house, tied, worked_out
from evalharness.grade.measured.found import Figure, Found
from evalharness.grade.measured.spoken_numbers import facts_in, language_of
from evalharness.grade.measured.spoken_reader import Fact
from evalharness.grade.measured.tool_results import gives_result
from evalharness.grade.measured.voice_spoken import speech_of
from evalharness.models.call import Call, ToolCall, Turn
from evalharness.models.fact_rules import FactRules
from evalharness.models.finding import Finding
from evalharness.models.measuring import Measuring

APART = 16
STATES = ("matched", "derived", "contradicted", "unsupported")
MOST_TOOLS = 24
"""So many tool calls are one reply's at most."""
ENDING = (
    "ending",
    "ends in",
    "ends with",
    "last four",
    "last 4",
    "last three",
    "last 3",
    "last digits",
    "endet",
    "endend",
    "letzten",
)
FRAGMENTS = 8
"""So many turns of the caller in a row are read as one: a transcript may cut a sentence into pieces."""
FIGURES: Mapping[str, Figure] = {
    "numbers_spoken": Figure("count", "amounts, times, dates, phone and reference numbers the agent says", bad=False),
    "numbers_matched": Figure("count", "numbers the agent says that tools or the caller gave", bad=False),
    "numbers_derived": Figure("count", "amounts the agent says that follow from a few that tools or the caller gave", bad=False),
    "numbers_contradicted": Figure("count", "numbers the agent says where tools or the caller gave another value"),
    "numbers_unsupported": Figure("count", "numbers the agent says that stand nowhere in the log"),
}


@dataclass(slots=True)
class _Told:
    """What was given before the agent's words: everything; by the tools of this reply, as (arguments, result) one after the
    other; by the caller's last words. `said`: amounts the agent said that stand there; `names`: of the tools of this reply."""

    all: Known = field(default_factory=Known)
    tools: list[Source] = field(default_factory=list)
    words: list[Source] = field(default_factory=list)
    said: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    _made: dict[str, Known] = field(default_factory=dict)

    def heard(self, said: Source) -> None:
        """The caller's words begin another reply."""
        self.tools, self.words, self.names, self._made = [], [said], [], {}
        self.all.sources.append(said)

    def used(self, name: str, given: Source, result: Source) -> None:
        """A tool's arguments and result."""
        self.tools += (given, result)
        self.names.append(name)
        if len(self.names) > MOST_TOOLS:
            self.tools, self.names = self.tools[-2 * MOST_TOOLS :], self.names[-MOST_TOOLS:]
        self.all.sources += (given, result)
        self._made = {}

    @property
    def reply(self) -> Known:
        """What the tools of this reply were given and gave."""
        return self._known("reply", self.tools)

    @property
    def given(self) -> Known:
        """What they were given."""
        return self._known("given", self.tools[::2])

    @property
    def results(self) -> Known:
        """What they gave."""
        return self._known("results", self.tools[1::2])

    @property
    def text(self) -> str:
        """The names of the tools of this reply, what they were given and gave, in small letters."""
        return " ".join((*self.names, *(source.told for source in self.tools))).lower()

    @property
    def caller(self) -> Known:
        """What the caller said last."""
        return self._known("caller", self.words)

    def _known(self, name: str, sources: list[Source]) -> Known:
        """Made where a value is to be compared: most values are found among everything."""
        if name not in self._made:
            self._made[name] = Known(sources)
        return self._made[name]


class _Spoken(NamedTuple):
    """A turn of the agent with its facts, and the turns before it, in order, that were not yet read; `small`: its words in
    small letters; `booked`: it says what was booked."""

    turn: Turn
    facts: list[Fact]
    since: list[Turn]
    small: str
    booked: bool

    @property
    def ends(self) -> bool:
        """Whether it speaks of the end of a number."""
        return any(words in self.small for words in ENDING)

    def alike(self, fact: Fact) -> list[Fact]:
        """Its facts of the kind of this one."""
        return [said for said in self.facts if said.kind == fact.kind]


_State = tuple[str | None, int | None]
"""The state of a value and the turn that gave another one; None: it cannot be told, or was told before."""


def detect(call: Call, settings: Measuring) -> Found:
    """The figures and findings of this call."""
    if language_of(call.language) is None or not any(turn.speaker == "agent" and turn.text.strip() for turn in call.turns):
        return Found()
    spoken = list(_spoken(call, settings.facts))
    count = sum(len(one.facts) for one in spoken)
    found = Found({"numbers_spoken": float(count)})
    tools = [tool for turn in call.turns for tool in turn.tool_calls]
    if any((tool.result is None or tool.arguments is None) and gives_result(tool) for tool in tools):
        return found
    states, told = _compared(call, spoken, settings.facts, found)
    if count and not states:
        return found
    others = not tools and any(source.spoken and (source.values.facts or source.values.hidden) for source in told.all.sources)
    if not count or tools or others:
        found.values |= {"numbers_contradicted": float(states.count("contradicted"))}
    if not count or tools:
        found.values |= {f"numbers_{state}": float(states.count(state)) for state in STATES if state != "contradicted"}
    found.findings = [one for one in found.findings if one.measure in found.values]
    return found


def _spoken(call: Call, rules: FactRules) -> Iterator[_Spoken]:
    """The agent's turns that hold facts."""
    since: list[Turn] = []
    language, words = call.language, {id(one.turn): one.words for one in speech_of(call).agent}
    for turn in call.turns:
        since.append(turn)
        if turn.speaker != "agent":
            continue
        text = turn.text
        facts = facts_in(text, language, words.get(id(turn)))
        if "[" in text:
            facts += hidden_in(text)
        if facts:
            small = text.lower()
            yield _Spoken(turn, facts, since, small, any(words in small for words in rules.booked))
            since = []


def _compared(call: Call, spoken: list[_Spoken], rules: FactRules, found: Found) -> tuple[list[str], _Told]:
    """The state of each value the first time it is said, and what it was compared with; findings for what is not known."""
    told, states, seen = _Told(), [], dict[tuple[str, str], bool]()
    if spoken:
        told.all.know(Fact("date", f"{call.started_at:%Y-%m-%d}"), spoken[0].turn.index)
    for one in spoken:
        _listen(told, one.since, call.language)
        known = [seen.get(fact[:2]) or told.all.has(fact, ending=fact.kind == "code" and one.ends) for fact in one.facts]
        said = [fact for fact, is_known in zip(one.facts, known, strict=True) if is_known and fact.kind == "amount"]
        for fact, is_known in zip(one.facts, known, strict=True):
            before = fact[:2] in seen
            seen[fact[:2]] = is_known
            if not one.booked and (before or is_known):
                states += [] if before else ["matched"]
                continue
            state, source = _state(
                fact, one, told, _Asked(rules, call.language, _beside(fact, said, told.said), is_known, before)
            )
            if state is None:
                continue
            states.append(state)
            if state in ("contradicted", "unsupported"):
                turns = tuple(sorted({one.turn.index, source if source is not None else one.turn.index}))
                found.findings.append(Finding(measure=f"numbers_{state}", turns=turns, state=state, note=fact.kind))
        if said:
            told.said = [*told.said, *(_amount(fact) for fact in said)][-FEW:]
    return states, told


def _beside(fact: Fact, said: list[Fact], before: list[float]) -> list[float]:
    """The known amounts that are said nearest to this one in its turn, then those of the turns before, a few in all."""
    if fact.kind != "amount":
        return []
    near = sorted(said, key=lambda one: abs(one.span[0] - fact.span[0]))[:FEW]
    return [*map(_amount, near), *before[len(before) - FEW + len(near) :]]


def _amount(fact: Fact) -> float:
    return float(fact.value.split("|")[0])


def _listen(told: _Told, turns: list[Turn], language: str | None) -> None:
    """Takes in the turns up to the agent's words. The caller's words in a row are read as one; they begin another reply."""
    words: deque[str] = deque(maxlen=FRAGMENTS)
    for turn in turns:
        if turn.speaker == "caller":
            words.append(turn.text)
            told.heard(Source(" ".join(words), turn.index, language, spoken=True))
        elif turn.speaker != "agent":
            told.all.sources.append(Source(turn.text, turn.index, language, spoken=True))
        elif turn.text.strip():
            words.clear()
        for tool in turn.tool_calls:
            _take_tool(told, tool, turn.index, language)


def _take_tool(told: _Told, tool: ToolCall, turn: int, language: str | None) -> None:
    """Arguments are known too, but are the agent's own: only where a result has no value of a kind do they count as given."""
    given = Source(f"{tool.arguments}", turn, language, spoken=False)
    told.used(tool.name, given, Source(tool.result or "", turn, language, spoken=False))


class _Asked(NamedTuple):
    """The rules and the language of a call; of one value whether it is known, whether it was said before, and the amounts said
    beside it that are known."""

    rules: FactRules
    language: str | None
    beside: list[float]
    known: bool
    before: bool


def _state(fact: Fact, one: _Spoken, told: _Told, asked: _Asked) -> _State:
    """The state of a value; None for one that cannot be told, or was said before and is nowhere booked wrongly."""
    if fact.kind in ("time", "date") and not is_hidden(fact) and (other := _booked(fact, one, told)) is not None:
        return ("contradicted", other)
    if asked.before or asked.known:
        return (None if asked.before else "matched", None)
    if _may_be_right(fact, told.all):
        return (None, None)
    if fact.kind == "amount" and any(told.all.follows(float(reading), asked.beside) for reading in fact.readings):
        return ("derived", None)
    source = _other(fact, one, told, asked)
    return ("unsupported", None) if source is None else ("contradicted", source)


def _may_be_right(fact: Fact, known: Known) -> bool:
    """Whether a clock of another zone, or a pseudonym, may stand for it."""
    if is_hidden(fact):
        return False
    if (fact.kind in ("time", "date") and known.other_clock) or known.logs(fact):
        return True
    return fact.kind in ("phone", "code", "date") and any(
        (fact.kind == "date") == other.startswith("[dob") for other in known.hidden
    )


def _booked(fact: Fact, one: _Spoken, told: _Told) -> int | None:
    """Rule (d): the turn whose tools hold one other value, where this one is said to be booked."""
    if not one.booked:
        return None
    if any(told.reply.has(said) for said in one.alike(fact)) or told.reply.other_clock:
        return None
    return told.given.only(fact)


def _other(fact: Fact, one: _Spoken, told: _Told, asked: _Asked) -> int | None:
    """The turn in which the same kind stands with another value, by the rules (a), (b), (c)."""
    if is_hidden(fact):
        return _other_hidden(fact, one, told, asked.rules)
    if fact.kind in ("phone", "code"):
        return told.all.near(fact, {plain(said.value) for said in one.facts})
    source = _told_otherwise(fact, one, told, asked)
    return _read_back(fact, one, told, asked.rules) if source is None else source


def _other_hidden(fact: Fact, one: _Spoken, told: _Told, rules: FactRules) -> int | None:
    """Another pseudonym of the category that the turn does not say: the only one of the tools of this reply, where they do not
    tell of the caller and the agent of its own number; or, read back, the only one of the caller's last words."""
    if any(alike(fact.value, said.value) for said in one.facts if is_hidden(said) and said.value != fact.value):
        return None
    source = told.results.only(fact)
    if source is not None:
        return None if of_the_house(one.small, told.text) else source
    return told.caller.only(fact) if any(words in one.small for words in rules.read_back) else None


def _told_otherwise(fact: Fact, one: _Spoken, told: _Told, asked: _Asked) -> int | None:
    """Rule (a). Of as many values as were told one may be wrong; else who says a right one may say another beside it."""
    given = told.results.values(fact.kind) or told.reply.values(fact.kind)
    sure = fact.sure or (len(given) > 1 and all(value.endswith(":00") for value in given))
    if not given or not sure or fact.value == "0.00":
        return None
    alike = one.alike(fact)
    right = [said for said in alike if told.reply.has(said)]
    if right and not (len(alike) == len(given) == len(right) + 1 and _beside_each_other(alike)):
        return None
    return next(iter(given.values())) if tied(fact, one.turn.text, asked.language, told.text) else None


def _beside_each_other(facts: list[Fact]) -> bool:
    """Whether no more than a few words part each from the next, as in "3:30 or 4:15"."""
    spans = sorted(fact.span for fact in facts)
    return all(later[0] - earlier[1] <= APART for earlier, later in pairwise(spans))


def _read_back(fact: Fact, one: _Spoken, told: _Told, rules: FactRules) -> int | None:
    """Rule (b): the caller's one value, unless the caller told how far it is from that."""
    if len(one.alike(fact)) > 1 or not any(words in one.small for words in rules.read_back):
        return None
    if any(worked_out(source.text) for source in told.words):
        return None
    return told.caller.only(fact)
