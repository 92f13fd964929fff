"""What people decided, in lines of summary.md: who, what, and no reason, which may quote a caller."""

from __future__ import annotations

from typing import Any

from evalharness.models.summary import Disagreement
from evalharness.report.decided_words import HEADING, lines
from evalharness.report.exports.summary_markdown import summary_markdown
from tests.aggregate.building import a_final, by
from tests.builders import a_confirmation, a_dispute, an_adjudication
from tests.report.weeks import a_week_summary

SEEN = "N/A, decided by Anna Keller, who had graded it too; an LLM's value seen: in no rate"
REASON = "the caller said 4711"


def differing(**fields: Any) -> Disagreement:
    grades = (by("Anna Keller", 5), by("Ben Ode", 2))
    place = {"position": 3, "source": "demo", "call_id": "c1", "criterion": "correctness", "turn": None}
    state = {"between": "people", "why": "levels", "grades": grades, "final": a_final(4.0), "waits": False}
    return Disagreement.model_validate({**place, **state, **fields})


def told(*found: Disagreement, **fields: Any) -> list[str]:
    return lines(a_week_summary().model_copy(update={"disagreements": found, **fields}))


def test_who_decided_what_and_what_was_disputed() -> None:
    """A plain difference is none; a decision by one who had graded it, and one that had seen the LLM's value, say so."""
    plain = an_adjudication(4, reason=REASON)
    seen = an_adjudication(None, reason=REASON, lane="assisted", own_grade=True)
    open_, closed = a_dispute(reason=REASON), a_dispute(reason=REASON, by="Ben Ode", decided=True)
    found = told(
        differing(),
        differing(decision=plain),
        differing(turn=2, decision=seen, disputes=(closed,)),
        differing(between="dispute", why="disputed", waits=True, disputes=(open_,)),
    )
    assert found == [
        "call 3, c1, correctness: 4, decided by Anna Keller",
        f"call 3, c1, correctness, turn 2: {SEEN}; disputed by Ben Ode, decided",
        "call 3, c1, correctness: disputed by Voice Vendor, not decided yet",
    ]


def test_who_answered_which_flag() -> None:
    outside = a_confirmation("no", check="unsafe_speech", call_id="c9", drawn=False)
    assert told(confirmations=(a_confirmation(note=REASON), outside)) == [
        "c1, wrong information: a clear failure (hallucination, to fix: prompt), answered by Anna Keller",
        "c9, outside the draw, unsafe speech: no clear failure, answered by Anna Keller",
    ]


def test_summary_md_has_them_under_a_heading_or_none_at_all() -> None:
    """Names are other people's text: no markup comes of one."""
    summary = a_week_summary().model_copy(update={"disagreements": (), "confirmations": ()})
    assert HEADING not in summary_markdown(summary)
    hostile = a_dispute(by="<b>x</b> [y](http://z)", reason=REASON)
    written = summary_markdown(summary.model_copy(update={"disagreements": (differing(disputes=(hostile,)),)}))
    part = written.partition(f"## {HEADING}\n")[2].partition("\n## ")[0]
    assert part.strip().startswith("- call 3, c1, correctness: disputed by ")
    assert "<b>" not in part
    assert "[y](http" not in part
    assert REASON not in written
