"""A golden week: 152 calls, 35 drawn, two simulated people and the log; every verdict, hostile text on demand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from evalharness.models.call import Call, Change, Cost, ToolCall
from evalharness.models.grade import Evidence, FinalValue, Grade
from evalharness.models.measure import Check, Measure
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design, Stratum, StratumSize
from evalharness.models.summary import (
    CallResult,
    CallToHear,
    CostRow,
    CriterionSummary,
    Escalation,
    GraderCount,
    LatencyRow,
    Population,
    WeekSummary,
)
from tests.builders import MONDAY, WEEK, a_call, a_grade, a_grader, a_threshold, a_turn, call_measures, not_applicable, ungraded

ANNA, BEN = "Anna Keller (simulated)", "Ben Ode (simulated)"
FORMULA = '=HYPERLINK("http://evil.example","click")'
SCRIPT = "<script>alert(1)</script>"
CONTROL = "bell\x07 escape\x1b[31mred bom\ufeff bidi\u202e nonchar\ufffe end"
LONG = "".join(f"word{number:05d} " for number in range(4000))[:40_000]
PATH_ID = "../../x"
HOSTILE = (
    FORMULA,
    SCRIPT,
    CONTROL,
    "+49 30 1234",
    "@SUM(A1)",
    "-2+3",
    "1E5",
    "0012345",
    "3/4",
    "TRUE",
    "'quoted",
    "",
    "a|b`c_d",
    "＝1+1",
)
CRITERIA = ("correctness", "tone", "escalation", "clear_language")
CHECKS = (
    "wrong_information",
    "unauthorised_action",
    "disclosure",
    "missed_escalation",
    "confusion",
    "technical_fault",
    "unsafe_speech",
)
INTENTS = ("book", "move", "cancel", "opening hours", "prescription")
HEAD = f"1234:{'9f3a' * 16}"


def a_week_rubric() -> Rubric:
    """Four ordinal criteria (85), measured latency (15), the outcome and seven checks."""
    levels = {value: {"text": f"Level {value}."} for value in range(1, 6)}
    weights = dict(zip(CRITERIA, (40, 20, 15, 10), strict=True))
    criteria = [
        {"id": name, "question": f"How was the {name.replace('_', ' ')}?", "weight": weights[name], "levels": levels}
        for name in CRITERIA
    ]
    bands = {5: "<600", 4: "<900", 3: "<1200", 2: "<1500", 1: ">=1500"}
    criteria.append(
        {"id": "latency", "type": "measured", "measure": "p50_ms", "weight": 15, "graded_by": ["measured"], "bands": bands}
    )
    sections = [{"id": entry["id"], "criteria": [entry]} for entry in criteria]
    checks = [{"id": name, "question": f"Was there {name.replace('_', ' ')}?"} for name in CHECKS]
    form = {
        "id": "phone-agent",
        "version": 1,
        "policy": "A nurse for anything clinical.",
        "sections": sections,
        "checks": checks,
        "outcome": {},
    }
    return Rubric.model_validate(form, strict=False)


def a_week_summary(*, calls: int = 35, turns: int = 12, hostile: bool = False, **fields: Any) -> WeekSummary:
    """The golden week; `hostile` puts text that acts into every place that comes from a log or a person."""
    rubric = a_week_rubric()
    results = tuple(a_result(position, turns, hostile=hostile) for position in range(1, calls + 1))
    ordinary: dict[str, Any] = {
        "agent": f"Front {CONTROL} {FORMULA}" if hostile else "Front Desk",
        "owner": SCRIPT if hostile else ANNA,
        "week": WEEK,
        "timezone": "Europe/Berlin",
        "success_criteria": "Books, moves and cancels appointments for 7 of 10 calls; anything clinical goes to a nurse.",
        "population": Population(
            calls=152, out_of_scope=4, technical=3, judged=139, unseen=6, gradable=143, without_transcript=9
        ),
        "design": a_week_design(calls),
        "sample_digest": "5f" * 32,
        "late_calls": 2,
        "rubric": rubric,
        "rubric_digest": rubric.digest(),
        "graders": some_graders(calls),
        "graded_calls": calls,
        "checks": some_checks(),
        "switched_off": ("correctness",),
        "verdict": "not good enough",
        "measures": (*(check.measure for check in some_checks()), a_number("containment_rate", 0.81, n=148, of=148)),
        "criteria": tuple(a_criterion_summary(name) for name in (*CRITERIA, "latency", "outcome", *CHECKS)),
        "call_score": a_number("call_score", 78.4, unit="score", n=33, of=143, low=74.1, high=82.7, basis="sample"),
        "automatic_fails": a_number("automatic_fails", 1 / 35, n=35, of=143, low=0.0007, high=0.149, basis="sample"),
        "results": results,
        "to_hear": some_to_hear(hostile=hostile),
        "escalation": an_escalation(),
        "latency": some_latency(),
        "cost": some_costs(),
        "intents": {"": 9, **dict.fromkeys(INTENTS, 28), **({FORMULA: 3} if hostile else {})},
        "outcomes": {"resolved": 71, "transferred": 24, "abandoned": 9, "failed_technical": 3, "out_of_scope": 4, "unknown": 41},
        "versions": {"v11": 60, "v12": 92},
        "fill": {"ended_at": 1.0, "intent": 0.94, "csat": 0.21, "cost": 0.86},
        "changes": (Change(at=MONDAY + timedelta(days=2), label="prompt v12", kind="prompt"),),
        "notices": ("13 calls have no cost.", "Grades by simulated people: not a judgement of a real agent."),
        "next_steps": (
            "Hear the three calls named below.",
            "Owner: read 8 more calls before Friday.",
            "Add csat.baseline to evalharness.yaml.",
        ),
        "ledger_head": HEAD,
    }
    return WeekSummary(**{**ordinary, **fields})


def a_week_design(drawn: int) -> Design:
    """Two strata: 27 calls that went to a person, of which 8 are drawn; the rest is core."""
    person = StratumSize(
        stratum=Stratum(name="to_a_person", when="outcome in [transferred, follow_up]"), population=27, drawn=8, judged=27
    )
    core = StratumSize(stratum=Stratum(name="core"), population=116, drawn=drawn - 8, judged=112)
    return Design(week=WEEK, seed="1", size=drawn, strata=(person, core))


def some_graders(calls: int) -> tuple[GraderCount, ...]:
    """Anna read 12 of 20, Ben all, the log measured all."""
    return (
        GraderCount(name=ANNA, kind="human", calls=12, grades=144, asked=20),
        GraderCount(name=BEN, kind="human", calls=calls, grades=calls * 12, asked=calls),
        GraderCount(name="call log", kind="measured", calls=calls, grades=calls),
    )


def a_number(name: str, value: float | None, **fields: Any) -> Measure:
    """A share of all calls unless said otherwise."""
    return Measure(**{"name": name, "unit": "share", "value": value, **fields})


def some_checks() -> tuple[Check, ...]:
    """All four verdicts; the p99 is unanswered; clear failures 0 of 35; CSAT without a baseline."""
    sample = {"n": 35, "of": 143, "basis": "sample"}
    turns = {"unit": "ms", "n": 1240, "of": 1300}
    resolved = a_number("resolution_rate", 0.624, low=0.45, high=0.74, **sample)
    failed = a_number("clear_failure_rate", 0.0, low=0.0, high=0.098, **sample)
    median = a_number("latency_p50_ms", 599.6, **turns)
    slowest = a_number("latency_p99_ms", None, unanswered=True, **turns)
    gap = a_number("csat_gap_points", None, unit="points")
    cost = a_number("cost_per_call", 0.412, unit="money", n=135, of=148, missing=13, currency="EUR")
    reviewed = a_number("owner_reviewed_calls", 12.0, unit="calls", n=12, of=20, basis="ledger")
    return (
        _check("resolution", resolved, "not_proven", at_least=0.60, low=0.47, high=0.756, calls_needed=310),
        _check("median_latency", median, "met", below=600.0, low=599.6, high=599.6),
        _check("p99_latency", slowest, "missed", below=1500.0),
        _check("csat_gap", gap, "not_measured", at_most=5.0, reason="No baseline: csat.baseline is empty."),
        _check("clear_failures", failed, "not_proven", below=0.01, low=0.0, high=0.0743, calls_needed=140),
        _check("cost", cost, "met", below=0.50, low=0.412, high=0.412),
        _check("owner_review", reviewed, "not_measured", at_least=20.0, reason="12 of 20 calls reviewed so far"),
    )


def _check(name: str, measure: Measure, verdict: str, **fields: Any) -> Check:
    side = {key: fields.pop(key) for key in ("at_least", "at_most", "below", "above") if key in fields}
    return Check(threshold=a_threshold(measure.name, id=name, **side), measure=measure, verdict=verdict, **fields)


def a_criterion_summary(name: str) -> CriterionSummary:
    """Counts of 35 answers."""
    if name in CHECKS:
        measure, answers = a_number(name, 1.0, n=35, of=143, low=0.9, high=1.0, basis="sample"), {"yes": 0, "no": 35}
        return CriterionSummary(
            criterion=name,
            question=f"Was there {name}?",
            type="yes_no",
            weight=None,
            measure=measure,
            answers=answers,
            not_applicable=0,
            ungraded=0,
        )
    measure = a_number(name, 76.0, unit="score", n=33, of=143, low=71.5, high=80.5, basis="sample")
    answers = (
        {"1": 1, "2": 2, "3": 6, "4": 14, "5": 10} if name != "outcome" else {"resolved": 22, "transferred": 8, "abandoned": 3}
    )
    weight = None if name == "outcome" else 20.0
    return CriterionSummary(
        criterion=name,
        question=f"How was the {name}?",
        type="ordinal",
        weight=weight,
        measure=measure,
        answers=answers,
        not_applicable=1,
        ungraded=1,
    )


def a_result(position: int, turns: int, *, hostile: bool = False) -> CallResult:
    """A drawn call read by Ben, the first twelve by Anna too; number 3 waits for an adjudicator, number 5 is a clear failure."""
    call = a_drawn_call(position, turns, hostile=hostile)
    grades = some_grades(position, call, hostile=hostile)
    value = {name: 5 - (position + index) % 4 for index, name in enumerate(CRITERIA)}
    final = {name: FinalValue(criterion=name, state="scored", value=float(number), by="human") for name, number in value.items()}
    final |= {
        name: FinalValue(
            criterion=name, state="scored", value="yes" if (position, name) == (5, "confusion") else "no", by="human"
        )
        for name in CHECKS
    }
    final["outcome"] = FinalValue(criterion="outcome", state="scored", value="resolved", by="human")
    if position == 3:
        final["tone"] = FinalValue(
            criterion="tone", state="ungraded", conflict=True, note="5 against 2: waits for an adjudicator"
        )
    return CallResult(
        position=position,
        stratum="to_a_person" if position % 4 == 2 else "core",
        probability=8 / 27 if position % 4 == 2 else 27 / 116,
        call=call,
        measures=call_measures(call.id, source=call.source, p50_ms=None if position == 7 else 480.0 + position),
        grades=grades,
        final=final,
        outcome="resolved",
        clear_failure="yes" if position == 5 else "no",
        score=None if position == 3 else 100.0 - position,
        weight_covered=0.85 if position == 7 else 1.0,
    )


def a_drawn_call(position: int, turns: int, *, hostile: bool = False) -> Call:
    """A call of some turns with a tool call; the hostile ones carry the texts of HOSTILE, a path as id and a long turn."""
    said = [_said(position, index, hostile=hostile) for index in range(turns)]
    if hostile and position == 2:
        said.append(a_turn("caller", LONG, start_ms=90_000, end_ms=95_000))
        said += [a_turn("caller", text) for text in HOSTILE]
    started = MONDAY + timedelta(hours=3 * position)
    call_id = (
        PATH_ID
        if hostile and position == 2
        else f"{FORMULA}{position}"
        if hostile and position == 4
        else f"call-{position:03d}-9f3a"
    )
    intent = FORMULA if hostile and position == 2 else INTENTS[position % 5]
    fields = {
        "version": "v11" if position % 3 else "v12",
        "cost": Cost(components={"llm": 0.2, "stt": 0.1}),
        "outcome": "transferred" if position % 4 == 2 else "unknown",
    }
    return a_call(
        said, id=call_id, source="demo", started_at=started, ended_at=started + timedelta(minutes=3), intent=intent, **fields
    )


def _said(position: int, index: int, *, hostile: bool) -> Any:
    start = 4000.0 * index
    if index == 0:
        return a_turn("agent", "Front desk, Doctor Meier's practice. How can I help you today?", start, start + 2500)
    if index % 2:
        return a_turn(
            "caller",
            f"Yes, hello, I would like to move my appointment of the {position}th to some later day, if there is one.",
            start,
            start + 3300,
        )
    tools = (
        (ToolCall(name="find_slot", arguments={"day": "Friday"}, result="10:00 free", error=False, duration_ms=240.0),)
        if index == 2
        else ()
    )
    text = (
        FORMULA
        if hostile and position == 1
        else "Let me look that up for you. Friday at ten is free, and so is Monday at half past three. Which suits you better?"
    )
    return a_turn("agent", text, start - 180, start + 2800, latency=520.0, tool_calls=tools, interrupted=index == 4)


def some_grades(position: int, call: Call, *, hostile: bool) -> tuple[Grade, ...]:
    """Ben grades every criterion with a reason; Anna the first twelve calls; an N/A and an ungraded one among them."""
    grades: list[Grade] = []
    for name in (ANNA, BEN) if position <= 12 else (BEN,):
        place = {"call_id": call.id, "source": call.source, "grader": a_grader(name), "manner": "read"}
        evidence = (Evidence(turn=2, quote="Friday at ten is free"),)
        why = FORMULA if hostile else "Right slot, right day, and it said so plainly."
        grades += [
            a_grade(5 - (position + i) % 4, criterion, rationale=why, evidence=evidence, **place)
            for i, criterion in enumerate(CRITERIA)
        ]
        grades += [a_grade("yes" if (position, check) == (5, "confusion") else "no", check, **place) for check in CHECKS]
        grades.append(a_grade("resolved", "outcome", **place))
        if position == 9:
            grades += [
                not_applicable("escalation", **place),
                ungraded("transcript", "tone", rationale="half of it is missing", **place),
            ]
    return tuple(grades)


def some_to_hear(*, hostile: bool) -> tuple[CallToHear, ...]:
    """Three drawn calls and one from outside the draw."""
    slow = f"{SCRIPT} {FORMULA}" if hostile else "slowest reply of the week: 4120 ms"
    rows = (
        (5, "call-005-9f3a", "clear_failure", "confusion: did not recover within two turns"),
        (3, "call-003-9f3a", "disagreement", "tone: 5 against 2"),
        (2, PATH_ID if hostile else "call-002-9f3a", "slow", slow),
        (None, "call-777-aaaa", "low_score", "outside the draw: flagged by its owner"),
    )
    return tuple(
        CallToHear(rank=rank, position=position, source="demo", call_id=name, kind=kind, reason=reason)
        for rank, (position, name, kind, reason) in enumerate(rows, start=1)
    )


def an_escalation() -> Escalation:
    """6 + 2 missed + 1 unnecessary + 24; precision 6/7, recall 6/8."""
    sample = {"n": 33, "of": 143, "basis": "sample"}
    precision = a_number("escalation_precision", 6 / 7, low=0.42, high=0.996, **sample)
    return Escalation(
        correct_transfer=6,
        missed=2,
        unnecessary=1,
        correct_containment=24,
        precision=precision,
        recall=a_number("escalation_recall", 0.75, low=0.35, high=0.97, **sample),
    )


def some_latency() -> tuple[LatencyRow, ...]:
    """One source with turn times (9 unanswered), one without anything measured."""
    ms = {"unit": "ms", "n": 1240, "of": 1300}
    counts = {"unanswered": 9, "overlaps": 21, "rejected": 1, "missing": 30}
    known = {
        "p50": a_number("latency_p50_ms", 599.6, **ms),
        "p95": a_number("latency_p95_ms", 1210.0, **ms),
        "p99": a_number("latency_p99_ms", None, unanswered=True, **ms),
        "slow_calls": a_number("slow_calls", 0.112, n=146, of=152),
    }
    unknown = {name: a_number(name, None, unit="ms") for name in known}
    none = dict.fromkeys(("n", "calls", *counts), 0)
    return (
        LatencyRow(source="demo", anchor="transcript", n=1240, calls=146, coverage=0.976, **counts, **known),
        LatencyRow(source="legacy", anchor="reported", coverage=None, **none, **unknown),
    )


def some_costs() -> tuple[CostRow, ...]:
    """Two components and the total over 135 of 148 calls; no telephony bill at all."""
    money = {"unit": "money", "n": 135, "of": 148, "missing": 13, "currency": "EUR"}
    rows = (("llm", 27.4, 0.203), ("stt", 13.5, 0.1), ("total", 55.62, 0.412))
    known = tuple(
        CostRow(component=name, total=total, mean=a_number(f"cost_{name}", mean, **money)) for name, total, mean in rows
    )
    return (
        *known[:2],
        CostRow(component="telephony", total=None, mean=a_number("cost_telephony", None, unit="money", of=148, missing=148)),
        known[2],
    )
