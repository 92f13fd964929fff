"""Rules: what they mean, that they read back, and what an error says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.models.rule import (
    CLOSED,
    FIELDS,
    FLAG_FIELDS,
    MOST_GROUPS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    Both,
    Comparison,
    Either,
    Not,
    matches,
    parse_rule,
)
from tests.builders import a_call, call_facts

FACTS = {
    "outcome": "transferred",
    "intent": "book",
    "hour": 9,
    "duration_s": 120.5,
    "handed_off": True,
    "csat": None,
    "version": None,
    "metadata": {"tier": "gold", "attempts": 2, "vip": False, "tags": ["a"], "none": None},
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("outcome == transferred", True),
        ("outcome != transferred", False),
        ("outcome in [transferred, follow_up]", True),
        ("outcome in [resolved]", False),
        ("hour >= 9 and hour < 17", True),
        ("hour in [8, 9]", True),
        ("duration_s > 120.5", False),
        ("duration_s >= 120.5", True),
        ("handed_off == true", True),
        ("handed_off == false", False),
        ("metadata.tier == gold", True),
        ("metadata.attempts > 1", True),
        ("metadata.attempts == '2'", False),  # a number is no word
        ("metadata.vip == false", True),
        ("metadata.vip == 0", False),  # and a flag no number
        ("metadata.tags == a", False),
        ("'metadata.tier' == \"gold\"", True),
    ],
)
def test_what_a_comparison_says(rule, expected):
    assert matches(parse_rule(rule), FACTS) is expected


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_a_comparison_with_a_missing_value_is_false_and_its_not_true(op):
    assert not matches(parse_rule(f"csat {op} 3"), FACTS)
    assert matches(parse_rule(f"not csat {op} 3"), FACTS)


@pytest.mark.parametrize(
    "rule", ["version == v1", "version != v1", "version in [v1]", "metadata.none == x", "metadata.other != x"]
)
def test_missing_text_and_metadata_are_false_too(rule):
    assert not matches(parse_rule(rule), FACTS)
    assert matches(parse_rule(f"not {rule}"), FACTS)
    assert not matches(parse_rule(rule), {})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # not binds closer than and, and closer than or
        ("not hour == 9 and hour == 9", False),  # (not T) and T
        ("not (hour == 9 and hour == 8)", True),
        ("hour == 9 or hour == 8 and hour == 7", True),  # T or (F and F)
        ("(hour == 9 or hour == 8) and hour == 7", False),
        ("not not hour == 9", True),
        ("hour == 8 or not hour == 8 and intent == book", True),
    ],
)
def test_not_before_and_before_or(rule, expected):
    assert matches(parse_rule(rule), FACTS) is expected


def test_the_tree_of_a_rule():
    assert parse_rule("hour < 9 or hour > 17 and not intent == book") == Either(
        (Comparison("hour", "<", 9.0), Both((Comparison("hour", ">", 17.0), Not(Comparison("intent", "==", "book")))))
    )


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("intent == book", "book"),
        ("intent == 'book an appointment'", "book an appointment"),
        ('intent == "it\'s (odd), [very] = odd"', "it's (odd), [very] = odd"),
        ("intent == größe", "größe"),
        ("intent == 'and'", "and"),
        ("intent == '5'", "5"),
        ("intent == ''", ""),
        ("metadata.x == -2.50", -2.5),
        ("metadata.x == 1e5", "1e5"),  # not a number of this language
        ("metadata.x == true", True),
    ],
)
def test_how_values_are_written(rule, value):
    assert parse_rule(rule).value == value


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "the rule ends where a field is expected"),
        ("   ", "the rule ends where a field is expected"),
        ("outcom == resolved", "unknown field 'outcom'; known: outcome, status"),
        ("metadata. == x", "unknown field 'metadata.'"),
        ("outcome", "the rule ends where an operator is expected"),
        ("outcome resolved", "'resolved' after 'outcome' is not one of == != < <= > >= in"),
        ("outcome ==", "the rule ends where a value is expected"),
        ("outcome == ==", "'==' stands where a value is expected"),
        ("outcome = resolved", "cannot read '= resolved'"),
        ("outcome in resolved", "'[' is missing"),
        ("outcome in [resolved", "']' is missing"),
        ("outcome in []", "']' stands where a value is expected"),
        ("(outcome == resolved", "')' is missing"),
        ("outcome == resolved)", "')' is left over; join comparisons by and, or"),
        ("outcome == resolved hour == 9", "'hour' is left over"),
        ("outcome == resolved and", "the rule ends where a field is expected"),
        ("hour == nine", "hour is a number; 'nine' is not"),
        ("hour in [9, ten]", "hour is a number; 'ten' is not"),
        ("handed_off == 1", "handed_off is true or false; '1' is neither"),
        ("intent == 5", "intent is text; write '5' in quotes"),
        ("intent == 2.5", "intent is text; write '2.5' in quotes"),
        ("version == true", "version is text; write 'true' in quotes"),
        ("intent > book", "> compares numbers; 'book' is not one"),
        ("handed_off >= true", ">= compares numbers; 'true' is not one"),
        ('intent == "open', "cannot read '\"open'"),
        ("__import__('os') == 1", "unknown field '__import__'"),
    ],
)
def test_an_error_names_the_word_and_what_may_stand_there(rule, words):
    with pytest.raises(ValueError) as caught:
        parse_rule(rule)
    assert words in str(caught.value)


@pytest.mark.parametrize("opening", ["(", "not "])
def test_a_rule_nested_without_end_is_an_error_in_words(opening):
    with pytest.raises(ValueError, match=f"at most {MOST_GROUPS} parentheses and nots"):
        parse_rule(opening * 100_000 + "hour == 9")


def test_a_rule_at_the_limit_is_read():
    assert parse_rule("(" * MOST_GROUPS + "hour == 9" + ")" * MOST_GROUPS) == Comparison("hour", "==", 9.0)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters='"'), max_size=8)
NUMBERS = st.integers(-(10**6), 10**6).map(float) | st.integers(-(10**4), 10**4).map(lambda n: n / 8)


def comparisons() -> st.SearchStrategy[Comparison]:
    """Every field with a value of its kind and an operator that kind allows, or a list."""
    equal, order = st.sampled_from(["==", "!="]), st.sampled_from(["<", "<=", ">", ">=", "==", "!="])

    def of(fields, ops, values):
        single = st.builds(Comparison, st.sampled_from(fields), ops, values)
        return single | st.builds(
            Comparison, st.sampled_from(fields), st.just("in"), st.lists(values, min_size=1, max_size=3).map(tuple)
        )

    return (
        of([field for field in TEXT_FIELDS if field not in CLOSED], equal, WORDS)
        | of(["outcome"], equal, st.sampled_from(CLOSED["outcome"]))
        | of(NUMBER_FIELDS, order, NUMBERS)
        | of(FLAG_FIELDS, equal, st.booleans())
        | of(("metadata.tier", "metadata.a-b"), equal, WORDS | NUMBERS | st.booleans())
    )


RULES = st.recursive(
    comparisons(),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda rules: Both(tuple(rules)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda rules: Either(tuple(rules)))
    ),
    max_leaves=6,
)


def written(rule) -> str:
    """A rule as text, every group in parentheses."""
    match rule:
        case Comparison(field, "in", values):
            return f"{field} in [{', '.join(map(value_text, values))}]"
        case Comparison(field, op, value):
            return f"{field} {op} {value_text(value)}"
        case Not(inner):
            return f"not ({written(inner)})"
        case _:
            word = " and " if isinstance(rule, Both) else " or "
            return word.join(f"({written(part)})" for part in rule.rules)


def value_text(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:.6f}"


@given(RULES)
def test_every_rule_reads_back_from_its_text(rule):
    assert parse_rule(written(rule)) == rule


@given(RULES)
def test_a_rule_and_its_not_never_agree_whatever_is_missing(rule):
    for facts in (FACTS, {}, call_facts(a_call()).fields()):
        assert matches(rule, facts) is not matches(Not(rule), facts)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["(", ")", "not", "and", "hour", "==", "9", "in", "[", "]", "'"])).map(" ".join)
)
def test_any_text_is_a_rule_or_a_value_error(text):
    try:
        rule = parse_rule(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right, a traceback of another kind is not
    else:
        assert matches(rule, {}) in (True, False)


def test_every_field_of_the_format_is_known():
    assert set(FIELDS) == {
        *("outcome", "status", "intent", "direction", "channel", "language", "agent", "version", "hour", "weekday", "duration_s"),
        *("turns", "handed_off", "csat", "cost_usd", "p50_ms", "p99_ms", "error_count"),
    }
    assert set(FIELDS) <= set(call_facts().fields())


@pytest.mark.parametrize("text", ["outcome == transfered", "status in [completed, done]", "direction != sideways"])
def test_a_word_outside_a_closed_list_is_refused_with_the_list(text):
    """A stratum with a misspelt outcome would silently stay empty."""
    with pytest.raises(ValueError, match=r"is never .*; known: "):
        parse_rule(text)
