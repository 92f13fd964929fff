"""On the samples' ground truth: the weighted rates of many seeded redraws are unbiased and their intervals cover the truth."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean, stdev

import pytest

from evalharness.aggregate import judged as rates
from evalharness.aggregate.population import population
from evalharness.aggregate.results import call_results
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import judged_scope
from evalharness.flows.opened import opened
from evalharness.grade.measured.grades import Seen, measured_grades
from evalharness.models.call import Call
from evalharness.models.facts import CallFacts, CallMeasures
from evalharness.models.grade import Grade, Grader, Scored
from evalharness.models.measure import Measure
from evalharness.models.rubric import Rubric
from evalharness.models.rule import matches, parse_rule
from evalharness.models.sample import Design, DrawnCall, SampleItem, Stratum, WeeklySample
from evalharness.sample.design import CORE, stratified
from evalharness.sample.queue import weekly_sample
from evalharness.workspace.folder import Workspace
from tests.builders import ZONE, fact_groups
from tests.flows.workspaces import make_workspace
from tests.samples.reading import truths

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
READER = Grader(kind="human", name="Anna Keller (simulated)")
STRATA = (Stratum(name="to_a_person", when="outcome in [transferred, follow_up]"), CORE)
Identity = tuple[str, str]
Case = tuple[str, int, int]
"""A week, the size of its sample, and how many calls of the queue are graded before the person stops."""

FULL: tuple[Case, ...] = (("2026-W45", 35, 35), ("2026-W46", 35, 35))
STOPPED: tuple[Case, ...] = tuple((week, 35, stop) for week in ("2026-W45", "2026-W46") for stop in (15, 25))
SMALL: tuple[Case, ...] = (("2026-W45", 20, 20), ("2026-W46", 20, 20))


@dataclass(frozen=True)
class KnownWeek:
    """A collected week, all its calls with the grades that the log gives and those a faultless reader would give."""

    week: str
    rubric: Rubric
    counts: tuple[tuple[Stratum, int, int], ...]
    facts: tuple[CallFacts, ...]
    calls: dict[Identity, Call]
    measures: dict[Identity, CallMeasures]
    stratum: dict[Identity, str]
    logged: dict[Identity, list[Grade]]
    read: dict[Identity, list[Grade]]
    engine: dict[str, list[DrawnCall]]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, KnownWeek]:
    """The normal week and the one of the regression, through the real intake."""
    names = sorted({week for week, _, _ in FULL})
    root = make_workspace(tmp_path_factory.mktemp("redraws") / "front-desk", names)
    with opened(Workspace.at(root), write=True) as house:
        reports, unread = collect_configured(house, NOW)
        assert not unread
        assert sum(report.accepted for report in reports) == 310  # 160 of W45 and 150 of W46
        return {week: _known(house, week) for week in names}


def _known(house, week: str) -> KnownWeek:
    facts, rubric = house.calls.facts(week), house.rubric()
    identities = [(fact.source, fact.id) for fact in facts]
    calls = {(call.source, call.id): call for call in house.calls.calls(identities)}
    measures = house.calls.measures(identities)
    gradable = [identity for identity in identities if calls[identity].has_transcript]
    N = house.calls.stratum_counts(week, STRATA)
    M = house.calls.stratum_counts(week, STRATA, judged_scope(None))
    counts = tuple((stratum, N[stratum.name], M[stratum.name]) for stratum in STRATA)
    designs = [stratified(week, str(seed), 35, counts, None) for seed in range(3)]
    tail = parse_rule(STRATA[0].when or "")
    digests = rubric.digests()
    return KnownWeek(
        week, rubric, counts, tuple(facts), calls, measures,
        stratum={(f.source, f.id): STRATA[0].name if matches(tail, f.fields()) else CORE.name for f in facts},
        logged={i: measured_grades(calls[i], Seen(measures[i]), rubric, week=week, digests=digests, at=NOW) for i in gradable},
        read={i: list(_read(rubric, week, i)) for i in gradable},
        engine={design.seed: house.calls.draw(design) for design in designs},
    )  # fmt: skip


def _read(rubric: Rubric, week: str, identity: Identity) -> Iterator[Grade]:
    """The true answers to what the two rates are made of."""
    truth, digests = truths()[identity[1]], rubric.digests()
    answers = {"outcome": truth["outcome"]}
    answers |= {check.id: "yes" if check.id in truth["failures"] else "no" for check in rubric.checks}
    for criterion, value in answers.items():
        yield Scored(
            week=week, source=identity[0], call_id=identity[1], criterion=criterion, grader=READER,
            criterion_digest=digests[criterion], at=NOW, value=value,
        )  # fmt: skip


def drawn(known: KnownWeek, design: Design) -> list[DrawnCall]:
    """The n_h smallest keys of each stratum, by the formula of the draw; what the engine answers is held against it below."""
    found = []
    for size in design.strata:
        keys = []
        for (source, call_id), stratum in known.stratum.items():
            if stratum == size.stratum.name and known.calls[source, call_id].has_transcript:
                text = f"{design.seed}|{design.week}|{source}|{call_id}"
                keys.append((hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), source, call_id))
        chosen = sorted(keys)[: size.drawn]
        found += [DrawnCall(stratum=size.stratum.name, key=key, source=source, call_id=i) for key, source, i in chosen]
    return found


def estimates(known: KnownWeek, size: int, stop: int, seed: str) -> dict[str, Measure]:
    """Both rates of one redraw of which the first `stop` calls of the queue are graded; the log's own grades stand for all."""
    design = stratified(known.week, seed, size, known.counts, None)
    sample = weekly_sample(design, drawn(known, design), known.calls, known.rubric)
    results = call_results(sample.items, known.rubric, _grades(known, sample, stop), known.measures, ZONE)
    people = population(fact_groups(known.facts), design)
    return {
        "resolution": rates.resolution(design, results, people).measure,
        "clear failures": rates.clear_failures(known.rubric, design, results, people).measure,
    }


