"""The canaries that are shipped for the phone agent, as a run takes them."""

from __future__ import annotations

from evalharness.flows.guards import read_canaries
from evalharness.grade.llm.canaries import chosen
from evalharness.models.guard import Canary
from evalharness.workspace.folder import shipped
from tests.acceptance.attacking import RUBRIC


def phone_agent_canaries() -> tuple[Canary, ...]:
    """All of them."""
    return read_canaries(shipped("rubrics") / "phone-agent.canaries.jsonl", RUBRIC)


def phone_agent_run(seed: str = "2026-W47") -> tuple[Canary, ...]:
    """Five of them, by this seed."""
    return chosen(phone_agent_canaries(), seed)
