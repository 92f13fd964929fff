"""What changes in the ledger when texts go: by their place, and where they are quoted; values never."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.errors import LedgerError
from evalharness.models.call import Change as Note
from evalharness.models.call import Supplement
from evalharness.models.grade import Evidence
from evalharness.models.removed import ON_REQUEST, Removal
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.needles import Needles, pieces
from evalharness.store.purge_rows import Change, Cut, changes, elsewhere, texts_by_place
from evalharness.store.records import add_adjudication, add_audit, add_change, add_grades, add_supplements, freeze_sample
from tests.builders import MONDAY, WEEK, a_call, a_grade, a_sample, an_adjudication, ungraded
from tests.store.logs import AT, a_ledger

C1 = ("demo", "c1")
MARK = "[text removed on 2026-11-24 on request]"
SAID = "I am Ada Stone and my dog is ill."
NOBODY = Needles([])


def a_cut(**fields: Any) -> Cut:
    """Everything of c1, unless keywords say less."""
    whole = {"calls": frozenset({C1}), "told": frozenset({C1})}
    return Cut(Removal("2026-11-24", ON_REQUEST), **{**whole, **fields})


@pytest.fixture
def ledger(tmp_path):
    """Two drawn calls, each graded with a reason and a quote; a decision on the first; a note that quotes it."""
    calls = [a_call([("caller", SAID), ("agent", "Oh dear!")]), a_call(id="c2")]
    with a_ledger(tmp_path) as ledger:
        with ledger.transaction() as tx:
            freeze_sample(tx, a_sample(calls=calls), AT)
            quote = (Evidence(turn=0, quote="my dog is ill"),)
            add_grades(tx, [a_grade(4, rationale="She said so.", evidence=quote), a_grade(2, call_id="c2", rationale="Slow.")])
            add_adjudication(tx, an_adjudication(3), AT)
            add_change(tx, Note(at=MONDAY, label=f"heard: {SAID}"), AT)
        yield ledger


def by_table(found: list[Change]) -> dict[str, list[int]]:
    """Table -> rows."""
    tables = dict.fromkeys(change.table for change in found)
    return {table: [change.row for change in found if change.table == table] for table in tables}


def test_what_goes_by_its_place(ledger: Ledger) -> None:
    """Of the first call the frozen one, the grade and the decision; nothing of the second."""
    found = list(changes(ledger, a_cut(), NOBODY))
    assert by_table(found) == {"grades": [1], "adjudications": [1], "sample_items": [1]}
    grade = next(change for change in found if change.table == "grades").columns["grade"]
    assert (grade["value"], grade["rationale"], grade["evidence"]) == (4, MARK, [{"turn": 0, "quote": "", "at_ms": None}])


def test_what_quotes_it(ledger: Ledger) -> None:
    """The note bears a piece of what was said."""
    found = list(changes(ledger, a_cut(), Needles(pieces([SAID]))))
    assert by_table(found)["changes"] == [1]
    assert next(change for change in found if change.table == "changes").columns == {"label": MARK}


def test_by_transcripts_alone_what_graders_wrote_stays(ledger: Ledger) -> None:
    """The quote goes with the call, the rationale does not, and no decision changes."""
    found = list(changes(ledger, a_cut(told=frozenset()), NOBODY))
    assert by_table(found) == {"grades": [1], "sample_items": [1]}
    grade = found[0].columns["grade"]
    assert (grade["rationale"], grade["evidence"][0]["quote"]) == ("She said so.", "")


def test_by_age_what_graders_wrote_goes(ledger: Ledger) -> None:
    """Everything that was written before the day after; calls stay."""
    later = a_cut(calls=frozenset(), told=frozenset(), written_before="2026-12-31")
    assert by_table(list(changes(ledger, later, NOBODY))) == {"grades": [1, 2], "adjudications": [1]}
    earlier = a_cut(calls=frozenset(), told=frozenset(), written_before="2026-01-01")
    assert list(changes(ledger, earlier, NOBODY)) == []


def test_the_texts_that_go(ledger: Ledger) -> None:
    """What is looked for in files afterwards: said, quoted, and written of the call; nothing of the other one."""
    found = set(texts_by_place(ledger, a_cut()))
    assert {SAID, "Oh dear!", "my dog is ill", "She said so.", "The slot was right."} <= found
    assert "Slow." not in found


def test_what_others_wrote_of_other_calls(ledger: Ledger) -> None:
    """A reason that stands in the grade of another call too is no piece of this one; what was said in another call neither."""
    told = Needles(["She said so.", "Slow. Slow."])
    with ledger.transaction() as tx:
        add_grades(tx, [a_grade(1, call_id="c2", rationale="Slow. Slow.")])
    assert elsewhere(ledger, {C1}, told, told=True) == {1}
    assert elsewhere(ledger, {C1}, Needles(["I need to move my appoint", "Ada Stone and"]), told=False) == {0}


def test_entombed_rows_verify_and_read(ledger: Ledger) -> None:
    """After the changes the ledger is whole against the head of before, and values are as they were."""
    head = ledger.head()
    with ledger.transaction() as tx:
        add_audit(tx, "purge", {}, AT)
        for change in list(changes(tx, a_cut(), NOBODY)):
            tx.entomb(tx.stored("audit")[-1]["id"], change.table, change.row, change.columns, AT)
    assert ledger.verify(head) == []
    assert list(changes(ledger, a_cut(), NOBODY)) == []
    assert [row["grade"]["value"] for row in ledger.rows("grades", week=WEEK)] == [4, 2]


def test_a_version_that_came_later(ledger: Ledger) -> None:
    """A sentence told as the call's version goes, a version stays, and so does the other call's."""
    told = {"c1": "what Ada Stone was promised", "c2": "what Ben was promised"}
    facts = [Supplement(source="demo", call_id=one, field="version", value=text, known_at=MONDAY) for one, text in told.items()]
    with ledger.transaction() as tx:
        add_supplements(tx, [*facts, facts[0].model_copy(update={"value": "v2.0"})], AT)
    found = [change for change in changes(ledger, a_cut(), NOBODY) if change.table == "supplements"]
    assert found == [Change("supplements", 1, {"value": MARK})]


def _purged(ledger: Ledger, **more: int) -> int:
    """Both grades lose their reasons under a purge with its cut, which counts `more` than that; its row of the trail."""
    with ledger.transaction() as tx:
        add_audit(tx, "purge", {}, AT)
        number = int(tx.stored("audit")[-1]["id"])
        for change in changes(ledger, a_cut(), NOBODY):
            tx.entomb(number, change.table, change.row, change.columns, AT)
        counts = {"grades": 1, "adjudications": 1, "sample_items": 1}
        add_audit(tx, "purge cut", {"purge": number, "counts": {"calls": 1, **counts, **more}}, AT)
    return number


def test_a_tombstone_behind_the_cut_is_refused(ledger: Ledger) -> None:
    """Whoever puts another level into a grade under a purge that is over is found, with a second cut too; the purge itself is
    whole."""
    number = _purged(ledger)
    assert ledger.verify() == []
    grade = {**ledger.rows("grades")[1]["grade"], "value": 5}
    with ledger.transaction() as tx:
        tx.entomb(number, "grades", 2, {"grade": grade}, AT)
        add_audit(tx, "purge cut", {"purge": number, "counts": {"grades": 2, "adjudications": 1, "sample_items": 1}}, AT)
    assert ledger.verify() == ["tombstones row 4 lies behind the end of its purge"]


def test_a_cut_that_counts_otherwise_is_refused(ledger: Ledger) -> None:
    """The cut counts 2 grades, one has a tombstone."""
    _purged(ledger, grades=2)
    assert ledger.verify() == ["audit row 2 counts 2 rows of grades, its purge has 1"]


def test_a_purge_that_waits_has_no_cut(ledger: Ledger) -> None:
    """One that ended without a cut, its notes lost, took nothing out: a tombstone under it is refused."""
    with ledger.transaction() as tx:
        add_audit(tx, "purge", {}, AT)
        tx.entomb(1, "grades", 2, {"grade": ledger.rows("grades")[1]["grade"]}, AT)
    assert ledger.verify() == []
    with ledger.transaction() as tx:
        add_audit(tx, "purged", {"purge": 1, "counts": {}}, AT)
    assert ledger.verify() == ["audit row 2 counts 0 rows of grades, its purge has 1"]


def test_a_table_without_texts_is_not_changed(ledger: Ledger) -> None:
    """A draw's own row has no tombstone that would let it be changed."""
    with ledger.transaction() as tx:
        add_audit(tx, "purge", {}, AT)
    with ledger.transaction() as tx, pytest.raises(LedgerError, match="append-only: no UPDATE on samples"):
        _changed(ledger, tx)


def _changed(ledger: Ledger, tx: Transaction) -> None:
    from evalharness.store.sqlite import in_words

    with in_words(ledger.path):
        tx.entomb(1, "samples", 1, {"reason": "x"}, AT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("He lied.", MARK),
        ("", ""),
        ("\nonly a remark", f"\n{MARK}"),
        ("[transcript wrong]", "[transcript wrong]"),
        ("[transcript wrong] the name", f"[transcript wrong] {MARK}"),
    ],
)
def test_what_a_rationale_says_by_its_form_stays(before: str, after: str) -> None:
    """An answer that was taken back has an empty first line; a mark on the transcript stands at the head."""
    assert a_cut().prose(before) == after
    assert ungraded(rationale=before).taken_back == ungraded(rationale=after).taken_back
