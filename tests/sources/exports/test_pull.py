"""Pulling pages over HTTP from a real server on this machine, with everything that goes wrong on the way."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from configs.refusals import AnotherRun, BadSettings, Refusal
from sources.exports import fetching
from sources.exports.fetching import NotPulled
from sources.exports.pull import MANIFEST, Pulled, pull, token_from
from sources.exports.records import recognised
from tests.sources.exports.documents import EVERY
from tests.sources.exports.test_hub_pages import ASSEMBLY_STUDENT, WONDE_STUDENT

TOKEN = "s3cret-token"  # noqa: S105
Reply = tuple[int, dict[str, str], bytes]


class Hub(ThreadingHTTPServer):
    """A hub: `before` may answer in its place, told how often the path was asked; everything asked is kept."""

    daemon_threads = True

    def __init__(self, records: dict[str, list[Any]], page: Callable[..., bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.records, self.page = records, page
        self.before: Callable[[str, int], Reply | None] = lambda path, turn: None
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle of a page is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1.0"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.removeprefix("/v1.0/"), parse_qs(parts.query)
        turn = sum(1 for one, _, _ in self.server.asked if one == path)
        self.server.asked.append((path, query, dict(self.headers)))
        status, headers, body = self.server.before(path, turn) or self.answered(path, query)
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answered(self, path: str, query: dict[str, list[str]]) -> Reply:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {}, b'{"error": "invalid token"}'
        if path not in self.server.records:
            return 404, {}, b"{}"
        return (
            200,
            {},
            self.server.page(self.server, path, self.server.records[path], int(query.get("page", ["1"])[0])),
        )

    def log_message(self, *_: object) -> None:
        pass


def wonde_page(hub: Hub, path: str, records: list[Any], n: int) -> bytes:
    """Two records a page, with the next page's address."""
    more = f"{hub.url}/{path}?page={n + 1}" if len(records) > 2 * n else None
    one = path == "schools/S1"
    return json.dumps(
        {"data": records[0] if one else records[2 * n - 2 : 2 * n], "meta": {"pagination": {"next": more}}}
    ).encode()


def assembly_page(hub: Hub, path: str, records: list[Any], n: int) -> bytes:
    """Two records a page, with the next page's number; the school by itself."""
    if path == "school":
        return json.dumps(records[0]).encode()
    return json.dumps(
        {"data": records[2 * n - 2 : 2 * n], "next_page": n + 1 if len(records) > 2 * n else None}
    ).encode()


@pytest.fixture
def serving() -> Iterator[Callable[[Hub], Hub]]:
    running: list[Hub] = []

    def serve(hub: Hub) -> Hub:
        running.append(hub)
        threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return hub

    yield serve
    for hub in running:
        hub.shutdown()
        hub.server_close()


@pytest.fixture
def wonde(serving: Callable[[Hub], Hub]) -> Hub:
    """A school of five pupils and three marks; behaviour is not open to the token."""
    school = {
        "id": "S1",
        "name": "A",
        "establishment_number": "4000",
        "la_code": "801",
        "phase_of_education": "SECONDARY",
    }
    mark = {
        "date": "2025-10-06",
        "session": "AM",
        "attendance_code": {"data": {"code": "/"}},
        "student": "A1",
    }
    lists = {"students": [{**WONDE_STUDENT, "id": f"A{n}"} for n in range(5)], "students-leaver": [],
             "attendance/session": [mark] * 3, "attendance/lesson": [], "achievements": [],
             "exclusions": []}  # fmt: skip
    records = {"schools/S1": [school], **{f"schools/S1/{name}": found for name, found in lists.items()}}
    return serving(Hub(records, wonde_page))


waits: list[float] = []


def pulled(
    hub: Hub, out: Path, source: str = "wonde", token: str = TOKEN, since: date | None = None
) -> Pulled:
    waits.clear()
    said: list[str] = []
    try:
        return pull(source, hub.url, out, token, "S1", since, said.append, waits.append)
    finally:
        assert TOKEN not in "\n".join(said)
        assert all(TOKEN not in path and TOKEN not in str(query) for path, query, _ in hub.asked)


def refused(hub: Hub, out: Path, **how: Any) -> str:
    """What a pull that fails says; nothing of it is left."""
    with pytest.raises(Refusal) as told:
        pulled(hub, out, **how)
    assert list(out.parent.iterdir()) == []
    assert TOKEN not in str(told.value)
    assert "\n" not in str(told.value)
    return str(told.value)


def pages(folder: Path, resource: str) -> list[Any]:
    found = [json.loads(path.read_text()) for path in sorted(folder.glob(f"{resource}-[0-9]*.json"))]
    assert all(
        page["handrail"] == {"source": page["handrail"]["source"], "school": "S1", "resource": resource}
        for page in found
    )
    return [page["data"] for page in found]


