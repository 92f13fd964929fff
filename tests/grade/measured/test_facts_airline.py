"""Numbers in a hundred transcripts that nobody here wrote: as they are, and with one digit changed."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evalharness.grade.measured import facts_spoken, tools
from evalharness.models.call import Call, ToolCall, Turn
from evalharness.models.measuring import Measuring

LOG = Path(__file__).resolve().parents[4] / "shared" / "data" / "calls" / "tau_bench_airline_gpt4o" / "trajectories.jsonl"
pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="the transcripts are not beside this checkout")
SETTINGS = Measuring()
_NUMBER = re.compile(r"\$\d[\d,]*|HAT\d{3}|\d{2}:\d{2} [AP]M|May \d{1,2}")


@pytest.fixture(scope="module")
def airline() -> list[Call]:
    """The trajectories with the tools' results, in the week they speak of."""
    return [_call(json.loads(line)) for line in LOG.read_text(encoding="utf-8").splitlines()]


def _call(row: dict[str, Any]) -> Call:
    results = iter([message["content"] for message in row["traj"] if message["role"] == "tool"])
    turns: list[Turn] = []
    for message in row["traj"]:
        if message["role"] in ("user", "assistant"):
            asked = [one["function"] for one in message.get("tool_calls") or ()]
            used = [
                ToolCall(name=one["name"], arguments=json.loads(one["arguments"]), result=next(results, None)) for one in asked
            ]
            speaker = "caller" if message["role"] == "user" else "agent"
            turns.append(Turn(index=len(turns), speaker=speaker, text=message["content"] or "", tool_calls=tuple(used)))
    started = datetime(2024, 5, 15, tzinfo=UTC)
    return Call(id=f"{row['task_id']}-{row['trial']}", source="airline", started_at=started, turns=tuple(turns))


def _total(calls: list[Call], detect: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    for call in calls:
        found.update(detect(call, SETTINGS).values)
    return found


def test_none_of_the_agents_numbers_is_called_contradicted(airline: list[Call]) -> None:
    """1,609 numbers; 28 stand nowhere: fees of the policy, days counted on from others, sums of more than two prices."""
    found = _total(airline, facts_spoken.detect)
    assert found["numbers_spoken"] == 1609
    assert found["numbers_contradicted"] == 0
    assert found["numbers_unsupported"] == 28


def test_a_changed_digit_is_noticed(airline: list[Call]) -> None:
    """Three changes a call, one at a time: most are called contradicted or unsupported, and never is another turn blamed."""
    rng, states = random.Random(7), Counter[str]()
    for call in airline:
        spoken = [(turn, match) for turn in call.turns if turn.speaker == "agent" for match in _NUMBER.finditer(turn.text)]
        for turn, match in rng.choices(spoken, k=3) if spoken else ():
            text = turn.text[: match.start()] + _changed(match[0], rng) + turn.text[match.end() :]
            turns = [turn.model_copy(update={"text": text}) if one is turn else one for one in call.turns]
            found = facts_spoken.detect(call.model_copy(update={"turns": tuple(turns)}), SETTINGS).findings
            blamed = {finding.state for finding in found if turn.index in finding.turns}
            states["contradicted" if "contradicted" in blamed else "unsupported" if blamed else "matched"] += 1
    assert states.total() == 204
    assert states["contradicted"] >= 80
    assert states["contradicted"] + states["unsupported"] >= 160


def _changed(number: str, rng: random.Random) -> str:
    """One of the last two digits replaced by another one."""
    place = rng.choice([i for i, char in enumerate(number) if char.isdigit()][-2:])
    return number[:place] + str((int(number[place]) + rng.randint(1, 9)) % 10) + number[place + 1 :]


def test_tool_calls_counted_by_hand(airline: list[Call]) -> None:
    """572 calls; 33 results begin with "Error"; a failed tool is tried again 30 times; no failure is passed over."""
    found = _total(airline, tools.detect)
    results = [tool.result or "" for call in airline for turn in call.turns for tool in turn.tool_calls]
    assert found["tool_calls"] == len(results) == 572
    assert found["tool_errors"] == sum(result.startswith("Error") for result in results) == 33
    assert found["tool_retries"] == 30
    assert found["tool_results_ignored"] == 0
