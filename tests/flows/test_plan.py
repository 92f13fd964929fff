"""`sample --plan` of a real week: what it rests on, and that nothing is drawn or written by it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.cli.plan_words import of_plan
from evalharness.errors import DrawError, NothingToDrawError
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import Opened, opened
from evalharness.flows.plan import plan
from evalharness.flows.sheets import drawn_sample, exchange_sheets, sheet_place
from evalharness.flows.simulated import OWNER, answers
from evalharness.flows.summary import week_summary
from evalharness.flows.typed import fill_sheet
from evalharness.models.call import Change
from evalharness.models.plan import PlannedCheck, SamplePlan
from evalharness.store.records import add_change, samples
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import SAMPLES, copy_of, make_workspace, run

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LAST, WEEK, BEN = "2026-W46", "2026-W47", "Ben Ode (simulated)"
TRUTH = {row["id"]: row for row in map(json.loads, (SAMPLES / "truth.jsonl").read_text().splitlines())}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks in the call log, nothing drawn; tests work on copies."""
    folder = make_workspace(tmp_path_factory.mktemp("plan") / "ws", (LAST, WEEK), owner=OWNER, people=(OWNER, BEN))
    with opened(Workspace.at(folder), write=True) as house:
        collect_configured(house, NOW)
    return folder


@pytest.fixture
def folder(collected: Path, tmp_path: Path) -> Path:
    """A copy."""
    return copy_of(collected, tmp_path / "ws")


@pytest.fixture
def house(folder: Path) -> Iterator[Opened]:
    """The copy, opened."""
    with opened(Workspace.at(folder), write=True) as one:
        yield one


def set_up(folder: Path, sample: str) -> None:
    """Other lines under `sample:`."""
    settings = folder / "evalharness.yaml"
    before, _, rest = settings.read_text().partition("\nsample:\n")
    settings.write_text(f"{before}\nsample:\n{sample}\n\nrubric: {rest.split('rubric: ', 1)[1]}")


def planned(folder: Path, week: str = WEEK) -> SamplePlan:
    with opened(Workspace.at(folder)) as house:
        return plan(house, week)


def checks_of(found: SamplePlan, check: str) -> list[PlannedCheck]:
    """The check at each size."""
    return [next(one for one in size.checks if one.threshold.id == check) for size in found.sizes]


def grade(house: Opened, week: str) -> None:
    """The week drawn and all sheets filled."""
    draw(house, week, NOW)
    exchange_sheets(house, week, NOW)
    sample = drawn_sample(house, week)
    for person in (OWNER, BEN):
        path = sheet_place(house, sample, person)
        path.write_bytes(fill_sheet(path.read_bytes(), sample, lambda one, who=person: answers(TRUTH[one], who, house.rubric())))
    exchange_sheets(house, week, NOW)


