"""The JSON Schema of serverless.yml, for editors, out of the tables of fields and of trigger types.

It says what a value looks like; what makes sense together is the rules' matter. Draft 7, which YAML editors know best.
Unknown keys are let through: the reader knows misspelt ones from those of other tools, a schema does not.
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
"""Whatever `json.dumps` takes: the keywords of JSON Schema have values of every type."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
_NULL: Schema = {"type": "null"}
_VARIABLE: Schema = {"$ref": "#/definitions/variable"}
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TEXT_OR_NOTHING: Schema = {"type": ["string", "number", "boolean", "null"]}
_QUOTED_NUMBER: Schema = {"type": "string", "pattern": r"^([-+]?[0-9]+(\.[0-9]*)?|0o[0-7]+|0x[0-9a-fA-F]+)$"}
_QUOTED_BOOLEAN: Schema = {"type": "string", "enum": ["true", "True", "TRUE", "false", "False", "FALSE"]}
_OTHER_SHAPES = frozenset(("environment", "tags"))  # in multi-scf these may be lists too


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
            "app": _described("Name of the project; the instance's name by default.", _TEXT_OR_NOTHING),
            "stage": _described("Stage, such as dev or prod. Default: dev", _TEXT_OR_NOTHING),
            "org": _described("What `${org}` stands for.", _TEXT_OR_NOTHING),
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
    """`inputs` of a kind of component; `scf@1.2` is scf too."""
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
        # An image takes the place of code.
        "anyOf": [{"required": ["src"]}, {"required": ["image"], "properties": {"image": {"type": "object"}}}],
    }


def _functions() -> Schema:
    one = {"$ref": "#/definitions/sharedSettings"}
    return {
        "allOf": [one],
        "type": "object",
        "required": ["functions"],
        "properties": {
            "functions": {
                "description": "Each function by a key of your choice.",
                "anyOf": [
                    {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [one, _NULL]}},
                    {"type": "array", "items": one},
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
    """What `component: multi-scf` calls and shapes as `component: scf` does; the rest it spells in its own way."""
    return [field for field in FUNCTION_FIELDS if field.name not in _OTHER_SHAPES]


def _properties(fields: Iterable[Field]) -> Schema:
    """Each field by its name, and the spellings that are wrong here with the word to write instead."""
    fields = tuple(fields)
    names = {field.name for field in fields}
    wrong = {alias: _misspelt(alias, field) for field in fields for alias in field.aliases if alias not in names}
    return _named(fields) | wrong


def _named(fields: Iterable[Field]) -> Schema:
    return {field.name: _property(field) for field in fields}


def _misspelt(alias: str, field: Field) -> Schema:
    return {"not": {}, "errorMessage": f"`{alias}` is called `{field.name}` here.", "doNotSuggest": True}


def _property(field: Field) -> Schema:
    if not field.supported:
        return {"description": f"{field.description} Not supported yet.", "doNotSuggest": True}
    allowed = _alternatives(field)
    if not field.required:
        allowed = [*allowed, _NULL]
    shape = allowed[0] if len(allowed) == 1 else {"anyOf": allowed}
    return _described(field.description, shape, default=field.default)


def _alternatives(field: Field) -> list[Schema]:
    """The shapes that a value may have."""
    match field.kind:
        case Kind.STRING:
            return _texts(field)
        case Kind.INTEGER | Kind.NUMBER | Kind.BOOLEAN:
            return [*_SINGLE[field.kind](field), _VARIABLE]
        case Kind.SOURCE:
            return [_TEXT, _source()]
        case _:
            return [_COLLECTIONS[field.kind](field)]


def _texts(field: Field) -> list[Schema]:
    """A text may be written as a number or a truth value; where words are few, they are offered."""
    if field.choices:
        return [{"enum": list(field.choices)}, _VARIABLE]
    known = _known(field.name)
    return [{"enum": known}, _TEXT] if known else [_TEXT]


def _block(fields: Iterable[Field]) -> Schema:
    """A mapping; what is required counts once anything is written, for `{}` clears the block."""
    fields = tuple(fields)
    required = [field.name for field in fields if field.required]
    block: Schema = {"type": "object", "properties": _properties(fields)}
    if len(fields) == 1 and fields[0].kind is Kind.STRING_MAP:
        required = [fields[0].name]  # names that stand in the block itself are lost
    if required:
        block |= {"if": {"minProperties": 1}, "then": {"required": required}}
    return block


def _source() -> Schema:
    return {
        "type": "object",
        "properties": _properties(SOURCE_FIELDS),
        "anyOf": [{"required": [word]} for word in ("src", "dist")] + [{"required": ["bucket", "object"]}],
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
    name = _described("Name of the trigger.", _TEXT_OR_NOTHING)
    trigger: Schema = {"type": "object", "properties": {"name": name}, "additionalProperties": False}
    if required:
        parameters = {"type": "object", "properties": parameters["properties"], "required": required}
        trigger["properties"]["parameters"] = parameters
        return trigger | {"required": ["parameters"]}
    trigger["properties"]["parameters"] = {"anyOf": [parameters, _NULL]}
    return {"anyOf": [trigger, _NULL]}


def _range(field: Field) -> Schema:
    limits = {"minimum": field.minimum, "maximum": field.maximum}
    return {word: number for word, number in limits.items() if number is not None}


def _known(name: str) -> list[str]:
    """Words that an editor may offer for a text; others are allowed, for there may be newer ones."""
    offered: Mapping[str, Iterable[str]] = {
        "runtime": (runtime.name for runtime in runtimes().values() if runtime.state == "current"),
        "region": region_names(),
    }
    return sorted(offered.get(name, ()))


def _open(words: Iterable[str]) -> Schema:
    return {"anyOf": [{"enum": list(words)}, {"type": "string"}]}


def _described(text: str, shape: Schema, *, default: str = "") -> Schema:
    return {"description": f"{text} Default: {default}" if default else text, **shape}


_SINGLE: Mapping[Kind, Callable[[Field], list[Schema]]] = {
    Kind.INTEGER: lambda field: [{"type": "integer", **_range(field)}, _QUOTED_NUMBER],
    Kind.NUMBER: lambda field: [{"type": "number", **_range(field)}, _QUOTED_NUMBER],
    Kind.BOOLEAN: lambda field: [
        {"type": "boolean"},
        {**_QUOTED_BOOLEAN, "enum": [*_QUOTED_BOOLEAN["enum"], *(word for word, _ in field.words)]},
    ],
}
_COLLECTIONS: Mapping[Kind, Callable[[Field], Schema]] = {
    Kind.STRING_LIST: lambda field: {"type": "array", "items": _TEXT_OR_NOTHING},
    Kind.STRING_MAP: lambda field: {"type": "object", "additionalProperties": _TEXT_OR_NOTHING},
    Kind.BLOCK: lambda field: _block(field.fields),
    Kind.BLOCK_LIST: lambda field: {"type": "array", "items": {"anyOf": [_block(field.fields), _NULL]}},
    Kind.TRIGGERS: lambda field: {"type": "array", "items": _event()},
}
