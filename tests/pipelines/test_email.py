""" "Your list is ready", sent to a real mail server: once, and with no name in it."""

import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from configs.refusals import BadSettings
from pipelines.email import MailRefused, Server, email_everyone, server_of
from watchlists.access import accounts
from watchlists.access.roles import Account

MONDAY = datetime(2025, 11, 24, 8, tzinfo=UTC)
HERE = "https://handrail.example.school/"


class Mail(socketserver.StreamRequestHandler):
    """A mail server that keeps what it is sent, and refuses one address."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                self.say("354 go on")
                held = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.held.append(held.decode())  # type: ignore[attr-defined]
            if "refused@" in line:
                self.say("550 no such person")
            else:
                self.say("221 bye" if verb == "QUIT" else "250 fine")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        server.held = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def publish(store: Path, name: str) -> None:
    """A list of a school whose days stand still."""
    folder = store / "runs" / name
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"as_of": name[:10]}))
    (folder / "cards.json").write_text(json.dumps({"schools": {"s1": {"withdrawn_from": None}}}))
    (store / "current.json").write_text(json.dumps({"run": name}))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    publish(tmp_path, "2025-11-21-1")
    for name, role, email in (("okafor", "senco", "okafor@example.school"), ("pryce", "head", ""),
                              ("adeyemi", "governor", "adeyemi@example.school")):  # fmt: skip
        held = Account(name, name.title(), role, frozenset(("s1",)), email=email)
        accounts.add(tmp_path, held, "correct horse battery", MONDAY)
    return tmp_path


def at(mail: socketserver.ThreadingTCPServer) -> Server:
    return Server("127.0.0.1", mail.server_address[1])


def test_whoever_sees_names_is_told_once_of_each_list(
    store: Path, mail: socketserver.ThreadingTCPServer
) -> None:
    assert email_everyone(store, at(mail), "handrail@example.school", HERE).startswith("Told 1 of 1")
    assert email_everyone(store, at(mail), "handrail@example.school", HERE).startswith("Told 0 of 1")
    (held,) = mail.held  # type: ignore[attr-defined]
    assert "To: okafor@example.school" in held
    assert "Subject: Your list is ready" in held
    assert HERE in held
    publish(store, "2025-11-28-1")
    assert email_everyone(store, at(mail), "handrail@example.school", HERE).startswith("Told 1 of 1")


def test_a_message_that_is_not_taken_is_said_and_sent_again(
    store: Path, mail: socketserver.ThreadingTCPServer
) -> None:
    held = Account("zed", "Zed", "senco", frozenset(("s1",)), email="refused@example.school")
    accounts.add(store, held, "correct horse battery", MONDAY)
    with pytest.raises(MailRefused, match="1 of 2 were sent"):
        email_everyone(store, at(mail), "handrail@example.school", HERE)
    with pytest.raises(MailRefused, match="0 of 1 were sent"):
        email_everyone(store, at(mail), "handrail@example.school", HERE)


def test_no_password_goes_to_a_server_without_tls(store: Path, mail: socketserver.ThreadingTCPServer) -> None:
    with pytest.raises(BadSettings, match="offers no TLS"):
        email_everyone(store, Server("127.0.0.1", at(mail).port, "user", "secret"), "a@b.c", HERE)


def test_a_server_that_is_not_there_is_said(store: Path) -> None:
    with pytest.raises(MailRefused, match="did not take"):
        email_everyone(store, Server("127.0.0.1", 9), "a@b.c", HERE)
    with pytest.raises(BadSettings, match="HOST:PORT"):
        server_of("mail.example.school")
