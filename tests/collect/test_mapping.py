"""A field map applied: paths, translations, units, turns, tool results, handoffs."""

import pytest

from evalharness.collect.field_map import FieldMap
from evalharness.collect.mapping import in_our_form
from evalharness.collect.reasons import FieldError
from evalharness.errors import ConfigError

TURNS = {"each": "log", "speaker": "who", "text": "said"}
TOOLS = {
    "each": "tools",
    "name": "fn.name",
    "arguments": {"path": "fn.args", "json": True},
    "result": {"from_role": "tool", "path": "said"},
}
ROLES = {"path": "who", "values": {"user": "caller", "bot": "agent", "tool": None, "system": None}}


def mapped(item, **keys):
    """The item {id: 1, log: [], **item} in our form under the map {id: id, turns: TURNS, **keys}."""
    field_map = FieldMap.parse("mine", {"id": "id", "turns": TURNS, **keys})
    return in_our_form(field_map, {"id": "1", "log": [], **item})


def refusal(item, **keys):
    with pytest.raises(FieldError) as caught:
        mapped(item, **keys)
    return caught.value.field, caught.value.reason


def with_tools(log, **keys):
    """[(tool name, result), ...] of all turns, in order."""
    raw = mapped({"log": log}, turns={**TURNS, "speaker": ROLES, "tool_calls": {**TOOLS, **keys}})
    return [(tool["name"], tool["result"]) for turn in raw["turns"] for tool in turn["tool_calls"] or ()]


def asks(*names, ids=None, **fields):
    """A message of the agent that calls these tools."""
    tools = [{"fn": {"name": name, "args": "{}"}, **({"id": ids[i]} if ids else {})} for i, name in enumerate(names)]
    return {"who": "bot", "said": None, "tools": tools, **fields}


def test_paths():
    """Dots go into objects, numbers into lists; what is not there is missing."""
    item = {"call": {"agent": {"name": "Desk"}, "costs": [{"usd": 0.2}, {"usd": 0.3}]}}
    raw = mapped(
        item, agent="call.agent.name", version="call.agent.version", cost={"llm": "call.costs.1.usd", "tts": "call.costs.9.usd"}
    )
    assert (raw["agent"], raw["version"], raw["cost"]) == ("Desk", None, {"llm": 0.3, "tts": None})


def test_whole_numbers_become_text_where_text_is_wanted():
    """An id 17 is "17"; 1.5 and true stay what they are, to be rejected by type."""
    assert mapped({"id": 17})["id"] == "17"
    assert mapped({"id": 1.5})["id"] == 1.5
    assert mapped({"id": True})["id"] is True


def test_join():
    """Texts and whole numbers are joined; anything else names the path."""
    assert mapped({"a": 3, "b": "x"}, id={"join": ["a", "b"], "with": "-"})["id"] == "3-x"
    assert refusal({"a": 3}, id={"join": ["a", "b"]}) == ("id", "b must be text or a whole number to be joined, not nothing")


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("done", "completed"),
        ("gone", None),
        (True, "error"),
        (2, "abandoned"),
        (1, "no_answer"),
        (None, "no_answer"),
        ("else", "no_answer"),
    ],
)
def test_values_and_default(value, status):
    """Listed values are translated, null is no value, the default is for missing and unlisted ones; true is not 1."""
    translation = {"done": "completed", "gone": None, True: "error", 2: "abandoned"}
    raw = mapped({"state": value}, status={"path": "state", "values": translation, "default": "no_answer"})
    assert raw["status"] == status


def test_unlisted_values_reject_the_call():
    """Without a default a value that is not listed is never passed on or dropped."""
    assert refusal({"state": "odd"}, status={"path": "state", "values": {"done": "completed"}}) == (
        "status",
        'state is "odd", which the map\'s `values` do not list',
    )
    assert refusal({"state": ["odd"]}, status={"path": "state", "values": {"done": "completed"}})[1].endswith("not a list")


