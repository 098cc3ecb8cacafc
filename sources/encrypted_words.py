"""Words in a table, encrypted one by one, so that a file, a server and a copy of either say none of them."""

import binascii
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from configs.refusals import BadData
from sources.encryption import EncryptionKey

SIGN = "aes:"
NONCE, STEP = 12, 32  # bytes
END = b"\x80"  # where words end and what fills the step begins (ISO/IEC 7816-4)


@dataclass(frozen=True)
class WordsCipher:
    """AES-256-GCM with a nonce drawn anew for each words. `where` is bound to them: they do not open elsewhere."""

    cipher: AESGCM

    def encrypted(self, words: str, where: str) -> str:
        """The words as they are kept, filled up to a step so that a name is not known by its length. Nothing said
        stays nothing."""
        if not words:
            return ""
        plain, nonce = words.encode() + END, secrets.token_bytes(NONCE)
        plain = plain.ljust(-(-len(plain) // STEP) * STEP, b"\0")
        held = nonce + self.cipher.encrypt(nonce, plain, where.encode())
        return SIGN + binascii.b2a_base64(held, newline=False).decode()

    def decrypted(self, held: str, where: str) -> str:
        """The words. Refused (BadData): what is not as it was encrypted, or was encrypted for elsewhere."""
        if not held:
            return ""
        try:
            data = binascii.a2b_base64(held.removeprefix(SIGN), strict_mode=True)
            plain = self.cipher.decrypt(data[:NONCE], data[NONCE:], where.encode())
        except (InvalidTag, ValueError):
            raise BadData(
                f"What is kept in {where.partition(' ')[0]} is not as it was written. Restore the last backup."
            ) from None
        return plain[: plain.rindex(END)].decode()


@lru_cache(maxsize=4)
def words_cipher(key: EncryptionKey, salt: bytes) -> WordsCipher:
    """What encrypts the words of the tables that have this salt."""
    return WordsCipher(AESGCM(key.derived(salt, "words in a table")))
