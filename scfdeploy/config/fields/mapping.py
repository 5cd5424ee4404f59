"""Reads a mapping by its table of fields, with everything below it."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.fields.keys import MISSING_KEY, report_keys
from scfdeploy.config.fields.misindented import with_misindented_keys, with_missing_key
from scfdeploy.config.fields.reading import Reading, is_broken
from scfdeploy.config.fields.scalars import SCALARS, read_scalar, wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.nodes import is_blank, is_null
from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind, Path, Value, dotted

EMPTY_VALUE = Finding(
    "empty-value",
    Severity.WARNING,
    "Key without a value",
    detail='"{key}" has no value; it is treated as not set.',
    hint="Write a value, or remove the key.",
    title="A key without a value.",
    what="The key is in the file, but has no value.",
    why='It is treated as not set, which may not be the intention: to clear a setting, write `{}`, `[]` or `""`.',
    wrong=yaml("description:"),
    right=yaml('description: ""'),
)
NOT_SUPPORTED_YET = Finding(
    "not-supported-yet",
    Severity.ERROR,
    "Setting is not supported yet",
    detail='This version cannot set "{key}": {description}',
    hint="Remove it to deploy without it.",
    title="A setting that this version cannot deploy.",
    what="The key or the type of trigger exists, but this version of scfdeploy does not deploy it.",
    why="Ignoring it would deploy something other than what the file says.",
    wrong=yaml(
        "events:\n  - ckafka:\n      parameters: {name: ckafka-1, topic: orders, easConfig: {user: a, password: b}}"
    ),
    right="The file without that key.",
)


def read_fields(
    mapping: MappingNode, fields: Sequence[Field], *, reading: Reading, path: Path = ()
) -> dict[str, Value]:
    """The values that are written, by field name, in normal form: typed, lists as tuples, blocks as mappings.

    SOURCE and TRIGGERS are left to others, only their places are noted. A value that is empty or wrong is not in the
    result; what is wrong has been reported.
    """
    known = {field.name: field for field in fields}
    settings: dict[str, Value] = {}
    unknown: list[Entry] = []
    for written in with_misindented_keys(mapping, known, reading):
        here = (*path, written.key.text)
        field = known.get(written.key.text)
        if field is None:
            unknown.append(written)
            continue
        if not field.supported:
            _not_supported(written, field, here, reading)
            continue
        elsewhere = field.kind in (Kind.SOURCE, Kind.TRIGGERS)
        entry = written if elsewhere else Entry(written.key, reading.resolve(written.value))
        reading.record(here, entry.value, entry.key)
        if is_null(entry.value):
            _empty(entry, field, here, reading)
            continue
        if elsewhere:
            continue
        value = None if is_broken(entry.value) else _read(field, entry.value, here, reading)
        if value is None:
            reading.failed.add(here)
        else:
            settings[field.name] = value
    report_keys(mapping, fields, unknown=unknown, path=path, reading=reading)
    return settings


def _read(field: Field, node: Node, path: Path, reading: Reading) -> Value:
    match field.kind, node:
        case kind, _ if kind in SCALARS:
            return read_scalar(field, node, path, reading)
        case Kind.STRING_MAP, MappingNode():
            return _text_map(node, path, reading)
        case Kind.STRING_LIST, SequenceNode():
            return _texts(node, path, reading)
        case Kind.BLOCK, MappingNode():
            node = with_missing_key(node, field, reading)
            return _unless_emptied(node, read_fields(node, field.fields, reading=reading, path=path))
        case Kind.BLOCK_LIST, SequenceNode():
            return _blocks(field, node, path, reading)
    wrong_type(field, node, path, reading)
    return None


def _text_map(node: MappingNode, path: Path, reading: Reading) -> dict[str, Value] | None:
    item = Field("", Kind.STRING, "")
    texts: dict[str, Value] = {}
    for entry in node:
        here = (*path, entry.key.text)
        reading.record(here, entry.value, entry.key)
        if is_blank(entry.value):
            _empty(entry, item, here, reading)
        elif not is_broken(entry.value):
            text = read_scalar(item, entry.value, here, reading)
            if text is not None:
                texts[entry.key.text] = text
    return _unless_emptied(node, texts)


def _texts(node: SequenceNode, path: Path, reading: Reading) -> tuple[Value, ...]:
    item = Field("", Kind.STRING, "")
    texts = []
    for index, child in enumerate(node.items):
        reading.record((*path, index), child)
        if is_broken(child):
            continue
        if is_null(child):
            _empty_item(child, (*path, index), reading)
        else:
            texts.append(read_scalar(item, child, (*path, index), reading))
    return tuple(text for text in texts if text is not None)


def _blocks(field: Field, node: SequenceNode, path: Path, reading: Reading) -> tuple[Value, ...]:
    item = Field(field.name, Kind.BLOCK, field.description, fields=field.fields)
    blocks = []
    for index, child in enumerate(node.items):
        here = (*path, index)
        reading.record(here, child)
        match child:
            case MappingNode():
                blocks.append(read_fields(child, field.fields, reading=reading, path=here))
            case ScalarNode(style=Style.BROKEN):
                pass
            case _ if is_null(child):
                _empty_item(child, here, reading)
            case _:
                wrong_type(item, child, here, reading)
    return tuple(blocks)


def _unless_emptied(node: MappingNode, values: dict[str, Value]) -> dict[str, Value] | None:
    """What is written as empty clears; what is empty because nothing in it could be read must not."""
    return values if values or not node.entries else None


def _empty(entry: Entry, field: Field, path: Path, reading: Reading) -> None:
    if field.required:
        reading.diagnostics.report(
            MISSING_KEY,
            entry.key.span,
            summary="Missing required value",
            detail='"{key}" has no value.',
            hint="Write one: {description}",
            code=field.code or None,
            key=dotted(path),
            description=field.description,
        )
        return
    reading.diagnostics.report(
        EMPTY_VALUE, entry.key.span, hint=EMPTY_VALUE.hint + _how_to_clear(field), key=dotted(path)
    )


def _how_to_clear(field: Field) -> str:
    match field.kind:
        case Kind.STRING_MAP | Kind.BLOCK:
            return " To clear it, write {}."
        case Kind.STRING_LIST | Kind.BLOCK_LIST | Kind.TRIGGERS:
            return " To clear it, write []."
        case Kind.STRING:
            return ' To make it empty, write "".'
    return ""


def _empty_item(node: Node, path: Path, reading: Reading) -> None:
    reading.diagnostics.report(
        EMPTY_VALUE,
        node.span,
        summary="Item without a value",
        detail='"{key}" has no value; it is left out.',
        hint="Write a value, or remove the dash.",
        key=dotted(path),
    )


def _not_supported(entry: Entry, field: Field, path: Path, reading: Reading) -> None:
    reading.record(path, entry.value, entry.key)
    if is_null(entry.value):
        _empty(entry, field, path, reading)
        return
    reading.diagnostics.report(NOT_SUPPORTED_YET, entry.key.span, key=dotted(path), description=field.description)
