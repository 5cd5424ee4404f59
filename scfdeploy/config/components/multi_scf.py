"""`component: multi-scf`: several functions in one file, with shared settings and a list of triggers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from scfdeploy.config.components.function import FunctionReaderOptions, read_function
from scfdeploy.config.components.inputs import read_inputs
from scfdeploy.config.components.key_aliases import with_scf_keys
from scfdeploy.config.components.multi_scf_triggers import events_by_function
from scfdeploy.config.document import InstanceDocument
from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.keys import MISSING_KEY, report_keys
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.fields.scalars import wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Span
from scfdeploy.model import FUNCTION_FIELDS, Field, FunctionSpec, Kind, Path

_THING = "component: multi-scf"
_RUNTIME = "Nodejs12.16"  # what this component always took
_OF_ONE = ("name", "events")  # these say something of one function only
_OTHER_WORDS = {"environments": Kind.BLOCK_LIST, "vpc": Kind.BLOCK, "isAutoPublish": Kind.BOOLEAN}
_SHARED = (
    *(replace(field, required=False) for field in FUNCTION_FIELDS if field.name not in _OF_ONE),
    *(Field(word, kind, "") for word, kind in _OTHER_WORDS.items()),
)
_FUNCTIONS = Field("functions", Kind.BLOCK, "Below it, each function by a key of your choice.", required=True)
_TRIGGERS = Field("triggers", Kind.TRIGGERS, "What calls the functions.")
_OUTER = (*_SHARED, _FUNCTIONS, _TRIGGERS)
_SHARED_NAMES = frozenset(field.name for field in _SHARED)
_RESOLVED_NAMES = frozenset(field.name for field in _SHARED if field.supported) - {"src"}
_OUTER_HINTS = {
    "name": "It belongs to one function: `functions: {KEY: {name: …}}`.",
    "events": "Write `triggers:`, with `type`, `function` and `parameters` for each.",
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
    "functions": "Functions do not hold functions: indent it less.",
    "apigw": "API Gateway is being shut down; write a trigger of the type http.",
    "exclude": "It belongs under src: `src: {src: ./, exclude: […]}`.",
}
_CODE = frozenset(("src", "runtime", "handler", "entryFile"))


class _Function(NamedTuple):
    """One function as it is written: its key, its own settings in the words of `component: scf`, its place."""

    key: str
    own: dict[str, Entry]
    span: Span


class MultiScfComponent:
    """The kind `multi-scf`."""

    names = ("multi-scf",)

    def read(self, instance: InstanceDocument) -> tuple[FunctionSpec, ...]:
        """Every function of the file; none when there are no inputs to read."""
        inputs = read_inputs(instance.document.tree, instance.diagnostics)
        if inputs is None:
            return ()
        lines = instance.resolver.lines
        reading = Reading(instance.diagnostics, _THING, instance.resolver.tree, dict(_OUTER_HINTS), lines=lines)
        unknown = [entry for entry in inputs if entry.key.text not in {field.name for field in _OUTER}]
        report_keys(inputs, _OUTER, unknown=unknown, path=(), reading=reading)
        shared = {entry.key.text: entry for entry in _shared(inputs, reading)}
        functions = list(_functions(inputs.get("functions"), reading))
        events = events_by_function(inputs.get("triggers"), _keys_by_word(functions, reading), reading)
        found = _Once(instance.diagnostics)
        specs = []
        for function in functions:
            mapping = _complete(function, shared, events.get(function.key, ()), reading)
            options = FunctionReaderOptions(_THING, _HINTS, runtime=_RUNTIME, key=function.key, shared=inputs.span)
            specs.append(read_function(mapping, instance, options, found.one_more()))
            found.keep()
        return tuple(specs)


class _Once:
    """Findings about what several functions share, each told once."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._all = diagnostics
        self._told: set[tuple[str, Span | None, str]] = set()
        self._new = Diagnostics()

    def one_more(self) -> Diagnostics:
        """Where the findings about the next function go."""
        self._new = Diagnostics()
        return self._new

    def keep(self) -> None:
        """Take over those that are new."""
        for one in self._new:
            if self._is_new(one):
                self._all.add(one)

    def _is_new(self, found: Diagnostic) -> bool:
        key = (found.rule, found.subject, found.detail)
        known = key in self._told
        self._told.add(key)
        return not known


