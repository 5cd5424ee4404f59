"""The JSON Schema of serverless.yml for editors, generated from the tables of fields and trigger types.

It describes the types of values; rules check their combinations. It is draft 7, which YAML editors support best.
Unknown keys are allowed, because a schema cannot distinguish misspelt keys from those of other tools.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from scfdeploy.config.components.framework import FrameworkComponent
from scfdeploy.config.source import SOURCE_FIELDS
from scfdeploy.facts import region_names, runtimes
from scfdeploy.model import FUNCTION_FIELDS, LAYER_FIELDS, Field, Kind
from scfdeploy.triggers import TRIGGER_TYPES, TriggerType

Schema: TypeAlias = dict[str, Any]
"""A JSON object; the keywords of JSON Schema have values of every type."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
_NULL: Schema = {"type": "null"}
_VARIABLE: Schema = {"$ref": "#/definitions/variable"}
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TEXT_OR_NULL: Schema = {"type": ["string", "number", "boolean", "null"]}
_QUOTED_NUMBER: Schema = {"type": "string", "pattern": r"^([-+]?[0-9]+(\.[0-9]*)?|0o[0-7]+|0x[0-9a-fA-F]+)$"}
_QUOTED_BOOLEAN: Schema = {"type": "string", "enum": ["true", "True", "TRUE", "false", "False", "FALSE"]}
_OTHER_FORMS = frozenset(("environment", "tags"))  # in multi-scf these can also be lists
_KINDS = ("scf", "multi-scf", "layer", *FrameworkComponent.names)


def json_schema() -> Schema:
    """The schema of a whole file."""
    return {
        "$schema": _DRAFT,
        "title": "serverless.yml of Tencent Cloud SCF",
        "type": "object",
        "required": ["component", "name"],
        "properties": {
            "component": _described("Kind of component; `scf` for one function.", _open(_KINDS)),
            "name": _described("Name of the instance, unique within app and stage.", _TEXT),
            "app": _described("Name of the project; the instance's name by default.", _TEXT_OR_NULL),
            "stage": _described("Stage, such as dev or prod. Default: dev", _TEXT_OR_NULL),
            "org": _described("The value of `${org}`.", _TEXT_OR_NULL),
            "inputs": {"description": "The settings.", "type": "object"},
        },
        "allOf": [_of_kind("scf", "function"), _of_kind("multi-scf", "functions"), _of_kind("layer", "layer")],
        "definitions": {
            "variable": {
                "description": "A variable, such as ${env:NAME} or ${stage}.",
                "type": "string",
                "pattern": r"\$\{.+\}",
            },
            "function": _function(),
            "functions": _functions(),
            "layer": {**_block(LAYER_FIELDS), "minProperties": 1},
            "sharedSettings": {"type": "object", "properties": _named(_shared_fields())},
            **{f"trigger-{kind.type}": _trigger(kind) for kind in TRIGGER_TYPES},
        },
    }


def _of_kind(name: str, definition: str) -> Schema:
    """The schema of `inputs` for a kind of component, with or without a version such as `scf@1.2`."""
    is_kind = {"required": ["component"], "properties": {"component": {"type": "string", "pattern": f"^{name}(@.*)?$"}}}
    inputs = {"$ref": f"#/definitions/{definition}"}
    return {"if": is_kind, "then": {"required": ["inputs"], "properties": {"inputs": inputs}}}


def _function() -> Schema:
    required = [field.name for field in FUNCTION_FIELDS if field.required and field.kind is not Kind.SOURCE]
    return {
        "type": "object",
        "minProperties": 1,
        "properties": _properties(FUNCTION_FIELDS),
        "required": required,
        # An image replaces the code.
        "anyOf": [{"required": ["src"]}, {"required": ["image"], "properties": {"image": {"type": "object"}}}],
    }


def _functions() -> Schema:
    settings = {"$ref": "#/definitions/sharedSettings"}
    return {
        "allOf": [settings],
        "type": "object",
        "required": ["functions"],
        "properties": {
            "functions": {
                "description": "Each function by a key of your choice.",
                "anyOf": [
                    {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [settings, _NULL]}},
                    {"type": "array", "items": settings},
                ],
            },
            "triggers": {
                "description": "What calls the functions.",
                "type": ["array", "null"],
                "items": {
                    "type": "object",
                    "required": ["type"],
                    "properties": {"type": _open(kind.type for kind in TRIGGER_TYPES), "function": _TEXT},
                },
            },
        },
    }


def _shared_fields() -> list[Field]:
    """The fields that have the same names and types in `component: multi-scf`."""
    return [field for field in FUNCTION_FIELDS if field.name not in _OTHER_FORMS]


def _properties(fields: Iterable[Field]) -> Schema:
    """The fields by name, and their aliases, which are invalid with a message."""
    fields = tuple(fields)
    names = {field.name for field in fields}
    aliases = {alias: _alias(alias, field) for field in fields for alias in field.aliases if alias not in names}
    return _named(fields) | aliases


