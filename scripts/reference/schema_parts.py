"""Short functions that make parts of a JSON Schema; the first argument is the description."""

from __future__ import annotations

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]


def text(about: str) -> Schema:
    """A string."""
    return {"description": about, "type": "string"}


def number(about: str) -> Schema:
    """A number, whole or not."""
    return {"description": about, "type": "number"}


def integer(about: str) -> Schema:
    """A whole number."""
    return {"description": about, "type": "integer"}


def truth(about: str) -> Schema:
    """True or false."""
    return {"description": about, "type": "boolean"}


def moment(about: str) -> Schema:
    """A time as RFC 3339 writes it, with an offset."""
    return {"description": about, "type": "string", "format": "date-time"}


def anything(about: str) -> Schema:
    """Any JSON value."""
    return {"description": about}


def choice(about: str, *values: str) -> Schema:
    """One of some strings."""
    return {"description": about, "type": "string", "enum": list(values)}


def optional(schema: Schema) -> Schema:
    """The same, or null."""
    if "$ref" in schema:
        return {"description": schema["description"], "anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}
    nullable = {**schema, "type": [schema["type"], "null"]}
    return nullable | {"enum": [*schema["enum"], None]} if "enum" in schema else nullable


def items(about: str, of: Schema) -> Schema:
    """A list."""
    return {"description": about, "type": "array", "items": of}


def texts(about: str) -> Schema:
    """A list of strings."""
    return items(about, {"type": "string"})


def table(about: str, of: Schema) -> Schema:
    """An object whose keys are names."""
    return {"description": about, "type": "object", "additionalProperties": of}


def record(about: str, keys: Schema, *, sometimes: Schema | None = None) -> Schema:
    """An object with these keys, and `sometimes` others."""
    schema = {"description": about} if about else {}
    return {**schema, "type": "object", "properties": {**keys, **(sometimes or {})}, "required": list(keys)}


def optional_record(about: str, keys: Schema) -> Schema:
    """An object with these keys, or null."""
    return {"description": about, "anyOf": [record("", keys), {"type": "null"}]}


def named(name: str, about: str = "") -> Schema:
    """A part that several documents have."""
    return {"description": about, "$ref": f"#/$defs/{name}"} if about else {"$ref": f"#/$defs/{name}"}
