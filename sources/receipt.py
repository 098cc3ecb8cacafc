"""The receipt of a load: what was read, what was kept, what was set aside, and what was said about it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TableReceipt:
    """One table's rows: rows_in = kept + quarantined + duplicates, always; `latest` is the latest event the store
    then holds, `reasons` how many rows were set aside for each reason, `files` the name, bytes and sha256 of each
    file read."""

    rows_in: int
    kept: int
    quarantined: int
    duplicates: int
    latest: str | None = None
    reasons: Mapping[str, int] | None = None
    files: Sequence[Mapping[str, str | int]] = ()


@dataclass(frozen=True)
class Receipt:
    """A load: its number (0 where it changed nothing), every table, notes for people, and the store's data hash."""

    load: int
    tables: Mapping[str, TableReceipt]
    notes: tuple[str, ...]
    data_hash: str

    def as_json(self) -> dict[str, Any]:
        """`tables` (name → the fields of `TableReceipt`), `load`, `notes` and `data_hash`."""
        return {
            "load": self.load,
            "tables": {
                name: asdict(table) | {"files": list(table.files)} for name, table in self.tables.items()
            },
            "notes": list(self.notes),
            "data_hash": self.data_hash,
        }

    def in_words(self) -> str:
        """The receipt as a table of at most 80 columns, for a terminal."""
        lines = [f"{'table':14}{'rows in':>12}{'kept':>12}{'set aside':>12}{'duplicates':>12}  latest"]
        lines += [
            f"{name:14}{t.rows_in:>12,}{t.kept:>12,}{t.quarantined:>12,}{t.duplicates:>12,}  {t.latest or ''}"
            for name, t in self.tables.items()
        ]
        return "\n".join([*lines, *self.notes])
