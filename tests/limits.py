"""How long tests wait. No test measures speed by the clock: a busy machine is no failure."""

HANG_S = 600.0
"""For what must come, however long it takes: only a hang reaches it. `timeout` in pyproject.toml is longer."""
