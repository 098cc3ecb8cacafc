"""What a pupil or a parent may ask for: all that is held, from every place, of that pupil alone. What is shown is what
`handrail forget` takes away."""

import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from configs.refusals import BadSettings
from features.tonight import KEPT_AT
from pipelines import runs
from pipelines.cli import handrail
from pipelines.forgetting import forget
from pipelines.subject_access import AS_JSON, AS_PAGE, all_held
from sources.audit import append
from sources.store import Store
from tests.sources.a_folder import load, write
from watchlists.answers import Answer, save
from watchlists.opaque import opaque_of
from watchlists.people import load_people

PEOPLE = (
    "pupil_id,first_name,last_name,own_words\nann,Ann,<b>Archer</b>,I like maps\nben,Ben,Other,I like bread\n"
)
NOON = datetime(2025, 9, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The week, with a corrected mark and one set aside, a list, what staff said, and looks in the log."""
    root = tmp_path / "store"
    load(write(tmp_path / "exports", people=PEOPLE), Store(root))
    later = write(tmp_path / "later", attendance="""
        pupil_id,school_id,date,session,code
        ann,oak,2025-09-02,AM,M
        ann,oak,2025-09-02,PM,never such a code""")  # fmt: skip
    load(later, Store(root), date(2025, 10, 2))
    load_people(tmp_path / "exports" / "people.csv", root)
    opaque = opaque_of(root)
    part = runs.begin(root, date(2025, 9, 2))
    rows = pd.DataFrame({"pupil_id": ["ann", "ben"], "school_id": "oak", "p_escalation": [0.123, 0.456]})
    rows.to_parquet(part / "scores.parquet", index=False)
    runs.write_json(
        part / "cards.json", {"pupils": {one: {"text": f"card of {one}"} for one in ("ann", "ben")}}
    )
    moves = [{"case": opaque.of("pupil", one), "kind": f"move of {one}"} for one in ("ann", "ben")]
    runs.write_json(part / "report-movements.json", {"register": moves})
    receipt = {
        "as_of": "2025-09-02",
        "alerts": [{"pupil_id": one, "words": f"alert of {one}"} for one in ("ann", "ben")],
    }
    runs.make_current(root, runs.finish(part, receipt), runs.fence_of(part))
    (root / KEPT_AT).parent.mkdir()
    pd.DataFrame({"pupil_id": ["ann", "ben"], "sum": [31, 32]}).to_parquet(root / KEPT_AT)
    for one in ("ann", "ben"):
        save(root, Answer(one, "oak", "agree", f"note on {one}", "2025-09-02", "r.okafor", NOON))
        append(root, NOON, "viewed", by=f"whoever saw {one}", pupil=opaque.of("pupil", one))
    return root


def test_it_tells_from_every_place_what_is_held_and_of_nobody_else(store: Path) -> None:
    told = json.dumps(all_held(store, "ann"), default=str)
    for said in (
        "2013-10-09", "I like maps", "never such a code", "0.123", "card of ann", "move of ann", "alert of ann",
        "note on ann", "whoever saw ann", '"sum": 31',
    ):  # fmt: skip
        assert said in told, said
    for other in ("ben", "bread", "0.456", '"sum": 32', opaque_of(store).of("pupil", "ben")):
        assert other not in told, other


def test_a_corrected_record_is_told_as_it_was_and_as_it_is(store: Path) -> None:
    marks = all_held(store, "ann")["attendance"]
    assert {row["code"] for row in marks if str(row["date"]) == "2025-09-02" and row["session"] == "AM"} == {
        "I",
        "M",
    }


def test_nothing_is_left_once_the_pupil_is_forgotten(store: Path) -> None:
    forget(store, "ann", store.parent / "key")
    left = all_held(store, "ann")
    assert set(left) == {"audit log"}  # who looked at an address that leads nowhere now


def asked(store: Path, *words: str) -> Result:
    key = str(store.parent / "key")
    return CliRunner().invoke(handrail, ["subject-access", *words, "--store", str(store), "--key-file", key])


def test_the_command_writes_both_for_its_owner_alone_and_notes_it(store: Path, tmp_path: Path) -> None:
    done = asked(store, "ann", "--to", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    for name in (AS_JSON, AS_PAGE):
        assert stat.S_IMODE((tmp_path / "out" / name).stat().st_mode) == 0o600
    page = (tmp_path / "out" / AS_PAGE).read_text(encoding="utf-8")
    assert "&lt;b&gt;Archer" in page
    assert "<b>Archer" not in page
    assert json.loads((tmp_path / "out" / AS_JSON).read_text(encoding="utf-8"))["pupil_id"] == "ann"
    last = json.loads((store / "audit" / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["pupil"]) == ("subject access", opaque_of(store).of("pupil", "ann"))
    assert "Archer" not in done.output


def test_no_such_pupil_and_no_such_place_are_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    for words, said in (
        (("nobody", "--to", str(tmp_path / "out")), "no pupil of that id"),
        (("ann", "--to", str(store / "out")), "lies in the store"),
        (("ann", "--to", str(tmp_path / "full")), "is not empty"),
    ):
        done = asked(store, *words)
        assert isinstance(done.exception, BadSettings)
        assert said in str(done.exception)
    assert not (tmp_path / "out").exists()
