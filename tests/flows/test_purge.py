"""purge: nothing of a caller is left in any file, values and the other caller's everything are; killed, it goes on."""

from __future__ import annotations

import gzip
import html
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from evalharness.errors import GradingError, SheetError, UsageError
from evalharness.flows.collect import collect_paths
from evalharness.flows.keep import verify
from evalharness.flows.llm_work import Work
from evalharness.flows.purge import STATE, finish, purge, unfinished
from evalharness.flows.purge_callers import due_for_caller
from evalharness.flows.retention import due_by_retention, due_for_call
from evalharness.flows.sheets import drawn_sample, import_sheet
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.summary import week_summary
from evalharness.grade.human.layout import row_id
from evalharness.grade.llm.work import Brief, Judge
from evalharness.grade.measured.detectors import findings_of
from evalharness.models.measuring import Measuring
from evalharness.models.removed import removed
from evalharness.models.sample import Pick
from evalharness.report.exports.summary_json import summary_json
from evalharness.store.ledger import Ledger
from evalharness.store.llm import LlmEvent, add_llm_event
from evalharness.store.records import add_picks, load_grades, load_picks, load_sample, sign_offs
from tests.flows.purging import EACH, GONE, LATER, NOW, WEEK, canaries, canary, make_planted, the_house
from tests.flows.workspaces import copy_of


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; tests work on copies."""
    return make_planted(tmp_path_factory.mktemp("purge") / "ws")


@pytest.fixture
def root(planted: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy_of(planted, tmp_path / "ws")


def opened_up(path: Path) -> list[bytes]:
    """The bytes of a file and of all that is packed in it; written apart from the scan that is tested."""
    data = path.read_bytes()
    found = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            found += [book.read(name) for name in book.namelist()]
    if data[:2] == b"\x1f\x8b":
        found.append(gzip.decompress(data))
    if data[:4] == b"PAR1":
        found += [str(column.to_pylist()).encode() for column in pq.read_table(path).columns]
        found += [json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode()]
    return found


def ways(text: str) -> list[bytes]:
    """As text, as UTF-16, escaped for JSON (once, twice, in ASCII), for HTML and CSV."""
    once = json.dumps(text, ensure_ascii=False)[1:-1]
    page = html.escape(text).replace("&quot;", "&#34;")
    texts = {
        text,
        once,
        page,
        text.replace('"', '""'),
        json.dumps(text)[1:-1],
        json.dumps(once, ensure_ascii=False)[1:-1],
        html.escape(text),
    }
    return [*(one.encode() for one in texts), *(text.encode(code) for code in ("utf-16-le", "utf-16-be"))]


def hits(root: Path, texts: list[str]) -> dict[str, int]:
    """File -> how many of the texts it holds."""
    patterns = {text: ways(text) for text in texts}
    found = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        held = opened_up(path)
        count = sum(any(form in data for form in forms for data in held) for forms in patterns.values())
        if count:
            found[path.relative_to(root).as_posix()] = count
    return found


def test_the_canaries_are_planted(root: Path) -> None:
    """144 for each caller, 12 places by 12 calls; the call log, the ledger, sheet, page, workbook, exports and logs hold some."""
    assert len(set(canaries("A"))) == 12 * EACH == 144
    found = hits(root, canaries("A"))
    for place in (
        "ledger.db",
        "sheets/",
        "reports/2026-W47/report.html",
        "reports/2026-W47/week.xlsx",
        "exports/",
        "logs/",
        "inbox/",
    ):
        assert any(path.startswith(place) for path in found), (place, found)
    assert any(path.startswith("calls/turns/") for path in found)
    assert found["ledger.db"] >= 100


def test_nothing_of_a_caller_is_left_in_any_file(root: Path) -> None:
    """0 of 144 strings in any file, as text, UTF-16, escaped, inflated or decoded; 144 of the other caller's still are."""
    with the_house(root) as house:
        due = due_for_caller(house, GONE)
        assert len(due.calls) == EACH
        receipt = purge(house, due, LATER)
        assert verify(house)[0] == []
    assert hits(root, canaries("A")) == {}
    assert receipt.hits == {}
    assert not (root / STATE).exists()
    left = hits(root, canaries("B"))
    assert left["ledger.db"] >= 100  # of 144: some lie across two pages of the file, and pages are cut anew
    assert sum(count for path, count in left.items() if path.startswith("calls/")) >= 5 * EACH


