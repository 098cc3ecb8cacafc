"""Refusals: what Handrail says, in one line, when a person can mend what is wrong.

Each kind carries the exit code of the command (design, "The command"). A refusal names what was found, where,
what was expected and how to mend it; it never holds a pupil's data.
"""

import difflib
from collections.abc import Iterable


class Refusal(Exception):
    """Something a person can mend: shown as one line, never as a traceback."""

    exit_code = 1


class BadSettings(Refusal):
    """The command or the settings are off."""

    exit_code = 2


class WrongKey(BadSettings):
    """Names and notes are encrypted, or plain, and the key that is given, or its absence, does not fit."""


class BadData(Refusal):
    """The data cannot be used as it is; the store has not been touched."""

    exit_code = 3


class StaleFeed(Refusal):
    """The newest record is too old for a list to be called fresh."""

    exit_code = 4


class AnotherRun(Refusal):
    """Another run holds the store."""

    exit_code = 5


class DatabaseAway(Refusal):
    """The database server does not answer; what it holds is as it was."""


class GateNotPassed(Refusal):
    """No model may publish names: none has passed its gate."""

    exit_code = 6


def nearest(word: str, known: Iterable[str]) -> str:
    """The nearest known name as a hint (" (did you mean 'x'?)"), or nothing when none is near.

    >>> nearest("absense", ["absence", "lateness"])
    " (did you mean 'absence'?)"
    """
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
