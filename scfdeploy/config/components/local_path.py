"""Components that a file names by a local path, such as `component: ../`: the kind has to be asked for."""

from __future__ import annotations

import re

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, message
from scfdeploy.diagnostics.page import yaml

COMPONENT_PATH = Finding(
    "component-path",
    Severity.ERROR,
    "Component is named by a local path",
    detail='"{component}" is a path on the computer of the author. The file does not say which kind of component is '
    "there.{guess}",
    hint="Write the kind, such as `component: {kind}`, or run `scfdeploy migrate --component {kind} --write`.",
    title="A component that is named by a local path.",
    what="`component` is a path, such as `../`, as in the examples that come with the source code of a component.",
    why="The kind says how to read the rest of the file, and the path does not say the kind.",
    wrong=yaml("component: ../"),
    right=yaml("component: express"),
)

_PATH = re.compile(r"\.|/|~|file:|[A-Za-z]:[\\/]")


def is_local_path(name: str) -> bool:
    """Whether a component is named by a path on the computer of the author."""
    return _PATH.match(name) is not None


def report_local_path(component: ScalarNode, inputs: Node | None, named: str, diagnostics: Diagnostics) -> None:
    """Report the path and, if the inputs or `named`, the names in the file, tell it, the kind that is likely there."""
    kind = _likely_kind(inputs, named)
    diagnostics.report(
        COMPONENT_PATH,
        component.span,
        component=component.text,
        kind=kind or "express",
        guess="" if kind is None else message(" Its keys and names look like `{kind}`.", kind=kind),
    )


def report_local_component(tree: MappingNode, component: ScalarNode, diagnostics: Diagnostics) -> None:
    """Report the path that the file of one instance names."""
    names = [_text_at(tree, "name"), _text_at(tree, "app")]
    inputs = tree.get("inputs")
    report_local_path(component, None if inputs is None else inputs.value, " ".join(names), diagnostics)


def _likely_kind(inputs: Node | None, named: str) -> str | None:
    if not isinstance(inputs, MappingNode):
        return None
    keys = {entry.key.text for entry in inputs}
    if "functions" in keys:
        return "multi-scf"
    if "runtimes" in keys:
        return "layer"
    if "handler" in keys:
        return "scf"
    from scfdeploy.facts import frameworks

    words = f"{named} {_text_at(inputs, 'functionName')} {_text_at(inputs, 'name')}".lower()
    framework = next((name for name in frameworks() if name in words), None)
    return framework or ("http" if "faas" in keys else None)


def _text_at(tree: MappingNode, key: str) -> str:
    entry = tree.get(key)
    value = None if entry is None else entry.value
    return value.text if isinstance(value, ScalarNode) and not is_null(value) else ""
