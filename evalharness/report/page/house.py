"""How a page is made: templates with every text escaped, the style within, and a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from evalharness.report.text import visible

HERE = Path(__file__).parent
_NEEDLESS = re.compile(r"</(?:td|th|tr|li|dd|dt|tbody|thead|p)>\s*")
KEPT = "\t\n\r\u200c\u200d\u200e\u200f\ufe0e\ufe0f"
"""Of the characters that hide or act: those of ordinary writing, that join letters, mark its direction or choose an emoji."""


def exact(text: str) -> Markup:
    """Text as text, wherever in the page it stands: what acts or hides is shown by its number, a carriage return stays one."""
    return Markup(escape(visible(text, keep=KEPT)).replace("\r", Markup("&#13;")))  # noqa: S704 - both parts are escaped


def _shown(value: Any) -> Any:
    """What stands for a value in a page; nothing for None."""
    if value is None:
        return ""
    return exact(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache
def templates() -> Environment:
    """The environment of the templates; a name that a template uses and nobody gave is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


@lru_cache
def style() -> Markup:
    """The style of the pages, as it stands in each of them, without line ends; it holds no text but its own."""
    lines = (HERE / "page.css").read_text(encoding="utf-8").splitlines()
    return Markup("".join(line.strip() for line in lines))  # noqa: S704 - a file of this package


@lru_cache
def policy() -> str:
    """Content-Security-Policy: nothing is loaded, nothing runs, nothing is sent; this one style alone, by its digest."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def rendered(name: str, **given: Any) -> str:
    """The template with what it names. Raises jinja2.UndefinedError where something is missing."""
    return templates().get_template(name).render(**given)


def document(name: str, **given: Any) -> bytes:
    """A whole page as UTF-8, without the end tags that HTML does not need."""
    return compact(rendered(name, style=style(), policy=policy(), **given)).encode()


def compact(page: str) -> str:
    """The page without end tags that may be left out, and the white space behind them: a fifth fewer bytes, the same tree.

    Every "<" that a text holds is written as a reference, so that no tag found here is anybody's but the templates'.
    """
    return _NEEDLESS.sub("", page)
