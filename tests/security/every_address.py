"""What the pages say of themselves, as OpenAPI: made here, since the application shows it to nobody; with the fields of
our forms, which it reads by hand."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

TEXT = {"type": "string", "maxLength": 300}
FIELDS = ("name", "password", "next", "old", "new", "again", "answer", "note", "kind", "start", "end", "support",
          "ended")  # fmt: skip
KNOWN = {
    "answer": ["act", "supported", "wrong", "watch", "not_now"], "kind": ["mentoring", "objection", "correction"],
    "start": ["2025-11-20", "9999-12-31", "0001-01-01"], "support": ["mentoring 2025-11-24"],
}  # fmt: skip


def described(app: FastAPI, links: dict[str, list[str]]) -> dict[str, Any]:
    """The schema: a part of an address is one of the links given, or any text at all."""
    told = get_openapi(title="Handrail", version="0", routes=app.routes)
    for methods in told["paths"].values():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] in links:
                    parameter["schema"] = _either(links[parameter["name"]])
            if method == "post":
                operation["requestBody"] = {
                    "content": {"application/x-www-form-urlencoded": {"schema": _form(links["token"])}}
                }
    return told


def _form(tokens: list[str]) -> dict[str, Any]:
    fields = {name: _either(KNOWN[name]) if name in KNOWN else TEXT for name in FIELDS}
    return {"type": "object", "properties": {**fields, "token": {"enum": tokens}}, "required": ["token"]}


def _either(known: list[str]) -> dict[str, Any]:
    return {"anyOf": [{"type": "string", "enum": known}, TEXT]}
