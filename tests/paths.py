"""Where tests find what is not theirs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "cases"
"""Pairs of an input file and what is right."""
SHARED = ROOT.parent / "shared"
"""Real feeds, pages and annotated news beside a checkout; tests that use them skip where they are missing."""
