"""The threat model stays true: each threat has a defence and a test, and each test that it names is in the tree."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = [
    line.strip("| ").split(" | ")
    for line in PAGE.splitlines()
    if line.startswith("| ") and "threat |" not in line
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
KINDS = (
    6  # spoofing, tampering, repudiation, information disclosure, denial of service, elevation of privilege
)


@cache
def named_in(path: str) -> frozenset[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_threat_has_a_defence_and_a_test_that_is_there(row: list[str]) -> None:
    threat, defence, tried = row
    assert threat
    assert defence
    named = NAMED.findall(tried)
    assert named
    assert NAMED.sub("", tried).strip() == ""
    assert [f"{path}::{name}" for path, name in named if name not in named_in(path)] == []


def test_every_kind_of_threat_is_thought_of() -> None:
    assert PAGE.count("| threat | what stands against it | tried in |") == KINDS
    assert len(ROWS) > 30


def test_every_test_of_this_folder_that_tries_an_attack_is_named() -> None:
    files = {path for path, _ in NAMED.findall(PAGE)}
    here = {f"tests/security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert here - files == {"tests/security/test_threat_model.py"}
