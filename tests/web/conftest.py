"""The fixtures of the warehouse's tests."""

from tests.warehouse.conftest import files, migrated

__all__ = ["files", "migrated"]
