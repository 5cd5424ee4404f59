"""All component kinds. To add one, add its module and a line here."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.config.components.base import ComponentKind
from scfdeploy.config.components.component_name import component_kind, legacy_component_kind
from scfdeploy.config.components.scf import ScfComponent
from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.yaml import MappingNode, ScalarNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, did_you_mean
from scfdeploy.diagnostics.page import yaml

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


def kinds() -> Iterator[ComponentKind]:
    """Every kind. Most files are `scf`, so the other modules are imported only when needed."""
    yield ScfComponent()
    from scfdeploy.config.components.framework import FrameworkComponent
    from scfdeploy.config.components.layer import LayerComponent
    from scfdeploy.config.components.multi_scf import MultiScfComponent

    yield from (MultiScfComponent(), LayerComponent(), FrameworkComponent())


def choose_kind(tree: MappingNode, diagnostics: Diagnostics, *, skip_unsupported: bool = False) -> ComponentKind | None:
    """The kind of a file, or None and one finding that says what the file is instead.

    With `skip_unsupported`, a kind that is known and not deployed here is passed over, which is a warning.
    """
    entry = tree.get("component")
    if entry is None:
        from scfdeploy.config.components.unsupported import report_legacy_format

        if report_legacy_format(tree, diagnostics):
            return None
    if entry is None or is_null(entry.value) or not isinstance(entry.value, ScalarNode):
        diagnostics.report(
            MISSING_KEY,
            tree.span if entry is None else entry.key.span,
            detail='"component" is required: it says what this file describes.',
            hint="Write `component: scf` at the top level.",
        )
        # What has inputs was meant for this tool: its other mistakes can be told now.
        return ScfComponent() if tree.get("inputs") is not None else None
    return _named(entry.value, diagnostics, skip_unsupported=skip_unsupported)


def _named(component: ScalarNode, diagnostics: Diagnostics, *, skip_unsupported: bool) -> ComponentKind | None:
    word = component_kind(component.text)
    for kind in kinds():
        if word in kind.names:
            return kind
    from scfdeploy.config.components.unsupported import UNSUPPORTED_KINDS

    for recognised in UNSUPPORTED_KINDS:
        if word in recognised.names:
            report = recognised.report_skipped if skip_unsupported else recognised.report
            report(component, diagnostics)
            return None
    word = legacy_component_kind(component.text)
    ours = [name for kind in kinds() for name in kind.names]
    others = [name for recognised in UNSUPPORTED_KINDS for name in recognised.names]
    diagnostics.report(
        COMPONENT_UNKNOWN,
        component.span,
        hint=did_you_mean(word, ours) or did_you_mean(word, others),
        component=component.text,
    )
    return None
