"""What the desk shows of a call, how far a grader is, and where recordings may come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.grade.human.desk.recordings import Recordings, recordings_at
from evalharness.grade.human.desk.view import Option, progress, shown_questions, shown_turns, state_words
from evalharness.models.call import Latency, ToolCall
from evalharness.models.sample import SampleItem
from tests.builders import a_call, a_sample, a_turn
from tests.grade.human.at_desk import ANNA, MemoryHouse


def test_the_latency_bar_is_the_logs_figure_else_the_gap() -> None:
    """The log's 1800 ms wins over the gap of 500 ms; without it 5500 - 5000 = 500 ms; the greeting has none."""
    call = a_call([("agent", "Hi.", 0, 1000), ("caller", "Hello.", 2000, 5000), ("agent", "Yes?", 5500, 6000)])
    assert [(turn.reply_ms, turn.pace) for turn in shown_turns(call)] == [(None, ""), (None, ""), (500.0, "quick")]
    told = call.turns[2].model_copy(update={"latency": Latency(voice_to_voice_ms=1800.0)})
    slow = shown_turns(call.model_copy(update={"turns": (*call.turns[:2], told)}))[2]
    assert (slow.reply_ms, slow.pace, slow.bar) == (1800.0, "slow", 60.0)  # 1800 of 3000 ms


@pytest.mark.parametrize(
    ("ms", "pace", "bar"),
    [(0, "quick", 0), (599, "quick", 20), (600, "middling", 20), (1500, "middling", 50), (1501, "slow", 50), (9000, "slow", 100)],
)
def test_the_bar_changes_at_the_bars_own_thresholds(ms: float, pace: str, bar: float) -> None:
    """Below 600 ms is quick, above 1.5 s slow, 3 s and more is a full bar."""
    turns = [a_turn("caller", "Hi."), a_turn("agent", "Yes?", index=1, latency=Latency(voice_to_voice_ms=float(ms)))]
    shown = shown_turns(a_call(turns))[1]
    assert (shown.pace, round(shown.bar)) == (pace, bar)


def test_events_stand_beside_their_turn() -> None:
    """3 s of silence are one, 2.9 s are none; an overlap; a cut-off agent; an error of a tool."""
    tool = ToolCall(name="book", error=True, duration_ms=1200.0)
    call = a_call(
        [
            a_turn("caller", "Hi.", 0, 1000),
            a_turn("agent", "Yes?", 4000, 5000, index=1, interrupted=True, tool_calls=(tool,)),
            a_turn("caller", "So.", 4800, 6000, index=2),
            a_turn("agent", "Well.", 8900, 9000, index=3, heard_filler=True),
        ]
    )
    turns = shown_turns(call)
    assert [turn.events for turn in turns] == [
        (),
        ("3.0 s of silence before",),
        ("spoke 0.2 s over the other",),
        ("filler heard",),
    ]
    assert turns[1].speaker == "Agent, cut off"
    assert turns[1].tools == (("book, 1200 ms: error", "book() → ERROR"),)


def test_turns_without_times_show_none() -> None:
    """Missing is not zero."""
    turn = shown_turns(a_call([("caller", "Hi."), ("agent", "Yes?")]))[1]
    assert (turn.at, turn.reply_ms, turn.events) == ("", None, ())


