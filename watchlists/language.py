"""The language of pages and sentences: English, or a translation of it (gettext). One process speaks one language.

Text is written in English where it is used. `said` translates a whole sentence and then fills its places, so that a
translation may order them anew; `said_of` chooses among the forms that a number takes; `marked` only notes a text that
is translated where it is shown. `watchlists/translations/handrail.pot` lists them all.
"""

import gettext
from pathlib import Path

from configs.refusals import BadSettings

FOLDER = Path(__file__).parent / "translations"
DOMAIN, ENGLISH = "handrail", "en-GB"


class _Spoken:
    """What is spoken now."""

    tag = ENGLISH
    words = gettext.NullTranslations()


def speak(tag: str, words: gettext.NullTranslations | None = None) -> None:
    """From now on everything is said in that language ("en-GB", "cy"). Refused (BadSettings): one that has no
    translation."""
    if words is None:
        words = gettext.NullTranslations() if tag == ENGLISH else _translation(tag)
    _Spoken.tag, _Spoken.words = tag, words


def spoken() -> str:
    """The tag of the language that is spoken now."""
    return _Spoken.tag


def translated(text: str) -> str:
    """A text in the language spoken, as it stands."""
    return _Spoken.words.gettext(text) if text else ""  # gettext("") is the head of the catalogue


def translated_of(one: str, many: str, number: int) -> str:
    """The form that the number takes, as it stands."""
    return _Spoken.words.ngettext(one, many, number)


def said(text: str, **places: object) -> str:
    """A sentence in the language spoken, its places filled.

    >>> said("Late to {many} of {all}.", many=2, all=9)
    'Late to 2 of 9.'
    """
    return translated(text).format(**places)


def said_of(number: float, one: str, many: str, **places: object) -> str:
    """A sentence in the form that the number takes; the number itself fills {number}.

    >>> said_of(1, "{number} pupil", "{number} pupils"), said_of(2.5, "{number} day", "{number} days")
    ('1 pupil', '2.5 days')
    """
    whole = (
        int(number) if number == int(number) else 2
    )  # no language has a form of its own for two and a half
    return translated_of(one, many, whole).format(number=f"{number:g}", **places)


def marked(text: str) -> str:
    """The text itself: it is translated where it is shown."""
    return text


def marked_of(one: str, many: str) -> tuple[str, str]:
    """Both forms themselves, likewise."""
    return one, many


def _translation(tag: str) -> gettext.NullTranslations:
    try:
        return gettext.translation(DOMAIN, FOLDER, [tag.replace("-", "_")])
    except OSError as error:
        raise BadSettings(
            f"There is no translation into '{tag}' (docs/translating.md says how to make one). "
            f"Leave `language` at '{ENGLISH}'."
        ) from error