def _named(fields: Iterable[Field]) -> Schema:
    return {field.name: _property(field) for field in fields}


def _alias(alias: str, field: Field) -> Schema:
    return {"not": {}, "errorMessage": f"`{alias}` is called `{field.name}` here.", "doNotSuggest": True}


def _property(field: Field) -> Schema:
    if not field.supported:
        return {"description": f"{field.description} Not supported yet.", "doNotSuggest": True}
    alternatives = _alternatives(field)
    if not field.required:
        alternatives = [*alternatives, _NULL]
    schema = alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
    return _described(field.description, schema, default=field.default)


def _alternatives(field: Field) -> list[Schema]:
    """The schemas of valid values."""
    match field.kind:
        case Kind.STRING:
            return _texts(field)
        case Kind.INTEGER | Kind.NUMBER | Kind.BOOLEAN:
            return [*_SINGLE[field.kind](field), _VARIABLE]
        case Kind.SOURCE:
            return [_TEXT, _source()]
        case Kind.SWITCH:
            return [{"type": "boolean"}, _QUOTED_BOOLEAN, _block(field.fields)]
        case _:
            return [_COLLECTIONS[field.kind](field)]


def _texts(field: Field) -> list[Schema]:
    """Numbers and booleans are valid texts. Known values are listed for completion in editors."""
    if field.choices:
        return [{"enum": list(field.choices)}, _VARIABLE]
    known = _known(field.name)
    return [{"enum": known}, _TEXT] if known else [_TEXT]


def _block(fields: Iterable[Field]) -> Schema:
    """A mapping. Keys are required unless it is `{}`, which clears the block."""
    fields = tuple(fields)
    required = [field.name for field in fields if field.required]
    block: Schema = {"type": "object", "properties": _properties(fields)}
    if len(fields) == 1 and fields[0].kind is Kind.STRING_MAP:
        required = [fields[0].name]  # names directly in the block are ignored
    if required:
        block |= {"if": {"minProperties": 1}, "then": {"required": required}}
    return block


def _source() -> Schema:
    return {
        "type": "object",
        "properties": _properties(SOURCE_FIELDS),
        "anyOf": [{"required": [key]} for key in ("src", "dist")] + [{"required": ["bucket", "object"]}],
    }


def _event() -> Schema:
    return {
        "type": "object",
        "properties": {kind.type: {"$ref": f"#/definitions/trigger-{kind.type}"} for kind in TRIGGER_TYPES},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _trigger(kind: TriggerType) -> Schema:
    parameters = _block(kind.fields)
    required = [field.name for field in kind.fields if field.required]
    name = _described("Name of the trigger.", _TEXT_OR_NULL)
    trigger: Schema = {"type": "object", "properties": {"name": name}, "additionalProperties": False}
    if required:
        parameters = {"type": "object", "properties": parameters["properties"], "required": required}
        trigger["properties"]["parameters"] = parameters
        return trigger | {"required": ["parameters"]}
    trigger["properties"]["parameters"] = {"anyOf": [parameters, _NULL]}
    return {"anyOf": [trigger, _NULL]}


def _range(field: Field) -> Schema:
    limits = {"minimum": field.minimum, "maximum": field.maximum}
    return {keyword: number for keyword, number in limits.items() if number is not None}


def _known(name: str) -> list[str]:
    """Known values of a field for completion in editors; newer ones are valid too."""
    values: Mapping[str, Iterable[str]] = {
        "runtime": (runtime.name for runtime in runtimes().values() if runtime.state == "current"),
        "region": region_names(),
    }
    return sorted(values.get(name, ()))


def _open(values: Iterable[str]) -> Schema:
    """Any string, with known values for completion in editors."""
    return {"anyOf": [{"enum": list(values)}, {"type": "string"}]}


def _described(text: str, schema: Schema, *, default: str = "") -> Schema:
    return {"description": f"{text} Default: {default}" if default else text, **schema}


_SINGLE: Mapping[Kind, Callable[[Field], list[Schema]]] = {
    Kind.INTEGER: lambda field: [{"type": "integer", **_range(field)}, _QUOTED_NUMBER],
    Kind.NUMBER: lambda field: [{"type": "number", **_range(field)}, _QUOTED_NUMBER],
    Kind.BOOLEAN: lambda field: [
        {"type": "boolean"},
        {**_QUOTED_BOOLEAN, "enum": [*_QUOTED_BOOLEAN["enum"], *(word for word, _ in field.words)]},
    ],
}
_COLLECTIONS: Mapping[Kind, Callable[[Field], Schema]] = {
    Kind.STRING_LIST: lambda field: {"type": "array", "items": _TEXT_OR_NULL},
    Kind.STRING_MAP: lambda field: {"type": "object", "additionalProperties": _TEXT_OR_NULL},
    Kind.BLOCK: lambda field: _block(field.fields),
    Kind.BLOCK_LIST: lambda field: {"type": "array", "items": {"anyOf": [_block(field.fields), _NULL]}},
    Kind.TRIGGERS: lambda field: {"type": "array", "items": _event()},
}