def test_json_text():
    """JSON text is read strictly; text that is not JSON stays text, and what is no text stays as it is."""
    json_text = {"path": "x", "json": True}
    assert mapped({"x": "4.5"}, csat=json_text)["csat"] == 4.5
    assert mapped({"x": '{"a": NaN}'}, metadata={"x": json_text})["metadata"] == {"x": '{"a": NaN}'}
    assert mapped({"x": [1]}, metadata={"x": json_text})["metadata"] == {"x": [1]}


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ({"path": "t", "unit": "epoch_s"}, "2026-11-16T09:00:00.500000+00:00"),
        ({"path": "ms", "unit": "epoch_ms"}, "2026-11-16T09:00:00.500000+00:00"),
        ({"path": "local", "timezone": "Europe/Berlin"}, "2026-11-16T09:00:00+00:00"),
        ({"path": "zulu", "timezone": "Europe/Berlin"}, "2026-11-16T09:00:00+00:00"),
        ({"path": "nothing", "default": "2026-11-16T09:00:00Z"}, "2026-11-16T09:00:00+00:00"),
        ({"const": "2026-11-16T09:00:00Z"}, "2026-11-16T09:00:00+00:00"),
    ],
)
def test_instants(value, iso):
    """1,794,819,600.5 s since 1970; 10:00 in Berlin; an offset of its own wins over the declared zone."""
    item = {"t": 1794819600.5, "ms": 1794819600500, "local": "2026-11-16T10:00:00", "zulu": "2026-11-16T09:00:00Z"}
    assert mapped(item, started_at=value)["started_at"] == iso


def test_instants_refused():
    """A naive time without a zone, a number without a unit, text where an epoch number is declared."""
    assert "has no offset" in refusal({"t": "2026-11-16T10:00:00"}, started_at="t")[1]
    assert "must be a time as text" in refusal({"t": 1794819600}, started_at="t")[1]
    assert refusal({"t": "today"}, started_at={"path": "t", "unit": "epoch_s"}) == (
        "started_at",
        'must be a number, not text ("today")',
    )


@pytest.mark.parametrize(("unit", "number"), [("ms", 1500), ("s", 1.5), ("us", 1_500_000), ("ns", 1_500_000_000), ("min", 0.025)])
def test_durations(unit, number):
    """1,500 ms in every unit."""
    turns = {**TURNS, "latency_ms": {"path": "lag", "unit": unit}, "components": {"llm": {"path": "lag", "unit": unit}}}
    (turn,) = mapped({"log": [{"who": "agent", "said": "x", "lag": number}]}, turns=turns)["turns"]
    assert turn["latency_ms"] == pytest.approx(1500)
    assert turn["components"]["llm"] == pytest.approx(1500)


def test_money():
    """12.5 cents are 0.125; usd is taken as it is."""
    assert mapped({"c": 12.5}, cost={"llm": {"path": "c", "unit": "cents"}, "tts": {"path": "c", "unit": "usd"}})["cost"] == {
        "llm": 0.125,
        "tts": 12.5,
    }


def test_epoch_times_of_turns_count_from_the_start():
    """A turn at 1,794,819,601.25 s in a call that began at 09:00:00 starts at 1,250 ms; without a start it cannot be placed."""
    turns = {**TURNS, "start_ms": {"path": "at", "unit": "epoch_s"}}
    log = [{"who": "agent", "said": "x", "at": 1794819601.25}]
    (turn,) = mapped({"log": log}, started_at={"const": "2026-11-16T09:00:00Z"}, turns=turns)["turns"]
    assert turn["start_ms"] == 1250.0
    assert refusal({"log": log}, turns=turns) == (
        "turns[0].start_ms",
        "is an instant, and the call has no started_at to count from",
    )


def test_messages_that_are_no_turns():
    """Speakers mapped to null are left out; one that says nothing about its speaker is refused, as is an unlisted one."""
    turns = {**TURNS, "speaker": ROLES}
    log = [
        {"who": "system", "said": "p"},
        {"who": "user", "said": "a"},
        {"who": "tool", "said": "r"},
        {"who": "bot", "said": "b"},
    ]
    raw = mapped({"log": log}, turns=turns)
    assert [(turn["speaker"], turn["text"]) for turn in raw["turns"]] == [("caller", "a"), ("agent", "b")]
    assert refusal({"log": [{"said": "a"}]}, turns=turns) == ("turns.speaker", "log[0] does not say who speaks")
    assert refusal({"log": [{"who": "robot", "said": "a"}]}, turns=turns)[0] == "turns.speaker"


