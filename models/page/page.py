"""The page itself: one HTML file that needs nothing else, for a phone, a desk and paper."""

from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.card import OUTCOME_WORDS
from models.gate import FAIRNESS, Criterion
from models.page.facts import PageFacts, percent
from models.page.figures import missed, results
from models.page.records import public_records
from models.page.values import Picture, Section
from models.scoring import RANKED_BY

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {"pass": "Passed", "fail": "Failed", "not enough evidence": "Not enough evidence"}
NAMES = {
    "lift": "Any signal", "gain": "Better than simple lists", "calibration": "True chances",
    "recall_first": "Before a first step", "leak": "No leak", "outcomes": "Outcomes",
}  # fmt: skip
MEANING = (
    ("Passed", "The figure is good enough, and its interval close enough."),
    ("Failed", "The whole interval is on the wrong side. The model publishes no names; only facts that changed."),
    ("Not enough evidence", "Too few outcomes, or too wide an interval, to say. It stops publication as a failure "
                            "does, but for groups: there it is printed, and only a shown failure stops."),
)  # fmt: skip


def model_page(facts: PageFacts) -> str:
    """The whole page as HTML, its style and pictures within it. The same facts give the same bytes."""
    own, verdict = facts.own, facts.card.verdict
    sections = [*results(facts), *missed(facts), *public_records(facts)]
    return _templates().get_template("card.html").render(
        facts=facts, card=facts.card, verdict=verdict, sections=_numbered(sections), meaning=MEANING,
        of_ten=None if own is None else round(10 * own["precision_at_capacity"]),
        share=percent(facts.capacity[0]), criteria=[_told(one) for one in verdict.criteria if not _of_group(one)],
        groups=_count_groups(verdict.criteria), outcomes=[
            (name.replace("_", " "), OUTCOME_WORDS.get(name, name)) for name in facts.card.evaluations
        ],
        ranked_by=RANKED_BY, kind=lambda block: type(block).__name__, data=_data,
    )  # fmt: skip


def _numbered(sections: list[Section]) -> list[tuple[str, Section]]:
    return [(f"part-{number}", section) for number, section in enumerate(sections, start=1)]


def _told(criterion: Criterion) -> tuple[str, str, str]:
    return NAMES.get(criterion.name, criterion.name), WORDS[criterion.verdict], criterion.words


def _of_group(criterion: Criterion) -> bool:
    return criterion.name.startswith(FAIRNESS)


def _count_groups(criteria: tuple[Criterion, ...]) -> list[tuple[str, int]]:
    groups: list[str] = [criterion.verdict for criterion in criteria if _of_group(criterion)]
    return [(words, groups.count(verdict)) for verdict, words in WORDS.items()] if groups else []


def _data(picture: Picture) -> str:
    """The picture within the page."""
    return "data:image/png;base64," + b64encode(picture.file.read_bytes()).decode("ascii")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
