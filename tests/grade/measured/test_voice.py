"""All voice detectors together: what they say of any call."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.grade.measured import voice
from evalharness.grade.measured.detectors import FIGURES, findings_of
from evalharness.grade.measured.voice_dead_air import HOLD, TOOL
from evalharness.models.measuring import Measuring
from tests.builders import a_call, a_turn
from tests.grade.measured.voicing import found, numbered, said, timed
from tests.store.logs import calls

SHIPPED = Measuring()
PHRASES = ("Hello, how can I help?", "I want to cancel.", "Could you repeat that?", "Tuesday at nine.", "One moment.", "mhm")
spoken = st.builds(
    lambda speaker, text, start, lasted, flag: a_turn(speaker, text, start, start + lasted, interrupted=flag),
    st.sampled_from(["agent", "caller"]),
    st.sampled_from(PHRASES),
    st.integers(0, 40_000),
    st.integers(1, 35_000),
    st.sampled_from([None, True, False]),
)


@settings(max_examples=200, deadline=None)
@given(calls)
def test_any_call_is_measured_and_every_flagged_turn_exists(call):
    """No call raises; figures are declared and finite; findings name turns of the call; none of its words stands in a note."""
    said_of = voice.detect(call, SHIPPED)
    indices = {turn.index for turn in call.turns}
    assert said_of.values.keys() <= voice.FIGURES.keys()
    for finding in said_of.findings:
        assert set(finding.turns) <= indices
        assert finding.measure in said_of.values
        assert set(finding.note.split("; ")) <= {"", TOOL, HOLD}
    assert all(value >= 0 for value in said_of.values.values())


@settings(max_examples=200, deadline=None)
@given(st.lists(spoken, max_size=6), st.data())
def test_times_that_are_missing_raise_and_lower_nothing(turns, data):
    """A figure without its data is absent; what is still told is what was told before."""
    whole = numbered(*turns)
    lost = data.draw(st.sets(st.integers(0, max(len(turns) - 1, 0))))
    holes = [turn.model_copy(update={"start_ms": None}) if place in lost else turn for place, turn in enumerate(turns)]
    before, after = found(whole).values, found(numbered(*holes)).values
    assert {name: value for name, value in after.items() if before[name] != value} == {}


@settings(max_examples=50, deadline=None)
@given(st.lists(calls, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_calls_does_not_matter(drawn, random):
    first = [findings_of(call, SHIPPED) for call in drawn]
    order = list(range(len(drawn)))
    random.shuffle(order)
    again = {place: findings_of(drawn[place], SHIPPED) for place in order}
    assert [again[place] for place in range(len(drawn))] == first


def test_what_was_never_heard_is_not_speech():
    """A reply that a barge-in cut off before any sound took no time: its words count nowhere."""
    unheard = a_turn("agent", "Please tell me your account number.", 1500, 1500, interrupted=True)
    turns = [a_turn("agent", "Hello.", 0, 900), a_turn("caller", "Hi.", 1000, 1400)]
    after = [a_turn("caller", "It is four.", 1600, 2500), a_turn("agent", "Please tell me your account number.", 3000, 5000)]
    assert found(numbered(*turns, unheard, *after)).values == found(numbered(*turns, *after)).values


def test_a_call_without_speech_has_no_figure():
    assert found(a_call(())).values == {}
    assert found(said("s [music]", "h Rita here.")).values == {}


def test_a_figure_that_is_off_is_neither_counted_nor_shown():
    call = timed("a 0 1 Hello.", "c 1.5 3 Hi.", "a 9 10 Yes?")
    kept = findings_of(call, Measuring(off=("dead_air",)))
    assert "dead_air" not in kept.values
    assert all(finding.measure != "dead_air" for finding in kept.findings)
    assert "dead_air_by_agent" in kept.values


def test_every_figure_is_declared_once():
    assert set(voice.FIGURES) <= set(FIGURES)
