"""The house: imports run one way, and the two libraries that call the outside world stay in their own rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("configs", "sources", "features", "models", "watchlists", "reports", "pipelines")
MAY_IMPORT = {
    "configs": set(), "sources": {"configs"}, "features": {"sources", "configs"},
    "models": {"features", "sources", "configs"}, "watchlists": {"models", "features", "sources", "configs"},
    "reports": {"watchlists", "models", "features", "sources", "configs"}, "pipelines": set(FLOORS),
}  # fmt: skip
KEPT_IN = {"prefect": "pipelines/", "mlflow": "models/registry.py"}
CLOCKS = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_imports_run_one_way() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules()
        for name in imports(tree)
        if name in FLOORS and name != path.parts[0] and name not in MAY_IMPORT[path.parts[0]]
    ]
    assert wrong == []


@pytest.mark.parametrize(("library", "room"), KEPT_IN.items())
def test_a_library_stays_in_its_room(library: str, room: str) -> None:
    found = {path.as_posix() for path, tree in modules() if library in set(imports(tree))}
    assert found
    assert all(path.startswith(room) for path in found), found


def test_the_clock_is_read_only_in_the_shell() -> None:
    wrong = [
        str(path)
        for path, tree in modules()
        if path.parts[0] != "pipelines"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS
    ]  # fmt: skip
    assert wrong == []


def test_nothing_that_can_run_is_ever_loaded() -> None:
    wrong = [
        str(path)
        for path, tree in modules()
        if {"pickle", "joblib", "dill", "cloudpickle"} & set(imports(tree))
    ]
    assert wrong == []
