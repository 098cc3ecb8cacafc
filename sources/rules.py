"""What a row must be, as SQL made from the contracts: the first rule a row breaks is why it is set aside."""

from dataclasses import dataclass

from configs.settings import attendance_codes
from sources.reading import REASON, Found
from sources.store import SQL_TYPES, named, quoted
from sources.tables import Column, Table

HOMES = {"pupil_id": "pupils", "school_id": "schools"}
KIND_WORDS = {"whole": "a whole number", "number": "a number"}
SHAPES = {"whole": r"[+-]?\d{1,15}(\.0+)?", "number": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"}
FIRST_DAY, LAST_DAY = "DATE '1900-01-01'", "DATE '2199-12-31'"


@dataclass(frozen=True)
class Rule:
    """One thing a row must not be: its short name, when it is broken (SQL over the row's text), and why in words."""

    name: str
    broken: str
    words: str


NOTHING_MADE = Rule("export", f"{REASON} IS NOT NULL", "nothing could be made of the row")


def rules(found: Found) -> tuple[Rule, ...]:
    """Every rule of a file's table, in the order in which they are tried."""
    table, date_words = found.table, found.date_words
    made = [NOTHING_MADE] if found.staged else []
    made += [rule for column in table.columns for rule in _column_rules(column, date_words)]
    made += _date_rules(Column("known_on", "date", blank=True), date_words)
    made += _orphans(table) + _order_of_dates(table) + _attendance_code(table) + _unprintable(table)
    return tuple(made)


def first_broken(tried: tuple[Rule, ...]) -> str:
    """SQL for the place, in `tried`, of the first rule a row breaks; null where every rule holds."""
    return "CASE " + " ".join(f"WHEN {rule.broken} THEN {n}" for n, rule in enumerate(tried)) + " END"


def typed(column: Column) -> str:
    """SQL for a column's value in its own type; null where the text is no such value."""
    name = named(column.name)
    if column.kind == "text":
        return name
    if column.kind == "whole":
        return f"TRY_CAST(TRY_CAST({name} AS DOUBLE) AS BIGINT)"
    return f"TRY_CAST({name} AS {SQL_TYPES[column.kind]})"


def _column_rules(column: Column, date_words: str) -> list[Rule]:
    name, made = named(column.name), []
    if not column.blank:
        made.append(Rule(f"{column.name}_blank", f"{name} IS NULL", f"{column.name} is blank"))
    if column.choices:
        choices = ", ".join(map(quoted, column.choices))
        words = f"{column.name} is none of {', '.join(column.choices)}"
        made.append(Rule(f"{column.name}_choice", f"{name} NOT IN ({choices})", words))
    if column.kind == "date":
        made += _date_rules(column, date_words)
    if column.kind in KIND_WORDS:
        words = f"{column.name} is not {_numbers_allowed(column)}"
        made.append(Rule(f"{column.name}_number", _no_number(column), words))
    return made


def _date_rules(column: Column, date_words: str) -> list[Rule]:
    """A date is ten characters that read back as themselves: this alone tells 2025-09-01 from every other way."""
    name, value = named(column.name), typed(column)
    no_date = f"{value} IS NULL OR length({name}) <> 10 OR CAST({value} AS VARCHAR) <> {name}"
    never = f"{value} NOT BETWEEN {FIRST_DAY} AND {LAST_DAY}"
    return [
        Rule(f"{column.name}_date", f"{name} IS NOT NULL AND ({no_date})",
             f"{column.name} is not a date written {date_words}"),
        Rule(f"{column.name}_range", never, f"{column.name} is not between 1900 and 2199"),
    ]  # fmt: skip


def _no_number(column: Column) -> str:
    name, value = named(column.name), f"TRY_CAST({named(column.name)} AS DOUBLE)"
    bad = [f"NOT regexp_full_match({name}, {quoted(SHAPES[column.kind])})", f"NOT isfinite({value})"]
    bad += [f"{value} < {column.low}"] if column.low is not None else []
    bad += [f"{value} > {column.high}"] if column.high is not None else []
    return f"{name} IS NOT NULL AND ({value} IS NULL OR {' OR '.join(bad)})"


def _numbers_allowed(column: Column) -> str:
    words = KIND_WORDS[column.kind]
    if column.low is not None and column.high is not None:
        return f"{words} from {column.low:g} to {column.high:g}"
    return words if column.low is None else f"{words} of at least {column.low:g}"


def _orphans(table: Table) -> list[Rule]:
    """A row of a pupil or a school that no table names, in this load or in the store."""
    return [
        Rule(f"{name}_orphan", f"{name} NOT IN (SELECT {name} FROM known_{home})", f"{name} is not in {home}")
        for name, home in HOMES.items()
        if table.name != home and table.has(name)
    ]


def _order_of_dates(table: Table) -> list[Rule]:
    if not (table.has("start_date") and table.has("end_date")):
        return []
    before = f"{typed(table.column('end_date'))} < {typed(table.column('start_date'))}"
    return [Rule("end_before_start", before, "end_date is before start_date")]


def _attendance_code(table: Table) -> list[Rule]:
    if table.name != "attendance":
        return []
    codes = ", ".join(map(quoted, attendance_codes()))
    return [Rule("code_unknown", f"code NOT IN ({codes})", "code is not an attendance code")]


def _unprintable(table: Table) -> list[Rule]:
    """Free text with a NUL byte in it is a damaged file; text from a list cannot have one."""
    checked = {name for name, home in HOMES.items() if home != table.name} | {"code"}
    return [
        Rule(
            f"{column.name}_nul", f"contains({named(column.name)}, chr(0))", f"{column.name} holds a NUL byte"
        )
        for column in table.columns
        if column.kind == "text" and not column.choices and column.name not in checked
    ]
