"""What a noun refused, said in plain words at the place in the file where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from evalharness.workspace.yaml_tree import Path, Problem, Tree, shown

Located = tuple[Path, str]
_A_LIST, _A_MAPPING = "should be a list", "should be a mapping of keys and values"
_WORDS: dict[str, str] = {
    "string_type": "should be text; write it in quotes",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "tuple_type": _A_LIST,
    "list_type": _A_LIST,
    "dict_type": _A_MAPPING,
    "model_type": _A_MAPPING,
    "string_unicode": "holds a character that is not Unicode text",
    "finite_number": "should be a number that is not infinite",
}
_BOUNDS: dict[str, tuple[str, str]] = {
    "greater_than": ("gt", "should be more than {}"),
    "greater_than_equal": ("ge", "should be at least {}"),
    "less_than": ("lt", "should be less than {}"),
    "less_than_equal": ("le", "should be at most {}"),
    "string_too_short": ("min_length", "should have at least {} character(s)"),
    "string_too_long": ("max_length", "should have at most {} characters"),
    "too_short": ("min_length", "should have at least {} entry or entries"),
    "too_long": ("max_length", "should have at most {} entries"),
    "string_pattern_mismatch": ("pattern", "should be of the form {}"),
    "literal_error": ("expected", "is not one of {}"),
}
_At = Literal["key", "value", "missing"]


class FieldsError(ValueError):
    """Several problems of one noun, each with its place within it: raised by a noun's own validator."""

    def __init__(self, found: Sequence[Located]) -> None:
        super().__init__("; ".join(f"{shown(path)}: {message}" for path, message in found))
        self.found = tuple(found)


def collected(*found: Iterator[Located]) -> None:
    """Raise the problems found, all at once. Raises FieldsError; nothing where there are none."""
    every = [problem for some in found for problem in some]
    if every:
        raise FieldsError(every)


def unique(names: Sequence[str], place: Callable[[int], Path], key: Callable[[str], str] = str) -> Iterator[Located]:
    """A problem for every name that stands already earlier in the list, compared by `key`."""
    seen: dict[str, str] = {}
    for index, name in enumerate(names):
        if key(name) in seen:
            yield place(index), f"{quoted(name)} cannot be told from {quoted(seen[key(name)])} above; choose another name"
        seen.setdefault(key(name), name)


def problems_of(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[Problem]:
    """Every problem of a failed validation with line, column and field of the file the data came from."""
    return [_problem(loc, at, message, tree) for loc, at, message in _located(error, model)]


def nearest(word: str, known: Sequence[str]) -> str:
    """Which known word was meant: "did you mean `timezone`? known: ..."; only the known ones where none is near."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    guess = f"did you mean {close[0]}? " if close else ""
    return f"{guess}known: {', '.join(known)}" if known else guess


def quoted(value: Any) -> str:
    """A value of the file in a message: short, on one line, nothing in it acts on a terminal."""
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _located(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Path, _At, str]]:
    for detail in error.errors(include_url=False):
        loc, context = detail["loc"], detail.get("ctx", {})
        raised = context.get("error")
        if isinstance(raised, FieldsError):
            yield from ((loc + path, "value", message) for path, message in raised.found)
        elif detail["type"] == "missing":
            yield loc, "missing", "this key is missing"
        elif detail["type"] == "too_short" and len(detail["input"]) >= context["min_length"]:
            continue  # entries are there, and what is wrong with them is told by themselves
        elif detail["type"] == "invalid_key":
            yield loc, "key", f"{quoted(loc[-1])} is no key here; a key is a word"
        elif detail["type"] == "extra_forbidden":
            known = [key for owner in _models_at(model, loc[:-1]) for key in _fields(owner)]
            yield loc, "key", f"{quoted(loc[-1])} is not a known key; {nearest(str(loc[-1]), known)}"
        else:
            said = _words(detail["type"], context, detail["input"], detail["msg"]) if raised is None else str(raised)
            yield loc, "value", said


def _words(kind: str, context: Mapping[str, Any], given: Any, otherwise: str) -> str:
    if given is None and kind in _WORDS:
        return f"nothing stands here; it {_WORDS[kind]}"
    value = "a list" if isinstance(given, tuple) else "a mapping" if isinstance(given, dict) else quoted(given)
    if kind not in _BOUNDS:
        return f"{value} {_WORDS[kind]}" if kind in _WORDS else f"{value}: {otherwise[:1].lower()}{otherwise[1:]}"
    name, words = _BOUNDS[kind]
    if kind != "literal_error":
        return f"{value} {words.format(context[name])}"
    known = [word.strip("'") for word in str(context[name]).replace(" or ", ", ").split(", ")]
    close = difflib.get_close_matches(str(given), known, n=1)
    return f"{value} {words.format(', '.join(known))}" + (f"; did you mean {close[0]}?" if close else "")


def _problem(loc: Path, at: _At, message: str, tree: Tree) -> Problem:
    path = tree.resolve(loc)
    if at == "key" and path[-1:] != loc[-1:]:
        path = (*tree.resolve(loc[:-1]), loc[-1])
    line, column = (tree.keys if at == "key" else tree.values).get(path, (1, 1))
    return Problem(line, column, shown(loc if at == "missing" else path), message)


def _models_at(kind: Any, loc: Sequence[str | int]) -> list[type[BaseModel]]:
    """The nouns that may stand at a location below the type `kind`."""
    kinds = _plain(kind)
    for step in loc:
        kinds = [inner for outer in kinds for inner in _inside(outer, step)]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _inside(kind: Any, step: str | int) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _plain(_fields(kind).get(str(step)))
    if get_origin(kind) is dict:
        return _plain(get_args(kind)[1])
    return _plain(get_args(kind)[0]) if get_origin(kind) is tuple else []


def _plain(kind: Any) -> list[Any]:
    """A type without Annotated and Optional: the members of a union."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [inner for option in get_args(kind) for inner in _plain(option)]
    return [kind]


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Key as written in a file -> type."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
