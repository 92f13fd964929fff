"""Strata and people: the parts of the configuration that must fit each other."""

from __future__ import annotations

import re

import pytest

from evalharness.errors import ConfigError
from tests.workspace.building import a_config, refused_addition


def a_sample(strata: str, size: int = 35) -> str:
    """Line 4: `sample:`; line 5: the size; from line 7 on the strata."""
    return f"sample:\n  size: {size}\n  strata:\n{strata}"


def test_the_stratum_that_stands_when_none_is_given() -> None:
    """Calls handed to a person are drawn apart."""
    (stratum,) = a_config().sample.strata
    assert (stratum.name, stratum.when, stratum.share) == ("to_a_person", "outcome in [transferred, follow_up]", None)


def test_no_strata_at_all() -> None:
    """An empty list draws from all calls alike."""
    assert a_config("sample: {strata: []}\n").sample.strata == ()


def test_three_strata_and_a_tail_fit_thirty_five_calls() -> None:
    """Three beside `core`, one of them with a fixed share."""
    strata = "    - {name: a, when: turns > 9}\n    - {name: b, when: csat < 3}\n    - {name: c, when: hour >= 18, share: 0.2}\n"
    assert [stratum.share for stratum in a_config(a_sample(strata)).sample.strata] == [None, None, 0.2]


def test_a_tail_by_name_is_a_stratum_with_its_rule_and_a_fifth_of_the_sample() -> None:
    """One tail: 0.2; two share it; one with a share of its own leaves the fifth to the others."""
    (long,) = a_config(a_sample("    - {tail: long}\n")).sample.strata
    assert (long.name, long.when, long.share) == ("long", "duration_s >= 600 or turns >= 40", 0.2)
    two = a_config(a_sample("    - {tail: slow}\n    - {tail: night}\n")).sample.strata
    assert [(one.name, one.share) for one in two] == [("slow", 0.1), ("night", 0.1)]
    own = a_config(
        a_sample("    - {tail: slow, share: 0.3}\n    - {name: a, when: turns > 9}\n    - {tail: error}\n")
    ).sample.strata
    assert [(one.name, one.share) for one in own] == [("slow", 0.3), ("a", None), ("error", 0.2)]


@pytest.mark.parametrize(
    ("strata", "size", "place", "what"),
    [
        (
            "    - {tail: long}\n",
            34,
            "line 7, column 14, field sample.strata[0].tail",
            "a tail needs a sample of 35 calls or more, not 34",
        ),
        (
            "    - {tail: lang}\n",
            35,
            "line 7, column 14, field sample.strata[0].tail",
            "'lang' is no tail known by name; did you mean long? known: long, transferred, error, slow, low_csat, night",
        ),
        ("    - {tail: [long]}\n", 35, "line 7, column 14, field sample.strata[0].tail", "is no tail known by name"),
        (
            "    - {tail: long, when: turns > 9}\n",
            35,
            "line 7, column 26, field sample.strata[0].when",
            "a tail has its own name and rule",
        ),
        (
            "    - {tail: long, name: a}\n",
            35,
            "line 7, column 26, field sample.strata[0].name",
            "a tail has its own name and rule",
        ),
        ("    - {tail: long, shares: 0.2}\n", 35, "line 7, column 20, field sample.strata[0].shares", "did you mean share?"),
        ("    - {tail: long, share: 1}\n", 35, "line 7, column 27, field sample.strata[0].share", "1 should be less than 1.0"),
        (
            "    - {tail: long}\n    - {tail: long}\n",
            35,
            "line 8, column 7, field sample.strata[1]",
            "'long' cannot be told from 'long' above",
        ),
        (
            "    - {tail: long, share: 0.5}\n    - {tail: night, share: 0.5}\n",
            35,
            "line 7, column 5, field sample.strata",
            "the fixed shares leave nothing for the rest",
        ),
        (
            "    - {tail: long}\n    - {tail: night}\n    - {tail: slow}\n    - {tail: error}\n",
            50,
            "line 7, column 5, field sample.strata",
            "at most 3 strata beside `core` fit a sample of 50 calls, not 4",
        ),
        (
            "    - {name: core, when: turns > 9}\n",
            35,
            "line 7, column 14, field sample.strata[0].name",
            "'core' is the name of the rest",
        ),
        (
            "    - {name: all, when: turns > 9}\n",
            35,
            "line 7, column 14, field sample.strata[0].name",
            "'all' is the name of the rest",
        ),
        ("    - {name: a}\n", 35, "line 7, column 7, field sample.strata[0]", "a stratum needs a rule in `when`"),
        ("    - {name: a, when: ''}\n", 35, "line 7, column 23, field sample.strata[0].when", "a stratum needs a rule in `when`"),
        ("    - {name: a, when: turn > 9}\n", 35, "line 7, column 23, field sample.strata[0].when", "turn"),
        (
            "    - {name: a, when: turns > many}\n",
            35,
            "line 7, column 23, field sample.strata[0].when",
            "turns is a number; 'many' is not",
        ),
        (
            "    - {name: a, when: turns >}\n",
            35,
            "line 7, column 23, field sample.strata[0].when",
            "the rule ends where a value is expected",
        ),
        (
            "    - {name: a, when: turns > 9}\n    - {name: a, when: turns > 5}\n",
            35,
            "line 8, column 14, field sample.strata[1].name",
            "'a' cannot be told from 'a' above",
        ),
        (
            "    - {name: a, when: turns > 9, share: 1}\n",
            35,
            "line 7, column 41, field sample.strata[0].share",
            "1 should be less than 1.0",
        ),
        (
            "    - {name: a, when: turns > 9, share: 0}\n",
            35,
            "line 7, column 41, field sample.strata[0].share",
            "0 should be more than 0.0",
        ),
        (
            "    - {name: a, when: turns > 9, share: 0.2}\n",
            34,
            "line 7, column 41, field sample.strata[0].share",
            "a fixed share needs a sample of 35 calls or more, not 34",
        ),
        (
            "    - {name: a, when: turns > 9, share: 0.5}\n    - {name: b, when: turns > 5, share: 0.5}\n",
            35,
            "line 7, column 5, field sample.strata",
            "the fixed shares leave nothing for the rest",
        ),
        (
            "    - {name: a, when: turns > 9}\n    - {name: b, when: turns > 5}\n",
            34,
            "line 7, column 5, field sample.strata",
            "at most 1 strata beside `core` fit a sample of 34 calls, not 2",
        ),
        (
            "".join(f"    - {{name: s{i}, when: turns > {9 - i}}}\n" for i in range(4)),
            50,
            "line 7, column 5, field sample.strata",
            "at most 3 strata beside `core` fit a sample of 50 calls, not 4",
        ),
        ("    - {when: turns > 9}\n", 35, "line 7, column 7, field sample.strata[0].name", "this key is missing"),
    ],
)
def test_strata_that_cannot_be_drawn(strata: str, size: int, place: str, what: str) -> None:
    """Each is one problem at its own place."""
    error = refused_addition(a_sample(strata, size))
    assert error.where == f"evalharness.yaml {place}"
    assert what in error.what


