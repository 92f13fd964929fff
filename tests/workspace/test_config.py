"""Every key of evalharness.yaml: its default, and what it may not say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from evalharness.models.rule import Comparison
from evalharness.workspace.config import Config
from evalharness.workspace.yaml_file import parse_yaml
from tests.workspace.building import NEEDED, a_config, refused, refused_addition

EVERY_KEY = """\
agent: {name: Front Desk, success_criteria: "Books, moves and cancels appointments for 7 of 10 calls."}
owner: {name: Anna Keller, deputy: null, away: []}
timezone: Europe/Berlin
scope: null
first_week: null
calls: {engine: duckdb, path: calls}
ledger: {url: null}
collect:
  sources:
    - {path: "inbox/*.json", source: jsonl}
    - {path: "inbox/survey-*.csv", as: null, join: null}
  maps: {}
  limits: {file_mb: 4096, call_kb: 8192, turns: 5000}
privacy: {redact: [card, account, phone, email, dob, ssn], caller_key: hashed}
retention: {transcripts_days: 180, recordings_days: 90, grades_days: null, exports_days: 365, llm_replies_days: 90}
sample:
  size: 35
  seed: 1
  strata: [{name: to_a_person, when: "outcome in [transferred, follow_up]"}]
  every_nth: null
rubric: rubrics/phone-agent.yaml
thresholds: rubrics/good-enough.yaml
graders:
  people: [{name: Anna Keller}, {name: Ben Ode}]
  double_share: 0.2
  blind_first: 20
  heard_per_week: 3
  llm:
    {enabled: false, model: claude-haiku-5-5, effort: low, base_url: null,
     concurrency: 20, max_cost_usd: 5, batch: false, repeats: 1, criteria: all}
