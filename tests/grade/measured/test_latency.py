"""Latency of a call, by hand: every time is in milliseconds and every expected value a subtraction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.grade.measured.latency import measure_call, slow_replies
from evalharness.models.call import Latency, ToolCall, Turn
from evalharness.models.facts import AnchorLatency, CallMeasures
from tests.builders import MONDAY, SpokenTurn, a_call, a_handoff, a_latency_pool, a_turn

LOOK_UP = ToolCall(name="look_up")


def _measured(turns: Sequence[SpokenTurn], *, seconds: float | None = None, **fields: object) -> CallMeasures:
    """Measures of a call of these turns that lasted so many seconds."""
    ended_at = None if seconds is None else MONDAY + timedelta(seconds=seconds)
    return measure_call(a_call(turns, ended_at=ended_at, **fields))


def _only(measures: CallMeasures) -> AnchorLatency:
    """The figures of the one anchor there is."""
    (latency,) = measures.latencies
    return latency


def _counts(latency: AnchorLatency) -> tuple[int, int, int, int, int]:
    return latency.changes, latency.unanswered, latency.overlaps, latency.rejected, latency.missing


def test_gaps_between_turns() -> None:
    """PLAIN_TURNS: 5500 - 5000 and 9400 - 9000; p50 of 400 and 500 is 450; the greeting at 400 is apart."""
    measures = measure_call(a_call())
    latency = _only(measures)
    assert (latency.anchor, latency.values_ms, latency.plain_ms, latency.tool_ms) == ("transcript", (500, 400), (500, 400), ())
    assert _counts(latency) == (2, 0, 0, 0, 0)
    assert (measures.p50_ms, measures.p99_ms, measures.greeting_ms, measures.p50_unanswered) == (450, 500, 400, False)
    assert (measures.source, measures.call_id) == ("demo", "c1")


@pytest.mark.parametrize(
    ("latency", "anchor", "values"),
    [
        (Latency(voice_to_voice_ms=650.0), "reported", (650,)),
        (Latency(voice_to_voice_ms=650.0, anchor="acoustic"), "acoustic", (650,)),
        (Latency(voice_to_voice_ms=0.0), None, ()),  # 0 = not detected, whatever the turn times say
        (Latency(components={"llm": 300.0, "tts": 200.0}), "transcript", (500,)),  # turn times before a sum of parts
        (None, "transcript", (500,)),
    ],
)
def test_the_logs_own_figure_comes_first(latency: Latency | None, anchor: str | None, values: tuple[float, ...]) -> None:
    """Caller until 1000, reply from 1500."""
    found = _only(_measured([("caller", "Hi.", 0, 1000), a_turn(start_ms=1500, end_ms=2000, latency=latency)]))
    assert (found.anchor, found.values_ms, found.changes, found.missing) == (anchor, values, 1, 1 - len(values))


@pytest.mark.parametrize(
    ("components", "anchor", "values"),
    [({"llm": 300.0, "tts": 200.0, "stt": 0.0}, "components", (500,)), ({"llm": 0.0}, None, ()), ({}, None, ())],
)
def test_components_are_summed_where_nothing_else_is_known(
    components: dict[str, float], anchor: str | None, values: tuple
) -> None:
    """No turn times: 300 + 200; a part of 0 is "not reported", and nothing but such parts is missing."""
    found = _only(_measured([("caller", "Hi."), a_turn(latency=Latency(components=components))]))
    assert (found.anchor, found.values_ms, found.missing) == (anchor, values, 1 - len(values))


@pytest.mark.parametrize(
    ("caller_end", "agent_start"), [(None, 1500), (1000, None), (-1, 1500), (1000, -1), (1000, 1000), (None, None)]
)
def test_missing_is_never_zero(caller_end: float | None, agent_start: float | None) -> None:
    """A time that is not there, or -1, or a gap of exactly 0: the change is counted and has no value."""
    measures = _measured([("caller", "Hi.", 0, caller_end), ("agent", "Hello.", agent_start, 3000)], seconds=60)
    assert _counts(_only(measures)) == (1, 0, 0, 0, 1)
    assert (measures.p50_ms, measures.p99_ms, measures.p50_unanswered) == (None, None, False)


def test_a_transcript_without_times_is_missing_not_unanswered() -> None:
    """Two changes without a time, a last word that nobody answers, ten minutes of call: 2 missing, none unanswered."""
    turns = [("caller", "Hi."), ("agent", "Hello."), ("caller", "Help."), ("agent", "Sure."), ("caller", "Bye.")]
    assert _counts(_only(_measured(turns, seconds=600))) == (2, 0, 0, 0, 2)


def test_a_negative_gap_is_an_overlap() -> None:
    """The agent starts at 900 while the caller speaks until 1000."""
    found = _only(_measured([("caller", "Hi.", 0, 1000), ("agent", "Hello.", 900, 2000)]))
    assert (found.values_ms, _counts(found)) == ((), (1, 0, 1, 0, 0))


def test_a_word_under_the_agents_speech_is_an_overlap() -> None:
    """The agent speaks from 0 to 9000 and goes on at 9800; "mhm" from 4000 to 4300 did not wait 5500 ms for that."""
    found = _only(_measured([("agent", "Our hours are", 0, 9000), ("caller", "Mhm.", 4000, 4300), ("agent", "and", 9800, 9900)]))
    assert _counts(found) == (1, 0, 1, 0, 0)


def test_an_interrupted_agent_gives_up_the_floor() -> None:
    """The log has the planned end, 9000, but the next turn starts at 4900: the agent was cut, and answers after 600 ms."""
    found = _only(
        _measured([("agent", "Our hours are", 0, 9000), ("caller", "Stop.", 4000, 4300), ("agent", "Yes?", 4900, 5500)])
    )
    assert found.values_ms == (600,)


@pytest.mark.parametrize(("start_ms", "rejected"), [(61_000, 0), (61_001, 1)])
def test_more_than_a_minute_is_rejected(start_ms: float, rejected: int) -> None:
    """From 1000: 60,000 ms is a latency, one more is none."""
    found = _only(_measured([("caller", "Hi.", 0, 1000), ("agent", "Hello.", start_ms, 70_000)]))
    assert (len(found.values_ms), found.rejected) == (1 - rejected, rejected)


def test_one_value_a_change() -> None:
    """Two agent turns in a row: the first is the reply."""
    found = _only(_measured([("caller", "Hi.", 0, 1000), ("agent", "Hello.", 1400, 2000), ("agent", "Yes?", 2500, 3000)]))
    assert found.values_ms == (400,)


def test_a_turn_of_tools_alone_is_no_reply() -> None:
    """Tools at 1100 without a word, the answer at 3000: 2000 ms, and a reply with tools; the next reply is plain."""
    tools = a_turn(text=" ", start_ms=1100, end_ms=2900, tool_calls=(LOOK_UP,))
    turns = [
        ("caller", "Hi.", 0, 1000),
        tools,
        ("agent", "Found.", 3000, 4000),
        ("caller", "Thanks.", 4200, 5000),
        a_turn(start_ms=5300),
    ]
    found = _only(_measured(turns))
    assert (found.values_ms, found.tool_ms) == ((2000, 300), (2000,))


def test_fillers_count_and_the_figure_without_them_stands_beside() -> None:
    """ "One moment" after 300 ms, the next reply after 700."""
    turns = [
        ("caller", "Hi.", 0, 1000),
        a_turn(text="One moment.", start_ms=1300, end_ms=2000, heard_filler=True),
        ("caller", "Okay.", 2500, 3000),
        a_turn(start_ms=3700, heard_filler=False),
    ]
    found = _only(_measured(turns))
    assert (found.values_ms, found.plain_ms) == ((300, 700), (700,))


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        (a_turn(text="It is open.", start_ms=8000, end_ms=9000), (7000, 700)),  # 300 + (8000 - 1300)
        (a_turn(text="Still looking.", start_ms=8000, end_ms=9000, heard_filler=True), (700,)),  # no answer came
        (a_turn(text="It is open."), (700,)),  # the log does not say when
    ],
)
def test_behind_a_filler_the_answer_is_timed(answer: Turn, plain: tuple[float, ...]) -> None:
    """ "One moment" 300 ms after the caller ended at 1000; then the answer, or none; the next reply after 700."""
    filler = a_turn(text="One moment.", start_ms=1300, end_ms=2000, heard_filler=True)
    turns = [("caller", "Hi.", 0, 1000), filler, answer, ("caller", "Okay.", 9500, 10000), a_turn(start_ms=10700)]
    found = _only(_measured(turns))
    assert (found.values_ms, found.plain_ms) == ((300, 700), plain)


@pytest.mark.parametrize(("start_ms", "greeting_ms"), [(400, 400), (0, None), (-1, None), (None, None)])
def test_the_greeting_is_apart(start_ms: float | None, greeting_ms: float | None) -> None:
    """Time to the first agent speech; 0 is "not detected". It is no caller-to-agent change."""
    measures = _measured([("system", "Connected.", 0, 0), a_turn(start_ms=start_ms), ("caller", "Hi.", 2000, 3000)])
    assert (measures.greeting_ms, measures.latencies) == (greeting_ms, ())


def test_no_greeting_where_the_caller_speaks_first() -> None:
    """Nothing to be apart."""
    assert _measured([("caller", "Hello?", 0, 1000), ("agent", "Hi.", 1400, 2000)]).greeting_ms is None


@pytest.mark.parametrize(("again_ms", "unanswered", "values"), [(3999, 0, (500,)), (4000, 1, (500,))])
def test_the_caller_has_to_speak_again(again_ms: float, unanswered: int, values: tuple[float, ...]) -> None:
    """Ends at 1000 and speaks again: from 4000 on, 3 s later, the first turn was unanswered; before that the two are one."""
    turns = [("caller", "Hello?", 0, 1000), ("caller", "Anyone?", again_ms, 5000), ("agent", "Yes.", 5500, 6000)]
    found = _only(_measured(turns))
    assert (found.unanswered, found.values_ms, found.changes) == (unanswered, values, 1)


@pytest.mark.parametrize(("seconds", "unanswered"), [(7.9, 0), (8.0, 1), (None, 0)])
def test_the_call_ends_without_a_reply(seconds: float | None, unanswered: int) -> None:
    """The caller ends at 5000: 3 s later is unanswered, before that a goodbye; without an end nobody knows."""
    turns = [("caller", "Hi.", 0, 1000), ("agent", "Hello.", 1500, 2000), ("caller", "Help!", 4000, 5000)]
    assert _only(_measured(turns, seconds=seconds)).unanswered == unanswered


def test_a_guessed_end_shows_nothing() -> None:
    """started_at was derived: the length of the call is a guess."""
    assert _measured([("caller", "Help!", 0, 1000)], seconds=60, inferred=("started_at",)).latencies == ()


def test_speech_of_the_agent_is_no_silence() -> None:
    """ "Mhm" at 2000 under the agent's speech until 9000, next word at 10,000: one second of silence, not eight."""
    turns = [("agent", "Our hours are", 0, 9000), ("caller", "Mhm.", 2000, 2300), ("caller", "Thanks.", 10_000, 10_500)]
    assert _measured(turns, seconds=11).latencies == ()


