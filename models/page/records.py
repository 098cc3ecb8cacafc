"""The forms that a public body fills in, filled from the run: TRIPOD+AI, the transparency record, the DPIA's inputs.

Their words are `configs/public_records.yaml`. What only the school or trust can say is left for it, and says so.
"""

from functools import cache

from configs.settings import HERE, read_yaml
from models.page.facts import PageFacts, cell, percent
from models.page.values import Section, Table

YOURS = "For the school or trust to fill in."
FORM = ("item", "answer")


def public_records(facts: PageFacts) -> tuple[Section, Section, Section]:
    """The 27 items of TRIPOD+AI, the Algorithmic Transparency Recording Standard record, and inputs for a DPIA."""
    told = _told(facts)
    return (
        _section("TRIPOD+AI, item by item", "TRIPOD+AI", "The 27 items", "tripod", told),
        _section("Algorithmic transparency record", "ATRS", "Tiers 1 and 2", "transparency", told),
        _section("Inputs for the DPIA", "DPIA", "For the data protection officer", "dpia", told),
    )


def _section(heading: str, short: str, caption: str, form: str, told: dict[str, str]) -> Section:
    rows = tuple((item, answer.format_map(told)) for item, answer in _forms()[form].items())
    return Section(heading, short, (), (Table(caption, FORM, rows),), folded=True)


@cache
def _forms() -> dict[str, dict[str, str]]:
    return read_yaml(HERE / "public_records.yaml")


def _told(facts: PageFacts) -> dict[str, str]:
    """The run's own words and numbers, by the names in the forms; counts of people to the nearest ten."""
    card, own = facts.card, facts.own
    share, per_year = facts.capacity
    figures = "No model could be tested." if own is None else (
        f"AUROC {cell(own, 'auroc')}, average precision {cell(own, 'average_precision')}, right at capacity "
        f"{cell(own, 'precision_at_capacity')}, predicted over observed {cell(own, 'calibration')}; all methods above."
    )  # fmt: skip
    return {
        "yours": YOURS, "figures": figures, "horizon": str(card.horizon), "schools": str(card.schools),
        "first": card.trained_from, "last": card.trained_to, "features": str(facts.features),
        "outcomes": ", ".join(name.replace("_", " ") for name in card.evaluations) or "none: too few outcomes",
        "pupils": f"{round(card.pupils, -1):,}", "pupil_dates": f"{round(card.pupil_dates, -1):,}",
        "least_outcomes": str(facts.gate["least_outcomes"]), "folds": str(facts.folds), "share": percent(share),
        "per_year": str(per_year), "closed": f"{facts.rows['closed']:,}", "censored": f"{facts.rows['censored']:,}",
        "dates": str(facts.rows["dates"]), "model_id": card.model_id, "data_hash": card.data_hash,
        "settings_hash": card.settings_hash, "catalogue_hash": card.catalogue_hash,
        "versions": ", ".join(f"{name} {version}" for name, version in sorted(card.versions.items())),
    }  # fmt: skip
