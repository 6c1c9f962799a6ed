"""Measurements of the planner; run `python -m benchmarks` for the list."""
