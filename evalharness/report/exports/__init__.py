"""The week for machines: tidy tables with their dictionary, summary.json with its schema, summary.md, events for a collector.

Every file is made of a WeekSummary alone, without a clock: the same summary gives the same bytes. docs/exports.md.
"""
