"""YAML text -> plain data and places: nothing is guessed, everything has a line and a column."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.workspace.template import quote
from evalharness.workspace.yaml_tree import MAX_DEPTH, Problem, read_tree, shown


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("35", 35),
        ("-3", -3),
        ("0", 0),
        ("0.60", 0.6),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1.5E-2", 0.015),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("word", "word"),
        ("two words", "two words"),
        ("'35'", "35"),
        ('"true"', "true"),
        ('"no"', "no"),
        ("'off'", "off"),
        ("y", "y"),
        ("n", "n"),
    ],
)
def test_values_are_what_they_look_like(written: str, value: object) -> None:
    """A value has the type that a reader of YAML 1.2 sees, and quotes make text of anything."""
    found = read_tree(f"key: {written}").data["key"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-21",
        "2026-12-21T09:00:00Z",
        "2026-12-21/2027-01-03",
        "12:30",
        "1:30:00",
        "010",
        "0x1F",
        "0o17",
        "0b1",
        "1_000",
        ".inf",
        "-.inf",
        ".nan",
        "+4930123456",
        "1234567890123456789",
        "1.2.3",
        "e3",
        "+0.5",
        "=",
    ],
)
def test_what_yaml_1_1_would_turn_into_something_else_stays_text(written: str) -> None:
    """Dates, clock times, octals, hexadecimals, underscores and long ids are the text that was written.

    YAML 1.1 reads 12:30 as 750 (12 x 60 + 30), 010 as 8 and the telephone number as a whole number without its plus.
    """
    assert read_tree(f"key: {written}").data == {"key": written}


@pytest.mark.parametrize("word", ["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"])
def test_a_bare_yes_or_no_is_refused(word: str) -> None:
    """Nobody can tell whether `no` is Norway or a switch; the message offers both."""
    tree = read_tree(f"a: 1\nkey: {word}")
    meant = "true" if word.lower() in ("yes", "on") else "false"
    assert tree.problems == [Problem(2, 6, "key", tree.problems[0].message)]
    assert f"write {meant}" in tree.problems[0].message
    assert f'"{word}" in quotes' in tree.problems[0].message


def test_a_key_may_be_on() -> None:
    """`on` is the key of an alert: as a key it can only be a word."""
    assert read_tree("{on: [missed]}").data == {"on": ["missed"]}
    assert read_tree("{on: [missed]}").problems == []


def test_whole_numbers_may_be_keys() -> None:
    """The levels of a rubric are keyed by whole numbers."""
    assert read_tree("{1: bad, 5: good}").data == {1: "bad", 5: "good"}


@pytest.mark.parametrize("key", ["true", "null", "~", "1.5"])
def test_other_keys_are_refused(key: str) -> None:
    """A key that YAML reads as a switch, nothing or a fraction is a slip."""
    tree = read_tree(f"fine: 1\n{key}: 2\n")
    assert tree.data == {"fine": 1}
    assert [(p.line, p.column) for p in tree.problems] == [(2, 1)]
    assert "write it in quotes" in tree.problems[0].message


def test_a_key_that_is_a_list_is_refused() -> None:
    """YAML allows it; no file of ours means it."""
    tree = read_tree("? [a, b]\n: 1\n")
    assert [(p.line, p.column, p.message) for p in tree.problems] == [
        (1, 3, "a key is a word; a list or a mapping stands here"),
    ]


def test_a_key_that_stands_twice_is_refused_where_it_stands_again() -> None:
    """PyYAML keeps the last silently; here the second one is the problem and the first one is named by its line."""
    tree = read_tree("size: 35\nseed: 1\nsize: 20\n")
    assert tree.data == {"size": 35, "seed": 1}
    assert [(p.line, p.column, p.field) for p in tree.problems] == [(3, 1, "size")]
    assert "already in line 1" in tree.problems[0].message


def test_duplicates_are_found_in_inner_mappings() -> None:
    """The field is the whole path, the column that of the key."""
    tree = read_tree("a:\n  - {x: 1, y: 2, x: 3}\n")
    assert [(p.line, p.column, p.field) for p in tree.problems] == [(2, 18, "a[0].x")]


def test_one_and_the_same_number_written_twice_is_a_duplicate() -> None:
    """Level 1 stands twice; in quotes it is another key, a word."""
    tree = read_tree("{1: a, 1: b, '1': c}")
    assert tree.data == {1: "a", "1": "c"}
    assert len(tree.problems) == 1


def test_merge_keys_are_refused() -> None:
    """What << brings in has no place of its own in the file."""
    tree = read_tree("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n")
    assert tree.data == {"a": {"x": 1}, "b": {"y": 2}}
    assert [(p.line, p.column) for p in tree.problems] == [(3, 3)]


def test_a_quoted_merge_key_is_a_word() -> None:
    """In quotes it is text like any other."""
    assert read_tree('"<<": 1').data == {"<<": 1}


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.system [x]", "a: !!set {x}", "!mine 1", "a: !!str 5", "! a", "- !!binary aGk="]
)
def test_tags_are_refused(text: str) -> None:
    """A tag can ask for any type, also for one that runs a program."""
    with pytest.raises(yaml.MarkedYAMLError, match="leave it out"):
        read_tree(text)


def test_an_alias_is_the_value_it_names() -> None:
    """A text that is needed twice may be written once."""
    assert read_tree("a: &same {x: [1]}\nb: *same\n").data == {"a": {"x": [1]}, "b": {"x": [1]}}


def test_an_alias_of_itself_is_refused() -> None:
    """A list that holds itself has no end."""
    with pytest.raises(yaml.MarkedYAMLError, match="aliases unfold"):
        read_tree("- &a [*a]")


def test_a_bomb_of_aliases_is_refused_before_it_unfolds() -> None:
    """Nine lines of nine aliases each would be 9^9 = 387 million entries; 50,000 are the limit."""
    lines = ["l0: &l0 [x]"] + [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 10)]
    with pytest.raises(yaml.MarkedYAMLError, match="aliases unfold"):
        read_tree("\n".join(lines))


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "".join("  " * i + "a:\n" for i in range(200)), "- " * 5000])
def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack(text: str) -> None:
    """Thirty-two levels are four times what any of our files has."""
    with pytest.raises(yaml.MarkedYAMLError, match=f"deeper than {MAX_DEPTH}"):
        read_tree(text)


def test_the_deepest_nesting_that_is_taken() -> None:
    """The root is the first level, so 31 lists around a word are 32 levels."""
    inside = MAX_DEPTH - 1
    assert read_tree("[" * inside + "x" + "]" * inside).problems == []


def test_a_number_beyond_all_bounds_is_refused() -> None:
    """1e400 would be infinite."""
    tree = read_tree("a:\n  - 1e400\n")
    assert [(p.line, p.column, p.field) for p in tree.problems] == [(2, 5, "a[0]")]


def test_an_empty_file_is_nothing() -> None:
    """Also one of comments only."""
    assert read_tree("").data is None
    assert read_tree("# nothing yet\n").data is None


def test_two_documents_are_refused() -> None:
    """The second one would be ignored by a reader of one."""
    with pytest.raises(yaml.MarkedYAMLError):
        read_tree("a: 1\n---\nb: 2\n")


def test_places_of_keys_and_values() -> None:
    """Lines and columns count from 1; tabs and wide letters count as one column."""
    tree = read_tree("agent:\n  name: Zoë\n  also: [x, {y: 1}]\n")
    assert tree.keys == {
        ("agent",): (1, 1),
        ("agent", "name"): (2, 3),
        ("agent", "also"): (3, 3),
        ("agent", "also", 1, "y"): (3, 14),
    }
    assert tree.values[()] == (1, 1)
    assert tree.values["agent", "name"] == (2, 9)
    assert tree.values["agent", "also", 0] == (3, 10)
    assert tree.values["agent", "also", 1, "y"] == (3, 17)


def test_resolve_goes_as_deep_as_the_file_does() -> None:
    """A missing key has the place of the mapping it is missing in; the names of unions are passed over."""
    tree = read_tree("a: {b: [x]}\n")
    assert tree.resolve(("a", "c")) == ("a",)
    assert tree.resolve(("a", "tuple[str, ...]", "b", 0)) == ("a", "b", 0)
    assert tree.resolve(("a", "b", 7)) == ("a", "b")


def test_resolve_counts_the_entries_of_a_mapping() -> None:
    """Levels are written as a mapping and kept as a tuple: its second entry is level 2, whatever level 1 is called."""
    tree = read_tree("levels: {1: a, 2: b, 5: c}\n")
    assert tree.resolve(("levels", 1)) == ("levels", 2)
    assert tree.resolve(("levels", 2)) == ("levels", 5)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("sample", "strata", 0, "when"), "sample.strata[0].when"),
        (("levels", 2), "levels[2]"),
        (("a\x1b[31m",), r"'a\x1b[31m'"),
        (("x" * 900,), "x" * 200),
    ],
)
def test_a_path_as_people_read_it(path: tuple[str | int, ...], text: str) -> None:
    """Dots and brackets; a hostile key is shown escaped and short."""
    assert shown(path) == text


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20), lambda inner: st.lists(inner, max_size=4)
    )
)
def test_whatever_is_quoted_comes_back(data: object) -> None:
    """Lists of texts, whole numbers, switches and nothing, written in flow style, are read back equal."""
    assert read_tree(f"- {_written(data)}").data == [data]


def _written(data: object) -> str:
    """The data in flow style."""
    match data:
        case list():
            return f"[{', '.join(_written(part) for part in data)}]"
        case str():
            return quote(data)
        case None:
            return "null"
        case _:
            return str(data).lower()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:- \n[]{},&*!|>'\"#%@`?<\t\x00\ufeff12.~"), max_size=60))
def test_any_text_is_read_or_refused_as_yaml(text: str) -> None:
    """There is no third way: data, or an error that says where."""
    try:
        tree = read_tree(text)
    except yaml.YAMLError:
        return
    assert all(problem.line >= 1 and problem.column >= 1 for problem in tree.problems)
