"""Opaque ids for addresses: a keyed hash with the store's secret; no URL holds a pupil's id or name."""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sources.belonging import SECRET
from watchlists.language import said

LENGTH, SHORT = 20, 5


@dataclass(frozen=True)
class Opaque:
    """The keyed hash of one store."""

    key: bytes

    def of(self, kind: str, identity: str) -> str:
        """The opaque id of a pupil or school: letters and digits, the same on every run of the store."""
        digest = hmac.new(self.key, f"{kind}\0{identity}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:LENGTH]

    def nameless(self, pupil_id: str) -> str:
        """What a pupil without a name on file is called: "Pupil k3f7q"."""
        return said("Pupil {code}", code=self.of("pupil", pupil_id)[:SHORT])


def opaque_of(store_root: Path) -> Opaque:
    """The keyed hash of a store, its secret made on first use and readable by its owner only."""
    path = store_root / SECRET
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Opaque(path.read_bytes())
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return Opaque(path.read_bytes())
