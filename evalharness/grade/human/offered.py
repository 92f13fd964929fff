"""An LLM's answer in words, as it stands beside the cell of an assisted question."""

from __future__ import annotations

from evalharness.cell_text import split_text
from evalharness.models.grade import NotApplicable, Scored

NONE_OFFERED = "(no answer)"
_REASON, _QUOTE = 500, 300


def offered_text(grade: Scored | NotApplicable | None) -> str:
    """The value, why, and the words it rests on, each from a line of its own; long ones are cut and say so."""
    if grade is None:
        return NONE_OFFERED
    lines = [str(grade.value) if isinstance(grade, Scored) else "N/A"]
    lines += [_cut(" ".join(grade.rationale.split()), _REASON)] if grade.rationale.strip() else []
    for one in grade.evidence:
        turn = "" if one.turn is None else f" (turn {one.turn})"
        lines += [f"“{_cut(' '.join(one.quote.split()), _QUOTE)}”{turn}"] if one.quote.strip() else []
    return "\n".join(lines)


def _cut(text: str, limit: int) -> str:
    parts = split_text(text, limit)
    return text if len(parts) == 1 else f"{parts[0].rstrip()} …"
