"""The Instructions page: read in two minutes, then the questions with their answers, then the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.worksheet.worksheet import Worksheet

from evalharness.grade.human.form import Form
from evalharness.grade.human.guide import answers_text
from evalharness.grade.human.layout import ASSISTED, SCORES, TURNS, asked_of_people, title
from evalharness.grade.human.page import finish_page
from evalharness.models.rubric import Criterion, Rubric
from evalharness.xlsx import put_link, put_text, row_height, split_text

_WIDTHS = (4.0, 30.0, 58.0, 66.0)
_STEPS = (
    ("Open a call", "On the page Scores, click “read ▸”: the transcript opens. “◂ score it” brings you back."),
    (
        "Answer",
        "Type or choose an answer in every yellow cell; it turns green. The levels stand in short at the top, in full below.",
    ),
    ("Go on", "Take the calls from the top. Wherever you stop, what is answered is itself a fair sample of the week."),
    (
        "Save",
        "Save the file under its name, in its place. It is read again as often as you like; the same file twice changes nothing.",
    ),
)
_RULES = (
    (
        "Judge what was said",
        "Not what you would guess happened, and not whether you like the caller. One or two minutes a call are usually enough.",
    ),
    ("N/A", "Choose N/A where the question does not arise. It leaves the average. A middle score is an opinion, never a shrug."),
    ("Read or heard", "An empty cell means that you read the call. Write “heard” where you listened to the recording."),
    ("Transcript wrong", "Write “yes” where the words are not what was said. Leave open what you cannot answer because of it."),
    ("Skipped because", "A call you cannot grade at all needs a reason and no score. It stays in the count of calls not graded."),
    ("Evidence", "The number of the turn that shows it best, if one does. Turn numbers stand in Transcripts."),
    ("Note", "Anything the owner should know; it is kept word for word."),
    (
        "Filter and sort",
        "The arrows above the first row filter. To sort, unprotect the page first (no password); any order can be read back.",
    ),
    (
        "Change of mind",
        "Type the new answer over the old one. An emptied cell deletes nothing; N/A or another answer changes it.",
    ),
)
_BLIND = (
    "Nobody else's view",
    "You see no other grade and not how the platform says the call ended: your own reading counts.",
)
_BLIND_ON_SCORES = (_BLIND[0], f"On the page {SCORES} {_BLIND[1][0].lower()}{_BLIND[1][1:]}")


_HEARD = (
    "♪ listen",
    "Calls so marked were chosen by lot: please listen to the recording, write “heard”, and say whether the words are right.",
)
_ASSISTED = (
    f"The page {ASSISTED}",
    "An LLM's answer stands beside each cell. Read first, then write “ok” to take it, or your own. In no rate or comparison.",
)
_PICKED = (
    "Picked by hand",
    "The last rows, so marked, were added by a person and not drawn. Answer them like the others; they count in no figure.",
)


def write_instructions(sheet: Worksheet, rubric: Rubric, forms: Sequence[Form]) -> None:
    """Write the page for the calls of these forms. Everything on it is locked."""
    rows = [row for form in forms if form.is_of_calls for row in form.rows]
    picked, identity = sum(row.item.probability is None for row in rows), forms[0].identity
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    put_text(sheet["B1"], f"Grading week {identity.week}", "title")
    put_text(
        sheet["B2"],
        f"for {identity.grader} · {_counted(len(rows) - picked, picked)} · rubric {rubric.id}, version {rubric.version}",
        "subtitle",
    )
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 34, 20
    put_link(sheet["B3"], "Start: the scores ▸", SCORES, "A1")
    sheet.row_dimensions[3].height = 24
    row = _pairs(sheet, 5, "How it goes", _STEPS)
    row = _pairs(sheet, row + 1, "Rules, in two minutes", _rules(forms, picked=bool(picked)))
    row = _questions(sheet, row + 1, "The questions", asked_of_people(rubric, "call"))
    turns = asked_of_people(rubric, "turn")
    row = _questions(sheet, row + 1, f"The questions of single turns (page {TURNS})", turns) if turns else row
    if rubric.policy.strip():
        _pairs(sheet, row + 1, "The policy", list(_policy(rubric.policy)))
    finish_page(sheet)


def _rules(forms: Sequence[Form], *, picked: bool) -> tuple[tuple[str, str], ...]:
    """The rules of every sheet, then those of what is on this one."""
    heard = any(row.heard for form in forms for row in form.rows)
    assisted = any(form.is_assisted for form in forms)
    more = {_ASSISTED: assisted, _HEARD: heard, _PICKED: picked}
    return (*_RULES, _BLIND if not assisted else _BLIND_ON_SCORES, *(rule for rule, holds in more.items() if holds))


def _counted(drawn: int, picked: int) -> str:
    """How many calls, such as "35 calls and 1 picked by hand"."""
    return f"{drawn} {'call' if drawn == 1 else 'calls'}" + (f" and {picked} picked by hand" if picked else "")


def _policy(policy: str) -> Iterator[tuple[str, str]]:
    for paragraph in policy.strip().split("\n\n"):
        for part in split_text(paragraph, 1_500):
            yield "", part


def _section(sheet: Worksheet, row: int, heading: str) -> int:
    for at in range(2, len(_WIDTHS) + 1):
        put_text(sheet.cell(row, at), heading if at == 2 else "", "section")
    sheet.row_dimensions[row].height = 24
    return row + 1


def _pairs(sheet: Worksheet, row: int, heading: str, pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> int:
    """A heading and rows of a word and what it means, the latter over two columns; gives the next free row."""
    row = _section(sheet, row, heading)
    for word, meaning in pairs:
        put_text(sheet.cell(row, 2), word, "strong")
        put_text(sheet.cell(row, 3), meaning, "wrapped")
        put_text(sheet.cell(row, 4), "", "wrapped")
        sheet.merge_cells(start_row=row, start_column=3, end_row=row, end_column=4)
        sheet.row_dimensions[row].height = row_height([(word, _WIDTHS[1]), (meaning, _WIDTHS[2] + _WIDTHS[3])])
        row += 1
    return row


def _questions(sheet: Worksheet, row: int, heading: str, criteria: list[Criterion]) -> int:
    row = _section(sheet, row, heading)
    for criterion in criteria:
        texts = (title(criterion.id), _asks(criterion), answers_text(criterion))
        for at, (text, style) in enumerate(zip(texts, ("strong", "wrapped", "wrapped"), strict=True), start=2):
            put_text(sheet.cell(row, at), text, style)
        sheet.row_dimensions[row].height = row_height(list(zip(texts, _WIDTHS[1:], strict=True)))
        row += 1
    return row


def _asks(criterion: Criterion) -> str:
    """The question and when it is asked."""
    only = [f"Asked only when {criterion.when}."] if criterion.when else []
    heard = ["Only for calls you listened to; else N/A."] if criterion.heard else []
    return "\n".join([criterion.question, *only, *heard])
