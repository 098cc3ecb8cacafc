"""Names survive letter for letter, and a spreadsheet is given nothing to run."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from configs.refusals import BadData
from tests.watchlists.a_school import AS_OF
from watchlists.exports import PURPOSE, analysts_csv, inert, list_csv
from watchlists.opaque import opaque_of
from watchlists.people import Person, edition, everyone, load_people
from watchlists.workbook import list_xlsx

pytestmark = pytest.mark.kept

NAMES = (
    "Null",
    "NA",
    "O'Brien",
    "Zoë",
    "Zoe\u0308",
    "محمد",
    "李",
    "🙂",
    "D’Arcy-Smith",
    "<script>",
    "=1+1",
    "x" * 200,
)


def people_csv(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


HEADER = ["pupil_id", "first_name", "last_name", "preferred_name", "tutor_group"]


def test_names_survive_letter_for_letter(tmp_path: Path, kept_in: str) -> None:
    rows = [[f"p{number}", name, name, "", "9 Oak"] for number, name in enumerate(NAMES)]
    assert load_people(people_csv(tmp_path, [HEADER, *rows]), tmp_path) == len(NAMES)
    held = everyone(tmp_path)
    assert [held[f"p{number}"].last_name for number in range(len(NAMES))] == list(NAMES)
    if kept_in == "files":
        assert (tmp_path / "people.db").stat().st_mode & 0o077 == 0


def test_the_preferred_name_and_the_short_one() -> None:
    person = Person("Zoë", "O\u0301 Brien", "Zo", "9 Oak")
    assert (person.called, person.name, person.short) == ("Zo", "Zo O\u0301 Brien", "Zo O\u0301")
    assert Person("", "Lee").short == "L"


def test_a_pupil_without_a_name_is_not_there(tmp_path: Path) -> None:
    assert everyone(tmp_path) == {}
    load_people(people_csv(tmp_path, [HEADER, ["p1", "", "", "", "9 Oak"]]), tmp_path)
    assert everyone(tmp_path) == {}
    assert opaque_of(tmp_path).nameless("p1").startswith("Pupil ")


def test_the_registers_names_leave_the_pupils_own_words_alone(tmp_path: Path) -> None:
    words = ["p1", "Zoë", "Lee", "", "9 Oak", "I like animals", "A warning", "Mr Pryce"]
    load_people(people_csv(tmp_path, [[*HEADER, "own_words", "what_helps", "key_adult"], words]), tmp_path)
    before = edition(tmp_path)
    load_people(people_csv(tmp_path, [HEADER, ["p1", "Zo", "Lee", "", "9 Elm"]]), tmp_path)
    person = everyone(tmp_path)["p1"]
    assert (person.first_name, person.tutor_group, person.own_words) == ("Zo", "9 Elm", "I like animals")
    assert edition(tmp_path) > before


def test_a_missing_column_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="did you mean 'firstname'"):
        load_people(people_csv(tmp_path, [["pupil_id", "firstname", "last_name"]]), tmp_path)
    with pytest.raises(BadData, match="cannot be read"):
        load_people(tmp_path / "none.csv", tmp_path)


def test_the_secret_is_kept_private_and_made_once(tmp_path: Path) -> None:
    first = opaque_of(tmp_path).of("pupil", "p1")
    assert opaque_of(tmp_path).of("pupil", "p1") == first
    assert opaque_of(tmp_path).of("school", "p1") != first
    assert "p1" not in first
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_cell_starts_a_formula(sign: str) -> None:
    assert inert(f"{sign}cmd|' /C calc'!A0").startswith("'")


def test_the_file_is_the_page_in_words(tmp_path: Path) -> None:
    rows = pd.DataFrame({
        "pupil_id": ["p1", "p2"], "school_id": "s1", "rank": [1, 2], "band": "Keep an eye", "year_group": "9",
        "concerns": [["Missed 2 of the last 20 sessions."]] * 2, "strengths": [["On time."]] * 2,
        "changed": "New", "support": '=HYPERLINK("x"), "y"\nz',
    })  # fmt: skip
    opaque = opaque_of(tmp_path)
    people = {"p1": Person("=1+1", '"quoted"')}
    text = list_csv(rows.itertuples(index=False), people, opaque, AS_OF).decode("utf-8-sig")
    assert all(line.startswith('"') and line.endswith('"') for line in text.strip().split("\r\n"))
    first, header, *held = list(csv.reader(io.StringIO(text)))
    assert first == [f"{PURPOSE} List of Friday 21 November 2025. Delete it by Friday 5 December 2025."]
    assert "rank" not in [cell.lower() for cell in header]
    assert held[0][0] == '\'=1+1 "quoted"'
    assert held[1][0] == opaque.nameless("p2")
    assert held[0][-1] == PURPOSE
    assert held[0][7].startswith("'=HYPERLINK")


def test_the_workbook_is_text_and_says_when_it_ends(tmp_path: Path) -> None:
    rows = pd.DataFrame({
        "pupil_id": ["p1", "p2"], "school_id": "s1", "rank": [1, 2], "band": "Keep an eye", "year_group": "9",
        "concerns": [["Missed 2 of the last 20 sessions."]] * 2, "strengths": [["On time."]] * 2,
        "changed": "New", "support": ['=HYPERLINK("x")', "a;=1+1"],
    })  # fmt: skip
    people = {"p1": Person("=1+1", "\x07@SUM(A1)"), "p2": Person("Zoë", "-2")}
    facts = {"freshness": {"attendance": "2025-11-21"}, "model_id": "m1"}
    book = load_workbook(
        io.BytesIO(list_xlsx(rows.itertuples(index=False), people, opaque_of(tmp_path), facts, "=cmd", AS_OF))
    )
    assert book.sheetnames == ["List", "What columns mean", "How fresh"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    sheet = book["List"]
    assert sheet["A1"].value == PURPOSE
    assert "Delete it by Friday 5 December 2025" in sheet["A2"].value
    assert [cell.value for cell in sheet[3]] == [cell.value for cell in book["What columns mean"]["A"]][2:]
    assert sheet["A4"].value == "'=1+1 @SUM(A1)"
    assert sheet["A5"].value == "Zoë -2"
    assert sheet.freeze_panes == "B4"
    assert "rank" not in [str(cell.value).lower() for cell in sheet[3]]


def test_the_analysts_csv_has_ranks_and_pseudonyms_and_no_formula() -> None:
    rows = pd.DataFrame({"pupil_id": ["=1+1"], "rank": [1], "concerns": [["Missed 2.", "Late twice."]]})
    header, held = csv.reader(io.StringIO(analysts_csv(rows).decode("utf-8-sig")))
    assert header == ["pupil_id", "rank", "concerns", "use"]
    assert held == ["'=1+1", "1", "Missed 2. Late twice.", PURPOSE]
