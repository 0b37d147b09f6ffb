"""Where what Dateline brings along lies: the tables that a user may add to, and what was learnt or generated."""

from importlib.resources import files
from pathlib import Path

SEEDS = Path(str(files("seeds")))
"""Tables as CSV, to which the folder `seeds/` of Dateline's home adds rows, and the sample newsroom."""
MODELS = Path(str(files("models")))
"""Trained weights and generated tables."""
