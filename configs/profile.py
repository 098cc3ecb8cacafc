"""Mapping profiles: what a school's system calls things, as values read from `configs/profiles/*.yaml`.

A profile names a source; each of its exports says how to recognise a file (by its column headings, tolerantly), and
which rows of which canonical tables each of its records gives. `docs/profiles.md` explains the language for people.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.refusals import BadSettings, nearest
from configs.settings import read_yaml

SHIPPED = Path(__file__).parent / "profiles"
SPOKEN = Path(__file__).parent / "spoken.yaml"
FORMATS = ("table", "xml", "json")
ENCODINGS = ("utf-8", "cp1252", "utf-16")
IDENTIFIERS = ("upn", "former_upn", "admission", "id", "name", "form")
PEOPLE = ("first_name", "last_name", "preferred_name", "tutor_group", "full_name")
SPECIAL = ("pupil", "school")
ISO, TIMESTAMP = "YYYY-MM-DD", "ISO timestamp"
PROFILE_KEYS = ("source", "about", "encodings", "dates", "exports")
EXPORT_KEYS = ("about", "file", "format", "within", "record", "around", "columns", "needs", "dates", "across",
               "never_read", "leave", "others", "pupil", "school", "people", "rows")  # fmt: skip


@dataclass(frozen=True)
class Value:
    """How one canonical column is made: `kind` is copy, always, date, time, days, choose, id, first, join, pupil,
    school or today; `of` names the export's columns it reads, and `parts` are the values it is made of."""

    kind: str
    of: tuple[str, ...] = ()
    text: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    parts: tuple["Value", ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The export's columns it is made from."""
        return (*self.of, *(name for part in self.parts for name in part.reads))


@dataclass(frozen=True)
class Rows:
    """The rows that records give to one table: `when` names columns and the values, or comparisons with a number, for
    which there is a row (an empty tuple: any value at all). `state` says that the export shows how things are today,
    without a start date."""

    table: str
    values: Mapping[str, Value]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    state: bool = False


@dataclass(frozen=True)
class Across:
    """Headings that are dates and sessions (a wide register): the names given to what they say and to the cells."""

    date: str
    session: str
    value: str


@dataclass(frozen=True)
class Export:
    """One kind of file that a source gives."""

    source: str
    name: str
    about: str
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[tuple[str, ...], ...]
    rows: tuple[Rows, ...]
    encodings: tuple[str, ...] = ("utf-8",)
    dates: tuple[str, ...] = (ISO,)
    file: tuple[str, ...] = ()
    format: str = "table"
    within: str = ""
    record: str = ""
    around: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    across: Across | None = None
    never_read: tuple[str, ...] = ()
    leave: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: str = "set aside"  # what becomes of records that no table has a place for: set aside, or left
    pupil: Mapping[str, str] = field(default_factory=dict)
    school: tuple[str, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What people call it: the source and the export."""
        return f"{self.source}, {self.name}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a value may read: its columns, what stands around them, what headings say."""
        wide = (self.across.date, self.across.session, self.across.value) if self.across else ()
        return (*self.columns, *self.around, *wide)


def shipped_profiles() -> tuple[Export, ...]:
    """Every export of every profile that Handrail ships, in the order of the files' names."""
    return tuple(export for path in sorted(SHIPPED.glob("*.yaml")) for export in read_profile(path))


def read_profile(path: Path) -> tuple[Export, ...]:
    """The exports of one profile. Refused (BadSettings) with the file and the key that is off."""
    raw = read_yaml(path)
    where = path.name
    _known(raw, PROFILE_KEYS, where)
    _there(raw, ("source", "exports"), where)
    for encoding in _words(raw.get("encodings", []), f"{where}, encodings"):
        _one_of(encoding, ENCODINGS, f"{where}, encodings")
    return tuple(_export(raw, str(name), body, f"{where}, {name}") for name, body in raw["exports"].items())


def _export(profile: Mapping[str, Any], name: str, raw: Any, where: str) -> Export:
    if not isinstance(raw, dict):
        raise BadSettings(f"{where}: expected a mapping with columns and rows.")
    _known(raw, EXPORT_KEYS, where)
    _there(raw, ("columns", "needs", "rows"), where)
    columns = {str(key): _words(value, f"{where}, columns, {key}") for key, value in raw["columns"].items()}
    across = _across(raw["across"], f"{where}, across") if "across" in raw else None
    around = {str(key): _words(value, f"{where}, around") for key, value in raw.get("around", {}).items()}
    wide = (across.date, across.session, across.value) if across else ()
    names = (*columns, *around, *wide)
    form = str(raw.get("format", "table"))
    _one_of(form, FORMATS, f"{where}, format")
    dates = _words(raw.get("dates", profile.get("dates", [ISO])), f"{where}, dates")
    for text in dates:
        date_pattern(text, f"{where}, dates")
    return Export(
        source=str(profile["source"]), name=name, about=str(raw.get("about", "")), columns=columns,
        needs=_needs(raw["needs"], names, f"{where}, needs"),
        rows=tuple(_rows(raw["rows"], names, where)),
        encodings=_words(profile.get("encodings", ["utf-8"]), where), dates=dates,
        file=_words(raw.get("file", []), f"{where}, file"), format=form, within=str(raw.get("within", "")),
        record=str(raw.get("record", "")), around=around, across=across,
        never_read=_words(raw.get("never_read", []), f"{where}, never_read"),
        leave=_conditions(raw.get("leave", {}), names, f"{where}, leave"),
        others=_one_of(str(raw.get("others", "set aside")), ("set aside", "left"), f"{where}, others"),
        pupil=_naming(raw.get("pupil", {}), IDENTIFIERS, names, f"{where}, pupil"),
        school=_named_columns(raw.get("school", []), names, f"{where}, school"),
        people=_naming(raw.get("people", {}), PEOPLE, names, f"{where}, people"),
    )  # fmt: skip


def _across(raw: Mapping[str, Any], where: str) -> Across:
    _known(raw, ("date", "session", "value"), where)
    _there(raw, ("date", "session", "value"), where)
    return Across(*(str(raw[key]) for key in ("date", "session", "value")))


def _rows(raw: Any, names: tuple[str, ...], where: str) -> Iterable[Rows]:
    if not isinstance(raw, dict):
        raise BadSettings(f"{where}, rows: expected the names of canonical tables.")
    for table, bodies in raw.items():
        for body in bodies if isinstance(bodies, list) else [bodies]:
            here = f"{where}, rows, {table}"
            if not isinstance(body, dict):
                raise BadSettings(f"{here}: expected a mapping of the table's columns.")
            yield Rows(
                table=str(table),
                values={
                    str(c): _value(v, names, f"{here}, {c}")
                    for c, v in body.items()
                    if c not in ("when", "state")
                },
                when=_conditions(body.get("when", {}), names, f"{here}, when"),
                state=bool(body.get("state", False)),
            )


def _value(raw: Any, names: tuple[str, ...], where: str) -> Value:
    if isinstance(raw, str) and raw.startswith("="):
        return Value("always", text=raw[1:].strip())
    if raw in SPECIAL or raw == "today":
        return Value(str(raw))
    if isinstance(raw, str):
        return Value("copy", _named_columns(raw, names, where))
    if not isinstance(raw, dict):
        raise BadSettings(f"{where}: found {raw!r}, expected a column of the export, or '=' and a text.")
    return _made_value(raw, names, where)


def _made_value(raw: Mapping[str, Any], names: tuple[str, ...], where: str) -> Value:
    kinds = ("date", "time", "days", "id", "of", "first", "join")
    kind = next((key for key in kinds if key in raw), None)
    if kind is None:
        raise BadSettings(f"{where}: expected one of {', '.join(kinds)}.")
    if kind in ("first", "join"):
        _known(raw, (kind, "with"), where)
        parts = tuple(_value(part, names, where) for part in raw[kind])
        return Value(kind, parts=parts, text=str(raw.get("with", ";")))
    columns = _named_columns(raw[kind], names, where)
    if kind != "of":
        _known(raw, (kind,), where)
        return Value(kind, columns)
    _known(raw, ("of", "is", "words", "otherwise"), where)
    choices = {**_spoken(raw.get("words"), where), **_choices(raw.get("is", {}), where)}
    otherwise = raw.get("otherwise")
    return Value("choose", columns, choices=choices, otherwise=None if otherwise is None else str(otherwise))


def _spoken(name: Any, where: str) -> dict[str, str]:
    """What systems are known to call something (`configs/spoken.yaml`)."""
    if name is None:
        return {}
    spoken = read_yaml(SPOKEN)
    _one_of(str(name), spoken, f"{where}, words")
    return _choices(spoken[name], f"{SPOKEN.name}, {name}")


def _choices(raw: Mapping[Any, Any], where: str) -> dict[str, str]:
    for said in raw:
        if isinstance(said, bool):  # YAML reads yes, no, on and off as true and false
            raise BadSettings(f"{where}: put yes, no, on and off in quotation marks.")
    return {fold(str(said)): str(meant) for said, meant in raw.items()}


def _needs(raw: Any, names: tuple[str, ...], where: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_named_columns(one, names, where) for one in raw)


def _conditions(raw: Mapping[str, Any], names: tuple[str, ...], where: str) -> dict[str, tuple[str, ...]]:
    held = {}
    for name, values in raw.items():
        _named_columns(str(name), names, where)
        held[str(name)] = () if values == "present" else tuple(fold(text) for text in _words(values, where))
    return held


def comparison(text: str) -> tuple[str, float] | None:
    """What a condition such as "< 0" compares a number with; None where the text is a value like any other.

    >>> comparison(">= 1")
    ('>=', 1.0)
    """
    found = re.fullmatch(r"(<|<=|>|>=) ?(-?\d+(?:\.\d+)?)", text)
    return (found[1], float(found[2])) if found else None


def _naming(
    raw: Mapping[str, Any], known: Iterable[str], names: tuple[str, ...], where: str
) -> dict[str, str]:
    _known(raw, known, where)
    return {str(key): _named_columns(value, names, f"{where}, {key}")[0] for key, value in raw.items()}


def _named_columns(raw: Any, names: tuple[str, ...], where: str) -> tuple[str, ...]:
    words = _words(raw, where)
    for word in words:
        if word not in names:
            raise BadSettings(f"{where}: '{word}' is none of the export's columns{nearest(word, names)}.")
    return words


def _words(raw: Any, where: str) -> tuple[str, ...]:
    if isinstance(raw, bool) or (isinstance(raw, list) and any(isinstance(word, bool) for word in raw)):
        raise BadSettings(f"{where}: put yes, no, on and off in quotation marks.")
    if isinstance(raw, list):
        return tuple(str(word) for word in raw)
    if isinstance(raw, dict):
        raise BadSettings(f"{where}: found a mapping, expected a word or a list of words.")
    return (str(raw),)


def _known(raw: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in raw:
        if key not in known:
            raise BadSettings(f"{where}: unknown key '{key}'{nearest(str(key), known)}.")


def _there(raw: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    for key in keys:
        if key not in raw:
            raise BadSettings(f"{where}: '{key}' is missing.")


def _one_of(word: str, known: Iterable[str], where: str) -> str:
    if word not in known:
        raise BadSettings(f"{where}: '{word}' is none of {', '.join(known)}.")
    return word


DATE_WORDS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MON": "%b",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "MI": "%M",
    "SS": "%S",
}


def date_pattern(text: str, where: str = "dates") -> str:
    """A declared date format as strptime has it: "DD/MM/YYYY HH:MI" is "%d/%m/%Y %H:%M".

    >>> date_pattern("DD/MM/YYYY")
    '%d/%m/%Y'
    """
    if text == TIMESTAMP:
        return text
    pattern = re.sub("|".join(DATE_WORDS), lambda found: DATE_WORDS[found.group()], text)
    if not re.search("%[yY]", pattern) or "%d" not in pattern or re.search(r"(?<!%)[A-Za-z]", pattern):
        raise BadSettings(
            f"{where}: '{text}' is no date format; write it as DD/MM/YYYY, YYYY-MM-DD HH:MI:SS and so on."
        )
    return pattern


def heading(text: str) -> str:
    """A column heading as it is compared: letters and digits alone, without case.

    >>> heading("Late before reg. closed") == heading("LATE_BEFORE_REG_CLOSED")
    True
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def fold(text: str) -> str:
    """A value as it is compared: without case or doubled spaces.

    >>> fold("  Out of  lesson ")
    'out of lesson'
    """
    return " ".join(text.casefold().split())
