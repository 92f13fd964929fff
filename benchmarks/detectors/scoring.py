"""What was found against what people marked: recall and precision of a figure with exact limits."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.detectors.labels import Label
from evalharness.grade.measured.detectors import findings_of
from evalharness.models.finding import CallFindings
from evalharness.stats.exact import clopper_pearson


@dataclass
class Score:
    """One figure. `calls`: labelled calls; `labelled`: turns (or values above 0) marked; `recalled`: those of them found;
    `found`: findings (or values above 0) in labelled calls; `right`: those of them marked; `wrong`: where it went wrong."""

    figure: str
    calls: int = 0
    labelled: int = 0
    recalled: int = 0
    found: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, labelled: int, recalled: int, found: int, right: int, where: str) -> None:
        """What one call adds."""
        self.calls += 1
        self.labelled, self.recalled = self.labelled + labelled, self.recalled + recalled
        self.found, self.right = self.found + found, self.right + right
        if recalled < labelled or right < found:
            self.wrong.append(f"{where}: {labelled - recalled} missed, {found - right} too many")

    def text(self) -> str:
        """The row of the table."""
        counts = f"{self.figure:36}{self.calls:7}{self.labelled:10}{self.found:7}"
        return f"{counts}  {_share(self.recalled, self.labelled)}  {_share(self.right, self.found)}"


HEAD = f"{'figure':36}{'calls':>7}{'labelled':>10}{'found':>7}  {'recall (95 % limits)':24}  {'precision (95 % limits)':24}"


def scores(labels: Iterable[Label]) -> list[Score]:
    """Each labelled figure against what the detectors find, by name of the figure."""
    kept: dict[str, Score] = {}
    for label in labels:
        found = findings_of(label.call, label.settings.model_copy(update={"off": ()}))
        for figure, what in label.expected.items():
            score = kept.setdefault(figure, Score(figure))
            score.add(*compared(figure, what, found), label.where)
    return [kept[name] for name in sorted(kept)]


def together(rows: Iterable[Score]) -> dict[str, Score]:
    """Each figure over all groups of labels."""
    kept: dict[str, Score] = {}
    for row in rows:
        one = kept.setdefault(row.figure, Score(row.figure))
        for name in ("calls", "labelled", "recalled", "found", "right"):
            setattr(one, name, getattr(one, name) + getattr(row, name))
    return kept


def compared(figure: str, what: Any, found: CallFindings) -> tuple[int, int, int, int]:
    """(labelled, recalled, found, right) of one figure in one call."""
    if isinstance(what, list | dict):
        return _places(figure, what if isinstance(what, dict) else dict.fromkeys(what), found)
    value = found.values.get(figure)
    if what is None:
        return 0, 0, int(value is not None), 0
    if what == "some":
        hit = value is not None and value > 0
        return 1, int(hit), int(hit), int(hit)
    near = value is not None and math.isclose(value, float(what), rel_tol=0.01, abs_tol=0.01)
    counted, seen = float(what) != 0, value is not None and value != 0
    return int(counted), int(counted and near), int(seen), int(seen and near)


def _places(figure: str, what: dict[Any, str | None], found: CallFindings) -> tuple[int, int, int, int]:
    """By turns: a finding is right if any of its turns is marked, with the state that is asked for there."""
    marked = {int(turn): state for turn, state in what.items()}
    seen: dict[int, set[str | None]] = defaultdict(set)
    right = total = 0
    for one in (one for one in found.findings if one.measure == figure):
        total += 1
        hits = [turn for turn in one.turns if turn in marked and marked[turn] in (None, one.state)]
        right += bool(hits)
        for turn in hits:
            seen[turn].add(one.state)
    return len(marked), len(seen), total, right


def _share(hits: int, n: int) -> str:
    if not n:
        return f"{'none':24}"
    low, high = clopper_pearson(hits, n)
    return f"{hits / n:5.3f} ({low:.3f} to {high:.3f}) "
