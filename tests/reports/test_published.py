"""What a run publishes of its reports is what the command prints, and reads again as it was."""

import dataclasses
import json
from pathlib import Path

import pytest

from configs.settings import load_settings
from reports.asked import Asked
from reports.published import PUBLISHED, NotMade, file_of, publish, published
from tests.reports.conftest import Planted
from tests.reports.small_trust import change, open_days, small_trust
from tests.small_tables import tables_of
from watchlists.opaque import Opaque


@pytest.fixture(scope="module")
def run(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    asked = Asked(planted.end, load_settings(), opaque=Opaque(b"key"))
    publish(folder, planted.store.tables(), asked)
    return folder


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_report_is_the_command_s_of_every_school_and_of_one(
    name: str, planted: Planted, run: Path
) -> None:
    made = planted.report(name, opaque=Opaque(b"key"))
    held = published(run, name)
    assert held.value == made.value
    assert held.as_html() == made.as_html()
    assert held.as_json() == made.as_json()
    for school in (planted.off_rolling, planted.unheard):
        one = (
            planted.report(name, opaque=Opaque(b"key"), school_id=school)
            if name == "movements"
            else made.of(school)
        )
        assert held.of(school).as_json() == one.as_json()
        assert held.of(school).as_xlsx() == one.as_xlsx()


def test_no_file_of_it_holds_a_pupil_s_id(run: Path) -> None:
    for name in PUBLISHED:
        assert not any(word in (run / file_of(name)).read_text() for word in ("p000", "p001"))


def test_a_report_that_cannot_be_made_says_why_and_the_others_are_made(tmp_path: Path) -> None:
    day = open_days()[60]
    publish(tmp_path, tables_of(small_trust()), Asked(day, load_settings()))
    with pytest.raises(NotMade, match="No attendance is held"):
        published(tmp_path, "lost-learning")
    assert published(tmp_path, "movements").as_json()["schools"]
    (tmp_path / file_of("needs")).unlink(missing_ok=True)
    with pytest.raises(NotMade, match="next list"):
        published(tmp_path, "needs")


def test_a_totals_workbook_has_no_row_of_one_pupil(run: Path) -> None:
    held = published(run, "movements")
    cases = {entry.case for entry in held.value.register}
    paper = held.forms.paper(held.value)
    words = json.dumps(dataclasses.asdict(paper.in_totals), default=str)
    assert cases
    assert not [case for case in cases if case in words]
    assert len(held.as_xlsx(cases=False)) < len(held.as_xlsx())


@pytest.mark.slow
def test_totals_stand_still_for_half_a_term(tmp_path: Path) -> None:
    """Two runs of one half term, a pupil taken off roll between them: who reads totals alone sees no difference."""
    rows, days = small_trust(), open_days()
    change(rows, "oak3", end_date=days[62])
    for name, day in (("one", days[61]), ("two", days[68])):
        (tmp_path / name).mkdir()
        publish(tmp_path / name, tables_of(rows), Asked(day, load_settings()))
    files = [file_of(name, settled=True) for name in PUBLISHED]
    assert all(
        (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files
    )
    (tmp_path / "one" / files[0]).write_text("read again, not counted again")
    (tmp_path / "three").mkdir()
    publish(tmp_path / "three", tables_of(rows), Asked(days[68], load_settings()), tmp_path / "one")
    assert (tmp_path / "three" / files[0]).read_text() == "read again, not counted again"
    later = tmp_path / "later"
    later.mkdir()
    publish(later, tables_of(rows), Asked(days[72], load_settings()), tmp_path / "one")
    assert (later / files[1]).read_bytes() != (tmp_path / "one" / files[1]).read_bytes(), (
        "a half term further"
    )
    named = [(tmp_path / run / file_of("movements")).read_bytes() for run in ("one", "two")]
    assert named[0] != named[1]


def test_before_any_half_term_is_over_there_are_no_totals(tmp_path: Path) -> None:
    publish(tmp_path, tables_of(small_trust()), Asked(open_days()[10], load_settings()))
    with pytest.raises(NotMade, match="No half term is over"):
        published(tmp_path, "needs", settled=True)
    assert published(tmp_path, "needs").as_json()["schools"]
