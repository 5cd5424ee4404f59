"""Read the top-level keys of a file: name, app, stage and org."""

from __future__ import annotations

import re

from scfdeploy.config.components.inputs import TOP_LEVEL, misplaced_keys
from scfdeploy.config.fields.keys import (
    MISSING_KEY,
    MOST_UNKNOWN,
    UNKNOWN_KEY,
    equal_ignoring_case,
    report_many_unknown,
)
from scfdeploy.config.fields.mapping import EMPTY_VALUE
from scfdeploy.config.fields.scalars import WRONG_TYPE
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, is_broken, is_null
from scfdeploy.config.yaml.compose import DUPLICATE_KEY
from scfdeploy.config.yaml.nodes import is_blank, is_block
from scfdeploy.diagnostics import (
    Diagnostics,
    Edit,
    Finding,
    Position,
    Severity,
    Span,
    has_suggestions_left,
    inserted,
    message,
    nearest,
    reworded,
)
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import limit
from scfdeploy.model import FUNCTION_FIELDS

COMMAND_INPUTS = Finding(
    "command-inputs",
    Severity.WARNING,
    "commandInputs is ignored",
    detail="Settings for single commands exist only in the vendor's own tool.",
    hint="Move what you need into inputs.",
    title="commandInputs is ignored.",
    what="`commandInputs` holds settings for single commands of the vendor's own tool.",
    why="scfdeploy has no such commands, so the settings have no effect.",
    wrong=yaml("commandInputs:\n  invoke:\n    function: hello"),
    right="The settings you need under `inputs`, or as options of a command.",
)
IDENTITY_FORM = Finding(
    "identity-form",
    Severity.ERROR,
    "Invalid character or length in a name",
    detail='"{key}" is "{name}". It becomes a tag of every resource, which allows up to {limit} letters, digits, '
    "spaces and + - = . _ : @.",
    hint="Choose another name.",
    title="A name of an app, stage or instance that a tag cannot hold.",
    what="`app`, `stage`, `name` or `--stage` has a slash or a character that tags do not allow, is too long for a "
    "tag, or begins or ends with a space.",
    why="These names become the ownership tags of every resource. The platform would reject the tag, or the tag could "
    "not be read back and the resource would not count as owned.",
    wrong=yaml("app: shop/eu"),
    right=yaml("app: shop-eu"),
)

_FUNCTION_KEYS = frozenset(field.name for field in FUNCTION_FIELDS)


def check_keys(tree: MappingNode, diagnostics: Diagnostics) -> None:
    """Report unknown top-level keys and a missing `name`."""
    misspelt = False
    if not misplaced_keys(tree):  # otherwise one finding reports all of them
        unknown = [entry for entry in tree if entry.key.text not in TOP_LEVEL]
        misspelt = "name" in [_report_unknown(entry, tree, diagnostics) for entry in unknown[:MOST_UNKNOWN]]
        if len(unknown) > MOST_UNKNOWN:
            report_many_unknown(unknown[MOST_UNKNOWN:], message("the top level"), diagnostics)
    commands = tree.get("commandInputs")
    if commands is not None:
        diagnostics.report(COMMAND_INPUTS, commands.key.span)
    if tree.get("name") is not None or misspelt:
        return
    # A second `component` is reported, and was probably meant to be `name`.
    has_second_component = any(
        diagnostic.rule == DUPLICATE_KEY.id and '"component"' in diagnostic.detail for diagnostic in diagnostics
    )
    if not has_second_component:
        diagnostics.report(
            MISSING_KEY,
            tree.span,
            detail='"name" is required: the name of the instance, unique within app and stage.',
            hint="Write `name: NAME` at the top level.",
            fix=_add_name(tree),
        )


