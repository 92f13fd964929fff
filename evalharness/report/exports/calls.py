"""The tables of weeks and of the calls that were graded: what the log says of them, and their turns."""

from __future__ import annotations

from collections.abc import Iterator

from evalharness.models.call import OUTCOMES, Turn
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.report.exports.scores import PROBABILITY, STRATUM, call_fields
from evalharness.report.exports.table import CALL_ID, POSITION, SOURCE, WEEK, Column, Row, Table, or_none

_LOGGED = "the log does not say"
VERDICTS = ("good enough", "not good enough", "not proven yet")


def week_rows(summary: WeekSummary) -> Iterator[Row]:
    """One row: what a week is, what was done and decided."""
    people, signed = summary.population, summary.signed
    yield {
        "week": summary.week, "agent": summary.agent, "owner": summary.owner, "timezone": summary.timezone,
        "verdict": summary.verdict, "leaning": or_none(summary.leaning), "calls": people.calls, "in_scope": people.in_scope,
        "out_of_scope": people.out_of_scope, "failed_technical": people.technical, "gradable": people.gradable,
        "drawn": summary.design.drawn if summary.design else 0, "graded": summary.graded_calls,
        "rubric": summary.rubric.id, "rubric_version": summary.rubric.version, "rubric_digest": summary.rubric_digest,
        "sample_digest": summary.sample_digest, "over": summary.as_of is None, "signed_at": signed.at if signed else None,
        "signed_by": signed.by if signed else None, "decision": signed.decision if signed else None,
    }  # fmt: skip


