"""The grading sheet: one workbook a grader and week. Written, filled in by a person, read back, turned into grades.

    data = write_sheet(sample, rubric, grader="Anna Keller", positions=range(1, 36), own=Own(grades))
    reading = read_sheet(data, "Anna Keller.xlsx")
    grades, problems = grades_from(reading, sample, rubric, Own(grades), at=now)    # show reading.problems + problems

What is typed is kept or named. The rules of keeping:

- A grade comes only from a cell whose answer differs from the grader's newest grade of that call, question and turn; the
  same file twice gives nothing. An emptied cell deletes nothing and is named; N/A or another answer changes it.
- The note, the evidence turn and the mark "transcript wrong" belong to the row. They are kept on every grade written with
  them and always on the row's first graded question in form order; where only they changed, that one is written anew. A new
  evidence turn reaches every answer of the row that has no other evidence of its own.
- "Heard" or "read" belongs to the row: a change writes every grade of it anew; an empty cell means read, or what it was.
- A skip reason without any score makes every question of the call ungraded (skipped); "transcript wrong" makes the empty
  ones ungraded (transcript).
- A cell that says again what stood there before, in a file that was neither written nor read since that was changed, is an old
  copy's: it is named and changes nothing.
- What a person answers of a call whose LLM answers they have been shown is assisted, all of it. "ok" takes the LLM's answer that
  stood beside the cell when the sheet was written, whatever the LLM says by now.
"""

from __future__ import annotations

from evalharness.grade.human.grades import assisted_in, grades_from
from evalharness.grade.human.own import NOTHING, File, Own
from evalharness.grade.human.read import read_sheet
from evalharness.grade.human.reading import Answer, CellProblem, RowReading, SheetReading, says_the_same
from evalharness.grade.human.write import write_sheet

__all__ = [
    "NOTHING",
    "Answer",
    "CellProblem",
    "File",
    "Own",
    "RowReading",
    "SheetReading",
    "assisted_in",
    "grades_from",
    "read_sheet",
    "says_the_same",
    "write_sheet",
]
