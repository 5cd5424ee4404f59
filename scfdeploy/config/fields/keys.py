"""Report unknown and missing keys. A misspelt required key is reported once, as unknown."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_null
from scfdeploy.diagnostics import (
    Diagnostics,
    Edit,
    Finding,
    Severity,
    has_suggestions_left,
    message,
    nearest,
    reworded,
)
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind, Path, dotted

UNKNOWN_KEY = Finding(
    "unknown-key",
    Severity.ERROR,
    "Unknown key",
    detail='There is no key "{key}" in {thing}; it is ignored.',
    hint="Remove it, or correct its name.",
    title="An unknown key.",
    what="The key is not one that is allowed here. It is an error when it resembles a known key or belongs elsewhere, "
    "and otherwise a warning.",
    why="An unknown key is ignored: the function would be deployed without the setting.",
    wrong=yaml("memorysize: 256"),
    right=yaml("memorySize: 256"),
)
MISSING_KEY = Finding(
    "missing-key",
    Severity.ERROR,
    "Missing required key",
    detail='"{key}" is required.',
    title="A required key, or its value, is missing.",
    what="A required key is not in the file, or has no value.",
    why="It has no sensible default.",
    wrong=yaml("layers:\n  - name: shared"),
    right=yaml("layers:\n  - name: shared\n    version: 3"),
)

MOST_UNKNOWN = 200
"""The number of unknown keys that are reported one by one. Finding a suggestion for each takes time."""


def report_keys(
    mapping: MappingNode, fields: Sequence[Field], *, unknown: Sequence[Entry], path: Path, reading: Reading
) -> None:
    """Report the unknown entries of a mapping, and the required fields that it lacks."""
    keys = {entry.key.text for entry in mapping}
    missing = [field for field in fields if field.required and field.name not in keys]
    if path and not mapping.entries:
        missing = []  # `{}` clears the block
    for entry in unknown[:MOST_UNKNOWN]:
        meant = _meant(entry.key.text, fields, reading)
        fix = _fix_wrapper(entry, fields, keys, reading) if meant is None else fix_casing(entry, meant, keys)
        _report_unknown(entry, meant, fix, reading)
        if meant is not None and meant.name not in keys:
            reading.failed.add((*path, meant.name))  # so that it gets no default
        missing = [field for field in missing if field is not meant]
    if len(unknown) > MOST_UNKNOWN:
        report_many_unknown(unknown[MOST_UNKNOWN:], reading.thing, reading.diagnostics)
    for field in missing:
        variable, fix = _add_key(mapping, field, path, reading)
        reading.diagnostics.report(
            MISSING_KEY,
            mapping.span,
            hint="Add `{name}:`, or `{name}: ${env:{variable}}` and set that variable. {description}"
            if fix and variable
            else "Add `{name}:`. {description}",
            code=field.code or None,
            fix=fix,
            key=dotted((*path, field.name)),
            name=field.name,
            description=message(field.description),
            variable=variable,
        )


def _add_key(mapping: MappingNode, field: Field, path: Path, reading: Reading) -> tuple[str, tuple[Edit, ...]]:
    """The environment variable for a required key that is missing, and the fix that adds the key."""
    from scfdeploy.config.fields.left_out import variable_for, write_line

    if field.kind is Kind.SOURCE and not reading.owner:
        return "", write_line(mapping, f"{field.name}: ./", reading, is_first=True)
    here = (*path, field.name)
    variable = variable_for(field, here, mapping, reading)
    return variable, write_line(mapping, f"{field.name}: ${{env:{variable}}}", reading) if variable else ()


def report_many_unknown(rest: Sequence[Entry], thing: str, diagnostics: Diagnostics) -> None:
    """Report the rest of many unknown keys in one finding."""
    diagnostics.report(
        UNKNOWN_KEY,
        rest[0].key.span,
        summary="Too many unknown keys",
        detail='{count} more keys are unknown in {thing}, beginning with "{key}".',
        hint="This mapping probably belongs to something else; remove it, or indent it where it belongs.",
        count=len(rest),
        thing=thing,
        key=rest[0].key.text,
    )


def _meant(key: str, fields: Sequence[Field], reading: Reading) -> Field | None:
    """The field that is probably meant by an unknown key."""
    if key in reading.hints:
        return None
    names = {field.name: field for field in fields}
    spellings = {alias: field for field in fields for alias in field.aliases} | names
    near = key if key in spellings else nearest(key, names) or nearest(key, spellings)
    return None if near is None else spellings[near]


def _report_unknown(entry: Entry, meant: Field | None, fix: tuple[Edit, ...], reading: Reading) -> None:
    key = entry.key.text
    hint: str | None = None
    if meant is not None:
        hint = "`{key}` is called `{meant}` in {thing}." if key in meant.aliases else 'Did you mean "{meant}"?'
    elif key in reading.hints:
        hint = "{advice}"
    # A setting under a wrong name would be lost; an unrelated key probably belongs to another tool.
    is_lost = meant is not None or key in reading.hints or not has_suggestions_left()
    reading.diagnostics.report(
        UNKNOWN_KEY,
        entry.key.span,
        fix=fix,
        severity=Severity.ERROR if is_lost else Severity.WARNING,
        hint=hint,
        key=key,
        thing=reading.thing,
        meant=None if meant is None else meant.name,
        advice=message(reading.hints.get(key, "")),
    )


_WRAPPERS = ("functionConf", "faas", "inputs")
"""Keys of other components around settings that are directly under `inputs`."""


def _fix_wrapper(entry: Entry, fields: Sequence[Field], keys: Collection[str], reading: Reading) -> tuple[Edit, ...]:
    """The fix that removes a key around settings that belong beside it; none if one of them is there already."""
    from scfdeploy.config.yaml.recovery.indent import outdented

    inner = entry.value.entries if isinstance(entry.value, MappingNode) else ()
    is_of_framework = "apigatewayConf" in keys or "apigw" in keys  # whose `component` is missing
    if entry.key.text not in _WRAPPERS or entry.key.text not in reading.hints or not inner or is_of_framework:
        return ()
    known = {field.name for field in fields} - set(keys)
    return outdented(entry, inner, reading.lines) if all(one.key.text in known for one in inner) else ()


_SINGLE_VALUES = (Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.SOURCE, Kind.SWITCH)


def equal_ignoring_case(first: str, second: str) -> bool:
    """Whether two names differ only in upper and lower case, underscores and dashes."""
    return _letters(first) == _letters(second)


def fix_casing(entry: Entry, meant: Field, keys: Collection[str]) -> tuple[Edit, ...]:
    """The fix that corrects the case of a key; none if its value has another type or the correct key exists too.

    `keys` are all keys of the mapping.
    """
    key = entry.key.text
    is_same = any(equal_ignoring_case(key, name) for name in (meant.name, *meant.aliases))
    if not is_same or meant.name in keys or not _has_type(meant, entry.value):
        return ()
    return reworded(entry.key.span, key, meant.name)


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _has_type(field: Field, node: Node) -> bool:
    """Whether a value has the type of the field, including the names of its keys."""
    match node:
        case ScalarNode():
            return field.kind in _SINGLE_VALUES and not is_null(node)
        case MappingNode():
            has_texts = field.kind is Kind.STRING_MAP and all(isinstance(entry.value, ScalarNode) for entry in node)
            is_block = field.kind in (Kind.BLOCK, Kind.SWITCH) and _has_keys_of(field, node)
            return field.kind is Kind.SOURCE or has_texts or is_block
        case SequenceNode(items=items):
            return all(_is_item(field, item) for item in items)


def _is_item(field: Field, item: Node) -> bool:
    match field.kind, item:
        case Kind.STRING_LIST, ScalarNode():
            return True
        case Kind.BLOCK_LIST, MappingNode():
            return _has_keys_of(field, item)
        case Kind.TRIGGERS, MappingNode():
            return item.get("type") is None  # `- type: …` is the form of multi-scf
    return False


def _has_keys_of(field: Field, node: MappingNode) -> bool:
    names = [name for inner in field.fields for name in (inner.name, *inner.aliases)]
    return all(any(equal_ignoring_case(entry.key.text, name) for name in names) for entry in node)
