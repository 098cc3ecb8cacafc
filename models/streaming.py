"""A nation's scores and reasons: features in a Parquet file, chances and points in another, some thousands of rows in
memory at a time, whatever the number of pupils."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from configs.refusals import BadData
from features.catalogue import CATALOGUE, FAMILIES
from models.scoring import RANKED_BY, coherent
from models.shelf import Model

ROWS_AT_ONCE = 131_072
KEYS = ("pupil_id", "school_id", "as_of")


def score_file(model: Model, source: Path, to: Path, rows_at_once: int = ROWS_AT_ONCE) -> int:
    """Writes a row for each row of `source` (keys and features, as `feature_matrix` has them) and returns how many.

    Columns: those keys that are there, p_<outcome> for each outcome with a model (0 to 1), and points_<family>, the
    points toward escalation (log-odds) of each reason family. Refused (BadData) where a feature is lacking. Places in a
    school's list are no part of it: they need the whole school, and are one window function over the result. Features
    that no curve moves with are not read.
    """
    file = pq.ParquetFile(source, memory_map=True)
    names = list(model.manifest["features"])
    lacking = [name for name in names if name not in file.schema_arrow.names]
    if lacking:
        raise BadData(
            f"{source} lacks the features {', '.join(lacking)}. Make it with this version of Handrail."
        )
    keys = [name for name in KEYS if name in file.schema_arrow.names]
    schema = pa.schema([*(file.schema_arrow.field(name) for name in keys), *_told_fields(model)])
    moving = model.lookup.wanted
    wanted = [name for name in names if name in moving]
    with pq.ParquetWriter(to, schema, use_dictionary=keys) as out:
        for batch in _ahead(file.iter_batches(rows_at_once, columns=[*keys, *wanted])):
            unread = np.zeros(batch.num_rows)
            values = [_numbers(batch.column(name)) if name in wanted else unread for name in names]
            told = [*(batch.column(name) for name in keys), *_told(model, values)]
            out.write_batch(pa.record_batch(told, schema=schema))
    return int(file.metadata.num_rows)


def _told_fields(model: Model) -> list[pa.Field]:
    chances = [pa.field(f"p_{outcome}", pa.float64()) for outcome in model.scorecards]
    return [*chances, *(pa.field(f"points_{family}", pa.float32()) for family in FAMILIES)]


def _told(model: Model, values: list[np.ndarray]) -> list[np.ndarray]:
    """Chances of each outcome, then points toward escalation of each family, from one look-up of each value."""
    cards = list(model.scorecards.values())
    margins = np.repeat(np.array([card.base for card in cards])[:, None], len(values[0]), axis=1)
    families = np.zeros((len(FAMILIES), len(values[0])))
    ranked = list(model.scorecards).index(RANKED_BY) if RANKED_BY in model.scorecards else None
    place_of = {feature.name: FAMILIES.index(feature.family) for feature in CATALOGUE}
    family_of = [place_of[column.feature] for column in model.lookup.columns]
    for rows, place, tables, codes in model.lookup.codes(values):
        for card, points in enumerate(tables):
            found = points.take(codes, mode="clip")
            margins[card, rows] += found
            if card == ranked:
                families[family_of[place], rows] += found
    chances = coherent({c.outcome: c.calibrate(margin) for c, margin in zip(cards, margins, strict=True)})
    return [*chances.values(), *families.astype("float32")]


def _numbers(column: pa.Array) -> np.ndarray:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype="float64")


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, the next one being read while one is worked on."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch
