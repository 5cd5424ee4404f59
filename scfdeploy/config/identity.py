"""Read the top-level keys of a file: name, app, stage and org."""

from __future__ import annotations

import re

from scfdeploy.config.components.inputs import TOP_LEVEL, misplaced_keys
from scfdeploy.config.fields.keys import MOST_UNKNOWN, equal_ignoring_case, report_many_unknown
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostics, Span, nearest, reworded
from scfdeploy.facts import limit
from scfdeploy.model import FUNCTION_FIELDS

_FUNCTION_KEYS = frozenset(field.name for field in FUNCTION_FIELDS)


def check_keys(tree: MappingNode, diagnostics: Diagnostics) -> None:
    """Report keys that mean nothing at the top level, and a `name` that is missing."""
    misspelt = False
    if not misplaced_keys(tree):  # else they are reported all at once
        unknown = [entry for entry in tree if entry.key.text not in TOP_LEVEL]
        misspelt = "name" in [_report_unknown(entry, tree, diagnostics) for entry in unknown[:MOST_UNKNOWN]]
        if len(unknown) > MOST_UNKNOWN:
            report_many_unknown(unknown[MOST_UNKNOWN:], "the top level", diagnostics)
    commands = tree.get("commandInputs")
    if commands is not None:
        diagnostics.warning(
            "command-inputs",
            commands.key.span,
            "commandInputs is not read",
            detail="Settings for single commands belong to the vendor's own tool.",
            hint="Move what you need into inputs.",
        )
    if tree.get("name") is None and not misspelt:
        _name_missing(tree, diagnostics)


def identity_scalar(tree: MappingNode, key: str, diagnostics: Diagnostics) -> ScalarNode | None:
    """The scalar of one identity key; None when it is not written or was reported."""
    entry = tree.get(key)
    if entry is None or is_broken(entry.value):
        return None
    if not isinstance(entry.value, ScalarNode):
        diagnostics.error(
            "wrong-type",
            entry.value.span,
            "Wrong type of value",
            detail=f'"{key}" must be text; a mapping or a list is written.',
            hint="Write one text; quote it if it has braces.",
        )
        return None
    if not is_null(entry.value):
        return entry.value
    if key == "name":
        diagnostics.error(
            "missing-key",
            entry.key.span,
            "Required value is missing",
            detail='"name" is written without a value.',
            hint="Write the name of the instance.",
        )
    elif key != "org":
        diagnostics.warning(
            "empty-value",
            entry.key.span,
            "Key without a value",
            detail=f'"{key}" has no value and is treated as not written.',
            hint="Write a value, or remove the key.",
        )
    return None


def _report_unknown(entry: Entry, tree: MappingNode, diagnostics: Diagnostics) -> str | None:
    """Report an unknown key; the one that it was probably meant to be."""
    word = entry.key.text
    near = None if word in _FUNCTION_KEYS else nearest(word, TOP_LEVEL)
    # A description says what a template is, and nothing works otherwise without it.
    is_lost = near is not None or (word in _FUNCTION_KEYS and word != "description")
    hint = f'Did you mean "{near}"?' if near else "Remove it, or correct its name."
    report = diagnostics.error if is_lost else diagnostics.warning
    report(
        "unknown-key",
        entry.key.span,
        "Unknown key",
        detail=f'"{word}" means nothing at the top level and is not read.',
        hint="Indent it under inputs." if word in _FUNCTION_KEYS else hint,
        fix=reworded(entry.key.span, word, near)
        if near and equal_ignoring_case(word, near) and not tree.get(near)
        else (),
    )
    return near


def _name_missing(tree: MappingNode, diagnostics: Diagnostics) -> None:
    if any(found.rule == "duplicate-key" and '"component"' in found.detail for found in diagnostics):
        return  # the second `component` was meant to be `name`, and is reported
    diagnostics.error(
        "missing-key",
        tree.span,
        "Required key is missing",
        detail='"name" is not written: the name of the instance, unique within app and stage.',
        hint="Write `name: NAME` at the top level.",
    )


def check_identity(key: str, text: str, place: Span | None, diagnostics: Diagnostics) -> None:
    """Report a name that no mark can hold. None is the place of an option."""
    if text != text.strip():
        diagnostics.error(
            "identity-form",
            place,
            "Name with a space at its end",
            detail=f'"{key}" is "{text}": a space at the start or the end makes it another name.'
            if text.strip()
            else f'"{key}" is "{text}", which holds spaces only.',
            hint=f'Write "{text.strip()}".' if text.strip() else "Write a name, or remove the key to take its default.",
        )
        return
    most = limit("tags.value.max_chars")
    # A tag takes a slash too; where there are no tags, it stands between the parts of the mark.
    if len(text) <= most and re.fullmatch(r"[\w +\-=.:@]*", text) is not None:
        return
    diagnostics.error(
        "identity-form",
        place,
        "Name that no mark can hold",
        detail=f'"{key}" is "{text}". It becomes a tag of every resource, to tell whose it is: up to {most} letters, '
        "digits, blanks and + - = . _ : @.",
        hint="Choose another name.",
    )
