"""How a profile's values are made, as SQL over an export's rows of text.

What cannot be read as declared keeps its text with "?" before it, so that no rule of the table takes it for a value
and the row is set aside as it was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from configs.profile import ISO, TIMESTAMP, Value, comparison, date_pattern
from sources.store import named, quoted

STAMP = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
ZONED = r".*[T ].*(Z|[+-]\d{2}:?\d{2})"
HERE = "Europe/London"


@dataclass(frozen=True)
class Setting:
    """What values are read in: the declared date formats, the day of the load, and SQL for the school's id."""

    dates: Sequence[str]
    today: str
    school: str


def sql_of(value: Value, setting: Setting) -> str:
    """SQL for one value of a row; null where the export says nothing."""
    column = f"raw.{named(value.of[0])}" if value.of else ""
    match value.kind:
        case "copy":
            return column
        case "always":
            return quoted(value.text)
        case "pupil":
            return "ids.pupil_id"
        case "school":
            return setting.school
        case "today":
            return quoted(setting.today)
        case "date":
            return _date(column, setting.dates)
        case "time":
            return f"nullif(regexp_extract({column}, '([0-2]?[0-9]:[0-5][0-9])', 1), '')"
        case "days":
            return f"coalesce(CAST(TRY_CAST({column} AS DOUBLE) * 2 AS VARCHAR), '?' || {column})"
        case "id":
            parts = ", ".join(f"raw.{named(name)}" for name in value.of)
            return f"left(md5(concat_ws(chr(31), {parts})), 16)"
        case "choose":
            return _choice(column, value.choices, value.otherwise)
        case "first":
            return f"coalesce({', '.join(sql_of(part, setting) for part in value.parts)})"
        case "join":
            parts = ", ".join(sql_of(part, setting) for part in value.parts)
            return f"nullif(concat_ws({quoted(value.text)}, {parts}), '')"
    raise AssertionError(value.kind)


def folded(column: str) -> str:
    """SQL for a value as `configs.profile.fold` compares it."""
    return rf"lower(trim(regexp_replace({column}, '\s+', ' ', 'g')))"


def condition(name: str, values: Sequence[str]) -> str:
    """SQL that a column has one of the values, or compares so with a number; with none named, that it says anything."""
    column = f"raw.{named(name)}"
    compared = [found for value in values if (found := comparison(value))]
    plain = [quoted(value) for value in values if not comparison(value)]
    either = [f"TRY_CAST({column} AS DOUBLE) {sign} {number}" for sign, number in compared]
    either += [f"{folded(column)} IN ({', '.join(plain)})"] if plain else []
    return f"coalesce({column} IS NOT NULL AND ({' OR '.join(either) or 'true'}), false)"


def _date(column: str, formats: Sequence[str]) -> str:
    read = [_stamp(column) if form == TIMESTAMP else _parsed(column, form) for form in formats]
    return f"coalesce({', '.join(read)}, '?' || {column})"


def _parsed(column: str, form: str) -> str:
    pattern = quoted(date_pattern(form))
    day = f"CAST(try_strptime({column}, {pattern}) AS DATE)"
    if form == ISO:  # ten characters, so that 2025-9-1 is told from 2025-09-01
        return f"CASE WHEN length({column}) = 10 THEN CAST({day} AS VARCHAR) END"
    return f"CAST({day} AS VARCHAR)"


def _stamp(column: str) -> str:
    """The day in England of a timestamp: 23:30 UTC in July is the next day there."""
    there = f"CAST(timezone({quoted(HERE)}, TRY_CAST({column} AS TIMESTAMPTZ)) AS DATE)"
    here = f"TRY_CAST(left({column}, 10) AS DATE)"
    day = f"CASE WHEN regexp_full_match({column}, {quoted(ZONED)}) THEN {there} ELSE {here} END"
    return f"CASE WHEN regexp_full_match({column}, {quoted(STAMP)}) THEN CAST({day} AS VARCHAR) END"


def _choice(column: str, choices: Mapping[str, str], otherwise: str | None) -> str:
    whens = " ".join(f"WHEN {quoted(said)} THEN {quoted(meant)}" for said, meant in choices.items())
    rest = column if otherwise is None else quoted(otherwise)
    if not whens:
        return f"CASE WHEN {column} IS NOT NULL THEN {rest} END"
    return (
        f"CASE WHEN {column} IS NOT NULL THEN nullif(CASE {folded(column)} {whens} ELSE {rest} END, '') END"
    )
