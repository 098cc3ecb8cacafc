"""What code a kept result was made by."""

import hashlib
from pathlib import Path


def code_hash(folder: Path, *settings: object) -> str:
    """sha256 over every Python file below a folder, in order, and over settings that its code reads: a result made
    another way is made again, not read again."""
    sources = [path.read_bytes() for path in sorted(folder.rglob("*.py"))]
    return hashlib.sha256(b"\0".join([*sources, *(repr(each).encode() for each in settings)])).hexdigest()
