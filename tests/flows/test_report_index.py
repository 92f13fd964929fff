"""The page of a week and the page of all weeks, written with every report, signed or not, kept where a person changed one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.flows.keep import verify
from evalharness.flows.opened import Opened, opened
from evalharness.flows.report import beside, write_reports
from evalharness.flows.report_index import index_of
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.summary import week_summary
from evalharness.flows.week import run_week
from evalharness.report.page.index import NOT_KNOWN
from evalharness.store.files import digest_file
from evalharness.store.records import add_export, last_export
from evalharness.workspace.folder import Workspace
from tests.flows.bridging import grade_all, usual
from tests.flows.workspaces import copy_of, make_workspace

WEEKS = ("2026-W46", "2026-W47")
NOW, LATER = datetime(2026, 11, 23, 7, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W46 and W47 drawn, W47 graded in part, both reported."""
    root = make_workspace(tmp_path_factory.mktemp("index") / "ws", WEEKS)
    with opened(Workspace.at(root), write=True) as house:
        for week in WEEKS:
            run_week(house, NOW, week=week)
    return root


@pytest.fixture
def house(reported: Path, tmp_path: Path) -> Iterator[Opened]:
    """A copy of it, opened to write."""
    with opened(Workspace.at(copy_of(reported, tmp_path / "ws")), write=True) as found:
        yield found


def index(house: Opened) -> str:
    """The page of all weeks."""
    return house.workspace.reports_index.read_text(encoding="utf-8")


def ways(house: Opened) -> list[str]:
    """Where it leads, newest week first."""
    return re.findall(r'href="([^"#]+)"', index(house))


def test_each_week_has_a_page_and_all_have_one_together(house: Opened) -> None:
    """Private files of this workspace, recorded; each way leads to a file."""
    assert ways(house) == [f"{week}/{name}" for week in reversed(WEEKS) for name in ("report.html", "week.xlsx")]
    folder = house.workspace.reports_index.parent
    assert all((folder / way).is_file() for way in ways(house))
    assert house.workspace.reports_index.stat().st_mode & 0o077 == 0
    assert last_export(house.ledger, "reports/index.html")["digest"] == digest_file(house.workspace.reports_index)


def test_writing_a_report_again_changes_nothing(house: Opened) -> None:
    """Same bytes, no new row."""
    kept, head = index(house), house.ledger.head()
    for week in WEEKS:
        write_reports(house, week_summary(house, week), LATER)
    assert (index(house), house.ledger.head()) == (kept, head)


def test_a_page_that_a_person_changed_is_kept_and_the_new_one_gets_a_number(house: Opened) -> None:
    """The index leads to the newest; a changed index is kept likewise."""
    mine = house.workspace.report_path(WEEKS[1], "report.html")
    mine.write_text("my notes", encoding="utf-8")
    house.workspace.reports_index.write_text("mine, too", encoding="utf-8")
    paths = write_reports(house, week_summary(house, WEEKS[1]), LATER)
    assert mine.read_text(encoding="utf-8") == "my notes"
    assert mine.with_name("report (2).html") in paths
    assert house.workspace.reports_index.read_text(encoding="utf-8") == "mine, too"
    text = house.workspace.reports_index.with_name("index (2).html").read_text(encoding="utf-8")
    assert "2026-W47/report%20%282%29.html" in text


def test_a_number_behind_a_name_is_explained() -> None:
    """Which file stays, whether it is read still, which is the newer one; a sign-off in the name is no number."""
    assert beside(Path("reports/2026-W46/week (2).xlsx")) == (
        "week.xlsx is not as it was written here, so it stays as it is, and what is typed there is still read; "
        "week (2).xlsx is the newer one"
    )
    assert beside(Path("report (3).html")).startswith(
        "report.html (up to 2) is not as it was written here, so it stays as it is; "
    )
    assert beside(Path("week.xlsx")) == beside(Path("week (after sign-off 2).xlsx")) == ""


def test_a_signed_page_is_signed_and_the_index_is_not(house: Opened) -> None:
    """The page is among the files that were signed; the index says so at once and may change without anybody being warned."""
    signed = sign(house, Wish(WEEKS[0], "Anna Keller", "keep"), NOW)
    assert f"reports/{WEEKS[0]}/report.html" in signed.files
    assert not [path for path in signed.files if "index" in path]
    assert "signed: keep" in index(house)
    run_week(house, LATER, week=WEEKS[1])
    house.workspace.reports_index.write_text("changed", encoding="utf-8")
    assert verify(house)[0] == []
    house.workspace.report_path(WEEKS[0], "report.html").write_text("changed", encoding="utf-8")
    assert [problem.partition(":")[0] for problem in verify(house)[0]] == [f"reports/{WEEKS[0]}/report.html"]


def test_later_grades_put_a_new_page_beside_the_signed_one(house: Opened) -> None:
    """The index leads to it; the signed one stands."""
    sign(house, Wish(WEEKS[1], "Anna Keller", "keep"), NOW)
    page = house.workspace.report_path(WEEKS[1], "report.html")
    before = digest_file(page)
    grade_all(house, WEEKS[1], usual)
    write_reports(house, week_summary(house, WEEKS[1]), LATER)
    assert digest_file(page) == before
    assert "2026-W47/report%20%28after%20sign-off%29.html" in ways(house)


def test_a_week_of_which_the_ledger_says_nothing_is_named_without_figures(house: Opened) -> None:
    """Its row holds no record of the week: the index says what to do."""
    with house.ledger.transaction() as tx:
        add_export(tx, "reports/2026-W45/report.html", "0" * 64, "report", "2026-W45", NOW, {})
    text = index_of(house).decode()
    assert "2026-W45" in text
    assert text.count("not known") == 1
    assert NOT_KNOWN in text


def test_a_file_that_is_gone_is_led_to_no_more(house: Opened) -> None:
    """The week stays, without the way to its workbook."""
    house.workspace.report_path(WEEKS[0], "week.xlsx").unlink()
    assert "2026-W46/week.xlsx" not in index_of(house).decode()
    assert "2026-W46/report.html" in index_of(house).decode()
