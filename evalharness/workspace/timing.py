"""Is the configuration fit for today: the clock, the first week, the people and who is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from evalharness.models.week import bounds, newest_complete, week_of
from evalharness.workspace.config import Config
from evalharness.workspace.file_name import file_key
from evalharness.workspace.finding import Finding, fine, warning


def config_findings(config: Config, now: datetime) -> Iterator[Finding]:
    """Everything that is valid in evalharness.yaml and still worth a look at the aware instant `now`."""
    yield from weeks(config, now)
    yield from people(config)
    yield from owner(config, now)
    yield from purpose(config)
    yield fine(
        f"Strata: {', '.join([*(stratum.name for stratum in config.sample.strata), 'core'])}, {config.sample.size} calls a week"
    )


def weeks(config: Config, now: datetime) -> Iterator[Finding]:
    """Which week is the newest complete one, its hours by the local clock, and whether the first week lies ahead."""
    week, zone = newest_complete(now, config.zone), config.zone
    start, end = bounds(week, zone)
    hours = round((end - start).total_seconds() / 3600)
    shown = " to ".join(f"{instant.astimezone(zone):%a %d %b %Y %H:%M %Z}" for instant in (start, end))
    yield fine(f"Weeks: {week} is the newest complete one, {shown}, {hours} hours")
    if config.first_week is not None and config.first_week > week_of(now, zone):
        why = "Nothing is collected, drawn or reported before it."
        yield warning(f"first_week {config.first_week} lies ahead", why, "Correct first_week, or wait for it.")


def people(config: Config) -> Iterator[Finding]:
    """Whether two people can grade, and whether the owner is one of them under the same name."""
    names = config.people
    yield fine(f"Graders: {', '.join(names)}")
    if len(names) == 1 and config.graders.double_share > 0:
        why = "Without a second grader nobody can tell how far two people agree."
        yield warning("one person grades alone", why, "Add a second person under graders.people, or set graders.double_share: 0.")
    reviewers = {file_key(name) for name in (config.owner.name, config.owner.deputy) if name}
    if not reviewers & {file_key(name) for name in names}:
        why = "The owner's review counts calls that the owner or the deputy graded, by that name."
        yield warning(
            "neither the owner nor the deputy grades",
            why,
            "Add the owner under graders.people if the name is only spelt otherwise.",
        )


def owner(config: Config, now: datetime) -> Iterator[Finding]:
    """Whether the owner is away today, and who stands in."""
    today = now.astimezone(config.zone).date()
    away = next((days for days in config.owner.away if days.covers(today)), None)
    if away is None:
        yield fine(f"Owner: {config.owner.name}, here")
    elif config.owner.deputy:
        yield fine(f"Owner: {config.owner.name} is away until {away.last}; {config.owner.deputy} stands in")
    else:
        why = "Twenty calls a week need a review, and nobody may give it."
        yield warning(
            f"{config.owner.name} is away until {away.last} without a deputy", why, "Name a second person as owner.deputy."
        )


def purpose(config: Config) -> Iterator[Finding]:
    """Whether the success criteria are written."""
    if not config.agent.success_criteria.strip():
        why = "They say what the agent is for; without them nobody can tell which calls are out of scope."
        yield warning("the success criteria are empty", why, "Write one paragraph at agent.success_criteria.")
