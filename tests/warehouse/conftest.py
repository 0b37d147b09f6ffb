import shutil
from pathlib import Path

import pytest

from tests.warehouse.newsroom import Files
from warehouse.connection import open_build


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty build file; migrating one takes longer than most tests."""
    files = Files(tmp_path_factory.mktemp("migrated"))
    with open_build(files.build):
        pass
    return files.build.path


@pytest.fixture
def files(tmp_path: Path, migrated: Path) -> Files:
    made = Files(tmp_path)
    made.build.path.parent.mkdir()
    shutil.copyfile(migrated, made.build.path)
    return made
