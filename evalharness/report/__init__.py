"""Stage 5: a WeekSummary becomes something an owner reads. Reporters format; they compute nothing."""
