"""What Handrail is made of: every package of the lock is told, and known faults are told or nothing claimed."""

import json
import shutil
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
UV = shutil.which("uv") or next(iter(map(str, ROOT.glob(".uv/bin/uv"))), None)
NOBODY = "http://127.0.0.1:9"

pytestmark = pytest.mark.skipif(UV is None, reason="uv is neither on the path nor where `make setup` puts it")


class Advisories(BaseHTTPRequestHandler):
    """A service that knows of one fault, in Jinja."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
        one = {"vulns": [{"id": "X-1", "modified": "2026-01-01T00:00:00Z"}]}
        self.answer({"results": [one if each["package"]["name"] == "jinja2" else {} for each in asked]})

    def do_GET(self) -> None:
        self.answer({"id": "X-1", "modified": "2026-01-01T00:00:00Z", "summary": "a fault", "affected": []})

    def answer(self, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Says nothing."""


@pytest.fixture
def advisories() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Advisories) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def audit(service: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / ".ci" / "audit", "--service-url", service], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_known_fault_fails_the_audit_and_is_named(advisories: str) -> None:
    done = audit(advisories)
    assert (done.returncode, "jinja2" in done.stdout, "X-1" in done.stdout) == (1, True, True)


@pytest.mark.slow
def test_an_audit_that_could_not_ask_says_so_and_claims_nothing() -> None:
    done = audit(NOBODY)
    assert (done.returncode, "NOT AUDITED" in done.stderr) == (3, True)


def test_the_bill_of_materials_names_every_package_of_the_lock(tmp_path: Path) -> None:
    rule = next(line for line in (ROOT / "Makefile").read_text().splitlines() if "cyclonedx" in line)
    options = rule.split("export", 1)[1].split("--output-file")[0].split()
    done = subprocess.run([str(UV), "export", *options], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    locked = {(package["name"], package["version"]) for package in lock} - {
        ("handrail", told["metadata"]["component"]["version"])
    }
    assert told["bomFormat"] == "CycloneDX"
    assert locked == {(one["name"], one["version"]) for one in told["components"]}
    assert all(one["purl"].startswith("pkg:pypi/") for one in told["components"])
