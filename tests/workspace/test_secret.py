"""The key comes from the environment alone."""

from __future__ import annotations

import pytest

from evalharness.errors import GradingError
from evalharness.workspace.secret import api_key


def test_the_key_of_the_environment() -> None:
    """White space around it is none of it."""
    assert api_key({"ANTHROPIC_API_KEY": " sk-1 \n"}) == "sk-1"


@pytest.mark.parametrize(
    "environment", [{}, {"ANTHROPIC_API_KEY": ""}, {"ANTHROPIC_API_KEY": "  "}, {"ANTHROPIC_AUTH_TOKEN": "x"}]
)
def test_no_key(environment: dict[str, str]) -> None:
    """It is said which variable to set; another one is not taken."""
    with pytest.raises(GradingError, match="ANTHROPIC_API_KEY is not set"):
        api_key(environment)
