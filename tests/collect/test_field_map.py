"""The field map as people write it: what it may say, and every refusal by map and key."""

from copy import deepcopy

import pytest

from evalharness.collect.field_map import FieldMap, HandoffFromTool, HandoffMap
from evalharness.collect.map_forms import ConstValue, JoinValue, PathValue, ResultMap
from evalharness.errors import ConfigError

MAP = {
    "id": {"join": ["task_id", "trial"], "with": "-"},
    "agent": {"const": "airline"},
    "started_at": {"path": "begin", "unit": "epoch_s"},
    "cost": {"llm": {"path": "price", "unit": "cents"}},
    "metadata": {"reward": "reward"},
    "handoff": {"from_tool": ["transfer"], "context_summary": "arguments.summary"},
    "turns": {
        "each": "messages",
        "speaker": {"path": "role", "values": {"user": "caller", "tool": None}},
        "text": "content",
        "start_ms": {"path": "at", "unit": "s"},
        "tool_calls": {"each": "tools", "name": "name", "result": {"from_role": "tool", "path": "content"}},
    },
}


def changed(*path, to):
    raw = deepcopy(MAP)
    inner = raw
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return raw


def refusal(raw) -> str:
    with pytest.raises(ConfigError) as caught:
        FieldMap.parse("mine", raw)
    assert caught.value.where == "evalharness.yaml, collect.maps.mine"
    assert caught.value.what.startswith("field map 'mine': ")
    return caught.value.what.removeprefix("field map 'mine': ")


def test_the_forms_of_a_value():
    """A dotted path, a constant, a join, and the long form of a path."""
    found = FieldMap.parse("mine", MAP)
    assert found.id == JoinValue.model_validate({"join": ["task_id", "trial"], "with": "-"})
    assert found.agent == ConstValue(const="airline")
    assert found.metadata == {"reward": PathValue(path="reward")}
    assert found.started_at == PathValue(path="begin", unit="epoch_s")
    assert (found.name, found.each) == ("mine", ".")


def test_the_forms_of_a_handoff_and_of_a_result():
    """Which form it is shows in the keys from_tool and from_role."""
    found = FieldMap.parse("mine", MAP)
    assert isinstance(found.handoff, HandoffFromTool)
    assert (found.handoff.from_tool, found.handoff.context_summary) == (["transfer"], PathValue(path="arguments.summary"))
    assert found.turns.tool_calls.result == ResultMap(from_role="tool", path="content")
    other = FieldMap.parse("mine", changed("handoff", to={"status": "transfer.state"}))
    assert isinstance(other.handoff, HandoffMap)
    assert other.handoff.status == PathValue(path="transfer.state")
    direct = FieldMap.parse("mine", changed("turns", "tool_calls", "result", to="output"))
    assert direct.turns.tool_calls.result == PathValue(path="output")


def test_yaml_scalars_as_keys_of_values():
    """YAML's true, 2 and null are keys too; they are compared with JSON's by their text."""
    found = FieldMap.parse(
        "mine", changed("status", to={"path": "ok", "values": {True: "completed", 2: "error", None: "abandoned"}})
    )
    assert found.status.values == {"true": "completed", "2": "error", "null": "abandoned"}


