"""evalharness.yaml as `init` writes it: what was typed comes back equal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.errors import ConfigError
from evalharness.workspace.config import Config
from evalharness.workspace.template import InitAnswers, quote, render
from evalharness.workspace.yaml_file import parse_yaml
from evalharness.workspace.yaml_tree import read_tree

TYPED = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)


def read(answers: InitAnswers) -> Config:
    """The configuration that these answers give."""
    return parse_yaml(render(answers), "evalharness.yaml", Config)


@settings(max_examples=200, deadline=None)
@given(agent=TYPED, criteria=st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_what_was_typed_comes_back_equal(agent: str, criteria: str) -> None:
    """Quotes, colons, line ends, control characters, emoji, other scripts, braces: the same text."""
    config = read(InitAnswers(agent=agent, owner="Anna", timezone="UTC", success_criteria=criteria))
    assert (config.agent.name, config.agent.success_criteria) == (agent, criteria)


@settings(max_examples=100, deadline=None)
@given(st.lists(TYPED, max_size=4))
def test_paths_of_sources_come_back_equal(paths: list[str]) -> None:
    """A path may hold what it likes, also blanks at its ends."""
    config = read(InitAnswers(agent="a", owner="Anna", timezone="UTC", sources=tuple(paths)))
    assert [source.path for source in config.collect.sources] == paths


@pytest.mark.parametrize(
    "typed",
    [
        'Front "Desk"',
        "a: b",
        "# not a comment",
        "line\nline",
        "{x}",
        "{agent}",
        "%s \\n",
        "no",
        "35",
        "null",
        "- item",
        "\t\r\n\0\x07\x1b[31m",
        "\u2028\u0085\ufeff\ufffe",
        "\U0001f600 \U0010ffff",
        "Größe 王",
        "'",
        "*a &b !c |d >e @f `g",
    ],
)
def test_texts_that_yaml_would_take_for_something_else(typed: str) -> None:
    """Each stays the text that was typed, in one line of printable characters."""
    written = quote(typed)
    assert read_tree(f"key: {written}").data == {"key": typed}
    assert written.isprintable()


def test_the_answers_stand_where_they_belong() -> None:
    """Everything that was answered, and the defaults beside it."""
    answers = InitAnswers(
        agent="Front Desk",
        owner="Anna Keller",
        timezone="Europe/Berlin",
        success_criteria="Books.",
        deputy="Ben Ode",
        people=("Anna Keller", "Cem Ay"),
        sources=("inbox/*.jsonl", "in/calls.CSV", "export/*.json"),
        scope="agent == front",
    )
    config = read(answers)
    assert config.owner.deputy == "Ben Ode"
    assert config.people == ("Anna Keller", "Cem Ay")
    assert [(source.path, source.source) for source in config.collect.sources] == [
        ("inbox/*.jsonl", "auto"),
        ("in/calls.CSV", "auto"),
        ("export/*.json", "auto"),
    ]
    assert config.scope == "agent == front"


def test_what_is_not_answered_is_the_default() -> None:
    """The file that is written says what the defaults are: the same configuration as the three required keys."""
    plain = parse_yaml("agent: {name: a}\nowner: {name: b}\ntimezone: UTC\n", "x.yaml", Config)
    assert read(InitAnswers(agent="a", owner="b", timezone="UTC", sources=())) == plain


def test_the_file_explains_itself() -> None:
    """Comments say what the owner has to decide."""
    text = render(InitAnswers(agent="a", owner="b", timezone="UTC"))
    for words in ("exactly one person", "Monday at midnight", "20 to 50 calls a week", "which calls are out of scope"):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 120


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (InitAnswers(agent="", owner="Anna", timezone="UTC"), "agent.name"),
        (InitAnswers(agent="a", owner="Anna and Ben", timezone="UTC"), "owner.name"),
        (InitAnswers(agent="a", owner="Anna", timezone="Berlin"), "timezone"),
        (InitAnswers(agent="a", owner="Anna", timezone="UTC", people=("Ben", "BEN")), "graders.people[1].name"),
        (InitAnswers(agent="a", owner="Anna", timezone="UTC", scope="agnt == x"), "scope"),
        (InitAnswers(agent="\ud800", owner="Anna", timezone="UTC"), "agent.name"),
    ],
)
def test_an_answer_that_may_not_stand_there(answers: InitAnswers, field: str) -> None:
    """The field is named; half a Unicode character, which no file can hold, is an answer like that too."""
    with pytest.raises(ConfigError) as caught:
        read(answers)
    assert caught.value.where.endswith(f"field {field}")
