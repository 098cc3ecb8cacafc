"""Whatever is loaded, in whatever order: `as_known` gives what a person with a notebook would have known."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.as_known import as_known
from sources.store import Store
from tests.sources.a_folder import load, plain_rows, write

START = date(2025, 9, 1)
Notebook = dict[int, list[tuple[int, str]]]
WITHDRAWN = "withdrawn"
CODES = st.sampled_from([*"N/IO", WITHDRAWN])
LOADS = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 6), CODES, min_size=1, max_size=4), st.integers(0, 9)
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def note(notebook: Notebook, marks: dict[int, str], seen: int) -> None:
    """Notes one load of day → code: versions of each day's mark, each with the day it was known. A withdrawal is told
    with the day of the load."""
    latest = max(notebook, default=-1)
    for day, code in marks.items():
        versions = notebook.setdefault(day, [])
        if code == WITHDRAWN:
            if not any(known >= seen for known, said in versions if said == WITHDRAWN):
                versions.append((max([seen, *(known for known, _ in versions)]), code))
        elif not versions:
            versions.append((day if day > latest else max(seen, day), code))
        elif versions[-1][1] != code:
            versions.append((max(seen, versions[-1][0]), code))


def known_then(notebook: Notebook, as_of: int) -> dict[int, str]:
    """Day → code as the notebook says it was known."""
    known = {day: [code for known, code in versions if known <= as_of] for day, versions in notebook.items()}
    return {
        day: codes[-1] for day, codes in known.items() if codes and codes[-1] != WITHDRAWN and day <= as_of
    }


@given(LOADS)
@settings(max_examples=15, deadline=None)
def test_as_known_is_what_a_notebook_would_say(loads: list[tuple[dict[int, str], int]]) -> None:
    notebook: Notebook = {}
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "store")
        for number, (marks, seen) in enumerate(loads):
            lines = ["pupil_id,school_id,date,session,code,withdrawn_on"]
            lines += [
                f"ann,oak,{START + timedelta(day)},AM,"
                + (f"/,{START + timedelta(seen)}" if code == WITHDRAWN else f"{code},")
                for day, code in marks.items()
            ]
            load(
                write(Path(place) / str(number), attendance="\n".join(lines)), store, START + timedelta(seen)
            )
            note(notebook, marks, seen)
        marks_held = {"attendance": store.tables()["attendance"]}
        for as_of in range(-1, 12):
            known = plain_rows(as_known(marks_held, START + timedelta(as_of))["attendance"].to_pyarrow())
            held = {(date.fromisoformat(row["date"]) - START).days: row["code"] for row in known}
            assert len(held) == len(known)
            assert held == known_then(notebook, as_of)
