"""Looking at a rubric: which one is meant, how graders used it, where they differ, what another version changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.aggregate.judges import newest_judge
from evalharness.aggregate.rubric_diff import compare
from evalharness.aggregate.rubric_holes import holes
from evalharness.aggregate.rubric_use import usage
from evalharness.errors import UsageError
from evalharness.flows.agreement import panel
from evalharness.flows.guards import check_canaries
from evalharness.flows.history import drawn_weeks
from evalharness.flows.opened import Opened
from evalharness.flows.show import find_rubric
from evalharness.flows.unfinished import unread
from evalharness.grade.rubric_lint import Finding, lint, lint_use, too_few
from evalharness.models.improvement import CriterionUse, RubricDiff, RubricDisagreements
from evalharness.models.noun import Noun
from evalharness.models.rubric import Rubric
from evalharness.models.week import monday
from evalharness.store.records import load_sample, samples
from evalharness.workspace.yaml_file import load_yaml

USE_WEEKS = 8
"""How many of the newest drawn weeks `rubric lint` looks at."""


class LintReport(Noun):
    """What `rubric lint` finds. `weeks`: drawn weeks looked at; `use`: how people used each criterion there; `few`: criteria of
    which too few calls are answered."""

    findings: tuple[Finding, ...]
    weeks: tuple[str, ...] = ()
    use: tuple[CriterionUse, ...] = ()
    few: tuple[str, ...] = ()


def form_report(path: Path) -> LintReport:
    """The findings of a rubric's file alone: nobody has graded by it. Raises ConfigError, also for a slip in its canaries."""
    rubric = load_yaml(path, Rubric)
    check_canaries(path, rubric)
    return LintReport(findings=tuple(lint(rubric)))


def lint_report(house: Opened, weeks: int | None = None) -> LintReport:
    """The form's findings, then those of its use over the newest `weeks` drawn weeks (None: 8), as warnings."""
    rubric, past = house.rubric(), chosen_weeks(house, None, USE_WEEKS if weeks is None else weeks)
    check_canaries(house.workspace.rubric_path, rubric)
    use = usage(past, rubric) if past else ()
    findings = (*lint(rubric), *lint_use(use))
    few = tuple(one.criterion for one in too_few(use))
    return LintReport(findings=findings, weeks=tuple(one.week for one in past), use=use, few=few)


def named_rubric(house: Opened | None, name: str) -> Rubric:
    """The rubric of a drawn week, such as 2026-W47, or of a file. Raises UsageError where a week is named without a workspace."""
    if not _is_week(name):
        return load_yaml(Path(name), Rubric)
    if house is None:
        raise UsageError(f"{name} is a week of no workspace", where="OLD", fix="add --workspace DIR, or name a file")
    return find_rubric(house, name)


def needs_workspace(*names: str | None) -> bool:
    """Whether a rubric so named is looked for in a workspace."""
    return any(name is None or _is_week(name) for name in names)


def _is_week(name: str) -> bool:
    try:
        monday(name)
    except ValueError:
        return False
    return True


def diff_report(house: Opened | None, before: str, after: str | None) -> RubricDiff:
    """What `after` (a file, a drawn week, or None = what the next draw takes) changes against `before`. Raises UsageError."""
    if after is None and house is None:
        raise UsageError("no second rubric is named", where="NEW", fix="evalharness rubric diff OLD.yaml NEW.yaml")
    new = house.rubric() if after is None and house is not None else named_rubric(house, after or "")
    return compare(named_rubric(house, before), new, (before, after or "the next draw's"))


def disagreement_report(
    house: Opened, week: str | None, weeks: int | None, only: str | None, *, ungraded: bool = False
) -> RubricDisagreements:
    """Where graders differ, over the drawn weeks chosen (`chosen_weeks`), by the rubric of the newest of them.

    Calls that somebody is still to grade blind are counted and not shown, unless `ungraded`. Raises UsageError for a
    criterion that the rubric does not have, or that nobody can differ on.
    """
    past = chosen_weeks(house, week, weeks)
    rubric = past[-1].rubric if past else house.rubric()
    asked = [one.id for one in rubric.criteria() if one.type not in ("text", "measured")]
    if only is not None and only not in asked:
        known = ", ".join(asked)
        raise UsageError(f"{only!r} is no criterion that graders answer", where="--criterion", fix=f"name one of {known}")
    hidden = set() if ungraded else to_grade(house, [one.week for one in past])
    return holes(past, rubric, newest_judge(past, panel(house)), hidden, only)


def chosen_weeks(house: Opened, week: str | None, weeks: int | None) -> list[PastWeek]:
    """The drawn weeks meant: `week` alone; the newest `weeks` up to it, or of all; every one where neither is named.

    Raises UsageError for a week that is not drawn, and for a number below 1.
    """
    drawn = samples(house.ledger)
    if week is not None and week not in drawn:
        raise UsageError(f"{week} is not drawn", where="--week", fix=f"name one of {', '.join(drawn[-5:]) or 'none yet'}")
    if weeks is not None and weeks < 1:
        raise UsageError(f"{weeks} weeks hold nothing", where="--weeks", fix="write 1 or more")
    until = week or (drawn[-1] if drawn else "")
    past = drawn_weeks(house, until) if until else []
    return past[-(weeks or (1 if week else len(past))) :] if past else []


def to_grade(house: Opened, weeks: Sequence[str]) -> Collection[Identity]:
    """The drawn calls of these weeks that somebody has on their list and has not graded to the end; none of a signed week."""
    drawn = (sample for week in weeks if (sample := load_sample(house.ledger, week)) is not None)
    return frozenset(identity for sample in drawn for identity in unread(house, sample))
