"""Signing a week off: who may, what is kept, and a signed week that is never changed silently."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalharness.errors import DrawError, ExportError, SignOffError, UsageError
from evalharness.flows.draw import DrawOptions, draw
from evalharness.flows.due import due
from evalharness.flows.exports import digest_of_bytes
from evalharness.flows.note import note
from evalharness.flows.opened import Opened, opened
from evalharness.flows.report import write_reports
from evalharness.flows.sign_off import Wish, propose, sign
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import trend
from evalharness.flows.week import run_week
from evalharness.models.act import SignOff
from evalharness.models.grade import Grader, Scored
from evalharness.report.text import json_text
from evalharness.report.words import since_sentence
from evalharness.store.files import digest_file
from evalharness.store.records import add_grades, load_grades, load_sample, sign_offs
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace
from tests.samples.reading import calls

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
ANNA = Wish(WEEK, "Anna Keller", "keep", "hold the prompt")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 collected, drawn and reported; a deputy is named; tests work on copies."""
    root = make_workspace(tmp_path_factory.mktemp("signing") / "ws", (WEEK,))
    settings = root / "evalharness.yaml"
    text = settings.read_text()
    assert "deputy: null" in text
    settings.write_text(text.replace("deputy: null", "deputy: Ben Ode"))
    with opened(Workspace.at(root), write=True) as house:
        run_week(house, NOW)
    return root


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy of it."""
    with the_house(copy_of(drawn, tmp_path / "ws")) as found:
        yield found


@contextmanager
def the_house(root: Path) -> Iterator[Opened]:
    """The workspace, opened to write."""
    with opened(Workspace.at(root), write=True) as found:
        yield found


def grade(house: Opened, calls: int, *, value: int = 4, at: datetime = NOW) -> None:
    """Anna grades the first calls of the queue under `correctness` and says how they ended."""
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    answers = {"correctness": value, "outcome": "resolved"}
    grades = [
        Scored(
            week=WEEK,
            source=item.call.source,
            call_id=item.call.id,
            criterion=criterion,
            grader=Grader(kind="human", name="Anna Keller"),
            criterion_digest=sample.criterion_digests[criterion],
            at=at,
            value=answer,
        )
        for item in sample.items[:calls]
        for criterion, answer in answers.items()
    ]
    with house.ledger.transaction() as tx:
        add_grades(tx, grades)


def files(house: Opened) -> dict[str, str]:
    """Report name -> digest."""
    folder = house.workspace.report_path(WEEK, "week.xlsx").parent
    return {path.name: digest_file(path) for path in sorted(folder.iterdir())}


NAMES = ["report.html", "scores.csv", "summary.json", "summary.md", "week.xlsx"]


def test_only_owner_or_deputy_sign(house: Opened) -> None:
    """Capitals and spaces do not matter; anybody else is refused, and told who may."""
    assert propose(house, Wish(WEEK, " anna  KELLER ", "keep"), NOW).signed.role == "owner"
    deputy = propose(house, Wish(WEEK, "Ben Ode", "fix"), NOW).signed
    assert (deputy.by, deputy.role) == ("Ben Ode", "deputy")
    with pytest.raises(UsageError, match="Cora Lind' may not sign") as refused:
        propose(house, Wish(WEEK, "Cora Lind", "keep"), NOW)
    assert "'Anna Keller', or the deputy: 'Ben Ode'" in refused.value.why


def test_a_week_that_runs_or_is_not_drawn_is_refused(house: Opened) -> None:
    """Sunday evening in Berlin is before the week's end; of W46 nothing is drawn. Nothing is kept of either."""
    with pytest.raises(SignOffError, match="has not ended yet"):
        sign(house, ANNA, datetime(2026, 11, 22, 22, 59, tzinfo=UTC))
    with pytest.raises(UsageError, match="2026-W46 is not drawn yet"):
        sign(house, Wish("2026-W46", "Anna Keller", "keep"), NOW)
    assert sign_offs(house.ledger, WEEK) == []


