"""Read single values by their kind, and describe values of another kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.nodes import boolean, describe_scalar, integer, is_blank, number
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, message, nearest, reworded, written_at
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind, Path, Ref, Value, dotted, holds_secret

OUTPUT_TOO_LATE = Finding(
    "output-too-late",
    Severity.ERROR,
    "Value is not known before apply",
    detail='"{key}" must be known at plan time, but {source} has its {attribute} only after apply.',
    hint="Write the value itself, or pass it with --var.",
    title="A value that is known only after apply.",
    what="An output that is known only after apply is used where it names, creates or packages something.",
    why="The plan could not say what it would do.",
    wrong=yaml("name: hello-function\nsrc: ${output:${stage}:${app}:api.url}"),
    right=yaml("name: hello-function\nsrc: ./src"),
)
WRONG_TYPE = Finding(
    "wrong-type",
    Severity.ERROR,
    "Wrong type of value",
    detail='"{key}" must be {expected}, but is {actual}.',
    hint="Write {expected}.",
    further_codes=("InvalidParameterValue",),
    title="A value of the wrong type.",
    what="The value is text instead of a number, a list instead of a mapping, and so on. Quoted numbers count as "
    "numbers; `yes` and `on` are text.",
    why="The API rejects it, or interprets it as something else.",
    wrong=yaml("timeout: 10s"),
    right=yaml("timeout: 10"),
)

_TRUE_WORDS = frozenset(("yes", "on", "1", "open", "enable", "enabled", "y", "t", "是", "开", "开启", "打开", "启用"))
_FALSE_WORDS = frozenset(
    ("no", "off", "0", "close", "closed", "disable", "disabled", "n", "f", "否", "关", "关闭", "禁用", "停用")
)

_SECONDS, _MEGABYTES = "s|sec|seconds?|秒", "m|mb|mib"
_UNITS = {"timeout": _SECONDS, "initTimeout": _SECONDS, "memorySize": _MEGABYTES, "diskSize": _MEGABYTES}
"""The unit that each setting has, as people write it behind the number."""

_EXPECTED = {
    Kind.STRING: "text",
    Kind.INTEGER: "an integer",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.STRING_LIST: "a list of strings",
    Kind.STRING_MAP: "a mapping of names to strings",
    Kind.BLOCK: "a mapping",
    Kind.BLOCK_LIST: "a list of mappings",
    Kind.SOURCE: "a path, or a mapping with src or with bucket and object",
    Kind.SWITCH: "true, false or a mapping",
    Kind.TRIGGERS: "a list of triggers",
}
_CONVERSIONS: dict[Kind, Callable[[str], Value]] = {
    Kind.STRING: str,
    Kind.INTEGER: integer,
    Kind.NUMBER: number,
    Kind.BOOLEAN: boolean,
    Kind.SWITCH: boolean,
}
SCALARS = frozenset(_CONVERSIONS)
"""The kinds that are a single value; a SWITCH can be one."""
_BOOLEANS = (Kind.BOOLEAN, Kind.SWITCH)


def read_scalar(field: Field, node: Node, path: Path, reading: Reading) -> Value:
    """The value of one of SCALARS; None after a report. A quoted number is a number."""
    if not isinstance(node, ScalarNode):
        wrong_type(field, node, path, reading, fix=_fix_braces(field, node, reading))
        return None
    if node.ref is not None:
        return _output(node.ref, node, path, reading)
    value: Value = dict(field.words).get(node.text)
    value = _CONVERSIONS[field.kind](node.text) if value is None else value
    if value is None:
        wrong_type(field, node, path, reading, hint=_hint(field.kind, node), fix=_fix(field, node))
    return value


def _output(ref: Ref, node: ScalarNode, path: Path, reading: Reading) -> Ref | None:
    if path[0] in reading.known_after_apply:
        return ref
    report_too_late(ref, node, reading.diagnostics, dotted(path))
    return None


def report_too_late(ref: Ref, node: ScalarNode, diagnostics: Diagnostics, key: str) -> None:
    """Report a value that is known only after apply, but must be known at plan time."""
    diagnostics.report(OUTPUT_TOO_LATE, node.span, key=key, source=ref.address, attribute=ref.attribute)


def wrong_type(
    field: Field,
    node: Node,
    path: Path,
    reading: Reading,
    *,
    hint: str | None = None,
    fix: tuple[Edit, ...] = (),
) -> None:
    """Report a value that does not have the type of the field."""
    reading.diagnostics.report(
        WRONG_TYPE,
        reading.spans.get(path, node.span),
        fix=fix,
        code=field.code or "InvalidParameterValue",
        hint="{advice}",
        key=dotted(path),
        expected=_expected(field),
        actual=describe_node(node),
        advice=hint if hint is not None else _type_hint(field, node),
    )


def _expected(field: Field) -> str:
    if not field.words:
        return message(_EXPECTED[field.kind])
    *first, last = ("true", "false", *(word for word, _ in field.words))
    return message("{first} or {last}", first=", ".join(first), last=last)


def describe_node(node: Node) -> str:
    """The type of a value for messages, with its text unless that is a secret or comes from a variable."""
    match node:
        case MappingNode():
            return message("a mapping")
        case SequenceNode():
            return message("a list")
        case ScalarNode(style=Style.RESOLVED):
            return message("a variable with another value")
        case ScalarNode() if node.sensitive or holds_secret(node.text):
            return message("a secret")
        case ScalarNode():
            text = node.text if len(node.text) <= 40 else f"{node.text[:39]}…"
            return describe_scalar(node) + f' ("{text}")' if text else message("empty text")


def _hint(kind: Kind, node: ScalarNode) -> str:
    text = node.text.strip()
    if kind in _BOOLEANS:
        value = boolean_meaning(text)
        return message("Write {value}.", value=value) if value else message("Write true or false.")
    plain = text.replace("_", "").replace(",", "")
    digits = plain.lstrip("+-0") if plain.lstrip("+-").isdigit() else ""
    if digits and len(digits) < 20 and node.style is not Style.RESOLVED:
        return message("Write {value}.", value=f"{'-' if plain.startswith('-') else ''}{digits}")
    if kind is Kind.INTEGER:
        return message("Write the digits alone, without a unit.")
    return message("Write a number such as 0.5.")


def boolean_meaning(text: str) -> str:
    """`true` or `false` for a word that means one of them, also misspelt (`flase`); empty for any other."""
    lower = text.lower()
    if lower in _TRUE_WORDS:
        return "true"
    return "false" if lower in _FALSE_WORDS else nearest(lower, ("true", "false")) or ""


def _fix(field: Field, node: ScalarNode) -> tuple[Edit, ...]:
    """The fix that writes a boolean for a word such as `yes`, or an integer without its unit or `.0`."""
    text = node.text.strip()
    value = boolean_meaning(text) if field.kind in _BOOLEANS else ""
    if field.kind is Kind.INTEGER:
        unit = _UNITS.get(field.name, r"\.0")
        match = re.fullmatch(rf"([1-9][0-9]{{0,8}})\s*({unit}|\.0)", text, re.IGNORECASE | re.ASCII)
        value = "" if match is None else match[1]
    return reworded(node.span, node.text, value) if value and node.style in (Style.PLAIN, Style.QUOTED) else ()


def _fix_braces(field: Field, node: Node, reading: Reading) -> tuple[Edit, ...]:
    """The fix that writes `${env:NAME}` for a name between braces, which stands for a value to fill in."""
    match node:
        case MappingNode(entries=(Entry(key=ScalarNode(text=name), value=value),)) if is_blank(value):
            pass
        case _:
            return ()
    span = node.span
    written = written_at(span, reading.lines)
    is_name = re.fullmatch(r"\{\s*[A-Za-z_]\w*\s*\}", written, re.ASCII) is not None
    if field.kind not in (Kind.STRING, Kind.INTEGER, Kind.NUMBER) or not is_name:
        return ()
    is_block = (
        re.fullmatch(r"\s*(- +)*([^\s{\[,]+:\s+)?", reading.lines[span.start.line - 1][: span.start.column - 1])
        is not None
    )
    return (Edit(span, f"${{env:{name}}}" if is_block else f"'${{env:{name}}}'", written),)


def _type_hint(field: Field, node: Node) -> str:  # noqa: PLR0911 - a table of cases
    match field.kind, node:
        case ((Kind.STRING_LIST | Kind.BLOCK_LIST | Kind.TRIGGERS), (ScalarNode() | MappingNode())):
            return message("Begin each item with a dash, below the key.")
        case Kind.STRING_MAP, SequenceNode():
            return message("Write each as `NAME: value`, without dashes.")
        case Kind.BLOCK, SequenceNode():
            return message("Remove the dash: this is a mapping, not a list.")
        case ((Kind.BLOCK | Kind.STRING_MAP), ScalarNode()) if field.fields:
            return message("Write its keys below it, indented: {keys}.", keys=", ".join(f.name for f in field.fields))
        case ((Kind.BLOCK | Kind.STRING_MAP), ScalarNode()):
            return message("Write its keys below it, indented.")
        case Kind.STRING, SequenceNode():
            return message("Write text alone, without dashes or brackets.")
        case Kind.STRING, MappingNode(entries=(Entry(key=ScalarNode(text=name), value=ScalarNode(text="")),)):
            return message("Write ${env:{name}} for the value of that variable, or quote the text.", name=name)
        case Kind.STRING, MappingNode():
            return message("Write one text; quote it if it has a colon or braces.")
    return message("Write {expected}.", expected=message(_EXPECTED[field.kind]))