def test_each_unanswered_turn_counts_once() -> None:
    """Three calls into the silence, 4 s apart, and an end 5 s after the last: three, and no change."""
    turns = [("caller", "Hello?", 0, 1000), ("caller", "Hello?", 5000, 6000), ("caller", "Hello?", 10_000, 11_000)]
    measures = _measured(turns, seconds=16)
    assert (_only(measures).anchor, _counts(_only(measures))) == (None, (0, 3, 0, 0, 0))
    assert (measures.p50_ms, measures.p99_ms, measures.p50_unanswered) == (None, None, True)


def test_unanswered_turns_rank_above_every_value() -> None:
    """Replies after 400 and 500, one turn unanswered: p50 of three is the second, 500; p99 is the unanswered one."""
    turns = [
        ("caller", "Hi.", 0, 1000),
        ("agent", "Hello.", 1400, 2000),
        ("caller", "Help.", 2500, 3000),
        ("agent", "Sure.", 3500, 4000),
        ("caller", "Hello?", 5000, 6000),
    ]
    measures = _measured(turns, seconds=20)
    assert (measures.p50_ms, measures.p99_ms, measures.p50_unanswered) == (500, None, False)


def test_anchors_are_never_mixed() -> None:
    """Two reported values, one by turn times, one missing, one unanswered: the last two stand under the commoner anchor."""
    turns = [
        ("caller", "A.", 0, 1000),
        a_turn(start_ms=1900, end_ms=2000, latency=800),
        ("caller", "B.", 3000, 4000),
        a_turn(start_ms=4500, end_ms=5000, latency=600),
        ("caller", "C.", 6000, 7000),
        a_turn(start_ms=7300, end_ms=8000),
        ("caller", "D.", 9000, 10_000),
        a_turn(start_ms=10_500, end_ms=11_000, latency=0),
        ("caller", "E?", 12_000, 13_000),
    ]
    measures = _measured(turns, seconds=30)
    reported, transcript = measures.latencies
    assert (reported.anchor, reported.values_ms, _counts(reported)) == ("reported", (800, 600), (3, 1, 0, 0, 1))
    assert (transcript.anchor, transcript.values_ms, _counts(transcript)) == ("transcript", (300,), (1, 0, 0, 0, 0))
    assert measures.p50_ms == 800  # of 600, 800 and an unanswered one