def call_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a call that was drawn or picked."""
    for result in (*summary.results, *summary.picked):
        yield {**call_fields(summary, result), **_of_log(result), **_of_grades(result)}


def _of_log(result: CallResult) -> Row:
    call, measures, handoff = result.call, result.measures, result.call.handoff
    same = ("version", "intent", "channel", "language", "direction", "started_at", "ended_at", "duration_s", "status")
    row: Row = {name: getattr(call, name) for name in (*same, "handed_off", "end_reason", "csat")}
    row |= {"log_outcome": call.outcome, "handoff_status": handoff.status if handoff else None}
    row |= {"cost": call.cost.total if call.cost else None, "currency": call.cost.currency if call.cost else None}
    row |= {"turns": len(call.turns), "errors": len(call.errors)}
    return row | {name: getattr(measures, name) for name in ("p50_ms", "p50_unanswered", "p99_ms", "greeting_ms")}


def _of_grades(result: CallResult) -> Row:
    people = {grade.grader.name for grade in result.grades if grade.grader.kind == "human"}
    names = ("outcome", "clear_failure", "score", "weight_covered", "automatic_fail", "aside")
    return {**{name: getattr(result, name) for name in names}, "people": len(people)}


def turn_rows(summary: WeekSummary) -> Iterator[Row]:
    """A row a turn of those calls, in the order spoken."""
    for result in (*summary.results, *summary.picked):
        call = result.call
        for turn in call.turns:
            yield {"week": summary.week, "source": call.source, "call_id": call.id, **_of_turn(turn)}


def _of_turn(turn: Turn) -> Row:
    names = ("index", "speaker", "start_ms", "end_ms", "interrupted", "heard_filler", "text")
    row: Row = {name: getattr(turn, name) for name in names}
    latency = turn.latency
    row |= {"latency_ms": latency.voice_to_voice_ms if latency else None, "anchor": latency.anchor if latency else None}
    return row | {"tool_calls": len(turn.tool_calls), "tool_errors": sum(call.error is True for call in turn.tool_calls)}


def _logged(name: str, means: str, kind: str = "word", **more: object) -> Column:
    return Column(name, kind, means, **{"missing": _LOGGED, **more})  # type: ignore[arg-type]


WEEKS = Table(
    "weeks",
    "a week: its calls, its verdict, who signed it off as what",
    ("week",),
    (
        WEEK,
        Column("agent", "word", "the agent's name"),
        Column("owner", "word", "who answers for it"),
        Column("timezone", "word", "by whose clock weeks begin"),
        Column("verdict", "word", "the verdict of the week", among=VERDICTS),
        Column("leaning", "word", "which way an open verdict leans", missing="it leans no way"),
        Column("calls", "integer", "calls of the week", "calls"),
        Column("in_scope", "integer", "all but those out of scope", "calls"),
        Column("out_of_scope", "integer", "wrong numbers, voicemail, tests", "calls"),
        Column("failed_technical", "integer", "in scope and failed on our side, by the log", "calls"),
        Column("gradable", "integer", "with a transcript; the draw is from these", "calls"),
        Column("drawn", "integer", "drawn to be graded; 0 = nothing is drawn yet", "calls"),
        Column("graded", "integer", "graded by people so far", "calls"),
        Column("rubric", "word", "id of the rubric"),
        Column("rubric_version", "integer", "its version"),
        Column("rubric_digest", "word", "SHA-256 of its meaning"),
        Column("sample_digest", "text", "SHA-256 of the draw", missing="nothing is drawn yet"),
        Column("over", "boolean", "the week was over when this was written; false = figures so far"),
        Column("signed_at", "instant", "when it was signed off", missing="not signed"),
        Column("signed_by", "word", "by whom", missing="not signed"),
        Column("decision", "word", "what was decided", missing="not signed", among=("keep", "fix", "roll_back")),
    ),
    week_rows,
)
CALLS = Table(
    "calls",
    "a call that was drawn or picked by hand: what the log says, and what its grades come to",
    ("week", "source", "call_id"),
    (
        WEEK, SOURCE, CALL_ID, POSITION, STRATUM, PROBABILITY,
        _logged("version", "the agent's version"),
        _logged("intent", "what the call was about"),
        _logged("channel", "phone, web ..."),
        _logged("language", "as the log names it"),
        _logged("direction", "who called whom", among=("inbound", "outbound")),
        Column("started_at", "instant", "when it began"),
        _logged("ended_at", "when it ended", "instant"),
        _logged("duration_s", "from start to end", "number", unit="s"),
        _logged("status", "how it went technically", among=("completed", "error", "no_answer", "abandoned")),
        Column("log_outcome", "word", "the outcome by the log", among=OUTCOMES),
        Column("handed_off", "boolean", "the caller reached a human"),
        Column("handoff_status", "word", "what became of the handing over", missing="none was tried",
               among=("connected", "failed")),
        _logged("end_reason", "why it ended, in the platform's words", "text"),
        _logged("csat", "the caller's rating, 1 to 5", "number"),
        _logged("cost", "what it cost, all components", "number", unit="as `currency` says"),
        _logged("currency", "of its cost, ISO 4217"),
        Column("turns", "integer", "utterances"),
        Column("errors", "integer", "errors in its log"),
        Column("p50_ms", "number", "median latency of its replies", "ms", "nothing measured, or unanswered"),
        Column("p50_unanswered", "boolean", "its median touches an unanswered turn"),
        Column("p99_ms", "number", "its slowest reply but for 1 %", "ms", "nothing measured, or unanswered"),
        Column("greeting_ms", "number", "until the agent's first word", "ms", "not measured"),
        Column("outcome", "word", "the final outcome", missing="not decided", among=OUTCOMES),
        Column("clear_failure", "word", "whether any check of a clear failure is yes", missing="not decided",
               among=("yes", "no")),
        Column("score", "number", "weighted mean over its rated criteria, 0 to 100", "score",
               "a judged criterion has no value yet"),
        Column("weight_covered", "number", "share of the rubric's weight that was rated", "share"),
        Column("automatic_fail", "word", "what a failing level zeroes", missing="none", among=("call", "section")),
        Column("aside", "boolean", "in no rate: graded blind only for want of an LLM's answer"),
        Column("people", "integer", "how many people graded it"),
    ),
    call_rows,
)  # fmt: skip
TURNS = Table(
    "turns",
    "an utterance of such a call, in the order spoken, redacted as the call log is",
    ("week", "source", "call_id", "index"),
    (
        WEEK, SOURCE, CALL_ID,
        Column("index", "integer", "place in the call, from 0"),
        Column("speaker", "word", "who spoke", among=("caller", "agent", "human_agent", "system")),
        _logged("start_ms", "begin, from the start of the call", "number", unit="ms"),
        _logged("end_ms", "end, from the start of the call", "number", unit="ms"),
        _logged("latency_ms", "voice-to-voice latency as the log gives it", "number", unit="ms"),
        _logged("anchor", "how that was measured", among=("acoustic", "reported", "transcript", "components")),
        _logged("interrupted", "the other side spoke into it", "boolean"),
        _logged("heard_filler", "it is a filler such as 'one moment'", "boolean"),
        Column("tool_calls", "integer", "tools called in it"),
        Column("tool_errors", "integer", "of these, with an error in the log"),
        Column("text", "text", "what was said; empty where only a tool was called"),
    ),
    turn_rows,
    texts=True,
)  # fmt: skip
