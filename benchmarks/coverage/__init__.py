"""How often the statistics hold the truth, by seeded simulation: `python -m benchmarks.coverage`. One file a method."""
