"""A backup's files, encrypted a piece at a time, and the seal of its manifest.

Each backup has a salt of its own and each file a key derived from that salt and its place, so that a file of another
place or another backup does not open. A piece's nonce is its number and whether it is the last: one that is missing,
moved or cut off does not open either (the STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015). A key
seals one file once, so that no nonce is ever used twice.
"""

import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from configs.refusals import BadData, BadSettings
from pipelines.runs import PART
from sources.encryption import SALT, VARIABLE, EncryptionKey

PIECE, TAG = 1 << 20, 16  # bytes
HOW = "AES-256-GCM in pieces of 1 MiB"
SEAL, ENCRYPTED = "seal", "encrypted"
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Envelope:
    """What one backup is encrypted with: the school's key and the backup's own salt."""

    key: EncryptionKey
    salt: bytes

    def encrypt(self, source: Path, place: str, target: Path) -> None:
        """Writes to `target` what the file at this place in the store holds, encrypted."""
        cipher = self._cipher(place)
        with source.open("rb") as plain, target.open("wb") as file:
            for nonce, piece in _pieces(plain, PIECE):
                file.write(cipher.encrypt(nonce, piece, None))

    def decrypt(self, path: Path, place: str) -> None:
        """Puts in the place of an encrypted file what it says. Refused (BadData): one that is not all and exactly what
        was written for that place of that backup."""
        cipher, part = self._cipher(place), path.with_name(path.name + PART)
        with path.open("rb") as file, part.open("wb") as plain:
            try:
                for nonce, piece in _pieces(file, PIECE + TAG):
                    plain.write(cipher.decrypt(nonce, piece, None))
            except InvalidTag:
                raise BadData(
                    f"The backup is not as it was written: {place} (changed). Nothing was put back. Restore another."
                ) from None
        os.replace(part, path)

    def sealed(self, manifest: Manifest) -> dict[str, Any]:
        """The manifest with what it was encrypted by, and with its seal."""
        told = {**manifest, ENCRYPTED: {"by": HOW, "salt": self.salt.hex(), "key": self.key.mark(self.salt)}}
        return {**told, SEAL: self._seal(told)}

    def refuse_unsealed(self, manifest: Manifest) -> None:
        """Refused (BadData): a manifest that was changed since it was sealed."""
        if not hmac.compare_digest(self._seal(manifest).encode(), str(manifest.get(SEAL)).encode()):
            raise BadData(
                "The backup's manifest is not as it was written. Nothing was put back. Restore another."
            )

    def _seal(self, manifest: Manifest) -> str:
        told = {name: value for name, value in manifest.items() if name != SEAL}
        key = self.key.derived(self.salt, "the manifest of a backup")
        return hmac.digest(key, json.dumps(told, sort_keys=True).encode(), "sha256").hex()

    def _cipher(self, place: str) -> AESGCM:
        return AESGCM(self.key.derived(self.salt, f"the file of a backup at {place}"))


def new_envelope(key: EncryptionKey) -> Envelope:
    """What a new backup is encrypted with."""
    return Envelope(key, secrets.token_bytes(SALT))


def envelope_of(manifest: Manifest, key: EncryptionKey | None) -> Envelope | None:
    """What opens a backup, or None where it was made without a key. Refused: no key, another key (BadSettings), a
    manifest that was changed (BadData)."""
    if not manifest.get(ENCRYPTED):
        return None
    if key is None:
        raise BadSettings(f"The backup is encrypted. Name the file of its key in {VARIABLE}.")
    envelope = Envelope(key, bytes.fromhex(manifest[ENCRYPTED]["salt"]))
    if manifest[ENCRYPTED]["key"] != key.mark(envelope.salt):
        raise BadSettings(
            f"The key at {VARIABLE} is not the one that the backup was encrypted with. Name that one."
        )
    envelope.refuse_unsealed(manifest)
    return envelope


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Each piece of a file, of an empty one too, with the nonce that says which and whether it is the last."""
    number, piece = 0, file.read(size)
    while True:
        following = file.read(size)
        yield number.to_bytes(11, "big") + bytes([not following]), piece
        if not following:
            return
        number, piece = number + 1, following
