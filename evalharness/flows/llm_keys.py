"""Which key goes where: each address has the environment variable of its own, so that no provider's key reaches another host."""

from __future__ import annotations

from collections.abc import Iterable

from evalharness.flows.opened import Opened
from evalharness.messages.client import PROVIDER
from evalharness.workspace.secret import api_key


def key_names(house: Opened) -> dict[str, str]:
    """Destination -> the environment variable that holds its key; the configured addresses alone."""
    llm = house.config.graders.llm
    first = llm.base_url or PROVIDER
    others = {judge.base_url: judge.key_env for judge in llm.judges if judge.base_url and judge.key_env}
    return {**others, first: llm.key_env}


def keys_of(house: Opened, places: Iterable[str]) -> dict[str, str]:
    """Destination -> its key. Raises GradingError where one is not set; KeyError for an address that is not configured."""
    names = key_names(house)
    return {place: api_key(name=names[place]) for place in dict.fromkeys(places)}
