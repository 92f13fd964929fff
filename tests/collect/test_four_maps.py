"""The four whole maps of docs/field-map.md, each over a small export that was made for it (tests/collect/made)."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from evalharness.collect.field_map import FieldMap
from evalharness.grade.measured.latency import measure_call
from tests.collect.files import ROOT, counts, take

MADE = Path(__file__).parent / "made"
PAGE = (ROOT / "docs" / "field-map.md").read_text(encoding="utf-8")
CONTACT = "c0000000-0000-4000-8000-00000000c001"


def the_map(name: str) -> FieldMap:
    """The map of that name on the page."""
    blocks = [yaml.safe_load(block)["collect"]["maps"] for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    (found,) = (maps[name] for maps in blocks if name in maps)
    return FieldMap.parse(name, found)


def taken(file: Path, name: str):
    return take(file, form=the_map(name), source=name)


@pytest.fixture(params=["_analysis_2026-11-16T09:00:00Z", "_analysis_redacted_2026-11-16T09%3A00%3A00Z"])
def contact(request, tmp_path):
    """The Contact Lens file under the names in its store, and as a browser writes them."""
    return shutil.copy(MADE / "contact_lens.json", tmp_path / f"{CONTACT}{request.param}.json")


def test_contact_lens(contact):
    """Began by its name, 32.11 s long; speakers by their participants; 7350 - 6200 = 1150 ms off the transcript."""
    (call,), report = taken(contact, "contact-lens")
    assert (call.id, call.started_at.isoformat(), call.duration_s) == (CONTACT, "2026-11-16T09:00:00+00:00", 32.11)
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("agent", 400, 3100), ("caller", 3900, 6200), ("agent", 7350, 8040),
    ]  # fmt: skip
    assert call.turns[1].text == "I want to move my booking."
    assert (call.channel, call.language) == ("phone", "en-US")
    assert call.metadata == {"interruptions": 1, "customer_sentiment": 3.1, "categories": ["Booking"]}
    (latency,) = measure_call(call).latencies
    assert (latency.anchor, latency.values_ms) == ("transcript", (1150.0,))
    assert counts(report) == (1, 0, 0, 0, 0)


def test_contact_lens_under_another_name():
    """Then nothing says when it began: rejected, by the field."""
    calls, report = taken(MADE / "contact_lens.json", "contact-lens")
    assert (calls, report.rejects[0].field) == ([], "started_at")


def test_genesys():
    """Phrases of two transcripts; 500 ms after the start, 1500 ms long; the decorated text; 6200 - 5000 = 1200 ms."""
    (call,), _ = taken(MADE / "genesys.json", "genesys")
    assert (call.started_at.isoformat(), call.duration_s) == ("2026-11-16T09:00:00+00:00", 20.0)
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("agent", "Hello, how can I help?", 500, 2000),
        ("caller", "I want to move my booking.", 3000, 5000),
        ("agent", "To which day?", 6200, 7100),
    ]
    assert (call.direction, call.channel, call.language) == ("inbound", "phone", "en-US")
    assert call.caller_key is not None
    assert measure_call(call).latencies[0].values_ms == (1200.0,)


def test_realtime():
    """Two sessions whose lines are mixed; a tool call without words, a reply the caller broke off; 410 + 450 + 470 tokens."""
    calls, report = taken(MADE / "realtime.jsonl", "realtime")
    call = next(call for call in calls if call.id == "sess_made_1")
    assert ({one.id for one in calls}, counts(report)) == ({"sess_made_1", "sess_made_2"}, (2, 0, 0, 0, 0))
    assert [(turn.speaker, turn.text, turn.interrupted) for turn in call.turns] == [
        ("caller", "Can I move my booking to Friday?", None),
        ("agent", "", None),
        ("agent", "Friday is free, shall", True),
        ("caller", "Yes, please.", None),
        ("agent", "Done.", None),
    ]
    assert [(tool.name, tool.arguments) for turn in call.turns for tool in turn.tool_calls] == [
        ("find_booking", {"day": "Friday"})
    ]
    assert (call.version, call.duration_s, call.metadata) == ("gpt-realtime", 9.1, {"tokens": 1330})
    assert all(turn.start_ms is None and turn.latency is None for turn in call.turns)


def test_a_table_with_a_turn_a_row():
    """10:00 in Berlin; 1.2 + .8 + 2 = 4 cents of llm, .4 + .4 + .2 = 1 cent of tts; a tool that failed; one row of nobody."""
    calls, report = taken(MADE / "wide.csv", "turns-table")
    call, short = sorted(calls, key=lambda one: one.id)
    assert (call.id, call.started_at.isoformat(), call.duration_s) == ("A-1", "2026-11-16T09:00:00+00:00", 31.5)
    assert call.cost.components == {"llm": 0.04, "tts": 0.01}
    assert short.cost.components == {"llm": 0.003}
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("agent", 500, 2000), ("caller", 2500, 4500), ("agent", 5700, 6700), ("human_agent", 20000, 21200),
    ]  # fmt: skip
    assert [(tool.name, tool.error) for turn in call.turns for tool in turn.tool_calls] == [("find_slot", True)]
    assert (report.rows, counts(report)) == (3, (2, 0, 0, 0, 1))
    assert (report.rejects[0].line, report.rejects[0].field) == (8, "call_id")


@pytest.mark.parametrize("name", ["contact-lens", "genesys", "realtime", "turns-table"])
def test_a_map_is_about_a_dozen_lines(name):
    """The map itself: at most 16."""
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if f"    {name}:\n" in block)
    assert len(block.split(f"    {name}:\n")[1].splitlines()) <= 16
