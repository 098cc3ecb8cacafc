"""A PostgreSQL in place of the store's files: two page servers keep one account of things, and nothing said is lost."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from configs.refusals import BadSettings, DatabaseAway
from pipelines.audit import whole
from sources import server
from sources.audit import append, broken_at, lines
from tests.a_server import PASSWORD, PROGRAMS, Server, a_server, free_port
from tests.watchlists.a_visit import LEAD, MONDAY, Clock, address, post, publish, token_in, visit
from watchlists.access import accounts, sessions
from watchlists.answers import of_pupil
from watchlists.build import Built
from watchlists.entered import Support, enter, entered_folder
from watchlists.opaque import opaque_of
from watchlists.web.visitor import form_token

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PROGRAMS, reason="needs Debian's postgresql")]
PAGES = """import sys; from datetime import UTC, datetime; from pathlib import Path; import uvicorn
from watchlists.web.app import create_app
uvicorn.run(create_app(Path(sys.argv[1]), lambda: datetime(2025, 11, 24, 8, tzinfo=UTC)), port=int(sys.argv[2]),
            log_level="error")"""


@pytest.fixture
def own() -> Iterator[Server]:
    """A server that a test may stop."""
    with a_server() as server:
        yield server


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, postgres: Server) -> str:
    where = postgres.emptied()
    monkeypatch.setenv("HANDRAIL_DATABASE", where)
    return where


def page_server(store: Path, where: str, port: int) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "HANDRAIL_DATABASE": where, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", PAGES, str(store), str(port)], env=environment)


def wait_for(port: int) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        assert client.get(f"http://127.0.0.1:{port}/health").text == "ok"


@contextmanager
def two_page_servers(store: Path, where: str) -> Iterator[list[int]]:
    """Two processes that serve the pages of one store, at these ports."""
    ports = [free_port(), free_port()]
    running = [page_server(store, where, port) for port in ports]
    try:
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for process in running:
            process.terminate()
            process.wait()


def test_two_page_servers_keep_one_notebook_and_one_chain(tmp_path: Path, built: Built, at: str) -> None:
    store = publish(tmp_path, built)
    accounts.add(store, LEAD, None, MONDAY)
    cookie = {"handrail": sessions.begin(store, "lead", MONDAY)}
    pupils = list(built.watch_list["pupil_id"][:6])
    with two_page_servers(store, at) as ports:

        def say(number: int) -> int:
            page = (
                f"http://127.0.0.1:{ports[number % 2]}{address(store, 'pupil', pupils[number % len(pupils)])}"
            )
            with httpx.Client(cookies=cookie) as client:
                form = {"token": token_in(client.get(page).text), "answer": "act", "note": f"note {number}"}
                return client.post(f"{page}/view", data=form).status_code

        with ThreadPoolExecutor(4) as several:
            assert set(several.map(say, range(16))) == {303}
    said = sorted(answer.note for pupil in pupils for answer in of_pupil(store, pupil))
    assert said == sorted(f"note {number}" for number in range(16))
    assert sum(line["event"] == "answered" for line in lines(store)) == 16
    assert broken_at(store) is None
    assert not list(store.glob("*.db")), "nothing was kept beside the server"
    assert not (store / "audit").exists()


def test_a_server_lost_in_the_middle_loses_nothing(
    tmp_path: Path, built: Built, own: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_DATABASE", own.address)
    store, pupil = publish(tmp_path, built), built.watch_list["pupil_id"][0]
    page = address(store, "pupil", pupil)
    with visit(store) as client:
        assert post(client, f"{page}/view", page, answer="act", note="before").status_code == 303
        token = token_in(client.get(page).text)
        own.stop()
        lost = client.post(f"{page}/view", data={"token": token, "answer": "act", "note": "during"})
        assert lost.status_code == 503
        assert "does not answer" in lost.text
        assert "look before you send it again" in lost.text
        assert "127.0.0.1" not in lost.text
        assert client.get("/health").text == "ok"
        own.start()
        assert post(client, f"{page}/view", page, answer="act", note="after").status_code == 303
    assert [answer.note for answer in of_pupil(store, pupil)] == ["after", "before"]
    assert whole(store).endswith("is whole.")


def test_the_database_of_another_store_is_refused(tmp_path: Path, built: Built, at: str) -> None:
    store, other = publish(tmp_path / "one", built), publish(tmp_path / "other", built)
    with visit(store):
        opaque_of(other)  # a store that has shown a page before has a secret
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "users", "list", "--store", str(other)],
        env={**os.environ, "HANDRAIL_DATABASE": at}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "holds another store than" in done.stderr
    assert "lead" not in done.stdout
    with pytest.raises(BadSettings, match="another store"):
        append(other, MONDAY, "viewed")
    shutil.copy(store / "secret", other / "secret")
    append(other, MONDAY, "viewed")  # a second server of the first store


def test_whatever_was_acknowledged_is_kept_though_the_server_dies_under_two_page_servers(
    tmp_path: Path, built: Built, own: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_DATABASE", own.address)
    store, pupil = publish(tmp_path, built), built.watch_list["pupil_id"][0]
    accounts.add(store, LEAD, None, MONDAY)
    cookie = {"handrail": sessions.begin(store, "lead", MONDAY)}
    answers: list[tuple[int, int]] = []
    with two_page_servers(store, own.address) as ports:

        def say(number: int) -> None:
            page = f"http://127.0.0.1:{ports[number % 2]}{address(store, 'pupil', pupil)}"
            with httpx.Client(cookies=cookie, timeout=60) as client:
                token = form_token(opaque_of(store).key, cookie["handrail"])
                form = {"token": token, "answer": "act", "note": f"note {number}"}
                answers.append((number, client.post(f"{page}/view", data=form).status_code))
                time.sleep(0.05)

        with ThreadPoolExecutor(4) as several:
            waiting = [several.submit(say, number) for number in range(60)]
            while len(answers) < 15:
                time.sleep(0.01)
            own.stop()
            time.sleep(0.5)
            own.start()
            for one in waiting:
                one.result()
    assert {status for _, status in answers} == {303, 503}
    kept = [answer.note for answer in of_pupil(store, pupil)]
    assert len(kept) == len(set(kept))
    assert {f"note {number}" for number, status in answers if status == 303} <= set(kept)
    assert broken_at(store) is None
    assert sum(line["event"] == "answered" for line in lines(store)) >= len(kept)


def test_what_was_entered_on_another_machine_is_in_the_next_ingest(tmp_path: Path, at: str) -> None:
    pages, nightly = tmp_path / "pages", tmp_path / "nightly"
    assert entered_folder(nightly) is None
    day = date(2025, 11, 10)
    enter(pages, Support("p001", "s1", "mentoring", day, None, day, "Ms R. Okafor"))
    folder = entered_folder(nightly)
    assert folder == nightly / "entered"
    assert "p001,s1,mentoring,2025-11-10,,2025-11-10" in (nightly / "entered" / "support.csv").read_text()


def test_the_log_only_grows_and_a_line_changed_or_taken_away_shows(
    tmp_path: Path, postgres: Server, at: str
) -> None:
    for number in range(4):
        append(tmp_path, MONDAY, "viewed", number=number)
    schema = at.rpartition("%3D")[2]
    for attempt in ("update {}.audit_log set line = ''", "delete from {}.audit_log", "truncate {}.audit_log"):
        with pytest.raises(subprocess.CalledProcessError):
            postgres.say(attempt.format(schema))
    assert broken_at(tmp_path) is None
    guard = f"alter table {schema}.audit_log {{}} trigger only_grows"
    postgres.say(f"{guard.format('disable')}; delete from {schema}.audit_log where number = 4")
    assert broken_at(tmp_path) == 4
    postgres.say(f"update {schema}.audit_log set line = replace(line, '\"number\": 1', '\"number\": 7')")
    assert broken_at(tmp_path) == 3


def test_a_line_that_cannot_be_kept_shows_no_pupil(
    tmp_path: Path, built: Built, postgres: Server, at: str
) -> None:
    store = publish(tmp_path, built)
    with visit(store) as client:
        page = address(store, "pupil", built.watch_list["pupil_id"][0])
        assert client.get(page).status_code == 200
        postgres.say(f"revoke all on {at.rpartition('%3D')[2]}.audit_log from handrail")
        refused = client.get(page)
    assert refused.status_code == 503
    assert built.watch_list["concerns"][0][0] not in refused.text


WRONG = {
    "mysql://u:{}@h/d": "of 'mysql'",
    "nonsense {}": "is no address",
    "postgresql://u:{}@127.0.0.1": "names no database",
    "postgresql://u:{}@db.example.school/handrail": "sslmode",
}


@pytest.mark.parametrize(("said", "shows"), WRONG.items())
def test_an_address_that_is_none_is_refused_without_its_password(said: str, shows: str) -> None:
    with pytest.raises(BadSettings, match=shows) as refused:
        server.address({"HANDRAIL_DATABASE": said.format("hush-hush")})
    assert "hush" not in str(refused.value)


def test_the_address_may_stand_in_a_file_of_its_own(tmp_path: Path, postgres: Server) -> None:
    path = tmp_path / "database"
    path.write_text(postgres.emptied() + "\n", encoding="utf-8")
    where = server.address({"HANDRAIL_DATABASE_FILE": str(path)})
    assert where is not None
    assert where.password == PASSWORD
    with pytest.raises(BadSettings, match="not both"):
        server.address({"HANDRAIL_DATABASE_FILE": str(path), "HANDRAIL_DATABASE": "postgresql:///x"})
    with pytest.raises(BadSettings, match="cannot be read"):
        server.address({"HANDRAIL_DATABASE_FILE": str(tmp_path / "none")})
    assert server.address({}) is None


@pytest.mark.parametrize("fault", ["nobody listens", "wrong password", "no rights"])
def test_a_command_refuses_in_one_line_that_holds_no_password(
    tmp_path: Path, postgres: Server, fault: str
) -> None:
    where = postgres.address
    if fault == "nobody listens":
        where = where.replace(f":{postgres.port}/", f":{free_port()}/")
    elif fault == "wrong password":
        where = where.replace("handrail:", "handrail:hush-hush", 1)
    else:
        where += "?options=-csearch_path%3Dpg_catalog"
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "users", "list", "--store", str(tmp_path)],
        env={**os.environ, "HANDRAIL_DATABASE": where}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(
        f"handrail: The database 127.0.0.1:{where.rpartition(':')[2].partition('/')[0]}/handrail"
    )
    assert "hush" not in line
    assert "pass" not in line.replace("password authentication failed", "")


def test_a_nul_that_nobody_typed_is_no_fault_and_no_way_round_the_throttle(
    tmp_path: Path, built: Built, at: str
) -> None:
    store = publish(tmp_path, built)
    accounts.add(store, LEAD, "correct horse battery", MONDAY)
    with visit(store, None, Clock()) as client:
        tries = [
            post(client, "/sign-in", "/sign-in", name="lead" + "\0" * number, password="wrong").status_code  # noqa: S106
            for number in range(6)
        ]
    assert tries == [401] * 5 + [429]


def test_moments_are_kept_to_the_second_for_a_session(tmp_path: Path, at: str) -> None:
    accounts.add(tmp_path, LEAD, None, MONDAY)
    token = sessions.begin(tmp_path, "lead", MONDAY)
    session = sessions.who(tmp_path, token, MONDAY)
    assert session is not None
    assert session.ends == datetime(2025, 11, 24, 9, 0, tzinfo=UTC)


def test_a_store_that_nobody_can_reach_is_refused_by_every_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_DATABASE", f"postgresql://u:p@127.0.0.1:{free_port()}/x")
    from watchlists.holds import held

    with pytest.raises(DatabaseAway):
        held(tmp_path)  # a night that could not ask who objected lists nobody
