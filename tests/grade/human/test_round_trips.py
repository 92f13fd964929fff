"""Whatever people and programs do to a sheet: what was typed comes back or is named, and coming back twice changes nothing."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evalharness.grade.human.sheet import NOTHING, grades_from, read_sheet
from evalharness.models.grade import Grade, NotApplicable, Scored, Ungraded
from tests.builders import a_call, a_sample, a_turn
from tests.grade.human.desk import (
    AT,
    RUBRIC,
    SAMPLE,
    answers_of,
    blank_sheet,
    edited,
    imported,
    read,
    rubric_with,
    said,
    typed,
    written,
)

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # an example writes workbooks: shrinking takes minutes
HEADINGS = {
    "Correctness": ("correctness", {4: 4, "5": 5, " 2": 2, "3,0": 3, "１": 1, 1.0: 1}),
    "Greeted": ("greeted", {"yes": "yes", "No": "no", "no": "no"}),
    "Human needed": ("human_needed", {"needed": "needed", "not needed": "not_needed"}),
    "Outcome": ("outcome", {"resolved": "resolved", "Failed technical": "failed_technical"}),
    "Wrong information": ("wrong_information", {"yes": "yes", "No": "no", "no": "no"}),
}
ANY = {"N/A": "N/A", "n/a": "N/A"}
JUNK = (6, 4.5, "five", True, "=1+1", -1, "yes and no")
PLACES = [(position, heading) for position in (1, 2, 3) for heading in HEADINGS]
CELLS = st.dictionaries(
    st.sampled_from(PLACES),
    st.one_of(st.sampled_from([*ANY, *(word for _, words in HEADINGS.values() for word in words)]), st.sampled_from(JUNK)),
    max_size=8,
)
NOTES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=40)


def meant(edits):
    """The answers a person means by these cells, by place; what is none of a question's words is left out."""
    said = {place: None if value is True else ANY.get(value, HEADINGS[place[1]][1].get(value)) for place, value in edits.items()}
    return {(position, HEADINGS[heading][0]): value for (position, heading), value in said.items() if value is not None}


def shuffled(data, seed):
    """The sheet after another person's tidying: rows and columns in another order, the page renamed."""

    def change(workbook):
        scores, dice = workbook["Scores"], random.Random(seed)
        rows = [[cell.value for cell in row] for row in scores.iter_rows(max_col=17)]
        columns = dice.sample(range(17), 17)
        body = dice.sample(rows[6:], len(rows) - 6)
        for number, row in enumerate([*rows[:6], *body], start=1):
            for column, source in enumerate(columns, start=1):
                scores.cell(number, column).value = row[source]
        scores.title = dice.choice(["Scores", "Anna", "Tabelle1"])

    return edited(data, change)


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS, st.integers(0, 2**32))
def test_exactly_what_was_typed_is_read_or_named(edits, seed):
    """After any edits and any tidying: each plain answer is read at its place, every other cell is named, nothing else."""
    reading = read(shuffled(typed(edits), seed))
    assert answers_of(reading) == meant(edits)
    assert len(reading.problems) == len(edits) - len(meant(edits))


@settings(max_examples=25, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(CELLS, st.tuples(NOTES, st.sampled_from(["", "heard", "read"]), st.sampled_from(["", "yes", "no"]))), max_size=4
    )
)
def test_no_typed_score_is_ever_lost_over_many_imports(rounds):
    """Any sequence of filled-in sheets: the newest answer of every cell ever typed stands, and each import is done once."""
    ledger: list[Grade] = []
    expected: dict[tuple[int, str], object] = {}
    for day, (edits, (note, manner, wrong)) in enumerate(rounds):
        data = typed({**edits, (1, "Note"): note, (1, "Read or heard"): manner, (1, "Transcript wrong"): wrong})
        before = list(ledger)
        ledger += imported(data, ledger, days=day)[0]
        assert ledger[: len(before)] == before
        assert imported(data, ledger, days=day + 1)[0] == []
        expected |= meant(edits)
        if wrong == "yes":
            unclear = {(position, HEADINGS[heading][0]) for position, heading in edits} - set(meant(edits))
            expected = {
                place: value for place, value in expected.items() if place[0] != 1 or place in meant(edits) or place in unclear
            }
    newest = {grade.slot: grade for grade in ledger}.values()
    standing = {
        (int(grade.call_id[1:]), grade.criterion): grade.value if isinstance(grade, Scored) else "N/A"
        for grade in newest
        if isinstance(grade, Scored | NotApplicable)
    }
    assert standing == expected
    # an unclear cell beside the mark was no answer; in a fresh sheet it is empty, and so ungraded for its transcript
    assert all(isinstance(grade, Ungraded) for grade in imported(written(grades=ledger), ledger, days=9)[0])