def test_a_plan_draws_nothing_and_writes_nothing(folder: Path) -> None:
    """The ledger's head and every file are the same before and after."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.startswith("ledger.db-")}
    found = planned(folder)
    assert [size.drawn for size in found.sizes] == [20, 35, 50]
    with opened(Workspace.at(folder)) as house:
        assert samples(house.ledger) == []
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.startswith("ledger.db-")}
    assert after == files


def test_before_the_first_week_the_assumptions_are_said(folder: Path) -> None:
    """70 % resolved, none failed; 377 clean calls of the same chance show less than 1 %."""
    found = planned(folder)
    resolved, failed = checks_of(found, "resolution"), checks_of(found, "clear_failures")
    assert [(one.assumed, one.assumption, one.since) for one in resolved] == [
        (pytest.approx(0.7), "assumed: better than the bar", WEEK)
    ] * 3
    assert [(one.assumed, one.chance, one.since) for one in failed] == [(0.0, 0.0, WEEK)] * 3
    for one in failed:
        assert (one.weeks or 0) - 1 < 377 / one.per_week <= (one.weeks or 0)
    assert [one.id for one in found.decided] == ["median_latency", "p99_latency", "csat_gap", "cost", "owner_review"]


def test_the_figures_are_those_of_the_draw_that_follows(house: Opened) -> None:
    """The plan at 35: strata, calls by person, and minutes within a fifth of what the real draw then says."""
    size = next(one for one in plan(house, WEEK).sizes if one.size == 35)
    drawn = draw(house, WEEK, NOW)
    assert {one.stratum.name: one.drawn for one in drawn.sample.design.strata} == size.strata
    assert {person: len(given) for person, given in drawn.sample.design.asked.items()} == size.reads
    for person, minutes in drawn.minutes.items():
        assert size.minutes[person] == pytest.approx(minutes, rel=0.2)


def test_after_a_graded_week_its_rates_are_assumed(house: Opened) -> None:
    """W47 is planned with what W46 showed; W46 itself is planned as if nothing were known of it."""
    grade(house, LAST)
    seen = {one.threshold.id: one for one in week_summary(house, LAST).checks}
    found = plan(house, WEEK)
    for name in ("resolution", "clear_failures"):
        rate = seen[name].since.value if seen[name].since else seen[name].measure.value
        for one in checks_of(found, name):
            assert one.assumed == pytest.approx(rate, abs=1e-9)
            assert LAST in one.assumption
    own = checks_of(plan(house, LAST), "resolution")[0]
    assert own.assumption.startswith("assumed")
    assert any("is drawn already" in note for note in plan(house, LAST).notes)


def test_calls_that_accumulated_bring_the_decision_nearer(house: Opened) -> None:
    """With the calls since W46 behind it the plan starts from them."""
    grade(house, LAST)
    check = next(one for one in week_summary(house, LAST).checks if one.threshold.id == "resolution")
    assert check.since is not None
    assert {(one.since, one.accumulated) for one in checks_of(plan(house, WEEK), "resolution")} == {(LAST, check.since.n)}


def test_the_plan_and_the_report_ask_for_the_same_calls(house: Opened) -> None:
    """The calls that the report of W46 still asks for, divided by those a planned week adds, are the plan's weeks, at each size.

    W46 has technical failures and W47 has none: with those of W47 alone the plan would take twice as long as the report says.
    """
    grade(house, LAST)
    report, found = week_summary(house, LAST), plan(house, WEEK)
    assert report.population.technical > 0
    seen = {one.threshold.id: one.since for one in report.checks}
    told = {name: (since.calls_needed, since.n) for name in ("resolution", "clear_failures") if (since := seen[name])}
    assert len(told) == 2
    for name, (needed, n) in told.items():
        assert needed is not None
        for one in checks_of(found, name):
            weeks = math.ceil((needed - n) / one.per_week)
            assert one.weeks == (weeks if weeks <= one.horizon else None)


def test_a_small_sample_is_planned_without_its_tails(folder: Path) -> None:
    """At 20 calls the tail stays in core, and that is said; a size of its own is a column of its own."""
    set_up(folder, "  size: 42\n  strata: [{tail: transferred}]")
    found = planned(folder)
    assert [(one.size, one.left_out, set(one.strata)) for one in found.sizes] == [
        (20, ("transferred",), {"core"}),
        (35, (), {"transferred", "core"}),
        (42, (), {"transferred", "core"}),
        (50, (), {"transferred", "core"}),
    ]
    text = "\n".join(of_plan(found))
    assert "In core below 35 calls: transferred." in text
    assert "42 calls*" in text


def test_a_share_of_its_own_is_what_the_tail_takes(folder: Path) -> None:
    """A third of 50 calls from a tail of 9 % is worth far fewer: oversampling finds failures and tightens nothing."""
    set_up(folder, "  strata: [{tail: transferred}]")
    alike = planned(folder).sizes[-1]
    set_up(folder, "  strata: [{tail: transferred, share: 0.34}]")
    tail = planned(folder).sizes[-1]
    assert (alike.strata["transferred"], tail.strata["transferred"]) == (10, tail.population["transferred"])
    assert tail.worth < alike.worth < 50
    assert all(b.width > a.width for a, b in zip(alike.checks, tail.checks, strict=True))


def test_every_nth_call_has_one_size(folder: Path) -> None:
    """Size and strata do not apply, and that is said."""
    set_up(folder, "  every_nth: 5")
    found = planned(folder)
    assert [one.strata for one in found.sizes] == [{"all": found.sizes[0].drawn}]
    assert any("sample.every_nth" in note for note in found.notes)


def test_sizes_beyond_the_week_are_shown_once(tmp_path: Path) -> None:
    """30 calls in all: a sample of 20, and all 30; 50 would be the same 30."""
    folder = make_workspace(tmp_path / "small", ())
    lines = (SAMPLES / "calls" / f"{WEEK}.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if json.loads(line)["turns"] and json.loads(line).get("status") == "completed"][:30]
    (folder / "inbox" / "calls.jsonl").write_text("\n".join(chosen))
    with opened(Workspace.at(folder), write=True) as house:
        collect_configured(house, NOW)
        found = plan(house, WEEK)
    assert [one.drawn for one in found.sizes] == [20, 30]
    assert [one.width for one in found.sizes[-1].checks] == [0.0, 0.0]
    assert [one.chance for one in found.sizes[-1].checks] == [1.0, 1.0]


def test_a_week_nobody_can_draw_from_has_no_plan(tmp_path: Path) -> None:
    """No transcript; and two agents without a scope: the same refusals as the draw's."""
    folder = make_workspace(tmp_path / "silent", ())
    rows = [{"id": f"x{i}", "started_at": "2026-11-16T09:00:00+01:00", "status": "error", "turns": []} for i in range(3)]
    (folder / "inbox" / "calls.jsonl").write_text("\n".join(map(json.dumps, rows)))
    turns = [{"speaker": "caller", "text": "Hello?"}]
    two = [{"id": f"y{a}", "agent": a, "started_at": "2026-11-09T09:00:00+01:00", "turns": turns} for a in ("one", "other")]
    (folder / "inbox" / "two.jsonl").write_text("\n".join(map(json.dumps, two)))
    with opened(Workspace.at(folder), write=True) as house:
        collect_configured(house, NOW)
        with pytest.raises(NothingToDrawError):
            plan(house, WEEK)
        with pytest.raises(DrawError, match="2 agents"):
            plan(house, LAST)


