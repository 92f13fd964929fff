"""A rule says the same in SQL and in Python, for every field, kind and missing value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.models.call import OUTCOMES
from evalharness.models.facts import facts_of
from evalharness.models.rule import FLAG_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, Both, Comparison, Either, Not, matches, parse_rule
from evalharness.models.sample import Stratum
from tests.builders import WEEK, ZONE, a_call, call_measures
from tests.store.logs import a_log, an_hourly_log

CALLS = an_hourly_log()
MEASURES = [
    call_measures(call.id, p50_ms=None if n % 3 else 300.0 + n, p99_ms=900.0 if n % 2 else None) for n, call in enumerate(CALLS)
]
FACTS = [facts_of(call, measures, ZONE) for call, measures in zip(CALLS, MEASURES, strict=True)]
KEYS = ("tier", "n", "vip", "a/b~c", "0", "a.b", "it's", "n2", "a", "none", "%")
words = st.sampled_from(["A", "en", "gold", "2.5", "true", "x", "zero", "q", "", "it's", *OUTCOMES])
numbers = st.sampled_from([0.0, 1.0, 2.5, 3.0, 5.0, 7.0, 9.0, 12.0, 300.0, -1.0, 900.0, 1e300])
flags = st.booleans()


def comparisons():
    """Comparisons of every field with values of any kind, `in` with lists that may mix kinds."""
    fields = st.sampled_from([*TEXT_FIELDS, *NUMBER_FIELDS, *FLAG_FIELDS, *(f"metadata.{key}" for key in KEYS)])
    values = words | numbers | flags
    single = st.builds(Comparison, fields, st.sampled_from(["==", "!="]), values)
    ordered = st.builds(Comparison, fields, st.sampled_from(["<", "<=", ">", ">="]), values)
    options = st.lists(words, max_size=3) | st.lists(numbers, min_size=1, max_size=3) | st.lists(values, min_size=2, max_size=3)
    return single | ordered | st.builds(Comparison, fields, st.just("in"), options.map(tuple))


rules = st.recursive(
    comparisons(),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Both, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Either, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """60 calls with every kind of metadata under the same names."""
    with a_log(tmp_path_factory.mktemp("log"), CALLS, MEASURES) as opened:
        yield opened


@settings(deadline=None, max_examples=150)
@given(rule=rules)
def test_the_engine_answers_as_python_does(log, rule):
    """The same calls, also under `not`, which a NULL would lose."""
    found = [facts.id for facts in log.facts(WEEK, rule)]
    assert found == [facts.id for facts in FACTS if matches(rule, facts.fields())]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("metadata.n == 1", 12),  # a fifth of 60 holds the number 1; "2.5", 2.5 and 10**400 are others
        ("metadata.n == '2.5'", 12),
        ("metadata.n > 2", 24),  # 2.5 and the number too large for any engine
        ("metadata.vip == true", 12),  # neither "true" nor 1
        ("not metadata.vip == true", 48),
        ("metadata.a.b == 3", 12),  # the key "a.b", not b inside a
        ("metadata.n2 == 1", 0),  # a list compares with nothing
        ("agent != A", 20),  # 20 of 60 have no agent: a comparison with nothing is false
        ("not agent == A", 40),
        ("csat >= 5 and language == en", 10),
        ("handed_off == true", 15),
        ("outcome in [resolved, transferred]", 14),
        ("hour >= 12 and weekday in [1]", 12),  # Monday 10:00 in Berlin onwards: the calls of 12:00 to 23:00
    ],
)
def test_known_answers(log, text, wanted):
    """Counts worked out from the rhythms of the 60 calls."""
    rule = parse_rule(text)
    assert len(log.facts(WEEK, rule)) == sum(matches(rule, facts.fields()) for facts in FACTS) == wanted


def test_hostile_words_are_only_words(tmp_path):
    """Quotes and SQL in values and keys, from the owner's file and from the log."""
    evil = "x' OR '1'='1"
    calls = [a_call(id="a", intent=evil, metadata={evil: evil}), a_call(id="b", intent="x")]
    with a_log(tmp_path, calls) as log:
        assert [facts.id for facts in log.facts(WEEK, Comparison("intent", "==", evil))] == ["a"]
        assert [facts.id for facts in log.facts(WEEK, Comparison(f"metadata.{evil}", "==", evil))] == ["a"]
        assert log.stratum_counts(WEEK, (Stratum(name=evil, when="intent == x"), Stratum(name="core"))) == {evil: 1, "core": 1}