@settings(max_examples=40, deadline=None)
@given(NOTES.filter(str.strip), st.sampled_from(["=", "+", "-", "@", "\t=", "'", ""]))
def test_notes_are_kept_letter_for_letter(text, prefix):
    """A note is the rationale, whatever it begins with; it is filled in again in the next sheet and changes nothing there."""
    note = prefix + text
    own = [grade.model_copy(update={"rationale": note}) for grade in imported(typed({(1, "Correctness"): 4}))[0]]
    data = written(grades=own)
    assert read(data).rows[0].note == note
    assert imported(data, own) == ([], [])


def test_a_text_that_looks_like_a_formula_survives_in_every_place():
    """Payloads in ids, texts and notes: all rows are read, nothing is a problem."""
    payloads = ['=HYPERLINK("http://x","y")', "+1", "@SUM(A1)", "../../x", "a\x00b", "_x000D_", "\ufffe", "x" * 500]
    calls = [a_call([a_turn("caller", text * 3)], id=text, intent=text) for text in payloads]
    sample = a_sample(calls=calls)
    reading = read(typed({(n, "Correctness"): 3 for n in range(1, 9)}, written(sample)))
    grades, problems = grades_from(reading, sample, RUBRIC, NOTHING, at=AT)
    assert [grade.call_id for grade in grades] == payloads
    assert (problems, reading.problems) == ([], ())


def libreoffice(folder, data: bytes, form: str, name: str = "sheet") -> bytes:
    """The sheet opened and saved by LibreOffice in another form."""
    source = folder / f"{name}.xlsx"
    source.write_bytes(data)
    target = {
        "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
        "xlsx": "xlsx:Calc MS Excel 2007 XML",
    }
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target.get(form, form)]
    subprocess.run([*command, "--outdir", folder / "out", source], check=True, capture_output=True, timeout=180)
    (made,) = (folder / "out").glob(f"{name}*.{form}")
    return made.read_bytes()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_saves_a_sheet_that_reads_the_same(tmp_path):
    """Saved as xlsx and exported as CSV by LibreOffice, a filled sheet with hostile texts gives the same grades."""
    rubric = rubric_with("greeted", scope="turn")
    turns = [a_turn("agent", "=1+1"), a_turn("caller", "long " * 8_000), a_turn("agent", "a\x00b")]
    sample = a_sample(calls=[a_call(turns, id=name) for name in ("=1", "0012345", "1E5")], rubric=rubric)
    data = typed(
        {(1, "Correctness"): 4, (2, "Correctness"): " 3", (2, "Outcome"): "resolved", (3, "Wrong information"): "no"},
        written(sample, rubric),
    )
    data = typed(
        {(2, "Greeted"): "no"}, typed({(1, "Note"): "=no formula?\nsecond line"[1:], (3, "Correctness"): "five"}, data), "Turns"
    )
    expected, problems = imported(data, sample=sample, rubric=rubric)
    assert len(expected) == 5
    assert len(problems) == 1
    saved = libreoffice(tmp_path, data, "xlsx")
    assert imported(saved, sample=sample, rubric=rubric) == (expected, problems)
    reading = read_sheet(libreoffice(tmp_path, data, "csv"), "Scores.csv")
    grades, _ = grades_from(reading, sample, rubric, NOTHING, at=AT)
    assert said(grades) == [each for each, grade in zip(said(expected), expected, strict=True) if grade.turn is None]
    assert grades[0].rationale == "no formula?\nsecond line"
    assert [problem.cell for problem in reading.problems] == [problem.cell for problem in problems]


def test_fifty_calls_take_less_than_a_second_each_way():
    """50 calls of 25 turns: a second of CPU is allowed for writing and for reading; measured .35 and .05."""
    import time

    turns = [a_turn("agent" if n % 2 == 0 else "caller", "Some words are said here. " * 5) for n in range(25)]
    sample = a_sample(calls=[a_call(turns, id=f"c{n}") for n in range(50)])
    start = time.process_time()
    data = written(sample)
    wrote = time.process_time()
    reading = read(data)
    done = time.process_time()
    assert len(reading.rows) == 50
    assert (wrote - start, done - wrote) < (2.0, 2.0)
    assert done - wrote < 1.0


def test_a_later_import_is_stamped_later():
    """The moment of the import is the one given, not the clock's."""
    grades, _ = imported(typed({(1, "Correctness"): 4}, blank_sheet()), days=3)
    assert grades[0].at == AT + timedelta(days=3)
    assert SAMPLE.items[0].call.id == grades[0].call_id
