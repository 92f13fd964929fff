"""`calls show`: by which rule an outcome was derived, and that a cost was reckoned."""

from evalharness.cli.words import of_call
from evalharness.flows.show import ShownCall
from evalharness.models.agent_prices import RECKONED
from evalharness.models.call import Cost, Latency
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
    assert "  concluded: started_at, turns.latency_ms" in lines(inferred=("outcome", "started_at", "turns.latency_ms", "cost"))
    assert not any("concluded" in line for line in lines(inferred=("outcome",)))


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
