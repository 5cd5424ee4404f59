"""The reference of the keys of serverless.yml, from the field tables and the facts beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from scfdeploy.config.components.framework import FrameworkComponent
from scfdeploy.config.components.key_aliases import KEY_ALIASES
from scfdeploy.config.schema import json_schema
from scfdeploy.config.source import LAYER_SOURCE_FIELDS, SOURCE_FIELDS
from scfdeploy.facts import frameworks, runtimes
from scfdeploy.model import FUNCTION_FIELDS, LAYER_FIELDS, Field, Kind, UpdateMode
from scfdeploy.rules import all_rules
from scfdeploy.triggers import TRIGGER_TYPES, TriggerType
from scripts.reference.key_facts import FUNCTION, LAYER, TRIGGERS, KeyFacts
from scripts.reference.markdown import code, codes, escaped, fenced, page, table

_UPDATES: Mapping[UpdateMode, str] = {
    UpdateMode.IDENTITY: "another value is another resource; the old one stays until `--prune` deletes it",
    UpdateMode.REPLACE: "the resource is deleted and created again",
    UpdateMode.CONFIGURATION: "in place",
    UpdateMode.CODE: "in place, together with the code",
    UpdateMode.PACKAGE: "in place: the code is uploaded if its content differs",
    UpdateMode.TAGS: "in place, by the tag service",
    UpdateMode.ASYNC: "in place, as the resource `async/…`",
    UpdateMode.TRIGGER: "each trigger by itself, as the resource `trigger/…`",
    UpdateMode.PUBLISH: "publishes a version after the other changes",
    UpdateMode.ALIAS: "in place, as the resource `alias/…`",
    UpdateMode.CONCURRENCY: "in place, as the resource `concurrency/…`",
    UpdateMode.DOMAIN: "each domain by itself, as the resource `domain/…`",
    UpdateMode.TOOL: "none: read by scfdeploy only",
}
_LAYER_UPDATES = {
    **_UPDATES,
    UpdateMode.CONFIGURATION: "a new version is published",
    UpdateMode.PACKAGE: "a new version is published",
}

ACTIONS: Mapping[UpdateMode, tuple[str, ...]] = {
    UpdateMode.IDENTITY: ("CreateFunction",),
    UpdateMode.REPLACE: ("CreateFunction",),
    UpdateMode.CONFIGURATION: ("CreateFunction", "UpdateFunctionConfiguration"),
    UpdateMode.CODE: ("CreateFunction", "UpdateFunctionCode"),
    UpdateMode.PACKAGE: ("CreateFunction", "UpdateFunctionCode"),
    UpdateMode.TAGS: ("CreateFunction",),
    UpdateMode.ASYNC: ("UpdateFunctionEventInvokeConfig",),
    UpdateMode.PUBLISH: ("PublishVersion",),
    UpdateMode.ALIAS: ("CreateAlias", "UpdateAlias"),
    UpdateMode.CONCURRENCY: ("PutProvisionedConcurrencyConfig",),
    UpdateMode.DOMAIN: ("CreateCustomDomain", "UpdateCustomDomain"),
}
"""The actions that get the parameter of a key."""
_ACTIONS_OF_KEYS: Mapping[str, tuple[str, ...]] = {
    "ignoreSysLog": ("UpdateFunctionConfiguration",),
    "l5Enable": ("UpdateFunctionConfiguration",),
    "reservedConcurrencyMem": ("PutReservedConcurrencyConfig",),
    "protect": ("CreateFunction",),
}
_NO_PARAMETER = "none"


class Key(NamedTuple):
    """A key with those in it, for counting and for the pages."""

    path: str
    field: Field


def function_keys() -> list[Key]:
    """All keys below `inputs` of a function, with those of `src`."""
    return [key for field in FUNCTION_FIELDS for key in _with_inner(_complete(field, SOURCE_FIELDS))]


def layer_keys() -> list[Key]:
    """All keys below `inputs` of a layer."""
    return [key for field in LAYER_FIELDS for key in _with_inner(_complete(field, LAYER_SOURCE_FIELDS))]


def trigger_keys(kind: TriggerType) -> list[Key]:
    """All keys below `parameters` of a trigger."""
    return [key for field in kind.fields for key in _with_inner(field)]


def key_files() -> Mapping[str, str]:
    """The pages by their path in docs/reference."""
    return {
        "keys/index.md": _file_page(),
        "keys/function.md": _function_page(),
        "keys/layer.md": _layer_page(),
        "keys/several-functions.md": _several_page(),
        "keys/frameworks.md": _framework_page(),
        "keys/triggers.md": _triggers_page(),
    }


def _complete(field: Field, source: tuple[Field, ...]) -> Field:
    return replace(field, fields=source) if field.kind is Kind.SOURCE else field


def _with_inner(field: Field, prefix: str = "") -> Iterator[Key]:
    path = f"{prefix}{field.name}"
    yield Key(path, field)
    for inner in field.fields:
        yield from _with_inner(inner, f"{path}.")


def _file_page() -> str:
    properties: Mapping[str, Any] = json_schema()["properties"]
    required = ("component", "name")
    rows = [
        [code(name), "yes" if name in required else "", escaped(schema["description"])]
        for name, schema in properties.items()
    ]
    kinds = [
        ["`scf`", "one function", "[keys of a function](function.md)"],
        ["`multi-scf`", "several functions with shared settings", "[several functions](several-functions.md)"],
        ["`layer`", "files that functions share", "[keys of a layer](layer.md)"],
        [codes(FrameworkComponent.names), "a web framework", "[web frameworks](frameworks.md)"],
    ]
    example = (
        "component: scf\nname: hello\napp: shop\nstage: dev\ninputs:\n  name: hello-${stage}\n  src: ./src\n"
        "  runtime: Python3.10\n  handler: index.main_handler\n  events:\n    - timer:\n        parameters:\n"
        '          name: nightly\n          cronExpression: "0 0 2 * * * *"'
    )
    return page(
        "serverless.yml",
        ["One file describes one instance.", ""],
        fenced("yaml", example),
        table(["key", "required", "meaning"], rows),
        ["## Kinds of components", ""],
        table(["`component`", "deploys", "keys under `inputs`"], kinds),
        [
            "[Component kinds](../components.md) explains variables, building, protection and frameworks;",
            "[triggers](triggers.md) lists the keys of `events`. `scfdeploy schema` prints the same as a JSON Schema",
            "for [editors](../../how-to/editors.md).",
            "",
        ],
    )


def _function_page() -> str:
    return page(
        "Keys of a function",
        [
            "The keys under `inputs` of `component: scf`. An absent key means the default when the function is",
            "created, and is not changed in an update. A written block, list or mapping is complete: what it does not",
            "list is removed.",
            "",
        ],
        *(_key_section(field, FUNCTION[field.name]) for field in FUNCTION_FIELDS),
    )


def _layer_page() -> str:
    return page(
        "Keys of a layer",
        [
            "The keys under `inputs` of `component: layer`. A version cannot be changed once it is published: a change",
            "publishes another one. `--keep N` deletes old versions.",
            "",
        ],
        *(_key_section(field, LAYER[field.name], is_layer=True) for field in LAYER_FIELDS),
    )


def _key_section(field: Field, facts: KeyFacts, *, is_layer: bool = False) -> Iterator[str]:
    field = _complete(field, LAYER_SOURCE_FIELDS if is_layer else SOURCE_FIELDS)
    updates = _LAYER_UPDATES if is_layer else _UPDATES
    yield from (f"## {field.name}", "", escaped(field.description), "")
    actions = ("PublishLayerVersion",) if is_layer else actions_of(field)
    facts_table = [
        ["type", _type(field)],
        ["required", "yes" if field.required else ""],
        ["default", _default(field)],
        ["limit", _limits(field, facts.limit)],
        ["only for", f"`type: {field.only_for}`" if field.only_for else ""],
        ["update", updates[field.update_mode]],
        ["cloud field", _cloud(facts, actions)],
        ["checked by", "" if is_layer else _findings(field.name)],
    ]
    yield from table(["", ""], [row for row in facts_table if row[1]])
    for example in facts.examples:
        yield from fenced("yaml", example)
    if field.fields:
        yield from _inner_table(field, facts.cloud if isinstance(facts.cloud, Mapping) else {})


def _inner_table(field: Field, cloud: Mapping[str, str]) -> list[str]:
    keys = [key for inner in field.fields for key in _with_inner(inner)]
    rows = [
        [
            code(f"{field.name}.{key.path}"),
            escaped(key.field.description),
            _type(key.field),
            _values(key.field),
            code(cloud[key.path]) if cloud[key.path] else _NO_PARAMETER,
        ]
        for key in keys
    ]
    return table(["key", "meaning", "type", "values", "cloud field"], rows)


def _values(field: Field) -> str:
    """Default and limits, short enough for one column."""
    default = _default(field)
    parts = ["required" if field.required else "", f"default {default}" if default else "", _limits(field, "")]
    return "; ".join(filter(None, parts))


def actions_of(field: Field) -> tuple[str, ...]:
    """The actions that get the parameter of a key of a function."""
    return _ACTIONS_OF_KEYS.get(field.name) or ACTIONS.get(field.update_mode, ())


def _cloud(facts: KeyFacts, actions: Iterable[str]) -> str:
    if isinstance(facts.cloud, Mapping):
        return f"see below; {codes(actions)}"
    if not facts.cloud:
        return _NO_PARAMETER
    if facts.cloud.startswith("the "):
        return facts.cloud
    return f"{code(facts.cloud)} of {codes(actions)}"


def _type(field: Field) -> str:
    types = {Kind.TRIGGERS: "list of [triggers](triggers.md)"}
    return types.get(field.kind, str(field.kind.value))


def _default(field: Field) -> str:
    default = field.default
    return default if " " in default or not default else code(default)


def _limits(field: Field, more: str) -> str:
    parts = []
    if field.choices:
        parts.append(codes(field.choices))
    own_range = field.minimum is not None or field.maximum is not None
    if own_range and not more:
        parts.append(_range(field.minimum, field.maximum))
    if more:
        parts.append(more)
    if field.words:
        parts.append(f"also {' and '.join(code(word) for word, _ in field.words)}")
    if not field.supported:
        parts.append("not supported yet")
    return "; ".join(parts)


def _range(least: int | None, most: int | None) -> str:
    if least is None:
        return f"at most {most:,}"
    return f"at least {least:,}" if most is None else f"{least:,} to {most:,}"


def _findings(name: str) -> str:
    rules = sorted(rule.id for rule in all_rules() if f"settings.{name}" in rule.looks_at)
    return ", ".join(f"[{rule}](../rules/{rule}.md)" for rule in rules)


def _several_page() -> str:
    example = (
        "component: multi-scf\nname: shop\ninputs:\n  src: ./src\n  runtime: Python3.10\n  memorySize: 256\n"
        "  functions:\n    orders:\n      handler: orders.main_handler\n    nightly:\n"
        "      handler: nightly.main_handler\n      memorySize: 512\n  triggers:\n    - type: timer\n"
        '      function: nightly\n      parameters:\n        name: nightly\n        cronExpression: "0 0 2 * * * *"'
    )
    own = [
        ["`functions`", "mapping of keys to functions, or a list of functions with `name`", "required"],
        ["`triggers`", "list of `type`, `function`, `name` and `parameters`", ""],
    ]
    return page(
        "Several functions in one file",
        ["`component: multi-scf` deploys a function for each key of `functions`.", ""],
        fenced("yaml", example),
        table(["key", "type", "default"], own),
        [
            "All other [keys of a function](function.md) but `name`, `events` and `customDomains` can be written under",
            "`inputs`, as defaults of all functions. A value in a function replaces the whole default.",
            "",
        ],
        *_aliases(),
    )


def _aliases() -> Iterator[list[str]]:
    yield ["Other names of keys:", ""]
    yield table(["key", "means"], [[code(alias), code(name)] for alias, name in sorted(KEY_ALIASES.items())])
    yield [
        "`environments` and `tags` can also be lists of `key` and `value`. See",
        "[component kinds](../components.md#multi-scf).",
        "",
    ]


def _framework_page() -> str:
    rows = [
        [code(name), framework.language, ", ".join(_runtimes(framework.language))]
        for name, framework in sorted(frameworks().items())
    ]
    properties = json_schema()["definitions"]["framework"]["properties"]
    known = {field.name for field in FUNCTION_FIELDS} | set(KEY_ALIASES)
    own = [
        [code(name), escaped(schema.get("description", ""))]
        for name, schema in properties.items()
        if name not in known and "description" in schema
    ]
    example = "component: express\nname: site\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n  entryFile: app.js"
    return page(
        "Web frameworks",
        [
            "A framework is deployed as a web function with a URL. Its settings are the",
            "[keys of a function](function.md).",
            "",
        ],
        fenced("yaml", example),
        table(["`component`, or `faas.framework` of `component: http`", "language", "current runtimes"], rows),
        ["Keys beside those of a function:", ""],
        table(["key", "meaning"], own),
        ["[Component kinds](../components.md#web-frameworks) has the start command of each framework.", ""],
    )


def _runtimes(language: str) -> list[str]:
    return [
        runtime.name for runtime in runtimes().values() if runtime.language == language and runtime.state == "current"
    ]


def _triggers_page() -> str:
    intro = [
        "An item of `events` has one key, the type of the trigger. Under it are `parameters`, and `name` if it is not",
        "in the parameters. [Test events and triggers](../../how-to/triggers-and-templates.md) tells which fire",
        "locally.",
        "",
        "The column *update* says what a new value does: the trigger is changed *in place*; it is *replaced*, which",
        "means deleted and created again; or it is *another trigger*, and the old one is deleted if this project owns",
        "it.",
        "",
    ]
    return page("Triggers", intro, *(_trigger_section(kind) for kind in TRIGGER_TYPES))


def _trigger_section(kind: TriggerType) -> Iterator[str]:
    cloud, example = TRIGGERS[kind.type]
    meaning = json_schema()["definitions"][f"trigger-{kind.type}"]["description"]
    yield from (f"## {kind.type}", "", meaning, "")
    yield from fenced("yaml", "events:\n" + _indented(example))
    rows = [
        [
            code(key.path),
            escaped(key.field.description),
            _type(key.field),
            _values(key.field),
            _trigger_update(kind, key.field),
            code(cloud[key.path]) if cloud[key.path] else _NO_PARAMETER,
        ]
        for key in trigger_keys(kind)
    ]
    yield from table(["key", "meaning", "type", "values", "update", "cloud field"], rows)
    yield from (_trigger_actions(kind), "")


def _indented(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([f"  - {first}", *(f"    {line}" for line in rest)])


def _trigger_update(kind: TriggerType, field: Field) -> str:
    if field.update_mode is UpdateMode.IDENTITY:
        return "another trigger"
    if field.update_mode is UpdateMode.TOOL:
        return "none"
    is_switch = field.name == "enable" and kind.making.switchable
    in_place = field.update_mode is UpdateMode.CONFIGURATION and (
        kind.making.updatable or is_switch or not _is_scf(kind)
    )
    return "in place" if in_place else "replaced"


def _is_scf(kind: TriggerType) -> bool:
    return kind.making.product == "scf"


def _trigger_actions(kind: TriggerType) -> str:
    making = kind.making
    if not _is_scf(kind):
        text = f"Created through the API of the product `{making.product}`. "
    else:
        actions = ["CreateTrigger"]
        actions += ["UpdateTrigger"] if making.updatable else []
        actions += ["UpdateTriggerStatus"] if making.switchable else []
        text = f"Actions: {codes([*actions, 'DeleteTrigger'])}. "
    text += "It can hold the ownership tag. " if making.marked else "It cannot hold an ownership tag. "
    if making.exclusive:
        text += "One source can call only one function. "
    if kind.lost:
        text += f"A replacement loses {kind.lost}."
    return text.strip()
