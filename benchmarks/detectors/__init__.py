"""How well the detectors find what people marked in calls: `python -m benchmarks.detectors`. Labels: tests/data/detectors."""