judge_trust: {min_pairs: 20, alpha_low: 0.4, max_bias: 0.5, min_sensitivity: 0.8, min_failures: 8, below_people: 0.1}
calibration: {max_severity: 0.5, min_calls: 20}
measures: {}
csat: {baseline: null}
costs: {currency: USD, prices: prices.yaml, budget_per_call: 0.50, budget_per_week: null}
alerts: []
notify: null
"""


def test_every_key_of_the_formats_is_known_and_stands_at_its_default() -> None:
    """With every key written out, only what is no default differs from the three required keys alone."""
    written, left_out = parse_yaml(EVERY_KEY, "evalharness.yaml", Config), a_config()
    different = {name for name in Config.model_fields if getattr(written, name) != getattr(left_out, name)}
    assert different == {"agent", "collect", "graders"}
    assert written.collect.limits == left_out.collect.limits
    assert written.graders.llm == left_out.graders.llm
    assert set(EVERY_KEY.replace(" ", "\n").split("\n")) >= {f"{name}:" for name in Config.model_fields}


def test_what_is_needed_at_least() -> None:
    """Agent, owner and time zone."""
    config = a_config()
    assert (config.agent.name, config.owner.name, config.timezone) == ("Front Desk", "Anna Keller", "Europe/Berlin")
    assert config.agent.success_criteria == ""


@pytest.mark.parametrize("key", ["agent", "owner", "timezone"])
def test_a_required_key_that_is_missing_is_named(key: str) -> None:
    """The two others alone are no configuration."""
    text = "".join(line for line in NEEDED.splitlines(keepends=True) if not line.startswith(key))
    error = refused(text)
    assert error.what == "this key is missing"
    assert error.where == f"evalharness.yaml line 1, column 1, field {key}"


def test_an_inner_required_key_stands_where_its_mapping_begins() -> None:
    """An owner without a name."""
    error = refused(NEEDED.replace("{name: Anna Keller}", "{deputy: Ben Ode}"))
    assert error.where == "evalharness.yaml line 2, column 8, field owner.name"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("timezon: x", "line 4, column 1, field timezon", "did you mean timezone?"),
        ("grader: {}", "line 4, column 1, field grader", "did you mean graders?"),
        ("graders: {lmm: {}}", "line 4, column 11, field graders.lmm", "did you mean llm?"),
        ("graders: {llm: {enabled: no}}", "line 4, column 26, field graders.llm.enabled", "write false"),
        (
            "graders: {llm: {effort: hihg}}",
            "line 4, column 25, field graders.llm.effort",
            "one of low, medium, high, xhigh, max; did you mean high?",
        ),
        ("graders: {double_share: 20}", "line 4, column 25, field graders.double_share", "20 should be at most 1.0"),
        ("graders: {people: [Anna]}", "line 4, column 20, field graders.people[0]", "should be a mapping"),
        ("graders: {blind_first: -1}", "line 4, column 24, field graders.blind_first", "at least 0"),
        ("sample: {size: 19}", "line 4, column 16, field sample.size", "19 should be at least 20"),
        ("sample: {size: 51}", "line 4, column 16, field sample.size", "51 should be at most 50"),
        ("sample: {seed: one}", "line 4, column 16, field sample.seed", "should be a whole number"),
        ("sample: {seed: 010}", "line 4, column 16, field sample.seed", "'010' should be a whole number"),
        ("sample: {every_nth: 0}", "line 4, column 21, field sample.every_nth", "at least 1"),
        ("first_week: 2025-W53", "line 4, column 13, field first_week", "is not a week that exists"),
        ("first_week: 2026-47", "line 4, column 13, field first_week", "such as 2026-W47"),
        ("first_week: 2026-W00", "line 4, column 13, field first_week", "is not a week that exists"),
        ("scope: agnt == x", "line 4, column 8, field scope", "agnt"),
        ("scope: agent is x", "line 4, column 8, field scope", "'is' after 'agent' is not one of == != < <= > >= in"),
        ("rubric: /etc/passwd", "line 4, column 9, field rubric", "not a path within the workspace"),
        ("rubric: ../other/rubric.yaml", "line 4, column 9, field rubric", "not a path within the workspace"),
        ("thresholds: ''", "line 4, column 13, field thresholds", "not a path within the workspace"),
        ("calls: {path: ../calls}", "line 4, column 15, field calls.path", "not a path within the workspace"),
        ("calls: {path: a/b}", "line 4, column 15, field calls.path", "not one folder"),
        ("privacy: {redact: [card, fone]}", "line 4, column 26, field privacy.redact[1]", "did you mean phone?"),
        ("privacy: {caller_key: plain}", "line 4, column 23, field privacy.caller_key", "not one of hashed"),
        (
            "csat: {baseline: {value: 0.84, n: 40, period: Q2}}",
            "line 4, column 26, field csat.baseline.value",
            "0.84 is read as 0.84 percent; did you mean 84?",
        ),
        ("csat: {baseline: {value: 1, n: 40, period: Q2}}", "line 4, column 26, field csat.baseline.value", "did you mean 100?"),
        (
            "csat: {baseline: {value: 84, n: 40, period: Q2, by_intent: {x: 0.9}}}",
            "line 4, column 64, field csat.baseline.by_intent.x",
            "did you mean 90?",
        ),
        (
            "csat: {baseline: {value: 84, n: 40, period: Q2, by_intent: {x: {value: 0.9, n: 9}}}}",
            "line 4, column 72, field csat.baseline.by_intent.x.value",
            "did you mean 90?",
        ),
        ("csat: {baseline: {value: 84, period: Q2}}", "line 4, column 18, field csat.baseline.n", "missing"),
        ("csat: {baseline: {value: 84, n: 40}}", "line 4, column 18, field csat.baseline.period", "missing"),
        ("costs: {currency: usd}", "line 4, column 19, field costs.currency", "should be of the form ^[A-Z]{3}$"),
        ("collect: {limits: {turns: 0}}", "line 4, column 27, field collect.limits.turns", "at least 1"),
        ("collect: {limits: {file_mb: 1.5}}", "line 4, column 29, field collect.limits.file_mb", "should be a whole number"),
        ("collect: {sources: [{source: csv}]}", "line 4, column 21, field collect.sources[0].path", "missing"),
        ("collect: {sources: [{path: ''}]}", "line 4, column 28, field collect.sources[0].path", "at least 1 character"),
        (
            "collect: {sources: [{path: x, source: jsnol}]}",
            "line 4, column 39, field collect.sources[0].source",
            "did you mean jsonl?",
        ),
        (
            "collect: {sources: [{path: x, source: pipcat}]}",
            "line 4, column 39, field collect.sources[0].source",
            "did you mean pipecat?",
        ),
        ("collect: {timezones: {vcon: Mars/Base}}", "line 4, column 29, field collect.timezones.vcon", "no IANA time zone"),
        ("collect: {timezones: {vocn: UTC}}", "line 4, column 29, field collect.timezones.vocn", "did you mean vcon?"),
        ("collect: {maps: {csv: {}}}", "line 4, column 23, field collect.maps.csv", "our own form"),
        ("collect: {maps: {mine: 3}}", "line 4, column 24, field collect.maps.mine", "should be a mapping"),
    ],
)
def test_what_a_key_may_not_say(text: str, place: str, what: str) -> None:
    """Each is one problem, in line 4, with the words that help."""
    error = refused_addition(text + "\n")
    assert error.where == f"evalharness.yaml {place}"
    assert what in error.what


@pytest.mark.parametrize(
    ("zone", "what"),
    [
        ("Europe/Berlni", "'Europe/Berlni' is no IANA time zone such as Europe/Berlin; did you mean Europe/Berlin?"),
        ("CET+1", "is no IANA time zone"),
        ("../../etc/passwd", "is no IANA time zone"),
        ("/etc/localtime", "is no IANA time zone"),
        ("Europe", "is no IANA time zone"),
        ("right/Europe/Berlin", "is no IANA time zone"),
        ("localtime", "is no IANA time zone"),
        ("''", "is no IANA time zone"),
    ],
)
def test_a_zone_that_is_none(zone: str, what: str) -> None:
    """Only names of the IANA database: no offsets, no paths, not the machine's own zone."""
    error = refused(NEEDED.replace("Europe/Berlin", zone))
    assert error.where == "evalharness.yaml line 3, column 11, field timezone"
    assert what in error.what


