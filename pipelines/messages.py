"""`python -m pipelines.messages`: every text of pages, sentences and ideas, as a gettext template (.pot)."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from configs.settings import HERE as CONFIGS
from configs.settings import read_yaml
from pipelines.exact_alerts import TOLD
from reports.movements.wording import ALERTS
from watchlists.language import DOMAIN

ROOT = Path(__file__).parent.parent
TEXTS = {"said": None, "marked": None, "said_of": (2, 3), "marked_of": (1, 2)}
ROOMS = ("watchlists", "pipelines")
IDEAS = CONFIGS / "support.yaml"


def template() -> bytes:
    """The template: each text once, in order, with the files it stands in."""
    catalog = Catalog(project="Handrail", copyright_holder="Handrail", charset="utf-8", creation_date=None)
    for text, place in sorted((*_of_code(), *_of_templates(), *_of_ideas(), *_of_alerts()), key=str):
        catalog.add(text, locations=[(place, 0)])
    held = io.BytesIO()
    write_po(held, catalog, omit_header=True, include_lineno=False, width=110)
    return HEADER + held.getvalue()


HEADER = f"""# What Handrail says, to be translated (docs/translating.md). Made by `make docs`.
msgid ""
msgstr ""
"Project-Id-Version: {DOMAIN}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

""".encode()
Text = str | tuple[str, str]


def _of_code() -> Iterator[tuple[Text, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from _extracted("python", path, TEXTS)


def _of_templates() -> Iterator[tuple[Text, str]]:
    from watchlists.web.templating import HERE, templates

    environment = templates()
    for path in sorted((HERE / "templates").glob("*.html")):
        for _, kind, text in environment.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            if kind == "ngettext":
                yield (text[0], text[1]), _place(path)
            elif isinstance(text, str):
                yield text, _place(path)


def _of_ideas() -> Iterator[tuple[Text, str]]:
    for ideas in read_yaml(IDEAS).values():
        yield from ((str(text), _place(IDEAS)) for idea in ideas for text in idea.values())


def _of_alerts() -> Iterator[tuple[Text, str]]:
    return ((ALERTS[alert], "reports/movements/wording.py") for alert in TOLD)


def _extracted(
    method: str, path: Path, keywords: dict[str, tuple[int, int] | None]
) -> Iterator[tuple[Text, str]]:
    with path.open("rb") as file:
        for _, text, _, _ in extract(method, file, keywords, options={"encoding": "utf-8"}):
            yield (text if isinstance(text, str) else (text[0], text[1])), _place(path)


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.stdout.buffer.write(template())