@pytest.mark.parametrize(
    ("item", "field", "words"),
    [
        ({"log": None}, "turns", "log must be a list, not nothing"),
        ({"log": {"a": 1}}, "turns", "log must be a list, not an object"),
        ({"log": ["hi"]}, "turns", 'log[0] must be an object, not text ("hi")'),
    ],
)
def test_turns_must_be_a_list_of_objects(item, field, words):
    """The place is named as the source has it."""
    assert refusal(item) == (field, words)


def test_a_result_is_the_first_unclaimed_message_after_its_call():
    """Two calls in one message, then their results in order; "" is a result; a call without one has None."""
    log = [asks("a", "b"), {"who": "tool", "said": "ra"}, {"who": "tool", "said": ""}, asks("c")]
    assert with_tools(log) == [("a", "ra"), ("b", ""), ("c", None)]


def test_ids_repeat_and_still_each_call_gets_its_own_result():
    """The same id in two calls: the second call gets the second message, not the first one again."""
    log = [
        asks("a", ids=["x"]),
        {"who": "tool", "said": "1", "tool_call_id": "x"},
        asks("b", ids=["x"]),
        {"who": "tool", "said": "2", "tool_call_id": "x"},
    ]
    assert with_tools(log) == [("a", "1"), ("b", "2")]


def test_ids_that_differ_do_not_match():
    """Results in the other order go by id; a call whose result never came does not take the next one's."""
    log = [
        asks("a", "b", ids=["x", "y"]),
        {"who": "tool", "said": "for y", "tool_call_id": "y"},
        {"who": "tool", "said": "for x", "tool_call_id": "x"},
    ]
    assert with_tools(log) == [("a", "for x"), ("b", "for y")]
    log = [asks("a", ids=["x"]), asks("b", ids=["y"]), {"who": "tool", "said": "for y", "tool_call_id": "y"}]
    assert with_tools(log) == [("a", None), ("b", "for y")]


def test_messages_before_the_call_are_not_its_result():
    """A result that precedes its call belongs to nobody."""
    assert with_tools([{"who": "tool", "said": "early"}, asks("a")]) == [("a", None)]


def test_results_in_the_call_itself():
    """A path; a result that is no text becomes JSON text."""
    log = [
        {"who": "bot", "said": "x", "tools": [{"fn": {"name": "a"}, "out": {"b": 1, "a": [2]}}, {"fn": {"name": "c"}, "out": ""}]}
    ]
    assert with_tools(log, result="out") == [("a", '{"a":[2],"b":1}'), ("c", "")]


def test_broken_arguments_stay_text():
    """A tool call with malformed JSON is a finding about the agent, not a file that cannot be read."""
    tools = [{"fn": {"name": "a", "args": '{"day": '}}, {"fn": {"name": "b", "args": '{"day": "Fri"}'}}]
    raw = mapped({"log": [{"who": "bot", "said": "x", "tools": tools}]}, turns={**TURNS, "speaker": ROLES, "tool_calls": TOOLS})
    assert [tool["arguments"] for tool in raw["turns"][0]["tool_calls"]] == ['{"day": ', {"day": "Fri"}]


def handed(log, **handoff):
    turns = {**TURNS, "speaker": ROLES, "start_ms": "at", "tool_calls": {**TOOLS, "error": "failed"}}
    return mapped({"log": log}, turns=turns, handoff={"from_tool": ["transfer", "escalate"], **handoff})["handoff"]


def test_a_handoff_from_a_tool():
    """The tool's turn gives the time, its arguments the summary; no such tool, no handoff."""
    tool = {"fn": {"name": "escalate", "args": '{"summary": "Toothache"}'}}
    assert handed(
        [{"who": "bot", "said": None, "at": 4000, "tools": [tool]}], kind="blind", context_summary="arguments.summary"
    ) == {
        "at_ms": 4000,
        "kind": "blind",
        "destination": "human",
        "status": "connected",
        "context_summary": "Toothache",
    }
    assert handed([asks("book")]) is None


