"""A small store with all that a store may have, made once a file; each test has a copy, its key beside it."""

import shutil
from pathlib import Path

import pytest

from tests.pipelines.a_whole_store import a_whole_store


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_whole_store(tmp_path_factory.mktemp("first"))


@pytest.fixture
def store(first: Path, tmp_path: Path) -> Path:
    shutil.copy2(first / "key", tmp_path / "key")
    return Path(shutil.copytree(first / "store", tmp_path / "store"))
