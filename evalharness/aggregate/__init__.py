"""Stage 4: grades -> WeekSummary. Pure: no clock, no files; the same inputs give the same summary."""
