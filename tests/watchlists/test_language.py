"""Another language: nothing on a page stays English, every form of a number is asked for, and the texts are listed."""

import gettext
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from configs.refusals import BadSettings
from pipelines.messages import template
from tests.watchlists.a_school import AS_OF
from tests.watchlists.a_visit import MONDAY, PASSWORD, address, post, publish, visit
from tests.watchlists.conftest import SETTINGS
from tests.watchlists.test_pages import every_page
from watchlists import answers, language
from watchlists.build import Built, build
from watchlists.entered import Support, enter
from watchlists.family import Family, family_page
from watchlists.language import ENGLISH, FOLDER, said, said_of, speak
from watchlists.phrases import counted, times

DATA = ("Thornmere", "School", "Ash", "Primary", "Ms", "Okafor", "lead", "Passed", "of", "m1", "Most", "suspensions",
        "last", "year", "Any", "pupils", "defiance")  # fmt: skip


class Foreign(gettext.NullTranslations):
    """A language of brackets: whatever stands outside them was never translated."""

    def gettext(self, text: str) -> str:
        return f"⟦{text}⟧"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak(ENGLISH)


class Untranslated(HTMLParser):
    """Gathers the words of a page that stand outside all brackets, in text and in what is read aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.depth, self.found = 0, list[str]()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        for part in re.split(r"([⟦⟧])", data):
            self.depth += {"⟦": 1, "⟧": -1}.get(part, 0)
            if self.depth == 0:
                self.found += [word for word in re.findall(r"[A-Za-z]{2,}", part) if word not in DATA]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name in ("aria-label", "data-label", "alt") and value:
                self.found += [] if "⟦" in value else [value]


def test_no_page_keeps_a_word_of_english(
    tmp_path: Path, scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    speak("en-XA", Foreign())
    built = build(scores, reasons, known, SETTINGS, AS_OF, None)
    publish(tmp_path, built, updated_at="06:00")
    unlisted = next(row.pupil_id for row in built.roll.itertuples() if row.why)
    pupil = address(tmp_path, "pupil", built.watch_list["pupil_id"][0])
    with visit(tmp_path) as client:
        sheet = f"{address(tmp_path, 'school', 's1')}/print?reasons=true&for=support"
        pages = [client.get(path).text for path in (*every_page(tmp_path, built), sheet, "/pupil/nobody")]
        pages.append(client.get(address(tmp_path, "pupil", unlisted)).text)
        pages.append(post(client, f"{pupil}/view", pupil, note="").text)
        client.cookies.clear()
        pages.append(post(client, "/sign-in", "/sign-in", name="lead", password=PASSWORD[:-1]).text)
        for page in pages:
            assert '<html lang="en-XA">' in page
            assert Untranslated(page).found == [], page[:300]


def test_what_a_family_reads_is_said_in_it_too(tmp_path: Path) -> None:
    speak("en-XA", Foreign())
    answers.save(tmp_path, answers.Answer("p1", "s1", "act", "1234", "2025-11-21", "Ms R. Okafor", MONDAY))
    enter(tmp_path, Support("p1", "s1", "mentoring", AS_OF, None, AS_OF, "Ms R. Okafor"))
    held = {"attendance": (3, AS_OF, AS_OF), "needs": (1, None, None)}
    page = family_page(tmp_path, Family("p1", AS_OF, held, None))
    assert "⟦Will act⟧. “1234”" in page
    assert Untranslated(page).found == []


def test_english_is_what_stands_in_the_code() -> None:
    assert said("Year {year}", year=9) == "Year 9"
    assert (counted(1, "pupil"), counted(0, "pupil")) == ("1 pupil", "0 pupils")


def test_a_translation_has_all_the_forms_its_language_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = Catalog(locale="pl")
    catalog.add(
        ("{number} pupil", "{number} pupils"), ("{number} uczeń", "{number} uczniowie", "{number} uczniów")
    )
    catalog.add("{weekday} {day} {month}", "{day} {month} ({weekday})")
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "handrail.mo").open("wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    speak("pl")
    assert [counted(n, "pupil") for n in (1, 2, 5)] == ["1 uczeń", "2 uczniowie", "5 uczniów"]
    assert said("{weekday} {day} {month}", weekday="Fri", day=21, month="Nov") == "21 Nov (Fri)"
    assert times(3) == "3 times"  # what is not translated yet is English
    with pytest.raises(BadSettings, match="no translation into 'cy'"):
        speak("cy")


def test_every_text_is_listed_for_translators() -> None:
    assert template() == (FOLDER / "handrail.pot").read_bytes(), "stale: run `make docs`"


def test_two_and_a_half_takes_the_form_of_many() -> None:
    assert said_of(2.5, "{number} day", "{number} days") == "2.5 days"


def test_a_list_of_another_language_is_told_apart(built: Built) -> None:
    assert not [text for texts in built.watch_list["concerns"] for text in texts if "⟦" in text]
