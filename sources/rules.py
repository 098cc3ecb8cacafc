"""What a row must be, as SQL made from the contracts: the first rule a row breaks is why it is set aside."""

from dataclasses import dataclass

import duckdb

from configs.codes import FIRST, LAST, Code, code_table
from sources.reading import REASON, Found
from sources.store import SQL_TYPES, named, quoted
from sources.tables import Column, Table

HOMES = {"pupil_id": "pupils", "school_id": "schools"}
META_COLUMNS = (Column("known_on", "date", blank=True), Column("withdrawn_on", "date", blank=True))
CODES = ("attendance", "code")
MANGLED = r"[0-9](\.[0-9]+)?[eE]\+[0-9]+"
MOJIBAKE = "(\u00c3[\u0080-\u00bf]|\u00e2\u20ac|\ufffd)"
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
    made += [rule for column in table.columns for rule in _column_rules(table, column, date_words)]
    made += [rule for column in META_COLUMNS for rule in _date_rules(table, column, date_words)]
    made += _orphans(table) + _order_of_dates(table) + _attendance_code(table) + _reasons(table)
    made += _unprintable(table)
    return tuple(made)


def first_broken(tried: tuple[Rule, ...]) -> str:
    """SQL for the place, in `tried`, of the first rule a row breaks; null where every rule holds."""
    return "CASE " + " ".join(f"WHEN {rule.broken} THEN {n}" for n, rule in enumerate(tried)) + " END"


def plain(found: Found) -> str:
    """SQL that a row as written breaks no rule and needs no trimming: said at a glance, with no rule asked. What it
    leaves open (null, or false of a row that is well) the rules decide."""
    table = found.table
    beside = _order_of_dates(table) + _reasons(table) + ([NOTHING_MADE] if found.staged else [])
    columns = [_plain(table, column) for column in (*table.columns, *META_COLUMNS)]
    return " AND ".join([*columns, *(f"NOT coalesce({rule.broken}, false)" for rule in beside)])


def dictionary(table: Table, column: Column) -> str:
    """The dictionary (an SQL type) that a column's values are all in, or nothing where they are free."""
    if column.name in HOMES and table.name != HOMES[column.name]:
        return f"known_{column.name}"
    return f"{table.name}_{column.name}" if column.choices or (table.name, column.name) == CODES else ""


def make_dictionaries(table: Table, held: duckdb.DuckDBPyConnection) -> None:
    """Makes the dictionaries of a table, each in order: its codes and choices, and the pupils and schools known by
    now, these with a table from id to place in the dictionary."""
    for column in table.columns:
        name = dictionary(table, column)
        if name and not held.execute("FROM duckdb_types() WHERE type_name = ?", [name]).fetchall():
            values = _values(column)
            held.execute(
                f"CREATE TYPE {name} AS ENUM (SELECT DISTINCT value FROM ({values}) t (value) ORDER BY 1)"
            )
            if column.name in HOMES:
                held.execute(
                    f"CREATE TABLE {name} AS SELECT DISTINCT value, CAST(value AS {name}) AS known"
                    f" FROM ({values}) t (value)"
                )


def looked_up(table: Table, rows: str) -> str:
    """SQL for the rows (SQL too), with each pupil and school looked up among those known: by joins, which find an id
    in a third of the time that a cast to the dictionary takes."""
    homes = [name for name in HOMES if table.has(name) and dictionary(table, table.column(name))]
    known = "".join(f", known_{name}.known AS {named(f'known {name}')}" for name in homes)
    joins = "".join(f" LEFT JOIN known_{name} ON row.{name} = known_{name}.value" for name in homes)
    return f"SELECT row.*{known} FROM ({rows}) row{joins}"


def _values(column: Column) -> str:
    if column.name in HOMES:
        return f"SELECT {column.name} FROM known_{HOMES[column.name]}"
    return "VALUES " + ", ".join(
        f"({quoted(choice)})" for choice in column.choices or code_table("attendance")
    )


def _plain(table: Table, column: Column) -> str:
    name, value = named(column.name), typed(table, column)
    if dictionary(table, column):
        good = f"{value} IS NOT NULL"
    elif column.kind == "text":
        good = f"{name} = trim({name}) AND {name} <> '' AND NOT contains({name}, chr(0))"
        good += f" AND NOT regexp_matches({name}, {quoted(f'{MOJIBAKE}|^{MANGLED}$')})"
    elif column.kind == "date":
        good = f"{value} BETWEEN {FIRST_DAY} AND {LAST_DAY} AND CAST({value} AS VARCHAR) = {name}"
    else:
        bounds = [f"{value} >= {column.low}"] if column.low is not None else []
        bounds += [f"{value} <= {column.high}"] if column.high is not None else []
        good = " AND ".join([f"regexp_full_match({name}, '[0-9]{{1,9}}')", *bounds])
    return f"({name} IS NULL OR {good})" if column.blank else f"({good})"


