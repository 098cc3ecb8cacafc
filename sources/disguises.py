"""Files that are named .csv and are something else: told by their first bytes, before anything is read."""

import codecs

SIGNS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a Parquet file",
    b"7z\xbc\xaf": "a 7z archive",
}


def what_it_is(start: bytes) -> str | None:
    """Why a file that starts like this cannot be read as CSV UTF-8, and what to do; None where it may be CSV."""
    for sign, name in SIGNS.items():
        if start.startswith(sign):
            return f"is {name}, not CSV. Save it as CSV UTF-8 and ingest again."
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _every_other_byte_is_nul(start):
        return "is in UTF-16. Save it as CSV UTF-8 and ingest again."
    text = start[:4096].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<!--", b"<table")):
        return "is a web page, not CSV: the export probably asked for a sign-in. Export again."
    if text.startswith((b"<?xml", b"<")):
        return "is XML, not CSV. Export it as CSV and ingest again."
    if text.startswith((b"{", b"[")):
        return "is JSON, not CSV. Export it as CSV and ingest again."
    if b"\x00" in start[:4096].partition(b"\n")[0]:
        return "holds a NUL byte in its first line: it is damaged or no text. Export it again."
    return None


def _every_other_byte_is_nul(start: bytes) -> bool:
    head = start[:200]
    return len(head) > 8 and max(head[0::2].count(0), head[1::2].count(0)) > len(head) // 4
