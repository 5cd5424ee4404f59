"""`component: multi-scf`: several functions in one file, with shared settings and a list of triggers."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from collections.abc import Iterator

from scfdeploy.config.components.function import FunctionReaderOptions, read_function
from scfdeploy.config.components.inputs import read_inputs
from scfdeploy.config.components.key_aliases import with_scf_keys
from scfdeploy.config.components.multi_scf_triggers import events_by_function
from scfdeploy.config.document import InstanceDocument
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import MISSING_KEY, report_keys
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.config.yaml.nodes import is_false
from scfdeploy.diagnostics import Diagnostics, Span, message
from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind, Path
from scfdeploy.model.function_fields import CODE_KEYS
from scfdeploy.records import NamedTuple, replace

_THING = "component: multi-scf"
_DEFAULT_RUNTIME = "Nodejs12.16"  # the default of the vendor's own tool
_NOT_SHARED = ("name", "events", "customDomains")
_ALIASES = {"environments": Kind.BLOCK_LIST, "vpc": Kind.BLOCK, "isAutoPublish": Kind.BOOLEAN}
_SHARED = (
    *(replace(field, required=False) for field in FUNCTION_FIELDS if field.name not in _NOT_SHARED),
    *(Field(alias, kind, "") for alias, kind in _ALIASES.items()),
)
_FUNCTIONS = Field("functions", Kind.BLOCK, "Below it, each function by a key of your choice.", required=True)
_TRIGGERS = Field("triggers", Kind.TRIGGERS, "What calls the functions.")
_FIELDS = (*_SHARED, _FUNCTIONS, _TRIGGERS)
_SHARED_NAMES = frozenset(field.name for field in _SHARED)
_RESOLVED_NAMES = frozenset(field.name for field in _SHARED if field.supported) - {"src"}
_SHARED_HINTS = {
    "name": "It belongs to one function: `functions: {KEY: {name: …}}`.",
    "events": "Write `triggers:`, with `type`, `function` and `parameters` for each.",
    "customDomains": "Write it below one function; its `routes` can call the others.",
    "functionConf": "Write its keys directly under inputs.",
    "faas": "Write its keys directly under inputs.",
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
    "include": "It belongs under src: `src: {src: ./, include: […]}`.",
    "apigw": "API Gateway is being shut down; write a trigger of the type http.",
    "apigatewayConf": "API Gateway is being shut down; write a trigger of the type http.",
    "app": "It belongs at the top level.",
    "stage": "It belongs at the top level.",
}
_HINTS = {
    "functions": "A function cannot contain functions: indent this less.",
    "apigw": "API Gateway is being shut down; write a trigger of the type http.",
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
}
_ARCHIVES = (".zip", ".jar", ".war")


class _Function(NamedTuple):
    """One function of the file, without the settings that it inherits."""

    key: str
    own: dict[str, Entry]
    """Its settings, with the keys of `component: scf`."""
    span: Span


class MultiScfComponent:
    """The kind `multi-scf`."""

    names = ("multi-scf",)

    def read(self, instance: InstanceDocument) -> tuple[FunctionSpec, ...]:
        """The functions of the file; none when it has no inputs."""
        inputs = read_inputs(instance.document.tree, instance.diagnostics, instance.resolver.lines)
        if inputs is None:
            return ()
        lines = instance.resolver.lines
        reading = Reading(instance.diagnostics, _THING, instance.resolver.tree, dict(_SHARED_HINTS), lines=lines)
        unknown = [entry for entry in inputs if entry.key.text not in {field.name for field in _FIELDS}]
        report_keys(inputs, _FIELDS, unknown=unknown, path=(), reading=reading)
        shared = {entry.key.text: entry for entry in _shared_settings(inputs, reading)}
        functions = list(_functions(inputs.get("functions"), reading))
        events = events_by_function(inputs.get("triggers"), _keys_by_name(functions, reading), reading)
        reported: set[tuple[str, Span | None, str]] = set()  # mistakes in shared settings are reported once
        specs = []
        for function in functions:
            mapping = _with_inherited(function, shared, events.get(function.key, ()), reading)
            options = FunctionReaderOptions(
                _THING, _HINTS, runtime=_DEFAULT_RUNTIME, key=function.key, shared=inputs.span
            )
            diagnostics = Diagnostics()
            specs.append(read_function(mapping, instance, options, diagnostics))
            for diagnostic in diagnostics:
                key = (diagnostic.rule, diagnostic.subject, diagnostic.detail)
                if key not in reported:
                    reported.add(key)
                    instance.diagnostics.add(diagnostic)
        return tuple(specs)


def _shared_settings(inputs: MappingNode, reading: Reading) -> list[Entry]:
    """The settings that functions inherit, with variables resolved once for all of them."""
    entries = [entry for entry in inputs if entry.key.text in _SHARED_NAMES]
    return with_scf_keys(
        [
            Entry(entry.key, reading.resolve(entry.value)) if entry.key.text in _RESOLVED_NAMES else entry
            for entry in entries
        ],
        reading,
    )


def _functions(entry: Entry | None, reading: Reading) -> Iterator[_Function]:
    match entry:
        case None:
            return
        case Entry(value=MappingNode() as mapping) if mapping.entries:
            for named in mapping:
                yield from _function(
                    named.key.text, named.value, named.key.span, ("functions", named.key.text), reading
                )
        case Entry(value=SequenceNode(items=items)):
            for index, item in enumerate(items):
                key = _key_of_item(item, index, reading)
                if key is not None:
                    yield from _function(key, item, item.span, ("functions", index), reading)
        case Entry(value=value) if is_null(value) or isinstance(value, MappingNode):
            reading.diagnostics.report(
                MISSING_KEY,
                entry.key.span,
                summary="Missing required value",
                detail="`functions` is empty, so there is no function to deploy.",
                hint="Write a key for each function below it, indented, and its `handler` below that.",
            )
        case Entry(value=value) if not is_broken(value):
            wrong_type(_FUNCTIONS, value, ("functions",), reading)


def _function(key: str, node: Node, span: Span, path: Path, reading: Reading) -> Iterator[_Function]:
    if is_null(node):
        yield _Function(key, {}, span)
    elif isinstance(node, MappingNode):
        own = with_scf_keys(node, reading)
        yield _Function(key, {entry.key.text: entry for entry in own}, node.span)
    elif not is_broken(node):
        reading.record(path, node)
        hint = message("Write its settings below the key, indented.")
        wrong_type(Field("", Kind.BLOCK, ""), node, path, reading, hint=hint)


def _key_of_item(item: Node, index: int, reading: Reading) -> str | None:
    """The key of a function in a list: its name."""
    name = item.get("name") if isinstance(item, MappingNode) else None
    value = None if name is None else reading.resolve(name.value)
    if isinstance(value, ScalarNode) and not is_null(value):
        # With any key, the function's other mistakes are reported too.
        return f"function-{index}" if is_broken(value) else value.text
    reading.diagnostics.report(
        MISSING_KEY,
        item.span,
        detail='"functions[{index}].name" is required to tell this function from the others.',
        hint="Add `name:`, or write `functions` as a mapping with a key for each function.",
        index=index,
    )
    return None


def _keys_by_name(functions: list[_Function], reading: Reading) -> dict[str, str]:
    """The keys of the functions by each name that a trigger can use: the key or the name of the function."""
    keys = {}
    for function in functions:
        name = function.own.get("name")
        value = None if name is None else reading.resolve(name.value)
        if isinstance(value, ScalarNode) and not is_broken(value):
            keys[value.text] = function.key
    return {**keys, **{function.key: function.key for function in functions}}


def _with_inherited(
    function: _Function, shared: dict[str, Entry], events: tuple[Node, ...], reading: Reading
) -> MappingNode:
    """The function's settings with those that it inherits, and its triggers."""
    own = dict(function.own)
    if "src" in own and "src" in shared:
        own["src"] = _join_sources(own["src"], shared["src"], reading)
    excluded: tuple[str, ...] = CODE_KEYS if "image" in own else ("image",) if "src" in own else ()
    inherited = [entry for name, entry in shared.items() if name not in own and name not in excluded]
    if events:
        own["events"] = _with_events(own.get("events"), events)
    return MappingNode((*own.values(), *inherited), function.span)


