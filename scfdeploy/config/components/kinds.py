"""All component kinds. To add one, add its module and a line here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from scfdeploy.config.components.inputs import TOP_LEVEL
from scfdeploy.config.components.scf import ScfComponent
from scfdeploy.config.document import InstanceDocument, component_kind
from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, is_null
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, did_you_mean, reworded
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FunctionSpec, LayerSpec

COMPONENT_UNKNOWN = Finding(
    "component-unknown",
    Severity.ERROR,
    "Unknown kind of component",
    detail='"{component}" is not a known kind of component. This version deploys functions and web frameworks.',
    hint="Write `component: scf` for a function, `component: http` for a web framework.",
    title="An unknown kind of component.",
    what="`component` names a kind that does not exist.",
    why="The kind says how to read the rest of the file.",
    wrong=yaml("component: sfc"),
    right=yaml("component: scf"),
)


class ComponentKind(Protocol):
    """One kind of component."""

    @property
    def names(self) -> tuple[str, ...]:
        """The values of `component` for this kind."""

    def read(self, instance: InstanceDocument) -> tuple[FunctionSpec | LayerSpec, ...]:
        """The functions and layers of the instance. Mistakes are added to its diagnostics."""


def kinds() -> Iterator[ComponentKind]:
    """Every kind, `scf` first. Most files are `scf`, so the other modules are imported only when needed."""
    yield ScfComponent()
    from scfdeploy.config.components.framework import FrameworkComponent
    from scfdeploy.config.components.layer import LayerComponent
    from scfdeploy.config.components.multi_scf import MultiScfComponent

    yield from (MultiScfComponent(), LayerComponent(), FrameworkComponent())


def choose_kind(tree: MappingNode, diagnostics: Diagnostics, *, skip_unsupported: bool = False) -> ComponentKind | None:
    """The kind of a file; None, with a finding that says what the file is, if scfdeploy does not deploy it.

    With `skip_unsupported`, the finding for a known kind is a warning.
    """
    entry = tree.get("component")
    if entry is None:
        from scfdeploy.config.components.unsupported import report_legacy_format

        if report_legacy_format(tree, diagnostics):
            return None
    if entry is None or is_null(entry.value) or not isinstance(entry.value, ScalarNode):
        capitalized = [other for other in tree if other.key.text.istitle() and other.key.text.lower() in TOP_LEVEL]
        near = next((other for other in capitalized if other.key.text == "Component"), None)
        diagnostics.report(
            MISSING_KEY,
            tree.span if entry is None else entry.key.span,
            detail='"component" is required: it says what this file describes.',
            hint="Write `component: scf` at the top level." if near is None else "Write `component` in lower case.",
            fix=_in_lower_case(capitalized) if entry is None and near is not None else (),
        )
        # A file with inputs is for this tool, so its other mistakes are reported in the same run.
        return ScfComponent() if tree.get("inputs") is not None else None
    return _kind_by_name(entry.value, tree, diagnostics, skip_unsupported=skip_unsupported)


def _in_lower_case(entries: Iterable[Entry]) -> tuple[Edit, ...]:
    """The fix that writes keys in lower case."""
    return tuple(edit for entry in entries for edit in reworded(entry.key.span, entry.key.text, entry.key.text.lower()))


def _kind_by_name(
    component: ScalarNode, tree: MappingNode, diagnostics: Diagnostics, *, skip_unsupported: bool
) -> ComponentKind | None:
    name = component_kind(component.text)
    for kind in kinds():
        if name in kind.names:
            return kind
    from scfdeploy.config.components.unsupported import UNSUPPORTED_KINDS

    for unsupported in UNSUPPORTED_KINDS:
        if name in unsupported.names:
            unsupported.report(component, diagnostics, skip=skip_unsupported)
            return None
    from scfdeploy.config.components.local_path import is_local_path, report_local_component

    if is_local_path(component.text):
        report_local_component(tree, component, diagnostics)
        return None
    deployed = [name for kind in kinds() for name in kind.names]
    others = [name for unsupported in UNSUPPORTED_KINDS for name in unsupported.names]
    diagnostics.report(
        COMPONENT_UNKNOWN,
        component.span,
        hint=did_you_mean(name, deployed) or did_you_mean(name, others),
        component=component.text,
    )
    return None
