"""The same seed gives the same bytes, another seed another trust; and imports stay within bounds."""

import ast
import hashlib
from datetime import date
from pathlib import Path

from sources.pretend import simulate

ALLOWED = {"sources", "numpy", "pandas", "pyarrow", "yaml"}
STANDARD = {"collections", "dataclasses", "datetime", "functools", "itertools", "pathlib", "typing", "zlib"}


def fingerprint(folder: Path) -> dict[str, str]:
    """A hash of every file."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_same_seed_same_bytes_and_other_seed_other_trust(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        simulate(tmp_path / name, schools=2, pupils=60, years=2, seed=seed)
    one, again, other = (fingerprint(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert one["attendance.parquet"] != other["attendance.parquet"]
    assert one["suspensions.csv"] != other["suspensions.csv"]


def test_data_end_where_asked_and_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    simulate(tmp_path, schools=1, pupils=60, years=1, end=date(2025, 3, 14), progress=told.append)
    calendar = (tmp_path / "calendar.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert max(line.split(",")[1] for line in calendar) == "2025-03-14"
    assert told


def test_the_simulator_imports_only_what_it_may() -> None:
    for path in Path(__file__).parents[2].glob("sources/pretend/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {n.split(".")[0] for n in names} <= ALLOWED | STANDARD, path