def _with_events(own: Entry | None, events: tuple[Node, ...]) -> Entry:
    first = events[0].span
    if own is None:
        return Entry(ScalarNode("events", Style.PLAIN, first), SequenceNode(events, first))
    if not isinstance(own.value, SequenceNode):
        return own
    return Entry(own.key, SequenceNode((*own.value.items, *events), own.value.span))


def _join_sources(own: Entry, shared: Entry, reading: Reading) -> Entry:
    """The function's `src` with its path relative to the shared folder, whose `exclude` and `build` are defaults.

    It is unchanged if either has no path (`src: false`), or if the shared one is an archive. It is broken if the
    shared one is, which is reported there.
    """
    folder = _path(shared, reading)
    path = _path(own, reading)
    if folder is None and _is_invalid(shared, reading):
        return Entry(own.key, ScalarNode("", Style.BROKEN, own.value.span))
    if folder is None or path is None or folder.text.lower().endswith(_ARCHIVES):
        return own
    joined = replace(path, text=os.path.join(folder.text, path.text))
    key = ScalarNode("src", Style.PLAIN, own.key.span)
    others = [entry for entry in own.value if entry.key.text != "src"] if isinstance(own.value, MappingNode) else []
    if isinstance(shared.value, MappingNode):
        missing = {"exclude", "build"} - {entry.key.text for entry in others}
        others += [entry for entry in shared.value if entry.key.text in missing]
    return Entry(own.key, MappingNode((Entry(key, joined), *others), own.value.span))


def _is_invalid(entry: Entry, reading: Reading) -> bool:
    inner = entry.value.get("src") if isinstance(entry.value, MappingNode) else entry
    return inner is not None and is_broken(reading.resolve(inner.value))


def _path(entry: Entry, reading: Reading) -> ScalarNode | None:
    inner = entry.value.get("src") if isinstance(entry.value, MappingNode) else entry
    if inner is None or not isinstance(inner.value, ScalarNode):
        return None
    path = reading.resolve(inner.value)
    if not isinstance(path, ScalarNode) or not path.text or is_broken(path) or is_null(path) or is_false(path):
        return None
    return path
