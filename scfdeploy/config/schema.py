"""The JSON Schema of serverless.yml for editors, generated from the tables of fields and trigger types.

It describes keys and the types of values; rules check their combinations. It is draft 7, which YAML editors support
best. Keys that the reader does not know are flagged, as `validate` does. Descriptions, which editors show on hover, go
through `message`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from scfdeploy.config.components.framework import PROJECT_NAMES, FrameworkComponent
from scfdeploy.config.components.framework_url import GATEWAY_KEYS
from scfdeploy.config.components.key_aliases import KEY_ALIASES
from scfdeploy.config.source import LAYER_SOURCE_FIELDS, SOURCE_FIELDS
from scfdeploy.diagnostics import message
from scfdeploy.facts import limit, region_names, runtimes
from scfdeploy.facts.frameworks import frameworks
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
_RUNTIME_FORM = "^([A-Z][a-z]+[0-9]+(\\.[0-9]+)?|Custom[A-Z][A-Za-z]+)$"
"""The form of the names of runtimes: a name that the table does not have can be newer."""
_OF_ONE_FUNCTION = ("name", "functionName", "events")
_COMPONENT_KIND_TEXTS = {
    "scf": "One function.",
    "multi-scf": "Several functions with shared settings.",
    "layer": "A layer: files that functions share.",
    "http": "A web framework; `faas.framework` names it.",
}
_TRIGGER_KIND_TEXTS = {
    "timer": "Calls the function on a schedule.",
    "http": "Gives the function a URL.",
    "cos": "Calls the function for objects of a bucket.",
    "cmq": "Calls the function for messages of a topic.",
    "ckafka": "Calls the function for messages of a CKafka topic.",
    "cls": "Calls the function for logs of a CLS topic.",
    "clb": "Calls the function for requests of a load balancer.",
    "mps": "Calls the function for events of media processing.",
}


def json_schema() -> Schema:
    """The schema of a whole file."""
    framework_kinds = "|".join(FrameworkComponent.names)
    return {
        "$schema": _DRAFT,
        "title": message("serverless.yml of Tencent Cloud SCF"),
        "type": "object",
        "required": ["component", "name"],
        "properties": {
            "component": _described("Kind of component; `scf` for one function.", _component()),
            "name": _described("Name of the instance, unique within app and stage.", _TEXT),
            "app": _described("Name of the project; the instance's name by default.", _TEXT_OR_NULL),
            "stage": _described("Stage, such as dev or prod. Default: dev", _TEXT_OR_NULL),
            "org": _described("The value of `${org}`.", _TEXT_OR_NULL),
            "protect": _described("Refuse to delete or replace what the file describes.", {"type": "boolean"}),
            "inputs": _described("The settings.", {"type": "object"}),
            "commandInputs": _described("Settings of single commands of the vendor's own tool; ignored.", {}),
        },
        "additionalProperties": False,
        "allOf": [
            _of_kind("scf", "function"),
            _of_kind("multi-scf", "functions"),
            _of_kind("layer", "layer"),
            _of_kind(f"({framework_kinds})", "framework"),
        ],
        "definitions": {
            "variable": {
                "description": message("A variable, such as ${env:NAME} or ${stage}."),
                "type": "string",
                "pattern": r"\$\{.+\}",
            },
            "function": _function(),
            "functions": _functions(),
            "functionOfSeveral": _closed(_settings_with_aliases()),
            "framework": _framework(),
            "layer": {**_block(LAYER_FIELDS), "minProperties": 1},
            "pairs": _pairs(),
            **{f"trigger-{kind.type}": _trigger(kind) for kind in TRIGGER_TYPES},
            **{f"parameters-{kind.type}": _block(kind.fields) for kind in TRIGGER_TYPES},
        },
    }


def _component() -> Schema:
    """The kinds with their texts, with or without a version such as `scf@1.2`."""
    texts = {name: message("A web function of {name}.", name=name) for name in FrameworkComponent.names}
    texts = texts | {name: message(text) for name, text in _COMPONENT_KIND_TEXTS.items()}
    names = [*_COMPONENT_KIND_TEXTS, *(name for name in texts if name not in _COMPONENT_KIND_TEXTS)]
    return {"anyOf": [*({"const": name, "description": texts[name]} for name in names), {"type": "string"}]}


def _of_kind(name: str, definition: str) -> Schema:
    """The schema of `inputs` for a kind of component, with or without a version such as `scf@1.2`."""
    pattern = f"^(@serverless/)?{name}(@.*)?$"
    is_kind = {"required": ["component"], "properties": {"component": {"type": "string", "pattern": pattern}}}
    inputs = {"$ref": f"#/definitions/{definition}"}
    return {"if": is_kind, "then": {"required": ["inputs"], "properties": {"inputs": inputs}}}


def _function() -> Schema:
    required = [field.name for field in FUNCTION_FIELDS if field.required and field.kind is not Kind.SOURCE]
    return {
        **_closed(_properties(FUNCTION_FIELDS)),
        "minProperties": 1,
        "required": required,
        # An image replaces the code.
        "anyOf": [{"required": ["src"]}, {"required": ["image"], "properties": {"image": {"type": "object"}}}],
    }


def _functions() -> Schema:
    function = {"$ref": "#/definitions/functionOfSeveral"}
    several = {
        "anyOf": [
            {"type": "object", "minProperties": 1, "additionalProperties": {"anyOf": [function, _NULL]}},
            {"type": "array", "items": function},
        ]
    }
    shared = {name: schema for name, schema in _settings_with_aliases().items() if name not in _OF_ONE_FUNCTION}
    own = {
        "functions": _described("Each function by a key of your choice.", several),
        "triggers": _described("What calls the functions.", {"type": ["array", "null"], "items": _listed_trigger()}),
    }
    return {**_closed(shared | own), "required": ["functions"]}


def _framework() -> Schema:
    settings = _settings_with_aliases()
    name = _described("The framework.", {"enum": sorted(frameworks())})
    ignored = _described("Of the vendor's own tool; ignored.", {})
    nested = _described(
        "Settings of the function; they can also be written directly under inputs.",
        {"anyOf": [_closed(settings | {"framework": name, **dict.fromkeys(PROJECT_NAMES, ignored)}), _NULL]},
    )
    gateway = _described(
        "An API Gateway, which is retired; the function gets a URL, and `events` with `- http:` configures it.", {}
    )
    assets = _described("Static files for a bucket, which scfdeploy does not upload.", {})
    others = {
        "framework": name,
        **dict.fromkeys(("faas", "functionConf"), nested),
        **dict.fromkeys(GATEWAY_KEYS, gateway),
        **dict.fromkeys(("assets", "static", "staticConf"), assets),
        "isAutoCiDeploy": ignored,
        **dict.fromkeys(PROJECT_NAMES, ignored),
    }
    return _closed(settings | others)


def _settings_with_aliases() -> Schema:
    """The settings of a function in the kinds that have other names and forms for some of them."""
    settings = {field.name: {"$ref": f"#/definitions/function/properties/{field.name}"} for field in FUNCTION_FIELDS}
    forms = [settings["environment"], {"$ref": "#/definitions/pairs"}]
    return settings | {
        "environment": {"anyOf": forms},
        "environments": {"anyOf": [*forms, {"type": "object", "additionalProperties": _TEXT_OR_NULL}]},
        "tags": {"anyOf": [settings["tags"], {"$ref": "#/definitions/pairs"}]},
        **{alias: settings[name] for alias, name in KEY_ALIASES.items() if name != "environment"},
    }


def _pairs() -> Schema:
    keys = {"key": _described("The name.", _TEXT), "value": _described("The text.", _TEXT_OR_NULL)}
    pair = {**_closed(keys), "required": list(keys)}
    return _described(
        "Each with `key` and `value`.", {"type": "array", "items": {**pair, "required": ["key", "value"]}}
    )


def _closed(properties: Schema) -> Schema:
    """A mapping with these keys and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _properties(fields: Iterable[Field]) -> Schema:
    """The fields by name, and their aliases, which are invalid with a message."""
    fields = tuple(fields)
    names = {field.name for field in fields}
    aliases = {alias: _alias(alias, field) for field in fields for alias in field.aliases if alias not in names}
    return {field.name: _property(field) for field in fields} | aliases


