"""`component: scf`: one function."""

from __future__ import annotations

from dataclasses import replace

from scfdeploy.config.bootstrap import bootstrap_for
from scfdeploy.config.components.scf_inputs import inputs_of
from scfdeploy.config.events import TriggerContext, read_events
from scfdeploy.config.fields import Reading, read_fields
from scfdeploy.config.instance_file import InstanceFile
from scfdeploy.config.runtime_defaults import add_handler, add_runtime
from scfdeploy.config.source import read_source
from scfdeploy.config.yaml import MappingNode
from scfdeploy.model import (
    FUNCTION_FIELDS,
    Address,
    Carry,
    Field,
    FolderSource,
    FunctionSpec,
    Secret,
    Source,
    Value,
    seal,
)
from scfdeploy.triggers import TRIGGER_TYPES

_DEFAULTS = {field.name: field.default for field in FUNCTION_FIELDS if field.carry is Carry.IDENTITY}
_ELSEWHERE = {
    "functionConf": "Write its keys directly under inputs.",
    "faas": "Write its keys directly under inputs.",
    "apigatewayConf": "API Gateway is being shut down; write `events` with `- http:`.",
    "apigw": "API Gateway is being shut down; write `events` with `- http:`.",
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
    "include": "It belongs under src: `src: {src: ./, include: […]}`.",
    "bucket": "It belongs under src, with `object`.",
    "object": "It belongs under src, with `bucket`.",
    "variables": "It belongs under environment.",
    "inputs": "It stands within inputs already; move its keys one level up.",
    "component": "It belongs at the top level.",
    "app": "It belongs at the top level.",
    "stage": "It belongs at the top level.",
}


class ScfComponent:
    """The kind `scf`."""

    names = ("scf",)

    def read(self, instance: InstanceFile) -> tuple[FunctionSpec, ...]:
        """One function; none when the file has no inputs to read."""
        inputs = inputs_of(instance.document.tree, instance.diagnostics)
        if inputs is None:
            return ()
        reading = Reading(instance.diagnostics, "component: scf", instance.resolver.tree, _ELSEWHERE)
        settings = read_fields(inputs, _fields_for(inputs), reading=reading)
        address, region = _identity(settings, instance)
        runtime = _add_defaults(settings, inputs, reading)
        source = _source(inputs, settings, runtime, instance.document.root, reading)
        _seal_environment(settings, reading)
        context = TriggerContext(address, instance.owner.instance, instance.owner.stage, TRIGGER_TYPES)
        events = inputs.get("events")
        triggers = read_events(events.value if events else None, context, reading)
        return (
            FunctionSpec(
                address,
                instance.owner,
                region,
                settings,
                source,
                triggers,
                reading.spans,
                reading.key_spans,
                inputs.span,
            ),
        )


def _fields_for(inputs: MappingNode) -> tuple[Field, ...]:
    if inputs.get("image") is None:
        return FUNCTION_FIELDS
    # An image takes the place of code; that images are not supported yet is said, and nothing else.
    return tuple(replace(field, required=False) if field.name == "src" else field for field in FUNCTION_FIELDS)


def _identity(settings: dict[str, Value], instance: InstanceFile) -> tuple[Address, str]:
    """The function's address and region; they leave the settings, being no settings of a function that exists."""
    owner = instance.owner
    name = str(settings.pop("name", None) or f"{owner.instance}-{owner.stage}-{owner.app}")
    namespace = str(settings.pop("namespace", None) or _DEFAULTS["namespace"])
    region = str(settings.pop("region", None) or _DEFAULTS["region"])
    return Address.of_function(namespace, name), instance.region or region


def _add_defaults(settings: dict[str, Value], inputs: MappingNode, reading: Reading) -> str:
    if inputs.get("image") is not None:
        return ""
    runtime = add_runtime(settings, inputs.span, reading)
    if settings.get("type", "event") == "event" and ("type",) not in reading.failed:
        add_handler(settings, runtime, reading)
    return runtime


def _source(
    inputs: MappingNode, settings: dict[str, Value], runtime: str, root: str, reading: Reading
) -> Source | None:
    entry = inputs.get("src")
    source = None if entry is None else read_source(entry.value, root, reading)
    if not isinstance(source, FolderSource) or settings.get("type") != "web" or not runtime:
        return source
    if ("entryFile",) in reading.failed:
        return source
    entry_file = settings.get("entryFile")
    text = bootstrap_for(source, runtime, None if entry_file is None else str(entry_file), reading)
    return replace(source, bootstrap=text)


def _seal_environment(settings: dict[str, Value], reading: Reading) -> None:
    """Hide what looks secret, by its own name or by that of the variable it came from."""
    match settings.get("environment"):
        case {"variables": dict(variables)}:
            texts = {key: str(text) for key, text in variables.items()}
            sealed: dict[str, Value] = dict(seal(texts))
            for key, text in texts.items():
                if ("environment", "variables", key) in reading.sensitive:
                    sealed[key] = Secret(text)
            settings["environment"] = {"variables": sealed}
