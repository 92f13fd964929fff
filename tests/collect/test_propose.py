"""A proposed field map: what it finds by the names of keys, what it leaves open, and that its YAML says the same."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.collect.field_map import FieldMap
from evalharness.collect.grouped import one_a_group
from evalharness.collect.mapping import in_our_form
from evalharness.collect.named_forms import NAMES, named_form
from evalharness.collect.propose import map_yaml, missing, proposal
from evalharness.collect.recognise import first_rows
from evalharness.collect.rows import OwnForm, RawRow
from evalharness.workspace.config import OWN_FORMS
from tests.collect.files import take
from tests.collect.test_four_maps import MADE


def a_call(**fields):
    """A call of a platform nobody knows."""
    said = [
        {"from": "customer", "utterance": "Hi."},
        {"from": "bot", "utterance": "Hello."},
        {"from": "narrator", "utterance": "x"},
    ]
    return {"uuid": "u1", "start_time": 1763377200, "customer_number": "+1", "dialog": said, **fields}


def test_the_usual_names():
    """Seconds since 1970 by their size; speakers by the words that occur, unknown ones left out."""
    assert proposal([a_call()]) == {
        "each": ".",
        "id": "uuid",
        "started_at": {"path": "start_time", "unit": "epoch_s"},
        "caller": "customer_number",
        "turns": {
            "each": "dialog",
            "speaker": {"path": "from", "values": {"customer": "caller", "bot": "agent"}},
            "text": "utterance",
        },
    }


def test_one_level_deeper():
    """metadata.createdAt in milliseconds."""
    call = {**a_call(start_time=None), "metadata": {"createdAt": 1763377200000}}
    assert proposal([call])["started_at"] == {"path": "metadata.createdAt", "unit": "epoch_ms"}


def test_two_keys_may_be_the_id_together():
    """task 1 and 2, trial 0 and 1: neither alone tells four calls apart."""
    calls = [{**a_call(uuid=None), "task_id": task, "trial": trial} for task in (1, 2) for trial in (0, 1)]
    assert proposal(calls)["id"] == {"join": ["task_id", "trial"], "with": "-"}


def test_what_nothing_fits_is_left_open():
    """And named."""
    assert missing(proposal([{"a": 1}])) == ["id", "started_at", "turns.each", "turns.speaker", "turns.text"]
    assert missing(proposal([])) == ["id", "started_at", "turns.each", "turns.speaker", "turns.text"]


def test_tool_calls():
    """As chat messages have them, or by the names of their keys."""
    chat = {"role": "user", "content": "x", "tool_calls": [{"function": {"name": "f"}}]}
    assert proposal([{"traj": [chat]}])["turns"]["tool_calls"]["result"] == {"from_role": "tool", "path": "content"}
    other = {"role": "user", "content": "x", "tool_calls": [{"tool_name": "f", "params_as_json": "{}"}]}
    assert proposal([{"traj": [other]}])["turns"]["tool_calls"] == {
        "each": "tool_calls", "name": "tool_name", "arguments": {"path": "params_as_json", "json": True},
    }  # fmt: skip


NAMES_OF_KEYS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(role=NAMES_OF_KEYS, word=st.sampled_from(["user", "bot", "SYSTEM", "no"]), extra=NAMES_OF_KEYS)
def test_the_yaml_says_what_the_proposal_says(role, word, extra):
    """Whatever the keys are: read back it is the same, and a map that can be parsed."""
    calls = [{"id": "x", f"{extra}_id": 1, "started_at": "t", "turns": [{"role": word, role: 1, "text": "x"}]}]
    found = proposal(calls)
    read = yaml.safe_load(map_yaml(found, "mine"))
    assert read == {"mine": found}
    FieldMap.parse("mine", found)


def test_yaml_of_keys_that_could_be_read_as_something_else():
    """A key named no, a number, a colon, a line end, a letter beyond the first plane."""
    for key in ("no", "1", "a: b", "a\nb", "\U0001f600", "- x", "null", '"'):
        found = {"id": key, "turns": {"each": key}}
        assert yaml.safe_load(map_yaml(found, "m")) == {"m": found}


def test_the_names_are_the_same_everywhere():
    """What the configuration accepts is what there is a reader for."""
    assert set(OWN_FORMS) == set(OwnForm.__args__) == {"jsonl", "csv", *NAMES}
    assert [named_form(name).name for name in NAMES] == list(NAMES)


def made(name, file=""):
    """The proposal for a made export, and the calls that it takes of it."""
    path = MADE / name
    found = proposal(first_rows(path), "Europe/Berlin", file)
    field_map = FieldMap.parse("mine", found)
    return found, [in_our_form(field_map, row.raw, file) for row in _mapped_rows(path, field_map)]


def _mapped_rows(path, field_map):
    rows = [RawRow(row, at) for at, row in enumerate(first_rows(path))]
    grouped = one_a_group(lambda: rows, field_map.group, path.name) if field_map.group else rows
    return [row for row in grouped if isinstance(row, RawRow)]


def test_contact_lens_is_proposed_whole():
    """The participants explain who speaks; the name of the file says when it began."""
    found, (call,) = made("contact_lens.json", "c_analysis_2026-11-16T09%3A00%3A00Z.json")
    assert found["started_at"] == {"file": r"_analysis_(?:redacted_)?(.+)\.json"}
    assert found["turns"]["speaker"]["lookup"] == {"in": "Participants", "by": "ParticipantId", "take": "ParticipantRole"}
    assert (call["started_at"], call["ended_at"]) == ("2026-11-16T09:00:00+00:00", "2026-11-16T09:00:32.110000+00:00")
    assert [(turn["speaker"], turn["start_ms"], turn["end_ms"]) for turn in call["turns"]] == [
        ("agent", 400, 3100), ("caller", 3900, 6200), ("agent", 7350, 8040),
    ]  # fmt: skip


def test_genesys_is_proposed_whole():
    """Lists within lists, times since 1970, lengths in milliseconds."""
    found, (call,) = made("genesys.json")
    assert (found["turns"]["each"], found["caller"]) == ("transcripts[].phrases[]", "participants.0.ani")
    assert [(turn["speaker"], turn["start_ms"], turn["end_ms"]) for turn in call["turns"]] == [
        ("agent", 500, 2000), ("caller", 3000, 5000), ("agent", 6200, 7100),
    ]  # fmt: skip


def docs_map(name):
    """A map of the page."""
    page = (MADE.parents[2] / "docs" / "field-map.md").read_text(encoding="utf-8")
    (block,) = (part.partition("```")[0] for part in page.split("```yaml\n") if f"    {name}:\n" in part.partition("```")[0])
    return yaml.safe_load(block)["collect"]["maps"][name]


@pytest.mark.parametrize(("name", "file"), [("contact-lens", "contact_lens.json"), ("genesys", "genesys.json")])
def test_the_maps_of_the_page_are_proposed(name, file):
    """Whole, also as the YAML that init writes: no version of the file's format as the agent's, SYSTEM no turn."""
    found = proposal(first_rows(MADE / file), "Europe/Berlin", file)
    assert found == docs_map(name) == yaml.safe_load("maps:\n" + map_yaml(found, name))["maps"][name]


def test_a_genesys_phrase_without_its_decorated_form():
    """Its plain text is taken, and the time at which the conversation began; before, no call came of such a file."""
    row = json.loads((MADE / "genesys.json").read_text(encoding="utf-8"))
    del row["transcripts"][0]["phrases"][1]["decoratedText"]
    call = in_our_form(FieldMap.parse("mine", proposal([{**row, "startTime": 1794819000000}])), row, "")
    assert [turn["text"] for turn in call["turns"]][1] == "i want to move my booking"
    assert call["started_at"] == "2026-11-16T09:00:00+00:00"


def test_contact_lens_with_a_turn_of_the_system():
    """Such a turn is left out, it does not reject the call."""
    row = json.loads((MADE / "contact_lens.json").read_text(encoding="utf-8"))
    row["Participants"].append({"ParticipantId": "p-3", "ParticipantRole": "SYSTEM"})
    row["Transcript"].append({"Id": "t4", "ParticipantId": "p-3", "Content": "The call is recorded."})
    call = in_our_form(FieldMap.parse("mine", proposal([row])), row, "c_analysis_2026-11-16T09:00:00Z.json")
    assert (len(call["turns"]), call.get("version")) == (3, None)


def test_events_are_proposed_as_rows_of_calls():
    """The session groups them; events of nobody are no turns."""
    found, calls = made("realtime.jsonl")
    assert (found["group"], found["turns"]["speaker"]["default"]) == ("session_id", None)
    assert [tool["name"] for turn in calls[1]["turns"] for tool in turn["tool_calls"] or ()] == ["find_booking"]
    assert [turn["text"] for turn in calls[1]["turns"] if turn["text"]] == [
        "Can I move my booking to Friday?", "Friday is free, shall", "Yes, please.", "Done.",
    ]  # fmt: skip


def test_a_table_with_a_turn_a_row_is_proposed_whole():
    """Its clock is the workspace's; what is the same in all rows of a call is the call's; costs are added up."""
    found, calls = made("wide.csv")
    assert found["started_at"] == {"path": "started", "timezone": "Europe/Berlin"}
    assert found["turns"]["duration_ms"] == {"path": "lasts_s", "unit": "s"}
    assert found["turns"]["tool_calls"]["name"] == {"path": "tool", "default": None}
    assert found["duration_ms"] == {"path": "duration_s", "unit": "s"}
    call = next(call for call in calls if call["id"] == "A-1")
    assert (call["cost"], call["ended_at"]) == ({"llm": 0.04, "tts": 0.01}, "2026-11-16T09:00:31.500000+00:00")
    assert [turn["speaker"] for turn in call["turns"]] == ["agent", "caller", "agent", "human_agent"]


def test_a_number_whose_unit_nothing_tells_is_left_out():
    """start: 5 could be anything; 5.5 are seconds by their fraction, start_ms by its name."""
    for time, wanted in (
        ({"start": 5}, None),
        ({"start": 5.5}, "s"),
        ({"start_ms": 5}, "ms"),
        ({"start": 1763377200}, "epoch_s"),
    ):
        said = [{"role": "user", "text": "x", **time}]
        assert proposal([{"id": "a", "turns": said}])["turns"].get("start_ms", {}).get("unit") == wanted


def test_without_a_declared_zone_a_local_time_stays_without():
    """The map then refuses it; a wrong zone would put calls into a wrong week."""
    assert proposal([{"id": "a", "started_at": "2026-11-16T09:00:00", "turns": []}])["started_at"] == "started_at"


def test_a_table_of_a_german_spreadsheet_is_proposed_whole(tmp_path):
    """Semicolons, decimal commas, days first: the proposal takes its calls as they are."""
    path = tmp_path / "zeilen.csv"
    path.write_text(
        "Anruf-ID;Beginn;Dauer (s);Sprecher;Gesagt;Zeit (s)\n"
        "A-1;16.11.2026 09:15;62,5;Agent;Guten Tag.;6\n"
        "A-1;16.11.2026 09:15;62,5;Kunde;Ein Termin, bitte.;9,25\n"
    )
    found = proposal(first_rows(path), "Europe/Berlin")
    assert found["started_at"] == {"path": "Beginn", "format": "%d.%m.%Y %H:%M", "timezone": "Europe/Berlin"}
    assert found["duration_ms"] == {"path": "Dauer (s)", "unit": "s", "decimal": ","}
    (call,), _ = take(path, form=FieldMap.parse("mine", found), source="mine")
    assert (call.started_at.isoformat(), call.ended_at.isoformat()) == (
        "2026-11-16T08:15:00+00:00",
        "2026-11-16T08:16:02.500000+00:00",
    )
    assert [(turn.speaker, turn.start_ms) for turn in call.turns] == [("agent", 6000), ("caller", 9250)]


def test_slashes_are_read_where_a_day_shows_which_comes_first():
    """11/16 is a month first, 16/11 a day; of 11/12 alone nothing can be told."""
    for dates, wanted in (
        (["11/12/2026 09:15", "11/16/2026 09:15"], {"path": "started_at", "format": "%m/%d/%Y %H:%M"}),
        (["11/12/2026 09:15:30", "16/11/2026 09:15:30"], {"path": "started_at", "format": "%d/%m/%Y %H:%M:%S"}),
        (["11/12/2026 09:15"], "started_at"),
    ):
        calls = [{"id": str(at), "started_at": date, "turns": []} for at, date in enumerate(dates)]
        assert proposal(calls)["started_at"] == wanted