@pytest.mark.parametrize("unit", ["ms", "s", "us", "ns", "min", "epoch_s", "epoch_ms"])
def test_units_of_turn_times(unit):
    """A turn's time may be a duration from the start or an instant."""
    assert FieldMap.parse("mine", changed("turns", "start_ms", to={"path": "at", "unit": unit})).turns.start_ms.unit == unit


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (changed("idd", to="x"), 'idd: unknown key "idd"; did you mean id?'),
        (changed("name", to="x"), 'name: unknown key "name"'),
        (changed("turns", "tex", to="x"), 'turns.tex: unknown key "tex"; did you mean text?'),
        (changed("turns", "tool_calls", "nam", to="x"), 'turns.tool_calls.nam: unknown key "nam"; did you mean name?'),
        (changed("turns", "speaker", "vaules", to={}), 'turns.speaker.vaules: unknown key "vaules"; did you mean values?'),
        (changed("handoff", "stauts", to="x"), 'handoff.stauts: unknown key "stauts"; did you mean status?'),
        (changed("handoff", to={"stauts": "x"}), 'handoff.stauts: unknown key "stauts"; did you mean status?'),
        (changed("cost", to={"lm": "x"}), 'cost.lm: unknown key "lm"; did you mean llm?'),
        (changed("id", to={"join": ["a"], "wiht": "-"}), 'id.wiht: unknown key "wiht"; did you mean with?'),
        (changed("id", to={"sum": "a", "unti": "s"}), 'id.unti: unknown key "unti"; did you mean unit?'),
        (changed("id", to={"file": "(a)", "zone": "s"}), 'id.zone: unknown key "zone"'),
        (changed("id", to={"path": "a", "lookup": {"in": "b", "by": "c", "taek": "d"}}), "id.lookup.take: is missing"),
        (changed("id", to={"path": "a", "lookup": {"in": "b", "by": "c", "take": "d", "x": 1}}), 'id.lookup.x: unknown key "x"'),
        (changed("agent", to={"const": 1, "default": 2}), 'agent.default: unknown key "default"'),
    ],
)
def test_unknown_keys(raw, words):
    """Each is named with its place and the nearest known key."""
    assert words in refusal(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (changed("started_at", "unit", to="hours"), "started_at.unit: must be one of 'ns', 'us', 'ms'"),
        (changed("started_at", "unit", to="s"), "started_at: the unit s does not fit; units here: epoch_s, epoch_ms"),
        (changed("cost", "llm", "unit", to="ms"), "cost.llm: the unit ms does not fit; units here: usd, cents"),
        (changed("csat", to={"path": "x", "unit": "usd"}), "csat: the unit usd does not fit; units here: none"),
        (changed("turns", "latency_ms", to={"path": "x", "unit": "epoch_s"}), "turns.latency_ms: the unit epoch_s does not fit"),
        (
            changed("turns", "components", to={"stt": {"path": "x", "unit": "cents"}}),
            "turns.components.stt: the unit cents does not fit",
        ),
        (changed("started_at", "timezone", to="Mars/Base"), "started_at.timezone: 'Mars/Base' is not a time zone"),
        (changed("started_at", "timezone", to="../../etc/passwd"), "is not a time zone"),
        (changed("agent", to={"file": "(x)", "timezone": "UTC"}), "agent: a timezone belongs to started_at and ended_at only"),
        (changed("csat", to={"sum": "x", "unit": "usd"}), "csat: the unit usd does not fit; units here: none"),
        (changed("agent", to={"path": "x", "since": "y"}), "agent: `since` belongs to turns.start_ms and turns.end_ms only"),
        (
            changed("turns", "start_ms", to={"path": "at", "since": "y"}),
            "turns.start_ms: `since` needs a `unit` that is a length",
        ),
        (
            changed("turns", "start_ms", to={"path": "at", "unit": "s", "since": {"path": "y", "unit": "usd"}}),
            "turns.start_ms.since: the unit usd does not fit",
        ),
        (changed("agent", to={"path": "x", "timezone": "UTC"}), "agent: a timezone belongs to started_at and ended_at only"),
    ],
)
def test_units_and_zones_that_do_not_fit(raw, words):
    """A unit stands only where there is something to convert."""
    assert words in refusal(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "must be an object, not nothing"),
        ([], "must be an object, not a list"),
        ({}, "id: is missing"),
        (changed("turns", to=None), "turns: must be an object, not nothing"),
        (changed("turns", to={"each": "x", "speaker": "y"}), "turns.text: is missing"),
        (
            changed("id", to=5),
            "id: must be a dotted path, {path: ...}, {const: ...}, {join: [...], with: ...}, {sum: ...} or {file: ...}",
        ),
        (changed("id", to=["a"]), "id: must be a dotted path"),
        (changed("id", to=""), "id.path[0]: must not be empty"),
        (changed("id", to={"join": []}), "id.join: "),
        (changed("id", to={"join": ["a", 5]}), "id.join[1]: must be text"),
        (changed("id", to={"path": []}), "id.path: "),
        (changed("id", to={"file": "("}), "id.file: is no regular expression"),
        (changed("id", to={"file": "abc"}), "id.file: needs one group in parentheses"),
        (changed("group", to=""), "group: must not be empty"),
        (changed("each", to=5), "each: must be text, not a number (5)"),
        (changed("handoff", to="x"), "handoff: must be an object, not text"),
        (changed("handoff", "destination", to="person"), "handoff.destination: must be one of 'human' or 'bot'"),
        (changed("turns", "tool_calls", "result", to={"from_role": "tool"}), "turns.tool_calls.result.path: is missing"),
        (changed("metadata", to={"x": 1}), "metadata.x: must be a dotted path"),
        (changed("started_at", "json", to="yes"), "started_at.json: must be true or false"),
    ],
)
def test_wrong_shapes(raw, words):
    """What is missing or of another kind, by key."""
    assert words in refusal(raw)