def _alias(alias: str, field: Field) -> Schema:
    text = message("`{alias}` is called `{name}` here.", alias=alias, name=field.name)
    return {"not": {}, "errorMessage": text, "doNotSuggest": True}


def _property(field: Field) -> Schema:
    if not field.supported:
        return {"description": f"{message(field.description)} {message('Not supported yet.')}", "doNotSuggest": True}
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
        case Kind.INTEGER if field.name == "memorySize":
            return [*_memory_sizes(), _QUOTED_NUMBER, _VARIABLE]
        case Kind.INTEGER | Kind.NUMBER | Kind.BOOLEAN:
            return [*_SINGLE[field.kind](field), _VARIABLE]
        case Kind.SOURCE:
            return [_TEXT, _source(LAYER_SOURCE_FIELDS if field in LAYER_FIELDS else SOURCE_FIELDS)]
        case Kind.SWITCH:
            return [{"type": "boolean"}, _QUOTED_BOOLEAN, _VARIABLE, _block(field.fields)]
        case _:
            return [_COLLECTIONS[field.kind](field)]


def _texts(field: Field) -> list[Schema]:
    """Numbers and booleans are valid texts. Known values are listed for completion in editors."""
    if field.choices:
        return [{"enum": list(field.choices)}, _VARIABLE]
    if field.name == "runtime":
        return [{"enum": _current_runtimes()}, {"type": "string", "pattern": _RUNTIME_FORM}, _VARIABLE]
    if field.name == "region":
        return [{"enum": sorted(region_names())}, _TEXT]
    return [_TEXT]


