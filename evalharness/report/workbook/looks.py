"""The styles only the workbook needs, beside those of xlsx. None says by colour alone what no sign or word says."""

from __future__ import annotations

from copy import copy
from typing import Any

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook.workbook import Workbook

_INK, _HEAD, _LINE = "222B36", "24405F", "D5DAE1"
_SIDE = Side("thin", color=_LINE)
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
_RIGHT = Alignment(horizontal="right", vertical="center", wrap_text=True, indent=1)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_TOP = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
_BANNER = {"alignment": Alignment(horizontal="left", vertical="center", indent=1)}


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color)


def _font(color: str, size: float = 10, **other: Any) -> Font:
    return Font(name="Arial", size=size, color=color, **other)


BANNERS = {"good enough": "banner_good", "not good enough": "banner_bad", "not proven yet": "banner_open"}
"""The week's verdict -> the style of the line that says it."""

_LOOKS: dict[str, dict[str, Any]] = {
    "banner_good": {"font": _font("FFFFFF", 16, bold=True), "fill": _fill("1E6B3A"), **_BANNER},
    "banner_bad": {"font": _font("FFFFFF", 16, bold=True), "fill": _fill("9E2A2B"), **_BANNER},
    "banner_open": {"font": _font("4D3800", 16, bold=True, italic=True), "fill": _fill("F2CB5B"), **_BANNER},
    "tile_none": {"font": _font("6B7785"), "fill": _fill("F5F6F8"), "alignment": _CENTRE, "border": _BOX},
    "label": {"font": _font(_HEAD, bold=True), "alignment": _LEFT},
    "said": {"font": _font(_INK), "alignment": _LEFT},
    "said_link": {"font": _font("1F5FBF", underline="single"), "alignment": _LEFT},
    "figure": {"font": _font(_INK, bold=True), "alignment": _RIGHT, "border": _BOX},
    "fact": {"font": _font(_INK), "alignment": _RIGHT, "border": _BOX},
    "cell": {"font": _font(_INK), "alignment": _LEFT, "border": _BOX},
    "name": {"font": _font(_INK, bold=True), "alignment": _LEFT, "border": _BOX},
    "middle": {"font": _font(_INK), "alignment": Alignment(horizontal="center", vertical="top", wrap_text=True), "border": _BOX},
    "link_top": {
        "font": _font("1F5FBF", underline="single"),
        "alignment": Alignment(horizontal="center", vertical="top"),
        "border": _BOX,
    },
    "group": {
        "font": _font(_HEAD, bold=True),
        "fill": _fill("DCE6F2"),
        "alignment": Alignment(horizontal="left", vertical="center", indent=1),
    },
    "even": {"font": _font(_INK), "alignment": _TOP, "fill": _fill("F3F7FB"), "border": _BOX},
    "odd": {"font": _font(_INK), "alignment": _TOP, "border": _BOX},
    "bold": {"font": _font(_INK, bold=True), "alignment": _TOP, "border": _BOX},
    "picked": {"font": _font("7A5A00", bold=True, italic=True), "alignment": _TOP, "fill": _fill("FFF3CD"), "border": _BOX},
    "typed": {"font": _font(_INK), "alignment": _TOP, "fill": _fill("FFF6D6"), "border": _BOX},
    "aside": {"font": _font("9AA7B5", 8), "alignment": _RIGHT},
    "held": {
        "font": _font("6B7785", italic=True),
        "alignment": Alignment(horizontal="center", vertical="top", wrap_text=True),
        "fill": PatternFill("lightUp", fgColor="C8CED6"),
        "border": _BOX,
    },
    "stands_out": {"font": _font("FFFFFF", bold=True), "fill": _fill("24405F"), "alignment": _CENTRE, "border": _BOX},
    "web_top": {"font": _font("1F5FBF", underline="single"), "alignment": _TOP, "border": _BOX},
    "number_top": {"font": _font(_INK), "alignment": Alignment(horizontal="right", vertical="top", indent=1), "border": _BOX},
}


def add_looks(workbook: Workbook) -> None:
    """Make the styles of this module known to the workbook."""
    for name, look in _LOOKS.items():
        workbook.add_named_style(NamedStyle(name=name, **{part: copy(value) for part, value in look.items()}))
