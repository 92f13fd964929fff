"""Two rubrics beside each other: what means something else, what is only written otherwise, which lines of a trend break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import ndiff

from evalharness.aggregate.meaning import differing, questions
from evalharness.models.improvement import BrokenLine, CriterionChange, FieldChange, RubricDiff, RubricVersion
from evalharness.models.noun import canonical_json
from evalharness.models.rubric import Criterion, Rubric

_TOTALS = (
    "call_score",
    "automatic_fails",
    "clear_failure_rate",
    "resolution_rate",
    "verified_resolution_rate",
    "escalation_precision",
    "escalation_recall",
)
_EDITORIAL = ("weight", "graded_by")
"""Fields of a criterion that do not enter its digest: they change totals, or who answers, not what is asked."""
_SIGNS = re.compile(r"[\W_]+")


def compare(before: Rubric, after: Rubric, where: tuple[str, str] = ("", "")) -> RubricDiff:
    """What another version of a rubric changes. `where`: what each is called, such as a file name or a week.

    Criteria in the new form's order, those that are gone last. A line breaks where an aspect of its measure is not what it was
    (`questions`): a criterion of another digest, other weights or sections under a total.
    """
    lines = list(_lines(before, after))
    return RubricDiff(
        before=version(before, where[0]),
        after=version(after, where[1]),
        policy=tuple(_policy(before.policy, after.policy)),
        criteria=tuple(_criteria(before, after)),
        lines=tuple(line for line in lines if line.because),
        kept=tuple(line.measure for line in lines if not line.because),
    )


def version(rubric: Rubric, where: str = "") -> RubricVersion:
    """Which rubric this is."""
    return RubricVersion(id=rubric.id, version=rubric.version, sha256=rubric.digest(), where=where)


def _policy(before: str, after: str) -> Iterator[str]:
    if before != after:
        yield from (line.rstrip() for line in ndiff(before.splitlines(), after.splitlines()) if line[:1] in "-+")


def _criteria(before: Rubric, after: Rubric) -> Iterator[CriterionChange]:
    old, new = ({one.id: one for one in rubric.criteria()} for rubric in (before, after))
    digests = before.digests(), after.digests()
    for name in dict.fromkeys((*new, *old)):
        kept = (digests[0].get(name, ""), digests[1].get(name, ""))
        yield _change(old.get(name), new.get(name), kept)


def _change(old: Criterion | None, new: Criterion | None, digests: tuple[str, str]) -> CriterionChange:
    known = new or old
    if known is None:
        raise ValueError("neither rubric has the criterion")
    named = {"criterion": known.id, "before": digests[0], "after": digests[1]}
    if old is None or new is None:
        return CriterionChange.model_validate({**named, "kind": "added" if old is None else "removed"})
    fields = tuple(_fields(old, new))
    changed = digests[0] != digests[1]
    kind = "meaning" if changed else "editorial" if fields else "same"
    by_policy = changed and old.meaning() == new.meaning()
    return CriterionChange.model_validate({**named, "kind": kind, "fields": fields, "by_policy": by_policy})


def _fields(old: Criterion, new: Criterion) -> Iterator[FieldChange]:
    """What differs, the levels one by one."""
    first, second = _flat(old), _flat(new)
    for name in dict.fromkeys((*second, *first)):
        before, after = first.get(name, ""), second.get(name, "")
        if before != after:
            wording = name in _EDITORIAL or _words(before) != _words(after) or not (before and after)
            yield FieldChange(field=name, before=before, after=after, wording=wording)


def _flat(criterion: Criterion) -> dict[str, str]:
    fields = criterion.model_dump(mode="json", exclude={"id", "levels"})
    flat = {name: value if isinstance(value, str) else canonical_json(value) for name, value in fields.items()}
    for level in criterion.levels:
        flat[f"level {level.value}"] = level.text + (f" [fails the {level.fail}]" if level.fail else "") or "no text"
    order = canonical_json([level.value for level in criterion.levels])
    return {**flat, "levels": order}


def _words(text: str) -> str:
    """The text without spaces, signs and capitals."""
    return _SIGNS.sub("", text).casefold()


def _lines(before: Rubric, after: Rubric) -> Iterator[BrokenLine]:
    """Each judged measure that a trend can show under either rubric."""
    old, new = before.digests(), after.digests()
    shown = [one.id for rubric in (after, before) for one in rubric.criteria() if one.type not in ("text", "category")]
    for name in dict.fromkeys((*_TOTALS, *shown)):
        was, now = questions(name, before), questions(name, after)
        if was or now:
            gone = name in old and name not in new
            because = ("the criterion is gone: its line ends",) if gone else tuple(differing(was, now))
            yield BrokenLine(measure=name, because=because)
