"""The golden files of a tiny week. After a change that is meant: python -m tests.report.exports.golden"""

from __future__ import annotations

from pathlib import Path

from evalharness.models.summary import WeekSummary
from evalharness.report.exports import catalogue, dictionary, forms
from evalharness.report.exports.otel import otel_lines
from evalharness.report.exports.scores import SCORES
from evalharness.report.exports.summary_json import summary_json
from evalharness.report.exports.summary_markdown import short_markdown, summary_markdown
from tests.report.exports.weeks import a_full_summary
from tests.report.weeks import a_result

FOLDER = Path(__file__).parent / "golden"


def a_tiny_summary() -> WeekSummary:
    """Two drawn calls of four turns, one picked; every table has rows."""
    full = a_full_summary()
    results = tuple(a_result(position, 4) for position in (2, 9))
    return full.model_copy(update={"results": results, "picked": full.picked[:1]})


def made() -> dict[str, bytes]:
    """Name -> bytes of every golden file."""
    week = a_tiny_summary()
    tables = {f"{one.name}.csv": forms.as_csv(one, one.rows(week)) for one in catalogue.TABLES}
    return {
        **tables,
        "calls.json": forms.as_json(catalogue.table("calls"), catalogue.table("calls").rows(week)),
        "summary.json": summary_json(week),
        "summary.md": summary_markdown(week).encode(),
        "short.md": short_markdown(week).encode(),
        "evaluations.otlp.jsonl": otel_lines([week], "0.0.0", texts=True),
        "scores.schema.json": (dictionary.schema_text(SCORES)).encode(),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, data in made().items():
        (FOLDER / name).write_bytes(data)
