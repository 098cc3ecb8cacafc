"""Passwords: argon2id with the library's own settings, checked two at a time, and as slowly for an unknown name."""

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from configs.refusals import BadSettings
from watchlists.language import marked, said

LEAST = 12
MOST = 200
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that is taken for another
_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)  # each check takes 64 MB: a flood of sign-ins must not take the machine


def hashed(password: str) -> str:
    """The password's argon2id hash."""
    return _HASHER.hash(password)


def right(password: str, held: str | None) -> bool:
    """Whether the password is the one hashed. None (no such account) takes as long and is never right."""
    if len(password) > MOST:
        return False
    with _AT_ONCE:
        try:
            return _HASHER.verify(held or _nobodys(), password) and held is not None
        except (VerificationError, InvalidHashError):
            return False


def fault(password: str, name: str) -> str | None:
    """What is wrong with a new password, in words, or None."""
    if not LEAST <= len(password) <= MOST:
        words = marked("Use {least} to {most} characters: three or four words are easy to remember.")
        return said(words, least=LEAST, most=MOST)
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        return said(
            "Choose one that is harder to guess: not your name, nor the same few letters again and again."
        )
    return None


def check_new(password: str, name: str) -> None:
    """Refuses (BadSettings) a password that is too easy to guess."""
    if wrong := fault(password, name):
        raise BadSettings(said("That password will not do. {wrong}", wrong=wrong))


def invented() -> str:
    """A new random password of four short groups: 77 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


@cache
def _nobodys() -> str:
    return hashed(secrets.token_hex())