def typed(table: Table, column: Column) -> str:
    """SQL for a column's value in its own type, over rows `looked_up`; null where the text is no such value."""
    name, of = named(column.name), dictionary(table, column)
    if of and column.name in HOMES:
        return named(f"known {column.name}")
    if of:
        return f"TRY_CAST({name} AS {of})"
    if column.kind == "text":
        return name
    if column.kind == "whole":
        return f"TRY_CAST(TRY_CAST({name} AS DOUBLE) AS BIGINT)"
    return f"TRY_CAST({name} AS {SQL_TYPES[column.kind]})"


def _column_rules(table: Table, column: Column, date_words: str) -> list[Rule]:
    name, made = named(column.name), []
    if not column.blank:
        made.append(Rule(f"{column.name}_blank", f"{name} IS NULL", f"{column.name} is blank"))
    if column.name in HOMES or column.name.endswith("_id"):
        words = f"{column.name} is a number in Excel's short form (as 1.23E+12), so that its digits are lost"
        made.append(Rule(f"{column.name}_mangled", f"regexp_full_match({name}, {quoted(MANGLED)})", words))
    if column.choices:
        choices = ", ".join(map(quoted, column.choices))
        words = f"{column.name} is none of {', '.join(column.choices)}"
        made.append(Rule(f"{column.name}_choice", f"{name} NOT IN ({choices})", words))
    if column.kind == "date":
        made += _date_rules(table, column, date_words)
    if column.kind in KIND_WORDS:
        words = f"{column.name} is not {_numbers_allowed(column)}"
        made.append(Rule(f"{column.name}_number", _no_number(column), words))
    return made


def _date_rules(table: Table, column: Column, date_words: str) -> list[Rule]:
    """A date is ten characters that read back as themselves: this alone tells 2025-09-01 from every other way."""
    name, value = named(column.name), typed(table, column)
    no_date = f"{value} IS NULL OR length({name}) <> 10 OR CAST({value} AS VARCHAR) <> {name}"
    never = f"{value} NOT BETWEEN {FIRST_DAY} AND {LAST_DAY}"
    serial = f"regexp_full_match({name}, '[1-9][0-9]{{4}}(\\.[0-9]+)?')"
    return [
        Rule(f"{column.name}_serial", serial,
             f"{column.name} is a number of days, as Excel keeps a date, and not a date written {date_words}"),
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
        Rule(f"{name}_orphan", f"{typed(table, table.column(name))} IS NULL", f"{name} is not in {home}")
        for name, home in HOMES.items()
        if table.name != home and table.has(name)
    ]


def _order_of_dates(table: Table) -> list[Rule]:
    if not (table.has("start_date") and table.has("end_date")):
        return []
    before = f"{typed(table, table.column('end_date'))} < {typed(table, table.column('start_date'))}"
    return [Rule("end_before_start", before, "end_date is before start_date")]


def _attendance_code(table: Table) -> list[Rule]:
    if table.name != CODES[0]:
        return []
    codes = ", ".join(map(quoted, code_table("attendance")))
    unknown = Rule("code_unknown", f"code NOT IN ({codes})", "code is not an attendance code")
    on = typed(table, table.column("date"))
    return [unknown, *(
        Rule("code_not_in_use", f"code = {quoted(code.code)} AND {on} NOT BETWEEN {days}",
             f"code {code.code} was not in use on that date")
        for code, days in dated_codes()
    )]  # fmt: skip


def dated_codes() -> list[tuple[Code, str]]:
    """The attendance codes that were not always in use, each with its first and last day (SQL)."""
    dated = [code for code in code_table("attendance").values() if (code.first, code.last) != (FIRST, LAST)]
    return [(code, f"DATE '{code.first}' AND DATE '{code.last}'") for code in dated]


def _reasons(table: Table) -> list[Rule]:
    """Up to three codes of the table of reasons, a semicolon between."""
    if table.name != "suspensions":
        return []
    one = f"({'|'.join(code_table('suspension_reasons'))})"
    words = "reasons are not one to three codes of suspension reasons, a semicolon between"
    return [Rule("reasons_unknown", f"NOT regexp_full_match(reasons, '{one}( *; *{one}){{0,2}} *;?')", words)]


def _unprintable(table: Table) -> list[Rule]:
    """Free text with a NUL byte in it is a damaged file, and "Ã©" for "é" one whose encoding was guessed wrongly; text
    from a list cannot have either."""
    checked = {name for name, home in HOMES.items() if home != table.name} | {"code"}
    return [
        rule
        for column in table.columns
        if column.kind == "text" and not column.choices and column.name not in checked
        for rule in (
            Rule(f"{column.name}_nul", f"contains({named(column.name)}, chr(0))", f"{column.name} holds a NUL byte"),
            Rule(f"{column.name}_mojibake", f"regexp_matches({named(column.name)}, {quoted(MOJIBAKE)})",
                 f"{column.name} holds characters of another encoding than UTF-8"),
        )
    ]  # fmt: skip
