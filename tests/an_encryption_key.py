"""The key under which names, notes and backups are encrypted, given as a school gives it."""

from pathlib import Path

import pytest

from sources.encryption import VARIABLE


def with_key(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str = "encryption", digit: str = "a"
) -> Path:
    """The file of a key of 64 such digits, its owner's alone, named in the environment."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_text(digit * 64 + "\n", encoding="ascii")
    monkeypatch.setenv(VARIABLE, str(path))
    return path
