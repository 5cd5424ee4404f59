"""Read one function from its inputs. Other component kinds first translate their keys to those of `component: scf`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scfdeploy.config.components.image_parts import with_image_url
from scfdeploy.config.components.source_keys import with_source_keys
from scfdeploy.config.document import Document, InstanceDocument
from scfdeploy.config.events import TriggerContext, read_events
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.fields.misindented import with_parameters_in_events
from scfdeploy.config.source import read_source
from scfdeploy.config.yaml import MappingNode, is_null
from scfdeploy.config.yaml.nodes import is_false
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.facts import runtimes
from scfdeploy.model import (
    FUNCTION_FIELDS,
    Address,
    ArchiveSource,
    Field,
    FolderSource,
    FunctionSpec,
    Ref,
    Secret,
    Source,
    UpdateMode,
    Value,
    seal,
)
from scfdeploy.records import dataclass, replace
from scfdeploy.triggers import TRIGGER_TYPES

if TYPE_CHECKING:  # only web functions need it
    from scfdeploy.config.bootstrap import BootstrapFactory

RUNTIME_MISSING = Finding(
    "runtime-missing",
    Severity.WARNING,
    "Runtime is not set",
    detail="Without `runtime`, the function uses {default}, which may not match its code.",
    hint="Set the runtime of your code, such as `runtime: {suggestion}`.",
    title="Runtime is not set.",
    what="The function does not set its `runtime`.",
    why="The vendor's default is a version of Node.js that is long out of date.",
    wrong=yaml("handler: index.main_handler"),
    right=yaml("handler: index.main_handler\nruntime: Nodejs18.15"),
)

_KNOWN_AFTER_APPLY = frozenset(
    field.name
    for field in FUNCTION_FIELDS
    if field.update_mode in (UpdateMode.CONFIGURATION, UpdateMode.ASYNC, UpdateMode.TAGS)
)
"""The settings whose values can be outputs that are known only after apply."""
_DEFAULTS = {field.name: field.default for field in FUNCTION_FIELDS if field.update_mode is UpdateMode.IDENTITY}
RUNTIME = next(field.default for field in FUNCTION_FIELDS if field.name == "runtime")
"""The default runtime of `component: scf`."""
_HANDLER = next(field.default for field in FUNCTION_FIELDS if field.name == "handler")
_HANDLERS = {"go": "main", "java": "example.Hello::mainHandler"}
_LANGUAGES = ("python", "nodejs", "php", "java", "go", "custom")


@dataclass(frozen=True, slots=True)
class FunctionReaderOptions:
    """How a kind of component reads a function."""

    thing: str
    """What is read, for messages: "component: scf"."""
    hints: Mapping[str, str]
    """Where unknown keys belong, by key."""
    runtime: str = RUNTIME
    """The default runtime."""
    key: str = ""
    """The key of one of several functions of an instance; it is part of the default name."""
    bootstrap: BootstrapFactory | None = None
    """Generates the scf_bootstrap of a web function; None for that of any server."""
    shared: Span | None = None
    """The position of the settings that several functions share, where settings that all of them lack are reported."""


def read_function(
    inputs: MappingNode,
    instance: InstanceDocument,
    options: FunctionReaderOptions,
    diagnostics: Diagnostics | None = None,
) -> FunctionSpec:
    """The function that `inputs` describe. `diagnostics` replaces the list of the instance."""
    reading = Reading(
        instance.diagnostics if diagnostics is None else diagnostics,
        options.thing,
        instance.resolver.tree,
        dict(options.hints),
        lines=instance.resolver.lines,
        known_after_apply=_KNOWN_AFTER_APPLY,
    )
    inputs = with_parameters_in_events(with_image_url(with_source_keys(inputs, reading), reading), reading)
    settings = read_fields(inputs, _fields_for(inputs), reading=reading)
    if instance.protect is not None:
        settings.setdefault("protect", instance.protect)
    address, region = _identity(settings, instance, options)
    runtime = _add_defaults(settings, inputs, options, reading)
    keeps_code = _keeps_code(inputs, reading)
    source = None if keeps_code else _source(inputs, settings, runtime, instance.document, options, reading)
    _seal_environment(settings, reading)
    context = TriggerContext(address, instance.owner.instance, instance.owner.stage, TRIGGER_TYPES)
    events = inputs.get("events")
    triggers = read_events(events.value if events else None, context, reading)
    for entry in inputs:
        if is_null(entry.value):
            reading.spans.pop((entry.key.text,), None)  # it is treated as not set
    if instance.region is not None:
        reading.spans.pop(("region",), None)
    return FunctionSpec(
        address,
        instance.owner,
        region,
        settings,
        source,
        triggers,
        reading.spans,
        reading.key_spans,
        inputs.span,
        frozenset(reading.sensitive),
        key=options.key,
        keeps_code=keeps_code and not _has_image(inputs),
        unresolved=_unresolved(instance, reading),
    )


def _fields_for(inputs: MappingNode) -> tuple[Field, ...]:
    if not _has_image(inputs):
        return FUNCTION_FIELDS
    return tuple(replace(field, required=False) if field.name == "src" else field for field in FUNCTION_FIELDS)


def _has_image(inputs: MappingNode) -> bool:
    """Whether the function runs an image, which has its own runtime and no handler."""
    entry = inputs.get("image")
    return entry is not None and not is_null(entry.value)


def _unresolved(instance: InstanceDocument, reading: Reading) -> frozenset[str]:
    """Those of name, namespace and region that have a placeholder, because they cannot be read."""
    failed = {key for key in ("name", "namespace", "region") if (key,) in reading.failed}
    if instance.unresolved and ("name",) not in reading.spans:
        failed.add("name")  # it is generated from what cannot be resolved
    if instance.region is not None:
        failed.discard("region")
    return frozenset(failed)


def _identity(
    settings: dict[str, Value], instance: InstanceDocument, options: FunctionReaderOptions
) -> tuple[Address, str]:
    """The function's address and region, removed from the settings because they cannot be updated."""
    owner = instance.owner
    parts = (owner.instance, owner.stage, owner.app, options.key)
    name = str(settings.pop("name", None) or "-".join(part for part in parts if part))
    namespace = str(settings.pop("namespace", None) or _DEFAULTS["namespace"])
    region = str(settings.pop("region", None) or _DEFAULTS["region"])
    return Address.of_function(namespace, name), instance.region or region


