"""docs/field-map.md, docs/sources.md, docs/airline.md: what they show works, and they leave nothing out."""

import json
import re

import pytest
import yaml

from evalharness.collect.field_map import FieldMap, HandoffFromTool, HandoffMap, ToolMap, TurnMap
from evalharness.collect.map_forms import UNITS, FileValue, Lookup, PathValue, SumValue
from evalharness.collect.mapping import in_our_form
from evalharness.collect.named_forms import NAMES
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.collect.supplements import JOINS, KINDS
from evalharness.workspace.collecting import Collecting, Source
from evalharness.workspace.config import AUTO, OWN_FORMS
from tests.collect.files import AIRLINE, ROOT, page_map, take

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


@pytest.mark.parametrize(
    "model", [FieldMap, TurnMap, ToolMap, HandoffMap, HandoffFromTool, PathValue, SumValue, FileValue, Lookup]
)
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


def test_the_table_on_the_page_is_taken(tmp_path):
    """The CSV of the page under its map: 09:00 in Berlin, a CSAT of 4, 12.5 cents."""
    path = tmp_path / "export.csv"
    path.write_text(PAGE.split("```csv\n")[1].split("```")[0])
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "export:" in block)
    (call,), _ = take(path, form=FieldMap.parse("export", yaml.safe_load(block)["collect"]["maps"]["export"]), source="export")
    assert (call.id, call.started_at.isoformat(), call.csat) == ("A-17", "2026-11-16T08:00:00+00:00", 4)
    assert (call.cost.components, [turn.speaker for turn in call.turns]) == ({"other": 0.125}, ["caller", "agent"])


OUTCOMES_SEEN = ("transferred", "unknown", "all")
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def test_every_source_kind_and_join_is_on_the_page():
    """In code quotes or in the commands."""
    assert [name for name in (*OWN_FORMS, AUTO, *KINDS, *JOINS) if name not in SOURCES] == []


def test_the_table_has_every_form_and_no_other():
    """Its names are those of the forms, in the order in which they are tried; each row says every column."""
    table = SOURCES.split("| `source` |")[1].split("\n\n")[0].splitlines()
    rows = [row for row in table[2:] if not row.startswith("| a map")]
    assert [name for row in rows for name in re.findall(r"`([a-z]+)`", row.split("|")[1])] == ["jsonl", "csv", *NAMES]
    assert {row.count("|") for row in table[1:]} == {table[0].count("|") + 2}
    assert all(cell.strip() for row in rows for cell in row.split("|")[1:-1])


def test_the_zones_on_the_page_are_a_configuration():
    """They are accepted as they stand."""
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", SOURCES, re.DOTALL) if "timezones:" in block)
    assert Collecting.model_validate(yaml.safe_load(block)["collect"]).timezones == {"vcon": "Europe/Berlin"}


def test_the_sources_on_the_page_are_a_configuration():
    """They are accepted as they stand."""
    for page in (SOURCES, (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")):
        block = next(block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "sources:" in block)
        sources = yaml.safe_load(block)["collect"]["sources"]
        assert [Source.model_validate(source).path for source in sources][-1] == "inbox/survey-*.csv"


@pytest.mark.skipif(not AIRLINE.is_file(), reason="the transcripts lie beside the project, not in it")
def test_the_counts_on_the_airline_page():
    """Outcome from the log against the data's own reward, and handoffs against the tasks that want one, counted again."""
    rows = [json.loads(line) for line in AIRLINE.read_text(encoding="utf-8").splitlines()]
    calls, _ = take(AIRLINE, form=page_map(), source="airline-bench")
    pairs = list(zip([call.outcome for call in calls], rows, strict=True))
    groups = {name: [row["reward"] == 1 for outcome, row in pairs if name in (outcome, "all")] for name in OUTCOMES_SEEN}
    for name, is_wanted in (("yes", True), ("no", False)):
        groups[name] = [outcome == "transferred" for outcome, row in pairs if row["transfer_expected"] is is_wanted]
    lines = [f"| {name} | {len(one)} | {sum(one)} | {len(one) - sum(one)} |" for name, one in groups.items()]
    page = (ROOT / "docs" / "airline.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if re.match(r"\| \w+ \| \d", line)] == lines