def test_the_log_of_the_database_is_empty(root: Path) -> None:
    """Where the ledger stays open, the text stands in its log until it is emptied."""
    with the_house(root) as house:
        purge(house, due_for_caller(house, GONE), LATER)
        log = root / "ledger.db-wal"
        assert not any(form in log.read_bytes() for text in canaries("A") for form in ways(text)) if log.exists() else True
        assert hits(root, canaries("A")) == {}


def figures(root: Path) -> dict[str, Any]:
    """What a report of the week says in numbers."""
    with the_house(root) as house:
        return dict(json.loads(summary_json(week_summary(house, WEEK))))


def test_figures_are_as_before(root: Path) -> None:
    """Every number of the week, and the draw's digest, are the same with the texts of half of its
    calls gone; the share of calls with an address of a recording is what it says."""
    before = figures(root)
    with the_house(root) as house:
        purge(house, due_for_caller(house, GONE), LATER)
    after = figures(root)
    for place in (place for one in (*before["measured"], *after["measured"]) for place in one.get("places", ())):
        place["finding"]["note"] = ""  # notes on these calls go
    differing = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert set(differing) <= {"changes", "fill", "to_hear", "ledger_head"}, differing
    plain = [{**one, "reason": one["reason"].partition("; [text removed")[0]} for one in after["to_hear"]]
    assert plain == before["to_hear"]
    kept = {name: share for name, share in after["fill"].items() if name != "recording_url"}
    assert kept == {name: share for name, share in before["fill"].items() if name != "recording_url"}
    assert (before["fill"]["recording_url"], after["fill"]["recording_url"]) == (1.0, 0.5)


def test_the_other_caller_is_untouched(root: Path) -> None:
    """Calls, frozen calls and grades of the other caller are equal, and so are the values of the one that went."""

    def kept() -> tuple[list[object], list[object]]:
        with the_house(root) as house:
            sample = load_sample(house.ledger, WEEK)
            assert sample is not None
            grades = load_grades(house.ledger, WEEK)
            own = [item.call for item in sample.items if item.call.id.startswith("b")]
            calls = house.calls.calls([(call.source, call.id) for call in own])
            values = [(g.call_id, g.criterion, getattr(g, "value", None), g.state, g.at) for g in grades]
            return [own, calls, [g for g in grades if g.call_id.startswith("b")], sample.frozen_digest()], values

    before = kept()
    with the_house(root) as house:
        purge(house, due_for_caller(house, GONE), LATER)
    assert kept() == before


def test_a_call_without_its_text_says_so(root: Path) -> None:
    """In the frozen call and the call log, every turn and remark that had text bears the mark; times and costs stay."""
    mark = "[text removed on 2026-11-24 on request]"
    with the_house(root) as house:
        purge(house, due_for_call(house, "a-3"), LATER)
        sample = load_sample(house.ledger, WEEK)
        assert sample is not None
        frozen = next(item.call for item in sample.items if item.call.id == "a-3")
        for call in (frozen, *house.calls.calls([("demo", "a-3")])):
            assert removed(call) == mark
            assert {turn.text for turn in call.turns} == {mark}
            assert [turn.start_ms for turn in call.turns] == [400, 2600, 9503]
            assert call.cost is not None
            assert call.cost.total == pytest.approx(0.04)
            assert (call.recording_url, call.errors, call.turns[2].tool_calls[0].name) == (None, (mark,), "find")
        grades = [grade for grade in load_grades(house.ledger, WEEK) if (grade.call_id, grade.grader.kind) == ("a-3", "human")]
        assert {grade.rationale for grade in grades} == {mark}
        assert {one.quote for grade in grades for one in grade.evidence} == {""}


def test_a_note_that_quotes_goes_too(root: Path) -> None:
    """The owner's note quotes a turn: the note bears the mark; a call's rejected row, its reason."""
    with the_house(root) as house:
        purge(house, due_for_call(house, "a-3"), LATER)
        assert [row["label"] for row in house.ledger.rows("changes")] == ["[text removed on 2026-11-24 on request]"]


def test_a_call_that_nobody_graded_is_not_graded_any_more(tmp_path: Path) -> None:
    """It was drawn, its text went: the person skips it, with the reason; nobody waits for it, and it enters no figure."""
    root = make_planted(tmp_path / "ws", graded=False)
    with the_house(root) as house:
        receipt = purge(house, due_for_call(house, "a-3"), LATER)
        assert receipt.counts["not graded any more"] == 1
        summary = week_summary(house, WEEK)
        assert summary.nonresponse is not None
        assert summary.nonresponse.reasons == {"[text removed on 2026-11-24 on request]": 1}


