"""What is put into the ledger as nouns comes back as equal nouns, in order, and nothing is kept twice."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from evalharness.errors import LedgerCorruptError, LedgerError
from evalharness.models.call import Change, Supplement
from evalharness.models.intake import Rejected
from evalharness.store import records
from tests.builders import MONDAY, WEEK, a_call, a_grade, a_rubric, a_sample, an_intake, not_applicable, some_calls, ungraded
from tests.store.logs import AT, a_ledger
from tests.store.logs import calls as random_calls


@pytest.fixture
def ledger(tmp_path):
    with a_ledger(tmp_path) as opened:
        yield opened


def _keep(ledger, keep, *given):
    with ledger.transaction() as tx:
        return keep(tx, *given)


def test_intakes(ledger):
    """The counts, the rejected rows of each file with it, and the digests by source."""
    rejects = (
        Rejected(file="b.csv", line=3, field="started_at", reason="no date"),
        Rejected(file="b.csv", line=None, field="", reason="x"),
    )
    first = an_intake(3, fill={"csat": 1}, redactions={"email": 2})
    second = an_intake(
        5, accepted=2, conflict=1, rejected=2, rejects=rejects, conflicts=("c7",), file_digest="1" * 64, source="vapi"
    )
    for report in (first, second):
        _keep(ledger, records.add_intake, report, [], AT)
    assert records.intakes(ledger) == [first, second]
    assert records.intake_digests(ledger) == {("0" * 64, "demo"), ("1" * 64, "vapi")}


def test_parts_are_registered_once(ledger):
    """The same part again (an interrupted collect, done again) is one part."""
    part = records.Part("calls", WEEK, "calls/calls/x", "ab", 3)
    for _ in range(2):
        _keep(ledger, records.add_intake, an_intake(), [part], AT)
    assert records.parts(ledger) == records.parts(ledger, kind="calls", week=WEEK) == [part]
    assert records.parts(ledger, kind="turns") == []


def test_supplements(ledger):
    """Later facts keep their kind of value: a number, a word, a mapping."""
    values = [("csat", 4.5), ("outcome", "resolved"), ("cost", {"llm": 0.1}), ("consent", None)]
    facts = [Supplement(source="s", call_id="c1", field=field, value=value, known_at=AT) for field, value in values]
    _keep(ledger, records.add_supplements, facts, AT)
    assert records.supplements(ledger) == facts


def test_a_rubric_is_kept_once_by_its_digest(ledger):
    """Levels, bands, checks and policy come back; an unknown digest is an error."""
    rubric = a_rubric()
    digests = {_keep(ledger, records.freeze_rubric, rubric, AT) for _ in range(2)}
    assert digests == {rubric.digest()}
    assert len(ledger.rows("rubrics")) == 1
    assert records.load_rubric(ledger, rubric.digest()) == rubric
    with pytest.raises(LedgerError, match="no rubric"):
        records.load_rubric(ledger, "0" * 64)


def test_a_sample_comes_back_equal(ledger):
    """With the digest that names it on every sheet; weeks in time order; a week without one has none."""
    sample = a_sample(20, reason=None)
    _keep(ledger, records.freeze_sample, sample, AT)
    _keep(ledger, records.freeze_sample, a_sample(2, week="2026-W46"), AT)
    found = records.load_sample(ledger, WEEK)
    assert found == sample
    assert found.frozen_digest() == sample.frozen_digest()
    assert records.samples(ledger) == ["2026-W46", WEEK]
    assert records.load_sample(ledger, "2026-W45") is None


def test_the_newest_redraw_counts(ledger):
    """Both stay in the ledger; the same redraw cannot be frozen twice."""
    first = a_sample(3)
    again = a_sample(calls=some_calls(5)[3:], redraw=1, reason="wrong scope")
    _keep(ledger, records.freeze_sample, first, AT)
    _keep(ledger, records.freeze_sample, again, AT)
    assert records.load_sample(ledger, WEEK) == again
    assert [row["redraw"] for row in ledger.rows("samples")] == [0, 1]
    with pytest.raises(LedgerError, match="contradicts"):
        _keep(ledger, records.freeze_sample, again, AT)
    assert ledger.verify() == []


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=random_calls)
def test_any_call_is_frozen_as_it_is(tmp_path_factory, call):
    """Hostile ids and texts, any metadata: the frozen call is equal, and so is the sample's digest."""
    sample = a_sample(calls=[call, a_call(source="other source, longer than any drawn", id="z")])
    with a_ledger(tmp_path_factory.mktemp("ledger")) as opened:
        _keep(opened, records.freeze_sample, sample, AT)
        assert records.load_sample(opened, WEEK).frozen_digest() == sample.frozen_digest()


