"""The reference of JSON documents, from their schemas."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.document_schemas import FAILURE, PARTS, DocumentSchema, all_documents
from scripts.reference.markdown import code, codes, fenced, page, table
from scripts.reference.schema_parts import Schema

_EXAMPLE = """\
{
  "format": 1,
  "command": "validate",
  "ok": true,
  "diagnostics": [],
  "files": 1,
  "functions": 1,
  "layers": 0,
  "fixed": []
}"""


def document_page() -> str:
    """The page of all documents."""
    return page(
        "JSON documents",
        [
            "`--format json` prints one document on stdout, and nothing else there; also when the command fails.",
            "Keys are added in later versions, never changed or removed: ignore keys that you do not know. The",
            "documents are in English in every language. Secrets never appear. The folder `schemas/` of the repository",
            "has a JSON Schema (draft 2020-12) of each document; `scfdeploy schema --document NAME` prints it.",
            "",
            "`--format jsonl` writes one object on each line, while the command runs. `sarif` and `junit` of",
            "`validate` follow the standards with these names. The file of `plan --out` is read by `apply --plan`",
            "only.",
            "",
        ],
        fenced("json", _EXAMPLE),
        ["Every document has these keys:", ""],
        table(
            ["key", "type", "meaning"],
            [
                ["`format`", "integer", "Version of the format; 1."],
                ["`command`", "string", "The command."],
                ["`ok`", "boolean", "Whether the command succeeded. The [exit code](exit-codes.md) says more."],
                ["`diagnostics`", "list of [diagnostic](#diagnostic)", "All findings, sorted by place."],
            ],
        ),
        *(_section(document) for document in all_documents()),
        ["## Parts", "", "Objects that several documents have.", ""],
        *(_part(name) for name in PARTS),
    )


def _section(document: DocumentSchema) -> Iterator[str]:
    yield from (f"## {document.name}", "", document.about, "")
    if document.commands:
        yield from (f"Printed by {codes(f'scfdeploy {command}' for command in document.commands)}.", "")
    for index, (keys, sometimes) in enumerate(document.alternatives):
        if index:
            yield from ("Or:", "")
        yield from table(["key", "type", "meaning"], _rows(keys, sometimes))
    if document is FAILURE:
        yield from ("`error` of `invoke` has other keys: see [invoke](#invoke).", "")


def _part(name: str) -> Iterator[str]:
    schema = PARTS[name]
    yield from (f"### {name}", "", schema["description"], "")
    if "properties" in schema:
        yield from table(["key", "type", "meaning"], _rows_of(schema, ""))
    else:
        yield from table(["key", "type", "meaning"], _rows_of(schema["items"], "[]."))


def _rows(keys: Schema, sometimes: Schema, prefix: str = "") -> Iterator[list[str]]:
    for name, schema in [*keys.items(), *sometimes.items()]:
        meaning = schema.get("description", "")
        if name in sometimes:
            meaning = f"(not always) {meaning}"
        yield [code(f"{prefix}{name}"), _type(schema), meaning]
        yield from _inner(schema, f"{prefix}{name}")


def _inner(schema: Schema, path: str) -> Iterator[list[str]]:
    for alternative in [schema, *schema.get("anyOf", [])]:
        if "properties" in alternative:
            yield from _rows_of(alternative, f"{path}.")
        items = alternative.get("items", {})
        if "properties" in items:
            yield from _rows_of(items, f"{path}[].")


def _rows_of(schema: Schema, prefix: str) -> Iterator[list[str]]:
    properties, required = schema["properties"], schema["required"]
    sometimes = {name: each for name, each in properties.items() if name not in required}
    yield from _rows({name: properties[name] for name in required}, sometimes, prefix)


def _type(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(alternative) for alternative in schema["anyOf"])
    if "const" in schema:
        return code(str(schema["const"]))
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return " or ".join(code(value) if value is not None else "null" for value in schema["enum"])
    types = schema.get("type", "any")
    types = [types] if isinstance(types, str) else types
    return " or ".join(_name(name, schema) for name in types)


def _name(name: str, schema: Schema) -> str:
    if name == "array":
        return f"list of {_type(schema['items'])}" if schema.get("items") else "list"
    if name == "string" and schema.get("format") == "date-time":
        return "time"
    return name