def test_collected_again_it_stays_gone(root: Path) -> None:
    """The platform's file comes once more: 24 duplicates, nothing is kept of them, and the marks stand."""
    raw = (root / "inbox" / "week.jsonl").read_text()
    with the_house(root) as house:
        purge(house, due_for_caller(house, GONE), LATER)
        again = root / "inbox" / "again.jsonl"
        again.write_text(raw)
        (report,) = collect_paths(house, [again], "jsonl", LATER)[0]
        assert (report.duplicate, report.accepted, report.conflict, report.rejected) == (2 * EACH, 0, 0, 0)
        again.unlink()
        assert {bool(removed(call)) for call in house.calls.calls([("demo", f"a-{n}") for n in range(EACH)])} == {True}
    assert hits(root, canaries("A")) == {}


def test_a_sentence_where_a_label_stands_is_gone_too(tmp_path: Path) -> None:
    """A platform wrote prose as intent, version, channel, language, tool and reason of the end; in frozen calls, exports too."""
    root = make_planted(tmp_path / "ws", graded=False)
    said = json.loads((root / "inbox" / "week.jsonl").read_text().splitlines()[0])
    prose = {name: f"{name} of Anna Keller, who is ill" for name in ("intent", "version", "channel", "language", "end_reason")}
    said |= {"id": "a-99", **prose, "started_at": "2026-11-16T09:15:00+00:00", "ended_at": "2026-11-16T09:16:00+00:00"}
    said["turns"][2]["tool_calls"][0]["name"] = "tool of Anna Keller, who is ill"
    (root / "inbox" / "later.jsonl").write_text(json.dumps(said) + "\n")
    texts = [*prose.values(), "tool of Anna Keller, who is ill"]
    with the_house(root) as house:
        collect_paths(house, [root / "inbox" / "later.jsonl"], "jsonl", LATER)
        (call,) = house.calls.calls([("demo", "a-99")])
        with house.ledger.transaction() as tx:
            add_picks(tx, [Pick(week=WEEK, call=call, person="Anna Keller", reason="a complaint", at=NOW)])
        assert hits(root, texts) != {}
        receipt = purge(house, due_for_call(house, "a-99"), LATER)
        assert verify(house)[0] == []
        (frozen,) = (pick.call for pick in load_picks(house.ledger, WEEK))
    assert frozen.intent == frozen.turns[2].tool_calls[0].name == "[text removed on 2026-11-24 on request]"
    assert (receipt.hits, hits(root, texts)) == ({}, {})


IN_ONE = [{"speaker": "caller", "text": "My number is +49 30 901820."}, {"speaker": "agent", "text": "Thank you."}]
IN_PIECES = [
    {"speaker": "agent", "text": "Your phone number, please?"},
    {"speaker": "caller", "text": "four nine three oh"},
    {"speaker": "agent", "text": "yes"},
    {"speaker": "caller", "text": "nine oh one eight two oh"},
]


@pytest.mark.parametrize("turns", [IN_ONE, IN_PIECES])
def test_a_call_that_names_the_caller_is_counted_apart(root: Path, turns: list[dict[str, str]]) -> None:
    """A third caller says the number: redaction left a pseudonym there, by which the call is found; it is said before."""
    said = json.loads((root / "inbox" / "week.jsonl").read_text().splitlines()[0])
    said |= {"id": "c-0", "caller": "+49 221 555012", "errors": [], "metadata": {}}
    said["turns"] = turns
    (root / "inbox" / "third.jsonl").write_text(json.dumps(said) + "\n")
    with the_house(root) as house:
        collect_paths(house, [root / "inbox" / "third.jsonl"], "jsonl", LATER)
        due = due_for_caller(house, GONE)
    assert (len(due.calls), due.calls[-1]) == (EACH + 1, ("demo", "c-0"))
    assert due.matched[0].startswith(f"{EACH} calls by this caller (keyed hash): a-0, ")
    assert due.matched[1].startswith("1 more call in whose text its pseudonym stands ([phone-")


def test_no_judge_is_asked_of_it(root: Path) -> None:
    """No job is made of a call without its text, whatever is asked; of one with it there would be."""
    with the_house(root) as house:
        purge(house, due_for_call(house, "a-3"), LATER)
        (call,) = house.calls.calls([("demo", "a-3")])
    nobody = object.__new__(Work)
    brief = Brief(Judge("m", "low", "d", per_criterion=True), "", "", {})
    assert nobody.jobs_of(call, (), brief, "grade") == []
    assert findings_of(call, Measuring()).values == {}


def test_an_answer_on_an_old_copy_is_named_and_not_taken(tmp_path: Path) -> None:
    """Anna still has the sheet of before and grades the call whose text went: the cell is named, no grade comes in."""
    root = make_planted(tmp_path / "ws", graded=False)
    (sheet,) = (root / "sheets" / WEEK).glob("*.xlsx")
    data = sheet.read_bytes()
    with the_house(root) as house:
        purge(house, due_for_call(house, "a-3"), LATER)
        sample = drawn_sample(house, WEEK)
        before = len(load_grades(house.ledger, WEEK))
        call = next(item.call for item in sample.items if item.call.id == "a-3")
        book = openpyxl.load_workbook(io.BytesIO(data))
        page = book["Scores"]
        (row,) = [cell.row for cell in page["A"] if cell.value == row_id(sample.frozen_digest(), call)]
        page.cell(row, 8).value = 4
        book.save(tmp_path / "copy.xlsx")
        state = import_sheet(house, tmp_path / "copy.xlsx", sample, LATER)
        (problem,) = state.problems
        assert problem.cell.endswith(str(row))
        assert (state.accepted, len(load_grades(house.ledger, WEEK))) == (0, before)


def test_a_signed_week_stays_as_signed(root: Path) -> None:
    """Its files held the text and are gone by the trail's word: nothing is missing. One that is deleted by hand is."""
    with the_house(root) as house:
        signed = sign(house, Wish(WEEK, "Anna Keller", "keep"), LATER)
        purge(house, due_for_caller(house, GONE), LATER)
        gone = [path for path in signed.files if not (root / path).exists()]
        assert gone != []
        assert verify(house)[0] == []
        (kept,) = sign_offs(house.ledger, WEEK)
        assert kept == signed
        left = [path for path in signed.files if (root / path).exists()]
        for path in left:
            (root / path).unlink()
        assert len(verify(house)[0]) == len(left)


