"""`handrail email`: "your list is ready", to each account with an address. No pupil's name, no number, no school."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from configs.refusals import BadSettings, Refusal, StaleFeed
from pipelines import audit
from pipelines.moment import now
from pipelines.options import HERE
from pipelines.runs import current
from pipelines.withdrawn import in_words, shown_and_withdrawn
from sources.store import Store
from watchlists.access import accounts
from watchlists.access.roles import may_see_names
from watchlists.access.told import not_told, told
from watchlists.language import marked, said, speak

PATIENCE = 30  # seconds for the mail server to answer
SUBJECT = marked("Your list is ready")
BODY = marked(
    "Your list is ready.\n\nSign in to see it: {address}\n\nThis message names nobody, and neither should a reply.\n"
)


@dataclass(frozen=True)
class Server:
    """A mail server; `user` and `password` where it wants them, which are never sent unencrypted."""

    host: str
    port: int
    user: str = ""
    password: str = ""


class MailRefused(Refusal):
    """The mail server cannot be reached, or does not take the message."""


def server_of(address: str) -> Server:
    """The server at HOST:PORT, with the name and password of HANDRAIL_SMTP_USER and HANDRAIL_SMTP_PASSWORD."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise BadSettings(
            f"'{address}' is no mail server: give HOST:PORT, for example mail.example.school:587."
        )
    user, password = os.environ.get("HANDRAIL_SMTP_USER", ""), os.environ.get("HANDRAIL_SMTP_PASSWORD", "")
    return Server(host, int(port), user, password)


def email_everyone(store: Path, server: Server, sender: str, address: str) -> str:
    """Sends to whoever sees names on a list that is shown and has not been told of it yet; returns what to say."""
    run = current(store)
    if run is None:
        raise BadSettings(f"The store {store} has no list yet. Run `handrail nightly --store {store}` first.")
    speak(Store(store).settings.language)
    shown = _schools_shown(store)
    wanted = [
        held for held in accounts.everyone(store)
        if held.email and any(may_see_names(held, school) for school in shown)
    ]  # fmt: skip
    waiting = not_told(store, run, [held.name for held in wanted])
    sent = 0
    try:
        with smtplib.SMTP(server.host, server.port, timeout=PATIENCE) as smtp:
            _make_private(smtp, server)
            for held in wanted:
                if held.name in waiting:
                    smtp.send_message(message(sender, held.email, address))
                    told(store, run, held.name, now())
                    sent += 1
    except (OSError, smtplib.SMTPException) as error:
        raise MailRefused(
            f"The mail server {server.host}:{server.port} did not take the message ({type(error).__name__}). "
            f"{sent} of {len(waiting)} were sent; run the command again to send the rest."
        ) from error
    finally:
        audit.note(store, "told that the list is ready", run=run, messages=sent)
    return f"Told {sent} of {len(wanted)} that the list is ready; the others knew already."


def _schools_shown(store: Path) -> list[str]:
    """The schools whose list the pages show today. Refused (StaleFeed) where that of every school is too old."""
    shown, gone = shown_and_withdrawn(store, now().astimezone(HERE).date())
    if gone and not shown:
        raise StaleFeed(f"Nobody was told that a list is ready. {in_words(gone)}")
    return shown


def message(sender: str, to: str, address: str) -> EmailMessage:
    """The message: the same for everyone but the address it goes to."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, said(SUBJECT)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(said(BODY, address=address))
    return made


def _make_private(smtp: smtplib.SMTP, server: Server) -> None:
    """TLS where the server offers it; a password only over TLS."""
    smtp.ehlo()
    private = smtp.has_extn("starttls")
    if private:
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if server.user and not private:
        raise BadSettings(
            f"{server.host} offers no TLS, so the password was not sent. Use a server that does."
        )
    if server.user:
        smtp.login(server.user, server.password)
