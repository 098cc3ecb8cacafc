"""What is written and drawn beside a model when it is shelved: pictures, the card as text, and the card as one page."""

from pathlib import Path

import pandas as pd

from configs.settings import Settings
from features.catalogue import CATALOGUE, catalogue_hash
from models.card import CardFacts, model_card
from models.gate import Verdict
from models.judging.drawing import draw_judgement
from models.judging.judgement import Judgement
from models.judging.usefulness import threshold_of_capacity
from models.page.facts import PageFacts
from models.page.page import model_page
from models.pictures import draw
from models.scoring import RANKED_BY
from models.shelf import Model
from models.study import Study

CARD, PAGE = "card.md", "card.html"


def write_papers(
    folder: Path, model: Model, found: Study, judgement: Judgement, verdict: Verdict, settings: Settings
) -> list[Path]:
    """Writes `card.md`, `card.html` and every picture into the model's folder, and returns the pictures."""
    capacity = settings.capacity.share_of_roll, settings.capacity.per_year_group
    shown = judgement.to_be_shown()
    pictures = _pictures(folder, found, shown, capacity, settings.training.seed)
    card = _card_facts(model, found, judgement, verdict)
    (folder / CARD).write_text(model_card(card), encoding="utf-8")
    page = PageFacts(
        card, shown, {picture.stem: picture for picture in pictures}, settings.gate, capacity,
        model.manifest["rows"], settings.training.folds, len(CATALOGUE),
    )  # fmt: skip
    (folder / PAGE).write_text(model_page(page), encoding="utf-8")
    return pictures


def _pictures(
    folder: Path, found: Study, judgement: Judgement, capacity: tuple[float, int], seed: int
) -> list[Path]:
    if not found.scorecards:
        return []
    table = pd.concat([bags.intervals() for bags in found.bags.values()], ignore_index=True)
    phrases = {feature.name: feature.phrase for feature in CATALOGUE}
    made = draw(folder, table, judgement.held_out, *capacity, seed, phrases)
    if RANKED_BY not in judgement.held_out:
        return made
    return made + draw_judgement(
        folder, judgement, threshold_of_capacity(judgement.held_out[RANKED_BY], *capacity)
    )


def _card_facts(model: Model, found: Study, judgement: Judgement, verdict: Verdict) -> CardFacts:
    manifest, rows = model.manifest, model.manifest["rows"]
    return CardFacts(
        model_id=model.id, horizon=manifest["horizon"], trained_from=rows["from"], trained_to=rows["to"],
        schools=rows["schools"], pupils=rows["pupils"], pupil_dates=rows["pupil_dates"],
        data_hash=manifest["data_hash"], settings_hash=manifest["settings_hash"], catalogue_hash=catalogue_hash(),
        evaluations=judgement.evaluations, verdict=verdict, fairness=judgement.fairness,
        without_model=found.without_model, versions=manifest["versions"],
    )  # fmt: skip
