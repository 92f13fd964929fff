"""Config: every key of evalharness.yaml with its default. The only place with defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, model_validator

from evalharness.models.intake import OwnForm
from evalharness.models.measuring import Measuring
from evalharness.models.noun import Noun
from evalharness.models.rule import Rule, parse_rule
from evalharness.models.severity import CalibrationRules
from evalharness.models.trust import TrustRules
from evalharness.models.week import monday
from evalharness.workspace.collecting import Collecting
from evalharness.workspace.not_yet import not_yet
from evalharness.workspace.receiver import Alert, Notify
from evalharness.workspace.settings import (
    Agent,
    CallPlace,
    Csat,
    Graders,
    InsidePath,
    LedgerPlace,
    Owner,
    Privacy,
    Retention,
    Sampling,
)
from evalharness.workspace.spending import Costs
from evalharness.workspace.yaml_words import Located, collected, nearest, quoted

OWN_FORMS: tuple[str, ...] = get_args(OwnForm)
"""The forms that are read without a field map: our own two, chat messages, and the platforms known by name."""
AUTO = "auto"
"""The source that is recognised from the file, as where none is named."""


def _zone(name: str) -> str:
    if name.split("/", maxsplit=1)[0] in ("posix", "right", "localtime", "posixrules", "Factory"):
        raise ValueError(f"{name!r} is no IANA time zone such as Europe/Berlin")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        guess = nearest(name, sorted(available_timezones())).split("known:")[0].strip()
        raise ValueError(f"{name!r} is no IANA time zone such as Europe/Berlin{'; ' if guess else ''}{guess}") from None
    return name


def _rule(text: str) -> str:
    parse_rule(text)
    return text


def _week(week: str) -> str:
    try:
        monday(week)
    except ValueError:
        raise ValueError(f"{week!r} is not a week that exists; write one such as 2026-W47 (53 only in some years)") from None
    return week


def _unknown_source(name: str, known: tuple[str, ...]) -> str:
    return f"{quoted(name)} is neither a form nor a map of collect.maps; {nearest(name, known)}"


class Config(Noun):
    """One agent, one owner, one clock, and how its calls are collected, drawn, graded and judged."""

    agent: Agent
    owner: Owner
    timezone: Annotated[str, AfterValidator(_zone)]
    scope: Annotated[str, AfterValidator(_rule)] | None = None
    first_week: Annotated[str, AfterValidator(_week)] | None = None
    calls: CallPlace = CallPlace()
    ledger: LedgerPlace = LedgerPlace()
    collect: Collecting = Collecting()
    privacy: Privacy = Privacy()
    retention: Retention = Retention()
    sample: Sampling = Sampling()
    rubric: InsidePath = "rubrics/phone-agent.yaml"
    thresholds: InsidePath = "rubrics/good-enough.yaml"
    graders: Graders = Graders()
    judge_trust: TrustRules = TrustRules()
    calibration: CalibrationRules = CalibrationRules()
    measures: Measuring = Measuring()
    csat: Csat = Csat()
    costs: Costs = Costs()
    alerts: tuple[Alert, ...] = ()
    notify: Notify = ()

    @model_validator(mode="after")
    def _as_a_whole(self) -> Config:
        collected(not_yet(self), self._sources(), self._map_names(), self._timezones())
        return self

    def _sources(self) -> Iterator[Located]:
        known = (*OWN_FORMS, AUTO, *self.collect.maps)
        for index, source in enumerate(self.collect.sources):
            if source.source is not None and source.source not in known:
                yield ("collect", "sources", index, "source"), _unknown_source(source.source, known)

    def _map_names(self) -> Iterator[Located]:
        for name in self.collect.maps:
            if name in (*OWN_FORMS, AUTO):
                what = "our own form" if name in ("jsonl", "csv") else "a source known by this name"
                yield ("collect", "maps", name), f"{name!r} is {what}; give the map another name"

    def _timezones(self) -> Iterator[Located]:
        for name, zone in self.collect.timezones.items():
            if name not in OWN_FORMS:
                why = "a field map says it itself" if name in self.collect.maps else nearest(name, OWN_FORMS)
                yield ("collect", "timezones", name), f"{quoted(name)} is no form that is known by name; {why}"
            try:
                _zone(zone)
            except ValueError as error:
                yield ("collect", "timezones", name), str(error)

    @property
    def zone(self) -> ZoneInfo:
        """The clock by which weeks, hours and weekdays are told."""
        return ZoneInfo(self.timezone)

    @property
    def scope_rule(self) -> Rule | None:
        """Which calls are this agent's own; None = all, as long as one agent is seen."""
        return None if self.scope is None else parse_rule(self.scope)

    @property
    def redaction(self) -> frozenset[str]:
        """The categories that are taken out of texts."""
        return frozenset(self.privacy.redact)

    @property
    def people(self) -> tuple[str, ...]:
        """Who grades: the configured people, or the owner alone."""
        return tuple(person.name for person in self.graders.people) or (self.owner.name,)