def _add_defaults(
    settings: dict[str, Value], inputs: MappingNode, options: FunctionReaderOptions, reading: Reading
) -> str:
    if _has_image(inputs):
        return ""
    runtime = _add_runtime(settings, options.shared or inputs.span, reading, default=options.runtime)
    if settings.get("type", "event") == "event" and ("type",) not in reading.failed:
        _add_handler(settings, runtime, reading)
    return runtime


def _keeps_code(inputs: MappingNode, reading: Reading) -> bool:
    """Whether the file leaves the deployed code alone: `src: false`."""
    entry = inputs.get("src")
    return entry is not None and is_false(reading.resolve(entry.value))


def _source(
    inputs: MappingNode,
    settings: dict[str, Value],
    runtime: str,
    document: Document,
    options: FunctionReaderOptions,
    reading: Reading,
) -> Source | None:
    entry = inputs.get("src")
    source = None if entry is None else read_source(entry.value, document, reading)
    if isinstance(source, FolderSource | ArchiveSource):
        source = replace(source, start_program=_start_program(settings, runtime))
    if not isinstance(source, FolderSource) or settings.get("type") != "web" or not runtime:
        return source
    if {("entryFile",), ("startCmd",)} & reading.failed:
        return source
    entry_file, command = settings.get("entryFile"), settings.get("startCmd")
    from scfdeploy.config.bootstrap import StartSettings, bootstrap_for

    start = StartSettings(None if entry_file is None else str(entry_file), str(command or ""))
    generate = options.bootstrap or bootstrap_for
    bootstrap = generate(source, runtime, start, reading)
    return source if bootstrap is None else replace(source, bootstrap=bootstrap.text, needs=bootstrap.needs)


def _start_program(settings: dict[str, Value], runtime: str) -> str:
    if settings.get("type") == "web":
        return "scf_bootstrap"
    return "bootstrap" if runtime == "CustomRuntime" else ""


def _seal_environment(settings: dict[str, Value], reading: Reading) -> None:
    """Make values secret that look secret by their own name or by that of the variable they come from."""
    match settings.get("environment"):
        case {"variables": dict(variables)}:
            texts = {name: str(text) for name, text in variables.items() if not isinstance(text, Ref)}
            sealed: dict[str, Value] = {**variables, **seal(texts)}
            for name, text in texts.items():
                if ("environment", "variables", name) in reading.sensitive:
                    sealed[name] = Secret(text)
            settings["environment"] = {"variables": sealed}


def _add_runtime(settings: dict[str, Value], inputs: Span, reading: Reading, *, default: str = RUNTIME) -> str:
    """The runtime; if it is not set, the default of the component, with a warning."""
    runtime = settings.get("runtime")
    if isinstance(runtime, str):
        return runtime
    if ("runtime",) in reading.failed:
        return ""
    if ("runtime",) not in reading.spans:  # an empty value is reported already
        reading.diagnostics.report(RUNTIME_MISSING, inputs, default=default, suggestion=_newest(default))
    settings["runtime"] = default
    return default


def _add_handler(settings: dict[str, Value], runtime: str, reading: Reading) -> None:
    """Set the default handler of the language; a custom runtime has none."""
    if "handler" in settings or ("handler",) in reading.failed:
        return
    language = _language(runtime)
    if language != "custom":
        settings["handler"] = _HANDLERS.get(language, _HANDLER)


def _newest(default: str) -> str:
    """The newest current runtime for the language of the default."""
    current = [known for known in runtimes().values() if known.state == "current"]
    return next((known.name for known in reversed(current) if known.language == _language(default)), default)


def _language(runtime: str) -> str:
    known = known_runtime(runtime)
    if known is not None:
        return known.language
    return next((language for language in _LANGUAGES if runtime.lower().startswith(language)), "")
