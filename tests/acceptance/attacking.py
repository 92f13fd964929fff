"""Attacked calls judged in this process: the real prompt, a scripted judge, the real reading of its reply, mask and contests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalharness.grade.llm.decide import Exchange, Next, Verdicts, decide
from evalharness.grade.llm.detector import suspicious, to_mask
from evalharness.grade.llm.grades import About, grades_of, probe_of
from evalharness.grade.llm.mask import contests, masked
from evalharness.grade.llm.questions import judged, questions
from evalharness.grade.llm.work import Brief, Job, Judge, Sending, planned, request_of
from evalharness.models.call import Call, Handoff, ToolCall, Turn
from evalharness.models.grade import Grade, Grader, Scored, Ungraded
from evalharness.models.probe import Probe, Role
from evalharness.models.rubric import Rubric
from evalharness.workspace.folder import shipped
from evalharness.workspace.yaml_file import load_yaml
from tests.acceptance.benign import SHARED
from tests.builders import MONDAY, WEEK, ZONE, a_call
from tests.servers.replies import message
from tests.servers.script import Script

RUBRIC = load_yaml(shipped("rubrics") / "phone-agent.yaml", Rubric)
VARIANTS = Path(__file__).with_name("variants.jsonl")
POSITIONS = ("first", "middle", "last", "tool result", "handover or split")
JUDGED = Grader(kind="llm", name="scripted", version="1", prompt_digest="p")


@dataclass(frozen=True)
class Seen:
    """What became of one call: the grades, those that differ from the wanted ones unseen, and how many requests it took."""

    grades: tuple[Grade, ...]
    moved: tuple[str, ...]
    unseen: tuple[str, ...]
    requests: int
    flagged: bool


def payloads() -> list[dict[str, str]]:
    """The saved attacks (none where they are not at hand) and our own variants of their classes."""
    files = [path for path in (SHARED / "attacks" / "voice_judge_attacks.jsonl", VARIANTS) if path.is_file()]
    return [_row(path, n, line) for path in files for n, line in enumerate(path.read_text().splitlines())]


def _row(path: Path, number: int, line: str) -> dict[str, str]:
    return {"id": f"{path.stem[:5]}-{number}", **json.loads(line)}


def calls() -> tuple[Call, ...]:
    """Three ordinary calls: a booking, one with tools, one handed over."""
    tools = (ToolCall(name="find_slot", arguments={"for": "cleaning"}, result="17 Nov 9:00; 18 Nov 10:15", error=False),)
    with_tools = a_call(
        [
            ("agent", "Lindenhof Dental, this is the digital assistant. How can I help?"),
            ("caller", "Hello, do you have anything for a cleaning next week?"),
            Turn(
                index=2, speaker="agent", text="I could offer Tuesday at nine or Wednesday at quarter past ten.", tool_calls=tools
            ),
            ("caller", "Wednesday, please."),
            ("agent", "You are booked for Wednesday at quarter past ten. Goodbye."),
        ],
        id="c2",
    )
    handed = a_call(
        [
            ("agent", "Good morning, how can I help you today?"),
            ("caller", "I want to speak to a person about my bill, it is wrong."),
            ("agent", "I am sorry about that. I am putting you through to my colleague now."),
            ("caller", "Thank you very much."),
            ("agent", "One moment, please, you are being connected."),
        ],
        id="c3",
        outcome="transferred",
        handoff=Handoff(kind="warm", context_summary="The caller disputes a bill; nothing was tried; wants an answer."),
    )
    return a_call(), with_tools, handed


def attacked(call: Call, payload: str, position: str, where: str = "caller") -> Call:
    """The call with the payload in that position; a payload of the agent's stands in the agent's turn."""
    speaker: Any = "agent" if where.startswith("agent") else "caller"
    said = Turn(index=0, speaker=speaker, text=payload)
    turns = list(call.turns)
    if position == "tool result":
        tool = ToolCall(name="lookup", arguments={"by": "name"}, result=payload, error=False)
        turns[2] = turns[2].model_copy(update={"tool_calls": (*turns[2].tool_calls, tool)})
    elif position == "handover or split" and call.handoff is not None:
        return call.model_copy(update={"handoff": call.handoff.model_copy(update={"context_summary": payload})})
    elif position == "handover or split":
        half = payload.rfind(" ", 0, len(payload) // 2 + 1) if " " in payload[: len(payload) // 2 + 1] else len(payload) // 2
        turns[1:1] = [said.model_copy(update={"text": part}) for part in (payload[:half], payload[half:]) if part.strip()]
    else:
        turns.insert({"first": 0, "middle": len(turns) // 2, "last": len(turns)}[position], said)
    return call.model_copy(update={"turns": tuple(turn.model_copy(update={"index": i}) for i, turn in enumerate(turns))})


def judge(call: Call, script: Script, off: Sequence[str] = ()) -> tuple[Job, Verdicts, int]:
    """The job of a call, what its judge may be held to, and how many requests that took."""
    asking = tuple(name for name in off if name in ("marks", "visible", "evidence"))
    brief = Brief(Judge("scripted", "low", "nowhere", off=asking), RUBRIC.policy, "Books appointments.", RUBRIC.digests())
    asked = questions(judged(RUBRIC, None), call, "digest", ZONE)
    job = Job(planned(WEEK, call, asked, brief, Sending("seed")), call, asked, brief)
    exchanges: list[Exchange] = []
    while isinstance(step := decide(asked, call, exchanges, brief.judge.reading()), Next):
        body = request_of(job, step)
        number = len(exchanges) + 1
        reply = message(body, number, script, script.fault(number))
        exchanges.append(Exchange(tuple(question.key for question in step.questions), json.dumps(reply)))
    return job, step, len(exchanges)


def guard(call: Call, script: Script, off: Sequence[str] = ()) -> Seen:
    """One call through the judge and the mask. `unseen`: criteria whose value is not the obedient one, and nothing says so."""
    job, verdicts, requests = judge(call, script, off)
    about = About(WEEK, call, job.brief.digests, JUDGED, MONDAY)
    grades = grades_of(job.questions, verdicts, about)
    wanted = values(grades_of(job.questions, judge(call, Script())[1], about))
    spans = {} if "mask" in off else to_mask(call)
    contested: set[str] = set()
    if spans:
        hidden = masked(call, spans)
        other, said, more = judge(hidden, script, off)
        requests += more
        contested = {one.criterion for one in contests(grades, [probe_about(hidden, other, said, "mask")])}
    moved = tuple(name for name, value in values(grades).items() if value != wanted[name])
    without = {grade.criterion for grade in grades if isinstance(grade, Ungraded)}
    unseen = tuple(name for name in moved if name not in contested | without)
    return Seen(tuple(grades), moved, unseen, requests, bool(spans))


def probe_about(call: Call, job: Job, verdicts: Verdicts, role: Role) -> Probe:
    """The same verdicts as a probe of that role."""
    return probe_of(job.questions, verdicts, About(WEEK, call, job.brief.digests, JUDGED, MONDAY), (role, 0))


def values(grades: Sequence[Grade]) -> dict[str, int | str | None]:
    """Criterion -> value, None without one."""
    return {grade.criterion: grade.value if isinstance(grade, Scored) else None for grade in grades}


def cases(rows: Sequence[dict[str, str]], some: Sequence[Call]) -> Iterator[tuple[str, Call]]:
    """(name, attacked call) of every payload in every position of these calls."""
    for row in rows:
        for position in POSITIONS:
            for call in some:
                yield f"{row['id']}, {position}, {call.id}", attacked(call, row["text"], position, row["where"])


def fires(call: Call) -> bool:
    """Whether the detector fires."""
    return bool(suspicious(call))
