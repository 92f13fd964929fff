"""A proposed field map: what it finds by the names of keys, what it leaves open, and that its YAML says the same."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.collect.field_map import FieldMap
from evalharness.collect.named_forms import NAMES, named_form
from evalharness.collect.propose import map_yaml, missing, proposal
from evalharness.collect.rows import OwnForm
from evalharness.workspace.config import OWN_FORMS


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
