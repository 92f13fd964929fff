"""Is the configuration fit for today: clock, first week, people, who is away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from evalharness.workspace.config import Config
from evalharness.workspace.finding import Finding
from evalharness.workspace.timing import config_findings, owner, people, purpose, weeks
from tests.workspace.building import a_config

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday in 2026-W48."""


def an_owner(text: str, rest: str = "") -> Config:
    """A configuration with this owner."""
    fields = {"agent": {"name": "a", "success_criteria": rest}, "timezone": "Europe/Berlin"}
    return Config.model_validate({**fields, "owner": {"name": "Anna Keller", **({"away": (text,)} if text else {})}})


def warnings(findings: Iterable[Finding]) -> list[str]:
    """What the warnings say."""
    return [finding.what for finding in findings if finding.level != "ok"]


def test_the_newest_complete_week_by_the_local_clock() -> None:
    """On Wednesday of W48 it is W47, from Monday to Monday, 168 hours."""
    (finding,) = weeks(a_config(), NOW)
    assert finding.what == (
        "Weeks: 2026-W47 is the newest complete one, Mon 16 Nov 2026 00:00 CET to Mon 23 Nov 2026 00:00 CET, 168 hours"
    )


@pytest.mark.parametrize(
    ("now", "week", "hours"),
    [
        (datetime(2026, 10, 26, 12, tzinfo=UTC), "2026-W43", 169),
        (datetime(2026, 3, 30, 12, tzinfo=UTC), "2026-W13", 167),
        (datetime(2027, 1, 4, 12, tzinfo=UTC), "2026-W53", 168),
    ],
)
def test_weeks_with_a_clock_change_and_week_53(now: datetime, week: str, hours: int) -> None:
    """Summer time ends on 25 October 2026 and begins on 29 March; the year 2026 has 53 weeks."""
    (finding,) = weeks(a_config(), now)
    assert week in finding.what
    assert f"{hours} hours" in finding.what


def test_the_week_begins_at_local_midnight() -> None:
    """Sunday 22 November 23:30 UTC is Monday 00:30 in Berlin: W47 is complete there."""
    (finding,) = weeks(a_config(), datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert "2026-W47 is the newest" in finding.what


@pytest.mark.parametrize(("first", "warned"), [("2026-W47", False), ("2026-W48", False), ("2026-W49", True), ("2027-W01", True)])
def test_a_first_week_that_lies_ahead(first: str, warned: bool) -> None:
    """This week is no mistake; a later one means that nothing is done until then."""
    found = warnings(weeks(a_config(f"first_week: {first}\n"), NOW))
    assert found == ([f"first_week {first} lies ahead"] if warned else [])


def test_one_person_alone_cannot_agree_with_anybody() -> None:
    """A warning, unless double grading is switched off."""
    assert warnings(people(a_config())) == ["one person grades alone"]
    assert warnings(people(a_config("graders: {double_share: 0}\n"))) == []


def test_two_people_of_whom_one_is_the_owner() -> None:
    """Nothing to warn of; upper and lower case are one name."""
    assert warnings(people(a_config("graders: {people: [{name: ANNA KELLER}, {name: Ben}]}\n"))) == []


def test_an_owner_who_does_not_grade() -> None:
    """The review of twenty calls is counted by name."""
    found = warnings(people(a_config("graders: {people: [{name: Ben}, {name: Cem}]}\n")))
    assert found == ["neither the owner nor the deputy grades"]


@pytest.mark.parametrize(
    ("away", "level"),
    [
        ("", "ok"),
        ("2026-11-25/2026-11-25", "warning"),
        ("2026-11-20/2026-11-30", "warning"),
        ("2026-11-26/2026-11-30", "ok"),
        ("2026-11-01/2026-11-24", "ok"),
    ],
)
def test_an_owner_who_is_away_today(away: str, level: str) -> None:
    """Both ends of the range count, by the local date."""
    (finding,) = owner(an_owner(away), NOW)
    assert finding.level == level


def test_today_is_the_local_day() -> None:
    """24 November 23:30 UTC is the 25th in Berlin."""
    (finding,) = owner(an_owner("2026-11-25/2026-11-25"), datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert finding.what == "Anna Keller is away until 2026-11-25 without a deputy"


def test_a_deputy_stands_in() -> None:
    """That is well."""
    fields = {"name": "Anna", "deputy": "Ben", "away": ("2026-11-20/2026-11-30",)}
    config = Config.model_validate({"agent": {"name": "a"}, "timezone": "UTC", "owner": fields})
    (finding,) = owner(config, NOW)
    assert (finding.level, finding.what) == ("ok", "Owner: Anna is away until 2026-11-30; Ben stands in")


@pytest.mark.parametrize(("criteria", "count"), [("", 1), ("  \n", 1), ("Books.", 0)])
def test_success_criteria(criteria: str, count: int) -> None:
    """Empty or blank is not written."""
    assert len(warnings(purpose(an_owner("", criteria)))) == count


def test_all_of_it_together() -> None:
    """Weeks, graders, owner and strata are well; one person and no criteria are two warnings."""
    found = list(config_findings(a_config(), NOW))
    assert warnings(found) == ["one person grades alone", "the success criteria are empty"]
    assert found[-1].what == "Strata: to_a_person, core, 35 calls a week"
