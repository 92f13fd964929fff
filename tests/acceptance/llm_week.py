"""A drawn week before the scripted server, and what a fault may leave behind: values, reasons, money, every request explained."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evalharness.models.grade import Grade, Scored, Ungraded
from evalharness.workspace.not_yet import NOT_YET
from tests.flows.judging import KEY, configure, cost, grade, history, llm_grades
from tests.flows.workspaces import copy_of
from tests.servers.messages_server import Ask, MessagesServer, Script

Values = dict[tuple[object, ...], object]
CRITERIA = "[correctness, tone, human_needed]"


def varied(ask: Ask, criterion: str) -> Any:
    """A level from 1 to 5 (or yes and no) that follows from the call's words and the criterion alone."""
    told = zlib.crc32("|".join([criterion, *(turn.text for turn in ask.turns)]).encode())
    known = ask.schema.get("properties", {}).get(criterion)
    return str(told % 5 + 1) if known else None


@dataclass(frozen=True)
class Faulty:
    """A workspace whose judge is the server's; `calls` drawn calls."""

    workspace: Path
    server: MessagesServer

    def finish(self, runs: int = 30) -> int:
        """Grades until nothing is left, as a weekly job would; how many runs that took."""
        for number in range(1, runs + 1):
            outcome = grade(self.workspace)
            if not outcome.left and not outcome.states.get("failed"):
                return number
        raise AssertionError(f"not at its end after {runs} runs: {outcome}")

    def values(self) -> Values:
        """(call, criterion, turn) -> the newest level, or the reason in brackets where there is none."""
        return {(one.call_id, one.criterion, one.turn): _told(one) for one in llm_grades(self.workspace)}

    def check_money(self) -> None:
        """The ledger's cost and what was billed for replies that never came or state no usage are the bill; each send is kept."""
        unread = sum(float(one.usd) for one in self.server.asked if one.outcome in UNREAD)
        assert abs(cost(self.workspace) + unread - self.server.bill_usd) < 1e-9
        past = history(self.workspace)
        assert sum(event.state == "sent" for events in past.values() for event in events) == len(self.server.asked)
        listed = {
            (name, number) for name, events in past.items() for event in events for number in event.details.get("resent", ())
        }
        lost = sum(one.outcome in LOST for one in self.server.asked)
        assert len(listed) == lost, "every repeat of a lost request is listed"


LOST = ("reset_before", "reset_mid_body", "hang_up")
UNREAD = ("reset_mid_body", "cut_body", "no_usage")


def _told(one: Grade) -> object:
    return one.value if isinstance(one, Scored) else f"[{one.reason}]" if isinstance(one, Ungraded) else "N/A"


@contextmanager
def faulty(drawn: Path, to: Path, script: Script, **llm: Any) -> Iterator[Faulty]:
    """A copy of the drawn week with the LLM on, before a server of this script."""
    with MessagesServer(script=script, key=KEY) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTHROPIC_API_KEY", KEY)
        yield Faulty(plain(copy_of(drawn, to), server.base_url, **llm), server)


def plain(workspace: Path, base_url: str, **llm: Any) -> Path:
    """The LLM switched on with no request but those for grades, so that requests can be counted."""
    off = {} if "graders.llm.defences" in NOT_YET else {"defences": "{mask: false, canaries: false}"}
    settings = configure(workspace, base_url, **off, **llm) / "evalharness.yaml"
    settings.write_text(re.sub(r'"([\[{].*?[\]}])"', r"\1", settings.read_text()))
    return workspace
