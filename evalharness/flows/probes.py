"""All requests of a week's run that ask for something else than its grades; here they come together, and nowhere else.

A supplier is a plain function `(house, work) -> Sequence[Job]` that writes nothing: `work.grades` are the week's jobs for grades
with what has become of each (`events`), `work.wish` is what the person typed, `work.briefs` are the judges that grade. It makes
its jobs with `work.jobs_of(call, asked, brief, role, repeat)`: the call as the judge shall see it (a masked copy, a planted one,
a past one), its questions, a Brief (its own judge, policy and digests where they differ from the week's), and the repeat that
makes its key (call, questions, judge, repeat) its own: 1 to k - 1 for repeats, the run's week as a number (202647) for gold,
canary, beside and bridge, 0 for a mask (its masked call differs). The list is one job long, or one a question where the judge is
asked about one criterion at a time; then each brings a probe of its own.

A job that the ledger holds already is given its history by its key and is not sent again; the same key twice counts once. All
jobs of a run are shuffled together by the run's seed, so that nothing tells a probe from a grade; the grades of calls beyond the
draw come after them. Masks show what they are by their text: on the first run of a week each follows the grade of its call.
What a job brought stands in store/probes.py.

A new supplier is one more name in SUPPLIERS. It is asked for `--estimate` too, so it must be quick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evalharness.flows.gold import gold
from evalharness.flows.guards import canary_jobs, masks
from evalharness.flows.llm_work import Work
from evalharness.flows.opened import Opened
from evalharness.grade.llm.work import Job

Supplier = Callable[[Opened, Work], Sequence[Job]]


def repeats(house: Opened, work: Work) -> Sequence[Job]:
    """The same questions about every drawn call once more, `graders.llm.repeats` times in all, for every judge that grades."""
    times = house.config.graders.llm.repeats
    drawn = work.grades[: len(work.grades) - work.beyond]
    return [work.job(job.call, job.questions, job.brief, "repeat", number) for job in drawn for number in range(1, times)]


def successor(house: Opened, work: Work) -> Sequence[Job]:
    """The gold calls for the judge that a person named, where one is named: only then are its statistics loaded."""
    if not work.wish.beside:
        return []
    from evalharness.flows.beside import beside

    return beside(house, work)


SUPPLIERS: tuple[Supplier, ...] = (repeats, gold, successor, masks, canary_jobs)


def probing(house: Opened, work: Work) -> list[Job]:
    """Every supplier's jobs, each key once; without the masks where `work` is to find them out while it is sent."""
    suppliers = SUPPLIERS if work.masked else tuple(supply for supply in SUPPLIERS if supply is not masks)
    found = {job.row.key: job for supply in suppliers for job in supply(house, work)}
    return list(found.values())
