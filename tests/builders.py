"""One plain function a noun, with defaults that mean "an ordinary one"; every keyword is a field of the noun.

For example `a_call([("caller", "Hi.", 0, 900), ("agent", "Hello!", 1400, 2000)], id="c7", outcome="resolved")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from evalharness.models.act import Action, Adjudication, Confirmation, Dispute
from evalharness.models.call import Call, Handoff, Latency, Speaker, Turn
from evalharness.models.facts import AnchorLatency, CallFacts, CallMeasures, FactGroup, LatencyPool, facts_of
from evalharness.models.grade import Grader, NotApplicable, Scored, Ungraded
from evalharness.models.intake import IntakeReport
from evalharness.models.measure import Check, Measure
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design, SampleItem, Stratum, StratumSize, WeeklySample
from evalharness.models.threshold import Threshold, Thresholds

WEEK = "2026-W47"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
POLICY = "A nurse is needed for anything clinical. Prices are never promised."
SpokenTurn = Turn | tuple[Speaker, str] | tuple[Speaker, str, float | None, float | None]
PLAIN_TURNS: tuple[SpokenTurn, ...] = (
    ("agent", "Front desk, how can I help?", 400, 2000),
    ("caller", "I need to move my appointment to Friday.", 2600, 5000),
    ("agent", "Friday at ten is free. Shall I book it?", 5500, 8000),
    ("caller", "Yes, please.", 8400, 9000),
    ("agent", "Done. See you on Friday at ten.", 9400, 11000),
)
"""Two caller-to-agent changes, 500 ms and 400 ms; the greeting after 400 ms."""


def a_turn(
    speaker: Speaker = "agent", text: str = "Sure.", start_ms: float | None = None, end_ms: float | None = None, **fields: Any
) -> Turn:
    """A turn; index 0 unless given. `latency` may be a number: the platform's own voice-to-voice figure in ms."""
    if isinstance(fields.get("latency"), int | float):
        fields["latency"] = Latency(voice_to_voice_ms=float(fields["latency"]))
    times = {"start_ms": _ms(start_ms), "end_ms": _ms(end_ms)}
    return Turn(**{"index": 0, "speaker": speaker, "text": text, **times, **fields})


def a_call(turns: Sequence[SpokenTurn] = PLAIN_TURNS, **fields: Any) -> Call:
    """A completed, resolved call of WEEK with these turns, numbered in order: Turns or (speaker, text[, start_ms, end_ms])."""
    numbered = tuple(_turn(index, turn) for index, turn in enumerate(turns))
    ordinary = {"id": "c1", "source": "demo", "agent": "front-desk", "started_at": MONDAY}
    return Call(**{**ordinary, "outcome": "resolved", "status": "completed", "turns": numbered, **fields})


def some_calls(n: int, **fields: Any) -> tuple[Call, ...]:
    """n calls c1, c2 ... an hour apart from Monday 9:00 UTC."""
    return tuple(a_call(id=f"c{i}", started_at=MONDAY + timedelta(hours=i - 1), **fields) for i in range(1, n + 1))


def a_handoff(**fields: Any) -> Handoff:
    """A warm, connected handoff to a human."""
    return Handoff(**{"kind": "warm", **fields})


def call_measures(call_id: str = "c1", **fields: Any) -> CallMeasures:
    """Measures of a call with the two replies of PLAIN_TURNS: p50 = (400 + 500) / 2, p99 = 500."""
    values = (500.0, 400.0)
    replies = AnchorLatency(anchor="transcript", values_ms=values, plain_ms=values, changes=2)
    ordinary = {"source": "demo", "latencies": (replies,), "p50_ms": 450.0, "p99_ms": 500.0, "greeting_ms": 400.0}
    return CallMeasures(**{**ordinary, "call_id": call_id, **fields})


def call_facts(call: Call | None = None, measures: CallMeasures | None = None, **fields: Any) -> CallFacts:
    """The facts of a call (an ordinary one unless given) by Berlin's clock; keywords replace fields."""
    call = call or a_call()
    facts = facts_of(call, measures or call_measures(call.id, source=call.source), ZONE)
    return facts.model_copy(update=fields)