def test_the_clock() -> None:
    """Midnight in Berlin is 23:00 UTC of the day before in winter."""
    assert a_config().zone == ZoneInfo("Europe/Berlin")
    assert datetime(2026, 11, 16, tzinfo=a_config().zone).astimezone(UTC) == datetime(2026, 11, 15, 23, tzinfo=UTC)


def test_the_scope_as_a_rule() -> None:
    """None where no scope is set; else the parsed rule."""
    assert a_config().scope_rule is None
    assert a_config("scope: agent == front\n").scope_rule == Comparison("agent", "==", "front")


def test_what_is_redacted() -> None:
    """All six categories unless fewer are named; an empty list takes nothing out."""
    assert a_config().redaction == {"card", "account", "phone", "email", "dob", "ssn"}
    assert a_config("privacy: {redact: [email]}\n").redaction == {"email"}
    assert a_config("privacy: {redact: []}\n").redaction == frozenset()


def test_who_grades() -> None:
    """The people named, or the owner alone."""
    assert a_config().people == ("Anna Keller",)
    assert a_config("graders: {people: [{name: Ben Ode}, {name: Cem Ay}]}\n").people == ("Ben Ode", "Cem Ay")


def test_a_source_may_be_a_map_and_maps_stay_raw() -> None:
    """The field map of the formats: lists stay lists, nested mappings stay mappings, null stays null."""
    config = a_config(
        "collect:\n"
        "  sources: [{path: 'inbox/*.json', source: airline-bench}]\n"
        "  maps:\n"
        "    airline-bench:\n"
        '      each: "."\n'
        '      id: {join: [task_id, trial], with: "-"}\n'
        "      turns: {speaker: {path: role, values: {user: caller, system: null}}}\n"
        "      handoff: {from_tool: [transfer_to_human_agents]}\n"
    )
    assert config.collect.maps["airline-bench"] == {
        "each": ".",
        "id": {"join": ["task_id", "trial"], "with": "-"},
        "turns": {"speaker": {"path": "role", "values": {"user": "caller", "system": None}}},
        "handoff": {"from_tool": ["transfer_to_human_agents"]},
    }


