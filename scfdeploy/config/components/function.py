"""One function out of its inputs, in the words of `component: scf`: other kinds put theirs into these words first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from scfdeploy.config.bootstrap import Start, bootstrap_for
from scfdeploy.config.document import InstanceFile
from scfdeploy.config.events import TriggerContext, read_events
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.runtime_defaults import RUNTIME, add_handler, add_runtime
from scfdeploy.config.source import read_source
from scfdeploy.config.yaml import MappingNode
from scfdeploy.config.yaml.core import is_null
from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.model import (
    FUNCTION_FIELDS,
    Address,
    ArchiveSource,
    Carry,
    Field,
    FolderSource,
    FunctionSpec,
    Ref,
    Secret,
    Source,
    Value,
    seal,
)
from scfdeploy.triggers import TRIGGER_TYPES

_LATER = frozenset(
    field.name for field in FUNCTION_FIELDS if field.carry in (Carry.CONFIGURATION, Carry.ASYNC, Carry.TAGS)
)
_DEFAULTS = {field.name: field.default for field in FUNCTION_FIELDS if field.carry is Carry.IDENTITY}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of component reads a function.

    `thing` is what is read, in words: "component: scf". `hints` say where keys belong that mean nothing here.
    `runtime` stands where none is written. `key` tells one of several functions of an instance from the others, and
    ends the default name of its function. `bootstrap` makes the start program of a web function. `shared` is what
    several functions have in common: what they all lack is said there, once.
    """

    thing: str
    hints: Mapping[str, str]
    runtime: str = RUNTIME
    key: str = ""
    bootstrap: Callable[[FolderSource, str, str | None, Reading], Start | None] = bootstrap_for
    shared: Span | None = None


def read_function(
    inputs: MappingNode, instance: InstanceFile, manner: Manner, diagnostics: Diagnostics | None = None
) -> FunctionSpec:
    """The function that `inputs` describe. Findings go to `diagnostics`, or else to the instance's."""
    found = instance.diagnostics if diagnostics is None else diagnostics
    reading = Reading(
        found, manner.thing, instance.resolver.tree, dict(manner.hints), lines=instance.resolver.lines, later=_LATER
    )
    settings = read_fields(inputs, _fields_for(inputs), reading=reading)
    address, region = _identity(settings, instance, manner)
    runtime = _add_defaults(settings, inputs, manner, reading)
    source = _source(inputs, settings, runtime, instance.document.root, manner, reading)
    _seal_environment(settings, reading)
    context = TriggerContext(address, instance.owner.instance, instance.owner.stage, TRIGGER_TYPES)
    events = inputs.get("events")
    triggers = read_events(events.value if events else None, context, reading)
    for entry in inputs:
        if is_null(entry.value):
            reading.spans.pop((entry.key.text,), None)  # it counts as not written
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
        key=manner.key,
    )


def _fields_for(inputs: MappingNode) -> tuple[Field, ...]:
    if not _has_image(inputs):
        return FUNCTION_FIELDS
    return tuple(replace(field, required=False) if field.name == "src" else field for field in FUNCTION_FIELDS)


def _has_image(inputs: MappingNode) -> bool:
    """Whether an image takes the place of code; it brings its own runtime and knows no handler."""
    entry = inputs.get("image")
    return entry is not None and not is_null(entry.value)


def _identity(settings: dict[str, Value], instance: InstanceFile, manner: Manner) -> tuple[Address, str]:
    """The function's address and region; they leave the settings, being no settings of a function that exists."""
    owner = instance.owner
    parts = (owner.instance, owner.stage, owner.app, manner.key)
    name = str(settings.pop("name", None) or "-".join(part for part in parts if part))
    namespace = str(settings.pop("namespace", None) or _DEFAULTS["namespace"])
    region = str(settings.pop("region", None) or _DEFAULTS["region"])
    return Address.of_function(namespace, name), instance.region or region


def _add_defaults(settings: dict[str, Value], inputs: MappingNode, manner: Manner, reading: Reading) -> str:
    if _has_image(inputs):
        return ""
    runtime = add_runtime(settings, manner.shared or inputs.span, reading, default=manner.runtime)
    if settings.get("type", "event") == "event" and ("type",) not in reading.failed:
        add_handler(settings, runtime, reading)
    return runtime


def _source(
    inputs: MappingNode, settings: dict[str, Value], runtime: str, root: str, manner: Manner, reading: Reading
) -> Source | None:
    entry = inputs.get("src")
    source = None if entry is None else read_source(entry.value, root, reading)
    if isinstance(source, FolderSource | ArchiveSource):
        source = replace(source, start_program=_start_program(settings, runtime))
    if not isinstance(source, FolderSource) or settings.get("type") != "web" or not runtime:
        return source
    if ("entryFile",) in reading.failed:
        return source
    entry_file = settings.get("entryFile")
    start = manner.bootstrap(source, runtime, None if entry_file is None else str(entry_file), reading)
    return source if start is None else replace(source, bootstrap=start.text, needs=start.needs)


def _start_program(settings: dict[str, Value], runtime: str) -> str:
    if settings.get("type") == "web":
        return "scf_bootstrap"
    return "bootstrap" if runtime == "CustomRuntime" else ""


def _seal_environment(settings: dict[str, Value], reading: Reading) -> None:
    """Hide what looks secret, by its own name or by that of the variable it came from."""
    match settings.get("environment"):
        case {"variables": dict(variables)}:
            texts = {key: str(text) for key, text in variables.items() if not isinstance(text, Ref)}
            sealed: dict[str, Value] = {**variables, **seal(texts)}
            for key, text in texts.items():
                if ("environment", "variables", key) in reading.sensitive:
                    sealed[key] = Secret(text)
            settings["environment"] = {"variables": sealed}
