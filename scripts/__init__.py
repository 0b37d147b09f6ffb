"""Run by hand, from a checkout; not in the wheel."""