def test_a_handoff_that_failed_each_time():
    """Errors on every attempt: failed. One attempt without an error counts."""
    failed = {"fn": {"name": "transfer"}, "failed": True}
    worked = {"fn": {"name": "transfer"}, "failed": False}
    assert handed([{"who": "bot", "said": "x", "at": 1, "tools": [failed]}])["status"] == "failed"
    both = handed(
        [{"who": "bot", "said": "x", "at": 1, "tools": [failed]}, {"who": "bot", "said": "x", "at": 2, "tools": [worked]}]
    )
    assert (both["status"], both["at_ms"]) == ("connected", 2)


def test_a_summary_that_is_no_text_becomes_json_text():
    """The agent's odd argument does not reject the call."""
    tool = {"fn": {"name": "transfer", "args": '{"summary": ["a", "b"]}'}}
    assert (
        handed([{"who": "bot", "said": "x", "tools": [tool]}], context_summary="arguments.summary")["context_summary"]
        == '["a","b"]'
    )


def test_a_handoff_described_in_the_call():
    """There is one where any path has a value; constants and defaults alone describe none."""
    handoff = {
        "destination": {"const": "human"},
        "status": {"path": "t.state", "values": {"ok": "connected"}, "default": "failed"},
        "talk_ms": {"path": "t.talk", "unit": "s"},
    }
    assert mapped({"t": {"state": "ok", "talk": 30}}, handoff=handoff)["handoff"] == {
        "destination": "human",
        "status": "connected",
        "talk_ms": 30000.0,
    }
    assert mapped({"t": {"talk": 30}}, handoff=handoff)["handoff"]["status"] == "failed"
    assert mapped({}, handoff=handoff)["handoff"] is None


def test_errors_and_metadata():
    """One error text is a list of one; metadata without a value is left out."""
    raw = mapped({"why": "timeout"}, errors="why", metadata={"a": "why", "b": "nothing"})
    assert (raw["errors"], raw["metadata"]) == (["timeout"], {"a": "timeout"})


CHANNELS = {"each": "channels[].said[]", "speaker": "who", "text": "said"}


def on_channels(*channels, **keys):
    """The turns of channels {who, began, said: [...]} under a map of turns."""
    item = {"at": "2026-11-16T09:00:00Z", "channels": list(channels)}
    return mapped(item, started_at="at", turns={**CHANNELS, "speaker": "^.who", **keys})["turns"]


def test_lists_within_lists():
    """Each entry of each channel; what holds the list is ^.; a channel without any has none."""
    found = on_channels(
        {"who": "agent", "said": [{"said": "a"}, {"said": "b"}]}, {"who": "caller"}, {"who": "caller", "said": [{"said": "c"}]}
    )
    assert [(turn["speaker"], turn["text"]) for turn in found] == [("agent", "a"), ("agent", "b"), ("caller", "c")]
    with pytest.raises(FieldError, match=r"channels\[\].said\[\] must be a list, not text"):
        on_channels({"who": "agent", "said": "x"})


@pytest.mark.parametrize(
    ("began", "since"),
    [
        ("2026-11-16T10:00:10+01:00", "^.began"),
        (1794819610000, {"path": "^.began", "unit": "epoch_ms"}),
        ("10", {"path": "^.began", "unit": "s"}),
    ],
)
def test_a_channel_with_a_clock_of_its_own(began, since):
    """It began 10 s after the call: its 1.5 s are 11,500 ms; turns stand in the order in which they begin."""
    late = {"who": "agent", "began": began, "said": [{"said": "b", "at": 1.5, "to": 2}]}
    early = {"who": "caller", "began": began, "said": [{"said": "a", "at": -3}]}
    start, end = ({"path": path, "unit": "s", "since": since} for path in ("at", "to"))
    found = on_channels(late, early, start_ms=start, end_ms=end)
    assert [(turn["text"], turn["start_ms"], turn["end_ms"]) for turn in found] == [("a", 7000, None), ("b", 11500, 12000)]


def test_a_channel_that_does_not_say_when_it_began():
    """Its times are not taken for the call's: the call is refused."""
    start = {"path": "at", "unit": "s", "since": "^.began"}
    with pytest.raises(FieldError, match=r"\^.began is missing, from which the time counts"):
        on_channels({"who": "agent", "said": [{"said": "a", "at": 1}]}, start_ms=start)