def test_every_page_is_a_file_that_a_profile_knows_and_the_list_of_them_is_whole(
    wonde: Hub, tmp_path: Path
) -> None:
    done = pulled(wonde, tmp_path / "out")
    assert done.records == {"school": 1, "students": 5, "students-leaver": 0, "attendance-session": 3,
                            "attendance-lesson": 0, "achievements": 0, "exclusions": 0}  # fmt: skip
    assert done.not_allowed == ("behaviours",)
    assert [[student["id"] for student in page] for page in pages(done.folder, "students")] == [
        ["A0", "A1"],
        ["A2", "A3"],
        ["A4"],
    ]
    manifest = json.loads((done.folder / MANIFEST).read_text())
    files = {path.name for path in done.folder.iterdir()} - {MANIFEST}
    assert set(manifest["files"]) == files
    assert len(files) == done.pages == 6
    names = {name: [export.name for export in recognised(done.folder / name, EVERY)] for name in files}
    assert sorted(map(tuple, names.values())) == [("school",), ("session attendance",)] * 1 + [
        ("session attendance",), *[("students",)] * 3,
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == [done.folder]


def test_the_token_goes_into_a_header_and_what_changed_since_is_asked_for(wonde: Hub, tmp_path: Path) -> None:
    pulled(wonde, tmp_path / "out", since=date(2025, 10, 1))
    asked = [(query, headers) for path, query, headers in wonde.asked if path == "schools/S1/students"]
    assert asked[0][0]["updated_after"] == ["2025-10-01 00:00:00"]
    assert asked[0][0]["include"] == ["education_details,extended_details"]
    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for _, _, headers in wonde.asked)
    assert not any(TOKEN in path.read_text() for path in (tmp_path / "out").iterdir())


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_assembly_pages_are_numbered_in_the_page_or_in_a_header(
    serving: Callable[[Hub], Hub], tmp_path: Path, version: str
) -> None:
    records = {"school": [{"name": "A", "urn": "1", "la_code": 801, "phase": "Secondary"}],
               "students": [{**ASSEMBLY_STUDENT, "id": n} for n in range(5)], "students/left": [],
               "attendances": []}  # fmt: skip
    hub = serving(Hub(records, assembly_page))
    if version == "1.1":
        hub.before = lambda path, turn: (
            (200, {"Next-Page": ["2", "3", ""][turn]}, json.dumps(records[path][2 * turn : 2 * turn + 2]).encode())
            if path == "students" else None
        )  # fmt: skip
    done = pulled(hub, tmp_path / "out", source="assembly", since=date(2025, 10, 1))
    assert [[one["id"] for one in page] for page in pages(done.folder, "students")] == [[0, 1], [2, 3], [4]]
    assert pages(done.folder, "school") == [records["school"][0]]
    assert done.not_allowed == ("exclusions",)
    headers = next(headers for path, _, headers in hub.asked if path == "students")
    assert headers["If-Modified-Since"] == "Wed, 01 Oct 2025 00:00:00 GMT"
    numbers = [query.get("page") for path, query, _ in hub.asked if path == "students"]
    assert numbers == [None, ["2"], ["3"]]


def test_nothing_changed_since_is_no_page(serving: Callable[[Hub], Hub], tmp_path: Path) -> None:
    hub = serving(Hub({"school": [{"name": "A"}]}, assembly_page))
    hub.before = lambda path, turn: None if path == "school" else (304, {}, b"")
    assert pulled(hub, tmp_path / "out", source="assembly", since=date(2025, 10, 1)).records == {"school": 1}


STUDENTS = "schools/S1/students"
CUT = b'{"data": [{"id": "A1"}, {"id": '


@pytest.mark.parametrize(
    ("reply", "waited"),
    [
        ((429, {"Retry-After": "7"}, b""), 7.0),
        (
            (
                429,
                {"Retry-After": "Mon, 06 Oct 2025 10:00:30 GMT", "Date": "Mon, 06 Oct 2025 10:00:00 GMT"},
                b"",
            ),
            30.0,
        ),
        ((429, {}, b""), 1.0),
        ((500, {}, b"oops"), 1.0),
        ((503, {"Retry-After": "soon"}, b""), 1.0),
        ((200, {"Content-Length": "5000"}, CUT), 1.0),
        ((200, {"Connection": "close"}, CUT), 1.0),
        ((200, {}, b"<html>sign in</html>"), 1.0),
        ((200, {"Content-Encoding": "gzip"}, b"not gzip"), 1.0),
    ],
    ids=[
        "busy",
        "busy until",
        "busy, no word",
        "broken",
        "nonsense",
        "cut",
        "cut unseen",
        "a web page",
        "not packed",
    ],
)
def test_a_hub_that_stumbles_is_asked_again_after_a_while(
    wonde: Hub, tmp_path: Path, reply: Reply, waited: float
) -> None:
    wonde.before = lambda path, turn: reply if path == STUDENTS and turn == 1 else None
    assert pulled(wonde, tmp_path / "out").records["students"] == 5
    assert waits == [waited]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((500, {}, b""), "wonde, students, page 1: the hub answered 500, 6 times. Nothing was written"),
        ((200, {"Connection": "close"}, CUT), "the page is not whole JSON, 6 times"),
        ((429, {"Retry-After": "86400"}, b""), "asks to be left for 86400 seconds"),
        ((418, {}, b""), "answered 418"),
        ((200, {}, b'{"data": "none"}'), "holds no records"),
        ((302, {"Location": "https://elsewhere.example/steal"}, b""), "another host"),
        ((302, {"Location": "/v1.0/schools/S1/students"}, b""), "round and round"),
        (
            (200, {}, b'{"data": [], "meta": {"pagination": {"next": "https://elsewhere.example/2"}}}'),
            "another host",
        ),
        (
            (200, {}, b'{"data": [], "meta": {"pagination": {"next": "/v1.0/schools/S1/students?page=9"}}}'),
            "already given",
        ),
    ],
)
def test_a_hub_that_does_not_give_what_it_should_leaves_nothing(
    wonde: Hub, tmp_path: Path, reply: Reply, says: str
) -> None:
    wonde.before = lambda path, turn: reply if path == STUDENTS else None
    assert says in refused(wonde, tmp_path / "out")


