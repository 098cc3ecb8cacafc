"""The model card in a real browser: a governor's phone, a desk, and paper."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.page.facts import PageFacts
from models.page.page import model_page
from tests.models.test_page import facts
from tests.test_browser import CHROMIUM, QUIET, WCAG

__all__ = ["facts"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        held = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield held
        held.close()


@pytest.fixture(scope="module")
def card(facts: PageFacts, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("card") / "card.html"
    path.write_text(model_page(facts), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_and_axe_finds_nothing(browser: Any, card: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(card)
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found] == []
    assert [
        url for url in asked if not url.startswith(("file:", "data:"))
    ] == []  # it asks the outside for nothing
    page.close()


def test_folded_tables_are_printed_whole(browser: Any, card: str) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto(card)
    last = page.locator("table").last
    assert not last.is_visible()
    page.emulate_media(media="print")
    assert last.bounding_box()["height"] > 100
    assert not page.locator("nav").is_visible()
    page.close()
