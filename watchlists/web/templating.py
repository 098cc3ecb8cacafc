"""The templates: all `.html`, everything escaped, an unknown name an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from watchlists.certainty import few
from watchlists.language import spoken, translated, translated_of
from watchlists.phrases import counted, full_date
from watchlists.web.dates import day_of, on_the_clock
from watchlists.web.marking import Marking
from watchlists.web.views import year_words

HERE = Path(__file__).parent
NOTHING_AROUND: dict[str, Any] = {
    "tab": "", "tabs": [], "school": None, "school_link": "", "fresh": [], "next_update": "", "stale": [],
    "too_old": "",
    "missing_feeds": [], "facts_only": False, "visitor": None, "may_see_names": False,
    "log_broken": False,
}  # fmt: skip


def templates() -> Environment:
    """The environment in which every page is made."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Marking, "jinja2.ext.i18n"],
    )
    found.policies["ext.i18n.trimmed"] = True
    found.install_gettext_callables(translated, translated_of, newstyle=True)  # type: ignore[attr-defined]
    found.globals["language"] = spoken
    found.filters.update(
        counted=counted,
        year_words=year_words,
        few=few,
        day=lambda day: full_date(day_of(day)),
        on_the_clock=on_the_clock,
    )
    return found


class Pen:
    """Writes pages from templates."""

    def __init__(self) -> None:
        self.templates = templates()

    def page(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **given: Any
    ) -> HTMLResponse:
        """The template as an answer."""
        written = self.templates.get_template(template).render(**{**NOTHING_AROUND, **given})
        return HTMLResponse(written, status_code=status, headers=headers)