def _shared(inputs: MappingNode, reading: Reading) -> list[Entry]:
    """What the functions inherit, with variables put in once for all of them."""
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
                key = _key_of(item, index, reading)
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


def _function(key: str, node: Node, place: Span, path: Path, reading: Reading) -> Iterator[_Function]:
    if is_null(node):
        yield _Function(key, {}, place)
    elif isinstance(node, MappingNode):
        own = with_scf_keys(node, reading)
        yield _Function(key, {entry.key.text: entry for entry in own}, node.span)
    elif not is_broken(node):
        reading.record(path, node)
        wrong_type(Field("", Kind.BLOCK, ""), node, path, reading, hint="Write its settings below the key, indented.")


def _key_of(item: Node, index: int, reading: Reading) -> str | None:
    """What stands for the key where functions are written as a list: the name."""
    name = item.get("name") if isinstance(item, MappingNode) else None
    value = None if name is None else reading.resolve(name.value)
    if isinstance(value, ScalarNode) and not is_null(value):
        # A name that could not be read is reported; the function's other mistakes are told all the same.
        return f"function-{index}" if is_broken(value) else value.text
    reading.diagnostics.report(
        MISSING_KEY,
        item.span,
        detail='"functions[{index}].name" is required to tell this function from the others.',
        hint="Add `name:`, or write `functions` as a mapping with a key for each function.",
        index=index,
    )
    return None


def _keys_by_word(functions: list[_Function], reading: Reading) -> dict[str, str]:
    """The keys of the functions by each word that a trigger may name one with: its key, or its name."""
    words = {}
    for function in functions:
        name = function.own.get("name")
        value = None if name is None else reading.resolve(name.value)
        if isinstance(value, ScalarNode) and not is_broken(value):
            words[value.text] = function.key
    return {**words, **{function.key: function.key for function in functions}}


def _complete(function: _Function, shared: dict[str, Entry], events: tuple[Node, ...], reading: Reading) -> MappingNode:
    """The function's settings with what it inherits; its own come first."""
    own = dict(function.own)
    if "src" in own and "src" in shared:
        own["src"] = source_within(own["src"], shared["src"], reading)
    left_out = _CODE if "image" in own else {"image"} if "src" in own else frozenset[str]()
    inherited = [entry for name, entry in shared.items() if name not in own and name not in left_out]
    if events:
        own["events"] = _with_events(own.get("events"), events)
    return MappingNode((*own.values(), *inherited), function.span)


def _with_events(written: Entry | None, events: tuple[Node, ...]) -> Entry:
    first = events[0].span
    if written is None:
        return Entry(ScalarNode("events", Style.PLAIN, first), SequenceNode(events, first))
    if not isinstance(written.value, SequenceNode):
        return written
    return Entry(written.key, SequenceNode((*written.value.items, *events), written.value.span))


# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH118


_ARCHIVES = (".zip", ".jar", ".war")


def source_within(own: Entry, shared: Entry, reading: Reading) -> Entry:
    """The function's `src` with its path counted from the shared folder, and that folder's patterns if it has none.

    It stays as it is where either is no folder.
    """
    folder = _path_of(shared, reading)
    path = _path_of(own, reading)
    if folder is None or path is None or folder.text.lower().endswith(_ARCHIVES):
        return own
    joined = replace(path, text=os.path.join(folder.text, path.text))
    key = ScalarNode("src", Style.PLAIN, own.key.span)
    others = [entry for entry in own.value if entry.key.text != "src"] if isinstance(own.value, MappingNode) else []
    if isinstance(shared.value, MappingNode) and all(entry.key.text != "exclude" for entry in others):
        others += [entry for entry in shared.value if entry.key.text == "exclude"]
    return Entry(own.key, MappingNode((Entry(key, joined), *others), own.value.span))


def _path_of(entry: Entry, reading: Reading) -> ScalarNode | None:
    inner = entry.value.get("src") if isinstance(entry.value, MappingNode) else entry
    if inner is None or not isinstance(inner.value, ScalarNode):
        return None
    path = reading.resolve(inner.value)
    return path if isinstance(path, ScalarNode) and path.text and not is_broken(path) and not is_null(path) else None
