"""Writing tables: indices become identifiers and dates; long tables are Parquet, short ones CSV."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sources.pretend.history import History
from sources.pretend.marks import CODES, MARK, Grid, minutes_late
from sources.pretend.population import Schools
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS, Terms

CSV_LIMIT = 200_000  # rows; anything longer is Parquet


@dataclass(frozen=True)
class Names:
    """Identifiers of pupils and schools, and the date of each day index."""

    pupils: npt.NDArray[np.object_]
    schools: npt.NDArray[np.object_]
    dates: npt.NDArray[np.datetime64]
    start: np.datetime64

    def day(self, index: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
        """Dates of day indices; beyond the axis the weeks go on, and a negative index is no date."""
        whole = np.asarray(index, dtype=np.int64)
        dates = self.start + (whole // DAYS * 7 + whole % DAYS).astype("timedelta64[D]")
        return np.where(whole < 0, np.datetime64("NaT", "D"), dates)


def make_names(seed: int, n: int, schools: Schools, terms: Terms) -> Names:
    """Pupil identifiers in an order that says nothing."""
    number = stream(seed, "identifiers").permutation(n)
    pupils = np.array([f"p{k:06d}" for k in number], dtype=object)
    return Names(pupils, np.array(schools.ids, dtype=object), terms.dates, np.datetime64(terms.start, "D"))


def write_table(out: Path, name: str, frame: pd.DataFrame) -> None:
    """One table as CSV, or as Parquet when it is long; dates are dates."""
    if len(frame) > CSV_LIMIT or name == "lessons":
        write_parquet(out / f"{name}.parquet", frame)
    else:
        frame.to_csv(out / f"{name}.csv", index=False, date_format="%Y-%m-%d", lineterminator="\n")


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """One frame as Parquet, with day-precision dates as the type date and no pandas metadata."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    fields = [f.with_type(pa.date32()) if pa.types.is_timestamp(f.type) else f for f in table.schema]
    fields = [f.with_type(pa.string()) if pa.types.is_large_string(f.type) else f for f in fields]
    pq.write_table(table.cast(pa.schema(fields)), path, compression="zstd")


ATTENDANCE = pa.schema(
    [
        ("pupil_id", pa.dictionary(pa.int32(), pa.string())),
        ("school_id", pa.dictionary(pa.int16(), pa.string())),
        ("date", pa.date32()),
        ("session", pa.dictionary(pa.int8(), pa.string())),
        ("code", pa.dictionary(pa.int8(), pa.string())),
        ("minutes_late", pa.int16()),
    ]
)


def write_attendance(out: Path, seed: int, names: Names, history: History, marks: Grid) -> int:
    """Every mark, a row group a month of four weeks; returns the number of rows."""
    minutes, used, rows = minutes_late(marks, seed), 0, 0
    pupils, schools = pa.array(names.pupils, pa.string()), pa.array(names.schools, pa.string())
    with pq.ParquetWriter(
        out / "attendance.parquet",
        ATTENDANCE,
        compression="snappy",
        store_schema=False,
        write_statistics=True,
    ) as writer:
        step = max(1, min(20, 4_000_000 // max(marks.shape[2] * 2, 1))) * 1
        for first in range(0, len(marks), step):
            block = marks[first : first + step]
            day, session, pupil = np.nonzero(block)
            if not len(day):
                continue
            code = block[day, session, pupil]
            late = np.flatnonzero((code == MARK["L"]) | (code == MARK["U"]))
            table = _attendance_table(
                names,
                history,
                pupils,
                schools,
                day + first,
                session,
                pupil,
                code,
                late,
                minutes[used : used + len(late)],
            )
            used, rows = used + len(late), rows + len(day)
            writer.write_table(table)
    return rows


def _attendance_table(
    names: Names,
    history: History,
    pupils: pa.Array,
    schools: pa.Array,
    day: npt.NDArray[np.int64],
    session: npt.NDArray[np.int64],
    pupil: npt.NDArray[np.int64],
    code: Grid,
    late: npt.NDArray[np.int64],
    minutes: npt.NDArray[np.int16],
) -> pa.Table:
    """One block of marks as an Arrow table."""
    number = names.dates.astype(np.int32)[day]
    school = history.school[pupil, day // DAYS]
    value, blank = np.zeros(len(day), dtype=np.int16), np.ones(len(day), dtype=np.bool_)
    value[late], blank[late] = minutes, False
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(pa.array(pupil.astype(np.int32)), pupils),
            pa.DictionaryArray.from_arrays(pa.array(school), schools),
            pa.array(number, pa.int32()).cast(pa.date32()),
            pa.DictionaryArray.from_arrays(pa.array(session.astype(np.int8)), pa.array(["AM", "PM"])),
            pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int8)), pa.array(CODES)),
            pa.array(value, mask=blank),
        ],
        schema=ATTENDANCE,
    )
