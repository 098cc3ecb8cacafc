"""The pages in a real browser, as a head of year opens them: phone, tablet, desk; keyboard; no scripts; on paper.

With HANDRAIL_PICTURES=demo/store, the store of `handrail demo`, the pictures in docs/pictures are taken anew:
`pytest tests/test_browser.py -k pictures`.
"""

import io
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.a_server import free_port
from tests.pipelines.trust import handrail, trained_store
from tests.watchlists.a_provider import CLIENT, SECRET, provider
from watchlists.people import everyone, load_people

pytestmark = pytest.mark.browser
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = (320, 390, 768, 1280)
SHOWN = os.environ.get("HANDRAIL_PICTURES")
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
PASSWORD = "correct horse battery"  # noqa: S105 - nobody's
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ATTACKS = (
    "<script>window.hit=1</script>", '" onmouseover="window.hit=1', "{{7*7}}", "' autofocus onfocus='window.hit=1",
    "javascript:window.hit=1", "=HYPERLINK(1)", "\u202egnp.exe",
    "</svg><img src=x onerror=window.hit=1>", "👩🏽‍🚀", "a" * 200,
)  # fmt: skip


@dataclass
class Served:
    """The pages as `handrail serve` serves them, and the store behind them."""

    address: str
    store: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = tmp_path_factory.mktemp("browser") / "store"
    shutil.copytree(SHOWN or trained_store(), store)
    for day in () if SHOWN else ("2026-03-09", "2026-03-16"):
        assert handrail("nightly", "--store", store, "--as-of", day).returncode in (0, 6)
    made = subprocess.run(
        [sys.executable, "-m", "pipelines", "users", "add", "lead", "--full-name", "Ms R. Okafor", "--role",
         "safeguarding", "--every-school", "--password-stdin", "--store", str(store)],
        input=PASSWORD + "\n", text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    elsewhere = ("--role", "senco", "--every-school", "--no-password", "--email", "pryce@example.school")
    assert handrail("users", "add", "pryce", *elsewhere, "--store", store).returncode == 0
    port = free_port()
    with provider() as elsewhere:
        elsewhere.user |= {"email": "pryce@example.school", "email_verified": True}
        sign_in = tmp_path_factory.mktemp("elsewhere") / "openid.yaml"
        sign_in.write_text(
            f"name: Microsoft\nissuer: {elsewhere.issuer}\nclient_id: {CLIENT}\n", encoding="utf-8"
        )
        command = [sys.executable, "-m", "pipelines", "serve", "--store", str(store), "--port", str(port),
                   "--sign-in", str(sign_in)]  # fmt: skip
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(
            command, env={**os.environ, "HANDRAIL_OPENID_SECRET": SECRET}, **quiet
        ) as server:
            try:
                _wait_for(f"http://127.0.0.1:{port}/health")
                yield Served(f"http://127.0.0.1:{port}", store)
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
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert Path(CHROMIUM).exists(), "the browser tests need Debian's chromium"
    with sync_playwright() as playwright:
        held = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield held
        held.close()


@pytest.fixture(scope="module")
def signed_in(browser: Any, served: Served) -> Any:
    """The cookies of a session that was begun with the keyboard alone."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.address)
    page.keyboard.press("Tab")
    assert "Skip to" in page.evaluate("document.activeElement.textContent")
    while page.evaluate("document.activeElement.id") != "name":
        page.keyboard.press("Tab")
    page.keyboard.type("lead")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Ms R. Okafor")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(browser: Any, signed_in: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Opens contexts with that session; closes them afterwards."""
    held = []

    def open_one(**more: Any) -> Any:
        held.append(browser.new_context(storage_state=signed_in, **more))
        return held[-1].new_page()

    yield open_one
    for context in held:
        context.close()


def _pages(page: Any, served: Served) -> dict[str, str]:
    """Every kind of page there is, one of each: its name and its address."""
    page.goto(served.address)
    school = page.locator("main a[href^='/school/']").first.get_attribute("href")
    page.goto(served.address + school)
    pupil = page.locator("table a[href^='/pupil/']").first.get_attribute("href")
    page.goto(f"{served.address}{school}/pupils?year=9")
    other = page.locator("tr:has-text('Not on the list') a").first.get_attribute("href")
    page.goto(served.address + pupil)
    record = page.locator("a[href*='/records/']").first.get_attribute("href")
    return {
        "schools": "/",
        "this-week": school,
        "about": f"{school}/about",
        "what-for": f"{school}/print",
        "print": f"{school}/print?for=support",
        "pupils": f"{school}/pupils",
        "year": f"{school}/pupils?year=9",
        "totals": f"{school}/totals",
        "mistakes": f"{school}/mistakes",
        "pupil": pupil,
        "not-listed": other,
        "record": record,
        "account": "/account",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
        "nobody": "/pupil/nobody",
    }


STATUS = {"nobody": 404, "what-for": 400}  # the others are found


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_runs_off_the_side(visit: Any, served: Served, width: int) -> None:
    page = visit(viewport={"width": width, "height": 900})
    for path in _pages(page, served).values():
        page.goto(served.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
        if width == 320:
            hidden = page.evaluate(OUT_OF_SIGHT)
            assert hidden == [], (path, hidden)


STUCK = """[...document.querySelectorAll('*')]
    .filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position)).length"""
OUT_OF_SIGHT = """[...document.querySelectorAll('main p, main td, main h1, main a, main button, main label')]
    .filter(e => e.checkVisibility() && !e.closest('.hidden, details:not([open]), .skip'))
    .filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.left < -1 || r.right > innerWidth + 1) })
    .map(e => e.textContent.trim().slice(0, 60))"""


def test_four_times_enlarged_nothing_is_lost(visit: Any, served: Served) -> None:
    """1280 × 1024 at 400 % leaves 320 × 256: text flows, nothing is stuck over it."""
    page = visit(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    for path in _pages(page, served).values():
        page.goto(served.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert page.evaluate(STUCK) == 0, path


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_at_wcag_22_aa(visit: Any, served: Served, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(viewport={"width": width, "height": 900})
    faults: list[Any] = []
    for path in _pages(page, served).values():
        page.goto(served.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        faults += [
            (path, fault["id"], node["target"], node["failureSummary"])
            for fault in found.response["violations"]
            for node in fault["nodes"]
        ]
    assert faults == []


def test_the_sign_in_page_has_no_fault_either(browser: Any, served: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_context(viewport={"width": 320, "height": 600}).new_page()
    page.goto(served.address)
    page.fill("#name", "lead")
    page.fill("#password", "wrong password")
    page.click("main button")
    assert page.title().startswith("Error: ")
    assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
    page.context.close()


def test_the_pages_work_without_scripts_and_ask_nobody_else(visit: Any, served: Served) -> None:
    page = visit(java_script_enabled=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pages = _pages(page, served)
    for name, path in pages.items():
        answer = page.goto(served.address + path)
        assert answer.status == STATUS.get(name, 200), name
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert page.locator("h1").count() == 1
    page.goto(served.address + pages["pupil"])
    page.check("#answer-act")
    page.fill("#note", "Mr Pryce to ask about the bus")
    page.click("text=Save your view")
    assert page.locator("[role=status]").inner_text() == "Your view is saved."
    assert "Mr Pryce to ask about the bus" in page.inner_text(".earlier")
    assert all(url.startswith(served.address) for url in asked)


def test_a_keyboard_alone_goes_from_the_list_to_a_saved_view(visit: Any, served: Served) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    page.goto(served.address + _pages(page, served)["this-week"])
    _tab_to(page, "(document.activeElement.getAttribute('href') || '').startsWith('/pupil/')")
    seen = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert seen == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url("**/pupil/**")
    _tab_to(page, "document.activeElement.name === 'answer'")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "document.activeElement.textContent === 'Save your view'")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your view is saved.")


def test_the_schools_own_sign_in_leads_there_and_back(browser: Any, served: Served) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{served.address}/about")
    page.click("text=Sign in with Microsoft")
    page.wait_for_url("**/about")
    assert "pryce" in page.inner_text("header")
    page.context.close()


def test_the_page_warns_before_sign_in_ends_and_leaves_no_name_behind(visit: Any, served: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(viewport={"width": 320, "height": 600})
    page.clock.install()
    page.goto(served.address + _pages(page, served)["this-week"])
    page.clock.fast_forward("54:00")
    assert not page.locator("#ending").is_visible()
    page.clock.fast_forward("02:00")
    assert page.locator("#ending").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
    page.clock.resume()
    assert Axe().run(page, options={"runOnly": WCAG}).violations_count == 0
    with page.expect_response("**/still-here"):
        page.keyboard.press("Enter")
    page.clock.fast_forward("50:00")
    assert not page.locator("#ending").is_visible()
    page.clock.fast_forward("11:00")
    page.wait_for_url("**/sign-in?next=*")


def _tab_to(page: Any, there: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"the Tab key never comes to {there}")


def test_a_view_is_saved_in_three_clicks(visit: Any, served: Served) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    page.goto(served.address + _pages(page, served)["this-week"])
    page.click("text=Look >> nth=1")
    page.click("text=Will act")
    page.click("text=Save your view")
    page.wait_for_selector("text=Your view is saved.")


def test_the_printed_list_fits_a4_and_names_no_address(visit: Any, served: Served) -> None:
    page = visit()
    page.goto(served.address + _pages(page, served)["print"])
    words = page.inner_text("body")
    assert "Confidential" in words
    assert "http" not in words
    sheet = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert 1 <= len(sheet.pages) <= 3
    printed = sheet.pages[0].extract_text()
    assert "Printed by Ms R. Okafor" in sheet.pages[-1].extract_text()
    assert f"Page 1 of {len(sheet.pages)}" in printed
    assert [round(float(side) / 72 * 25.4) for side in sheet.pages[0].mediabox[2:]] == [210, 297]


def test_the_pictures_in_the_documentation(visit: Any, served: Served, tmp_path: Path) -> None:
    folder = PICTURES if SHOWN else tmp_path
    page = visit(viewport={"width": 1280, "height": 900})
    pages = _pages(page, served)
    shots = {name: pages[name] for name in ("pupil", "not-listed", "totals", "print")}
    shots |= {"this-week": f"{pages['this-week']}?year=9"}
    for name, path in shots.items():
        page.goto(served.address + path)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    phone = visit(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    top = {"x": 0, "y": 0, "width": 390, "height": 1600}
    for name in ("this-week", "pupil"):
        phone.goto(served.address + pages[name])
        phone.screenshot(path=folder / f"{name}-phone.png", clip=top, full_page=True)
    assert all((folder / f"{name}.png").stat().st_size > 10_000 for name in shots)


def test_names_that_attack_run_nothing_anywhere(visit: Any, served: Served, tmp_path: Path) -> None:
    """Last of all: from here on every pupil is called by an attack."""
    rows = []
    for number, pupil in enumerate(sorted(everyone(served.store))):
        name = ATTACKS[number % len(ATTACKS)].replace('"', '""')
        rows.append(",".join([pupil, *[f'"{name}"'] * 7]))
    columns = "pupil_id,first_name,last_name,preferred_name,tutor_group,own_words,what_helps,key_adult"
    (tmp_path / "people.csv").write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    load_people(tmp_path / "people.csv", served.store)
    page = visit(viewport={"width": 320, "height": 900})
    page.on("dialog", lambda dialog: pytest.fail("a dialog opened"))
    for path in _pages(page, served).values():
        page.goto(served.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        for link in page.locator("main a").all()[:20]:
            link.hover(force=True)
        assert page.evaluate("window.hit") is None, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    school = _pages(page, served)["this-week"]
    page.goto(f"{served.address}{school}/print?reasons=true&for=support")
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert not [note for sheet in paper.pages for note in sheet.get("/Annots", [])]  # nothing to click or run
    assert "/OpenAction" not in paper.trailer["/Root"]
    assert "Names" not in paper.trailer["/Root"]
    held = page.request.get(f"{served.address}{school}/list.csv?for=support").body().decode("utf-8-sig")
    assert not [line for line in held.splitlines() if line.lstrip('"').startswith(("=", "+", "-", "@"))]
    book = load_workbook(
        io.BytesIO(page.request.get(f"{served.address}{school}/list.xlsx?for=support").body())
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]


def _reports(page: Any, served: Served) -> list[str]:
    """The contents, the reports and the register of one school, and the reports of all side by side."""
    page.goto(served.address)
    school = page.locator("main a[href^='/school/']").first.get_attribute("href")
    found = []
    for contents in (f"{school}/reports", "/reports"):
        page.goto(served.address + contents)
        links = page.locator("dl.facts a").all()
        found += [contents, *(link.get_attribute("href") for link in links)]
    return [*found, f"{school}/reports/movements/register"]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_report_runs_off_the_side_and_axe_finds_nothing(visit: Any, served: Served, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(viewport={"width": width, "height": 900})
    refused: list[str] = []
    page.on(
        "console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None
    )
    faults: list[Any] = []
    for path in _reports(page, served):
        page.goto(served.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        faults += [
            (path, each["id"], node["target"])
            for each in found.response["violations"]
            for node in each["nodes"]
        ]
    assert (faults, refused) == ([], [])