def test_of_two_anchors_equally_common_the_logs_own_comes_first() -> None:
    """One value by turn times, 500, one reported, 800: p50 is 800."""
    turns = [("caller", "A.", 0, 1000), ("agent", "B.", 1500, 2000), ("caller", "C.", 3000, 4000), a_turn(latency=800)]
    measures = _measured(turns)
    assert ([latency.anchor for latency in measures.latencies], measures.p50_ms) == (["reported", "transcript"], 800)


@pytest.mark.parametrize(
    "fields",
    [
        {"handoff": a_handoff(at_ms=4000.0)},
        {"handoff": a_handoff()},
        {"handoff": None},
    ],
)
def test_a_human_ends_the_measuring(fields: dict[str, object]) -> None:
    """After the handing over at 4000 ms nothing is the agent's: not the human's pause, not the caller's wait for it."""
    turns = [
        ("caller", "Hi.", 0, 1000),
        ("agent", "Hello.", 1500, 2000),
        ("caller", "A person, please.", 2500, 3500),
        ("human_agent", "Anna here.", 20_000, 21_000),
        ("caller", "Hi Anna.", 22_000, 23_000),
        ("agent", "Goodbye.", 40_000, 41_000),
    ]
    assert _counts(_only(_measured(turns, seconds=90, **fields))) == (1, 0, 0, 0, 0)