def test_a_pull_that_dies_after_many_pages_leaves_nothing(wonde: Hub, tmp_path: Path) -> None:
    wonde.before = lambda path, turn: (
        (500, {}, b"") if path == "schools/S1/attendance/session" and turn else None
    )
    refused(wonde, tmp_path / "out")
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]


KILLED = """
import sys
from pathlib import Path
from sources.exports.pull import pull
pull("wonde", sys.argv[1], Path(sys.argv[2]), sys.argv[3], "S1", None, print)
"""


def test_a_pull_that_is_killed_leaves_no_page_to_be_read_and_is_said_next_time(
    wonde: Hub, tmp_path: Path
) -> None:
    asked, hold = threading.Event(), threading.Event()

    def stall(path: str, turn: int) -> Reply | None:
        if path == "schools/S1/attendance/session":
            asked.set()
            hold.wait(20)
        return None

    wonde.before = stall
    out = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, wonde.url, str(out), TOKEN], stdout=subprocess.PIPE
    ) as at_work:
        assert asked.wait(20)
        with pytest.raises(AnotherRun, match="another pull is at work, or one died"):
            pulled(wonde, out)
        at_work.kill()
    hold.set()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left
    assert {path.suffix for path in left} == {".part"}
    assert not out.exists()
    assert (tmp_path / ".out.part").stat().st_mode & 0o077 == 0


def test_a_disk_that_takes_no_more_is_said_and_nothing_stays(
    wonde: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sources.exports.pull.replace_whole", full)
    assert "cannot be written (No space left on device)" in refused(wonde, tmp_path / "out")


def test_a_page_larger_than_any_is_not_read_on(
    wonde: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 500)
    assert "larger than" in refused(wonde, tmp_path / "out")


def test_a_wrong_token_is_said_and_never_shown(wonde: Hub, tmp_path: Path) -> None:
    assert "did not take the token" in refused(wonde, tmp_path / "out", token="wrong")  # noqa: S106


def test_a_redirect_on_the_same_host_is_followed(wonde: Hub, tmp_path: Path) -> None:
    wonde.before = lambda path, turn: (
        (301, {"Location": f"/v1.0/{STUDENTS}/"}, b"") if path == STUDENTS else None
    )
    wonde.records[STUDENTS + "/"] = wonde.records[STUDENTS][:1]
    assert pulled(wonde, tmp_path / "out").records["students"] == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"url": "http://api.wonde.com/v1.0"}, "must begin with https://"),
        ({"url": "https://me:pw@api.wonde.com/v1.0"}, "must be the hub's alone"),
        ({"url": "https://api.wonde.com/v1.0?token=x"}, "must be the hub's alone"),
        ({"url": "https://hub:port/"}, "cannot be read"),
        ({"school": "../S2"}, "--school"),
        ({"school": None}, "--school"),
        ({"token": ""}, "The token is empty"),
        ({"token": "a\r\nHost: b"}, "The token is empty"),
        ({"source": "wond"}, "did you mean 'wonde'?"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    asked = {"source": "wonde", "url": "https://api.wonde.com/v1.0", "out": tmp_path / "out", "token": TOKEN,
             "school": "S1", "updated_after": None, "say": print, **change}  # fmt: skip
    with pytest.raises(BadSettings) as told:
        pull(**asked)
    assert says in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_never_written_to(wonde: Hub, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert pulled(wonde, tmp_path / "out").pages == 6
    with pytest.raises(BadSettings, match="already there"):
        pulled(wonde, tmp_path / "out")


def test_the_token_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert token_from(tmp_path / "token", {"HANDRAIL_TOKEN": "other"}) == TOKEN
    assert token_from(None, {"HANDRAIL_TOKEN": TOKEN}) == TOKEN
    assert token_from(None, {}) == ""
    with pytest.raises(BadSettings, match="cannot be read"):
        token_from(tmp_path / "none", {})


def test_nobody_answering_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotPulled, match="no whole answer came"):
        pull("wonde", "http://127.0.0.1:9/v1.0", tmp_path / "out", TOKEN, "S1", None, print, waits.append)
