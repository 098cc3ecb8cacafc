"""Unique Pupil Numbers (DfE, UPN guide): thirteen characters, the first a check letter over the other twelve."""

import re

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # I, O and S are never used
SHAPE = re.compile(rf"[{LETTERS}]\d{{11}}[0-9{LETTERS}]")


def fault(text: str) -> str | None:
    """Why a text is no UPN, in words that hold none of it; None where it is one, permanent or temporary.

    >>> fault("H801200001001")
    >>> fault("B801200001001")
    'the UPN has a wrong check letter: a character was mistyped'
    """
    upn = text.strip().upper()
    if re.fullmatch(r"\d+(\.\d+)?[Ee]\+?\d+", upn):
        return "a spreadsheet has turned the UPN into a rounded number: export again with the UPN as text"
    if not SHAPE.fullmatch(upn):
        return "the UPN is not a letter, eleven digits and a digit or letter"
    return (
        None if upn[0] == check_letter(upn) else "the UPN has a wrong check letter: a character was mistyped"
    )


def check_letter(upn: str) -> str:
    """The letter that must begin a UPN with these other twelve characters: weights 2 to 13, modulo 23."""
    values = (int(c) if c.isdigit() else LETTERS.index(c) for c in upn[1:])
    return LETTERS[sum(value * weight for value, weight in zip(values, range(2, 14), strict=True)) % 23]


def is_temporary(upn: str) -> bool:
    """Whether a UPN is temporary (it ends in a letter), so that a permanent one will replace it."""
    return upn.strip()[-1:].isalpha()
