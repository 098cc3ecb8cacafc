"""`docs/features.md`, made from the catalogue: every fact the model may look at, for anyone to read."""

from features.catalogue import CATALOGUE, FAMILIES, Feature

DIRECTIONS = {"raises": "only raises concern", "lowers": "only lowers concern", "either": "either way"}
HEAD = """# Every fact Handrail looks at

Made from the feature catalogue (`features/catalogue.py`) by `make docs`; do not edit by hand.

Each value is read only from records that had both happened and been known by the day the list was made. Windows count
the school's own open days. Ethnicity, religion, language, sex, free school meals, postcode and disability outside the
SEN record are not here and may not be: they are kept for the fairness audit alone. Attendance codes R, T and Y5 are
never read; code E (suspended) is never counted as absence.

"Told to staff" says whether a fact may be given as a reason beside a name.
"""


def page() -> str:
    """The page as Markdown: a table a family."""
    return "\n".join(
        [HEAD, f"{len(CATALOGUE)} features in {len(FAMILIES)} families.\n", *map(_family, FAMILIES)]
    )


def _family(family: str) -> str:
    rows = [_row(feature) for feature in CATALOGUE if feature.family == family]
    head = (
        "| feature | what it is | unit | more of it | told to staff | when empty |\n|---|---|---|---|---|---|"
    )
    return "\n".join([f"## {family.replace('_', ' ').capitalize()}\n", head, *rows, ""])


def _row(feature: Feature) -> str:
    told = "yes" if feature.shown else "no"
    return (
        f"| `{feature.name}` | {feature.phrase} | {feature.unit} | {DIRECTIONS[feature.direction]} | {told} "
        f"| {feature.missing} |"
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - the page is what this module says