def test_a_turns_end_from_how_long_it_was():
    """1.5 s + 250 ms = 1750 ms; without a start there is no end, and an end that is given stays."""
    log = [{"who": "agent", "said": "a", "at": at, "long": 250, "to": to} for at, to in ((1.5, None), (None, None), (1, 9))]
    keys = {"start_ms": {"path": "at", "unit": "s"}, "duration_ms": "long", "end_ms": {"path": "to", "unit": "s"}}
    assert [turn["end_ms"] for turn in mapped({"log": log}, turns={**TURNS, **keys})["turns"]] == [1750, None, 9000]


def test_how_long_a_call_was():
    """09:00 and 90 s; an end that is given stays; a negative length is refused."""
    keys = {"started_at": "at", "ended_at": "to", "duration_ms": {"path": "long", "unit": "s"}}
    item = {"at": "2026-11-16T09:00:00Z", "long": "90"}
    assert mapped(item, **keys)["ended_at"] == "2026-11-16T09:01:30+00:00"
    assert mapped({**item, "to": "2026-11-16T10:00:00Z"}, **keys)["ended_at"] == "2026-11-16T10:00:00+00:00"
    assert refusal({**item, "long": -1}, **keys)[0] == "duration_ms"


def test_the_first_path_that_has_a_value():
    """And the default where none has."""
    value = {"path": ["a", "b.c"], "default": "none"}
    assert [mapped(item, agent=value)["agent"] for item in ({"a": "x", "b": {"c": "y"}}, {"b": {"c": "y"}}, {})] == [
        "x",
        "y",
        "none",
    ]


def test_sums():
    """1 + 2.5 + "3" cents = .065; nothing to add is unknown; what is no number is refused by its field."""
    cost = {"llm": {"sum": ["log[].cents", "extra"], "unit": "cents"}}
    log = [{"who": "agent", "said": "a", "cents": cents} for cents in (1, 2.5, None)]
    assert mapped({"log": log, "extra": "3"}, cost=cost)["cost"] == {"llm": 0.065}
    assert mapped({}, cost=cost)["cost"] == {"llm": None}
    assert mapped({}, cost={"llm": {"sum": "none[].x"}})["cost"] == {"llm": None}
    assert refusal({"extra": "a"}, cost=cost) == ("cost.llm", 'must be a number, not text ("a")')
    assert refusal({"none": "a"}, cost={"llm": {"sum": "none[].x"}})[0] == "cost.llm"


def test_a_reference_to_another_list():
    """p2 is the entry with that id; one that no entry has says nothing of who speaks."""
    speaker = {"path": "p", "lookup": {"in": "people", "by": "id", "take": "role.name"}, "values": {"A": "agent"}}
    item = {"people": [{"id": "p1"}, {"id": "p2", "role": {"name": "A"}}], "log": [{"p": "p2", "said": "a"}]}
    assert [turn["speaker"] for turn in mapped(item, turns={**TURNS, "speaker": speaker})["turns"]] == ["agent"]
    assert refusal({**item, "log": [{"p": "p9"}]}, turns={**TURNS, "speaker": speaker})[1] == "log[0] does not say who speaks"


def test_what_the_files_name_says():
    """The group of the expression, %3A read as a colon; another name says nothing."""
    field_map = FieldMap.parse("mine", {"id": "id", "started_at": {"file": r"_([^_]+)\.json"}, "turns": TURNS})
    item = {"id": "1", "log": []}
    assert in_our_form(field_map, item, "x_2026-11-16T09%3A00%3A00Z.json")["started_at"] == "2026-11-16T09:00:00+00:00"
    assert in_our_form(field_map, item, "x.json")["started_at"] is None


def test_entries_that_are_no_turns_by_the_maps_word():
    """`default: null`: whatever is not listed, and what does not say who speaks."""
    speaker = {"path": "who", "values": {"bot": "agent"}, "default": None}
    log = [{"who": "bot", "said": "a"}, {"who": "clock"}, {}]
    assert len(mapped({"log": log}, turns={**TURNS, "speaker": speaker})["turns"]) == 1


