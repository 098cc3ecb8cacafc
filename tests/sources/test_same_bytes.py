"""The same records give the same files, byte for byte, whatever the number of threads."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from configs.settings import load_settings
from sources import ingest as ingesting
from sources.ingest import ingest
from sources.store import Store
from tests.sources.a_folder import write

PUPILS, DAYS = (
    1_500,
    130,
)  # some 390,000 marks: more than three of DuckDB's row groups, so that threads share them


def a_large_register(folder: Path) -> Path:
    pupils = "pupil_id,date_of_birth,sex,ethnicity\n" + "".join(f"p{n},,F,\n" for n in range(PUPILS))
    roll = "pupil_id,school_id,start_date,end_date,year_group\n" + "".join(
        f"p{n},oak,2025-01-06,,7\n" for n in range(PUPILS)
    )
    write(folder, pupils=pupils, enrolments=roll, attendance=None)
    duckdb.sql(f"""
        COPY (SELECT 'p' || p AS pupil_id, 'oak' AS school_id, DATE '2025-01-06' + d::INT AS date, s AS session,
              if(hash(p, d, s) % 20 = 0, 'I', if(s = 'AM', '/', '\\')) AS code
              FROM range({PUPILS}) t (p), range({DAYS}) u (d), (VALUES ('AM'), ('PM')) v (s) ORDER BY d, p, s)
        TO '{folder / "attendance.csv"}' (HEADER)""")
    return folder


@pytest.mark.slow
def test_one_thread_and_four_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, connect, told = a_large_register(tmp_path / "export"), duckdb.connect, []
    for threads in (1, 4):
        monkeypatch.setattr(ingesting.duckdb, "connect", lambda n=threads: connect(config={"threads": n}))
        store = Store(tmp_path / f"store-{threads}")
        receipt = ingest(folder, store, date(2025, 9, 1), load_settings())
        assert receipt.tables["attendance"].kept == PUPILS * DAYS * 2
        told.append([(file["table"], file["rows"], file["sha256"]) for file in store.manifest()["files"]])
    assert told[0] == told[1]
