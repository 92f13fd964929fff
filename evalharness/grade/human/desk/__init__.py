"""The grading desk: a local page on which people grade blind, by keyboard, every answer kept as it is given."""
