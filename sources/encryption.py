"""The key under which names, notes and backups are encrypted, where a school gives one.

`HANDRAIL_ENCRYPTION_KEY_FILE` names a file of one line, 64 hexadecimal digits, read once. It is no argument of a
command, stands in no setting and is repeated in no message. Whatever is encrypted carries a salt and a mark: a key of
its own is derived from both, and another key is refused before anything is read.
"""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from configs.refusals import BadSettings
from sources.secret import Secret

VARIABLE = "HANDRAIL_ENCRYPTION_KEY_FILE"
EXPECTED = "expected one line of 64 hexadecimal digits, as `openssl rand -hex 32` makes it"
BYTES, SALT = 32, 16
WHICH = "which key is this"


class EncryptionKey(Secret):
    """A secret from which a key for each purpose is derived."""

    def derived(self, salt: bytes, purpose: str) -> bytes:
        """The key for one purpose (HKDF with SHA-256, RFC 5869): it gives away nothing of any other."""
        return HKDF(SHA256(), BYTES, salt, f"handrail: {purpose}".encode()).derive(self.secret)

    def mark(self, salt: bytes) -> str:
        """What tells this key from another and gives nothing of it away."""
        return self.derived(salt, WHICH).hex()


def key_for(store: Path, environment: Mapping[str, str] = os.environ) -> EncryptionKey | None:
    """The key that is given, or None. Refused (BadSettings): a file that cannot be read, that holds no key, or that
    lies in the store."""
    named = environment.get(VARIABLE, "")
    if not named:
        return None
    path = Path(named)
    if store.resolve() in path.resolve().parents:
        raise BadSettings(
            f"{VARIABLE}: {path} lies in the store, and whoever copies the one has the other. Move it elsewhere."
        )
    return key_in(path)


@lru_cache(maxsize=2)
def key_in(path: Path, named_by: str = VARIABLE) -> EncryptionKey:
    """The key that a file holds. Refused (BadSettings): one that cannot be read or that holds none."""
    try:
        said = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise BadSettings(
            f"{named_by}: {path} cannot be read ({error.strerror}). Name the file of the key."
        ) from error
    if not re.fullmatch(r"[0-9a-fA-F]{64}", said):
        raise BadSettings(f"{named_by}: {path} holds no key; {EXPECTED}.")
    return EncryptionKey(bytes.fromhex(said))