def _grades(known: KnownWeek, sample: WeeklySample, stop: int) -> Sequence[Grade]:
    logged = [grade for item in sample.items for grade in known.logged[item.identity]]
    return [*logged, *(grade for item in sample.items[:stop] for grade in known.read[item.identity])]


def with_lanes(known: KnownWeek, seed: str) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """Both rates where a person read the first 15 calls and two read 20, 25 and 30 blind, and the other calls up to 30 beside an
    LLM that finds every call resolved and nothing wrong; and the same rates without what was said beside the LLM."""
    design = stratified(known.week, seed, 35, known.counts, None)
    sample = weekly_sample(design, drawn(known, design), known.calls, known.rubric)
    logged = [grade for item in sample.items for grade in known.logged[item.identity]]
    blind = [item for item in sample.items if item.position <= 15 or item.position in (20, 25, 30)]
    read = [grade for item in blind for grade in known.read[item.identity]]
    agreed = [
        grade.model_copy(update={"lane": "assisted", "value": "resolved" if grade.criterion == "outcome" else "no"})
        for item in sample.items[:30]
        if item not in blind
        for grade in known.read[item.identity]
    ]
    people = population(fact_groups(known.facts), design)

    def both(items: Sequence[SampleItem], grades: Sequence[Grade]) -> dict[str, Measure]:
        results = call_results(items, known.rubric, grades, known.measures, ZONE)
        return {
            "resolution": rates.resolution(design, results, people).measure,
            "clear failures": rates.clear_failures(known.rubric, design, results, people).measure,
        }

    return both(sample.items, [*logged, *read, *agreed]), both(blind, [*logged, *read])


@pytest.mark.parametrize("week", ["2026-W45", "2026-W46"])
def test_the_assisted_lane_changes_no_estimate(weeks: dict[str, KnownWeek], week: str) -> None:
    """60 seeds: value, limits, n and what is missing are those of the 18 blind calls alone, and these are unbiased and cover."""
    found = [with_lanes(weeks[week], f"lanes-{number}") for number in range(60)]
    assert [lanes for lanes, _ in found] == [blind for _, blind in found]
    for name, truth in true_rates(week).items():
        rate = [lanes[name] for lanes, _ in found]
        values = [one.value for one in rate if one.value is not None]
        assert len(values) == 60
        assert abs(fmean(values) - truth) < 3 * stdev(values) / math.sqrt(60), name
        assert sum((one.low or 0.0) <= truth <= (one.high or 0.0) for one in rate) >= 0.94 * 60, name


def true_rates(week: str) -> dict[str, float]:
    """Of the in-scope calls, as samples/README.md defines them: W45 118/153 and 1/153, W46 70/142 and 14/142."""
    own = [row for row in truths().values() if row["week"] == week and row["outcome"] != "out_of_scope"]
    resolved, failed = sum(row["outcome"] == "resolved" for row in own), sum(bool(row["failures"]) for row in own)
    return {"resolution": resolved / len(own), "clear failures": failed / len(own)}


def redraws(known: KnownWeek, case: Case, times: int) -> None:
    """|mean - truth| < 3 standard errors and at least 94 % of the 95 % intervals hold the truth, for both rates."""
    week, size, stop = case
    found = [estimates(known, size, stop, f"{size}-{stop}-{number}") for number in range(times)]
    for name, truth in true_rates(week).items():
        values = [one[name].value for one in found]
        covered = sum(one[name].low <= truth <= one[name].high for one in found)
        error = stdev(values) / math.sqrt(times)
        print(f"{week} {size}/{stop} {name}: {truth:.4f}, mean {fmean(values):.4f} +- {error:.4f}, covered {covered / times:.3f}")
        assert abs(fmean(values) - truth) < 3 * error, name
        assert covered >= 0.94 * times, name


@pytest.mark.parametrize("week", ["2026-W45", "2026-W46"])
def test_the_engine_draws_what_the_formula_says(weeks: dict[str, KnownWeek], week: str) -> None:
    """Three seeds: the engine's calls are the n_h smallest keys of each stratum, so the redraws below are its draws."""
    known = weeks[week]
    for seed, answered in known.engine.items():
        expected = drawn(known, stratified(week, seed, 35, known.counts, None))
        assert sorted(answered, key=lambda call: call.key) == sorted(expected, key=lambda call: call.key)
    assert len({call.call_id for answered in known.engine.values() for call in answered}) > 35


@pytest.mark.parametrize("case", [*FULL, *STOPPED, *SMALL], ids=lambda case: "-".join(map(str, case)))
def test_sixty_redraws(weeks: dict[str, KnownWeek], case: Case) -> None:
    """60 seeds: the whole queue of 35, stopped after 15 and 25, and a sample of 20."""
    redraws(weeks[case[0]], case, 60)


@pytest.mark.long
@pytest.mark.parametrize("case", [*FULL, *STOPPED, *SMALL], ids=lambda case: "-".join(map(str, case)))
def test_five_hundred_redraws(weeks: dict[str, KnownWeek], case: Case) -> None:
    """500 seeds of the same."""
    redraws(weeks[case[0]], case, 500)
