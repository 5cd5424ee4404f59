"""Convert a file with one `component` at the top: local paths, npm names, gateways, and keys beside `src`."""

from __future__ import annotations

import re

from scfdeploy.config.api_gateway import access_controls
from scfdeploy.config.components.kinds import choose_kind, kinds
from scfdeploy.config.components.local_path import is_local_path
from scfdeploy.config.document import component_kind
from scfdeploy.config.migration.framework_gateway import replace_auto_create_api, replace_gateway_keys
from scfdeploy.config.migration.function_settings import FunctionSettings, write_image_address
from scfdeploy.config.migration.gateway_triggers import replace_in_events, replace_in_triggers
from scfdeploy.config.migration.plain_blocks import block_mapping
from scfdeploy.config.rewriting.layout import mapping_of, sequence_items, text_of
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.source import PATTERN_KEYS
from scfdeploy.config.yaml import Entry, MappingNode
from scfdeploy.config.yaml.nodes import entries_below
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, message
from scfdeploy.diagnostics.page import yaml

GATEWAY_ONLY = Finding(
    "gateway-only",
    Severity.WARNING,
    "File without a function",
    detail="{what} The file is not changed.",
    hint="{advice}",
    title="A file that has a gateway but no function.",
    what="`scfdeploy migrate` found a file that describes only an API Gateway, or a WebSocket server behind one.",
    why="API Gateway is being shut down, and scfdeploy creates none. Functions have URLs of their own.",
    wrong=yaml("component: apigateway"),
    right=yaml("# serverless.yml of the function\nevents:\n  - http:\n      parameters:\n        authType: NONE"),
)

_NPM_PREFIXES = ("@serverless/", "tencent-")
_OUTPUT = re.compile(r"\$\{output:.*:([\w-]+)\.\w+\}")


def component_choices() -> tuple[str, ...]:
    """The kinds that can be named for a component that the file names by a local path."""
    return tuple(name for kind in kinds() for name in kind.names)


def migrate_component(
    tree: MappingNode, component: Entry, rewrite: Rewrite, diagnostics: Diagnostics, *, choice: str | None
) -> None:
    """Convert the one component of a file. `choice` replaces a local path. Raises NotMigratedError."""
    name = text_of(component) or ""
    kind = component_kind(name)
    if is_local_path(name):
        if choice is None:
            choose_kind(tree, diagnostics)
            return
        kind = choice
        rewrite.replace(component.value.span, kind)
    elif name.startswith(_NPM_PREFIXES) and kind in component_choices():
        rewrite.replace(component.value.span, kind)
    inputs = mapping_of(tree.get("inputs"))
    if kind in ("apigateway", "websocket"):
        _report_gateway_file(component, inputs, kind, diagnostics)
    elif inputs is not None:
        _convert_inputs(inputs, kind, rewrite, diagnostics)


def _convert_inputs(inputs: MappingNode, kind: str, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    _write_images(inputs, rewrite)
    if kind == "scf":
        _gather_source(inputs, rewrite, diagnostics)
        replace_in_events(inputs.get("events"), rewrite, diagnostics)
        replace_auto_create_api(inputs, rewrite, diagnostics)
    elif kind == "multi-scf":
        replace_in_triggers(inputs, rewrite, diagnostics)
        for function in mapping_of(inputs.get("functions")) or ():
            settings = mapping_of(function)
            replace_in_events(None if settings is None else settings.get("events"), rewrite, diagnostics)
    elif kind in component_choices() and kind != "layer":
        _gather_source(inputs, rewrite, diagnostics)
        replace_gateway_keys(inputs, rewrite, diagnostics)


def _write_images(inputs: MappingNode, rewrite: Rewrite) -> None:
    """Write images in parts as addresses: that of the inputs, and those of the functions below them."""
    functions = inputs.get("functions")
    nested = () if functions is None else (*(mapping_of(functions) or ()),)
    for settings in (inputs, *map(mapping_of, nested), *sequence_items(functions)):
        image = mapping_of(settings.get("image")) if isinstance(settings, MappingNode) else None
        if image is not None:
            write_image_address(image, rewrite)


def _gather_source(inputs: MappingNode, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Write older names of `src` as `src`, and move patterns beside it below it."""
    settings = FunctionSettings(inputs, rewrite, diagnostics)
    source = settings.get("src")
    if source is not None and source.key.text != "src":
        rewrite.replace(source.key.span, "src")
    if any(inputs.get(key) is not None for key in PATTERN_KEYS):
        block_mapping(inputs, inputs.span, rewrite)
        settings.gather_source()


def _report_gateway_file(component: Entry, inputs: MappingNode | None, kind: str, diagnostics: Diagnostics) -> None:
    if kind == "websocket" or (inputs is not None and _has_websocket(inputs)):
        diagnostics.report(
            GATEWAY_ONLY,
            component.value.span,
            what=message("It is a WebSocket server behind an API Gateway, which can no longer be created."),
            advice=message(
                "Write `component: scf` with `type: web` and `protocolType: WS`, and start the server on port 9000 in "
                "scf_bootstrap."
            ),
        )
        return
    advice = "" if inputs is None else advise_urls(inputs)
    advice = advice or message("Remove the file, or give the function that it called a URL: `events` with `- http:`.")
    diagnostics.report(
        GATEWAY_ONLY,
        component.value.span,
        what=message("It is only an API Gateway, which can no longer be created."),
        advice=advice,
    )


def _has_websocket(inputs: MappingNode) -> bool:
    """Whether an endpoint of a gateway keeps connections open, which a URL of an event function does not."""
    return any(
        entry.key.text == "transportFunctionName"
        or (entry.key.text == "protocol" and (text_of(entry) or "").upper() == "WEBSOCKET")
        for entry in entries_below(inputs)
    )


def advise_urls(inputs: MappingNode) -> str:
    """Which functions need a URL in place of a gateway that has no function beside it; empty if it names none."""
    called, controls = ", ".join(gateway_functions(inputs)), access_controls(inputs)
    if not called:
        return ""
    if not controls:
        return message("Add `- http:` to `events` of {functions}.", functions=called)
    return message(
        "Add `- http:` with `authType: CAM` (signed calls only) to `events` of {functions}: this gateway restricted "
        "access ({controls}).",
        functions=called,
        controls=", ".join(controls),
    )


def gateway_functions(inputs: MappingNode) -> tuple[str, ...]:
    """The functions, or the instances with them, that the endpoints of a gateway call."""
    names = [text_of(entry) for entry in entries_below(inputs) if entry.key.text.lower().endswith("functionname")]
    outputs = [(name, _OUTPUT.fullmatch(name)) for name in names if name]
    return tuple(sorted({name if output is None else output[1] for name, output in outputs}))
