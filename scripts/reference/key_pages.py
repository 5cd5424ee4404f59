"""The reference of the keys of serverless.yml, from the field tables and the facts beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from scfdeploy.config.components.framework import FrameworkComponent
from scfdeploy.config.components.key_aliases import KEY_ALIASES
from scfdeploy.config.schema import json_schema
from scfdeploy.config.source import LAYER_SOURCE_FIELDS, SOURCE_FIELDS
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.facts import runtimes
from scfdeploy.facts.frameworks import frameworks
from scfdeploy.model import FUNCTION_FIELDS, LAYER_FIELDS, Field, Kind, UpdateMode
from scfdeploy.rules import all_rules
from scfdeploy.triggers import TRIGGER_TYPES, TriggerType
from scripts.reference.key_facts import FUNCTION, LAYER, TRIGGERS, KeyFacts
from scripts.reference.markdown import code, codes, escaped, fenced, listed, page, paragraph, table
from scripts.reference.texts import PageText

_UPDATES: Mapping[UpdateMode, PageText] = {
    UpdateMode.IDENTITY: PageText("another value is another resource; the old one stays until `--prune` deletes it"),
    UpdateMode.REPLACE: PageText("the resource is deleted and created again"),
    UpdateMode.CONFIGURATION: PageText("in place"),
    UpdateMode.CODE: PageText("in place, together with the code"),
    UpdateMode.PACKAGE: PageText("in place: the code is uploaded if its content differs"),
    UpdateMode.TAGS: PageText("in place, by the tag service"),
    UpdateMode.ASYNC: PageText("in place, as the resource `async/…`"),
    UpdateMode.TRIGGER: PageText("each trigger by itself, as the resource `trigger/…`"),
    UpdateMode.PUBLISH: PageText("publishes a version after the other changes"),
    UpdateMode.ALIAS: PageText("in place, as the resource `alias/…`"),
    UpdateMode.CONCURRENCY: PageText("in place, as the resource `concurrency/…`"),
    UpdateMode.DOMAIN: PageText("each domain by itself, as the resource `domain/…`"),
    UpdateMode.TOOL: PageText("none: read by scfdeploy only"),
}
_LAYER_UPDATES = {
    **_UPDATES,
    UpdateMode.CONFIGURATION: PageText("a new version is published"),
    UpdateMode.PACKAGE: PageText("a new version is published"),
}
_TYPES: Mapping[Kind, PageText] = {
    Kind.STRING: PageText("string"),
    Kind.INTEGER: PageText("integer"),
    Kind.NUMBER: PageText("number"),
    Kind.BOOLEAN: PageText("boolean"),
    Kind.STRING_LIST: PageText("list of strings"),
    Kind.STRING_MAP: PageText("mapping of names to strings"),
    Kind.BLOCK: PageText("mapping"),
    Kind.BLOCK_LIST: PageText("list of mappings"),
    Kind.SOURCE: PageText("path or mapping"),
    Kind.SWITCH: PageText("boolean or mapping"),
    Kind.TRIGGERS: PageText("list of [triggers](triggers.md)"),
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
_NO_PARAMETER = PageText("none")


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
        [code(name), message("yes") if name in required else "", escaped(schema["description"])]
        for name, schema in properties.items()
    ]
    kinds = [
        ["`scf`", message("one function"), message("[keys of a function](function.md)")],
        [
            "`multi-scf`",
            message("several functions with shared settings"),
            message("[several functions](several-functions.md)"),
        ],
        ["`layer`", message("files that functions share"), message("[keys of a layer](layer.md)")],
        [codes(FrameworkComponent.names), message("a web framework"), message("[web frameworks](frameworks.md)")],
    ]
    example = (
        "component: scf\nname: hello\napp: shop\nstage: dev\ninputs:\n  name: hello-${stage}\n  src: ./src\n"
        "  runtime: Python3.10\n  handler: index.main_handler\n  events:\n    - timer:\n        parameters:\n"
        '          name: nightly\n          cronExpression: "0 0 2 * * * *"'
    )
    return page(
        "serverless.yml",
        paragraph(message("One file describes one instance.")),
        fenced("yaml", example),
        table([message("key"), message("required"), message("meaning")], rows),
        [f"## {message('Kinds of components')}", ""],
        table(["`component`", message("deploys"), message("keys under `inputs`")], kinds),
        paragraph(
            message(
                "[Component kinds](../components.md) explains variables, building, protection and frameworks; "
                "[triggers](triggers.md) lists the keys of `events`. `scfdeploy schema` prints the same as a JSON "
                "Schema for [editors](../../how-to/editors.md)."
            )
        ),
    )


def _function_page() -> str:
    return page(
        message("Keys of a function"),
        paragraph(
            message(
                "The keys under `inputs` of `component: scf`. An absent key means the default when the function is "
                "created, and is not changed in an update. A written block, list or mapping is complete: what it does "
                "not list is removed."
            )
        ),
        *(_key_section(field, FUNCTION[field.name]) for field in FUNCTION_FIELDS),
    )


def _layer_page() -> str:
    return page(
        message("Keys of a layer"),
        paragraph(
            message(
                "The keys under `inputs` of `component: layer`. A version cannot be changed once it is published: a "
                "change publishes another one. `--keep N` deletes old versions."
            )
        ),
        *(_key_section(field, LAYER[field.name], is_layer=True) for field in LAYER_FIELDS),
    )


def _key_section(field: Field, facts: KeyFacts, *, is_layer: bool = False) -> Iterator[str]:
    field = _complete(field, LAYER_SOURCE_FIELDS if is_layer else SOURCE_FIELDS)
    updates = _LAYER_UPDATES if is_layer else _UPDATES
    yield from (f"## {field.name}", "", escaped(message(field.description)), "")
    actions = ("PublishLayerVersion",) if is_layer else actions_of(field)
    facts_table = [
        [message("type"), _type(field)],
        [message("required"), message("yes") if field.required else ""],
        [message("default"), _default(field)],
        [message("limit"), _limits(field, facts.limit)],
        [message("only for"), f"`type: {field.only_for}`" if field.only_for else ""],
        [message("update"), str(updates[field.update_mode])],
        [message("cloud field"), _cloud(facts, actions)],
        [message("checked by"), "" if is_layer else _findings(field.name)],
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
            escaped(message(key.field.description)),
            _type(key.field),
            _values(key.field),
            code(cloud[key.path]) if cloud[key.path] else str(_NO_PARAMETER),
        ]
        for key in keys
    ]
    heads = [message("key"), message("meaning"), message("type"), message("values"), message("cloud field")]
    return table(heads, rows)


def _values(field: Field) -> str:
    """Default and limits, short enough for one column."""
    default = _default(field)
    parts = [
        message("required") if field.required else "",
        message("default {default}", default=default) if default else "",
        _limits(field),
    ]
    return message("; ").join(filter(None, parts))


def actions_of(field: Field) -> tuple[str, ...]:
    """The actions that get the parameter of a key of a function."""
    return _ACTIONS_OF_KEYS.get(field.name) or ACTIONS.get(field.update_mode, ())


def _cloud(facts: KeyFacts, actions: Iterable[str]) -> str:
    if isinstance(facts.cloud, Mapping):
        return message("see below; {actions}", actions=codes(actions))
    if isinstance(facts.cloud, PageText):
        return str(facts.cloud)
    if not facts.cloud:
        return str(_NO_PARAMETER)
    return message("{parameter} of {actions}", parameter=code(facts.cloud), actions=codes(actions))


def _type(field: Field) -> str:
    return str(_TYPES[field.kind])


def _default(field: Field) -> str:
    default = field.default
    return message(default) if " " in default or not default else code(default)


def _limits(field: Field, more: PageText | None = None) -> str:
    parts = []
    if field.choices:
        parts.append(codes(field.choices))
    own_range = field.minimum is not None or field.maximum is not None
    if own_range and not more:
        parts.append(_range(field.minimum, field.maximum))
    if more:
        parts.append(str(more))
    if field.words:
        parts.append(message("also {words}", words=message(" and ").join(code(word) for word, _ in field.words)))
    if not field.supported:
        parts.append(message("not supported yet"))
    return message("; ").join(parts)


def _range(least: int | None, most: int | None) -> str:
    if least is None:
        return message("at most {most}", most=f"{most:,}")
    if most is None:
        return message("at least {least}", least=f"{least:,}")
    return message("{least} to {most}", least=f"{least:,}", most=f"{most:,}")


def _findings(name: str) -> str:
    rules = sorted(rule.id for rule in all_rules() if f"settings.{name}" in rule.looks_at)
    return listed(f"[{rule}](../rules/{rule}.md)" for rule in rules)


def _several_page() -> str:
    example = (
        "component: multi-scf\nname: shop\ninputs:\n  src: ./src\n  runtime: Python3.10\n  memorySize: 256\n"
        "  functions:\n    orders:\n      handler: orders.main_handler\n    nightly:\n"
        "      handler: nightly.main_handler\n      memorySize: 512\n  triggers:\n    - type: timer\n"
        '      function: nightly\n      parameters:\n        name: nightly\n        cronExpression: "0 0 2 * * * *"'
    )
    own = [
        [
            "`functions`",
            message("mapping of keys to functions, or a list of functions with `name`"),
            message("required"),
        ],
        ["`triggers`", message("list of `type`, `function`, `name` and `parameters`"), ""],
    ]
    return page(
        message("Several functions in one file"),
        paragraph(message("`component: multi-scf` deploys a function for each key of `functions`.")),
        fenced("yaml", example),
        table([message("key"), message("type"), message("default")], own),
        paragraph(
            message(
                "All other [keys of a function](function.md) but `name`, `events` and `customDomains` can be written "
                "under `inputs`, as defaults of all functions. A value in a function replaces the whole default."
            )
        ),
        *_aliases(),
    )


def _aliases() -> Iterator[list[str]]:
    yield paragraph(message("Other names of keys:"))
    yield table(
        [message("key"), message("means")], [[code(alias), code(name)] for alias, name in sorted(KEY_ALIASES.items())]
    )
    yield paragraph(
        message(
            "`environments` and `tags` can also be lists of `key` and `value`. See "
            "[component kinds](../components.md#multi-scf)."
        )
    )


def _framework_page() -> str:
    rows = [
        [code(name), framework.language, listed(_runtimes(framework.language))]
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
        message("Web frameworks"),
        paragraph(
            message(
                "A framework is deployed as a web function with a URL. Its settings are the "
                "[keys of a function](function.md)."
            )
        ),
        fenced("yaml", example),
        table(
            [
                message("`component`, or `faas.framework` of `component: http`"),
                message("language"),
                message("current runtimes"),
            ],
            rows,
        ),
        paragraph(message("Keys beside those of a function:")),
        table([message("key"), message("meaning")], own),
        paragraph(
            message("[Component kinds](../components.md#web-frameworks) has the start command of each framework.")
        ),
    )


def _runtimes(language: str) -> list[str]:
    return [
        runtime.name for runtime in runtimes().values() if runtime.language == language and runtime.state == "current"
    ]


def _triggers_page() -> str:
    intro = [
        message(
            "An item of `events` has one key, the type of the trigger. Under it are `parameters`, and `name` if it is "
            "not in the parameters. [Test events and triggers](../../how-to/triggers-and-templates.md) tells which "
            "fire locally."
        ),
        message(
            "The column *update* says what a new value does: the trigger is changed *in place*; a *replacement* "
            "deletes it and creates it again; *another trigger* means that the old one is deleted if this project owns "
            "it."
        ),
    ]
    return page(message("Triggers"), *map(paragraph, intro), *(_trigger_section(kind) for kind in TRIGGER_TYPES))


def _trigger_section(kind: TriggerType) -> Iterator[str]:
    cloud, example = TRIGGERS[kind.type]
    meaning = json_schema()["definitions"][f"trigger-{kind.type}"]["description"]
    yield from (f"## {kind.type}", "", meaning, "")
    yield from fenced("yaml", "events:\n" + _indented(example))
    rows = [
        [
            code(key.path),
            escaped(message(key.field.description)),
            _type(key.field),
            _values(key.field),
            _trigger_update(kind, key.field),
            code(cloud[key.path]) if cloud[key.path] else str(_NO_PARAMETER),
        ]
        for key in trigger_keys(kind)
    ]
    heads = [message("key"), message("meaning"), message("type"), message("values")]
    yield from table([*heads, message("update"), message("cloud field")], rows)
    yield from (_trigger_actions(kind), "")


def _indented(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([f"  - {first}", *(f"    {line}" for line in rest)])


def _trigger_update(kind: TriggerType, field: Field) -> str:
    if field.update_mode is UpdateMode.IDENTITY:
        return message("another trigger")
    if field.update_mode is UpdateMode.TOOL:
        return message("none")
    is_switch = field.name == "enable" and kind.making.switchable
    in_place = field.update_mode is UpdateMode.CONFIGURATION and (
        kind.making.updatable or is_switch or not _is_scf(kind)
    )
    return message("in place") if in_place else message("replacement")


def _is_scf(kind: TriggerType) -> bool:
    return kind.making.product == "scf"


def _trigger_actions(kind: TriggerType) -> str:
    making = kind.making
    if not _is_scf(kind):
        called = message("Created through the API of the product {product}.", product=code(making.product))
    else:
        actions = ["CreateTrigger"]
        actions += ["UpdateTrigger"] if making.updatable else []
        actions += ["UpdateTriggerStatus"] if making.switchable else []
        called = message("Actions: {actions}.", actions=codes([*actions, "DeleteTrigger"]))
    return join_sentences(
        called,
        message("It can hold the ownership tag.") if making.marked else message("It cannot hold an ownership tag."),
        message("One source can call only one function.") if making.exclusive else "",
        message("A replacement loses {lost}.", lost=message(kind.lost)) if kind.lost else "",
    )
