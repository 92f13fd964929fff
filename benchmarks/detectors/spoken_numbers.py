"""The numbers of tests/data/detectors/spoken_numbers.jsonl one by one: kind and value must be right. `spoken` holds a line's.

Lines marked `held` were never looked at while the rules were made: their row says what to expect of other words.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from benchmarks.detectors.labels import FOLDER
from benchmarks.detectors.scoring import Score
from evalharness.grade.measured.spoken_numbers import facts_in

GROUP = "spoken_numbers"


def rows() -> list[Score]:
    """A row a kind over all lines, one over all kinds, one over the lines held out."""
    kept: dict[str, Score] = {}
    for number, line in enumerate((FOLDER / f"{GROUP}.jsonl").read_text(encoding="utf-8").splitlines(), start=1):
        label = json.loads(line)
        wanted = Counter((kind, value) for kind, value in label["spoken"])
        found = Counter(
            (fact.kind, fact.value) for fact in facts_in(label["call"]["turns"][0]["text"], label["call"].get("language"))
        )
        for row, kinds in _rows_of(wanted | found, held=label.get("held", False)):
            want, got, right = (
                sum(counts[one] for one in counts if one[0] in kinds) for counts in (wanted, found, wanted & found)
            )
            kept.setdefault(row, Score(row)).add(want, right, got, right, f"{GROUP}.jsonl:{number}")
    return [kept[row] for row in sorted(kept)]


def _rows_of(facts: Iterable[tuple[str, str]], *, held: bool) -> list[tuple[str, set[str]]]:
    kinds = {kind for kind, _ in facts}
    return [
        *((f"number: {kind}", {kind}) for kind in kinds),
        ("numbers: all", kinds),
        *([("numbers: held out", kinds)] if held else []),
    ]
