"""Agent speech that goes on too long."""

from __future__ import annotations

import pytest

from tests.grade.measured.voicing import found, places, said, timed

WORDS = "word " * 79 + "end"


@pytest.mark.parametrize(("text", "count"), [(WORDS, 0), (WORDS + " more", 1)])
def test_more_than_80_words(text, count):
    assert found(said("c Hi.", f"a {text}")).values["overlong_by_words"] == count


@pytest.mark.parametrize(("end", "count"), [("30", 0), ("30.1", 1)])
def test_more_than_30_seconds(end, count):
    call = timed(f"a 0 {end} It is four four five, slowly.", "c 32 33 Yes.")
    assert found(call).values["overlong_by_time"] == count
    assert places(call, "overlong_by_time") == [(0,)] * count


def test_what_is_said_in_a_row_is_one_utterance():
    """16 + 16 s without the caller between; with the caller between they are two of 16."""
    together = timed("a 0 16 First this.", "a 17 33 Then that.", "c 34 35 Okay.")
    apart = timed("a 0 16 First this.", "c 16.2 16.8 Okay.", "a 17 33 Then that.")
    assert places(together, "overlong_by_time") == [(0, 1)]
    assert [one.value for one in found(together).findings if one.measure == "overlong_by_time"] == [32_000]
    assert found(apart).values["overlong_by_time"] == 0


def test_limits_are_settings_and_size_is_told():
    call = said("c Hi.", "a One two three four.")
    assert places(call, "overlong_by_words", long_words=3) == [(1,)]
    assert found(call, long_words=3).findings[-1].value == 4


def test_what_the_log_does_not_tell():
    assert "overlong_by_time" not in found(said("a Hello.", "c Hi.")).values
    assert not {"overlong_by_words", "overlong_by_time"} & found(said("c Hello?")).values.keys()