def identity_scalar(tree: MappingNode, key: str, diagnostics: Diagnostics) -> ScalarNode | None:
    """The value of an identity key; None when it is missing, or invalid and reported."""
    entry = tree.get(key)
    if entry is None or is_broken(entry.value):
        return None
    if not isinstance(entry.value, ScalarNode):
        diagnostics.report(
            WRONG_TYPE,
            entry.value.span,
            detail='"{key}" must be text, but is a mapping or a list.',
            hint="Write one text; quote it if it has braces.",
            key=key,
        )
        return None
    if not is_null(entry.value):
        return entry.value
    if key == "name":
        diagnostics.report(
            MISSING_KEY,
            entry.key.span,
            summary="Missing required value",
            detail='"{key}" has no value.',
            hint="Write the name of the instance.",
            fix=_write_name(entry, tree),
            key="name",
        )
    elif key != "org":
        diagnostics.report(EMPTY_VALUE, entry.key.span, key=key)
    return None


def _write_name(entry: Entry, tree: MappingNode) -> tuple[Edit, ...]:
    """The fix that writes a name behind the key that has none."""
    if not is_blank(entry.value):
        return ()
    end = entry.key.span.end
    colon = Span(entry.key.span.file, end, Position(end.line, end.column + 1))
    return (Edit(colon, f": {_name_of(tree)}", ":"),)


def _add_name(tree: MappingNode) -> tuple[Edit, ...]:
    """The fix that adds a name above `component`; none for a file without it, or between brackets."""
    component = tree.get("component")
    if component is None or not is_block(tree):
        return ()
    start = component.key.span.start
    pad = " " * (start.column - 1)
    return (inserted(tree.span.file, start.line, start.column, f"name: {_name_of(tree)}\n{pad}"),)


def _name_of(tree: MappingNode) -> str:
    """The name of the function, if it can name the instance too, and otherwise a variable."""
    inputs = tree.get("inputs")
    name = inputs.value.get("name") if inputs is not None and isinstance(inputs.value, MappingNode) else None
    text = name.value.text if name is not None and isinstance(name.value, ScalarNode) else ""
    return text if re.fullmatch(r"[A-Za-z][\w-]+", text, re.ASCII) else "${env:INSTANCE_NAME}"


def _report_unknown(entry: Entry, tree: MappingNode, diagnostics: Diagnostics) -> str | None:
    """Report an unknown key. Returns the key that was probably meant."""
    key = entry.key.text
    near = None if key in _FUNCTION_KEYS else nearest(key, TOP_LEVEL)
    # `description` at the top level describes a template; without it, nothing is deployed differently.
    is_lost = near is not None or (key in _FUNCTION_KEYS and key != "description") or not has_suggestions_left()
    hint = 'Did you mean "{near}"?' if near else None
    diagnostics.report(
        UNKNOWN_KEY,
        entry.key.span,
        fix=reworded(entry.key.span, key, near)
        if near and equal_ignoring_case(key, near) and not tree.get(near)
        else (),
        severity=Severity.ERROR if is_lost else Severity.WARNING,
        hint="Indent it under inputs." if key in _FUNCTION_KEYS else hint,
        key=key,
        thing=message("the top level"),
        near=near,
    )
    return near


def check_identity(key: str, text: str, span: Span | None, diagnostics: Diagnostics) -> None:
    """Report a name that cannot be stored in an ownership tag. `span` is None for an option."""
    if text != text.strip():
        diagnostics.report(
            IDENTITY_FORM,
            span,
            summary="Name begins or ends with a space",
            detail='"{key}" is "{name}": with a space at its start or end it is a different name.'
            if text.strip()
            else '"{key}" is "{name}", which consists of spaces only.',
            hint='Write "{stripped}".' if text.strip() else "Write a name, or remove the key to use its default.",
            key=key,
            name=text,
            stripped=text.strip(),
        )
        return
    max_length = limit("tags.value.max_chars")
    # Tags allow slashes, but a slash separates the parts of the ownership mark of resources without tags.
    if len(text) > max_length or re.fullmatch(r"[\w +\-=.:@]*", text) is None:
        diagnostics.report(IDENTITY_FORM, span, key=key, name=text, limit=max_length)
