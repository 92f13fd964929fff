"""Grades from people, from measurements and, later, from a language model: calls and a rubric in, grades out."""
