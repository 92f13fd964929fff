"""docs/field-map.md: what it shows works, and it leaves no key out."""

import json
import re

import pytest

from evalharness.collect.field_map import UNITS, FieldMap, HandoffFromTool, HandoffMap, PathValue, ToolMap, TurnMap
from evalharness.collect.mapping import in_our_form
from evalharness.collect.our_form import RowDefaults, call_from
from tests.collect.files import ROOT, page_map

PAGE = (ROOT / "docs" / "field-map.md").read_text(encoding="utf-8")


def test_the_map_takes_the_line_shown():
    """The example line of the page under the example map of the page."""
    line = json.loads(PAGE.split("```json\n")[1].split("```")[0])
    call = call_from(in_our_form(page_map(), line), RowDefaults("airline-bench", str))
    assert (call.id, call.agent, call.metadata, call.outcome) == ("3-0", "airline", {"reward": 1.0}, "unknown")
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        ("caller", "I need to change my flight."),
        ("agent", ""),
        ("agent", "Which flight is it, Anna?"),
    ]
    (tool,) = call.turns[1].tool_calls
    assert (tool.name, tool.arguments, tool.result) == ("get_user_details", {"user_id": "anna_k_1"}, '{"name": "Anna"}')


@pytest.mark.parametrize("model", [FieldMap, TurnMap, ToolMap, HandoffMap, HandoffFromTool, PathValue])
def test_every_key_is_named(model):
    """In code quotes, somewhere on the page."""
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
    keys = {field.alias or name for name, field in model.model_fields.items()} - ({"name"} if model is FieldMap else set())
    assert keys - words == set()


def test_every_unit_is_named():
    """In code quotes."""
    assert [unit for unit in UNITS if f"`{unit}`" not in PAGE] == []


def test_the_page_names_no_machine():
    """No absolute path of the machine it was written on."""
    assert re.findall(r"(?<![\w.])/(?:home|work|tmp|root|usr|Users)/", PAGE) == []