def test_the_plan_on_the_screen(folder: Path) -> None:
    """Every figure with its n, at most 100 columns, and the same numbers as JSON."""
    done = run("sample", "--plan", "--week", WEEK, "--workspace", folder)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    for words in ("Nothing is drawn by this", "35 calls*", "Resolution, at least 60 %", "Clear failures, below 1 %", "8 of 13"):
        assert words in done.stdout
    assert "no grading needed: Median latency, p99 latency, CSAT gap, Cost per call." in " ".join(done.stdout.split())
    as_json = run("sample", "--plan", "--week", WEEK, "--workspace", folder, "--json")
    assert SamplePlan.model_validate_json(as_json.stdout) == planned(folder)


@pytest.mark.parametrize(
    "words",
    [
        ("--plan", "--redraw", "again"),
        ("--plan", "--pick", "fd-47-001"),
        ("--pick", "fd-47-001", "--minutes", "60"),
        ("--reason", "odd"),
        ("--for", BEN),
    ],
)
def test_options_that_do_not_go_together(folder: Path, words: tuple[str, ...]) -> None:
    """A usage error in four lines, before anything is opened."""
    done = run("sample", *words, "--workspace", folder)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_picks_on_the_command_line(folder: Path) -> None:
    """Picked, listed by `sample`, in words and as JSON; the reason is shown as it was given, control characters visible."""
    week = ("--week", WEEK, "--workspace", folder)
    held = {one["id"] for one in json.loads(run("sample", *week, "--json").stdout)["calls"]}
    free = sorted(one for one in TRUTH if one.startswith("fd-47-") and one not in held)
    with opened(Workspace.at(folder)) as house:
        chosen = [call.id for call in house.calls.facts(WEEK) if call.has_transcript and call.id in free][:2]
    done = run("sample", "--pick", chosen[0], "--pick", chosen[1], "--reason", "odd\x1b[31m", *week)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 calls are picked by hand" in done.stdout
    assert "\x1b" not in done.stdout
    shown = run("sample", *week).stdout
    assert f"counts in no figure: {chosen[0]} (odd\\x1b[31m)" in shown
    listed = json.loads(run("sample", *week, "--json").stdout)
    assert [(one["id"], one["person"], one["probability"]) for one in listed["picks"]] == [(one, OWNER, None) for one in chosen]
    assert len(listed["calls"]) == 35


def test_the_plan_in_the_documentation_is_what_is_printed(tmp_path: Path) -> None:
    """docs/sampling.md shows the demo's first week; there it is drawn already, which its note says."""
    people = (OWNER, BEN, "Cora Lind (simulated)")
    folder = make_workspace(tmp_path / "first", ("2026-W42",), owner=OWNER, people=people)
    with opened(Workspace.at(folder), write=True) as house:
        collect_configured(house, NOW)
        printed = of_plan(plan(house, "2026-W42"))
    page = (Path(__file__).parents[2] / "docs" / "sampling.md").read_text(encoding="utf-8")
    shown = page.split("```text\n")[1].split("```")[0].splitlines()
    assert [line for line in shown if not line.startswith("  note:")] == printed


def test_a_version_declared_since_starts_the_count_anew(house: Opened) -> None:
    """A new version on Tuesday of W47: resolution keeps the rate it is planned with and starts from no calls; failures go on."""
    grade(house, LAST)
    with house.ledger.transaction() as tx:
        add_change(tx, Change(at=datetime(2026, 11, 17, 7, 0, tzinfo=UTC), label="v2.1: new prompt", kind="version"), NOW)
    found = plan(house, WEEK)
    for one in checks_of(found, "resolution"):
        assert (one.since, one.accumulated) == (WEEK, 0)
        assert f"calls; counted anew from {WEEK}, declared version: v2.1: new prompt" in one.assumption
    assert {one.since for one in checks_of(found, "clear_failures")} == {LAST}
    assert all(one.accumulated > 0 for one in checks_of(found, "clear_failures"))
    assert max(map(len, of_plan(found))) <= 100
