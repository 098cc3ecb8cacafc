"""Models on the shelf: a folder each in the store, read back only if every byte is as it was written.

A model is a table (`scorecard.parquet`) and a manifest; nothing in it can run. Which one is champion stands in an
append-only ledger, so that it can always be said who was champion when, and who said so.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from configs.refusals import BadData, BadSettings, nearest
from features.catalogue import CATALOGUE, catalogue_hash
from models.bags import Bags
from models.lookup import Lookup
from models.pair_table import pair_table, pairs_of
from models.scorecard import Scorecard, from_table

SCORECARD, PAIRS, BAGS = "scorecard.parquet", "pairs.parquet", "bags.parquet"
MANIFEST, LEDGER = "manifest.json", "ledger.jsonl"


@dataclass(frozen=True, eq=False)
class Model:
    """A compiled model as it stands on the shelf: a scorecard an outcome, the bags that say how sure each is, and the
    manifest that made it."""

    id: str
    manifest: Mapping[str, Any]
    scorecards: Mapping[str, Scorecard]
    bags: Mapping[str, Bags]

    @cached_property
    def lookup(self) -> Lookup:
        """The curves of every outcome, in the order of `scorecards`, so that a value's bin is found once for all."""
        return Lookup(list(self.scorecards.values()))

    def chances(self, values: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Each outcome's calibrated chances, as its own card gives them: `values` as `Lookup.margins` takes them."""
        cards = list(self.scorecards.values())
        if not cards:
            return {}
        margins = self.lookup.margins(values, [card.base for card in cards])
        return {card.outcome: card.calibrate(margin) for card, margin in zip(cards, margins, strict=True)}

    @property
    def passed(self) -> bool:
        """Whether the gate let it publish names."""
        return bool(self.manifest["gate"]["passed"])


def save(
    shelf: Path, scorecards: Mapping[str, Scorecard], sources: Mapping[str, str], facts: Mapping[str, Any],
    bags: Mapping[str, Bags] | None = None,
) -> Model:  # fmt: skip
    """Writes a model's folder and returns the model. Its id is a hash of its manifest, which holds the hash of every
    other file: the same training gives the same id. `sources` are the LightGBM texts the table was compiled from, for
    anyone to check it by."""
    bags = bags or {}
    files = {SCORECARD: _parquet_bytes([card.table() for card in scorecards.values()])}
    pairs = [pair_table(card) for card in scorecards.values() if card.pairs]
    if pairs:
        files[PAIRS] = _parquet_bytes(pairs)
    if bags:
        files[BAGS] = _parquet_bytes([one.table() for one in bags.values()])
    files |= {f"lightgbm_{outcome}.txt": source.encode() for outcome, source in sources.items()}
    manifest = {
        **facts,
        "features": [feature.name for feature in CATALOGUE],
        "feature_types": ["float64"] * len(CATALOGUE),
        "feature_units": [feature.unit for feature in CATALOGUE],
        "catalogue_hash": catalogue_hash(),
        "outcomes": {
            name: {"slope": card.slope, "intercept": card.intercept, **facts["outcomes"].get(name, {})}
            for name, card in scorecards.items()
        },
        "sha256": {name: hashlib.sha256(held).hexdigest() for name, held in files.items()},
    }
    text = json.dumps(manifest, indent=1, sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()[:12]
    folder = shelf / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, held in files.items():
        (folder / file).write_bytes(held)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return Model(name, manifest, dict(scorecards), dict(bags))


def load(shelf: Path, name: str) -> Model:
    """A model from the shelf. Refused (BadData) when any of its files was changed since, or when it was made from
    another catalogue of features than this version of Handrail has."""
    model = read(shelf, name)
    if model.manifest["catalogue_hash"] != catalogue_hash():
        raise BadData(f"Model {name} was made from another feature catalogue. Run `handrail train` again.")
    return model


def read(shelf: Path, name: str) -> Model:
    """A model from the shelf to look at, whatever catalogue it was made from. Refused (BadData) when any of its files
    was changed since. Tables and JSON are all that is ever read, and only after their hashes."""
    text = _bytes_of(shelf, name, MANIFEST)
    if hashlib.sha256(text).hexdigest()[:12] != name:
        raise BadData(f"Model {name}: {MANIFEST} was changed after training. Restore it or train again.")
    manifest = json.loads(text)
    if "sha256" not in manifest:
        raise BadData(f"Model {name} was made by an earlier version of Handrail. Run `handrail train` again.")
    files = {file: _bytes_of(shelf, name, file) for file in manifest["sha256"]}
    for file, held in files.items():
        if hashlib.sha256(held).hexdigest() != manifest["sha256"][file]:
            raise BadData(f"Model {name}: {file} was changed after training. Restore it or train again.")
    cards = {outcome: from_table(rows, line["slope"], line["intercept"])
             for outcome, line, rows in _tables(manifest, files[SCORECARD])}  # fmt: skip
    for outcome, _, rows in _tables(manifest, files.get(PAIRS)):
        cards[outcome] = dataclasses.replace(cards[outcome], pairs=pairs_of(rows))
    bags = {outcome: Bags.from_table(rows, cards[outcome])
            for outcome, _, rows in _tables(manifest, files.get(BAGS))}  # fmt: skip
    return Model(name, manifest, cards, bags)


def _tables(
    manifest: Mapping[str, Any], held: bytes | None
) -> Iterator[tuple[str, Mapping[str, float], pd.DataFrame]]:
    """Each outcome, its line of calibration, and its rows of a Parquet file; nothing where there is no file."""
    if held is not None:
        rows = pq.read_table(pa.BufferReader(held)).to_pandas()
        for outcome, line in manifest["outcomes"].items():
            yield outcome, line, rows[rows["outcome"] == outcome]


def _bytes_of(shelf: Path, name: str, file: str) -> bytes:
    try:
        return (shelf / name / file).read_bytes()
    except OSError as error:
        raise BadData(f"Model {name} cannot be read: {error.filename} is missing. Train again.") from error


def names(shelf: Path) -> list[str]:
    """The ids of the models on the shelf, in order."""
    return sorted(folder.name for folder in shelf.glob("*") if (folder / MANIFEST).exists())


def known(shelf: Path, name: str) -> str:
    """The id itself. Refused (BadSettings) where no model on the shelf has it."""
    held = names(shelf)
    if name not in held:
        raise BadSettings(f"There is no model {name}{nearest(name, held)}.")
    return name


def record_training(shelf: Path, name: str, as_of: str) -> None:
    """Writes in the ledger that a model was trained."""
    _write(shelf, {"event": "trained", "model": name, "as_of": as_of})


def promote(shelf: Path, name: str, by: str, reason: str, as_of: str, overlap: float | None = None) -> None:
    """Writes in the ledger that a model is champion from now on, who said so and why, and what share of the names of
    the list it takes over it would have named too."""
    beside = {} if overlap is None else {"names_kept": round(overlap, 4)}
    _write(shelf, {"event": "champion", "model": name, "as_of": as_of, "by": by, "reason": reason, **beside})


def rollback(shelf: Path, by: str, reason: str, as_of: str) -> str:
    """Makes the champion before this one champion again, who said so and why, and returns its id. Rolled back again, it
    is the one before that. Refused (BadSettings) where there was none before."""
    held = _reigns(shelf)
    if len(held) < 2:
        raise BadSettings("There is no champion before this one to go back to. See `handrail models list`.")
    back = {"event": "champion", "model": held[-2], "as_of": as_of, "by": by, "reason": reason}
    _write(shelf, {**back, "instead_of": held[-1]})
    return held[-2]


def ledger(shelf: Path) -> list[dict[str, Any]]:
    """What was trained and made champion, by whom and why, oldest first."""
    path = shelf / LEDGER
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def champion(shelf: Path) -> str | None:
    """The id of the model that may publish, or None where none has passed its gate yet."""
    return _last(shelf, "champion")


def newest(shelf: Path) -> str | None:
    """The id of the model trained last, whatever its gate said, or None where none was trained."""
    return _last(shelf, "trained")


def _reigns(shelf: Path) -> list[str]:
    """The champions from the first to the one that reigns, each once in turn: a roll back undoes the last."""
    held: list[str] = []
    for entry in (entry for entry in ledger(shelf) if entry["event"] == "champion"):
        if "instead_of" in entry:
            held.pop()
        elif not held or held[-1] != entry["model"]:
            held.append(entry["model"])
    return held


def _last(shelf: Path, event: str) -> str | None:
    found = [str(entry["model"]) for entry in ledger(shelf) if entry["event"] == event]
    return found[-1] if found else None


def _write(shelf: Path, entry: Mapping[str, Any]) -> None:
    with (shelf / LEDGER).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(entry) + "\n")


def _parquet_bytes(tables: Sequence[pd.DataFrame]) -> bytes:
    rows = pd.concat(tables, ignore_index=True) if tables else Scorecard("", 0.0, ()).table().head(0)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None), sink)
    return bytes(sink.getvalue().to_pybytes())
