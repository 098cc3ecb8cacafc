"""The key that makes pupils' identifiers into pseudonyms: kept outside the store, never in it."""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from configs.refusals import BadSettings
from sources.secret import Secret
from sources.store import replace_whole

LEAST_BYTES = 16
MARK = "key.sha256"


class Key(Secret):
    """The secret that pupils' identifiers are hashed with."""

    def of(self, *parts: str) -> str:
        """The keyed hash (HMAC-SHA256, RFC 2104) of an identifier, as 16 letters and digits."""
        text = "\x1f".join(parts).encode()
        digest = hmac.new(self.secret, text, hashlib.sha256).digest()
        return base64.b32encode(digest[:10]).decode().lower()

    @property
    def mark(self) -> str:
        """What tells this key from another and gives nothing of it away."""
        return self.of("handrail", "which key is this")


def read_key(path: Path) -> Key:
    """The key in a file; made there, for its owner's eyes only, where there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    return key_from(path.read_text(encoding="utf-8").strip(), str(path))


def key_from(text: str, where: str) -> Key:
    """A key from its text. Refused (BadSettings) where it is too short to keep anything secret."""
    if len(text.encode()) < LEAST_BYTES:
        raise BadSettings(f"The key in {where} is shorter than {LEAST_BYTES} characters. Give a longer one, or let "
                          "Handrail make one by naming a file that does not exist yet.")  # fmt: skip
    return Key(text.encode())


def check_key(key: Key, store_root: Path) -> None:
    """Refuses (BadSettings) a key that is not the one the store's pupils were named with."""
    held = store_root / MARK
    if held.exists() and held.read_text(encoding="ascii").strip() != key.mark:
        raise BadSettings("This key is not the one that the store's pupils were named with: one pupil would be read as "
                          "two. Put the first key back (HANDRAIL_KEY_FILE), or ingest into a new store.")  # fmt: skip


def remember_key(key: Key, store_root: Path) -> None:
    """Notes in the store which key its pupils were named with, not the key."""
    replace_whole(store_root / MARK, key.mark + "\n")
