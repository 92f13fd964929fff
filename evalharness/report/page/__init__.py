"""The page: report.html of a week, and index.html of all weeks. Self-contained: no script, no request, readable anywhere.

What it says is worded in the modules beside this room, and its tables of details are the workbook's, written on another page.
"""
