"""Numbers the agent speaks against what the log knows: tool results and arguments so far, and the words of the others.

`matched`: it stands there, or follows from amounts that do. `contradicted`: it stands nowhere, and (a) the tools of this very
reply gave the same kind with another value (amounts and dates: and none that the turn says), (b) it is read back and differs from
the caller's one value of the kind, (c) a code of the same length differs in one or two characters; or, wherever it stands, (d) it
is said to be booked and the tools of the reply were given one other value.
`unsupported`: nowhere in the log; what an agent knows from its instructions is not in the log either, so that this is no mistake
by itself. A value counts once a call. Where a tool call has no result or no arguments in the log, nothing is compared: what is
missing might hold it. Not for languages other than English and German: nothing is read there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from evalharness.grade.measured.facts_known import MOST_AMOUNTS, Known
from evalharness.grade.measured.facts_source import Source
from evalharness.grade.measured.found import Figure, Found
from evalharness.grade.measured.spoken_numbers import facts_in, language_of
from evalharness.grade.measured.spoken_reader import Fact
from evalharness.grade.measured.tool_results import gives_result
from evalharness.models.call import Call, ToolCall, Turn
from evalharness.models.fact_rules import FactRules
from evalharness.models.finding import Finding
from evalharness.models.measuring import Measuring

FRAGMENTS = 8
"""So many turns of the caller in a row are read as one: a transcript may cut a sentence into pieces."""
FIGURES: Mapping[str, Figure] = {
    "numbers_spoken": Figure("count", "amounts, times, dates, phone and reference numbers the agent says", bad=False),
    "numbers_matched": Figure("count", "numbers the agent says that tools or the caller gave", bad=False),
    "numbers_contradicted": Figure("count", "numbers the agent says where tools or the caller gave another value"),
    "numbers_unsupported": Figure("count", "numbers the agent says that stand nowhere in the log"),
}


@dataclass
class _Told:
    """What was given before the agent's words: everything; by the tools of this reply, as (arguments, result) one after the
    other; by the caller's last words. `said`: amounts the agent said."""

    all: Known = field(default_factory=Known)
    tools: list[Source] = field(default_factory=list)
    words: list[Source] = field(default_factory=list)
    said: list[float] = field(default_factory=list)
    _made: dict[str, Known] = field(default_factory=dict)

    def heard(self, said: Source) -> None:
        """The caller's words begin another reply."""
        self.tools, self.words, self._made = [], [said], {}
        self.all.sources.append(said)

    def used(self, given: Source, result: Source) -> None:
        """A tool's arguments and result."""
        self.tools += (given, result)
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
    def caller(self) -> Known:
        """What the caller said last."""
        return self._known("caller", self.words)

    def _known(self, name: str, sources: list[Source]) -> Known:
        """Made where a value is to be compared: most values are found among everything."""
        if name not in self._made:
            self._made[name] = Known(sources)
        return self._made[name]


@dataclass(frozen=True)
class _Spoken:
    """A turn of the agent with its facts, and the turns before it, in order, that were not yet read; `small`: its words in
    small letters; `booked`: it says what was booked."""

    turn: Turn
    facts: list[Fact]
    since: list[Turn]
    small: str
    booked: bool


def detect(call: Call, settings: Measuring) -> Found:
    """The figures and findings of this call."""
    agent = [turn for turn in call.turns if turn.speaker == "agent" and turn.text.strip()]
    if language_of(call.language) is None or not agent:
        return Found()
    spoken = list(_spoken(call, settings.facts))
    count = sum(len(one.facts) for one in spoken)
    found = Found({"numbers_spoken": float(count)})
    tools = [tool for turn in call.turns for tool in turn.tool_calls]
    if any((tool.result is None or tool.arguments is None) and gives_result(tool) for tool in tools):
        return found
    states, told = _compared(call, spoken, settings.facts, found)
    others = not tools and any(source.spoken and source.values.facts for source in told.all.sources)
    if not count or tools or others:
        found.values |= {"numbers_contradicted": float(states.count("contradicted"))}
    if not count or tools:
        found.values |= {f"numbers_{state}": float(states.count(state)) for state in ("matched", "unsupported")}
    found.findings = [one for one in found.findings if one.measure in found.values]
    return found


def _spoken(call: Call, rules: FactRules) -> Iterator[_Spoken]:
    """The agent's turns that hold facts."""
    since: list[Turn] = []
    for turn in call.turns:
        facts = facts_in(turn.text, call.language) if turn.speaker == "agent" and turn.text else []
        since.append(turn)
        if facts:
            small = turn.text.lower()
            yield _Spoken(turn, facts, since, small, any(words in small for words in rules.booked))
            since = []


def _compared(call: Call, spoken: list[_Spoken], rules: FactRules, found: Found) -> tuple[list[str], _Told]:
    """The state of each value the first time it is said, and what it was compared with; findings for what is not matched."""
    told, states, seen = _Told(), [], set[tuple[str, str]]()
    if spoken:
        day = Source(f"{call.started_at:%Y-%m-%d} {call.metadata or ''}", spoken[0].turn.index, "en", spoken=False)
        told.all.sources.append(day)
    for one in spoken:
        _listen(told, one.since, call.language)
        told.said += [float(reading) for fact in one.facts if fact.kind == "amount" for reading in fact.readings]
        for fact in one.facts:
            known = (fact.kind, fact.value) in seen
            seen.add((fact.kind, fact.value))
            state, source = _state(fact, one, told, rules, known=known)
            if state is None:
                continue
            states.append(state)
            if state != "matched":
                turns = tuple(sorted({one.turn.index, source if source is not None else one.turn.index}))
                found.findings.append(Finding(measure=f"numbers_{state}", turns=turns, state=state, note=fact.kind))
    return states, told


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
    told.used(given, Source(tool.result or "", turn, language, spoken=False))


def _state(fact: Fact, one: _Spoken, told: _Told, rules: FactRules, *, known: bool) -> tuple[str | None, int | None]:
    """The state of a value, and the turn that gave another one; None for a value said before that is nowhere booked wrongly."""
    if fact.kind in ("time", "date") and (other := _booked(fact, one, told)) is not None:
        return ("contradicted", other)
    if known or told.all.has(fact, told.said[-2 * MOST_AMOUNTS :]):
        return (None if known else "matched", None)
    if fact.kind in ("time", "date") and told.all.other_clock:
        return ("matched", None)
    source = _other(fact, one, told, rules)
    return ("unsupported", None) if source is None else ("contradicted", source)


def _booked(fact: Fact, one: _Spoken, told: _Told) -> int | None:
    """Rule (d): the turn whose tools hold one other value, where this one is said to be booked."""
    if not one.booked:
        return None
    if any(told.reply.has(said) for said in one.facts if said.kind == fact.kind) or told.reply.other_clock:
        return None
    return told.given.only(fact)


def _other(fact: Fact, one: _Spoken, told: _Told, rules: FactRules) -> int | None:
    """The turn in which the same kind stands with another value, by the rules (a), (b), (c)."""
    if fact.kind in ("phone", "code"):
        return told.all.near(fact)
    alike = [said for said in one.facts if said.kind == fact.kind]
    given = told.results.values(fact.kind) or told.reply.values(fact.kind)
    if not fact.sure and not (len(given) > 1 and all(value.endswith(":00") for value in given)):
        return None
    if given and not (fact.kind in ("amount", "date") and any(told.reply.has(said) for said in alike)):
        return next(iter(given.values()))
    read_back = any(words in one.small for words in rules.read_back)
    return told.caller.only(fact) if read_back and len(alike) == 1 else None
