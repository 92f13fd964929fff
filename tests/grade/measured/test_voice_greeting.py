"""Time to the agent's first words."""

from __future__ import annotations

import pytest

from tests.builders import a_turn
from tests.grade.measured.voicing import found, numbered, timed


@pytest.mark.parametrize(("start", "value"), [(900, 900), (0, None), (None, None), (-1, None)])
def test_the_agents_first_words(start, value):
    """0 and -1 are "not detected", never at once."""
    call = numbered(a_turn("agent", "Hello.", start, 2000), a_turn("caller", "Hi.", 2500, 3000))
    assert found(call).values.get("greeting_after") == value


def test_who_is_greeted_by_the_caller_greets_nobody():
    assert "greeting_after" not in found(timed("c 1 2 Hello?", "a 3 4 Hi.")).values
