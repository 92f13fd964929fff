"""Guards of a week's LLM run: requests with suspicious words masked, planted calls with known grades. docs/llm-guard.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from evalharness.errors import ConfigError
from evalharness.flows.llm_work import Drawn, Work
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.llm.canaries import SOURCE, canary_of, chosen, complete, results
from evalharness.grade.llm.questions import judged, questions
from evalharness.grade.llm.work import Job
from evalharness.models.call import Call
from evalharness.models.guard import Canary, CanaryResult
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.probe import Probe
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.llm import llm_calls
from evalharness.store.trail import add_audit
from evalharness.workspace.yaml_file import read_text

ACTION = "canaries chosen"
ENDING = ".canaries.jsonl"


def masks(house: Opened, work: Work) -> Sequence[Job]:
    """For every call on which the detector fires, its questions once more with the suspicious words masked, to each judge."""
    masked_of = masking(house, work)
    return [copy for job in work.grades for copy in masked_of(job)]


def masking(house: Opened, work: Work) -> Callable[[Job], Sequence[Job]]:
    """The mask of one job for a grade, found out when it is asked for: [] where the detector finds nothing in its call."""
    if not house.config.graders.llm.defences.mask:
        return lambda _job: ()
    from evalharness.grade.llm.mask import masked

    copies: dict[tuple[str, str], Call] = {}

    def masked_of(job: Job) -> Sequence[Job]:
        from evalharness.grade.llm.detector import to_mask

        identity = job.call.source, job.call.id
        if job.row.role != "grade":
            return ()
        if identity not in copies:
            copies[identity] = masked(job.call, to_mask(job.call))
        copy = copies[identity]
        return () if copy is job.call else (work.job(copy, job.questions, job.brief, "mask"),)

    return masked_of


def canary_jobs(house: Opened, work: Work) -> Sequence[Job]:
    """The week's canaries for every judge that grades: those that were frozen, else five of the rubric's file by the week."""
    if work.drawn is None or not house.config.graders.llm.defences.canaries:
        return []
    sample, digest = work.drawn.sample, work.drawn.digest
    wanted = house.config.graders.llm.criteria
    criteria = judged(frozen_rubric(house, sample), None if isinstance(wanted, str) else wanted)
    number, zone = int(work.week.replace("-W", "")), house.config.zone
    calls = [canary.call for canary in week_canaries(house, work.drawn) or ()]
    asked = ((call, questions(criteria, call, digest, zone)) for call in calls)
    return [job for call, each in asked if each for b in work.briefs for job in work.jobs_of(call, each, b, "canary", number)]


def week_canaries(house: Opened, drawn: Drawn) -> tuple[Canary, ...] | None:
    """The canaries of a week: as frozen when first sent, else as the rubric's file gives them now; None: it has no such file.

    Raises ConfigError for a file that may not be so.
    """
    sample, path = drawn.sample, canary_path(house)
    kept = frozen_canaries(house.ledger, sample.week)
    if kept is not None or not path.is_file():
        return kept
    rubric = house.rubric()
    return chosen(_still_meant(read_canaries(path, rubric), rubric, sample), f"{sample.week}|{drawn.digest}")


def canary_path(house: Opened) -> Path:
    """The file of canaries that belongs to the configured rubric: beside it, `NAME.canaries.jsonl`."""
    return _beside(house.workspace.rubric_path)


def check_canaries(rubric_path: Path, rubric: Rubric) -> None:
    """Raises ConfigError where the rubric's file has canaries beside it that may not be so; nothing where it has none."""
    path = _beside(rubric_path)
    if path.is_file():
        read_canaries(path, rubric)


def _beside(rubric_path: Path) -> Path:
    return rubric_path.with_name(rubric_path.stem + ENDING)


def read_canaries(path: Path, rubric: Rubric) -> tuple[Canary, ...]:
    """Every canary of the file, one a line. Raises ConfigError naming line and field."""
    from evalharness.collect.our_form import RowDefaults, call_from
    from evalharness.collect.strict_json import StrictJsonError, parse_json

    defaults, found = RowDefaults(SOURCE, lambda _number: None), []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        where = f"{path.name}, line {number}"
        if not line.strip():
            continue
        try:
            raw = parse_json(line)
        except StrictJsonError as error:
            raise ConfigError(f"a canary is not JSON: {error.reason}", where=f"{where}, column {error.column}") from None
        found.append(canary_of(raw, rubric, where, lambda one: call_from(one, defaults)))
    return complete(found, path.name)


def freeze_canaries(tx: Transaction, house: Opened, work: Work, at: datetime) -> None:
    """Keep the week's canaries whole when they are first sent: kept replies can be read again whatever the file says by then."""
    if not any(job.row.role == "canary" for job in work.jobs) or frozen_canaries(tx, work.week) is not None:
        return
    canaries = (week_canaries(house, work.drawn) if work.drawn else None) or ()
    held = [canary.model_dump(mode="json") for canary in canaries]
    add_audit(tx, ACTION, {"week": work.week, "digest": digest_of(canonical_json(held)), "canaries": held}, at)


def frozen_canaries(ledger: Ledger | Transaction, week: str) -> tuple[Canary, ...] | None:
    """The canaries that were sent in the week; None where none were."""
    rows = [row["details"] for row in ledger.rows("audit", action=ACTION) if row["details"]["week"] == week]
    return None if not rows else tuple(Canary.model_validate_json(json.dumps(one)) for one in rows[-1]["canaries"])


def canary_results(house: Opened, week: str, probes: Collection[Probe], judge: str) -> tuple[CanaryResult, ...] | None:
    """What the judge of that name made of the week's canaries; None: no canaries were sent."""
    canaries = frozen_canaries(house.ledger, week)
    return None if canaries is None else results(canaries, [one for one in probes if one.week == week], judge)


def suspicious_calls(ledger: Ledger | Transaction, week: str) -> tuple[tuple[str, str], ...]:
    """The calls of the week on which the detector fired, so that they were asked about once more."""
    return tuple(dict.fromkeys((row.source, row.call_id) for row in llm_calls(ledger, week) if row.role == "mask"))


def _still_meant(canaries: Sequence[Canary], rubric: Rubric, sample: WeeklySample) -> list[Canary]:
    """The canaries with the criteria that mean in the week's frozen rubric what they mean in the file's."""
    same = {name for name, digest in rubric.digests().items() if sample.criterion_digests.get(name) == digest}
    kept = [
        canary.model_copy(update={"expected": {name: band for name, band in canary.expected.items() if name in same}})
        for canary in canaries
    ]
    return [canary for canary in kept if canary.expected]