def test_what_is_kept(house: Opened) -> None:
    """The decision with verdict, every check and n, the digests of what was read, and what was open: 15 of 35 calls."""
    grade(house, 20)
    signed = sign(house, ANNA, NOW)
    assert sign_offs(house.ledger, WEEK) == [signed]
    assert (signed.by, signed.decision, signed.notes, signed.at) == ("Anna Keller", "keep", "hold the prompt", NOW)
    summary = week_summary(house, WEEK)
    assert [(f.check, f.verdict, f.n) for f in signed.figures] == [
        (check.threshold.id, check.verdict, check.measure.n) for check in summary.checks
    ]
    assert signed.unfilled == {"Anna Keller": 15}
    assert signed.grades == len(load_grades(house.ledger, WEEK))
    written = json.loads((house.workspace.root / "reports" / WEEK / "summary.json").read_bytes())
    alone = {name: value for name, value in written.items() if name not in ("trend", "moved", "ledger_head")}
    text = json_text(json.dumps(alone, sort_keys=True, indent=2, ensure_ascii=False)) + "\n"
    assert signed.summary_digest == digest_of_bytes(text.encode())
    assert signed.files == {f"reports/{WEEK}/{name}": digest for name, digest in files(house).items()}
    assert house.ledger.verify() == []


def test_an_unfinished_review_is_signed_as_missed(house: Opened) -> None:
    """19 of 20 calls: not measured before, and shown and kept as missed."""
    grade(house, 19)
    before = {check.threshold.id: check.verdict for check in week_summary(house, WEEK).checks}
    assert before["owner_review"] == "not_measured"
    figures = {figure.check: figure.verdict for figure in sign(house, ANNA, NOW).figures}
    assert figures["owner_review"] == "missed"
    assert week_summary(house, WEEK).verdict == "not good enough"


def test_a_signed_week_stands(house: Opened) -> None:
    """`week` leaves it alone, a report writes nothing, a redraw and a second signature are refused, nothing is due."""
    grade(house, 35)
    assert [one.what.rpartition(" and ")[2] for one in due(house, NOW)] == ["sign the week off"]
    sign(house, ANNA, NOW)
    kept, head = files(house), house.ledger.head()
    assert run_week(house, LATER).weeks == []
    (run,) = run_week(house, LATER, week=WEEK).weeks
    assert (run.signed, run.files) == (True, ())
    assert {path.name for path in write_reports(house, week_summary(house, WEEK), LATER)} == set(NAMES)
    with pytest.raises(DrawError, match="signed off"):
        draw(house, WEEK, LATER, DrawOptions(redraw="other calls"))
    with pytest.raises(SignOffError, match="signed off already, by Anna Keller on 2026-11-23: keep"):
        sign(house, ANNA, LATER)
    assert (files(house), house.ledger.head(), due(house, NOW)) == (kept, head, [])


def test_later_grades_are_kept_and_reported_beside_the_signed_files(house: Opened) -> None:
    """25 calls graded after the sign-off: 50 grades, the signed files untouched, what is known now beside them."""
    grade(house, 20)
    signed, before = sign(house, ANNA, NOW), files(house)
    grade(house, 25, at=LATER)
    summary = week_summary(house, WEEK)
    assert summary.signed == signed
    assert summary.since is not None
    assert (summary.since.grades, summary.since.calls) == (50, 0)
    changed = {one.check: (one.signed.n, one.now.n) for one in summary.since.changed if one.signed and one.now}
    assert changed["resolution"] == (19, 24)
    assert changed["owner_review"] == (20, 25)
    assert "median_latency" not in changed
    write_reports(house, summary, LATER)
    after = files(house)
    assert {name: after[name] for name in NAMES} == before
    assert "week (after sign-off).xlsx" in after
    text = house.workspace.report_path(WEEK, "summary (after sign-off).md").read_text()
    assert "50 grades arrived" in text
    assert len(after) == 2 * len(NAMES)


def test_the_same_answers_again_change_no_figure(house: Opened) -> None:
    """Twenty calls graded alike once more: 40 grades arrived, every figure is as signed, and it is still said."""
    grade(house, 20)
    sign(house, ANNA, NOW)
    grade(house, 20, at=LATER)
    since = week_summary(house, WEEK).since
    assert since is not None
    assert (since.grades, since.changed, since.nothing) == (40, (), False)


def test_calls_that_arrive_later_are_counted(house: Opened) -> None:
    """Two calls of the week more in the log: the sign-off keeps its count, the difference is shown."""
    signed = sign(house, ANNA, NOW)
    late = [{**call, "id": f"late-{number}"} for number, call in enumerate(call for call in calls(WEEK) if call["turns"])][:2]
    (house.workspace.inbox / "late.jsonl").write_text("\n".join(map(json.dumps, late)), encoding="utf-8")
    run_week(house, LATER)
    summary = week_summary(house, WEEK)
    assert summary.since is not None
    assert (signed.calls + 2, summary.since.calls) == (summary.population.calls, 2)


