"""WeekSummary: everything a report of one week shows. Reporters format it and compute nothing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evalharness.models.act import Action, Adjudication, Confirmation, Dispute, SignOff, SinceSigned
from evalharness.models.call import Call, Change, Outcome
from evalharness.models.cost import Costing
from evalharness.models.facts import CallMeasures
from evalharness.models.finding import Finding
from evalharness.models.grade import FinalValue, Grade
from evalharness.models.guard import Guard
from evalharness.models.latency import LatencyDetails
from evalharness.models.measure import Check, Measure, WeekVerdict
from evalharness.models.measured import Logged, MeasuredFigure
from evalharness.models.noun import Amount, CallId, Count, Instant, LedgerHead, Name, Noun, Share
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design
from evalharness.models.severity import Exclusion, Severity
from evalharness.models.trend import WeekTrends, WhatChanged
from evalharness.models.trust import Agreement, Combined, FoundCase, JudgeTrust, TrustRules
from evalharness.models.week import Week


class Population(Noun):
    """How the week's calls divide. calls = out_of_scope + in_scope; in_scope = technical + judged + unseen.

    `technical`: the log shows failed_technical (T); `judged`: others with a transcript (M); `unseen`: the rest (U).
    `gradable`: all with a transcript, from which the sample is drawn; `without_transcript`: the others.
    """

    calls: Count
    out_of_scope: Count
    technical: Count
    judged: Count
    unseen: Count
    gradable: Count
    without_transcript: Count

    @property
    def in_scope(self) -> int:
        """All calls but those the log shows as out of scope."""
        return self.technical + self.judged + self.unseen


class ScopeNow(Noun):
    """The scope as it is configured now where a week was drawn with another: how many of the `drawn` calls are `outside` it.

    The week's figures keep the scope of the draw: the sample speaks for those calls alone.
    """

    drawn: Count
    outside: Count


class GraderCount(Noun):
    """Who graded how many distinct drawn calls, and how many grades; `beyond`: calls of the week graded outside the draw."""

    name: Name
    kind: Literal["human", "llm", "measured"]
    calls: Count
    grades: Count
    asked: Count = 0
    beyond: Count = 0


class CriterionSummary(Noun):
    """One criterion over the sample: weighted mean (score 0-100) or share of the good answer, and the counts of answers.

    `held`: those of the `ungraded` that people have answered, and whose answers are held back while somebody grades them blind.
    """

    criterion: Name
    question: str
    type: str
    weight: float | None
    measure: Measure
    answers: dict[str, Count]
    not_applicable: Count
    ungraded: Count
    held: Count = 0


class CallResult(Noun):
    """A drawn call with all its grades, the final values, and its score (0-100; None until every judged criterion is in).

    `probability` None: picked by hand, in no estimate; its `position` lies behind the queue and `stratum` is "picked".
    `decisions`: of each adjudicated criterion (and turn) the decision that stands; the grades stay beside it. `confirmations`: of
    each flagged check the answer of a person that stands. `findings`: what was found in the call without judging. `aside`: it is
    in no rate, since it was graded blind only for want of an LLM's answer (`sample.lanes.chosen_by_answers`). `held`: somebody is
    still to grade it, so what others say of it is not here.
    """

    position: Count
    stratum: Name
    probability: float | None
    call: Call
    measures: CallMeasures
    grades: tuple[Grade, ...]
    final: dict[str, FinalValue]
    outcome: Outcome | None
    clear_failure: Literal["yes", "no"] | None
    score: float | None
    weight_covered: Share
    automatic_fail: Literal["call", "section"] | None = None
    decisions: tuple[Adjudication, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    findings: tuple[Finding, ...] = ()
    aside: bool = False
    held: bool = False


class CallToHear(Noun):
    """A call worth an owner's ear, and why.

    Ranked: clear failures, automatic fails, disagreements, missed escalations, slowest, lowest. A call picked by hand is there
    as a clear failure or an automatic fail, and its reason says that it was picked.
    """

    rank: Count
    position: Count | None
    source: Name
    call_id: CallId
    kind: Literal["clear_failure", "automatic_fail", "disagreement", "missed_escalation", "slow", "low_score"]
    reason: str


class Disagreement(Noun):
    """A drawn call and criterion (and turn) under which graders differ by more than a mean can settle, or a grade is disputed.

    `between`: people with each other, or people with an LLM, whose grade is advisory and decides nothing, or a grade with who
    disputes it, or a measurement ("log") with either; `why`: levels (2 or more apart), yes against no, across a level that fails,
    other categories, N/A against a value, or a dispute alone; `grades`: of each grader the one that stands, people first;
    `waits`: whether it waits for an adjudicator; `decision`: what one decided, which counts; `disputes`: in the order made,
    decided ones too.
    """

    position: Count
    source: Name
    call_id: CallId
    criterion: Name
    turn: Count | None = None
    between: Literal["people", "people_and_llm", "dispute", "log"]
    why: Literal["levels", "yes_no", "fail", "category", "not_applicable", "disputed"]
    grades: tuple[Grade, ...]
    final: FinalValue
    waits: bool
    decision: Adjudication | None = None
    disputes: tuple[Dispute, ...] = ()


class Flagged(Noun):
    """A clear failure that waits for a person: `flag` of a measurement or an LLM on a drawn call to be confirmed or not, `found`
    likewise outside the draw (`position` None), `cause`: people see it, and its error tag and cause are not named yet.

    `grades`: who says yes: the flags, or the people. `check`: the clear-failure check.
    """

    kind: Literal["flag", "cause", "found"]
    position: Count | None
    source: Name
    call_id: CallId
    check: Name
    grades: tuple[Grade, ...]


class Escalation(Noun):
    """needed x happened over graded drawn calls, as plain counts; the shares weighted for the week."""

    correct_transfer: Count = 0
    missed: Count = 0
    unnecessary: Count = 0
    correct_containment: Count = 0
    precision: Measure
    recall: Measure


class Nonresponse(Noun):
    """What became of the drawn calls. drawn = graded + open + skipped + transcript + ungraded + not_reached.

    `graded`: a person's answer to every judged criterion stands, N/A included; `open`: two people differ and an adjudicator is
    waited for; `skipped`: skipped with a reason, `transcript`: marked as wrong where it decides; `ungraded`: passed over
    or partly answered; `not_reached`: behind the last call a person dealt with. `reasons`: skip reason -> calls.
    """

    drawn: Count
    graded: Count
    open: Count = 0
    skipped: Count = 0
    transcript: Count = 0
    ungraded: Count = 0
    not_reached: Count = 0
    reasons: dict[str, Count] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _adds_up(self) -> Nonresponse:
        parts = self.graded + self.open + self.skipped + self.transcript + self.ungraded + self.not_reached
        if parts != self.drawn:
            raise ValueError(f"{parts} calls accounted for, {self.drawn} drawn")
        return self


class LatencyRow(Noun):
    """Latency of all turns under one (source, anchor). p50, p95 and p99 are exact for the week and decide its verdict.

    `process`: the same by name ("p50", "p95", "p99") with 95 % limits for the process behind the week, turns clustered in calls:
    for trends and comparisons, never for this week's verdict. No `low` or `high` there: no such limit. {} without any turn.
    `details`: what the slow turns have in common.
    """

    source: Name
    anchor: str
    n: Count
    calls: Count
    unanswered: Count
    overlaps: Count
    rejected: Count
    missing: Count
    coverage: Share | None
    p50: Measure
    p95: Measure
    p99: Measure
    slow_calls: Measure
    process: dict[str, Measure] = Field(default_factory=dict)
    details: LatencyDetails = LatencyDetails()


class CostRow(Noun):
    """Cost of all in-scope calls of one component, or of all ("total"); mean over the calls that report it."""

    component: Name
    total: Amount | None
    mean: Measure


class WeekSummary(Noun):
    """The week as the ledger and the call log have it.

    `results`: the drawn calls in queue order; `picked`: calls a person added by hand, graded but in no figure, and
    `pick_reasons`: "SOURCE:ID" of each -> why, of everybody who picked it.
    `severity`: how severely each person grades beside the others; `excluded`: whose grades are left out of every figure.
    `combined`: judged measures by people, LLM and both; `trust`: what the LLM may decide; `among_people`: agreement of people
    with each other over the weeks so far; `trust_rules`: by which the LLM was tested; `found_cases`: failures an LLM saw
    outside the draw, in no rate. `guard`: what guards each judge that graded, and what that found; `heard`: of the calls chosen
    to be listened to, the share whose transcript is marked as wrong (None: none are chosen).
    `flagged`: clear failures that wait for a person; `confirmations`: those that a person answered, in no rate.
    `actions`: those open, overdue first; of a signed week as they stood when it was signed.
    `measured`: what needs no judgement, over all calls in scope; `logged`: how completely the log was filled.
    `costing`: what the calls cost by component and minute, budgets, and grading.
    `scope_now`: the scope was changed since the draw; None = it is the draw's, or nothing is drawn.
    `as_of`: when these were the figures so far of a week that was not over; None = it was over, or nobody asked.
    `signed`, `since`: the newest sign-off and what came after it; `trend`: this week and the weeks before it; `moved`: what
    is another than in the week before, and which groups of calls go with it.
    `ledger_head`: the newest entry of the ledger that the week rests on; None = nobody asked.
    """

    agent: Name
    owner: Name
    week: Week
    timezone: str
    success_criteria: str
    population: Population
    design: Design | None
    sample_digest: str | None
    redraw_reason: str | None = None
    late_calls: Count = 0
    scope_now: ScopeNow | None = None
    rubric: Rubric
    rubric_digest: str
    graders: tuple[GraderCount, ...]
    graded_calls: Count
    checks: tuple[Check, ...]
    switched_off: tuple[str, ...] = ()
    verdict: WeekVerdict
    leaning: str = ""
    measures: tuple[Measure, ...]
    criteria: tuple[CriterionSummary, ...]
    call_score: Measure
    automatic_fails: Measure
    results: tuple[CallResult, ...]
    to_hear: tuple[CallToHear, ...]
    disagreements: tuple[Disagreement, ...] = ()
    nonresponse: Nonresponse | None = None
    combined: tuple[Combined, ...] = ()
    trust: tuple[JudgeTrust, ...] = ()
    trust_rules: TrustRules = TrustRules()
    among_people: tuple[Agreement, ...] = ()
    guard: tuple[Guard, ...] = ()
    heard: Measure | None = None
    severity: tuple[Severity, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    picked: tuple[CallResult, ...] = ()
    pick_reasons: dict[str, str] = Field(default_factory=dict)
    found_cases: tuple[FoundCase, ...] = ()
    flagged: tuple[Flagged, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    escalation: Escalation | None
    latency: tuple[LatencyRow, ...]
    cost: tuple[CostRow, ...]
    costing: Costing | None = None
    intents: dict[str, Count]
    outcomes: dict[str, Count]
    versions: dict[str, Count]
    fill: dict[str, Share]
    measured: tuple[MeasuredFigure, ...] = ()
    logged: tuple[Logged, ...] = ()
    changes: tuple[Change, ...] = ()
    notices: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    as_of: Instant | None = None
    signed: SignOff | None = None
    since: SinceSigned | None = None
    actions: tuple[Action, ...] = ()
    trend: WeekTrends | None = None
    moved: WhatChanged | None = None
    ledger_head: LedgerHead | None = None

    def pick_reason(self, result: CallResult) -> str:
        """Why a call was picked by hand; "" for a drawn one."""
        return self.pick_reasons.get(f"{result.call.source}:{result.call.id}", "")

    def measure(self, name: str) -> Measure:
        """The measure of that name. Raises KeyError."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)