LEVELS = [(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1"), ("N/A", "0")]


def test_each_answer_has_its_key() -> None:
    """Levels by their number, best first; y and n; words by their place up to nine; N/A is always 0 and last."""
    house = MemoryHouse()
    shown = {one.asked.key: one for one in shown_questions(house.grading(ANNA), house.rows()[0])}
    assert [(option.value, option.key) for option in shown["correctness"].options] == LEVELS
    assert [(option.value, option.key) for option in shown["greeted"].options] == [("yes", "y"), ("no", "n"), ("N/A", "0")]
    assert [option.key for option in shown["outcome"].options] == [*"123456789", "0"]
    assert shown["outcome"].options[0] == Option("resolved", "1", "goal met end to end by the agent")


def test_progress_counts_calls_and_says_what_the_minutes_rest_on() -> None:
    """Three calls at 2 minutes; one of six questions answered leaves 5/6 of that call: 2 + 2 + 1.67 = 5.67, about 6."""
    house = MemoryHouse()
    assert progress(house.grading(ANNA)) == {
        "done": 0,
        "of": 3,
        "minutes": "about 6 min left",
        "rests_on": "an assumption until 10 calls are timed",
    }
    house.change("answer", 5, "correctness")
    grading = house.grading(ANNA)
    assert grading.minutes_left() == pytest.approx(2 + 2 + 2 * 5 / 6)
    assert [state_words(card) for card in grading.cards] == ["5 questions left", "open", "open"]
    for call in (1, 2, 3):
        house.change("wrong", value=True, call=call)
    assert progress(house.grading(ANNA))["minutes"] == "nothing left"


def test_a_picked_call_stands_last_and_is_marked() -> None:
    """It has no probability; the queue before it is the draw."""
    sample = a_sample(2)
    picked = SampleItem(position=3, stratum="picked", key="", probability=None, call=a_call(id="odd"))
    house = MemoryHouse(sample.model_copy(update={"picked": (picked,)}))
    assert [(card.item.call.id, card.picked) for card in house.grading(ANNA).cards] == [
        ("c1", False),
        ("c2", False),
        ("odd", True),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "one.mp3",
        "/somewhere/else/one.mp3",
        "https://files.example/a/one.mp3?signature=x",
        "file:///srv/one.mp3",
        "..\\..\\one.mp3",
        "https://files.example/%2e%2e%2fone.mp3",
    ],
)
def test_the_folder_is_looked_into_by_name_alone(tmp_path: Path, url: str) -> None:
    """Whatever path the log gives, only its last part counts."""
    (tmp_path / "one.mp3").write_bytes(b"x")
    assert Recordings(folder=tmp_path).file(a_call(recording_url=url)) == tmp_path / "one.mp3"


@pytest.mark.parametrize(
    "url", [None, "", "two.mp3", "../secret.txt", "..", "one.mp3/", "/", "notes.txt", "link.mp3", "a\0.mp3", "http://[x/one"]
)
def test_nothing_else_is_served(tmp_path: Path, url: str | None) -> None:
    """No file, no other kind, nothing outside the folder, not by a link either."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "secret.mp3").write_text("x")
    (folder / "notes.txt").write_text("x")
    (folder / "link.mp3").symlink_to(tmp_path / "secret.mp3")
    assert Recordings(folder=folder).file(a_call(recording_url=url)) is None


def test_one_foreign_address_is_allowed_by_its_beginning() -> None:
    """Its origin goes into the policy; another address, or a way out of it, is not played."""
    allowed = recordings_at("https://media.example.org/calls/")
    assert allowed.origin == "https://media.example.org"
    assert allowed.link(a_call(recording_url="https://media.example.org/calls/1.mp3")).endswith("/1.mp3")
    for url in (
        "https://media.example.org.evil.example/calls/1.mp3",
        "https://media.example.org/calls/%2e%2e/1.mp3",
        "http://x/",
        None,
    ):
        assert allowed.link(a_call(recording_url=url)) == ""


@pytest.mark.parametrize(
    "place",
    [
        "http://media.example.org/",
        "https://media.example.org",
        "https:///",
        "https://a.example/;script-src *",
        "/no/such/folder",
        "ftp://x/",
    ],
)
def test_a_place_that_is_neither_is_refused(place: str) -> None:
    """An address without its end slash would allow more than it says; a semicolon would end the policy."""
    with pytest.raises(UsageError):
        recordings_at(place)


def test_by_default_nothing_is_played() -> None:
    """No folder, no origin, no link."""
    nothing = recordings_at(None)
    call = a_call(recording_url="https://media.example.org/1.mp3")
    assert (nothing.origin, nothing.link(call), nothing.file(call)) == ("", "", None)