def test_a_forged_tombstone_is_found(root: Path) -> None:
    """A row changed behind the ledger's back with a tombstone of its own, which names no purge and is in no chain."""
    path = root / "ledger.db"
    with the_house(root) as house:
        row = next(row for row in house.ledger.stored("grades") if row["grader_kind"] == "human")
    with closing(sqlite3.connect(path)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute("UPDATE grades SET grade = '{}' WHERE id = ?", (row["id"],))
        forged = ("2026", 1, "grades", row["id"], "[]", "x", "y")
        names = "at, purge_id, table_name, row_id, fields, row_hash, sha256"
        raw.execute(f"INSERT INTO tombstones ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", forged)
        raw.execute("UPDATE grades SET grade = '{}' WHERE id = ?", (row["id"],))
        raw.commit()
    with Ledger.open(path) as ledger:
        problems = ledger.verify()
    assert "tombstones row 1 names no purge of the audit trail" in problems
    assert any(problem.startswith("tombstones row 1 ") and "hash" in problem for problem in problems)
    assert f"grades row {row['id']} does not match its hash: it was changed" in problems


def test_a_purged_row_that_is_changed_again_is_found(root: Path) -> None:
    """The guard lets a row with a tombstone through; its hash is the tombstone's, or it is a problem. So is its old text."""
    path = root / "ledger.db"
    with the_house(root) as house:
        before = {row["id"]: row["grade"] for row in house.ledger.stored("grades", call_id="a-3")}
        purge(house, due_for_call(house, "a-3"), LATER)
        (one, two) = [row["row_id"] for row in house.ledger.rows("tombstones", table_name="grades")][:2]
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE grades SET grade = '{}' WHERE id = ?", (one,))
        raw.execute("UPDATE grades SET grade = ? WHERE id = ?", (before[two], two))
        raw.commit()
    with Ledger.open(path) as ledger:
        assert ledger.verify() == [
            f"grades row {one} does not match its hash: it was changed",
            f"grades row {two} has its text again, which a purge took out",
        ]


def test_an_open_sheet_stops_it(root: Path) -> None:
    """The sheet is open in a spreadsheet program: nothing changes."""
    sheet = next((root / "sheets" / WEEK).glob("*.xlsx"))
    sheet.write_bytes(sheet.read_bytes() + b"x")
    sheet.with_name(f"~${sheet.name}").touch()
    with the_house(root) as house:
        head = house.ledger.head()
        with pytest.raises(SheetError, match="may hold answers"):
            purge(house, due_for_call(house, "a-3"), LATER)
        assert (house.ledger.head(), unfinished(house)) == (head, None)


def test_a_reply_that_is_still_to_come_stops_it(root: Path) -> None:
    """A request about the call waits in a batch: its reply would quote the call. Another call is purged as always."""
    with the_house(root) as house:
        (row,) = house.ledger.rows("llm_calls", call_id="a-3")
        handed = {"asked": ["tone"], "custom_id": "x", "handing": "h", "sent_at": LATER.isoformat()}
        with house.ledger.transaction() as tx:
            add_llm_event(tx, LlmEvent(row["id"], "sent", 2, details=handed), LATER)
        with pytest.raises(GradingError, match="wait in a batch"):
            purge(house, due_for_call(house, "a-3"), LATER)
        assert unfinished(house) is None
        assert purge(house, due_for_call(house, "a-4"), LATER).clean


def test_notes_that_are_gone(root: Path) -> None:
    """Somebody deleted the notes of an interrupted purge: it ends as lost, which the receipt says, and a new one can be made."""

    def step(name: str) -> None:
        if name == "intent":
            raise KeyboardInterrupt

    with the_house(root) as house:
        with pytest.raises(KeyboardInterrupt):
            purge(house, due_for_call(house, "a-3"), LATER, step)
        (root / STATE).unlink()
        receipt = finish(house, LATER)
        assert (receipt.kind, receipt.clean, unfinished(house)) == ("lost", False, None)
        assert purge(house, due_for_call(house, "a-3"), LATER).clean


def test_nobody_by_that_name(root: Path) -> None:
    """A caller that nobody knows, and an id that nobody has."""
    with the_house(root) as house:
        with pytest.raises(UsageError, match="no call is known"):
            due_for_caller(house, "+49 89 123456")
        with pytest.raises(UsageError, match="no call of this id"):
            due_for_call(house, "a-")


def test_the_receipt_holds_nothing_personal(root: Path) -> None:
    """Neither what was typed, nor an id, nor a text; the exports that held the call are named, and what cannot be reached."""
    with the_house(root) as house:
        receipt = purge(house, due_for_caller(house, GONE), LATER)
        text = (root / receipt.path).read_text()
        assert receipt.head in text
        assert house.ledger.verify(receipt.head) == []
    assert GONE not in text
    assert "a-3" not in text
    assert "Canary" not in text
    assert any("backups" in line for line in receipt.unreached)
    assert any(one["path"].startswith("exports/") for one in receipt.named_in)


def test_what_is_due_by_retention(root: Path) -> None:
    """W47 ends on 22 November. 90 days later recordings and raw replies are due; after 180 days what was said; 0 before."""
    from datetime import timedelta

    with the_house(root) as house:
        assert due_by_retention(house, LATER).nothing
        ninety = due_by_retention(house, NOW + timedelta(days=91))
        assert (len(ninety.calls), len(ninety.recordings), ninety.replied, ninety.files) == (0, 2 * EACH, 2 * EACH, ())
        purge(house, ninety, NOW + timedelta(days=91))
        assert due_by_retention(house, NOW + timedelta(days=91)).nothing
        assert verify(house)[0] == []
        assert {call.recording_url for call in house.calls.calls([("demo", "a-1"), ("demo", "b-1")])} == {None}
        half = due_by_retention(house, NOW + timedelta(days=181))
        assert (len(half.calls), half.recordings, half.written) == (2 * EACH, (), 0)
        purge(house, half, NOW + timedelta(days=181))
        assert verify(house)[0] == []
        kept = [grade.rationale for grade in load_grades(house.ledger, WEEK) if grade.grader.kind == "human"]
        assert canary("rationale", "A", 0) in kept
    assert hits(root, [canary("caller", "A", 1), canary("quote", "B", 2), canary("tool", "B", 3)]) == {}
    year = NOW + timedelta(days=366)
    with the_house(root) as house:
        assert due_by_retention(house, year).files


STEPS = ("texts noted", "intent", "ledger cut", "caches", "files", "emptied")


@pytest.mark.parametrize("stop", STEPS)
def test_stopped_after_any_step_it_goes_on(root: Path, stop: str) -> None:
    """A run that dies after a step is finished by the next one, and nothing is left; before the intent nothing has changed."""

    class KilledError(Exception):
        pass

    def step(name: str) -> None:
        if name == stop:
            raise KilledError

    with the_house(root) as house, pytest.raises(KilledError):
        purge(house, due_for_caller(house, GONE), LATER, step)
    with the_house(root) as house:
        if stop == "texts noted":
            assert unfinished(house) is None
            purge(house, due_for_caller(house, GONE), LATER)
        else:
            assert unfinished(house) is not None
            assert finish(house, LATER).clean
        assert verify(house)[0] == []
        assert unfinished(house) is None
    assert hits(root, canaries("A")) == {}
