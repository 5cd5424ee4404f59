"""Read a mapping and everything below it by a table of fields."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.fields.keys import MISSING_KEY, report_keys
from scfdeploy.config.fields.misindented import with_misindented_keys, with_missing_key
from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.fields.scalars import SCALARS, read_scalar, wrong_type
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.config.yaml.compose import YAML_PLACEHOLDER
from scfdeploy.config.yaml.nodes import is_blank
from scfdeploy.diagnostics import Edit, Finding, Severity, message, reworded
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


_EMPTY_HINTS = {
    Kind.STRING_MAP: "Write a value, or remove the key. To clear it, write {}.",
    Kind.BLOCK: "Write a value, or remove the key. To clear it, write {}.",
    Kind.STRING_LIST: "Write a value, or remove the key. To clear it, write [].",
    Kind.BLOCK_LIST: "Write a value, or remove the key. To clear it, write [].",
    Kind.TRIGGERS: "Write a value, or remove the key. To clear it, write [].",
    Kind.STRING: 'Write a value, or remove the key. To make it empty, write "".',
}


_FIRST_OF_PLACEHOLDER = frozenset("{*xXmr")
"""The first characters of values that stand for a value to fill in."""


def read_fields(
    mapping: MappingNode, fields: Sequence[Field], *, reading: Reading, path: Path = ()
) -> dict[str, Value]:
    """The values by field name, typed, with lists as tuples and blocks as mappings.

    Of SOURCE and TRIGGERS only positions are recorded; other modules read them. Empty and invalid values are reported
    and not in the result.
    """
    known = {field.name: field for field in fields}
    settings: dict[str, Value] = {}
    unknown: list[Entry] = []
    for entry in with_misindented_keys(mapping, known, reading):
        here = (*path, entry.key.text)
        field = known.get(entry.key.text)
        if field is None:
            unknown.append(entry)
            continue
        is_deferred = not field.supported or field.kind in (Kind.SOURCE, Kind.TRIGGERS)
        if not is_deferred:
            resolved = reading.resolve(entry.value)
            if resolved is not entry.value:
                entry = Entry(entry.key, resolved)  # noqa: PLW2901 - the entry with its value resolved
        reading.record(here, entry.value, entry.key)
        if is_null(entry.value):
            _report_empty(entry, field, here, reading, mapping)
            continue
        if not field.supported:
            reading.diagnostics.report(
                NOT_SUPPORTED_YET, entry.key.span, key=dotted(here), description=message(field.description)
            )
        if is_deferred:
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
        case ((Kind.BLOCK | Kind.SWITCH), MappingNode()):
            node = with_missing_key(node, field, reading)
            return _unless_invalid(node, read_fields(node, field.fields, reading=reading, path=path))
        case kind, _ if kind in SCALARS:
            return read_scalar(field, node, path, reading)
        case Kind.STRING_MAP, MappingNode():
            return _string_map(node, path, reading)
        case Kind.STRING_LIST, SequenceNode():
            return _strings(node, path, reading)
        case Kind.BLOCK_LIST, SequenceNode():
            return _blocks(field, node, path, reading)
    wrong_type(field, node, path, reading, fix=_fix_dashes(field, node, path, reading))
    return None


def _fix_dashes(field: Field, node: Node, path: Path, reading: Reading) -> tuple[Edit, ...]:
    """The fix that makes an item of a mapping where a list of such mappings belongs, or the reverse."""
    from scfdeploy.config.yaml.recovery.indent import itemized, without_dashes

    match field.kind, node:
        case Kind.BLOCK_LIST, MappingNode(entries=entries) if entries and _are_keys_of(field, entries):
            return itemized([entries], reading.lines)
        case ((Kind.STRING_MAP | Kind.BLOCK), SequenceNode()) if _holds_texts(field):
            key = reading.key_spans.get(path)
            return () if key is None else without_dashes(node, reading.lines, beyond=key.start.column)
    return ()


def _holds_texts(field: Field) -> bool:
    """Whether a field is a mapping of names to texts, or a block that has nothing else."""
    fields = field.fields if field.kind is Kind.BLOCK else (field,)
    return len(fields) == 1 and fields[0].kind is Kind.STRING_MAP


def _are_keys_of(field: Field, entries: Sequence[Entry]) -> bool:
    names = {name for inner in field.fields for name in (inner.name, *inner.aliases)}
    return all(entry.key.text in names for entry in entries)


def _string_map(node: MappingNode, path: Path, reading: Reading) -> dict[str, Value] | None:
    item = Field("", Kind.STRING, "")
    texts: dict[str, Value] = {}
    for entry in node:
        here = (*path, entry.key.text)
        reading.record(here, entry.value, entry.key)
        if is_blank(entry.value):
            _report_empty(entry, item, here, reading, node)
        elif not is_broken(entry.value):
            text = read_scalar(item, entry.value, here, reading)
            if text is not None:
                texts[entry.key.text] = text
            if isinstance(text, str) and text[:1] in _FIRST_OF_PLACEHOLDER:
                _report_placeholder(entry, text, reading)
    return _unless_invalid(node, texts)


def _report_placeholder(entry: Entry, text: str, reading: Reading) -> None:
    """Report a value that is masked, or that is its own key between braces: both stand for a value to fill in."""
    from scfdeploy.config.yaml.recovery.masked import VALUE_MASKED, is_mask
    from scfdeploy.model.environment_name import environment_name

    key = entry.key.text
    is_masked = is_mask(text, key)
    start = entry.value.span.start
    line = reading.lines[start.line - 1] if start.line <= len(reading.lines) else ""
    if is_masked and line[start.column - 1 : start.column] == "*":
        return  # without quotes it is no YAML, which is reported
    if not is_masked and text != f"{{{key}}}":
        return
    variable = environment_name(key)
    fix = reworded(entry.value.span, text, f"${{env:{variable}}}") if variable else ()
    if is_masked:
        reading.diagnostics.report(
            VALUE_MASKED,
            entry.value.span,
            severity=Severity.WARNING,
            detail='The value of "{key}" was hidden before this file was published; its mask is deployed as text.',
            fix=fix,
            key=key,
            variable=variable or "NAME",
        )
        return
    reading.diagnostics.report(
        YAML_PLACEHOLDER,
        entry.value.span,
        severity=Severity.WARNING,
        detail="{placeholder} looks like a value to fill in; it is deployed as text.",
        hint="Write the value, or ${env:{variable}} and set that variable.",
        fix=fix,
        placeholder=text,
        variable=variable or "NAME",
    )


def _strings(node: SequenceNode, path: Path, reading: Reading) -> tuple[Value, ...]:
    item = Field("", Kind.STRING, "")
    texts = []
    for index, child in enumerate(node.items):
        reading.record((*path, index), child)
        if is_broken(child):
            continue
        if is_null(child):
            _report_empty_item(child, (*path, index), reading)
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
                _report_empty_item(child, here, reading)
            case _:
                wrong_type(item, child, here, reading)
    return tuple(blocks)


def _unless_invalid(node: MappingNode, values: dict[str, Value]) -> dict[str, Value] | None:
    """The values; None if all entries are invalid, because an empty mapping would clear the setting."""
    return values if values or not node.entries else None


def _report_empty(entry: Entry, field: Field, path: Path, reading: Reading, mapping: MappingNode) -> None:
    if field.required:
        from scfdeploy.config.fields.left_out import variable_for, write_value

        variable = variable_for(field, path, mapping, reading)
        text = "./" if field.kind is Kind.SOURCE and not reading.owner else f"${{env:{variable}}}" if variable else ""
        fix = write_value(entry, text, reading)
        reading.diagnostics.report(
            MISSING_KEY,
            entry.key.span,
            summary="Missing required value",
            detail='"{key}" has no value.',
            hint="Write one, or ${env:{variable}} and set that variable. {description}"
            if fix and variable
            else "Write one: {description}",
            code=field.code or None,
            fix=fix,
            key=dotted(path),
            description=message(field.description),
            variable=variable,
        )
        return
    reading.diagnostics.report(EMPTY_VALUE, entry.key.span, hint=_EMPTY_HINTS.get(field.kind), key=dotted(path))


def _report_empty_item(node: Node, path: Path, reading: Reading) -> None:
    reading.diagnostics.report(
        EMPTY_VALUE,
        node.span,
        summary="Item without a value",
        detail='"{key}" has no value; it is left out.',
        hint="Write a value, or remove the dash.",
        key=dotted(path),
    )
