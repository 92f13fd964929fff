"""YAML text -> plain data, with line and column of every key and value, and the problems of its form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_DEPTH = 32
MAX_NODES = 50_000
Path = tuple[str | int, ...]
_NULL, _BOOL, _INT, _FLOAT, _STR = (f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str"))
_NORWAY = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_READ: dict[str, Callable[[str], Any]] = {
    _NULL: lambda _: None,
    _BOOL: lambda text: text.lower() == "true",
    _INT: int,
    _FLOAT: float,
    _STR: str,
}
_WHOLE = r"(0|[1-9][0-9]{0,17})"  # no 010, which YAML 1.1 reads as 8; longer than 18 digits is an id, +49 a telephone: text
_NUMBER_START = list("-0123456789.")


@dataclass(frozen=True)
class Problem:
    """One thing a file may not say. `line` and `column` count from 1."""

    line: int
    column: int
    field: str
    message: str

    def place(self) -> str:
        """Where, in words."""
        return f"line {self.line}, column {self.column}" + (f", field {self.field}" if self.field else "")


@dataclass
class Tree:
    """The data of a file: str, int, float, bool, None, list, dict. `keys` and `values` give (line, column) by path."""

    data: Any = None
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def resolve(self, loc: Sequence[str | int]) -> Path:
        """The deepest path of the file along a noun's location.

        In a mapping a number means the nth entry (the levels of a rubric are written as a mapping and kept as a tuple), or the
        mapping itself where the next step is one of its keys (`notify` may be one mapping and is kept as a tuple).
        """
        path: Path = ()
        here = self.data
        for step, after in zip_longest(loc, loc[1:]):
            entries = _entries(here)
            if isinstance(step, int) and isinstance(here, dict) and after in here:
                continue
            found = entries[step : step + 1] if isinstance(step, int) else [entry for entry in entries if entry[0] == step]
            for key, inner in found:
                path, here = (*path, key), inner
        return path


def _entries(data: Any) -> list[tuple[str | int, Any]]:
    if isinstance(data, dict):
        return list(data.items())
    return list(enumerate(data)) if isinstance(data, list) else []


def shown(path: Sequence[str | int]) -> str:
    """A path as people read it: sample.strata[0].when (lists count from 0, as every program does)."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step if step.isprintable() else ascii(step)}" for step in path]
    return "".join(parts).removeprefix(".")[:200]


def read_tree(text: str) -> Tree:
    """The tree of one YAML document. Raises yaml.YAMLError where the text is not YAML, is nested too deep or too large."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    finally:
        loader.dispose()
    builder = _Builder()
    if root is not None:
        builder.tree.data = builder.build(root, ())
    return builder.tree


class _Loader(yaml.SafeLoader):
    """Composes nodes only. The numbers and words of YAML 1.2; a limit on depth."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = cast(Any, self).peek_event()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _not_taken(f"it is nested deeper than {MAX_DEPTH} levels", event)
        if getattr(event, "tag", None) is not None:
            raise _not_taken(f"the tag {event.tag[:60]} is not taken; leave it out", event)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _starts in (
    (_NULL, r"(~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    (_BOOL, r"(true|True|TRUE|false|False|FALSE)\Z", list("tTfF")),
    (_INT, rf"-?{_WHOLE}\Z", _NUMBER_START),
    (_FLOAT, rf"-?({_WHOLE}?\.[0-9]+|{_WHOLE}\.)([eE][-+]?[0-9]+)?\Z", _NUMBER_START),
    (_FLOAT, rf"-?{_WHOLE}[eE][-+]?[0-9]+\Z", _NUMBER_START),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _starts)


class _Builder:
    """Walks the nodes; an alias is walked at every use, so what a bomb would expand to is counted."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.nodes = 0

    def build(self, node: Node, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _not_taken("its aliases unfold to more than a file may hold", node)
        self.tree.values[path] = _place(node)
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(part, (*path, index)) for index, part in enumerate(node.value)]
        return self.scalar(cast(ScalarNode, node), path)

    def mapping(self, node: MappingNode, path: Path) -> dict[str | int, Any]:
        found: dict[str | int, Any] = {}
        for key_node, value_node in node.value:
            key = self.key(key_node, path)
            if key is None:
                continue
            if key in found:
                line = self.tree.keys[*path, key][0]
                self.refuse(key_node, (*path, key), f"this key stands already in line {line}; keep one of the two")
                continue
            self.tree.keys[*path, key] = _place(key_node)
            found[key] = self.build(value_node, (*path, key))
        return found

    def key(self, node: Node, path: Path) -> Any:
        """The key as text or whole number; None where it is refused."""
        if not isinstance(node, ScalarNode):
            return self.refuse(node, path, "a key is a word; a list or a mapping stands here")
        if node.value == "<<" and node.style is None:
            return self.refuse(node, path, "merge keys (<<) are not taken; write the entries out")
        if node.tag == _INT:
            return int(node.value)
        if node.tag != _STR:
            return self.refuse(node, path, f"the key {node.value[:60]!r} is not text; write it in quotes")
        return str(node.value)

    def scalar(self, node: ScalarNode, path: Path) -> Any:
        text = node.value
        if node.style is None and _NORWAY.fullmatch(text):
            meant = "true" if text.lower() in ("yes", "on") else "false"
            return self.refuse(node, path, f'{text} may be a word or a switch: write {meant}, or "{text}" in quotes for the word')
        value = _READ[node.tag](text)
        if isinstance(value, float) and not math.isfinite(value):
            return self.refuse(node, path, f"{text[:60]} is larger than a number may be")
        return value

    def refuse(self, node: Node, path: Path, message: str) -> Any:
        """Note the problem; None stands where the refused value stood."""
        line, column = _place(node)
        self.tree.problems.append(Problem(line, column, shown(path), message))
        return None


def _not_taken(problem: str, at: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=at.start_mark)


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
