"""The pages in a real browser, as a head of year opens them: phone, tablet, desk; keyboard; no scripts; on paper."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.trust import handrail, trained_store

pytestmark = pytest.mark.browser
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = (320, 768, 1280)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of a published list, served as `handrail serve` serves them."""
    store = tmp_path_factory.mktemp("browser") / "store"
    shutil.copytree(trained_store(), store)
    for day in ("2026-03-09", "2026-03-16"):
        assert handrail("nightly", "--store", store, "--as-of", day).returncode in (0, 6)
    port = free_port()
    command = [sys.executable, "-m", "pipelines", "serve", "--store", str(store), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310 - our own server on loopback
            return
        except OSError:
            time.sleep(0.1)  # there is nothing to listen for but the port itself
    raise AssertionError(f"{url} did not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    assert Path(CHROMIUM).exists(), "the browser tests need Debian's chromium"
    with sync_playwright() as playwright:
        held = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield held
        held.close()


def _pages(page: object, address: str) -> list[str]:
    page.goto(address)
    school = page.locator("a[href^='/school/']").first.get_attribute("href")
    page.goto(address + school)
    pupil = page.locator("a[href^='/pupil/']").first.get_attribute("href")
    return ["/", school, f"{school}/about", f"{school}/print", pupil]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_runs_off_the_side(browser: object, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=True)
    page = context.new_page()
    for path in _pages(page, address)[: 3 if width == 320 else 5]:
        page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
    context.close()


def test_the_pages_work_without_scripts_and_ask_nobody_else(browser: object, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in _pages(page, address):
        answer = page.goto(address + path)
        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert page.locator("h1").count() == 1
    assert all(url.startswith(address) for url in asked)
    context.close()


def test_a_keyboard_reaches_the_first_pupil(browser: object, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + _pages(page, address)[1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip().lower().startswith("skip to")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.getAttribute('href') || '').startsWith('/pupil/')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/pupil/**")
    assert page.locator("h1").count() == 1
    context.close()


def test_the_printed_list_fits_a4_and_names_no_address(browser: object, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + _pages(page, address)[3])
    words = page.inner_text("body")
    assert "Confidential" in words
    assert "http" not in words
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()