def test_tools_that_are_none_and_one_that_stands_alone():
    """An entry whose name is mapped to null; an object instead of a list of one."""
    tools = {"each": "tools", "name": {"path": "fn", "default": None}}
    log = [{"who": "agent", "said": "a", "tools": given} for given in ([{"fn": "f"}, {"type": "message"}], {"fn": "g"}, {})]
    found = mapped({"log": log}, turns={**TURNS, "tool_calls": tools})["turns"]
    assert [[tool["name"] for tool in turn["tool_calls"]] for turn in found] == [["f"], ["g"], []]


def test_the_last_entry_of_a_list():
    """-1; beyond either end there is nothing."""
    item = {"a": [1, 2, 3]}
    assert mapped(item, metadata={"last": "a.-1", "none": "a.-4", "over": "a.3"})["metadata"] == {"last": 3}


def test_numbers_with_a_decimal_comma():
    """Text as a German spreadsheet writes it; points between thousands are left out, and a number stays one."""
    item = {"s": "62,5", "eur": "1.234,5", "stars": "4", "plain": 2.5, "log": [{"who": "caller", "said": "x", "at": "0,25"}]}
    comma = {"decimal": ","}
    raw = mapped(
        {**item, "t": "2026-11-16T09:00:00Z"},
        started_at="t",
        duration_ms={"path": "s", "unit": "s", **comma},
        cost={"llm": {"path": "eur", **comma}, "tts": {"sum": "log[].at", **comma}},
        csat={"path": "stars", **comma},
        metadata={"n": {"path": "plain", **comma}},
        turns={**TURNS, "start_ms": {"path": "at", "unit": "s", **comma}},
    )
    assert raw["ended_at"] == "2026-11-16T09:01:02.500000+00:00"
    assert (raw["cost"], raw["csat"], raw["metadata"]) == ({"llm": 1234.5, "tts": 0.25}, 4, {"n": 2.5})
    assert raw["turns"][0]["start_ms"] == 250


@pytest.mark.parametrize("cell", ["1,2,3", "1.23,5", "x", "1,", "1e3,5"])
def test_other_text_is_no_number_with_a_decimal_comma(cell):
    """Nothing is guessed."""
    assert refusal({"s": cell}, csat={"path": "s", "decimal": ","})[0] == "csat"


def test_a_comma_that_no_map_declares_is_explained():
    """The error says what to write."""
    field, reason = refusal({"s": "62,5"}, duration_ms={"path": "s", "unit": "s"})
    assert (field, 'write decimal: ","' in reason) == ("duration_ms", True)


def test_times_in_another_form():
    """Day first, by the clock of Berlin: 09:15 there is 08:15 UTC."""
    as_written = {"path": "t", "format": "%d.%m.%Y %H:%M", "timezone": "Europe/Berlin"}
    assert mapped({"t": "16.11.2026 09:15"}, started_at=as_written)["started_at"] == "2026-11-16T08:15:00+00:00"
    assert refusal({"t": "11/16/2026 09:15"}, started_at=as_written)[1].endswith("is not a time written as %d.%m.%Y %H:%M")
    no_zone = {"path": "t", "format": "%d.%m.%Y %H:%M"}
    assert "no offset" in refusal({"t": "16.11.2026 09:15"}, started_at=no_zone)[1]
    assert 'format: "%d.%m.%Y %H:%M"' in refusal({"t": "16.11.2026 09:15"}, started_at="t")[1]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"started_at": {"path": "t", "format": "%d.%m.%Y"}}, "needs day, month, year, hour and minute"),
        ({"started_at": {"path": "t", "format": "%Q"}}, "is no way to write a time"),
        ({"agent": {"path": "t", "format": "%d.%m.%Y %H:%M"}}, "a format belongs to started_at and ended_at only"),
        ({"started_at": {"path": "t", "format": "%d.%m.%Y %H:%M", "unit": "epoch_s"}}, "without a unit"),
        ({"agent": {"path": "t", "decimal": ","}}, "a decimal sign belongs to numbers only"),
        ({"csat": {"path": "t", "decimal": "'"}}, "csat.decimal: must be one of"),
    ],
)
def test_where_formats_and_decimal_signs_stand(keys, words):
    """Said when the map is read."""
    with pytest.raises(ConfigError) as caught:
        FieldMap.parse("mine", {"id": "id", "turns": TURNS, **keys})
    assert words in caught.value.what
