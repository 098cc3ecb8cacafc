"""One page that a governor can read: it needs nothing else, says every verdict, and shows no small group."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import HERE, load_settings, read_yaml
from models.card import CardFacts
from models.challengers import HANDRAIL
from models.evaluation import evaluate
from models.fairness import fairness
from models.gate import judge
from models.judging.churn import churn
from models.judging.drawing import draw_judgement
from models.judging.judgement import Judgement
from models.judging.lead_time import Warnings, lead_table
from models.judging.leaks import suspect
from models.judging.published import as_published
from models.judging.strata import stratified
from models.judging.usefulness import decision_curve
from models.page.facts import PageFacts
from models.page.page import model_page
from tests.models.planted import held_out

EMPTY_TAGS = {"meta", "img", "br"}


class Whole(HTMLParser):
    """Whether every tag is closed in order, and what the page asks of the outside."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag not in EMPTY_TAGS:
            self.open.append(tag)
        if tag == "img":
            self.images += 1
            assert held["alt"]
            assert str(held["src"]).startswith("data:image/png;base64,")
        self.outside += [
            str(held[name]) for name in ("href", "src") if str(held.get(name, "#"))[:1] not in "#d"
        ]
        assert tag != "script"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> PageFacts:
    """A model judged on a planted cohort; free school meals were recorded for eleven pupils."""
    rows, settings = held_out(3, pupils=1500), load_settings()
    rows = rows.sort_values(["school_id", "as_of", "pupil_id"], kind="stable", ignore_index=True)
    ids = rows["pupil_id"].unique()
    groups = pd.DataFrame({"pupil_id": ids, "sex": np.where(np.arange(len(ids)) % 2, "F", "M")})
    groups["fsm"] = np.where(np.arange(len(ids)) < 11, "yes", "no")
    table = evaluate(rows, "escalation", 0.03, 15, seed=1, draws=30)
    fair = fairness(rows, groups, 0.03, 15, settings.gate["fairness"], seed=1, draws=30)
    weeks = rows.assign(**{f"on_{HANDRAIL}": rows["y"] == 1})
    steps = pd.DataFrame({"pupil_id": ids[:60], "school_id": "s0", "number": 40, "first_ever": True})
    warned = Warnings(steps, {HANDRAIL: np.where(np.arange(60) % 2, 21.0, -1.0)})
    leak = suspect("escalation", rows, rows[["need"]].round(), ["need"], seed=1, draws=30)
    judgement = Judgement(
        {"escalation": rows}, {"escalation": table}, fair, fair, as_published(rows, weeks, 1, 20), warned,
        lead_table(warned, 1, 30), churn(weeks, 1, 20),
        strata=stratified(rows, 0.03, 15, 1, {"all": rows["y"] >= 0}, 20),
        usefulness=decision_curve(rows, 1, 20), suspects=(leak,),
    ).to_be_shown()  # fmt: skip
    pictures = draw_judgement(tmp_path_factory.mktemp("page"), judgement, 0.3)
    card = CardFacts(
        model_id="abc123", horizon=60, trained_from="2023-09-04", trained_to="2025-03-14", schools=6, pupils=1503,
        pupil_dates=4509, data_hash="d1", settings_hash="s1", catalogue_hash="c1", evaluations={"escalation": table},
        verdict=judge(table, fair, settings.gate, [leak]), fairness=fair,
        without_model={"exit": "12 outcomes on record"},
        versions={"lightgbm": "4.7.0"},
    )  # fmt: skip
    counts = {"closed": 4509, "censored": 31, "dates": 12}
    return PageFacts(
        card, judgement, {p.stem: p for p in pictures}, settings.gate, (0.03, 15), counts, 3, 133
    )


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("</style>")[1]))


def test_the_page_needs_nothing_else_and_every_tag_is_closed(facts: PageFacts) -> None:
    reader, page = Whole(), model_page(facts)
    reader.feed(page)
    assert (reader.open, reader.outside, reader.images) == ([], [], 3)
    assert page == model_page(facts)
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_it_says_the_verdict_of_every_check_and_what_each_verdict_does(facts: PageFacts) -> None:
    words = words_of(model_page(facts))
    for said in (
        "Does this model deserve to be used?", "It passed the checks", "Never for a sanction", "Any signal Passed",
        "Better than simple lists Passed", "Before a first step Passed", "No leak Passed",
        "only a shown failure stops", "stood steadily on the list", "50%", "exit", "12 outcomes on record",
    ):  # fmt: skip
        assert said.casefold() in words.casefold(), said
    assert not re.search(r"\bnan\b|None\b", words)


def test_a_model_that_failed_says_so_first(facts: PageFacts) -> None:
    table = facts.card.evaluations["escalation"].assign(gain=0.5, gain_low=0.4, gain_high=0.6)
    failed = replace(facts, card=replace(facts.card, verdict=judge(table, facts.card.fairness, facts.gate)))
    words = words_of(model_page(failed))
    assert "It may publish no names; only facts that changed are shown." in words
    assert "Better than simple lists Failed" in words


def test_without_a_model_the_page_is_still_whole(facts: PageFacts) -> None:
    card = replace(facts.card, evaluations={}, verdict=judge(None, pd.DataFrame(), facts.gate))
    page = model_page(replace(facts, card=card, judgement=Judgement({}, {}), pictures={}))
    reader = Whole()
    reader.feed(page)
    assert reader.open == []
    assert "Too few outcomes are on record" in page


def test_no_figure_of_a_small_group_is_shown(facts: PageFacts) -> None:
    rows = re.findall(r'<th scope="row">fsm (?:yes|no)</th>(.*?)</tr>', model_page(facts), re.DOTALL)
    assert len(rows) == 4  # in the groups and again where pairs stand
    assert all(row.count("too few") == 4 for row in rows)


def test_the_public_records_are_whole_and_filled_from_the_run(facts: PageFacts) -> None:
    forms = read_yaml(HERE / "public_records.yaml")
    assert [int(item.split()[0]) for item in forms["tripod"]] == list(range(1, 28))
    words = words_of(model_page(facts))
    for said in ("4,510 pupil-dates", "about 1,500 pupils", "31 of them censored", "lightgbm 4.7.0", "133 features",
                 "at most 15 a year group", "records d1; settings s1; features c1"):  # fmt: skip
        assert said in words, said
    assert "1,503" not in words
    assert "{" not in words


def test_pictures_are_the_same_bytes_again(facts: PageFacts, tmp_path: Path) -> None:
    for picture in draw_judgement(tmp_path, facts.judgement, 0.3):
        assert picture.read_bytes() == facts.pictures[picture.stem].read_bytes()