def test_a_sample_that_reads_back_differently_is_refused(ledger):
    """A row of the design with a digest of another draw."""
    sample = a_sample(2)
    fields = sample.model_dump(mode="json", exclude={"items", "picked"})
    with ledger.transaction() as tx:
        tx.append("samples", {**fields, "digest": "0" * 64, "at": AT})
    with pytest.raises(LedgerCorruptError, match="another sample"):
        records.load_sample(ledger, WEEK)


def test_grades_come_back_in_order_with_all_revisions(ledger):
    """A later grade of the same slot does not replace the earlier row; other weeks are left out."""
    grades = [a_grade(3), not_applicable(), ungraded(), a_grade(5, supersedes=1), a_grade("yes", "greeted", rationale="é" * 2000)]
    assert _keep(ledger, records.add_grades, grades) == 5
    _keep(ledger, records.add_grades, [a_grade(week="2026-W48")])
    assert records.load_grades(ledger, WEEK) == grades
    assert ledger.rows("grades", id=4)[0]["supersedes"] == 1
    with pytest.raises(LedgerError, match="contradicts"):
        _keep(ledger, records.add_grades, [a_grade(supersedes=99)])


def test_no_grades_is_no_row(ledger):
    """Nothing graded writes nothing and reads nothing."""
    head = ledger.head()
    assert (_keep(ledger, records.add_grades, []), ledger.head(), records.load_grades(ledger, WEEK)) == (0, head, [])


def test_thousands_of_grades_are_read_fast(ledger):
    """4,000 grades in under 3 CPU seconds on a slow machine (0.15 s here), each row checked against its hash."""
    _keep(ledger, records.add_grades, [a_grade(4, call_id=f"c{n}", rationale="r" * 300) for n in range(4000)])
    begun = time.process_time()
    assert len(records.load_grades(ledger, WEEK)) == 4000
    assert time.process_time() - begun < 3


def test_changes_come_by_the_time_they_are_about(ledger):
    """A note written later about an earlier day stands first."""
    late, early = Change(at=MONDAY, label="prompt 12", kind="prompt"), Change(at=MONDAY - timedelta(days=7), label="outage")
    for change in (late, early):
        _keep(ledger, records.add_change, change, AT)
    assert records.changes(ledger) == [early, late]


def test_the_last_export_of_a_path(ledger):
    """What was written there last, with its details; None for a path never written."""
    for digest in ("aa", "bb"):
        _keep(ledger, records.add_export, "sheets/Anna.xlsx", digest, "sheet", WEEK, AT, {"cells": [1]})
    found = records.last_export(ledger, "sheets/Anna.xlsx")
    assert (found["digest"], found["kind"], found["week"], found["details"]) == ("bb", "sheet", WEEK, {"cells": [1]})
    assert records.last_export(ledger, "sheets/Ben.xlsx") is None


def test_audit_and_sign_off(ledger):
    """An audit row with details; a week is signed off once a sign-off row is there."""
    _keep(ledger, records.add_audit, "redraw", {"week": WEEK}, AT)
    assert [(row["action"], row["details"]) for row in ledger.rows("audit")] == [("redraw", {"week": WEEK})]
    assert not records.signed_off(ledger, WEEK)
    with ledger.transaction() as tx:
        tx.append(
            "signoffs", {"week": WEEK, "person": "Anna", "sample_digest": "x", "verdict": "good enough", "details": {}, "at": AT}
        )
    assert records.signed_off(ledger, WEEK)
    assert not records.signed_off(ledger, "2026-W48")