@pytest.mark.parametrize(
    ("owner", "column", "what"),
    [
        ("[{name: Anna}, {name: Ben}]", 8, "an agent has one owner, not a list"),
        ("[Anna, Ben]", 8, "an agent has one owner, not a list"),
        ("{name: [Anna, Ben]}", 8, "an agent has one owner, not a list"),
        ("Anna", 8, "'Anna' should be a mapping"),
        ("{name: ''}", 15, "should have at least 1 character"),
        ("{name: '  '}", 15, "it is empty"),
        ("{name: Anna and Ben}", 15, "reads like several people"),
        ("{name: Anna Keller & Ben Ode}", 15, "reads like several people"),
        ("{name: Anna Keller; Ben Ode}", 15, "reads like several people"),
        ("{name: Anna Keller / Ben Ode}", 15, "reads like several people"),
        ('{name: "Anna Keller, Ben Ode"}', 15, "reads like several people"),
        ("{name: Anna, deputy: ANNA}", 29, "the deputy is another person"),
        ("{name: Anna, deputy: Ben and Cem}", 29, "reads like several people"),
        ("{name: Anna, away: [2026-12-21]}", 28, "not a range of days such as 2026-12-21/2027-01-03"),
        ("{name: Anna, away: [2026-12-21/2026-12-20]}", 28, "ends before it begins"),
        ("{name: Anna, away: [2026-02-29/2026-03-01]}", 28, "not a range of days"),
        ("{name: Anna, away: 2026-12-21/2027-01-03}", 27, "should be a list"),
    ],
)
def test_an_agent_has_one_owner(owner: str, column: int, what: str) -> None:
    """Two people are an owner and a deputy; days away are pairs of dates."""
    error = refused(NEEDED.replace("{name: Anna Keller}", owner))
    assert error.where.startswith(f"evalharness.yaml line 2, column {column}, field owner")
    assert what in error.what


@pytest.mark.parametrize(
    "name",
    ["Anna Keller", "Anna-Maria O'Neil", "Ortega y Gasset", "Keller, Anna", "Anna Keller, MD", "Andy Sandford", "王小明", "Ünal"],
)
def test_names_of_one_person(name: str) -> None:
    """A comma before a title, an `and` within a word, other scripts: one person each."""
    assert a_config_of(name).owner.name == name


def a_config_of(owner: str) -> Config:
    """A configuration with that owner."""
    return Config.model_validate({"agent": {"name": "a"}, "owner": {"name": owner}, "timezone": "UTC"})


def test_days_away_include_both_ends() -> None:
    """From 21 December to 3 January."""
    config = Config.model_validate(
        {"agent": {"name": "a"}, "owner": {"name": "Anna", "away": ("2026-12-21/2027-01-03",)}, "timezone": "UTC"},
    )
    away = config.owner.away[0]
    days = [date(2026, 12, 20), date(2026, 12, 21), date(2027, 1, 3), date(2027, 1, 4)]
    assert [away.covers(day) for day in days] == [False, True, True, False]


def test_a_configuration_made_in_python_is_checked_as_well() -> None:
    """Not only the file reader refuses what is not yet available."""
    with pytest.raises(ValidationError, match="not yet available"):
        Config.model_validate({"agent": {"name": "a"}, "owner": {"name": "b"}, "timezone": "UTC", "calls": {"engine": "x"}})


def test_a_configuration_is_frozen() -> None:
    """Nothing changes it after it was read."""
    with pytest.raises(ValidationError):
        a_config().timezone = "UTC"  # type: ignore[misc]
