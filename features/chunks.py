"""The same features a few schools at a time, so that any number of pupils fits in the same memory.

A chunk is whole schools, because the surroundings of a pupil are their whole school. The pupils of a chunk who were
ever recorded at another school bring those rows with them: such rows are set apart once, and everything else is read
by school.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from features.calendar import days_of
from features.catalogue import CATALOGUE, Feature
from features.engine import as_matrix, features_at, spine_of
from features.facts import DATED
from features.kept import cohort_of, in_place_of
from sources.store import quoted

PUPILS_AT_ONCE = 20_000
MEMORY = "5GB"  # for the engine; the process needs a little more
OPEN = "open"  # where the cohort of the open schools is kept
ORDER = ("as_of", "school_id", "pupil_id")


class Chunks:
    """Canonical tables held by one DuckDB, opened on one group of schools after another."""

    def __init__(
        self, tables: Mapping[str, ir.Table], as_of: Iterable[date], pupils_at_once: int = PUPILS_AT_ONCE
    ) -> None:
        self._engine: Any = tables["enrolments"].get_backend()
        self._pupils_at_once = pupils_at_once
        self._enrolments = tables["enrolments"]
        self.schools = in_place_of(self._engine, "chunk", self._enrolments.select("school_id").limit(0))
        self.tables = {**tables, **self._opened(tables)}
        self.moments = sorted(set(as_of))
        self._days = days_of(tables)
        self._spine = spine_of(tables, self._days, self.moments).semi_join(self.schools, "school_id")
        self.cohort = cohort_of(self._spine, OPEN)

    def __iter__(self) -> Iterator[list[str]]:
        """Opens each group of schools in turn: `tables` and `cohort` then hold its pupils and no others'."""
        for schools in self._groups():
            in_place_of(self._engine, "chunk", ibis.memtable({"school_id": schools}))
            self.cohort = cohort_of(self._spine, OPEN)
            yield schools

    def features(self, catalogue: Sequence[Feature]) -> ir.Table:
        """The features of whichever schools are open when it is worked out."""
        return features_at(self.tables, self.cohort, self._days, self.moments, catalogue)

    def _groups(self) -> Iterator[list[str]]:
        """Neighbouring schools with about so many pupils between them."""
        sizes = self._enrolments.group_by("school_id").agg(pupils=self._enrolments.pupil_id.nunique())
        group: list[str] = []
        held = 0
        for school, pupils in sizes.order_by("school_id").to_pandas().itertuples(index=False):
            if group and held + pupils > self._pupils_at_once:
                yield group
                group, held = [], 0
            group, held = [*group, str(school)], held + pupils
        if group:
            yield group

    def _opened(self, tables: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
        """The tables of dated facts, each as the rows of the open schools and of their pupils elsewhere."""
        movers = in_place_of(self._engine, "movers", _movers(tables))
        here = self._enrolments.semi_join(self.schools, "school_id").select("pupil_id").distinct()
        opened = {}
        for name in DATED:
            rows = tables[name]
            apart = in_place_of(self._engine, f"apart_{name}", rows.semi_join(movers, "pupil_id"))
            stayed = rows.semi_join(self.schools, "school_id").anti_join(movers, "pupil_id")
            opened[name] = stayed.union(apart.semi_join(here, "pupil_id"))
        return opened


def _movers(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Pupils enrolled at more than one school, or with anything recorded where they were never enrolled."""
    stays = tables["enrolments"].select("pupil_id", "school_id").distinct()
    several = stays.group_by("pupil_id").agg(schools=stays.count())
    several = several.filter(several.schools > 1).select("pupil_id")
    strays = [tables[name].anti_join(stays, ["pupil_id", "school_id"]).select("pupil_id") for name in DATED]
    return reduce(lambda left, right: left.union(right), strays, several).distinct()


def matrix_parts(
    tables: Mapping[str, ir.Table], as_of: Sequence[date], catalogue: Sequence[Feature] = CATALOGUE,
    pupils_at_once: int = PUPILS_AT_ONCE,
) -> Iterator[tuple[dict[str, ir.Table], pd.DataFrame]]:  # fmt: skip
    """The feature matrix of one group of whole schools after another, each as `features.engine.feature_matrix` would
    have it, with the tables as they are open on those schools."""
    chunks = Chunks(tables, as_of, pupils_at_once)
    rows = chunks.features(catalogue)
    for _ in chunks:
        yield chunks.tables, as_matrix(rows, catalogue)


def write_matrix(
    tables: Mapping[str, ir.Table], as_of: Sequence[date], folder: Path,
    catalogue: Sequence[Feature] = CATALOGUE, pupils_at_once: int = PUPILS_AT_ONCE,
) -> None:  # fmt: skip
    """Writes the feature matrix to the folder as Parquet, a file for each group of schools, in bounded memory: the
    columns of `features.engine.feature_matrix`, each file sorted by as_of, school_id, pupil_id."""
    folder.mkdir(parents=True, exist_ok=True)
    chunks = Chunks(tables, as_of, pupils_at_once)
    rows = chunks.features(catalogue)
    engine: Any = chunks.schools.get_backend()
    engine._run_pre_execute_hooks(rows)
    asked = engine.compile(rows.order_by(ORDER))
    with _in_bounds(engine):
        for number, _ in enumerate(chunks):
            target = quoted(str(folder / f"part-{number:05}.parquet"))
            engine.raw_sql(f"COPY ({asked}) TO {target} (FORMAT parquet)")


@contextmanager
def _in_bounds(engine: Any) -> Iterator[None]:
    """The engine kept to MEMORY. Left to itself it takes four fifths of the machine, and keeps what one group of
    schools took while it reads the next."""
    engine.raw_sql(f"SET memory_limit = '{MEMORY}'")
    try:
        yield
    finally:
        engine.raw_sql("RESET memory_limit")
