"""Validates JSON documents against closed copies of schemas/, in which a key that no schema describes is an error."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from scripts.reference.document_schemas import all_documents, schema_of

NAMES = {command: document.name for document in all_documents() for command in document.commands}
"""The name of the schema of each command."""


def check_document(document: dict[str, Any]) -> str:
    """Validate the document of a command; returns the command."""
    command = str(document["command"])
    check(NAMES[command], document)
    return command


def check(name: str, document: object) -> None:
    """Validate a document against the schema with a name."""
    error = best_match(_validator(name).iter_errors(document))
    assert error is None, f"{name}: {error.json_path}: {error.message}\n{json.dumps(document, indent=1)[:3000]}"


@cache
def _validator(name: str) -> Draft202012Validator:
    (document,) = (each for each in all_documents() if each.name == name)
    return Draft202012Validator(_closed(schema_of(document)), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "required" in schema and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed
