"""Keys of evalharness.yaml whose room is not built: refused when set to anything but their default, never ignored.

When a room is built, its line is deleted here; nothing else in the workspace changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evalharness.models.noun import Noun
from evalharness.workspace.yaml_words import Located, quoted

NOT_YET: tuple[str, ...] = (
    "calls.engine",
    "ledger.url",
)


def not_yet(config: Noun) -> Iterator[Located]:
    """A problem for every key of the table that is set to something else than its default."""
    for key in NOT_YET:
        yield from _below(config, key.split("."), ())


def _below(noun: Noun, steps: list[str], path: tuple[str | int, ...]) -> Iterator[Located]:
    name, rest = steps[0], steps[1:]
    field = next(known for known, info in type(noun).model_fields.items() if name in (known, info.alias))
    value, default = getattr(noun, field), type(noun).model_fields[field].get_default(call_default_factory=True)
    here = (*path, name)
    if rest[:1] == ["*"]:
        for index, entry in enumerate(value):
            yield from _below(entry, rest[1:], (*here, index))
    elif rest:
        yield from _below(value, rest, here)
    elif isinstance(value, Noun) and isinstance(default, Noun):
        for inner in type(value).model_fields:
            yield from _below(value, [inner], here)
    elif value != default:
        yield here, f"not yet available; leave it out, or at its default: {_written(default)}"


def _written(default: Any) -> str:
    """A default as it is written in YAML."""
    return "null" if default is None else "[]" if default == () else default if isinstance(default, str) else quoted(default)
