"""Where the inputs of `component: scf` are, and what to say where they are not."""

from __future__ import annotations

from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import FUNCTION_FIELDS

TOP_LEVEL = ("component", "name", "app", "stage", "org", "inputs", "commandInputs")
_FUNCTION_KEYS = frozenset(field.name for field in FUNCTION_FIELDS) - set(TOP_LEVEL)


def misplaced_keys(tree: MappingNode) -> list[Entry]:
    """Keys of a function that stand at the top level, where nothing reads them; only where `inputs` is empty."""
    inputs = tree.get("inputs")
    if inputs is not None and not is_null(inputs.value):
        return []
    return [entry for entry in tree if entry.key.text in _FUNCTION_KEYS]


def read_inputs(tree: MappingNode, diagnostics: Diagnostics) -> MappingNode | None:
    """The mapping under `inputs`, or None and a finding."""
    lost = misplaced_keys(tree)
    entry = tree.get("inputs")
    if lost:
        _not_indented(lost, entry, diagnostics)
        return None
    match entry:
        case Entry(value=MappingNode() as mapping) if mapping.entries:
            return mapping
        case Entry(value=ScalarNode(style=Style.BROKEN)):
            return None
        case None:
            span, words = tree.span, "The file has no `inputs`"
        case _ if isinstance(entry.value, MappingNode) or is_null(entry.value):
            span, words = entry.key.span, "`inputs` is empty"
        case _:
            diagnostics.error(
                "wrong-type",
                entry.value.span,
                "Wrong type of value",
                detail="`inputs` must be a mapping: the settings of the function.",
                hint="Write the settings below it as `key: value`, indented and without dashes.",
            )
            return None
    diagnostics.error(
        "missing-key",
        span,
        "Required key is missing",
        detail=f"{words}, so there is no function to deploy.",
        hint="Write below `inputs:`, indented, at least `src`, `runtime` and `handler`.",
    )
    return None


def _not_indented(lost: list[Entry], inputs: Entry | None, diagnostics: Diagnostics) -> None:
    names = [entry.key.text for entry in lost]
    listed = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
    where = "`inputs` has nothing below it" if inputs is not None else "The file has no `inputs`"
    diagnostics.error(
        "inputs-not-indented",
        lost[0].key.span,
        "Settings stand outside inputs",
        detail=f"{where}, and {listed} {'stands' if len(names) == 1 else 'stand'} at the top level, where nothing "
        "reads them.",
        hint="Indent these lines under `inputs:` by two blanks"
        + ("." if inputs is not None else ", and write `inputs:` above them."),
    )
