"""Everything a summary of one week is made from; gathered by the flow, handed over whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from evalharness.aggregate.costing import CostInputs
from evalharness.models.act import Adjudication, Confirmation, Dispute
from evalharness.models.call import Change
from evalharness.models.csat import Baseline
from evalharness.models.facts import CallMeasures, FactGroup, LatencyPool, Tally
from evalharness.models.finding import Finding, WeekFound
from evalharness.models.grade import Grade
from evalharness.models.guard import Guard
from evalharness.models.measured import Meaning
from evalharness.models.probe import Probe
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design, SampleItem, WeeklySample
from evalharness.models.severity import Exclusion, Severity
from evalharness.models.summary import CallResult, Population, ScopeNow
from evalharness.models.threshold import Thresholds
from evalharness.models.trust import TrustRules

Identity = tuple[str, str]
"""(source, id) of a call."""


@dataclass(frozen=True)
class PastWeek:
    """A drawn week as accumulation, agreement and trust need it: its draw, the rubric it was graded by, the drawn calls with
    their grades and final values (people's and measured ones only), and how its calls divide."""

    week: str
    design: Design
    rubric: Rubric
    results: Sequence[CallResult]
    population: Population


@dataclass(frozen=True)
class Undrawn:
    """A judged call of the week that was not drawn, and the stratum it would have been drawn from."""

    source: str
    call_id: str
    stratum: str


@dataclass(frozen=True)
class Decided:
    """What people decided of a week's grades and flags beside grading, each in the order given; the last on a thing stands."""

    adjudications: Sequence[Adjudication] = ()
    disputes: Sequence[Dispute] = ()
    confirmations: Sequence[Confirmation] = ()


@dataclass(frozen=True)
class MeasuredInputs:
    """What needs no judgement: the figures that are declared, what was found in the week and in the one before, the findings of
    the drawn calls, and by week how many calls have each part of the log (`CallLog.logged`)."""

    meanings: Sequence[Meaning] = ()
    found: WeekFound = field(default_factory=WeekFound)
    before: WeekFound = field(default_factory=WeekFound)
    findings: Mapping[Identity, Sequence[Finding]] = field(default_factory=dict)
    logged: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class WeekInputs:
    """`facts`: the week's calls in groups that are alike, in scope of the workspace; `grades`: all revisions in ledger order;
    `asked`: person -> number of calls on their sheet; `signed`: whether the week is signed off; `cost`:
    what the log shows of money; `late_calls`: calls that came after the draw; `scope_now`: the scope is another since then.

    `history`: the drawn weeks before this one, oldest first; `declared`: every dated change so far; `tallies`: for each
    instant at which an epoch begins within a week, how the calls from then on divide, by week. `disputed`: calls of which a
    grade is disputed; `uncalibrated`: people who need calibration, as `severity` shows; `excluded`: whose grades are left out;
    `picks`: calls a person added by hand. `again`: drawn calls whose caller called again for the same within 7 days;
    `known_until`: the newest call start of the log. `decided`: what people decided of this week's grades and flags.

    `found`: by drawn week, this one too, what canaries, detector, mask and facts showed of each judge; `probes`: what judges were
    asked beside grades, of all weeks up to this one; `judge`: the configured model, `judges`: the further ones; `heard`: the
    drawn calls chosen to be listened to. `measured`: what needs no judgement, of all calls. `aside`: drawn calls that are in no
    rate (`sample.lanes.chosen_by_answers`). `whole`: not for a trend alone, which shows nothing of how people agree."""

    agent: str
    owner: str
    week: str
    zone: ZoneInfo
    rubric: Rubric
    thresholds: Thresholds
    facts: Sequence[FactGroup]
    latency: Sequence[LatencyPool]
    success_criteria: str = ""
    deputy: str | None = None
    currency: str = "USD"
    baseline: Baseline | None = None
    again: frozenset[Identity] = frozenset()
    known_until: datetime | None = None
    sample: WeeklySample | None = None
    grades: Sequence[Grade] = ()
    measures: Mapping[tuple[str, str], CallMeasures] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    cost: CostInputs = field(default_factory=CostInputs)
    fill: Mapping[str, float] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    notices: Sequence[str] = ()
    late_calls: int = 0
    scope_now: ScopeNow | None = None
    signed: bool = False
    history: Sequence[PastWeek] = ()
    declared: Sequence[Change] = ()
    tallies: Mapping[datetime, Mapping[str, Tally]] = field(default_factory=dict)
    disputed: frozenset[Identity] = frozenset()
    uncalibrated: frozenset[str] = frozenset()
    severity: Sequence[Severity] = ()
    excluded: Sequence[Exclusion] = ()
    picks: Sequence[SampleItem] = ()
    rules: TrustRules = field(default_factory=TrustRules)
    undrawn: Sequence[Undrawn] = ()
    decided: Decided = field(default_factory=Decided)
    found: Mapping[str, Sequence[Guard]] = field(default_factory=dict)
    probes: Sequence[Probe] = ()
    judge: str = ""
    judges: frozenset[str] = frozenset()
    heard: frozenset[Identity] = frozenset()
    measured: MeasuredInputs = field(default_factory=MeasuredInputs)
    aside: frozenset[Identity] = frozenset()
    whole: bool = True
