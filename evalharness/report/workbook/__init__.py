"""The workbook an owner opens: this week, calls to hear, disagreements, calls and scores, transcripts,
details, trend, method.

One module a sheet; page.py places cells, looks.py adds the styles only the workbook needs, book.py binds the sheets.
"""

from evalharness.report.workbook.book import write_workbook

__all__ = ["write_workbook"]
