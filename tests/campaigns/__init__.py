"""Campaigns: many seeded misfortunes, and what must hold after each. `make campaign` runs them, `make test` not."""
