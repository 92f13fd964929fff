"""Grades from people: the weekly grading sheet, written and read back."""