def test_signing_again_needs_a_reason_and_is_a_new_row(house: Opened) -> None:
    """The first row and its files stay; the second has its own; a third recomputation gets a number."""
    grade(house, 20)
    first, before = sign(house, ANNA, NOW), files(house)
    grade(house, 25, at=LATER)
    for reason in (None, " "):
        with pytest.raises(SignOffError, match="signed off already"):
            propose(house, Wish(WEEK, "Ben Ode", "fix", again=reason), LATER)
    second = sign(house, Wish(WEEK, "Ben Ode", "fix", again="five calls more"), LATER)
    assert sign_offs(house.ledger, WEEK) == [first, second]
    beside = {name.replace(".", " (after sign-off).") for name in NAMES}
    assert {path.rpartition("/")[2] for path in second.files} == beside
    assert {name: digest for name, digest in files(house).items() if name in NAMES} == before
    summary = week_summary(house, WEEK)
    assert summary.signed == second
    assert summary.since is not None
    assert summary.since.nothing
    grade(house, 30, at=LATER)
    paths = write_reports(house, week_summary(house, WEEK), LATER)
    assert "week (after sign-off 2).xlsx" in {path.name for path in paths}


def test_again_is_for_signed_weeks(house: Opened) -> None:
    """A reason to sign again where nobody signed is a slip."""
    with pytest.raises(UsageError, match="2026-W47 is not signed off yet"):
        propose(house, Wish(WEEK, "Anna Keller", "keep", again="why not"), NOW)


def test_what_is_signed_is_what_was_shown(house: Opened) -> None:
    """A grade comes in between reading and signing: refused, nothing kept."""
    shown = propose(house, ANNA, NOW).signed.summary_digest
    grade(house, 1)
    with pytest.raises(SignOffError, match="changed while you were reading"):
        sign(house, ANNA, NOW, shown)
    assert sign_offs(house.ledger, WEEK) == []


def test_nothing_is_signed_where_a_report_cannot_be_written(house: Opened) -> None:
    """The workbook is open elsewhere: an error, no row, and the week is still due."""
    grade(house, 2)
    house.workspace.report_path(WEEK, "~$week.xlsx").write_text("")
    with pytest.raises(ExportError, match="open in a spreadsheet program"):
        sign(house, ANNA, NOW)
    assert sign_offs(house.ledger, WEEK) == []


def test_a_signed_file_that_was_removed_is_not_made_anew_in_its_place(house: Opened) -> None:
    """summary.md is gone: what is known now is written beside the signed files, under another name."""
    sign(house, ANNA, NOW)
    house.workspace.report_path(WEEK, "summary.md").unlink()
    write_reports(house, week_summary(house, WEEK), LATER)
    assert "summary.md" not in files(house)
    assert "summary (after sign-off).md" in files(house)


def test_the_trend_marks_figures_that_were_signed_otherwise(house: Opened) -> None:
    """Resolution was signed on 19 calls (of 20, one failed technically) and stands on 24 now; latency is what it was."""
    grade(house, 20)
    signed: SignOff = sign(house, ANNA, NOW)
    grade(house, 25, at=LATER)
    found = trend(house)
    assert [(week.week, week.differs) for week in found.weeks] == [(WEEK, True)]
    assert found.weeks[0].signed == signed
    (point,) = found.trend("resolution_rate").points
    assert point.signed is not None
    assert (point.signed.n, point.measure.n) == (19, 24)
    assert found.trend("latency_p50_ms").points[0].signed is None


def test_a_break_noted_later_within_a_signed_week_is_said(house: Opened) -> None:
    """Every figure of the week is as signed; fewer calls count since the start, and that is named in one line."""
    grade(house, 35)
    sign(house, ANNA, NOW)
    note(house, "another vendor", "2026-11-19", "break", LATER)
    since = week_summary(house, WEEK).since
    assert since is not None
    assert (since.changed, since.nothing, "resolution" in since.beside) == ((), False, True)
    assert since_sentence(since).startswith(
        "nothing arrived; every figure is as signed; what is known since an earlier week differs now for "
    )
