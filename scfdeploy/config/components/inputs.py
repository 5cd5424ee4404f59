"""Find the `inputs` of a file, and report when they are missing or not indented."""

from __future__ import annotations

from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.fields.scalars import WRONG_TYPE
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style, is_null
from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FUNCTION_FIELDS

INPUTS_NOT_INDENTED = Finding(
    "inputs-not-indented",
    Severity.ERROR,
    "Settings outside inputs",
    detail="`inputs` is empty, and these keys are at the top level, where they are ignored: {names}.",
    hint="Indent these lines under `inputs:` by two spaces.",
    title="Settings outside inputs.",
    what="Settings of the function are at the top level, and `inputs` is missing or empty.",
    why="At the top level they are ignored.",
    wrong=yaml("component: scf\nname: hello\ninputs:\nsrc: ./src"),
    right=yaml("component: scf\nname: hello\ninputs:\n  src: ./src"),
)

TOP_LEVEL = ("component", "name", "app", "stage", "org", "protect", "inputs", "commandInputs")
_FUNCTION_KEYS = frozenset(field.name for field in FUNCTION_FIELDS) - set(TOP_LEVEL)


def misplaced_keys(tree: MappingNode) -> list[Entry]:
    """Keys of a function that are at the top level by mistake; none unless `inputs` is empty."""
    inputs = tree.get("inputs")
    if inputs is not None and not is_null(inputs.value):
        return []
    return [entry for entry in tree if entry.key.text in _FUNCTION_KEYS]


def read_inputs(tree: MappingNode, diagnostics: Diagnostics) -> MappingNode | None:
    """The mapping under `inputs`; None if there is none, which is reported."""
    misplaced = misplaced_keys(tree)
    entry = tree.get("inputs")
    if misplaced:
        names = [entry.key.text for entry in misplaced]
        diagnostics.report(
            INPUTS_NOT_INDENTED,
            misplaced[0].key.span,
            detail=None
            if entry is not None
            else "The file has no `inputs`, and these keys are at the top level, where they are ignored: {names}.",
            hint=None if entry is not None else "Write `inputs:` above these lines, and indent them by two spaces.",
            names=", ".join(names[:4]) + (" …" if len(names) > 4 else ""),
        )
        return None
    match entry:
        case Entry(value=MappingNode(entries=[_, *_]) as mapping):
            return mapping
        case Entry(value=ScalarNode(style=Style.BROKEN)):
            return None
        case None:
            pass
        case _ if not isinstance(entry.value, MappingNode) and not is_null(entry.value):
            diagnostics.report(
                WRONG_TYPE,
                entry.value.span,
                detail="`inputs` must be a mapping: the settings of the function.",
                hint="Write the settings below it as `key: value`, indented and without dashes.",
            )
            return None
    diagnostics.report(
        MISSING_KEY,
        tree.span if entry is None else entry.key.span,
        detail="The file has no `inputs`, so there is no function to deploy."
        if entry is None
        else "`inputs` is empty, so there is no function to deploy.",
        hint="Write at least `src`, `runtime` and `handler` below `inputs:`, indented.",
    )
    return None
