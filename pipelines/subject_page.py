"""What is held on a pupil as one page that needs nothing else, to be read on paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jinja2 import Environment, StrictUndefined

PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>What is held</title>
<style>body{font:16px/1.5 Arial,sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}</style>
</head>
<body><h1>What Handrail holds about {{ name }}</h1>
<p>Made on {{ day }}, from every place where Handrail keeps anything on a pupil. Handrail helps staff notice early when
a pupil may need more help. It decides nothing, and may never be used as a reason for a sanction, a move or an
exclusion.</p>
<p>You can have a mistake put right, ask to be left off while it is looked into, or object altogether: tell the school
office. You can also complain to the Information Commissioner: ico.org.uk.</p>
{% for part, rows in held.items() %}
<h2>{{ part|replace("_", " ")|capitalize }} ({{ rows|length }})</h2>
<table><thead><tr>{% for column in rows|columns %}<th scope="col">{{ column|replace("_", " ") }}</th>{% endfor %}
</tr></thead>
<tbody>{% for row in rows %}<tr>{% for column in rows|columns %}<td>{{ row.get(column)|words }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>
{% endfor %}
</body></html>
"""


def page_of(held: Mapping[str, list[dict[str, Any]]], day: date) -> str:
    """The page: a table for each place, a line for each record."""
    made = Environment(autoescape=True, undefined=StrictUndefined)
    made.filters.update(columns=_columns, words=_words)
    name = held["name"][0] if "name" in held else None
    called = f"{name['first_name']} {name['last_name']}" if name else "this pupil"
    return made.from_string(PAGE).render(held=held, day=day.isoformat(), name=called)


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    """Every column that any of the rows has, in the order in which they come."""
    return list(dict.fromkeys(column for row in rows for column in row))


def _words(value: Any) -> str:
    """A value as a person reads it; of a record within a record, a line for each thing it says."""
    if isinstance(value, dict):
        return "; ".join(
            f"{key}: {_words(each)}" for key, each in value.items() if each not in (None, "", [])
        )
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return "" if value is None else str(value)
