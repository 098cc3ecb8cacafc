"""What is encrypted in the people database, and which key opens it.

Where a key is given, whatever names a child and whatever was written freely is encrypted. Ids, days, kinds and the
names of staff are not: rows are found by them. The table `encrypted` holds a salt and the mark of the key, or nothing.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from configs.refusals import WrongKey
from sources.encrypted_words import WordsCipher, words_cipher
from sources.encryption import SALT, VARIABLE, EncryptionKey
from sources.sql import Said, holds_anything

PLAIN = f"{VARIABLE} is given, and names and notes are held as plain text. Run `handrail encrypt` once."
HIDDEN = {
    "people": (
        "first_name", "last_name", "preferred_name", "tutor_group", "own_words", "what_helps", "key_adult",
    ),
    "answers": ("note",),
    "mistakes": ("what", "note"),
}  # fmt: skip


class Notebook(Said):
    """A transaction on the people database, into which rows go as `hidden` and from which they come as `shown`."""

    def __init__(self, connection: Connection, cipher: WordsCipher | None) -> None:
        super().__init__(connection)
        self.cipher = cipher

    def hidden(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row, or part of one, as it is kept."""
        return _each(self.cipher.encrypted, table, row) if self.cipher else dict(row)

    def shown(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """The same as it was told. Refused (BadData): words that are not as they were kept, or another pupil's."""
        return _each(self.cipher.decrypted, table, row) if self.cipher else dict(row)


def cipher_of(said: Said, key: EncryptionKey | None, named_by: str = VARIABLE) -> WordsCipher | None:
    """What opens the words, or None where they are plain. Refused (WrongKey): no key or another for encrypted ones,
    a key for plain ones."""
    held = said.row("select salt, mark from encrypted where one = 1")
    if held is None:
        if key and holds_anything(HIDDEN, said):
            raise WrongKey(PLAIN)
        return None
    if key is None:
        raise WrongKey(
            f"Names and notes of this store are encrypted. Name the file of their key in {VARIABLE}."
        )
    salt = bytes.fromhex(held[0])
    if key.mark(salt) != held[1]:
        raise WrongKey(
            f"The key at {named_by} is not the one that names and notes of this store are encrypted with. Name that."
        )
    return words_cipher(key, salt)


def cipher_from_now_on(said: Said, key: EncryptionKey) -> WordsCipher:
    """What encrypts the words of a people database that holds none, or none that are plain."""
    said.alone(HIDDEN)
    return cipher_of(said, key) or begun(said, key)


def begun(said: Said, key: EncryptionKey) -> WordsCipher:
    """A new salt, and what encrypts with it. The caller is alone, and leaves no word plain."""
    salt = secrets.token_bytes(SALT)
    said.do(
        "insert into encrypted (one, salt, mark) values (1, :salt, :mark)",
        salt=salt.hex(), mark=key.mark(salt),
    )  # fmt: skip
    return words_cipher(key, salt)


def _each(turned: Callable[[str, str], str], table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    of = row["pupil_id"]
    words = (name for name in HIDDEN.get(table, ()) if name in row)
    return {**row, **{name: turned(row[name], f"{table}.{name} of {of}") for name in words}}
