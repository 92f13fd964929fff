"""YAML read strictly into a noun: every problem is told with line, column and field, in plain words.

What YAML 1.1 would guess is not guessed: `no`, `off`, `12:30`, `010` and dates stay text (unquoted yes, no, on, off as a
value are refused, for nobody can tell which was meant), a key stands once, tags and merge keys are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from evalharness.errors import ConfigError
from evalharness.models.noun import tuples
from evalharness.workspace.yaml_tree import Problem, Tree, read_tree
from evalharness.workspace.yaml_words import problems_of

MAX_BYTES = 512 * 1024
MAX_SHOWN = 10
_INDENT = "\n       "
_CONTROLS = 'Remove it, or write it in a quoted text as an escape such as "\\n".'

T = TypeVar("T", bound=BaseModel)


def load_yaml(path: Path, model: type[T]) -> T:
    """The YAML file at `path` as a noun. Raises ConfigError with every problem found (the first ten are shown)."""
    return parse_yaml(read_text(path), path.name, model)


def parse_yaml(text: str, name: str, model: type[T]) -> T:
    """The YAML `text`, called `name` in messages, as a noun. Raises ConfigError like `load_yaml`."""
    tree = _tree(text, name)
    problems = list(tree.problems)
    noun = None
    try:
        noun = model.model_validate(tuples(tree.data))
    except ValidationError as error:
        refused = {(problem.line, problem.column) for problem in problems}
        problems += [problem for problem in problems_of(error, tree, model) if (problem.line, problem.column) not in refused]
    if problems or noun is None:
        raise _error(name, problems)
    return noun


def read_text(path: Path) -> str:
    """The UTF-8 text of a file a person wrote, at most 512 KiB. Raises ConfigError where there is no such text."""
    try:
        if not path.is_file():
            raise ConfigError("there is no such file", where=str(path), fix="Check the name, or put the file there.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"the file cannot be read ({error.strerror})", where=str(path), fix="Check who may read it.") from error
    if len(data) > MAX_BYTES:
        why = "No one writes so much by hand; it may be another file."
        raise ConfigError("the file is larger than 512 KiB", where=str(path), why=why, fix="Check the name, or shorten the file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fix = "Save the file as UTF-8 text in the editor."
        raise ConfigError("the file is not UTF-8 text", where=f"{path} line {line}, byte {error.start}", fix=fix) from error


def _tree(text: str, name: str) -> Tree:
    try:
        return read_tree(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        shown = f"the character U+{ord(text[error.position]):04X} may not stand in YAML"
        raise ConfigError(shown, where=f"{name} line {line}, column {column}", fix=_CONTROLS) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name
        said = ", ".join(part for part in (error.context, error.problem) if part)
        fix = "Check the indentation (spaces, no tabs), the brackets and the quotes around that place."
        raise ConfigError(f"this is not YAML: {said}", where=where, fix=fix) from error


def _error(name: str, problems: Sequence[Problem]) -> ConfigError:
    """One problem: what and where. Several: a line each, in the order of the file."""
    found = sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column))
    why = "Nothing was read from this file: a half-understood configuration would give wrong figures."
    fix = f"Correct {name} there and run the same command again."
    if len(found) == 1:
        return ConfigError(found[0].message, where=f"{name} {found[0].place()}", why=why, fix=fix)
    shown = [f"{name} {problem.place()}: {problem.message}" for problem in found[:MAX_SHOWN]]
    more = [f"and {len(found) - MAX_SHOWN} more"] if len(found) > MAX_SHOWN else []
    return ConfigError(f"{name} has {len(found)} problems", where=_INDENT.join(shown + more), why=why, fix=fix)


def as_data(value: Any) -> Any:
    """The reverse of `tuples`: raw mappings (field maps) hold lists, as a JSON reader would give them."""
    if isinstance(value, list | tuple):
        return [as_data(part) for part in value]
    return {key: as_data(part) for key, part in value.items()} if isinstance(value, dict) else value
