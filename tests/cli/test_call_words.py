"""`calls show`: what is known of a call and how it is known; `calls list`."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from evalharness.cli.call_words import MOST_LISTED, list_as_json, of_call, of_list
from evalharness.flows.show import ShownCall
from evalharness.models.agent_prices import RECKONED
from evalharness.models.call import Cost, Latency, ToolCall
from evalharness.models.facts import CallFacts
from tests.builders import WEEK, a_call, a_turn


def lines(**fields):
    """The lines of a call with these fields."""
    return of_call(ShownCall(a_call(**fields), WEEK, "Europe/Berlin", ()))


def test_a_derived_outcome_names_its_rule():
    """With why; one that the log gave stands alone."""
    derived = {"outcome": "failed_technical", "inferred": ("outcome",), "metadata": {"outcome_rule": "vapi.pipeline"}}
    said = "  outcome: failed_technical (derived by vapi.pipeline: a model, voice or recogniser failed)"
    assert said in lines(**derived)
    assert "  outcome: resolved" in lines(outcome="resolved")


def test_a_reckoned_cost_says_so():
    """With the date of its prices; a billed one says nothing more."""
    cost = Cost(components={"llm": 0.25})
    mark = {RECKONED: {"as_of": "2026-10-01", "total": 0.25}}
    assert "  cost: 0.25 USD (reckoned from usage by prices of 2026-10-01)" in lines(cost=cost, metadata=mark)
    assert "  cost: 0.25 USD" in lines(cost=cost)


def test_what_was_concluded_is_named():
    """Beside outcome and cost, which say it themselves."""
    assert "  inferred: started_at, turns.latency_ms" in lines(inferred=("outcome", "started_at", "turns.latency_ms", "cost"))
    assert not any("inferred" in line for line in lines(inferred=("outcome",)))


def test_a_reply_shows_its_latency_or_its_parts():
    """The parts only where there is no figure of the whole; nothing where nothing is known."""
    parts = {"llm": 700.0, "tts": 200.0}
    replies = [
        Latency(voice_to_voice_ms=1200.0, components=parts),
        Latency(anchor="components", components=parts),
        Latency(),
        None,
    ]
    turns = tuple(a_turn("agent", "Hello.", latency=one).model_copy(update={"index": at}) for at, one in enumerate(replies))
    said = [line.partition("Hello.")[2] for line in lines(turns=turns) if "Hello." in line]
    assert said == ["  [1200 ms]", "  [parts: llm 700 ms, tts 200 ms]", "", ""]


def test_what_is_known_of_the_whole_call():
    """Direction, language and channel; the parts of a cost where there are several; nothing where the log is silent."""
    said = lines(direction="outbound", language="de-DE", channel="phone", cost=Cost(components={"llm": 0.25, "tts": 0.5}))
    assert {"  direction: outbound", "  language: de-DE", "  channel: phone"} <= set(said)
    assert "  cost: 0.75 USD: llm 0.25 USD, tts 0.50 USD" in said
    assert not any(line.startswith(("  direction", "  language", "  latency")) for line in lines())


def test_latency_that_is_not_tied_to_turns():
    """The platform's own figures, without a turn; what is no number is left out."""
    said = lines(metadata={"latency_not_tied_to_turns_ms": [1088.0, "?", 1412]})
    assert "  latency: reported by the platform, not tied to turns: 1088 ms, 1412 ms" in said


def test_a_reply_of_which_only_the_times_are_known():
    """What the times of the turns say, and that it is they."""
    call = a_call(turns=(a_turn("caller", "Hi."), a_turn("agent", "Hello.").model_copy(update={"index": 1})))
    said = of_call(ShownCall(call, WEEK, "Europe/Berlin", (), replies=((1, 1150.0),)))
    assert "  1 agent       Hello.  [1150 ms by the times of the turns]" in said


def test_words_of_nobody_known_are_shown():
    """A transcript without speakers is read here too; a call without any says so."""
    assert "The log does not say who said what: Hi. Hello." in lines(
        turns=(), metadata={"transcript_not_tied_to_speakers": "Hi. Hello."}
    )
    assert "The log has no word of what was said." in lines(turns=())


def test_a_tool_without_a_result():
    """Said in words; a failure is said too."""
    tools = (ToolCall(name="find"), ToolCall(name="book", arguments={"day": 1}, result="no", error=True))
    said = lines(turns=(a_turn("agent", "One moment.").model_copy(update={"tool_calls": tools}),))
    assert "    tool find() -> no result in the log" in said
    assert "    tool book({'day': 1}) -> no (failed)" in said


def facts(**fields):
    """A call in short."""
    given = {"id": "c1", "source": "demo", "started_at": datetime(2026, 11, 16, 8, tzinfo=UTC), "hour": 9, "weekday": 1}
    return CallFacts(**{**given, **fields})


def test_the_list_of_calls():
    """A header; start in the workspace's time; a length that is not known; 50 of how many, and a week that has calls."""
    two = [facts(outcome="resolved", duration_s=61.4), facts(id="call-2")]
    assert of_list(two, ZoneInfo("Europe/Berlin"), {"2026-W47": 2}) == [
        "id      start              length  outcome  source",
        "c1      2026-11-16 09:00     61 s  resolved  demo",
        "call-2  2026-11-16 09:00        ?  unknown  demo",
    ]
    assert list_as_json(two)[1] == {
        "id": "call-2", "source": "demo", "started_at": "2026-11-16T08:00:00Z", "duration_s": None, "outcome": "unknown",
    }  # fmt: skip
    first = [facts(id=f"c{at}") for at in range(MOST_LISTED)]
    many = of_list(first, ZoneInfo("UTC"), {"2025-W47": 600, "2026-W09": 28})
    assert (len(many), many[-1]) == (52, "50 of 628 calls. Of one week: --week 2026-W09. All of them: --json")
    assert of_list(first, ZoneInfo("UTC"), {"2025-W47": 600})[-1] == "50 of 600 calls. All of them: --json"
    assert len(of_list(first, ZoneInfo("UTC"), {"2025-W47": 50})) == 51
    assert len(of_list([], ZoneInfo("UTC"), {})) == 1