def test_several_strata_problems_are_told_together() -> None:
    """A reserved name and a rule that is none."""
    error = refused_addition(a_sample("    - {name: core, when: x}\n"))
    assert error.what == "evalharness.yaml has 2 problems"
    assert "line 7, column 14, field sample.strata[0].name" in error.where
    assert "line 7, column 26, field sample.strata[0].when" in error.where


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Anna Keller", "Anna Keller"),
        ("Anna Keller", "ANNA KELLER"),
        ("Straße", "STRASSE"),
        ("Anna:Keller", "Anna*Keller"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("A" * 60, "A" * 61),
    ],
)
def test_people_whose_sheets_would_be_one_file(first: str, second: str) -> None:
    """Names that differ only in case, in what a file name cannot hold, in the way an accent is typed, or far behind."""
    error = refused_addition(f"graders:\n  people:\n    - {{name: '{first}'}}\n    - {{name: '{second}'}}\n")
    assert error.where == "evalharness.yaml line 7, column 14, field graders.people[1].name"
    assert "cannot be told from" in error.what


def test_a_grader_is_one_person() -> None:
    """A team has no hand to type with."""
    error = refused_addition("graders: {people: [{name: Anna and Ben}]}\n")
    assert "reads like several people" in error.what


def test_the_switches_of_the_llm_at_their_defaults() -> None:
    """Written out or not, the LLM is off."""
    llm = a_config("graders: {llm: {enabled: false, max_cost_usd: 5, criteria: all}}\n").graders.llm
    assert llm == a_config().graders.llm
    assert (llm.enabled, llm.model, llm.effort, llm.concurrency) == (False, "claude-haiku-5-5", "low", 20)


HERE, THERE = "http://127.0.0.1:1", "http://127.0.0.1:2"


@pytest.mark.parametrize(
    ("first", "judges"),
    [
        ("", "{model: b}, {model: c}"),
        ("", f"{{model: b, base_url: '{THERE}', key_env: THEIRS}}, {{model: c, base_url: '{THERE}'}}"),
        (f"base_url: '{HERE}', key_env: MINE, ", f"{{model: b, base_url: '{HERE}'}}, {{model: c, key_env: MINE}}"),
        (f"base_url: '{HERE}', ", f"{{model: b, base_url: '{THERE}', key_env: ANTHROPIC_API_KEY}}"),
    ],
)
def test_addresses_with_a_key_each(first: str, judges: str) -> None:
    """At the first address, at one of its own with its own key, and at one to which a person lets the same key go by name."""
    assert a_config(f"graders: {{llm: {{{first}judges: [{judges}]}}}}\n").graders.llm.judges


@pytest.mark.parametrize(
    ("judges", "what"),
    [
        (f"{{model: b, base_url: '{THERE}'}}", "an address of its own needs the name"),
        ("{model: b, key_env: OTHER}", "one address has one key; it is ANTHROPIC_API_KEY already"),
        (f"{{model: b, base_url: '{THERE}', key_env: A}}, {{model: c, base_url: '{THERE}', key_env: B}}", "it is A already"),
        (f"{{model: b, base_url: '{THERE}', key_env: 'sk-ant 1'}}", "key_env"),
    ],
)
def test_a_key_that_would_go_to_another_address(judges: str, what: str) -> None:
    """Refused, with the name of the key's variable."""
    with pytest.raises(ConfigError, match=re.escape(what)):
        a_config(f"graders: {{llm: {{judges: [{judges}]}}}}\n")