def fact_groups(facts: Sequence[CallFacts]) -> list[FactGroup]:
    """The calls of these facts counted in groups that are alike, one call after the other."""
    alike: dict[tuple[Any, ...], list[CallFacts]] = {}
    for call in facts:
        key = (call.outcome, call.handed_off, call.has_transcript, call.intent, call.version, call.currency)
        alike.setdefault(key, []).append(call)
    found = []
    for key, calls in sorted(alike.items(), key=lambda item: tuple(map(str, item[0]))):
        costs = tuple(sorted(call.cost_usd for call in calls if call.cost_usd is not None))
        answers = [call.csat for call in calls if call.csat is not None]
        found.append(FactGroup(*key, len(calls), costs, len(answers), sum(answer >= 4 for answer in answers)))
    return found


def a_latency_pool(values_ms: Sequence[float] = (400.0, 500.0, 700.0), **fields: Any) -> LatencyPool:
    """A week's replies, one a call, by turn times; all answered, unless there are `unanswered` turns, all of the first call."""
    values, unanswered = np.array(values_ms, dtype=float), fields.pop("unanswered", 0)
    counts = {"changes": values.size, "overlaps": 0, "rejected": 0, "missing": 0}
    ordinary = {
        "source": "demo",
        "anchor": "transcript",
        "calls": values.size,
        "slow_calls": int((values > 1500).sum()),
        **counts,
    }
    turns = {"values_ms": values, "call_index": np.arange(values.size), "unanswered_index": np.zeros(unanswered, dtype=int)}
    return LatencyPool(**{**ordinary, **turns, **fields})


def a_rubric(**fields: Any) -> Rubric:
    """A small valid rubric: ordinal (60), yes/no (25), measured (15), a category, two checks, the outcome."""
    return Rubric.model_validate({**rubric_form(), **fields}, strict=False)


def rubric_form() -> dict[str, Any]:
    """The rubric of `a_rubric` as a file's content, free to be altered before `Rubric.model_validate(form, strict=False)`."""
    levels = {value: {"text": f"What level {value} looks like."} for value in range(1, 6)}
    levels[1]["fail"] = "call"
    bands = {5: "<600", 4: "<900", 3: "<1200", 2: "<1500", 1: ">=1500"}
    needed = {"needed": "The policy required a human.", "not_needed": "It did not."}
    criteria = {
        "correctness": {"question": "Was it right?", "weight": 60, "levels": levels, "evidence": "agent"},
        "greeted": {"question": "Did the agent say its name?", "type": "yes_no", "good": "yes", "weight": 25},
        "human_needed": {"question": "Did the policy require a human?", "type": "category", "levels": needed},
        "latency": {"type": "measured", "measure": "p50_ms", "weight": 15, "graded_by": ["measured"], "bands": bands},
    }
    sections = [{"id": name, "criteria": [{"id": name, **rest}]} for name, rest in criteria.items()]
    checks = [{"id": name, "question": f"Was there {name.replace('_', ' ')}?"} for name in ("wrong_information", "unsafe_speech")]
    return {"id": "small", "version": 1, "policy": POLICY, "sections": sections, "checks": checks, "outcome": {}}


def a_threshold(measure: str = "resolution_rate", **fields: Any) -> Threshold:
    """A check of the bar: at least 60 % resolved, unless another side is given."""
    sides = {"at_least", "at_most", "below", "above"} & set(fields)
    return Threshold(**{"id": measure, "measure": measure, **({} if sides else {"at_least": 0.6}), **fields})


def some_thresholds(*checks: Threshold) -> Thresholds:
    """A profile of these checks; resolution alone by default."""
    return Thresholds(profile="small", checks=checks or (a_threshold(),))


def a_design(drawn: int = 20, population: int = 200, **fields: Any) -> Design:
    """One stratum, `core`, of which `drawn` of `population` calls are drawn."""
    core = StratumSize(stratum=Stratum(name="core"), population=population, drawn=drawn, judged=population)
    return Design(**{"week": WEEK, "seed": "1", "size": drawn, "strata": (core,), **fields})


def a_sample(
    n: int = 3, population: int = 200, calls: Sequence[Call] | None = None, rubric: Rubric | None = None, **fields: Any
) -> WeeklySample:
    """n ordinary calls (or these) drawn from one stratum of `population` calls, in draw order."""
    drawn = tuple(calls) if calls is not None else some_calls(n)
    rubric = rubric or a_rubric()
    share = len(drawn) / population
    items = tuple(_item(position, share, call) for position, call in enumerate(drawn, start=1))
    digests = {"rubric_digest": rubric.digest(), "criterion_digests": rubric.digests()}
    return WeeklySample(**{"week": WEEK, "design": a_design(len(drawn), population), **digests, "items": items, **fields})


def a_grader(name: str = "Anna Keller", kind: str = "human", **fields: Any) -> Grader:
    """A person; another kind gets version "1"."""
    return Grader(**{"kind": kind, "name": name, "version": None if kind == "human" else "1", **fields})