def _memory_sizes() -> list[Schema]:
    """The usual sizes for completion; accounts can have larger ones."""
    step = limit("memory.step_mb")
    usual = [limit("memory.small_mb"), *range(step, limit("memory.max_mb") + 1, step)]
    return [{"enum": usual}, {"type": "integer", "minimum": step, "multipleOf": step}]


def _current_runtimes() -> list[str]:
    return sorted(runtime.name for runtime in runtimes().values() if runtime.state == "current")


def _block(fields: Iterable[Field]) -> Schema:
    """A mapping. Keys are required unless it is `{}`, which clears the block."""
    fields = tuple(fields)
    required = [field.name for field in fields if field.required]
    block = _closed(_properties(fields))
    if len(fields) == 1 and fields[0].kind is Kind.STRING_MAP:
        required = [fields[0].name]  # names directly in the block are ignored
    if required:
        block |= {"if": {"minProperties": 1}, "then": {"required": required}}
    return block


def _source(fields: Iterable[Field]) -> Schema:
    return {
        **_closed(_properties(fields)),
        "anyOf": [{"required": [key]} for key in ("src", "dist")] + [{"required": ["bucket", "object"]}],
    }


def _event() -> Schema:
    return {
        **_closed({kind.type: {"$ref": f"#/definitions/trigger-{kind.type}"} for kind in TRIGGER_TYPES}),
        "minProperties": 1,
        "maxProperties": 1,
    }


def _trigger(kind: TriggerType) -> Schema:
    """An item of `events`, below its type."""
    parameters = _parameters(kind)
    required = [field.name for field in kind.fields if field.required]
    name = _described("Name of the trigger.", _TEXT_OR_NULL)
    text = _TRIGGER_KIND_TEXTS[kind.type]
    if required:
        # Unlike in other blocks, `{}` clears nothing.
        parameters = _described("Its settings.", {"allOf": [parameters, {"required": required}]})
        return _described(text, {**_closed({"name": name, "parameters": parameters}), "required": ["parameters"]})
    trigger = _closed({"name": name, "parameters": _described("Its settings.", {"anyOf": [parameters, _NULL]})})
    return _described(text, {"anyOf": [trigger, _NULL]})


def _parameters(kind: TriggerType) -> Schema:
    return {"$ref": f"#/definitions/parameters-{kind.type}"}


def _listed_trigger() -> Schema:
    """An item of `triggers`, which names its type and its function."""
    types = [{"const": kind.type, "description": message(_TRIGGER_KIND_TEXTS[kind.type])} for kind in TRIGGER_TYPES]
    trigger = _closed(
        {
            "type": _described("The type of trigger, such as `timer`.", {"anyOf": types}),
            "function": _described("The key of the function that it calls.", _TEXT),
            "name": _described("Name of the trigger.", _TEXT_OR_NULL),
            "parameters": _described("Its settings.", {}),
        }
    )
    of_types = [
        {
            "if": {"properties": {"type": {"const": kind.type}}},
            "then": {"properties": {"parameters": {"anyOf": [_parameters(kind), _NULL]}}},
        }
        for kind in TRIGGER_TYPES
    ]
    return {**trigger, "required": ["type", "function"], "allOf": of_types}


def _range(field: Field) -> Schema:
    limits = {"minimum": field.minimum, "maximum": field.maximum}
    return {keyword: number for keyword, number in limits.items() if number is not None}


def _described(text: str, schema: Schema, *, default: str = "") -> Schema:
    """The schema with the text that editors show, and the default."""
    description = message(text)
    if default:
        description = message("{description} Default: {default}", description=description, default=message(default))
    return {"description": description, **schema}


_SINGLE: Mapping[Kind, Callable[[Field], list[Schema]]] = {
    Kind.INTEGER: lambda field: [{"type": "integer", **_range(field)}, _QUOTED_NUMBER],
    Kind.NUMBER: lambda field: [{"type": "number", **_range(field)}, _QUOTED_NUMBER],
    Kind.BOOLEAN: lambda field: [
        {"type": "boolean"},
        {**_QUOTED_BOOLEAN, "enum": [*_QUOTED_BOOLEAN["enum"], *(word for word, _ in field.words)]},
    ],
}
_COLLECTIONS: Mapping[Kind, Callable[[Field], Schema]] = {
    Kind.STRING_LIST: lambda field: {
        "type": "array",
        "items": {"anyOf": [_TEXT_OR_NULL, _block(field.fields)]} if field.fields else _TEXT_OR_NULL,
    },
    Kind.STRING_MAP: lambda field: {"type": "object", "additionalProperties": _TEXT_OR_NULL},
    Kind.BLOCK: lambda field: _block(field.fields),
    Kind.BLOCK_LIST: lambda field: {"type": "array", "items": {"anyOf": [_block(field.fields), _NULL]}},
    Kind.TRIGGERS: lambda field: {"type": "array", "items": _event()},
}