def test_a_transfer_answers_the_turn_that_waits_for_it() -> None:
    """No turn of the human is in the log; the agent turn after the handoff's time is not the agent's either."""
    turns = [("caller", "A person, please.", 0, 1000), ("agent", "Bye.", 9000, 9500)]
    assert _measured(turns, seconds=60, handoff=a_handoff(at_ms=5000.0)).latencies == ()
    assert _measured(turns[:1], seconds=60, handoff=a_handoff()).latencies == ()


@pytest.mark.parametrize("handoff", [a_handoff(status="failed"), a_handoff(destination="bot")])
def test_a_failed_transfer_answers_nobody(handoff: object) -> None:
    """The caller asked, nobody came for a minute; a bot is no human."""
    assert _only(_measured([("caller", "A person, please.", 0, 1000)], seconds=60, handoff=handoff)).unanswered == 1


def test_silence_before_the_transfer_counts() -> None:
    """Asked at 0, asked again at 8000, transferred at 9000: the first was unanswered."""
    turns = [("caller", "A person.", 0, 1000), ("caller", "A person!", 8000, 8500)]
    assert _only(_measured(turns, seconds=60, handoff=a_handoff(at_ms=9000.0))).unanswered == 1


def test_a_call_without_turns_has_no_figures() -> None:
    """Nothing to measure is not a measurement of nothing."""
    assert _measured([], seconds=10) == CallMeasures(source="demo", call_id="c1")


_TIMES = st.one_of(st.none(), st.integers(-1, 30).map(lambda half_seconds: half_seconds * 500.0))
_LATENCIES = st.one_of(
    st.none(),
    st.sampled_from([0.0, 400.0, 70_000.0]).map(lambda ms: Latency(voice_to_voice_ms=ms)),
    st.just(Latency(components={"llm": 200.0})),
)
_TURNS = st.builds(
    lambda speaker, text, start_ms, end_ms, latency: a_turn(speaker, text, start_ms, end_ms, latency=latency),
    st.sampled_from(["caller", "caller", "agent", "agent", "system", "human_agent"]),
    st.sampled_from(["", "Words."]),
    _TIMES,
    _TIMES,
    _LATENCIES,
)


@given(st.lists(_TURNS, max_size=12), st.sampled_from([None, 5.0, 60.0]))
def test_every_change_is_accounted_for(turns: list, seconds: float | None) -> None:
    """Measured + overlaps + rejected + missing = changes under each anchor; coverage lies between 0 and 1."""
    measures = _measured(turns, seconds=seconds)
    assert sum(latency.unanswered for latency in measures.latencies[1:]) == 0
    for latency in measures.latencies:
        assert len(latency.values_ms) + latency.overlaps + latency.rejected + latency.missing == latency.changes
        assert set(latency.plain_ms) <= set(latency.values_ms)
        assert latency.changes - latency.missing <= measures.latencies[0].changes - measures.latencies[0].missing
        counts = {name: getattr(latency, name) for name in ("changes", "unanswered", "overlaps", "rejected", "missing")}
        pool = a_latency_pool(latency.values_ms, **counts)
        assert pool.coverage is None or 0 <= pool.coverage <= 1
    spoken = [turn.speaker for turn in turns if turn.speaker in ("caller", "agent") and turn.text]
    heard = sum(latency.changes + latency.unanswered for latency in measures.latencies)
    assert heard <= spoken.count("caller")


def test_the_slow_replies_of_a_call_by_their_turn() -> None:
    """After 2000, 400 and 1600 ms; above 1500 the slowest first."""
    turns = [("caller", "A?", 0, 1000), a_turn(start_ms=3000, end_ms=3500), ("caller", "B?", 4000, 5000)]
    turns += [a_turn(start_ms=5400, end_ms=6000), ("caller", "C?", 7000, 8000), a_turn(start_ms=9600)]
    assert slow_replies(a_call(turns), 1500.0) == [(1, 2000), (5, 1600)]