def a_grade(value: int | str = 4, criterion: str = "correctness", call_id: str = "c1", **fields: Any) -> Scored:
    """A scored grade by Anna Keller, blind."""
    return Scored(**_grade(criterion, call_id, {"value": value, **fields}))


def not_applicable(criterion: str = "correctness", call_id: str = "c1", **fields: Any) -> NotApplicable:
    """An N/A by Anna Keller."""
    return NotApplicable(**_grade(criterion, call_id, fields))


def ungraded(reason: str = "skipped", criterion: str = "correctness", call_id: str = "c1", **fields: Any) -> Ungraded:
    """No grade, and why, by Anna Keller."""
    return Ungraded(**_grade(criterion, call_id, {"reason": reason, **fields}))


def a_measure(value: float | None = 0.7, name: str = "resolution_rate", **fields: Any) -> Measure:
    """A share of 20 graded calls of 200; with value None, nothing measured."""
    n = 0 if value is None else 20
    return Measure(**{"unit": "share", "of": 200, "basis": "sample", "value": value, "name": name, "n": n, **fields})


def a_check(verdict: str = "met", threshold: Threshold | None = None, measure: Measure | None = None, **fields: Any) -> Check:
    """The resolution check with this verdict."""
    return Check(**{"verdict": verdict, "threshold": threshold or a_threshold(), "measure": measure or a_measure(), **fields})


def an_adjudication(
    value: int | str | None = 4, criterion: str = "correctness", call_id: str = "c1", **fields: Any
) -> Adjudication:
    """Anna Keller's decision on a call, blind; None = N/A."""
    place = {"week": WEEK, "source": "demo", "call_id": call_id, "criterion": criterion}
    said = {"value": value, "reason": "The slot was right.", "by": "Anna Keller", "at": MONDAY + timedelta(days=9)}
    return Adjudication(**{**place, **said, **fields})


def a_dispute(criterion: str = "correctness", call_id: str = "c1", **fields: Any) -> Dispute:
    """The vendor disputes a grade."""
    said = {"reason": "The caller said Friday.", "by": "Voice Vendor", "at": MONDAY + timedelta(days=9)}
    return Dispute(**{"source": "demo", "call_id": call_id, "criterion": criterion, **said, **fields})


def a_confirmation(answer: str = "yes", check: str = "wrong_information", call_id: str = "c1", **fields: Any) -> Confirmation:
    """Anna Keller's answer to a flag; a yes is a hallucination caused by the prompt."""
    named = {"tag": "hallucination", "cause": "prompt"} if answer == "yes" else {}
    place = {"week": WEEK, "source": "demo", "call_id": call_id, "check": check, "answer": answer}
    said = {"by": "Anna Keller", "flagged_by": ("haiku",), "at": MONDAY + timedelta(days=9)}
    return Confirmation(**{**place, **named, **said, **fields})


def an_action(**fields: Any) -> Action:
    """An open action found in call c1 of WEEK under `correctness`: Ben Ode mends the prompt; no due week."""
    ordinary = {"id": f"A-{WEEK}-1", "week": WEEK, "calls": (("demo", "c1"),), "criterion": "correctness"}
    who = {"cause": "prompt", "owner": "Ben Ode", "at": MONDAY + timedelta(days=7)}
    return Action(**{**ordinary, **who, **fields})


def an_intake(rows: int = 3, **fields: Any) -> IntakeReport:
    """A file of which every row was accepted, unless the counts are given."""
    ordinary = {"file": "inbox/calls.jsonl", "file_digest": "0" * 64, "source": "demo", "rows": rows}
    return IntakeReport(**{**ordinary, "accepted": rows, **fields})


def _ms(value: float | None) -> float | None:
    return None if value is None else float(value)


def _turn(index: int, given: SpokenTurn) -> Turn:
    turn = given if isinstance(given, Turn) else a_turn(*given)
    return turn.model_copy(update={"index": index})


def _item(position: int, probability: float, call: Call) -> SampleItem:
    key = f"{position:032x}"
    return SampleItem(position=position, stratum="core", key=key, probability=probability, call=call)


def _grade(criterion: str, call_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    digest = a_rubric().digests().get(criterion, "0" * 64)
    place = {"week": WEEK, "source": "demo", "call_id": call_id, "criterion": criterion}
    return {**place, "grader": a_grader(), "criterion_digest": digest, "at": MONDAY + timedelta(days=8), **fields}
