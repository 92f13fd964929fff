"""No figure that a person sees is formatted outside of evalharness/numbers.py: the tree is searched for the ways to do it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "evalharness"
HOUSE = "numbers.py"
SPEC = re.compile(r"[-+ ]?#?0?\d*[,_]?(?:\.\d+)?[deEfFgGn%]|.*[,_].*|.*\.\d+.*")
"""A format that makes digits of a number: ".1f", "g", ",", "%", "02d". Alignment and width alone ("<24") make none."""
CALENDAR = re.compile(r"%[A-Za-z]")
OLD_STYLE = re.compile(r"%[-+ 0#]*\d*\.?\d*[dfeEgG](?![a-z])")
TEMPLATE = re.compile(r"\|\s*(?:round|format|int\b)|\.format\(|toFixed|toLocaleString|Math\.round")
ALLOWED = {
    "models/week.py": "the name of a week, 2026-W07",
    "models/threshold.py": "an error quotes what stands in the profile; the nouns stand below the figures",
    "models/csat.py": "an error quotes what stands in the settings; the nouns stand below the figures",
    "grade/measured/spoken_amounts.py": "a spoken amount in the one form that facts are compared in",
    "grade/measured/spoken_dates.py": "a spoken date in the form that facts are compared in",
    "grade/measured/spoken_times.py": "a spoken time in the form that facts are compared in",
    "grade/measured/spoken_words.py": "a spoken number in the form that facts are compared in",
    "grade/measured/facts_source.py": "a price of a text in the form that facts are compared in",
    "aggregate/comparisons.py {level:g}": "the name of a level, by which answers are counted",
    "aggregate/rating_scale.py {value:g}": "the name of a level, by which answers are counted",
    "aggregate/summary.py {value:g}": "the name of a level, by which answers are counted",
    "aggregate/grouped.py {result.call.started_at.astimezone(log.zone).hour:02d}": "the name of an hour of the day",
    "report/workbook/details_latency_parts.py {int(split.name):02d}": "an hour of the day, 07:00",
    "report/page/scale.py": "places on a drawing, which nobody reads",
    "report/page/turns.py": "the length of a bar on a drawing, which nobody reads",
    "flows/draw.py {options.minutes:g}": "an error quotes what was typed",
}
"""Files, or single places in them, where digits are made for another reason than to show a figure, each with that reason."""


def found(code: str) -> Iterator[tuple[int, str]]:
    """Line and text of every place in the code where digits are made of a number, or one is scaled to be shown."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FormattedValue):
            yield from ((node.lineno, text) for text in _in_braces(node))
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, text) for text in _called(node))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and OLD_STYLE.search(_text(node.left) or ""):
            yield node.lineno, ast.unparse(node)


def _in_braces(node: ast.FormattedValue) -> Iterator[str]:
    spec = "".join(_text(part) or "" for part in node.format_spec.values) if isinstance(node.format_spec, ast.JoinedStr) else ""
    if spec and not CALENDAR.search(spec) and SPEC.fullmatch(spec):
        yield f"{{{ast.unparse(node.value)}:{spec}}}"
    handed_on = "numbers." in ast.unparse(node.value)
    if _is_scaled(node.value) or (not handed_on and any(_is_rounded(inner) for inner in ast.walk(node.value))):
        yield f"{{{ast.unparse(node.value)}}}"


def _is_scaled(node: ast.expr) -> bool:
    """Whether this is a product or a quotient of numbers. A path and a repeated text have a text in them."""
    scaled = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv)
    return scaled and not any(_text(part) is not None for part in ast.walk(node))


def _is_rounded(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round"


def _called(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "format" and isinstance(node.func, ast.Name) and len(node.args) == 2:
        yield ast.unparse(node)
    if name == "format" and isinstance(node.func, ast.Attribute):
        text = _text(node.func.value) or ""
        if any(SPEC.fullmatch(spec) for spec in re.findall(r"\{[^{}:]*:([^{}]+)\}", text)):
            yield ast.unparse(node)
    if name == "str" and node.args and _is_rounded(node.args[0]):
        yield ast.unparse(node)


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_figure_is_formatted_here(path):
    """Call a function of evalharness/numbers.py instead; a file that makes digits for another reason says so in ALLOWED."""
    name = path.relative_to(PACKAGE).as_posix()
    if name != HOUSE and name not in ALLOWED:
        places = found(path.read_text(encoding="utf-8"))
        assert [f"line {line}: {text}" for line, text in places if f"{name} {text}" not in ALLOWED] == []


@pytest.mark.parametrize(
    "path",
    sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".html", ".j2", ".js", ".md")),
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_no_figure_is_formatted_in_a_template(path):
    """Pages show what they are handed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if TEMPLATE.search(line)] == []


def test_every_exception_is_still_needed():
    """A file that makes no digits any more leaves the list."""
    for known in ALLOWED:
        name, _, text = known.partition(" ")
        places = {place for _, place in found((PACKAGE / name).read_text(encoding="utf-8"))}
        assert text in places if text else places, known


@pytest.mark.parametrize(
    "code",
    ['f"{x:.1f}"', 'f"{x:,}"', 'f"{x:.0%}"', 'f"{x:g}"', 'f"{x:+.2f}"', 'f"{x:02d}"', 'f"{100 * x} %"', 'f"{x / 1000} s"',
     'f"{round(x)}"', 'f"{x:{n}.2f}"', '"%.1f" % x', '"{:.2f}".format(x)', 'format(x, ".2f")', "str(round(x, 1))"],
)  # fmt: skip
def test_the_search_finds_every_way_to_make_digits(code):
    """Each of these would show a figure by other rules."""
    assert list(found(code))


@pytest.mark.parametrize(
    "code", ['f"{x:<24}"', 'f"{at:%Y-%m-%d %H:%M}"', 'f"{seconds(1000 * x)}"', 'f"{x}"', '"%s" % x', '"{}".format(x)']
)
def test_the_search_leaves_the_rest_alone(code):
    """Alignment, dates, and numbers that are handed on to be formatted."""
    assert not list(found(code))
