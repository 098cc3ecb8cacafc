"""The commands of a data manager, run as one runs them."""

import json
import os
from pathlib import Path

from tests.pipelines.trust import handrail
from tests.sources.exports.a_system import ANN, BEN, REGISTER, SCHOOL, export

MARKS = "UPN,Date,Session,Mark\n" + "".join(
    f"{upn},{day:02}/09/2025,{half},/\n"
    for upn in (ANN, BEN)
    for day in range(1, 30)
    for half in ("AM", "PM")
)


def run(root: Path, *arguments: str | Path) -> str:
    done = handrail(*arguments, "--store", root / "store", HANDRAIL_KEY_FILE=str(root / "key"))
    assert done.returncode == 0, done.stderr
    assert ANN not in done.stdout + done.stderr
    return done.stdout


def test_from_a_folder_to_a_receipt_a_mended_row_and_a_pupil_forgotten(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS)
    assert "SIMS, session marks" in run(tmp_path, "ingest", folder, "--explain")
    assert not (tmp_path / "store").exists()
    settings = tmp_path / "settings.yaml"
    settings.write_text("extends: handrail.yaml\nquarantine_share: 0.5\n", encoding="utf-8")
    export(folder, marks=MARKS.replace("29/09/2025,PM,/", "29/09/2025,PM,£"))
    asked = (
        "ingest",
        folder,
        "--school",
        SCHOOL,
        "--seen-on",
        "2025-09-30",
        "--settings",
        settings,
        "--json",
    )
    told = json.loads(run(tmp_path, *asked))
    assert told["tables"]["attendance"] == {
        **told["tables"]["attendance"], "rows_in": 116, "kept": 114, "quarantined": 2, "duplicates": 0
    }  # fmt: skip
    assert "attendance  2 rows of marks.csv: code is not an attendance code" in run(tmp_path, "quarantine")
    assert "marks.csv line 59" in run(tmp_path, "quarantine", "explain")
    sheet = tmp_path / "mend.csv"
    assert run(tmp_path, "quarantine", "write", "attendance", sheet).startswith("2 rows")
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("£", "O"), encoding="utf-8")
    assert (
        json.loads(run(tmp_path, "quarantine", "readmit", sheet, "--json"))["tables"]["attendance"]["kept"]
        == 2
    )
    assert "No row is set aside." in run(tmp_path, "quarantine")
    done = handrail("forget", ANN, "--store", tmp_path / "store", HANDRAIL_KEY_FILE=str(tmp_path / "key"))
    assert "attendance 58" in done.stdout


def test_the_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS)
    said = run(tmp_path, "ingest", folder, "--school", SCHOOL)
    assert "A key was made in" in said
    assert os.stat(tmp_path / "key").st_mode & 0o077 == 0
    assert "A key was made in" not in run(tmp_path, "ingest", folder)


def test_a_slip_is_one_line(tmp_path: Path) -> None:
    for asked, code in (
        (("forget",), 2),
        (("profile", tmp_path / "none.csv"), 2),
        (("quarantine", "readmit"), 2),
    ):
        done = handrail(*asked, "--store", tmp_path / "store")
        assert done.returncode == code
        assert "Traceback" not in done.stderr
