"""Measurements; `docs/benchmarks.md` has the commands and what came out."""
